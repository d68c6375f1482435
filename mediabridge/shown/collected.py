"""What was taken in from a file, or why it was not: with the clerk's own values, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mediabridge.kinds import Kind
from mediabridge.locale import Language, language, n_, said, text, translate, with_readings
from mediabridge.records.encoding import Encoding
from mediabridge.shown.scanned import scanned_lines
from mediabridge.shown.values import printable

if TYPE_CHECKING:
    from mediabridge.errors import WrongRecordsError
    from mediabridge.records.kept import Kept
    from mediabridge.records.notices import RecordNotice
    from mediabridge.records.reasons import Said
    from mediabridge.stations.outgoing.changes import CollectedChanges
    from mediabridge.stations.outgoing.collecting import Checked, Collected

_ENCODINGS: Final = {
    Encoding.CP932: n_("Shift_JIS as Windows writes it (cp932)"),
    Encoding.SHIFT_JIS_2004: n_("Shift_JIS-2004 (shift_jis_2004)"),
}

SHOWN: Final = 50
"""Errors shown on a screen; the report beside the refused file has more."""


def checked_lines(name: str, done: Checked) -> Iterator[str]:
    """Yield that the file *name* has no errors, and what is worth a look."""
    yield text("{file}: no errors; records: {count}.", file=name, count=done.records)
    yield from _looked_at(done)


def collected_lines(name: str, done: Collected) -> Iterator[str]:
    """Yield what of the file *name* was taken in, what was not and why, what is worth a look."""
    if done.known:
        yield text(
            "{file}: taken in before, nothing changed; records: {count}.",
            file=name,
            count=done.records,
        )
    else:
        yield text("{file}: taken in; records: {count}.", file=name, count=done.records)
    yield from scanned_lines(done.scanned)
    if done.echoes:
        yield echo_line(done.echoes)
    if done.received_elsewhere:
        yield text(
            "  Records that the other station has received already, which was not known"
            " here any more: {count}. It takes none of them twice.",
            count=done.received_elsewhere,
        )
    yield from _looked_at(done)


def changes_lines(done: CollectedChanges, *, check: bool = False) -> Iterator[str]:
    """Yield what of the city's change rows was taken in; with *check*, that it has no errors."""
    from mediabridge.stations.outgoing.changes import KIND

    if not done.rows:
        yield text("No change rows wait in the registry.")
        return
    if check:
        told = n_("Change rows: {rows}, no errors; records: {count}.")
    else:
        told = n_("Change rows: {rows}, taken in; records: {count}.")
    yield text(told, rows=done.rows, count=done.records)
    if done.echoes:
        yield echo_line(done.echoes)
    if done.withdrawn:
        yield text("  Left out, as the city's system withdrew them: {count}", count=done.withdrawn)
    if done.released:
        yield text(
            "  Among them are rows that were taken before and never got into this station's"
            " books, in files: {count}",
            count=done.released,
        )
    yield from notice_lines(done.notices, KIND)


def encoding_called(encoding: Encoding) -> str:
    """Return what people call an *encoding* that has to be declared."""
    return translate(_ENCODINGS[encoding])


def judged_by(tables: Sequence[Mapping[str, str]]) -> str:
    """Return the line that names the *tables* a result rests on, each with whose it is."""
    from mediabridge.records.codes.tablefile import Origin

    named = ", ".join(
        f"{each['id']} {each['version']} ({said(Origin.of(each['origin']))})" for each in tables
    )
    return text("Judged by the tables: {tables}", tables=named)


def _looked_at(done: Checked) -> list[str]:
    return [*_held_there(done.notices), *notice_lines(done.notices, done.kind)]


def echo_line(echoes: Sequence[str]) -> str:
    """Return the line that says how many records were left out as *echoes*."""
    return text(
        "  Left out, as they only repeat notices of the agency that were applied: {count}",
        count=len(echoes),
    )


def _held_there(notices: Kept[RecordNotice]) -> list[str]:
    """Return how many records travel to be held at the registry; which, the notices say."""
    from mediabridge.records.notices import Notice

    count = notices.counts[Notice.KANJI_NOT_SEIJI.value]
    if not count:
        return []
    return [
        text(
            "  Records with a kanji that is no 正字: {count}. They travel as they are; at the"
            " registry each of them is held until a person decides on its name.",
            count=count,
        )
    ]


def notice_lines(notices: Kept[RecordNotice], kind: Kind) -> list[str]:
    """Return what was accepted and is worth a look, grouped as errors are."""
    if not notices.total:
        return []
    lines = [text("  Accepted; please look at (places: {count}):", count=notices.total)]
    lines += _grouped(notices.kept[:SHOWN], kind, language())
    if notices.total > SHOWN:
        lines.append(text("  More places: {count}.", count=notices.total - SHOWN))
    return lines


def error_lines(refusal: WrongRecordsError, lang: Language) -> list[str]:
    """Return the errors grouped by what is wrong: a sentence, then the rows and their values."""
    return _grouped(refusal.errors[:SHOWN], Kind(refusal.kind), lang)


def more_line(refusal: WrongRecordsError) -> list[str]:
    """Return where the errors are of which there is no room here."""
    more = refusal.facts["count"] - SHOWN
    if more <= 0:
        return []
    return [text("The report beside the refused file has more errors: {count}.", count=more)]


def _grouped(said: Sequence[Said], kind: Kind, lang: Language) -> list[str]:
    from mediabridge.records.fields import FIELDS, label

    groups: dict[str, list[str]] = {}
    for each in said:
        # A row beside the register may name a field that there is not.
        known = each.field in FIELDS[kind]
        name = (
            with_readings(label(kind, each.field or "", japanese=lang is Language.JA))
            if known
            else ""
        )
        groups.setdefault(each.sentence(name, translate), []).append(_place(each))
    lines = []
    for sentence, places in groups.items():
        lines += [f"- {sentence}", *(f"    {place}" for place in places)]
    return lines


def _place(error: Said) -> str:
    if not error.value:
        return text("row {row}", row=error.row)
    return text("row {row}: {value}", row=error.row, value=printable(error.value))
