"""The carrying slip (搬送票): what a medium takes along, to be signed by whoever carries it.

Beside what is on the medium it holds size and root of the station's log as the station signed
them. So the paper is a witness that neither station can change: an auditor holds it against the
checkpoint of that size. The code for a camera holds a part of what the slip shows, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.bundle.manifest import Summary
from mediabridge.bundle.terms import Mode
from mediabridge.errors import NoBundleWaitingError
from mediabridge.locale import language, said, text
from mediabridge.media.trips import MediumRow, Trip
from mediabridge.printed import Blanks, Block, Code, Facts, Heading, Lines, Mono, Paper, Table, Text
from mediabridge.report.ledger import SHORT, everything_until, knowing
from mediabridge.report.times import Times
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.outgoing.prepared import sealed_summary
from mediabridge.stations.sticks import custody
from mediabridge.stations.sticks.incident import by_kind
from mediabridge.translog import checkpoint, note
from mediabridge.translog.checkpoint import Checkpoint

if TYPE_CHECKING:
    from mediabridge.stations.station import OpenStation

_FORMAT: Final = "MEDIABRIDGE SLIP 1"
_IN_CODE: Final = 20
"""Bundles that the code names; those behind them are on the paper only."""


@dataclass(frozen=True)
class Slip:
    """What a slip says."""

    station: str
    mode: str
    times: Times
    made: str
    """RFC 3339, in UTC: of the newest entry of the log."""
    medium: MediumRow
    trip: Trip | None
    bundles: tuple[tuple[BundleRow, Summary, tuple[str, ...]], ...]
    """Each with what was sealed and those who approved it."""
    log: Checkpoint
    """The newest that the station has signed: it went with the last bundle that was sealed."""

    @property
    def receivers(self) -> list[str]:
        """Where the bundles go, each station once, in the order of the bundles."""
        return list(dict.fromkeys(row.receiver for row, _, _ in self.bundles))

    @property
    def records(self) -> int:
        """How many records there are in all bundles."""
        return sum(row.records for row, _, _ in self.bundles)

    @property
    def code(self) -> str:
        """What a camera reads: numbers, ids of stations and the checkpoint."""
        to = {row.receiver: f" {row.receiver}" for row, _, _ in self.bundles}
        if len(to) == 1:
            to = dict.fromkeys(to, "")  # The line above them says it.
        listed = [
            f"{row.seq} {row.bundle[:SHORT]} {row.records}{to[row.receiver]}"
            for row, _, _ in self.bundles
        ]
        return "\n".join(
            [
                _FORMAT,
                f"{self.medium.medium} {self.station} {','.join(self.receivers)}",
                f"{len(self.bundles)} {self.records}",
                *listed[:_IN_CODE],
                self.log.text(),
            ]
        )

    def as_dict(self) -> dict[str, object]:
        """Return the slip for ``--json``."""
        origin, size, root = self.log.text().splitlines()
        return {
            "medium": self.medium.medium,
            "trip": self.trip.trip if self.trip else None,
            "holder": self.trip.holder if self.trip else None,
            "from": self.station,
            "to": self.receivers,
            "bundles": [
                {
                    "bundle": row.bundle,
                    "to": row.receiver,
                    "seq": row.seq,
                    "records": row.records,
                    "approvers": names,
                }
                for row, _, names in self.bundles
            ],
            "log": {"origin": origin, "size": int(size), "root": root},
        }


def slip_of(station: OpenStation, number: str) -> Slip:
    """Return the slip of the medium called *number*, as it leaves *station* now.

    Raises:
        MediumUnknownError: there is no such medium.
        NoBundleWaitingError: nothing on it is still to be answered.
        SummaryMismatchError: the books hold another summary of a bundle than was sealed.
        LogNoteError: the newest checkpoint is not signed by this station's key.
    """
    medium = custody.known(station, number)
    rows = _leaving(station, number)
    if not rows:
        raise NoBundleWaitingError(state=BundleState.WRITTEN)
    rows.sort(key=lambda row: (row.receiver, row.seq))
    carried = knowing(station)
    return Slip(
        station=station.id,
        mode=station.config.mode,
        times=Times.of(station),
        made=everything_until(station),
        medium=medium,
        trip=station.books.media.open_trip(number),
        bundles=tuple(
            (row, sealed_summary(station, row), carried(row.bundle).approvers) for row in rows
        ),
        log=_signed(station),
    )


def media_of(station: OpenStation) -> list[str]:
    """Return the media of which there is a slip: those on a trip that have something on them."""
    out = (trip.medium for trip in station.books.media.open_trips())
    return [medium for medium in out if _leaving(station, medium)]


def _leaving(station: OpenStation, number: str) -> list[BundleRow]:
    return [
        row
        for copy in station.books.media.not_erased(number)
        if not copy.state.is_unfinished
        and (row := station.books.bundle(copy.bundle)) is not None
        and row.direction == "out"
        and row.state is BundleState.WRITTEN
    ]


def _signed(station: OpenStation) -> Checkpoint:
    """Return the newest checkpoint of the station's own log, which its key has signed."""
    keys = {each.id: each.log_key for each in station.trust.stations}
    newest = station.log.newest_checkpoint() or b""
    return checkpoint.open_checkpoint(newest, note.Vkey.parse(keys[station.id]))


def paper(slip: Slip) -> Paper:
    """Return *slip* as a paper, in the language in use."""
    origin, size, root = slip.log.text().splitlines()
    blocks: list[Block] = [
        Facts(_about(slip)),
        Heading(text("What is on it")),
        _bundles(slip),
        Heading(text("The transfer log as it was signed")),
        Facts(
            (
                (text("log"), origin),
                (text("signed entries"), size),
                (text("root"), Mono(root)),
            )
        ),
        Text(
            text(
                "This paper is kept. At the next audit, size and root are compared with the"
                " checkpoint of this size."
            )
        ),
        Code(slip.code, text("For a camera: what this slip says of medium, bundles and log.")),
        Heading(text("Departure")),
        Blanks(_departure()),
        Heading(text("Arrival")),
        Lines(_arrival(), boxes=True),
        Blanks(_received()),
    ]
    return Paper(
        title=text("Carrying slip"),
        lang=language(),
        mode=slip.mode,
        mode_said=str(said(Mode.of(slip.mode))),
        foot=text(
            "Station {station}, {time}", station=slip.station, time=slip.times.written(slip.made)
        ),
        made=slip.made,
        blocks=blocks,
    )


def _about(slip: Slip) -> Sequence[tuple[str, str]]:
    trip = slip.trip
    rows = [
        (text("medium"), slip.medium.medium),
        (text("label"), slip.medium.label or "-"),
        (text("from"), slip.station),
        (text("to"), ", ".join(slip.receivers)),
    ]
    if trip is not None:
        rows += [
            (text("trip"), str(trip.trip or "-")),
            (text("with"), trip.holder or "-"),
            (text("issued"), slip.times.written(trip.issued_at)),
        ]
    counts = text(
        "bundles: {bundles}, records: {records}", bundles=len(slip.bundles), records=slip.records
    )
    return [*rows, (text("on it"), counts)]


def _bundles(slip: Slip) -> Table:
    several = len(slip.receivers) > 1
    headings = (
        *([text("to")] if several else []),
        text("no."),
        text("bundle"),
        text("records"),
        text("receipts"),
        text("made"),
        text("prepared by"),
        text("approved by"),
    )
    rows = [
        (
            # Each route has numbers of its own.
            *([row.receiver] if several else []),
            str(row.seq),
            Mono(row.bundle[:SHORT]),
            by_kind(summary.records),
            str(summary.receipts),
            slip.times.written(row.created),
            summary.operator,
            ", ".join(names) or "-",
        )
        for row, summary, names in slip.bundles
    ]
    return Table(headings, rows, frozenset({1, 4} if several else {0, 3}))


def _departure() -> Sequence[str]:
    return (
        text("Handed over by (name, signature)"),
        text("Carried by (name, signature)"),
        text("Date and time"),
    )


def _arrival() -> Sequence[str]:
    return (
        text("Number and label of the medium are those above."),
        text("Numbers and bundles on the screen of the receiving station are those above."),
        text("The container was closed, and the medium was never left alone."),
    )


def _received() -> Sequence[str]:
    return (
        text("Received by (name, signature)"),
        text("Date and time"),
        text("Remarks"),
    )
