"""Notices by hand: enough to be applied, held and refused, with nothing left to chance."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvWriter
from mediabridge.records.model import ADAPTERS
from mediabridge.records.tables import shipped

MUNICIPALITY = "131041"
"""A ward that exists; the training city of these tests."""

STATUS = "226"
"""A status of residence of mid- to long-term residents."""

_ISA = {
    "municipality_code": MUNICIPALITY,
    "issued_at": "2026-05-02T09:00:00+09:00",
    "event_code": "N02",
    "event_date": "2026-05-01",
    "operation_hint": "correction",
    "art30_45_category": "1",
    "card_type": "1",
    "name_roman": "NGUYEN VAN AN",
    "birth_date": "1990-04-05",
    "sex": "1",
    "nationality_region": "VNM",
    "status_of_residence": STATUS,
    "period_years": "3",
    "period_months": "0",
    "period_days": "0",
    "period_of_stay_expiration_date": "2029-05-01",
}
_MUNICIPAL = {
    "municipality_code": MUNICIPALITY,
    "processed_at": "2026-05-02T09:00:00+09:00",
    "event_code": "M06",
    "event_date": "2026-05-01",
    "notified_on": "2026-05-01",
    "operation": "deletion",
    "art30_45_category": "1",
    "card_type": "1",
    "name_roman": "NGUYEN VAN AN",
    "birth_date": "1990-04-05",
    "sex": "1",
    "nationality_region": "VNM",
}


def card(number: int) -> str:
    """Return the card of resident *number*."""
    return f"AB{number:08d}CD"


def isa_notice(number: int, resident: int) -> dict[str, str]:
    """Return notice *number*: an extended stay of *resident*."""
    return {
        **_ISA,
        "notice_id": f"N-{number:04d}",
        "sequence": str(number),
        "card_number": card(resident),
    }


def municipal_notice(number: int, resident: int) -> dict[str, str]:
    """Return notice *number* of the city: *resident* left the country."""
    return {
        **_MUNICIPAL,
        "notice_id": f"M-{number:04d}",
        "sequence": str(number),
        "card_number": card(resident),
    }


def entry(number: int, *, total: int, **changed: str) -> dict[str, str]:
    """Return entry *number* of an extract of *total*: resident *number*, as the register says."""
    return {
        **{name: text for name, text in population(number)[-1].items() if text},
        "entry_id": f"E-{number:04d}",
        "extract_id": "X-20260503",
        "as_of": "2026-05-03T02:00:00+09:00",
        "total": str(total),
        "municipality_code": MUNICIPALITY,
        "card_type": "1",
        **changed,
    }


def entries_csv(*residents: int) -> bytes:
    """Return the agency's full population: the file of an extract of these *residents*."""
    rows = [entry(each, total=len(residents)) for each in residents]
    return csv_of(Kind.ISA_POPULATION, rows)


def csv_of(kind: Kind, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return *rows* in the format's own CSV; each has to be right."""
    output = io.BytesIO()
    writer = CsvWriter(output, kind, tables=shipped())
    for row in rows:
        writer.write(ADAPTERS[kind].validate_python(row))
    return output.getvalue()


def isa_csv(*numbers: tuple[int, int]) -> bytes:
    """Return a CSV of notices, one for each (number, resident)."""
    return csv_of(Kind.ISA_NOTICE, [isa_notice(*each) for each in numbers])


def municipal_csv(*numbers: tuple[int, int]) -> bytes:
    """Return a CSV of the city's own notices, one for each (number, resident)."""
    return csv_of(Kind.MUNICIPAL_NOTICE, [municipal_notice(*each) for each in numbers])


def population(size: int) -> list[dict[str, str | None]]:
    """Return residents 1 to *size*, whose stay the notices extend."""
    return [
        {
            "card_number": card(number),
            "art30_45_category": "1",
            "name_roman": "NGUYEN VAN AN",
            "birth_date": "1990-04-05",
            "sex": "1",
            "nationality_region": "VNM",
            "status_of_residence": STATUS,
            "period_years": "1",
            "period_months": "0",
            "period_days": "0",
            "period_of_stay_expiration_date": "2026-06-01",
        }
        for number in range(1, size + 1)
    ]
