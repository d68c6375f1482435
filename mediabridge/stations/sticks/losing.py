"""A medium that was lost: what was on it, for whom it was sealed, and what is still to be done.

Reporting comes first and takes one command; all that it says comes from the books. What did
not arrive is written again to another medium under its own number: whichever copy comes
first is taken, once. Where that is not wanted, the commands are prepared by which officers sign
that the number is void, or issue it anew. The lost medium is refused wherever it turns up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from mediabridge.errors import MediumNotedBeforeError
from mediabridge.locale import text
from mediabridge.media.register import MediumRow, ServiceState, Trip
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import custody
from mediabridge.verify.void import VoidReason


@dataclass(frozen=True)
class LostBundle:
    """One bundle that was on the medium, as far as this station knows."""

    bundle: str
    seq: int | None
    """Its number; None, as all that follows, where the books do not know it any more."""
    route_from: str | None
    route_to: str | None
    records: Mapping[str, int]
    """Kind of record to number."""
    recipients: tuple[str, ...]
    """Whose keys open it, by the trust data in force."""
    written_at: str | None
    whole: bool
    """False for a copy that was begun and not finished."""
    received: bool
    """Whether its receipt is in, or it was taken here."""
    sent_here: bool
    """Whether this station sent it, and so can write it again."""
    void: bool
    """Whether officers have declared its number void; nobody takes it then."""
    reissued: int = 0
    """The number under which what it held comes again; 0 where it does not."""

    @property
    def to_write_again(self) -> bool:
        """Whether it has to go onto another medium, or its number be void."""
        return self.sent_here and not self.received and not self.void

    @property
    def arrival(self) -> str:
        """What is known of its arrival, in the reader's language."""
        if self.void and self.reissued:
            return text("void, comes again as number {seq}", seq=self.reissued)
        if self.void:
            return text("void")
        return text("yes") if self.received else text("not known")

    def as_command(self, step: Literal["reissue", "void"]) -> str:
        """Return the command for which officers then sign."""
        reason = VoidReason.MEDIUM_LOST
        key = "--key FILE"
        return f"mediabridge bundles {step} {self.seq} --to {self.route_to} --reason {reason} {key}"


@dataclass(frozen=True)
class LostReport:
    """What is known of a lost medium."""

    station: str
    medium: MediumRow
    trip: Trip | None
    """The trip it was on, or the last one."""
    bundles: tuple[LostBundle, ...]

    @property
    def open_bundles(self) -> list[str]:
        """The bundles of which nobody here knows that they arrived."""
        return [each.bundle for each in self.bundles if not each.received]

    @property
    def write_again(self) -> list[LostBundle]:
        """The bundles that have to go onto another medium, or whose number officers void."""
        return [each for each in self.bundles if each.to_write_again]

    def as_dict(self) -> dict[str, Any]:
        """Return the report for ``--json``."""
        trip = self.trip
        return {
            "medium": self.medium.medium,
            "state": self.medium.state,
            "reported_at": self.medium.state_at,
            "holder": trip.holder if trip else None,
            "issued_at": trip.issued_at if trip else None,
            "bundles": [asdict(each) for each in self.bundles],
            "write_again": [each.bundle for each in self.write_again],
            "reissue": [each.as_command("reissue") for each in self.write_again],
            "void": [each.as_command("void") for each in self.write_again],
        }


def report_lost(station: OpenStation, number: str, *, operator: str | None = None) -> LostReport:
    """Put the medium on the list of lost ones, and say what it carried.

    Raises:
        MediumUnknownError, MediumNotedBeforeError: no such medium, or it was reported before.
        UsageError: there is no such person.
    """
    row = custody.known(station, number)
    if row.state is ServiceState.LOST:
        detail = text("medium {medium} was reported lost before", medium=number)
        raise MediumNotedBeforeError(medium=number, detail=detail)
    found = report_of(station, number)
    actor = station.operator(operator)
    custody.list_as(station, row, ServiceState.LOST, actor, found.open_bundles)
    return report_of(station, number)


def report_of(station: OpenStation, number: str) -> LostReport:
    """Return what is known of the medium; for one that was reported earlier as well.

    Raises:
        MediumUnknownError: no such medium.
    """
    register = station.books.media
    row = custody.known(station, number)
    trips = register.trips(number)
    bundles = {each.bundle: each for each in _written_here(station, number)}
    for name in (name for trip in trips for name in trip.bundles if name not in bundles):
        known = station.books.bundle(name)
        if known is not None and known.direction == "in":
            bundles[name] = _lost(station, name, known, None, whole=True)
    return LostReport(station.id, row, next(iter(trips), None), tuple(bundles.values()))


def _written_here(station: OpenStation, number: str) -> list[LostBundle]:
    copies = station.books.media.not_erased(number)
    return [
        _lost(
            station,
            copy.bundle,
            station.books.bundle(copy.bundle),
            copy.finished_at or copy.started_at,
            whole=not copy.state.is_unfinished,
        )
        for copy in copies
    ]


def _lost(
    station: OpenStation, name: str, row: BundleRow | None, written_at: str | None, *, whole: bool
) -> LostBundle:
    if row is None:
        return LostBundle(
            *(name, None, None, None, {}, (), written_at, whole),
            received=False,
            sent_here=False,
            void=False,
        )
    sent_here = row.direction == "out"
    return LostBundle(
        bundle=name,
        seq=row.seq,
        route_from=row.sender,
        route_to=row.receiver,
        records=dict(row.summary.get("records", {})),
        recipients=tuple(each.id for each in station.trust.recipients_for(row.receiver)),
        written_at=written_at,
        whole=whole,
        received=not sent_here or row.state is BundleState.DELIVERED,
        sent_here=sent_here,
        void=row.state is BundleState.VOID,
        reissued=_reissued(station, row),
    )


def _reissued(station: OpenStation, row: BundleRow) -> int:
    """Return the number that officers signed for what *row* held, or 0."""
    for signed in station.books.voids(row.sender, row.receiver):
        if signed.statement.first <= row.seq <= signed.statement.last:
            return signed.statement.replaced_by
    return 0
