"""The encodings in which a file of records may be written."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Encoding(StrEnum):
    """Encodings a sender can declare; undeclared means UTF-8, or UTF-16 by its mark."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    CP932 = "cp932"
    SHIFT_JIS_2004 = "shift_jis_2004"
