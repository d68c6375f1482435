"""Right rows to spoil, one per kind and category, and strategies for hostile ones."""

from __future__ import annotations

import io
from collections.abc import Mapping

from hypothesis import strategies as st

from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvReader, CsvWriter
from mediabridge.records.fields import FIELDS
from mediabridge.records.load import Loader, RecordInvalidError, to_text
from mediabridge.records.model import Record
from mediabridge.records.reasons import RecordError
from mediabridge.records.tables import shipped
from mediabridge.records.text.classes import is_selector, refusal_of

ISA = {
    "notice_id": "01JD3MZ6Q8W9X0Y1Z2A3B4C5D6",
    "sequence": "12",
    "municipality_code": "131041",
    "issued_at": "2026-11-19T17:05:00+09:00",
    "event_code": "N02",
    "event_date": "2026-11-18",
    "operation_hint": "correction",
    "prior_card_number": "AB12345678CD",
    "card_type": "1",
    "card_number": "CD87654321EF",
    "art30_45_category": "1",
    "name_roman": "XAMPLE VAN AN",
    "birth_date": "1990-04-12",
    "sex": "1",
    "nationality_region": "VNM",
    "status_of_residence": "226",
    "period_years": "3",
    "period_months": "0",
    "period_days": "0",
    "period_of_stay_expiration_date": "2029-11-30",
}

_STAY = (
    "card_type",
    "card_number",
    "status_of_residence",
    "period_years",
    "period_months",
    "period_days",
    "period_of_stay_expiration_date",
    "prior_card_number",
)
_CARDLESS = {name: value for name, value in ISA.items() if name not in _STAY}

ISA_PERMANENT = {
    **ISA,
    "event_code": "N03",
    "status_of_residence": "601",
    "period_years": "indefinite",
    "period_months": "",
    "period_days": "",
    "period_of_stay_expiration_date": "",
}
ISA_SPECIAL = {
    **_CARDLESS,
    "event_code": "N14",
    "art30_45_category": "2",
    "card_type": "2",
    "card_number": "CD87654321EF",
}
ISA_REFUGE = {
    **_CARDLESS,
    "event_code": "N12",
    "art30_45_category": "3",
    "landing_period_until": "2027-05-31",
}
ISA_PROVISIONAL = {
    **_CARDLESS,
    "event_code": "N12",
    "art30_45_category": "4",
    "provisional_stay_until": "2027-05-31",
}
ISA_BIRTH = {**_CARDLESS, "event_code": "N17", "art30_45_category": "5"}
ISA_NATIONALITY_LOSS = {**ISA_BIRTH, "art30_45_category": "6"}

MUNICIPAL = {
    "notice_id": "M-131041-1",
    "sequence": "1",
    "municipality_code": "131041",
    "processed_at": "2026-11-20T16:40:00+09:00",
    "event_code": "M04",
    "operation": "correction",
    "event_date": "2026-11-18",
    "notified_on": "2026-11-20",
    "card_type": "1",
    "card_number": "AB12345678CD",
    "art30_45_category": "1",
    "name_roman": "XAMPLE VAN AN",
    "birth_date": "1990-04-12",
    "sex": "2",
    "nationality_region": "VNM",
    "address": "新宿区見本町一丁目1番1号",
    "previous_address": "新宿区見本町二丁目2番2号",
    "foreign_resident_since": "2024-04-01",
}
MUNICIPAL_OUT = {
    **MUNICIPAL,
    "event_code": "M05",
    "operation": "deletion",
    "previous_address": "",
    "next_address": "川口市見本町1番1号",
    "next_municipality_code": "112038",
}
MUNICIPAL_SPECIAL = {**MUNICIPAL, "art30_45_category": "2", "card_type": "2"}
MUNICIPAL_BIRTH = {
    **MUNICIPAL,
    "event_code": "M07",
    "operation": "entry",
    "art30_45_category": "5",
    "card_type": "",
    "card_number": "",
    "notified_on": "",
    "previous_address": "",
    "birth_date": "2026-11-18",
    "foreign_resident_since": "2026-11-18",
}

REPORT = {
    "report_id": "R-1",
    "municipality_code": "131041",
    "report_kind": "19-9",
    "reported_on": "2026-11-20",
    "deemed_by": "22",
    "card_number": "AB12345678CD",
    "name_kanji": "例海月",
    "birth_date": "1984-05-00",
    "sex": "9",
    "nationality_region": "TWN",
    "place_of_residence": "新宿区見本町一丁目1番1号",
    "residence_since": "2026-11-18",
    "previous_place_of_residence": "千代田区見本町1番1号",
}

ENTRY = {
    "entry_id": "E-1",
    "extract_id": "X-1",
    "as_of": "2026-11-19T02:00:00+09:00",
    "total": "1",
    "municipality_code": "131041",
    "card_type": "1",
    "card_number": "CD87654321EF",
    "art30_45_category": "1",
    "name_roman": "XAMPLE VAN AN",
    "birth_date": "1990-04-12",
    "sex": "1",
    "nationality_region": "VNM",
    "status_of_residence": "226",
    "period_years": "3",
    "period_months": "0",
    "period_days": "0",
    "period_of_stay_expiration_date": "2029-11-30",
    "address": "新宿区見本町一丁目1番1号",
}
_CARDLESS_ENTRY = {name: value for name, value in ENTRY.items() if name not in _STAY}
ENTRY_PERMANENT = {
    **ENTRY,
    "status_of_residence": "601",
    "period_years": "indefinite",
    "period_months": "",
    "period_days": "",
    "period_of_stay_expiration_date": "",
}
ENTRY_SPECIAL = {
    **_CARDLESS_ENTRY,
    "art30_45_category": "2",
    "card_type": "2",
    "card_number": "CD87654321EF",
    "name_kanji": "例海月",
}
ENTRY_REFUGE = {
    **_CARDLESS_ENTRY,
    "art30_45_category": "3",
    "landing_period_until": "2027-05-31",
}
ENTRY_PROVISIONAL = {
    **_CARDLESS_ENTRY,
    "art30_45_category": "4",
    "provisional_stay_until": "2027-05-31",
}
ENTRY_BIRTH = {**_CARDLESS_ENTRY, "art30_45_category": "5", "birth_date": "2026-11-01"}
ENTRY_NATIONALITY_LOSS = {**_CARDLESS_ENTRY, "art30_45_category": "6"}

RIGHT = [
    (Kind.ISA_NOTICE, ISA),
    (Kind.ISA_NOTICE, ISA_PERMANENT),
    (Kind.ISA_NOTICE, ISA_SPECIAL),
    (Kind.ISA_NOTICE, ISA_REFUGE),
    (Kind.ISA_NOTICE, ISA_PROVISIONAL),
    (Kind.ISA_NOTICE, ISA_BIRTH),
    (Kind.ISA_NOTICE, ISA_NATIONALITY_LOSS),
    (Kind.MUNICIPAL_NOTICE, MUNICIPAL),
    (Kind.MUNICIPAL_NOTICE, MUNICIPAL_OUT),
    (Kind.MUNICIPAL_NOTICE, MUNICIPAL_SPECIAL),
    (Kind.MUNICIPAL_NOTICE, MUNICIPAL_BIRTH),
    (Kind.RESIDENCE_REPORT, REPORT),
    (Kind.ISA_POPULATION, ENTRY),
    (Kind.ISA_POPULATION, ENTRY_PERMANENT),
    (Kind.ISA_POPULATION, ENTRY_SPECIAL),
    (Kind.ISA_POPULATION, ENTRY_REFUGE),
    (Kind.ISA_POPULATION, ENTRY_PROVISIONAL),
    (Kind.ISA_POPULATION, ENTRY_BIRTH),
    (Kind.ISA_POPULATION, ENTRY_NATIONALITY_LOSS),
]

# Everything this format can carry: quotes, line ends, IVS, astral planes, formulas, half-width
# kana, radicals, spaces of every kind; nothing that the table of text classes refuses.
_TEXT = st.characters(exclude_categories=("Cs", "Co", "Cc", "Cn")).filter(
    lambda one: refusal_of(one) is None and not is_selector(one)
)
_SPICE = st.sampled_from(
    [
        '"',
        ",",
        "'",
        "=1+1",
        "＝",
        "@",
        "-",
        "⻑",
        "ｶﾞ",
        "\u00a0",
        "葛\U000e0100",
        "𠮷",
        "\ufa19",
        "か\u3099",
    ]
)
_LINE_ENDS = st.sampled_from(["\r", "\n", "\r\n", "\t"])


def _joined(pieces: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(pieces, min_size=1, max_size=most).map("".join)


REMARKS = _joined(_TEXT | _SPICE | _LINE_ENDS, 60)
ADDRESS = _joined(_TEXT | _SPICE, 60)
ORIGINAL = (
    _joined(st.one_of(_TEXT.filter(lambda one: one not in "{}"), _SPICE, st.just("{U+E400}")), 20)
    .map(lambda text: f"张{text}")
    .filter(lambda text: len(text.replace("{U+E400}", "x")) <= 50)
)
KANJI = _joined(
    st.sampled_from(["例", "葛\U000e0100", "𠮟", "\ufa19", "ア", "の", "例　", "々"]), 25
).map(lambda name: f"々{name}例")
ROMAN = st.from_regex(r"[A-Z'-]{0,20}[A-Z][A-Z'-]{0,9}( [A-Z'-]{1,30}){0,2}", fullmatch=True)


def present(row: Mapping[str, str]) -> dict[str, str]:
    """Return the values that are there, as a reader hands them on."""
    return {name: text for name, text in row.items() if text}


def load(kind: Kind, row: Mapping[str, str]) -> Record:
    return Loader(kind, shipped()).load(present(row))


def refusals(kind: Kind, row: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """Return field and code of every error of a row."""
    try:
        load(kind, row)
    except RecordInvalidError as refused:
        return [(error.field, error.reason.value) for error in refused.errors]
    return []


def csv_of(*records: Record, kind: Kind = Kind.ISA_NOTICE) -> bytes:
    stream = io.BytesIO()
    writer = CsvWriter(stream, kind, tables=shipped())
    for record in records:
        writer.write(record)
    return stream.getvalue()


def columns_of(*records: Record, kind: Kind = Kind.ISA_NOTICE) -> dict[str, list[str]]:
    """Return the records as a reader hands on rows: as text, by column."""
    texts = [to_text(record) for record in records]
    return {name: [each.get(name, "") for each in texts] for name in FIELDS[kind]}


def raw_csv(
    *rows: Mapping[str, str], kind: Kind = Kind.ISA_NOTICE, end: str = "\r\n", header: str = ""
) -> bytes:
    """Return a file of rows as they are, right or wrong."""
    columns = list(FIELDS[kind])
    lines = [header or ",".join(columns)]
    lines += [",".join(f'"{row.get(name, "")}"' for name in columns) for row in rows]
    return (end.join(lines) + end).encode()


def read(
    data: bytes, kind: Kind = Kind.ISA_NOTICE, **options: object
) -> tuple[list[Record], list[RecordError]]:
    reader = CsvReader(io.BytesIO(data), kind, tables=shipped(), **options)  # type: ignore[arg-type]
    records = list(reader)
    return records, reader.errors.kept


def codes(data: bytes, **options: object) -> list[tuple[int, str | None, str]]:
    return [(each.row, each.field, each.reason.value) for each in read(data, **options)[1]]
