"""Questions to the person at the terminal: yes or no, and passphrases.

Questions go to stderr, so that stdout stays the result. Where nobody can answer
(``--json``, no terminal) they raise at once instead of waiting for ever. Passphrases
from files and services: :mod:`mediabridge.trust.passphrase`.
"""

from __future__ import annotations

from typing import Any

from mediabridge.cli import _screen
from mediabridge.cli._context import Context
from mediabridge.locale import text


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
    _screen.tell(f"{_screen.printable(question)} {text('[y = yes / n = no]')}", end=" ")
