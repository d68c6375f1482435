"""What kinds of databases there are to describe: whose, with which tables, and what they say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from mediabridge.errors import MediabridgeError

OWNED: Final = """
    CREATE TABLE owner (mode TEXT NOT NULL, city TEXT NOT NULL, station TEXT NOT NULL) STRICT;
"""
"""The step of every store from which on its file says whose it is."""


class Owner(NamedTuple):
    """Whose a database is; it is written into the file and never changes."""

    mode: str
    """``live`` or ``training``: a training database in a live station is foreign, too."""
    city: str
    station: str

    def __str__(self) -> str:
        """Return the name for a sentence, without spaces."""
        return f"{self.station}/{self.city}/{self.mode}"


class Refusals(NamedTuple):
    """What a store raises, by what is wrong; each is a reason of its own."""

    locked: type[MediabridgeError]
    read_only: type[MediabridgeError]
    full: type[MediabridgeError]
    corrupt: type[MediabridgeError]
    wrong_owner: type[MediabridgeError]
    foreign: type[MediabridgeError]
    newer: type[MediabridgeError]
    unavailable: type[MediabridgeError]
    constraint: type[MediabridgeError]
    """A constraint or trigger of the store's own tables refused the change."""


@dataclass(frozen=True)
class Store:
    """One kind of database: what is in it, and what is said when it cannot be used."""

    application_id: int
    """Stands in the file's header, so that one store is never taken for another."""
    steps: tuple[str, ...]
    """What each version added, as SQL; the version of a file is the number of its steps."""
    refusals: Refusals
    landmark: str
    """A table of the first version; files from before there were owners are known by it."""
    somebody_else: Callable[[sqlite3.Connection, Owner], str | None]
    """Names whose a file from before there were owners must be, when it cannot be the owner's."""
    pragmas: str = ""

    @property
    def version(self) -> int:
        """The newest version; this program writes no other."""
        return len(self.steps)
