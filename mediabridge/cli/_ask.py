"""Questions to the person at the terminal: yes or no, and passphrases.

Questions go to stderr, so that stdout stays the result. Where nobody can answer
(``--json``, no terminal) they raise at once instead of waiting for ever. Passphrases
from files and services: :mod:`mediabridge.trust.passphrase`.
"""

from __future__ import annotations

import getpass
import sys
import termios
from typing import Any, Final

from mediabridge.cli import _screen
from mediabridge.cli._context import Context
from mediabridge.errors import NotInteractiveError
from mediabridge.locale import text
from mediabridge.locale.printing import printable

_LINE: Final = 256
"""As much is read of a line that a program hands over."""


def confirm(context: Context, msgid: str, /, **facts: Any) -> bool:
    """Ask a yes-or-no question; only an explicit yes is a yes.

    What was typed before the question stood on the screen, below everything shown with it,
    is no answer to it and is thrown away.

    Raises:
        NotInteractiveError: nobody is there to answer.
    """
    question = text(msgid, **facts)
    _need_person(context, question)
    _forget_typed()
    _screen.tell(f"{printable(question)} {text('[y = yes / n = no]')}", end=" ")
    return sys.stdin.readline().strip().lower() in {"y", "yes", "はい"}


def reply(context: Context, msgid: str, /, **facts: Any) -> str:
    """Ask for a line of text; what was typed before the question stood there is thrown away.

    Raises:
        NotInteractiveError: nobody is there to answer.
    """
    question = text(msgid, **facts)
    _need_person(context, question)
    _forget_typed()
    _screen.tell(f"{printable(question)}:", end=" ")
    return sys.stdin.readline().strip()


def line(context: Context, msgid: str, /, **facts: Any) -> str:
    """Return what a program hands over on standard input, or else ask for it.

    For what is no secret and still does not belong on a command line, where others see it.

    Raises:
        NotInteractiveError: neither is there.
    """
    if sys.stdin is not None and not sys.stdin.isatty():
        given = sys.stdin.readline(_LINE).strip()
        if given:
            return given
    return reply(context, msgid, **facts)


def passphrase(context: Context, msgid: str, /, **facts: Any) -> str:
    """Ask for a passphrase without showing it.

    Raises:
        NotInteractiveError: nobody is there to answer.
    """
    question = text(msgid, **facts)
    _need_person(context, question)
    try:
        return getpass.getpass(f"{printable(question)}: ", stream=sys.stderr)
    except EOFError:
        raise NotInteractiveError(detail=question) from None


def _forget_typed() -> None:
    """Wait until all that was shown is out, then discard what was typed meanwhile."""
    sys.stderr.flush()
    termios.tcdrain(sys.stderr.fileno())
    termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def _need_person(context: Context, question: str) -> None:
    if context.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NotInteractiveError(detail=question)
