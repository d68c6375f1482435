"""The header row: which column holds which field."""

from __future__ import annotations

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS, Need
from mediabridge.records.never_carried import is_forbidden_column
from mediabridge.records.reasons import Reason, RecordError

HEADER_ROW = 1
"""Rows are counted as a spreadsheet counts them."""


def read_header(names: list[str], kind: Kind) -> tuple[list[str], list[RecordError]]:
    """Return the identifiers of the columns *names*, and everything wrong with them.

    A column is named by its identifier or by its Japanese label. Columns for fields
    that need not be filled may be left out; their order is free.
    """
    known = _known_names(kind)
    columns: list[str] = []
    errors: list[RecordError] = []
    for position, name in enumerate(names, start=1):
        identifier = known.get(name)
        if is_forbidden_column(name):
            errors.append(_error(Reason.COLUMN_NEVER_CARRIED, None, position))
        elif identifier is None:
            errors.append(_error(Reason.COLUMN_UNKNOWN, None, position))
        elif identifier in columns:
            errors.append(_error(Reason.COLUMN_DUPLICATE, identifier, position))
        columns.append(identifier or "")
    errors.extend(
        RecordError(HEADER_ROW, name, Reason.COLUMN_MISSING, {"example": name})
        for name, item in FIELDS[kind].items()
        if item.need is Need.ALWAYS and name not in columns
    )
    return columns, errors


def _known_names(kind: Kind) -> dict[str, str]:
    fields = FIELDS[kind].values()
    return {name: item.identifier for item in fields for name in (item.identifier, item.japanese)}


def _error(reason: Reason, identifier: str | None, position: int) -> RecordError:
    # The name itself may be a person's, when a file came without its header.
    return RecordError(HEADER_ROW, identifier, reason, {"column": position})
