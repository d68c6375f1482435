"""The encodings in which a file of records may be written, and what others call them."""

from __future__ import annotations

from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class Encoding(StrEnum):
    """Encodings a sender can declare; undeclared means UTF-8, or UTF-16 by its mark."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    CP932 = "cp932"
    SHIFT_JIS_2004 = "shift_jis_2004"


CALLED: Final = MappingProxyType(
    {
        Encoding.UTF_8: ("utf8", "utf8n", "utf8sig", "utf8bom"),
        Encoding.UTF_16: ("utf16", "utf16le", "utf16be", "unicode"),
        # Whoever exports "Shift_JIS" from Windows or a database gets Microsoft's code page, which
        # Japanese editors call ANSI.
        Encoding.CP932: (
            *("cp932", "ms932", "xms932", "windows31j", "cswindows31j", "windows932", "ansi"),
            *("shiftjis", "csshiftjis", "sjis", "sjiswin", "xsjis", "mskanji"),
        ),
        Encoding.SHIFT_JIS_2004: ("shiftjis2004", "sjis2004", "xsjis0213"),
    }
)
"""What vendors call each, in lower case and without what stands between letters and figures."""


def meant_by(name: str) -> Encoding | None:
    """Return the encoding that a vendor's *name* means, or None if nobody calls one so."""
    plain = "".join(character for character in name.lower() if character.isalnum())
    return next((each for each, names in CALLED.items() if plain in names), None)
