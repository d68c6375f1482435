"""The bundles that are under way, followed through entries of both logs in the order of time.

What has its receipt is let go, so this takes as much memory as there is under way, not as there
ever was: :mod:`mediabridge.translog.lives` has all entries of one bundle, a report a little of a
hundred thousand. An entry's facts are those that were known: none of them is relied on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mediabridge.report.model import About, Ref, Route
from mediabridge.translog.events import Event


class Read(NamedTuple):
    """One entry as it was read, and whether the period of the report holds it."""

    ref: Ref
    event: str
    time: str
    actor: str
    facts: Mapping[str, Any]
    inside: bool

    @property
    def route(self) -> Route:
        """The route that it names."""
        return Route(str(self.facts.get("route_from", "")), str(self.facts.get("route_to", "")))

    @property
    def bundle(self) -> str:
        """The bundle that it is about; empty where it is about none."""
        return str(self.facts.get("bundle", ""))

    @property
    def medium(self) -> str:
        """The medium that it is about; empty where it is about none."""
        return str(self.facts.get("medium", ""))

    @property
    def about(self) -> About:
        """Bundle, route and number."""
        return About(self.bundle, self.route, self.count("seq"))

    def count(self, name: str) -> int:
        """Return a count among its facts; 0 where it is not there."""
        value = self.facts.get(name, 0)
        return value if isinstance(value, int) else 0

    def names(self, name: str) -> list[str]:
        """Return a list among its facts; empty where it is not there."""
        value = self.facts.get(name, ())
        return [str(each) for each in value] if isinstance(value, list | tuple) else []


@dataclass(slots=True)
class Pending:
    """What is known of one bundle that is under way."""

    about: About
    sealed: Read
    left: bool = False
    approvers: dict[str, Ref] = field(default_factory=dict)


class AllPending:
    """Follows bundles from being sealed to their receipt, and at the receiver until applied."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._open: dict[str, Pending] = {}
        self._arrived: dict[tuple[str, str], About] = {}

    def open(self) -> Iterator[Pending]:
        """Yield the bundles that no receipt has ended, in the order of sealing."""
        yield from self._open.values()

    def take(self, read: Read) -> Pending | None:
        """Note what *read* says; return the bundle it is about, even if it ends it."""
        pending = self._open.get(read.bundle)
        match read.event:
            case Event.BUNDLE_SEALED:
                pending = self._open[read.bundle] = Pending(read.about, read)
            case Event.BUNDLE_APPROVED if pending:
                pending.approvers[read.actor] = read.ref
            case Event.APPROVAL_REMOVED if pending:
                for person in read.names("signers"):
                    pending.approvers.pop(person, None)
            case Event.BUNDLE_RELEASED if pending:
                pending.left = True
            case Event.RECEIPT_ACCEPTED if pending and not read.count("supplement"):
                del self._open[read.bundle]
            # What holds answers alone has no receipt of its own: it is delivered when it is taken.
            case Event.BUNDLE_REJECTED | Event.BUNDLE_DELIVERED if pending:
                del self._open[read.bundle]
            case Event.VOID_DECLARED:
                self._end_void(read)
        return pending

    def arrived(self, read: Read) -> About:
        """Return what *read*, an entry of the receiver, is about; its route stood in an earlier."""
        key = read.ref.station, read.bundle
        if read.event in {Event.BUNDLE_VERIFIED, Event.BUNDLE_PARKED}:
            self._arrived[key] = read.about
            return read.about
        return self._arrived.pop(key, read.about)

    def _end_void(self, read: Read) -> None:
        numbers = range(read.count("first"), read.count("last") + 1)
        for pending in list(self._open.values()):
            if pending.about.route == read.route and pending.about.seq in numbers:
                del self._open[pending.about.bundle]
