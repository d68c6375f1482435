"""The incident form of a lost medium, in Japanese and in English, and its Markdown.

It holds times, counts, numbers and the ids of stations, people and keys, and nothing of any
resident. What only people know is left blank, to be filled in by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mediabridge.bundle.terms import Mode
from mediabridge.kinds import Kind
from mediabridge.locale import Language, moment, said, speaking, text
from mediabridge.printed import Blanks, Block, Facts, Heading, Lines, Mono, Paper, Table, Text
from mediabridge.stations.sticks.losing import LostBundle, LostReport

_BLANK = "　"
"""A full-width space: a cell that is there to be written into."""


def papers(report: LostReport, mode: str) -> list[Paper]:
    """Return the form about *report*, of a station that works in *mode*, once a language."""
    pages = []
    for each in (Language.JA, Language.EN):
        with speaking(each):
            pages.append(_paper(report, mode, each))
    return pages


def markdown(given: Iterable[Paper]) -> str:
    """Return the papers of a form as one page of Markdown."""
    pages = []
    for each in given:
        with speaking(Language(each.lang)):
            pages.append("\n".join(_markdown(each)))
    return "\n---\n\n".join(pages)


def _paper(report: LostReport, mode: str, lang: Language) -> Paper:
    blocks: list[Block] = [
        Facts(tuple(_about(report, mode))),
        Heading(text("What was on it")),
        Text(text("As far as station {station} knows.", station=report.station)),
        _bundles(report.bundles),
        Heading(text("How it is protected")),
        Lines(tuple(_protection(report))),
        Heading(text("What to do")),
        Lines(tuple(_steps(report)), boxes=True),
        Heading(text("To be filled in by hand")),
        Blanks(_blanks()),
    ]
    return Paper(
        title=text("Report of a lost medium"),
        lang=lang,
        mode=mode,
        mode_said=str(said(Mode.of(mode))),
        foot=text("Station {station}, {time}", station=report.station, time=_reported(report)),
        made=report.medium.state_at,
        blocks=blocks,
    )


def _reported(report: LostReport) -> str:
    return moment(report.medium.state_at)


def _about(report: LostReport, mode: str) -> Iterator[tuple[str, str]]:
    medium, trip = report.medium, report.trip
    yield text("medium"), medium.medium
    yield text("station"), f"{report.station} ({said(Mode.of(mode))})"
    yield text("reported lost"), _reported(report)
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


def _bundles(bundles: Sequence[LostBundle]) -> Block:
    if not bundles:
        return Text(text("No bundle."))
    headings = (
        text("no."),
        text("bundle"),
        text("route"),
        text("records"),
        text("written"),
        text("encrypted to"),
        text("has arrived"),
    )
    return Table(headings, tuple(tuple(_cells(each)) for each in bundles))


def _cells(bundle: LostBundle) -> list[str]:
    route = f"{bundle.route_from} > {bundle.route_to}" if bundle.route_from else "?"
    return [
        str(bundle.seq or "?"),
        Mono(bundle.bundle),
        route,
        by_kind(bundle.records),
        _time(bundle.written_at) + ("" if bundle.whole else f" ({text('in part')})"),
        ", ".join(bundle.recipients) or "?",
        bundle.arrival,
    ]


def by_kind(records: Mapping[str, int]) -> str:
    """Return how many *records* there are of each kind; ``0`` for none."""
    counted = [f"{said(Kind(kind))}: {count}" for kind, count in sorted(records.items()) if count]
    return ", ".join(counted) or "0"


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


def _markdown(paper: Paper) -> Iterator[str]:
    yield f"# {paper.title}\n"
    for block in paper.blocks:
        match block:
            case Heading(title):
                yield f"## {title}\n"
            case Text(sentence):
                yield f"{sentence}\n"
            case Lines(lines, boxes):
                yield from (f"- {'[ ] ' if boxes else ''}{line}" for line in lines)
                yield ""
            case Facts(rows):
                yield from _facts(rows)
            case Blanks(labels):
                yield from _facts((label, _BLANK) for label in labels)
            case Table(headings, rows):
                yield from _table(headings, rows)


def _facts(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from _table([text("what"), text("value")], ([name, value] for name, value in rows))


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(headings)
    yield _row(["---"] * len(headings))
    yield from map(_row, rows)
    yield ""


def _row(cells: Sequence[str]) -> str:
    shown = (f"`{cell}`" if isinstance(cell, Mono) else cell for cell in cells)
    return f"| {' | '.join(shown)} |"


def _time(utc: str | None) -> str:
    return moment(utc) if utc else text("not known")
