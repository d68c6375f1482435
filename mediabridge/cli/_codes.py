"""What a code is called, for screens on which somebody has to understand it."""

from __future__ import annotations

from typing import Final

from mediabridge.locale import Language, language

CODED: Final = {
    "event_code": "event",
    "operation_hint": "operation",
    "card_type": "card_type",
    "art30_45_category": "category",
    "sex": "sex",
    "nationality_region": "nationality_region",
    "status_of_residence": "status_of_residence",
}
"""The fields of a notice that hold a code, and the shipped table that says what it means."""


def code_said(table: str, code: str) -> str:
    """Return *code* with its name in the language in use; as it is where it has none."""
    from mediabridge.records import codes

    entry = codes.table(table).entries.get(code)
    names = entry.as_json() if entry else {}
    name = names.get("name_ja" if language() is Language.JA else "name_en")
    return f"{code} {name}" if name else code
