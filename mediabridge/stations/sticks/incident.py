"""The incident form of a lost medium: one Markdown page, in Japanese and in English.

It holds times, counts, numbers and the ids of stations, people and keys, and nothing of any
resident. What only people know is left blank, to be filled in by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from mediabridge.bundle.header import Mode
from mediabridge.kinds import Kind
from mediabridge.locale import Language, moment, said, speaking, text
from mediabridge.stations.sticks.losing import LostBundle, LostReport

_BLANK = "　"
"""A full-width space: a cell that is there to be written into."""


def form(report: LostReport, mode: str) -> str:
    """Return the form about *report*, of a station that works in *mode*."""
    pages = []
    for each in (Language.JA, Language.EN):
        with speaking(each):
            pages.append("\n".join(_page(report, mode)))
    return "\n---\n\n".join(pages)


def _page(report: LostReport, mode: str) -> Iterator[str]:
    yield f"# {text('Report of a lost medium')}\n"
    yield from _facts(_about(report, mode))
    yield f"## {text('What was on it')}\n"
    yield text("As far as station {station} knows.", station=report.station) + "\n"
    yield from _bundles(report.bundles)
    yield f"## {text('How it is protected')}\n"
    yield from (f"- {line}" for line in _protection(report))
    yield f"\n## {text('What to do')}\n"
    yield from (f"- [ ] {line}" for line in _steps(report))
    yield f"\n## {text('To be filled in by hand')}\n"
    yield from _facts((label, _BLANK) for label in _blanks())


def _about(report: LostReport, mode: str) -> Iterator[tuple[str, str]]:
    medium, trip = report.medium, report.trip
    yield text("medium"), medium.medium
    yield text("station"), f"{report.station} ({said(Mode.of(mode))})"
    yield text("reported lost"), moment(medium.state_at)
    if trip is not None:
        yield text("route"), f"{trip.route_from} > {trip.route_to}"
        yield text("with"), trip.holder or "?"
        yield text("issued"), _time(trip.issued_at)
        yield text("arrived"), _time(trip.arrived_at)
        yield text("returned"), _time(trip.returned_at)
    arrived = sum(each.received for each in report.bundles)
    yield text("bundles on it"), str(len(report.bundles))
    yield text("of these known to have arrived"), str(arrived)
    for kind, count in _records(report.bundles).items():
        label = text("records not known to have arrived: {kind}", kind=Kind(kind))
        yield label, str(count)


def _records(bundles: Iterable[LostBundle]) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in bundles:
        if not each.received:
            found.update(each.records)
    return found


def _bundles(bundles: Sequence[LostBundle]) -> Iterator[str]:
    if not bundles:
        yield text("No bundle.") + "\n"
        return
    yield from _table(
        [
            text("no."),
            text("bundle"),
            text("route"),
            text("records"),
            text("written"),
            text("encrypted to"),
            text("has arrived"),
        ],
        (_cells(each) for each in bundles),
    )


def _cells(bundle: LostBundle) -> list[str]:
    route = f"{bundle.route_from} > {bundle.route_to}" if bundle.route_from else "?"
    return [
        str(bundle.seq or "?"),
        f"`{bundle.bundle}`" + ("" if bundle.whole else f" ({text('in part')})"),
        route,
        str(sum(bundle.records.values())),
        _time(bundle.written_at),
        ", ".join(bundle.recipients) or "?",
        bundle.arrival,
    ]


def _protection(report: LostReport) -> Iterator[str]:
    yield text(
        "Every bundle is encrypted, each with a key of its own (AES-256-GCM), which is wrapped"
        " for the receivers only, by ML-KEM-1024 and P-384 together. There is no key and no"
        " passphrase on the medium, and the station that sent a bundle cannot open it either."
    )
    names = sorted({name for each in report.bundles for name in each.recipients})
    if names:
        yield text("Whoever has none of these keys cannot read it: {names}.", names=tuple(names))
    yield text(
        "What a finder can see: ids of stations and officers, numbers, times and sizes of"
        " bundles, and the public keys. No name, no number and no kind of notice."
    )
    yield text(
        "Every bundle is signed and numbered: it is taken once or not at all, and none that was"
        " changed. The medium is refused here from now on, and at the other station as soon as"
        " the next bundle has brought the news."
    )


def _steps(report: LostReport) -> Iterator[str]:
    yield text("Tell the security officer, and whoever the rules of the office name.")
    yield text("See that the keys of the receivers and the shares of the escrow key are safe.")
    for bundle in report.write_again:
        again = f"`mediabridge write {bundle.bundle[:8]}`"
        yield text(
            "Number {seq} is not known to have arrived. Under the same number onto another"
            " medium: {again}. Or, for an officer to sign: under a new number: {anew};"
            " not at all: {void}",
            seq=bundle.seq,
            again=again,
            anew=f"`{bundle.as_command('reissue')}`",
            void=f"`{bundle.as_command('void')}`",
        )
    yield text("Carry a bundle to the other station, so that it refuses the medium, too.")
    yield text("If the medium turns up: do not plug it in; hand it to the security officer.")


def _blanks() -> tuple[str, ...]:
    return (
        text("Where and when it was last seen"),
        text("When the loss was noticed"),
        text("Who was told, and when"),
        text("Where it was looked for"),
        text("Found (time, place), or given up"),
        text("Cause, and what is changed"),
        text("Filled in by (name, signature)"),
    )


def _facts(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from _table([text("what"), text("value")], ([name, value] for name, value in rows))


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(headings)
    yield _row(["---"] * len(headings))
    yield from map(_row, rows)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _time(utc: str | None) -> str:
    return moment(utc) if utc else text("not known")
