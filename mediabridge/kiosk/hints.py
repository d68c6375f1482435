"""The next step as a person at the desk can take it, who types no commands.

A hint is written once, for both faces (``errors/``). Of one that names a command the screen says
the other sentences, and whom to tell the code; where it has a place for the same, it says that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from mediabridge.errors import (
    FindingsChangedError,
    HeldChangedError,
    HeldDecidedError,
    MediumOverdueError,
    NothingToSealError,
    PopulationOutdatedError,
    SecondPersonError,
)
from mediabridge.locale import hint_of, n_, text, translate

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.kiosk.page import Line
    from mediabridge.media.states import StateReport

COMMAND: Final = re.compile(r"mediabridge (?!on )[a-z{]|systemctl |(?<![\w-])--[a-z]")
"""What is typed at a shell."""
_SENTENCE: Final = re.compile(r"(?<=[。])|(?<=[.]) ")

_HERE: Final = {
    MediumOverdueError.reason: n_(
        "Ask whoever has it. One that cannot be found is reported at once: F8."
    ),
    HeldChangedError.reason: n_("Look at it once more and decide then."),
    HeldDecidedError.reason: n_(
        "That decision stands, and yours changed nothing. Talk to whoever decided."
    ),
    FindingsChangedError.reason: n_("Look at it once more and decide then."),
    PopulationOutdatedError.reason: n_(
        "Decide on the newer one. Of this one leave the register as it is: a newer extract."
    ),
    SecondPersonError.reason: n_(
        "The second person has to be somebody else. It may also be decided alone."
    ),
    NothingToSealError.reason: n_("Take files in first: 4 on the first page."),
}
"""By reason: what the screen has a place for."""


def hint_at_desk(error: MediabridgeError) -> str:
    """Return the next step that *error* names, without any command."""
    return _said(hint_of(error), error.reason)


def state_hint(seen: StateReport) -> str:
    """Return the next step of what a medium is *seen* to be, without any command."""
    return _said(seen.hint, seen.state)


def without_commands(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield *lines* without the sentences that name a command; a table names none."""
    for line in lines:
        kept = _kept(line) if isinstance(line, str) else line
        if kept or not line:
            yield kept


def _said(hint: str, reason: str) -> str:
    if not COMMAND.search(hint):
        return hint
    if reason in _HERE:
        return translate(_HERE[reason])
    ask = text("Tell the security officer or the IT staff the code {code}.", code=reason)
    return f"{kept} {ask}" if (kept := _kept(hint).strip()) else ask


def _kept(line: str) -> str:
    if not COMMAND.search(line):
        return line
    found = [each for each in _SENTENCE.split(line) if not COMMAND.search(each)]
    return (" " if line.isascii() else "").join(found)
