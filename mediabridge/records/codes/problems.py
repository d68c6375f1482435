"""What can be wrong with a table file: a closed list, each with its sentence.

The sentences are gettext messages; the facts of a :class:`Problem` fill them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, unique

from mediabridge.locale import n_, said


@unique
class Fault(Enum):
    """The faults; the name is the code for ``--json``, the value the sentence."""

    UNREADABLE = n_("The file cannot be read ({detail}).")
    TOO_LARGE = n_("The file is larger than {wanted} bytes.")
    NOT_UTF8 = n_("The file is not UTF-8 text.")
    NOT_A_TABLE = n_('The first line must be "{wanted}".')
    HEADER_UNKNOWN = n_(
        "This line of the header is not in the form '# key: value' or has an unknown key."
    )
    HEADER_TWICE = n_('The header gives "{key}" twice.')
    HEADER_MISSING = n_('The header does not give "{key}".')
    CERTAINTY_UNKNOWN = n_('A certainty mark must be "column=mark"; the marks are {wanted}.')
    CERTAINTY_MISSING = n_('The header gives no certainty mark for the column "{column}".')
    TABLE_UNKNOWN = n_('There is no table "{got}"; the tables are: {wanted}.')
    COLUMNS_WRONG = n_("The columns must be: {wanted}.")
    CELL_COUNT = n_("The line must have {wanted} cells, separated by tabs.")
    CHARACTER_FORBIDDEN = n_("The line holds a control character or an invisible character.")
    VALUE_FORM = n_('The value of "{column}" is not in the required form; an example: {wanted}.')
    DUPLICATE = n_("The code {got} is already on line {first}.")
    CODE_NOT_ALLOWED = n_("The code {got} does not exist in this table, which is closed.")
    CODE_MISSING = n_("The code {got} is missing from this table, which is closed.")
    CHECK_DIGIT = n_("The check digit of {got} is wrong; it should be {wanted}.")
    DATES_REVERSED = n_('"valid_until" is before "valid_from".')
    CODE_POINT_FORM = n_('"{column}" must be a code point in capital hexadecimal, such as 5F35.')
    NOT_KANJI = n_("{got} is neither a kanji nor one of E400 to F8FF.")
    TARGET_NOT_SEIJI = n_("The replacement {got} is not a 正字.")
    SOURCE_IS_SEIJI = n_("{got} is a 正字 and must not be replaced.")
    SPECIAL_NOT_SEIJI = n_("The special character {got} is not a 正字 or does not stay itself.")
    RANKS_WRONG = n_("The ranks do not fit: rank 1 is missing, or rank 2 repeats it.")
    INCOMPLETE = n_(
        "Replacements in the table: {got}, in the shipped one: {wanted}; give the whole table."
    )


@dataclass(frozen=True)
class Problem:
    """One fault of one line of a table file."""

    line: int
    """Counted from 1; 0 when the fault is of the file as a whole."""

    fault: Fault
    facts: Mapping[str, str] = field(default_factory=dict)

    def render(self, template: str) -> str:
        """Fill *template* (the fault's sentence, possibly translated) with the facts."""
        return template.format_map({name: said(fact) for name, fact in self.facts.items()})

    def as_json(self) -> dict[str, str | int]:
        """Return line, code and the English sentence as a JSON object."""
        return {
            "line": self.line,
            "code": self.fault.name,
            "sentence": self.render(self.fault.value),
        }
