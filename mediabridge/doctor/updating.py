"""After an update: databases as the former version left them, and the copies that were kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from mediabridge import sqlite
from mediabridge.apply import is_earlier_registry
from mediabridge.doctor.finding import Check, Finding, State
from mediabridge.errors import MediabridgeError
from mediabridge.locale import n_, text
from mediabridge.stations.books.schema import BOOKS
from mediabridge.stations.home import Home
from mediabridge.translog.database import LOG

_STARTS: Final = n_(
    "Call mediabridge status: it brings them up to date and keeps a copy of each as it was. Then"
    " call mediabridge doctor again."
)
_SURE: Final = n_(
    "They hold what the databases held, and are the way back to the version before. Remove them"
    " when you are sure of the update."
)


def earlier(home: Home) -> list[str]:
    """Return the names of the databases whose tables a former version of the program made."""
    asked: dict[Path, Callable[[Path], bool]] = {
        home.log: partial(sqlite.is_earlier, store=LOG),
        home.books: partial(sqlite.is_earlier, store=BOOKS),
        home.registry: is_earlier_registry,
    }
    return [path.name for path, is_earlier in asked.items() if _answers(path, is_earlier)]


def _answers(path: Path, is_earlier: Callable[[Path], bool]) -> bool:
    # What is gone, damaged or somebody else's is found by the checks that read it.
    with suppress(MediabridgeError):
        return path.is_file() and is_earlier(path)
    return False


def waiting(names: Sequence[str]) -> Finding:
    """Return what is to do while databases are of a former version."""
    found = text("not yet brought up to date after the update: {names}", names=", ".join(names))
    return Finding(Check.DATABASES, State.LOOK, found, text(_STARTS))


def copies(home: Home) -> Iterator[Finding]:
    """Copies from before an update are told for as long as they lie there."""
    names = sorted(path.name for path in home.root.glob("*.db.before-*"))
    if names:
        found = text("copies from before an update: {names}", names=", ".join(names))
        yield Finding(Check.DATABASES, State.LOOK, found, text(_SURE))
