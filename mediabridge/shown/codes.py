"""What a code is called, for screens on which somebody has to understand it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any, Final

from mediabridge.locale import Language, language, with_readings

CODED: Final = {
    "event_code": "event",
    "operation_hint": "operation",
    "card_type": "card_type",
    "art30_45_category": "category",
    "sex": "sex",
    "nationality_region": "nationality_region",
    "status_of_residence": "status_of_residence",
}
"""The fields of a notice that hold a code, and the table that says what it means."""


class _Shown:
    """Of which station the screens of this process are."""

    home: Path | None = None


def name_codes_of(home: Path | None) -> None:
    """Name every code from now on by the tables of the station in *home*, where it has its own."""
    _Shown.home = home


def code_said(table: str, code: str) -> str:
    """Return *code* with its name in the language in use; as it is where it has none.

    A table that the station cannot use names nothing; whoever reads records by it is told why.
    """
    names = _names(table, code, _Shown.home)
    name = names.get("name_ja" if language() is Language.JA else "name_en")
    return f"{code} {_read(table, code, name)}" if name else code


def _read(table: str, code: str, name: str) -> str:
    """Return *name*, with its reading where it is ours to say: a city's table may mean another."""
    shipped = table in CODED.values() and _names(table, code, None).get("name_ja") == name
    return with_readings(narrow(name)) if shipped else narrow(name)


def narrow(name: str) -> str:
    """Return *name* without what a Japanese terminal may draw wider than it is counted.

    Names of countries are kept as their source has them. On the screen an accented letter is the
    plain one, where its width is ambiguous; a character that has no plain one stays.
    """
    return "".join(map(_narrow, name))


_PLAIN: Final = {0x2013: "-", 0x2019: "'"}
"""En dash and apostrophe, by their numbers: no text of this room may hold them."""


def _narrow(character: str) -> str:
    if unicodedata.east_asian_width(character) != "A":
        return character
    return _PLAIN.get(ord(character)) or unicodedata.normalize("NFD", character)[0]


def _names(table: str, code: str, home: Path | None) -> dict[str, Any]:
    from mediabridge.errors import TableRefusedError
    from mediabridge.records import codes
    from mediabridge.stations.home import Home

    site = Home(home).tables if home else None
    try:
        entry = codes.table(table, site).entries.get(code)
    except TableRefusedError:
        return {}
    return entry.as_json() if entry else {}
