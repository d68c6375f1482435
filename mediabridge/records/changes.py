"""Change rows: one notice each, as the city's own system wrote it beside its register.

A row is JSON, ``{"notice_id": "…", "event_code": "M06", …}``: the identifiers of the fields and
their values, as text or as whole numbers; an absent value is left out, null or an empty text.
It is judged as a row of a file is, and its errors name it by its number. A row that was wrong
cannot be changed; it is withdrawn by a later one, which may hold the right notice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mediabridge import canonical
from mediabridge.config import LIMITS, Limits
from mediabridge.kinds import Kind
from mediabridge.records.kept import Kept
from mediabridge.records.load import Loader, RecordInvalidError
from mediabridge.records.model import Record
from mediabridge.records.notices import RecordNotice
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.tables import RuleTables
from mediabridge.records.text.noticing import Noticing


@dataclass(frozen=True)
class ChangeRow:
    """One row, and what the rows around it make of it."""

    number: int
    size: int
    """The bytes of the notice, 0 for none."""
    notice: str | None
    """None where there is none, or where it is longer than a row may be."""
    withdraws: int | None
    """An earlier row that is not to be sent."""
    withdraws_what_waits: bool
    """Whether that row is there and was not taken yet."""
    withdrawn: bool
    """Whether a later row says so of this one."""


class ChangeReader:
    """The notices of change rows; iterate once, then look at :attr:`errors`.

    It has the interface of the readers of files. Rows that are right are yielded even when
    others are not; whoever takes them must discard them when there are errors.
    """

    def __init__(
        self, rows: Iterable[ChangeRow], kind: Kind, *, tables: RuleTables, limits: Limits = LIMITS
    ) -> None:
        """Read *rows*, in the order of their numbers, as records of *kind*."""
        self.errors: Kept[RecordError] = Kept(limits.record_errors_kept)
        self.notices: Kept[RecordNotice] = Kept(limits.record_errors_kept)
        self.row = 0
        """The number of the row read last."""
        self.rows = 0
        """Rows seen, right or not."""
        self.withdrawn = 0
        """Rows that hold no notice to be sent: withdrawn ones, and those that only withdraw."""
        self._rows = rows
        self._limits = limits
        self._loader = Loader(kind, tables)
        self._noticing = Noticing(kind, tables.names.seiji)

    def __iter__(self) -> Iterator[Record]:
        """Yield the records of the rows that are right and are to be sent, in order."""
        for each in self._rows:
            self.row = each.number
            self.rows += 1
            fault = None if each.withdrawn else _fault(each, self._limits.record_row_bytes)
            if fault is not None:
                self.errors.extend([fault])
            elif each.withdrawn or each.notice is None:
                self.withdrawn += 1
            else:
                yield from self._record(each.number, each.notice)

    def _record(self, number: int, notice: str) -> Iterator[Record]:
        try:
            values = _items(notice)
            record = self._loader.load(values, number)
        except RecordInvalidError as invalid:
            self.errors.extend(invalid.errors)
        except ValueError:
            self.errors.extend([RecordError(number, None, Reason.CHANGE_NOT_ITEMS)])
        else:
            self.notices.extend(self._noticing.of(values, number))
            yield record


def _fault(row: ChangeRow, limit: int) -> RecordError | None:
    """Return what is wrong with *row* before its notice is looked at."""
    if row.withdraws is not None and not row.withdraws_what_waits:
        return RecordError(row.number, None, Reason.CHANGE_TAKEN, {"earlier": row.withdraws})
    if row.notice is None and row.size:
        return RecordError(row.number, None, Reason.CHANGE_TOO_LONG, {"limit": limit})
    if row.notice is None and row.withdraws is None:
        return RecordError(row.number, None, Reason.CHANGE_EMPTY)
    return None


def _items(notice: str) -> dict[str, str]:
    """Return the values of *notice* by identifier, absent ones left out.

    Raises:
        ValueError: it is no object of texts and whole numbers.
    """
    canonical.check_depth(notice.encode())
    items = json.loads(notice, object_pairs_hook=_once_each, parse_float=_no_number)
    if not isinstance(items, dict) or not all(map(_is_value, items.values())):
        raise ValueError
    values = {name: str(value) for name, value in items.items() if value not in (None, "")}
    for name, value in values.items():
        # Half a surrogate pair, which only an escape can bring in: no file could hold it.
        (name + value).encode()
    return values


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    items = dict(pairs)
    if len(items) != len(pairs):
        raise ValueError
    return items


def _no_number(_text: str) -> None:
    raise ValueError


def _is_value(value: object) -> bool:
    # bool is an int in Python but not in JSON.
    return value is None or isinstance(value, str) or type(value) is int
