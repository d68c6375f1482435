r"""The one place where text reaches a screen: in a printable form, and never as a failure.

File names, key names, ids and what the books hold may be anybody's. What could steer a
terminal, or show a line other than it is, appears as an escape: ``\x1b``, ``\u202e``.
A screen that is full or gone does not undo what was done, so it raises nothing either.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

from mediabridge.locale import text
from mediabridge.locale.printing import printable

_NO_COLOUR = "\x1b[0m"


def columns(stream: TextIO) -> int | None:
    """Return how wide the screen behind *stream* is; None for a file or a pipe, as wide as needed.

    ``COLUMNS`` decides where it is set, as for the tools of the system.
    """
    chosen = os.environ.get("COLUMNS", "")
    if chosen.isascii() and chosen.isdigit() and int(chosen) > 0:
        return int(chosen)
    with suppress(OSError, ValueError):
        # A terminal that does not know its size says 0.
        return os.get_terminal_size(stream.fileno()).columns or None
    return None


def tell(line: str, *, end: str = "\n", colour: str = "") -> None:
    """Put text on stderr, in a *colour* of ours: its escape sequence."""
    shown = printable(line, lines=True)
    with suppress(OSError):
        print(
            f"{colour}{shown}{_NO_COLOUR}" if colour else shown,
            end=end,
            file=sys.stderr,
            flush=True,
        )


def answer(line: str) -> None:
    """Put a result on stdout; a reader that went away (``| head``) is no error of ours."""
    try:
        print(printable(line, lines=True), flush=True)
    except BrokenPipeError:
        _let_go_of_stdout()
    except OSError as error:
        _let_go_of_stdout()
        tell(
            text(
                "The result could not be shown ({detail}), but the work is done: see the status.",
                detail=error.strerror or type(error).__name__,
            )
        )


def _let_go_of_stdout() -> None:
    # The interpreter flushes stdout once more at exit and would complain.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
