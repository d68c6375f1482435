"""The frame: from the words typed to the exit code.

1. The global options are taken out first, wherever they stand, because they decide
   how everything after, even a usage error, is said.
2. A group that reads :mod:`mediabridge.cli._table` finds the command and imports its
   module; typer parses the rest by the function's annotations.
3. The result, or the error, goes to :mod:`mediabridge.cli._output`.
"""

from __future__ import annotations

import argparse
import inspect
import os
import resource
import sys
from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from mediabridge import __version__, stopping
from mediabridge.cli import _help, _output, _plugins, _table
from mediabridge.cli._about import About
from mediabridge.cli._codes import name_codes_of
from mediabridge.cli._context import Context
from mediabridge.cli._progress import progress_for
from mediabridge.cli._result import Result
from mediabridge.cli._usage import in_our_words, language_asked
from mediabridge.errors import InternalError, MediabridgeError, UsageError, machine_error
from mediabridge.locale import Language, language, set_language, show_times_in, text, translate


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line, print its outcome, and return the exit code."""
    _leave_no_copy_of_the_memory()
    _plugins.refuse()
    as_json = "--json" in arguments
    options, about = None, About(_default_home())
    try:
        # Before anything else is looked at: that must not be refused in another language.
        set_language(language_asked(arguments, list(Language)) or language())
        options, words = _take_global_options(arguments)
        about.home = options.home
        with stopping.heard():
            result = _result_of(options, words, about)
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


def _leave_no_copy_of_the_memory() -> None:
    """Forbid core files: the memory may hold keys, passphrases and people's records."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _of_machine(said: OSError, options: argparse.Namespace | None) -> MediabridgeError:
    """Return *said* as a reason; the cause stays, for whoever debugs."""
    error = machine_error(said, options.home if options else _default_home())
    error.__cause__ = said
    return error


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(detail=in_our_words(message))


def _take_global_options(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the global options and the remaining words, in order."""
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--home", type=Path, default=_default_home())
    parser.add_argument("--lang", choices=[str(each) for each in Language])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--passphrase-fd", type=int)
    parser.add_argument("--version", action="store_true")
    return parser.parse_known_args(arguments)


def _default_home() -> Path:
    chosen = os.environ.get("MEDIABRIDGE_HOME")
    return Path(chosen) if chosen else Path.home() / ".local" / "share" / "mediabridge"


def _result_of(options: argparse.Namespace, words: list[str], about: About) -> Result:
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
    )
    group = _Group(context)
    try:
        # Not TyperGroup.main(): it would print errors itself, in English.
        with group.make_context("mediabridge", words or ["--help"]) as call:
            result: Result = group.invoke(call)
    except typer.Exit:
        return Result()
    except typer.TyperException as error:
        raise UsageError(detail=in_our_words(error.format_message())) from error
    finally:
        progress.finish()
    if said:
        about.banner()
    return result


def _zone(home: Path) -> tzinfo | None:
    from mediabridge.stations.home import Home, zone_of_screens

    return zone_of_screens(Home(home))


class _Group(TyperGroup):
    """The commands of the table that begin with *name*, imported when they are called."""

    def __init__(self, context: Context, name: str = "", summary: str = "") -> None:
        super().__init__(name=name or "mediabridge", rich_markup_mode=None)
        self._context = context
        self._prefix = name
        self._summary = summary
        self._entries = _table.below(name)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Return the names in the order of the table."""
        return list(self._entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        """Import and return the command, or ``None`` when there is none of that name."""
        entry = self._entries.get(cmd_name)
        if entry is None:
            return None
        if not entry.module:
            return _Group(self._context, entry.name, translate(entry.help))
        module = import_module(f"mediabridge.cli.{entry.module}")
        return _command(self._context, entry, getattr(module, _table.function_name(entry)))

    def get_help(self, ctx: Any) -> str:
        """Return the list of commands, without importing any."""
        summary = self._summary or text(
            "Carries notices between two networks that must never be joined, on USB media."
        )
        rows = [(word, translate(entry.help)) for word, entry in self._entries.items()]
        return _help.page(
            text("{command} [OPTIONS] COMMAND ...", command=ctx.command_path),
            summary,
            [(text("Commands"), rows), _global_options()],
        )


class _Command(TyperCommand):
    """One command, with its help in the reader's language."""

    def get_help(self, ctx: Any) -> str:
        """Return the command's page."""
        pieces = [piece for param in self.params for piece in param.get_usage_pieces(ctx)]
        return _help.page(
            " ".join([ctx.command_path, text("[OPTIONS]"), *pieces]),
            self.help or "",
            [
                (text("Arguments"), _help.parameters(self.params, ctx, "argument")),
                (text("Options"), _help.parameters(self.params, ctx, "option")),
                _global_options(),
            ],
        )


def _global_options() -> tuple[str, _help.Rows]:
    rows = [(name, translate(msgid)) for name, msgid in _help.GLOBAL_OPTIONS]
    return text("Options everywhere"), rows


def _command(context: Context, entry: _table.Entry, function: Callable[..., Result]) -> Any:
    """Return *function* as a typer command that receives *context* first."""

    def call(**options: Any) -> Result:
        return function(context, **options)

    signature = inspect.signature(function, eval_str=True)
    _, *parameters = signature.parameters.values()
    # typer reads options from the signature; the context is none of them.
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    info = CommandInfo(
        entry.name.split()[-1], cls=_Command, callback=call, help=translate(entry.help)
    )
    return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)
