"""The frame: from the words typed to the exit code.

1. The global options are taken out first, wherever they stand, because they decide
   how everything after, even a usage error, is said.
2. What is typed without any option goes to its function as it stands
   (:mod:`mediabridge.cli._plain_words`); typer parses everything else, by the function's
   annotations (:mod:`mediabridge.cli._typed`).
3. The result, or the error, goes to :mod:`mediabridge.cli._output`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mediabridge import __version__, memory, stopping
from mediabridge.accounts import Layout
from mediabridge.cli import _entering, _output, _plain_words, _plugins
from mediabridge.cli._about import About
from mediabridge.cli._context import Context
from mediabridge.cli._progress import progress_for
from mediabridge.cli._result import Result
from mediabridge.cli._usage import in_our_words, language_asked
from mediabridge.config import INSTALLED_HOME
from mediabridge.errors import InternalError, MediabridgeError, UsageError, machine_error
from mediabridge.locale import Language, language, set_language, show_times_in
from mediabridge.shown.codes import name_codes_of

if TYPE_CHECKING:
    from mediabridge.cli._roles import Desk


def run_process() -> int:
    """Carry out the command line of this process: the own one, or what the launcher handed over."""
    try:
        words = _entering.words_of_process()
    except MediabridgeError as error:
        return _output.show_error(error, About(_default_home()), as_json=False)
    return run(words)


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line, print its outcome, and return the exit code."""
    memory.leave_no_copy()
    _plugins.refuse()
    as_json = "--json" in arguments
    options, about = None, About(_default_home())
    try:
        # Before anything else is looked at: that must not be refused in another language.
        set_language(language_asked(arguments, list(Language)) or language())
        desk = _entering.desk_of_process(Layout())
        options, words = _take_global_options(arguments, desk)
        about.home = options.home
        with stopping.heard():
            result = _result_of(options, words, about, desk)
    except MediabridgeError as error:
        return _output.show_error(error, about, as_json=as_json)
    except KeyboardInterrupt as stop:
        return _output.show_error(stopping.told(stop), about, as_json=as_json)
    except OSError as said:
        return _output.show_error(_of_machine(said, options), about, as_json=as_json)
    except Exception as cause:  # noqa: BLE001 - the last line: no traceback, no values on screen
        unforeseen = InternalError(detail=type(cause).__name__)
        unforeseen.__cause__ = cause
        return _output.show_error(unforeseen, about, as_json=as_json)
    return _output.show(result, about, as_json=as_json)


def _of_machine(said: OSError, options: argparse.Namespace | None) -> MediabridgeError:
    """Return *said* as a reason; the cause stays, for whoever debugs."""
    error = machine_error(said, options.home if options else _default_home())
    error.__cause__ = said
    return error


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(detail=in_our_words(message))


def _take_global_options(
    arguments: Sequence[str], desk: Desk | None
) -> tuple[argparse.Namespace, list[str]]:
    """Return the global options and the remaining words, in order."""
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--lang", choices=[str(each) for each in Language])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--passphrase-fd", type=int)
    parser.add_argument("--version", action="store_true")
    options, words = parser.parse_known_args(arguments)
    if desk is not None:
        desk.require_options(vars(options))
    options.home = options.home or (desk.layout.home if desk else _default_home())
    return options, words


def _default_home() -> Path:
    chosen = os.environ.get("MEDIABRIDGE_HOME")
    if chosen:
        return Path(chosen)
    own = Path.home()
    # The account of an installed station has nothing but the station.
    return own if own == INSTALLED_HOME else own / ".local" / "share" / "mediabridge"


def _result_of(
    options: argparse.Namespace, words: list[str], about: About, desk: Desk | None
) -> Result:
    if options.version:
        return Result([f"mediabridge {__version__}"], {"version": __version__})
    said = bool(words) and "--help" not in words and not options.json
    if said:
        about.banner()
    show_times_in(None if options.json else partial(_zone, options.home))
    name_codes_of(options.home)
    progress = progress_for(sys.stderr)
    context = Context(
        options.home,
        options.json,
        language(),
        options.passphrase_fd,
        about,
        progress=progress,
        desk=desk,
    )
    try:
        result = _carried_out(context, words)
    finally:
        progress.finish()
    if said and result is not None:
        about.banner()
    return result or Result()


def _carried_out(context: Context, words: list[str]) -> Result | None:
    """Return what came of it; None where a page of help was all that was asked for."""
    # What a role may give, and with which files, is looked at where options are known by name.
    plain = _plain_words.call_of(words) if context.desk is None else None
    if plain is not None:
        return plain(context)
    # A parser of options, with all that it brings, takes as long as some commands.
    from mediabridge.cli import _typed

    return _typed.carry_out(context, words or ["--help"])


def _zone(home: Path) -> tzinfo | None:
    from mediabridge.stations.home import Home, zone_of_screens

    return zone_of_screens(Home(home))
