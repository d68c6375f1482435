"""Whether a file is the whole of one extract: nothing of another, nothing twice, nothing cut off.

What is missing in a full population is taken for news of its own by whoever compares it, so
a file that lost its end must not pass for one of fewer people.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from mediabridge.kinds import Extract
from mediabridge.records.reasons import Reason


class Fault(NamedTuple):
    """What is wrong, and at which field; ``facts`` fill the sentence of the reason."""

    field: str | None
    reason: Reason
    facts: Mapping[str, str | int] = {}


class Whole:
    """The records of one file, seen one after the other."""

    def __init__(self, extract: Extract, enter: Callable[[bytes], bool]) -> None:
        """Hold the records against *extract*.

        *enter* keeps, outside of memory, what it is given, and tells whether that is new.
        """
        self._extract = extract
        self._enter = enter
        # It may be kept in a file of the system's: what is given away says nothing of a person.
        self._key = secrets.token_bytes(hashlib.blake2b.MAX_KEY_SIZE)
        self._first: Mapping[str, Any] | None = None

    @property
    def as_of(self) -> str | None:
        """The time of the extract, as the format writes it; None before the first record."""
        if self._first is None:
            return None
        moment: datetime | str = self._first[self._extract.moment_field]
        return moment if isinstance(moment, str) else moment.isoformat()

    def check(self, record: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what *record* has that the records above it do not allow.

        All of them are given by their values, or all by the texts of these.
        """
        names = self._extract.same_fields
        if self._first is None:
            self._first = {name: record.get(name) for name in names}
        for name in names:
            if record.get(name) != self._first[name]:
                yield Fault(name, Reason.EXTRACT_MIXED)
        value = record.get(self._extract.unique_field)
        if value and not self._is_new(value):
            yield Fault(self._extract.unique_field, Reason.RECORD_REPEATED)

    def ended(self, rows: int, *, faulty: bool) -> Iterator[Fault]:
        """Yield what is wrong with a file of so many *rows*, of which some may be *faulty*."""
        if self._first is None:
            if not faulty:
                yield Fault(None, Reason.EXTRACT_EMPTY)
            return
        wanted = int(self._first[self._extract.total_field])
        if rows != wanted:
            facts = {"wanted": wanted, "got": rows}
            yield Fault(self._extract.total_field, Reason.EXTRACT_INCOMPLETE, facts)

    def _is_new(self, value: str) -> bool:
        return self._enter(hashlib.blake2b(value.encode(), key=self._key, digest_size=16).digest())
