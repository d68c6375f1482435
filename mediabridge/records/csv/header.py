"""The header row: which column holds which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from mediabridge.kinds import Kind
from mediabridge.locale import in_every_language, n_
from mediabridge.records.fields import FIELDS, Need
from mediabridge.records.never_carried import is_forbidden_column
from mediabridge.records.reasons import Reason, RecordError

HEADER_ROW = 1
"""Rows are counted as a spreadsheet counts them."""

FOR_READING: Final = n_(
    "For reading only; this file cannot be collected. An apostrophe stands before every"
    " cell that a spreadsheet would take for a formula."
)
"""The first row of a file for people, whose values are not those of the records."""

ROWS_ABOVE: Final = 5
"""How far below a title the names of the columns are looked for."""

_SEPARATORS: Final = "\t;|，、､"
_QUOTES: Final = "'’‘‛`´“”„＂″"
_INVISIBLE: Final = re.compile("[\\s_\ufeff\u200b-\u200f\u2060]")


def read_header(names: list[str], kind: Kind) -> tuple[list[str], list[RecordError]]:
    """Return the identifiers of the columns *names*, and everything wrong with them.

    A column is named by its identifier or by its Japanese label. Columns for fields
    that need not be filled may be left out; their order is free.
    """
    known = _known_names(kind)
    columns = [known.get(name, "") for name in names]
    errors = [
        _error(Reason.COLUMN_NEVER_CARRIED, None, position)
        for position, name in enumerate(names, start=1)
        if is_forbidden_column(name)
    ]
    whole = _wrong_as_a_whole(names, kind)
    if whole is not None:
        return columns, [*errors, whole]
    return columns, sorted([*errors, *_wrong_columns(names, columns, kind)], key=_column) + [
        RecordError(HEADER_ROW, name, Reason.COLUMN_MISSING, {"example": name})
        for name, item in FIELDS[kind].items()
        if item.need is Need.ALWAYS and name not in columns
    ]


def below(errors: list[RecordError], rows: Iterable[list[str]], kind: Kind) -> list[RecordError]:
    """Return *errors* of a first row, but the true one if the header stands in *rows* below it."""
    if [error.reason for error in errors] != [Reason.HEADER_MISSING]:
        return errors
    for number, names in enumerate(rows, HEADER_ROW + 1):
        if recognised(names, kind) > 1:
            return [RecordError(HEADER_ROW, None, Reason.HEADER_BELOW, {"found": number})]
    return errors


def recognised(names: list[str], kind: Kind) -> int:
    """Return how many of *names* are columns of *kind*, written exactly or nearly so."""
    nearly = _nearly(kind)
    return len({nearly.get(_plain(name), "") for name in _split(names)} - {""})


def as_one_cell(line: str) -> list[str]:
    """Return a header *line* that quotation marks part otherwise than by commas."""
    return [line.strip("\r\n").replace('"', "")]


def _split(names: list[str]) -> list[str]:
    """Return the *names* of a header of one cell as another separator would have them."""
    separator = _separator(names)
    return names[0].split(separator) if separator else names


def _separator(names: list[str]) -> str:
    found = (one for one in _SEPARATORS if len(names) == 1 and one in names[0])
    return next(found, "")


def _wrong_as_a_whole(names: list[str], kind: Kind) -> RecordError | None:
    """Return the one mistake that makes every column look wrong, if there is one."""
    if len(names) == 1 and names[0] in in_every_language(FOR_READING):
        return RecordError(HEADER_ROW, None, Reason.FILE_FOR_READING)
    separator = _separator(names)
    if separator and recognised(names, kind):
        reason = Reason.SEPARATED_BY_TABS if separator == "\t" else Reason.SEPARATED_OTHERWISE
        return RecordError(HEADER_ROW, None, reason, {"separator": separator})
    quotes = {name[0] for name in names if name and name[0] in _QUOTES and name[-1] in _QUOTES}
    if quotes and recognised(names, kind):
        facts = {"quote": next(iter(sorted(quotes)))}
        return RecordError(HEADER_ROW, None, Reason.QUOTED_OTHERWISE, facts)
    if not recognised(names, kind) and not any(map(is_forbidden_column, names)):
        example = ",".join(list(FIELDS[kind])[:3]) + ",..."
        return RecordError(HEADER_ROW, None, Reason.HEADER_MISSING, {"example": example})
    return None


def _wrong_columns(names: list[str], columns: list[str], kind: Kind) -> Iterator[RecordError]:
    nearly = _nearly(kind)
    for position, (name, identifier) in enumerate(zip(names, columns, strict=True), start=1):
        if is_forbidden_column(name):
            continue
        if identifier:
            if identifier in columns[: position - 1]:
                yield _error(Reason.COLUMN_DUPLICATE, identifier, position)
        elif not name.strip():
            yield _error(Reason.COLUMN_WITHOUT_NAME, None, position)
        elif (meant := nearly.get(_plain(name), "")) and meant not in columns:
            yield _error(Reason.COLUMN_ALMOST, meant, position)
        else:
            yield _error(Reason.COLUMN_UNKNOWN, None, position)


def _known_names(kind: Kind) -> dict[str, str]:
    fields = FIELDS[kind].values()
    return {name: item.identifier for item in fields for name in (item.identifier, item.japanese)}


def _nearly(kind: Kind) -> dict[str, str]:
    return {_plain(name): identifier for name, identifier in _known_names(kind).items()}


def _plain(name: str) -> str:
    """Return *name* without what only a computer sees, to compare it and nothing else."""
    folded = unicodedata.normalize("NFKC", name.strip(_QUOTES + " \t\u3000\ufeff")).casefold()
    return _INVISIBLE.sub("", folded)


def _column(error: RecordError) -> int:
    return int(error.facts["column"])


def _error(reason: Reason, identifier: str | None, position: int) -> RecordError:
    # The name itself may be a person's, when a file came without its header.
    facts: dict[str, str | int] = {"column": position, "example": identifier or ""}
    return RecordError(HEADER_ROW, identifier, reason, facts)
