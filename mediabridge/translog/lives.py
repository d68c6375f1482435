"""The life of a bundle, from a file that was received to the receipt: what all logs say of it.

A pure function over entries: whoever has logs open finds the entries, and what comes of them is
shown, counted or printed elsewhere. Nothing here judges whether a log is genuine. The order of a
life is that of the journey, not that of the clocks: what the sender did, what happened at the
receiver, what the sender did when the receipt was in; and in each of the three the order of the
log, which is evidence while a time is a hint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from mediabridge.translog.events import Entry, Event

ROAD: Final = (
    Event.FILE_COLLECTED,
    Event.BUNDLE_SEALED,
    Event.BUNDLE_APPROVED,
    Event.BUNDLE_RELEASED,
    Event.BUNDLE_WRITTEN,
    Event.MEDIUM_ARRIVED,
    Event.BUNDLE_VERIFIED,
    Event.BUNDLE_APPLIED,
    Event.RECEIPT_ISSUED,
    Event.RECEIPT_ACCEPTED,
    Event.BUNDLE_DELIVERED,
)
"""What every bundle that arrives goes through, in its order."""

TOLD: Final = frozenset(
    {
        *ROAD,
        Event.BUNDLE_SEALING,
        Event.BUNDLE_REJECTED,
        Event.BUNDLE_REFUSED,
        Event.BUNDLE_PARKED,
        Event.VOID_DECLARED,
        Event.VOID_ACCEPTED,
        Event.MEDIUM_LOST,
    }
)
"""What has to be said of a life, where there is no room for everything."""

_HOME: Final = frozenset({Event.RECEIPT_ACCEPTED, Event.BUNDLE_DELIVERED})
"""With the first of these the sender knows the outcome; what it writes from there on comes last."""


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry, and where it stands."""

    station: str
    """Whose log it is in."""
    index: int
    """Its number in that log, from 0."""
    entry: Entry
    left: int | None = None
    """The branch of the log that a restored station has left (0 is the oldest); None: in force."""

    @property
    def place(self) -> str:
        """What names the entry on a screen or on paper: ``lgwan #12``, ``lgwan~0 #12``."""
        branch = "" if self.left is None else f"~{self.left}"
        return f"{self.station}{branch} #{self.index}"


@dataclass(frozen=True)
class Life:
    """All that is known of one bundle."""

    bundle: str
    sender: str | None
    """None where no log that is at hand says it, as with :attr:`receiver` and :attr:`seq`."""
    receiver: str | None
    seq: int | None
    noted: tuple[Noted, ...]
    """The entries, in the order of the journey."""

    def of(self, *events: Event) -> tuple[Noted, ...]:
        """Return the entries about any of *events*, in the order of the journey."""
        return tuple(each for each in self.noted if each.entry.event in events)

    @property
    def unknown(self) -> tuple[Event, ...]:
        """What of :data:`ROAD` no log that is at hand says: it has not happened, or not arrived."""
        known = {each.entry.event for each in self.noted}
        return tuple(event for event in ROAD if event not in known)


def bundles_of(entry: Entry) -> Iterator[str]:
    """Yield the bundles that *entry* names: the one it is about, or those on a medium."""
    bundle, bundles = entry.facts.get("bundle"), entry.facts.get("bundles", ())
    if isinstance(bundle, str):
        yield bundle
    if not isinstance(bundles, str | int):
        yield from bundles


def people_of(entry: Entry) -> Iterator[str]:
    """Yield the ids of all whom *entry* names: who acted, and who is named beside."""
    yield entry.actor
    for name in ("second", "holder"):
        if isinstance(one := entry.facts.get(name), str):
            yield one
    for name in ("approvers", "holders", "signers"):
        if not isinstance(several := entry.facts.get(name, ()), str | int):
            yield from several


def life(bundle: str, noted: Iterable[Noted]) -> Life:
    """Return the life of *bundle* by the entries *noted*, each of which is about it.

    Which entries these are is the caller's to find; an entry that comes twice counts once.
    """
    entries = sorted(
        {(each.station, each.left, each.index): each for each in noted}.values(),
        # A branch that was left comes before the one that is in force.
        key=lambda each: (each.station, each.left is None, each.left or 0, each.index),
    )
    sender, receiver, seq = _route(bundle, entries)
    home = _come_home(entries, sender)
    ordered = sorted(entries, key=lambda each: _part(each, sender, home))
    return Life(bundle, sender, receiver, seq, tuple(ordered))


def _route(bundle: str, noted: Iterable[Noted]) -> tuple[str | None, str | None, int | None]:
    """Return sender, receiver and number, by an entry that is about *bundle* alone."""
    seq: int | None = None
    for each in noted:
        facts = each.entry.facts
        # A statement that came with this bundle is about other numbers.
        if facts.get("bundle") != bundle or each.entry.event is Event.VOID_ACCEPTED:
            continue
        if isinstance(number := facts.get("seq"), int):
            seq = number
        sender, receiver = facts.get("route_from"), facts.get("route_to")
        if isinstance(sender, str) and isinstance(receiver, str):
            return sender, receiver, seq
    return None, None, seq


def _come_home(noted: Iterable[Noted], sender: str | None) -> set[tuple[int | None, int]]:
    """Return the places in the sender's log from which on it knew the outcome."""
    after: set[tuple[int | None, int]] = set()
    known: set[int | None] = set()
    for each in noted:
        if each.station != sender:
            continue
        if each.entry.event in _HOME:
            known.add(each.left)
        if each.left in known:
            after.add((each.left, each.index))
    return after


def _part(each: Noted, sender: str | None, home: set[tuple[int | None, int]]) -> int:
    """Return in which part of the journey an entry stands: 0 sent, 1 received, 2 answered."""
    if sender is None or each.station != sender:
        return 1
    return 2 if (each.left, each.index) in home else 0
