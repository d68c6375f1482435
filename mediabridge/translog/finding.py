"""Finding entries in a log: the database narrows, the entry itself decides.

The numbers and the bytes of an entry come out of the database newest first and a few at a time,
so a search takes no more memory with millions of entries, and holds no lock while it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mediabridge import errors, locale
from mediabridge.translog import events, tables
from mediabridge.translog.database import StoredLog
from mediabridge.translog.events import Entry, Event
from mediabridge.translog.lives import Noted, bundles_of, people_of

_LISTING = (
    Event.MEDIUM_ISSUED,
    Event.MEDIUM_HANDED_OVER,
    Event.MEDIUM_ARRIVED,
    Event.MEDIUM_RETURNED,
    Event.MEDIUM_LOST,
    Event.MEDIUM_ERASING,
    Event.MEDIUM_ERASED,
    Event.VOID_ACCEPTED,
)
"""Entries that list bundles: the index knows an entry by the one bundle that it is about."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; all that is not None has to fit."""

    bundle: str | None = None
    """The whole id."""
    medium: str | None = None
    person: str | None = None
    """Who acted, or is named beside: a second person, a holder, an approver, a signer."""
    reason: str | None = None
    since: str | None = None
    """The first point in time, RFC 3339 in UTC, by the station's clock."""
    until: str | None = None
    """The first point in time that does not count any more."""

    def fits(self, entry: Entry) -> bool:
        """Tell whether *entry* is looked for."""
        return (
            (self.bundle is None or self.bundle in bundles_of(entry))
            and (self.medium is None or self.medium == entry.facts.get("medium"))
            and (self.person is None or self.person in people_of(entry))
            and (self.reason is None or self.reason == entry.facts.get("reason"))
            and (self.since is None or self.since <= entry.time)
            and (self.until is None or entry.time < self.until)
        )

    def narrowed(self) -> tuple[str, list[bytes]]:
        """Return a condition in SQL, true of every entry that fits, and its parameters."""
        needles = [
            f'"medium":"{self.medium}"' if self.medium is not None else None,
            f'"{self.person}"' if self.person is not None else None,
            f'"reason":"{self.reason}"' if self.reason is not None else None,
            f'"{self.bundle}"' if self.bundle is not None else None,
        ]
        holding = [each.encode() for each in needles if each is not None]
        conditions = ["instr(bytes, ?)"] * len(holding)
        for bound, comparison in ((self.since, ">="), (self.until, "<")):
            if bound is not None:
                conditions.append(f"{tables.TIME} {comparison} ?")
                holding.append(bound.encode("ascii"))
        return " AND ".join(conditions) or "1", holding


@dataclass(frozen=True)
class Followed:
    """A log that is looked through: a station's own, a mirror, or a branch that a peer left."""

    log: StoredLog
    left: int | None = None
    """Which branch that was left; None: what is in force."""
    first: int = 0
    """The first entry that this branch does not share with the one in force."""

    def found(self, wanted: Wanted) -> Iterator[Noted]:
        """Yield the entries that are looked for, newest first.

        Raises:
            LogCorruptError: an entry is not of the vocabulary.
        """
        for each in self._noted(*wanted.narrowed()):
            if wanted.fits(each.entry):
                yield each

    def about(self, bundle: str) -> list[Noted]:
        """Return what is about *bundle*, or lists it; in no order.

        What the database has by bundle is found at once, however long the log is; what lists
        several is looked through by event.

        Raises:
            LogCorruptError: an entry is not of the vocabulary.
        """
        found = list(
            self._noted(f"{tables.BUNDLE} = ?", [bundle.encode("ascii")], tables.BY_BUNDLE)
        )
        for event in _LISTING:
            found += self._of(event, bundle)
        return found

    def collected(self, files: Iterable[str]) -> Iterator[Noted]:
        """Yield the entries about the collection of *files*, named by their SHA-256."""
        for file in sorted(files):
            yield from self._of(Event.FILE_COLLECTED, file)

    def of(self, *events: Event) -> Iterator[Noted]:
        """Yield the entries about any of *events*, newest first for each."""
        for event in events:
            yield from self._noted(f"{tables.EVENT} = ?", [event.encode("ascii")], tables.BY_EVENT)

    def beginning(self, start: str) -> Iterator[str]:
        """Yield the bundles whose id begins with *start* that entries of this log are about."""
        # All letters of an id lie below this one.
        bounds = [start.encode("ascii"), f"{start}g".encode("ascii")]
        condition = f"{tables.BUNDLE} >= ? AND {tables.BUNDLE} < ?"
        return (id_.decode("ascii") for id_ in self.log.bundles_where(condition, bounds))

    def _of(self, event: Event, id_: str) -> Iterator[Noted]:
        condition = f"{tables.EVENT} = ? AND instr(bytes, ?)"
        values = [event.encode("ascii"), f'"{id_}"'.encode("ascii")]
        return self._noted(condition, values, tables.BY_EVENT)

    def _noted(self, condition: str, values: list[bytes], by: str = "") -> Iterator[Noted]:
        for index, data in self.log.newest_where(condition, values, self.first, index=by):
            try:
                entry = events.parse(data, self.log.station)
            except ValueError as error:
                detail = locale.text("entry {index}: {problem}", index=index, problem=error)
                raise errors.LogCorruptError(detail=detail) from None
            yield Noted(self.log.station, index, entry, self.left)
