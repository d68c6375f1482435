"""Every reason a record or a file of records is refused for: a closed list.

A reason is a code and the sentence a clerk reads. Sentences are gettext message
identifiers; ``{field}`` is the label of the field, the other facts say what was
expected, or name the one character that is wrong. No sentence has room for the refused
value: a program that logs a reason cannot log a person.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import unique
from typing import Any

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Reason(Spoken):
    """The code; :attr:`sentence` is what it means."""

    # --- the file as a whole: reading stops here ---
    FILE_EMPTY = "FILE_EMPTY", n_("The file is empty; its first row must name the columns.")
    FILE_NOT_TEXT = (
        "FILE_NOT_TEXT",
        n_("The file is no text but a workbook or an archive; save it as CSV (UTF-8)."),
    )
    FILE_FOR_READING = (
        "FILE_FOR_READING",
        n_("The file was written for reading only. Collect the file of records itself."),
    )
    FILE_TOO_LARGE = "FILE_TOO_LARGE", n_("The file is larger than the {limit} bytes allowed.")
    ROWS_TOO_MANY = "ROWS_TOO_MANY", n_("The file has more than the {limit} rows allowed.")
    ROW_TOO_LONG = (
        "ROW_TOO_LONG",
        n_("This row does not end within {limit} bytes. A quotation mark may be missing."),
    )
    FIELD_TOO_LONG = (
        "FIELD_TOO_LONG",
        n_("A field is longer than {limit} characters. A quotation mark may be missing."),
    )
    ENCODING_INVALID = (
        "ENCODING_INVALID",
        n_(
            "From this row on the file is not text in {encoding} (byte {offset})."
            " Save it in that encoding, or give its own with --encoding."
        ),
    )
    ENCODING_UNDECLARED = (
        "ENCODING_UNDECLARED",
        n_(
            "The file is not in UTF-8 but looks like {found} (byte {offset})."
            " If that is so, give it with --encoding {found}."
        ),
    )
    ENCODING_CONTRADICTED = (
        "ENCODING_CONTRADICTED",
        n_("The file was declared as {encoding}, but its first bytes say {found}."),
    )
    UTF16_WITHOUT_BOM = (
        "UTF16_WITHOUT_BOM",
        n_("The file looks like UTF-16 without a byte order mark. Save it with one, or as UTF-8."),
    )
    BOM_REPEATED = (
        "BOM_REPEATED",
        n_("A byte order mark stands here a second time; files were joined. Take the mark out."),
    )
    NUL_CHARACTER = (
        "NUL_CHARACTER",
        n_("This row holds a NUL character, which no text file may hold."),
    )
    LINE_ENDS_MIXED = (
        "LINE_ENDS_MIXED",
        n_("Rows end differently within this file. All must end with CRLF, or all with LF."),
    )
    LINE_ENDS_CR = (
        "LINE_ENDS_CR",
        n_("The rows end with CR only, as on an old Mac. Save the file with CRLF or LF."),
    )
    CTRL_Z_WITHIN = (
        "CTRL_Z_WITHIN",
        n_(
            "An end-of-file mark (Ctrl-Z) stands before the end of the file; files were joined."
            " Take the mark out, or collect the files one by one."
        ),
    )
    QUOTES_UNPAIRED = "QUOTES_UNPAIRED", n_("The quotation marks of this row do not pair.")

    # --- the header: reading stops after all of these are listed ---
    COLUMN_DUPLICATE = "COLUMN_DUPLICATE", n_("Column {column} repeats {field}.")
    COLUMN_UNKNOWN = (
        "COLUMN_UNKNOWN",
        n_("Column {column} has a name this kind of file does not have."),
    )
    COLUMN_MISSING = "COLUMN_MISSING", n_("The column for {field} ({example}) is missing.")
    COLUMN_ALMOST = (
        "COLUMN_ALMOST",
        n_(
            "The name of column {column} is nearly {field} ({example}). Write it exactly so:"
            " no spaces around it, the same width, the same letters."
        ),
    )
    COLUMN_WITHOUT_NAME = (
        "COLUMN_WITHOUT_NAME",
        n_("Column {column} has no name. Take out the comma at the end of each line."),
    )
    HEADER_BELOW = (
        "HEADER_BELOW",
        n_("The names of the columns stand in row {found} only. Delete the rows above it."),
    )
    HEADER_MISSING = (
        "HEADER_MISSING",
        n_(
            "The first row names no column. Put a row of names above the records; it begins:"
            " {example}"
        ),
    )
    SEPARATED_BY_TABS = (
        "SEPARATED_BY_TABS",
        n_("The columns are separated by tabs. Save the file as CSV, with commas."),
    )
    SEPARATED_OTHERWISE = (
        "SEPARATED_OTHERWISE",
        n_("The columns are separated by {separator}. Save the file as CSV, with commas."),
    )
    QUOTED_OTHERWISE = (
        "QUOTED_OTHERWISE",
        n_('The fields are quoted with {quote}. Only the quotation mark " may stand around them.'),
    )
    COLUMN_NEVER_CARRIED = (
        "COLUMN_NEVER_CARRIED",
        n_("Column {column} is an individual number or resident record code; never carried."),
    )

    # --- the form of an XML file: reading stops at the first of these ---
    XML_NOT_UTF_8 = (
        "XML_NOT_UTF_8",
        n_("An XML file of records must be XML 1.0 in UTF-8, and must not declare anything else."),
    )
    XML_DOCTYPE = (
        "XML_DOCTYPE",
        n_("The file has a document type declaration (DOCTYPE), which is never read."),
    )
    XML_INSTRUCTION = (
        "XML_INSTRUCTION",
        n_("The file holds a processing instruction, which is never carried out."),
    )
    XML_NOT_WELL_FORMED = (
        "XML_NOT_WELL_FORMED",
        n_("From this record on the file is not well-formed XML (line {line})."),
    )
    XML_ROOT = (
        "XML_ROOT",
        n_("The first element must be {wanted} in the namespace {namespace}, without attributes."),
    )
    XML_TOO_COMPLEX = (
        "XML_TOO_COMPLEX",
        n_("Reading stopped here: too many or too deep elements that are not of this format."),
    )
    RECORD_TOO_LONG = (
        "RECORD_TOO_LONG",
        n_("This record does not end within {limit} bytes. An end tag may be missing."),
    )

    # --- the elements of one XML record ---
    RECORD_OTHER_KIND = (
        "RECORD_OTHER_KIND",
        n_("An element stands here that is not a record of this file; wanted: {wanted}."),
    )
    ELEMENT_UNKNOWN = (
        "ELEMENT_UNKNOWN",
        n_("Element {position} of the record has a name this kind of record does not have."),
    )
    ELEMENT_NEVER_CARRIED = (
        "ELEMENT_NEVER_CARRIED",
        n_(
            "Element {position} of the record is an individual number or resident record code;"
            " never carried."
        ),
    )
    ELEMENT_REPEATED = "ELEMENT_REPEATED", n_("{field} stands in the record more than once.")
    ELEMENT_MISPLACED = (
        "ELEMENT_MISPLACED",
        n_("{field} is out of order; the elements follow the order of the format."),
    )
    ELEMENT_EMPTY = (
        "ELEMENT_EMPTY",
        n_("{field} is empty; leave the element out instead. Example: {example}"),
    )
    ELEMENT_NESTED = (
        "ELEMENT_NESTED",
        n_("{field} holds other elements; it may hold text only. Example: {example}"),
    )
    ATTRIBUTE_NOT_ALLOWED = (
        "ATTRIBUTE_NOT_ALLOWED",
        n_("The record has an element with an attribute; this format has none."),
    )
    TEXT_OUTSIDE_FIELD = (
        "TEXT_OUTSIDE_FIELD",
        n_("Text stands outside of the elements of the fields."),
    )
    NOT_IN_SCHEMA = (
        "NOT_IN_SCHEMA",
        n_("The record is not as the published schema of the format has it."),
    )

    # --- one row ---
    ROW_TOO_WIDE = (
        "ROW_TOO_WIDE",
        n_(
            "Fields in this row: {got}; in the header: {wanted}. A field with a comma in it must"
            " stand in quotation marks."
        ),
    )
    ROW_TOO_NARROW = (
        "ROW_TOO_NARROW",
        n_(
            "Fields in this row: {got}; in the header: {wanted}. A field that is empty keeps its"
            " comma."
        ),
    )
    ROW_ENDS_WITH_COMMA = (
        "ROW_ENDS_WITH_COMMA",
        n_("The row ends with a comma that the header does not have. Take it out."),
    )
    ROW_BLANK = "ROW_BLANK", n_("The row is blank, and records follow it. Delete the row.")
    ROW_OF_COMMAS = "ROW_OF_COMMAS", n_("The row holds commas only. Delete the row.")
    HEADER_REPEATED = (
        "HEADER_REPEATED",
        n_("The names of the columns stand here again; files were joined. Delete the row."),
    )
    MY_NUMBER = (
        "MY_NUMBER",
        n_("{field} holds what looks like an individual number. It is never carried."),
    )

    # --- one field ---
    REQUIRED = "REQUIRED", n_("{field} is missing. Example: {example}")
    NOT_OF_CATEGORY = (
        "NOT_OF_CATEGORY",
        n_("{field} must be empty for a person of this category (Article 30-45)."),
    )
    FIELD_UNKNOWN = "FIELD_UNKNOWN", n_("This kind of record has no such field.")
    TOO_LONG = "TOO_LONG", n_("{field} may have {limit} characters at most.")
    NOT_A_DATE = (
        "NOT_A_DATE",
        n_("{field} must be a day of the calendar, written YYYY-MM-DD. Example: {example}"),
    )
    NO_SUCH_DAY = (
        "NO_SUCH_DAY",
        n_(
            "{field} is a day that does not exist; that month of that year has {days} days."
            " Example: {example}"
        ),
    )
    NOT_A_PARTIAL_DATE = (
        "NOT_A_PARTIAL_DATE",
        n_(
            "{field} must be written YYYY-MM-DD, or YYYY-MM-00 or YYYY-00-00 where the day or month"
            " is unknown. Example: {example}"
        ),
    )
    NOT_A_TIME = (
        "NOT_A_TIME",
        n_(
            "{field} must be a Japanese time, written YYYY-MM-DDTHH:MM:SS+09:00. Example: {example}"
        ),
    )
    NOT_A_NUMBER = (
        "NOT_A_NUMBER",
        n_(
            "{field} must be a whole number from 0 to {limit}, in ASCII digits, no leading zeros."
            " Example: {example}"
        ),
    )
    NOT_A_PERIOD = (
        "NOT_A_PERIOD",
        n_(
            "{field} must be 0 to {limit} in ASCII digits, or the word indefinite."
            " Example: {example}"
        ),
    )
    NOT_IN_LIST = "NOT_IN_LIST", n_("{field} must be one of: {allowed}.")
    NOT_AN_IDENTIFIER = (
        "NOT_AN_IDENTIFIER",
        n_(
            "{field} may hold only ASCII letters, digits, dots, underscores and hyphens."
            " Example: {example}"
        ),
    )
    NOT_A_CODE = "NOT_A_CODE", n_("{field} is not in the form of its code. Example: {example}")
    NOT_A_CARD_NUMBER = (
        "NOT_A_CARD_NUMBER",
        n_(
            "{field} must be two capital letters, eight digits, two capital letters."
            " Example: {example}"
        ),
    )
    NOT_ROMAN_LETTERS = (
        "NOT_ROMAN_LETTERS",
        n_(
            "{field}: character {position} is {character}; only the letters A to Z, hyphens,"
            " apostrophes and single spaces may stand there. Example: {example}"
        ),
    )
    NOT_KANJI = (
        "NOT_KANJI",
        n_(
            "{field}: character {position} is {character}; only kanji and kana may stand there."
            " Example: {example}"
        ),
    )
    MEANT_OTHERWISE = (
        "MEANT_OTHERWISE",
        n_("{field}: character {position} is {character}; {meant} was probably meant."),
    )
    NAME_SPACES = (
        "NAME_SPACES",
        n_("{field} begins or ends with a space, or has two together. Example: {example}"),
    )
    NAME_WITHOUT_LETTER = (
        "NAME_WITHOUT_LETTER",
        n_("{field} holds no letter. Example: {example}"),
    )
    GAIJI_FORM = (
        "GAIJI_FORM",
        n_(
            "{field}: a brace stands at character {position}; braces only write a 入管外字, as"
            " {{U+E400}} to {{U+F8FF}}."
        ),
    )
    PRIVATE_USE = (
        "PRIVATE_USE",
        n_(
            "{field}: character {position} is {character}, for private use (gaiji); other systems"
            " show it differently."
        ),
    )
    CHARACTER_NOT_ALLOWED = (
        "CHARACTER_NOT_ALLOWED",
        n_("{field}: character {position} is {character}, which may not stand there."),
    )
    NO_SUCH_CHARACTER = (
        "NO_SUCH_CHARACTER",
        n_("{field}: character {position} is {character}, which stands for no character."),
    )
    DIRECTION_MARK = (
        "DIRECTION_MARK",
        n_(
            "{field}: character {position} is {character}, which turns the direction of the text."
            " Delete it."
        ),
    )
    INVISIBLE_CHARACTER = (
        "INVISIBLE_CHARACTER",
        n_("{field}: character {position} is {character}, which nobody can see. Delete it."),
    )
    CHARACTER_LOST = (
        "CHARACTER_LOST",
        n_(
            "{field}: character {position} is {character}; another character was lost there before."
        ),
    )
    STRAY_SELECTOR = (
        "STRAY_SELECTOR",
        n_("{field}: character {position} is {character}, without a character before it."),
    )
    CHECK_DIGIT = "CHECK_DIGIT", n_("{field} has a wrong check digit. Example: {example}")
    CODE_UNKNOWN = "CODE_UNKNOWN", n_("{field} is not in the code table {table}.")
    NOT_SEIJI = (
        "NOT_SEIJI",
        n_("{field}: character {position} is {character}, not a 正字. Convert the name first."),
    )

    # --- fields together ---
    NAME_MISSING = (
        "NAME_MISSING",
        n_("The name is missing: give Roman letters, or kanji where those are unknown."),
    )
    ORIGINAL_WITHOUT_KANJI = (
        "ORIGINAL_WITHOUT_KANJI",
        n_("{field} is given, but not the kanji that replaced it."),
    )
    EVENT_OPERATION = (
        "EVENT_OPERATION",
        n_("{field} does not fit event {event}; it allows: {allowed}."),
    )
    EVENT_CATEGORY = (
        "EVENT_CATEGORY",
        n_("{field} does not fit event {event}; it allows: {allowed}."),
    )
    EVENT_STATUS = "EVENT_STATUS", n_("{field} does not fit event {event}; it allows: {allowed}.")
    REQUIRED_BY_EVENT = (
        "REQUIRED_BY_EVENT",
        n_("{field} is missing; event {event} needs it. Example: {example}"),
    )
    NOT_OF_EVENT = "NOT_OF_EVENT", n_("{field} must be empty for event {event}.")
    EVENT_IN_FUTURE = "EVENT_IN_FUTURE", n_("{field} is after the day the notice was made.")
    BIRTH_AFTER_EVENT = "BIRTH_AFTER_EVENT", n_("{field} is after the day of the event.")
    BIRTH_TOO_EARLY = "BIRTH_TOO_EARLY", n_("{field} is before the year {year}.")
    EXPIRY_BEFORE_EVENT = "EXPIRY_BEFORE_EVENT", n_("{field} is before the day of the event.")
    EXPIRY_BEYOND_PERIOD = (
        "EXPIRY_BEYOND_PERIOD",
        n_("{field} is more than a year later than the event and the period permitted make it."),
    )
    EXPIRY_MISSING = (
        "EXPIRY_MISSING",
        n_("{field} is missing; only an indefinite period of stay has none. Example: {example}"),
    )
    EXPIRY_OF_INDEFINITE = (
        "EXPIRY_OF_INDEFINITE",
        n_("{field} must be empty, because the period of stay is indefinite."),
    )
    PERIOD_OF_INDEFINITE = (
        "PERIOD_OF_INDEFINITE",
        n_("{field} must be empty, because the period of stay is indefinite."),
    )
    PERIOD_INCOMPLETE = (
        "PERIOD_INCOMPLETE",
        n_(
            "{field} is missing; years, months and days are all given, with 0 where there are none."
        ),
    )
    PERIOD_TOO_SHORT = (
        "PERIOD_TOO_SHORT",
        n_("{field}: a period of three months or less never makes a mid- to long-term resident."),
    )
    PERIOD_NOT_OF_STATUS = (
        "PERIOD_NOT_OF_STATUS",
        n_("{field}: this status of residence has no such period of stay; allowed: {allowed}."),
    )
    STATUS_INDEFINITE = (
        "STATUS_INDEFINITE",
        n_("{field} must be the word indefinite for this status of residence."),
    )
    STATUS_NOT_INDEFINITE = (
        "STATUS_NOT_INDEFINITE",
        n_("{field} cannot be indefinite for this status of residence."),
    )
    STATUS_NOT_MID_LONG_TERM = (
        "STATUS_NOT_MID_LONG_TERM",
        n_("{field} never makes a mid- to long-term resident."),
    )
    STATUS_NOT_IN_FORCE = (
        "STATUS_NOT_IN_FORCE",
        n_("{field} was not in force on the day of the event."),
    )
    NATIONALITY_NOT_IN_FORCE = (
        "NATIONALITY_NOT_IN_FORCE",
        n_("{field} was not in force on the day of the event."),
    )
    MUNICIPALITY_NOT_IN_FORCE = (
        "MUNICIPALITY_NOT_IN_FORCE",
        n_("{field} was not in force on any day from the event to the notice."),
    )
    MUNICIPALITY_WITHOUT_OFFICE = (
        "MUNICIPALITY_WITHOUT_OFFICE",
        n_(
            "{field} keeps no resident records: it is a prefecture, or a city whose wards keep"
            " them, or has no residents. Give the code of the ward or town."
        ),
    )
    CARD_NOT_REPLACED = (
        "CARD_NOT_REPLACED",
        n_("{field} is the same before and after, but event {event} issues a new card."),
    )
    NOTIFIED_AFTER_PROCESSING = (
        "NOTIFIED_AFTER_PROCESSING",
        n_("{field} is after the day the notification was processed."),
    )
    RESIDENT_AFTER_EVENT = "RESIDENT_AFTER_EVENT", n_("{field} is after the day of the event.")
    RESIDENT_BEFORE_BIRTH = "RESIDENT_BEFORE_BIRTH", n_("{field} is before the date of birth.")
    OTHER_MUNICIPALITY = (
        "OTHER_MUNICIPALITY",
        n_("{field} is not that of this station: {wanted}."),
    )
    OFFICE_UNKNOWN = (
        "OFFICE_UNKNOWN",
        n_("{field} is {office}, and of that office there is no station in the folder."),
    )
    SEQUENCE_REPEATED = (
        "SEQUENCE_REPEATED",
        n_("{field} was already used in this file, by another record."),
    )
    RECORD_REPEATED = "RECORD_REPEATED", n_("{field} stands in this file more than once.")
    AFTER_EXTRACT = "AFTER_EXTRACT", n_("{field} is after the day of the extract.")
    NOT_IN_FORCE_AT_EXTRACT = (
        "NOT_IN_FORCE_AT_EXTRACT",
        n_("{field} was not in force on the day of the extract."),
    )
    EXPIRY_BEYOND_EXTRACT = (
        "EXPIRY_BEYOND_EXTRACT",
        n_("{field} is more than a year later than the extract and the period permitted make it."),
    )
    EXTRACT_MIXED = (
        "EXTRACT_MIXED",
        n_(
            "{field} is not that of the first entry. A file holds one extract; collect each"
            " extract as a file of its own."
        ),
    )
    EXTRACT_INCOMPLETE = (
        "EXTRACT_INCOMPLETE",
        n_(
            "The file is not the whole extract: entries expected: {wanted}, found: {got}."
            " Have the extract made anew, and collect it as it came."
        ),
    )
    EXTRACT_EMPTY = (
        "EXTRACT_EMPTY",
        n_("The file holds no entry, and a full population has at least one. It was cut off."),
    )
    MOVE_TO_SELF = "MOVE_TO_SELF", n_("{field} is the municipality that sends this notice.")
    RESIDENCE_AFTER_REPORT = (
        "RESIDENCE_AFTER_REPORT",
        n_("{field} is after the day of the notification."),
    )
    DEEMED_OTHERWISE = (
        "DEEMED_OTHERWISE",
        n_("{field} cannot stand for a {report} notification; allowed: {allowed}."),
    )

    # --- a change row as a whole ---
    CHANGE_EMPTY = "CHANGE_EMPTY", n_("The row holds no notice and withdraws none.")
    CHANGE_TOO_LONG = "CHANGE_TOO_LONG", n_("The notice is longer than {limit} bytes.")
    CHANGE_NOT_ITEMS = (
        "CHANGE_NOT_ITEMS",
        n_("The notice is not one JSON object of texts and whole numbers, each named once."),
    )
    CHANGE_TAKEN = (
        "CHANGE_TAKEN",
        n_(
            "Row {earlier}, which this row withdraws, is not before it or was taken already."
            " What was taken is corrected by a notice of its own."
        ),
    )

    # --- writing ---
    NOT_IN_ENCODING = (
        "NOT_IN_ENCODING",
        n_("{field} holds {codepoint}, which {encoding} cannot hold."),
    )


@dataclasses.dataclass(frozen=True)
class Said:
    """One thing said about one row, ready for a list on screen or a line in a log.

    ``row`` counts records as a spreadsheet does: the header is row 1. ``field`` is the
    identifier of a field, or None where the row or the file as a whole is meant.
    ``facts`` fill the sentence: what was expected, and at most one character of what
    was found. ``value`` is for the screen of the person who has the file anyway; it is
    in no other form, and it is absent where not even they may see it.
    """

    row: int
    field: str | None
    reason: Spoken
    facts: Mapping[str, str | int] = dataclasses.field(default_factory=dict)
    value: str | None = dataclasses.field(default=None, repr=False, compare=False)

    def log_form(self) -> dict[str, str | int]:
        """Return what a log or ``--json`` may hold: row, field and code."""
        return {"row": self.row, "field": self.field or "", "code": self.reason.value}

    def sentence(self, label: str, translate: Callable[[str], str] = str) -> str:
        """Return the sentence, with *label* as the field's name in the reader's language."""
        facts: dict[str, Any] = {"field": label, **self.facts}
        return translate(self.reason.sentence).format_map(facts)


@dataclasses.dataclass(frozen=True)
class RecordError(Said):
    """One thing wrong with one row."""

    reason: Reason
