"""What is accepted and still worth a word: a closed list of notices.

A notice refuses nothing and changes nothing. It says what a person may want to look
at, or what the file held that is no part of its records. (The records of two kinds
are called notices as well; those are :class:`~mediabridge.records.model.IsaNotice`
and its sisters.)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import unique

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken
from mediabridge.records.reasons import Said


@unique
class Notice(Spoken):
    """The code; :attr:`sentence` is what it means."""

    # --- the file as a whole ---
    CTRL_Z_AT_END = (
        "CTRL_Z_AT_END",
        n_("The file ends with an old end-of-file mark (Ctrl-Z). It was left out."),
    )
    BLANK_LINES_AT_END = (
        "BLANK_LINES_AT_END",
        n_("After the last record stand blank lines ({count}). They were left out."),
    )

    # --- one record ---
    OUT_OF_ORDER = (
        "OUT_OF_ORDER",
        n_(
            "The record is older than one above it. Within a bundle, records are applied in the"
            " order of their time and running number, not of their rows."
        ),
    )

    # --- one field ---
    NOT_A_KANJI = (
        "NOT_A_KANJI",
        n_("{field}: character {position} is {character}, a radical or part of a kanji, no kanji."),
    )
    LOOKS_LIKE_KANJI = (
        "LOOKS_LIKE_KANJI",
        n_(
            "{field}: character {position} is {character}, a radical that looks like a kanji;"
            " {meant} was probably meant."
        ),
    )
    HALF_WIDTH = (
        "HALF_WIDTH",
        n_(
            "{field}: character {position} is {character}, of half width; the usual one is {meant}."
        ),
    )
    UNUSUAL_SPACE = (
        "UNUSUAL_SPACE",
        n_("{field}: character {position} is {character}, not the usual space."),
    )
    SPACE_AT_EDGE = "SPACE_AT_EDGE", n_("{field} begins or ends with a space.")
    COMBINING_MARK = (
        "COMBINING_MARK",
        n_("{field}: character {position} is {character}, a mark that stands apart from its kana."),
    )
    KANJI_NOT_SEIJI = (
        "KANJI_NOT_SEIJI",
        n_(
            "{field}: character {position} is {character}, not a 正字. The record travels as it is"
            " and is held at the registry, where a person decides on the name."
        ),
    )
    CP932_DIFFERS = (
        "CP932_DIFFERS",
        n_(
            "{field}: character {position} is {character} in shift_jis_2004; in cp932 the same"
            " bytes are {meant}. If the file is from Windows, declare cp932."
        ),
    )


@dataclass(frozen=True)
class RecordNotice(Said):
    """One thing to look at in one row that was accepted."""

    reason: Notice
