"""Batches judged as columns, held to what the models and the rules say of each row by itself.

Each spoilt file is read twice: as it is read, and with every row of it looked at closely. What
comes out has to be the same to the letter, and in the same order. ``MEDIABRIDGE_SPOILT=5000``
reads that many files of each kind and format.
"""

from __future__ import annotations

import ast
import inspect
import io
import os
import random
from collections.abc import Sequence
from typing import Final

import pytest
from records.rows import RIGHT, raw_csv
from records_xml.documents import document, record

from mediabridge.kinds import Kind
from mediabridge.records import rules
from mediabridge.records.csv import CsvReader, Encoding
from mediabridge.records.fields import FIELDS
from mediabridge.records.plain import PlainRows
from mediabridge.records.reasons import Reason
from mediabridge.records.tables import shipped
from mediabridge.records.values import Category
from mediabridge.records.xml import XmlReader

_FEW: Final = 4
FILES = int(os.environ.get("MEDIABRIDGE_SPOILT", _FEW))
ROWS: Final = 24
YEAR: Final = 2026
"""That of the notices which are right."""

NUMBER: Final = "123456789018"
"""Its check digit is that of an individual number; it is nobody's."""

WORDS: Final = [
    *("", " ", "x", "X", "-", "0", "5", "6", "99", "100", "01", "indefinite", NUMBER),
    *(f"{NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:]}", f"A{NUMBER}", "ＡＢ", "ｱ", "か\u3099", "⼀"),
    *(
        "例",
        "髙",
        "㐂",
        "例　試",
        "例\U000e0100",
        "\U000e0100",
        "\ue000",
        "{U+E400}",
        "{",
        "\u200b",
    ),
    *("XA  XB", "XA XB", " XA", "Xa", "見本町1-2-3", "見本町\u00a01", "二行\n目", "=1+1"),
    *("2026-02-30", "2026-11-19", "1868-00-00", "1867-12-00", "1990-04-00", "2999-12-31"),
    *("2026-11-18T23:59:59+09:00", "2026-11-19T00:00:00+09:00", "2026-11-19T00:00:00Z"),
    *map(str, Category),
]
_TABLES = shipped()
_DAYS = ["2026-11-01", "2026-11-18", "2026-11-20", "2026-12-01", "1868-01-01", "1867-12-31"]
POINTED: Final = {
    **dict.fromkeys(("event_date", "reported_on", "residence_since", "notified_on"), _DAYS),
    **dict.fromkeys(("birth_date", "foreign_resident_since", "landing_period_until"), _DAYS),
    **dict.fromkeys(("provisional_stay_until", "period_of_stay_expiration_date"), _DAYS),
    "prior_card_number": ["CD87654321EF"],
    "name_roman": [""],
    "name_kanji": ["例张"],
}
"""What by itself breaks one rule or another, depending on the row."""

_PLACES = [code for code in _TABLES.municipalities if code not in _TABLES.plain_municipalities]
_UNUSUAL = _TABLES.nationalities.keys() - _TABLES.plain_nationalities
_GONE = [
    code
    for code, place in _TABLES.municipalities.items()
    if place and place.office and place.in_force.last.year < YEAR
]
TOGETHER: Final = [
    {"period_years": "0", "period_months": "0", "period_days": "15"},
    {"municipality_code": _GONE[0]},
    {"name_kanji": "例", "name_kanji_original": "'-"},
]
"""What breaks a rule together."""

_STATUSES = list(_TABLES.statuses)
_CODES = {
    "status_of_residence": [*_STATUSES[:3], *_STATUSES[-3:], "214", "302", "604", "999"],
    "nationality_region": [*sorted(_UNUSUAL)[:3], "ZZZ"],
    "municipality_code": [*_PLACES[:3], "131041", "131042", "139998"],
    "next_municipality_code": [*_PLACES[:3], "131041", "131042", "139998"],
}


def _words(kind: Kind, name: str) -> list[str]:
    """Return what may stand in the field *name*: often of its form, and often wrong."""
    item = FIELDS[kind][name]
    of_rows = {row.get(name, "") for one, row in RIGHT if one is kind}
    return sorted({*WORDS, *of_rows, *map(str, item.allowed), *_CODES.get(name, ()), item.example})


def _once_spoilt(lot: random.Random, kind: Kind) -> list[dict[str, str]]:
    """Return right rows of which one value is another word; not every word in every row."""
    names = [name for name in FIELDS[kind] if name != kind.facts.id_field]
    right = [row for one, row in RIGHT if one is kind]
    words = [(name, word) for name in names for word in _words(kind, name)]
    pointed = [
        (name, word)
        for name in names
        for word in [*POINTED.get(name, ()), *FIELDS[kind][name].allowed, *_CODES.get(name, ())]
    ]
    if FILES == _FEW:
        words = lot.sample(words, len(words) // 8)
    spoilt = [*({name: word} for name, word in [*pointed, *words]), *TOGETHER]
    return [
        {**row, **each} for each in spoilt if each.keys() <= FIELDS[kind].keys() for row in right
    ]


def _rows(lot: random.Random, kind: Kind) -> list[dict[str, str]]:
    right = [row for one, row in RIGHT if one is kind]
    rows = []
    for number in range(ROWS):
        row = dict(lot.choice(right))
        row[kind.facts.id_field] = f"SPOILT-{number}"
        for _ in range(lot.choice([0, 0, 0, 1, 1, 2, 5])):
            name = lot.choice(list(FIELDS[kind]))
            row[name] = lot.choice(_words(kind, name))
        rows.append(row)
    return rows


def _broken(lot: random.Random, data: bytes) -> bytes:
    """Return a file of which a tool has spoilt a row or two."""
    lines = data.split(b"\r\n")
    for _ in range(lot.choice([0, 0, 1, 2])):
        place = lot.randrange(1, len(lines))
        odd = [b"", b"x", b"\x1a", b",,,", lines[0], lines[place] + b",", b'"', lines[place][:30]]
        lines.insert(place, lot.choice(odd))
    return b"\r\n".join(lines)


def _seen(reader: CsvReader | XmlReader) -> list[object]:
    """Return all that a reader says, and after which row it said it."""
    said: list[object] = [
        (number, tuple(row), reader.errors.total, reader.notices.total)
        for run in reader.runs()
        for number, row in enumerate(run.rows, run.first)
    ]
    said += [reader.rows, reader.row]
    for kept in (reader.errors, reader.notices):
        said += [*kept.kept, dict(kept.counts)]
    return said


def _all(_self: PlainRows, rows: Sequence[Sequence[str]]) -> set[int]:
    return set(range(len(rows)))


def _check(
    form: str, kind: Kind, data: bytes, encoding: Encoding | None, patch: pytest.MonkeyPatch
) -> None:
    reader = {"csv": CsvReader, "xml": XmlReader}[form]
    quick = _seen(reader(io.BytesIO(data), kind, tables=_TABLES, encoding=encoding))
    with patch.context() as patched:
        patched.setattr(PlainRows, "doubtful", _all)
        slow = _seen(reader(io.BytesIO(data), kind, tables=_TABLES, encoding=encoding))
    assert quick == slow


@pytest.mark.parametrize("kind", Kind)
def test_each_value_in_each_field(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _once_spoilt(random.Random(1), kind)  # noqa: S311 - to spoil files
    _check("csv", kind, raw_csv(*rows, kind=kind), None, monkeypatch)


def test_every_rule_is_broken_by_some_value() -> None:
    """So a rule that is added to the rules of rows, and not to those of columns, is found here."""
    broken = set()
    for kind in Kind:
        rows = _once_spoilt(random.Random(1), kind)  # noqa: S311 - to spoil files
        reader = CsvReader(io.BytesIO(raw_csv(*rows, kind=kind)), kind, tables=_TABLES)
        assert list(reader.runs())
        broken |= {Reason(code) for code in reader.errors.counts}
    named = {
        Reason[each.attr]
        for each in ast.walk(ast.parse(inspect.getsource(rules)))
        if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "Reason"
    }
    # No nationality of the shipped table ever began or ended.
    assert named - broken == {Reason.NATIONALITY_NOT_IN_FORCE}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("form", ["csv", "xml"])
def test_spoilt_files_are_read_as_row_by_row(
    kind: Kind, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that files of a few rows have the edges of batches as well.
    monkeypatch.setattr("mediabridge.records.csv.reader.BATCH_ROWS", 7)
    for number in range(FILES):
        lot = random.Random(f"{kind} {form} {number}")  # noqa: S311 - to spoil files
        rows = _rows(lot, kind)
        if form == "csv":
            data = _broken(lot, raw_csv(*rows, kind=kind))
            _check(form, kind, data, lot.choice([None, Encoding.UTF_8]), monkeypatch)
        else:
            data = document(*(record(row, kind) for row in rows), kind=kind)
            _check(form, kind, data, None, monkeypatch)


@pytest.mark.parametrize(("kind", "row"), RIGHT)
def test_a_plain_row_is_not_doubted(kind: Kind, row: dict[str, str]) -> None:
    names = list(FIELDS[kind])
    texts = [row.get(name, "") for name in names]
    assert PlainRows(kind, _TABLES, names).doubtful([texts, texts]) == set()
