"""A streaming reader that finds every error of a file, not the first one.

Records pass three checks, the first two of them a batch at a time:

1. plain records only: no attributes, nothing between them (``tree``);
2. the schema shipped with the package;
3. the models and the rules, the same as for CSV (:class:`Loader`); of records in which
   nothing is unusual, also a batch at a time (``plain``).

A batch that fails 1 or 2 is looked at record by record, and a record that fails is
examined element by element (``structure``). Whatever text it has still goes
through 3, so that all its errors come out together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from typing import Any, BinaryIO

from mediabridge.config import LIMITS, Limits
from mediabridge.kinds import Kind
from mediabridge.records.csv.source import FileFaultError
from mediabridge.records.encoding import Encoding
from mediabridge.records.fields import FIELDS
from mediabridge.records.kept import Kept
from mediabridge.records.load import Loader, RecordInvalidError
from mediabridge.records.model import Record
from mediabridge.records.notices import RecordNotice
from mediabridge.records.plain import PlainRows
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.runs import BATCH_ROWS, Row, Run, Said, runs_of
from mediabridge.records.tables import RuleTables
from mediabridge.records.text.noticing import Noticing
from mediabridge.records.xml.form import field_tags, qualified, schema
from mediabridge.records.xml.structure import examine, is_text, plain_values, text_before
from mediabridge.records.xml.tree import Batch, Batches

_Taken = dict[str, str] | RecordInvalidError
"""The values of one element, or what is wrong with it as an element."""


class XmlReader:
    """The records of one XML file; iterate once, then look at :attr:`errors`.

    The same promises as :class:`~mediabridge.records.csv.CsvReader`; rows are records,
    counted from 1.
    """

    def __init__(
        self,
        stream: BinaryIO,
        kind: Kind,
        *,
        tables: RuleTables,
        encoding: Encoding | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        """Read *stream* as *kind*; the only *encoding* a sender can declare is UTF-8."""
        self.errors: Kept[RecordError] = Kept(limits.record_errors_kept)
        self.notices: Kept[RecordNotice] = Kept(limits.record_errors_kept)
        self._noticed = Noticing(kind, tables.names.seiji).of
        self._kind = kind
        self._record_tag = qualified(kind)
        self._tags = field_tags(kind)
        self._declared = encoding
        self._loader = Loader(kind, tables)
        self._columns = list(FIELDS[kind])
        self._blank = [""] * len(self._columns)
        self._places = {tag: self._columns.index(name) for tag, name in self._tags.items()}
        self._plain = PlainRows(kind, tables, self._columns)
        self._valid = schema().validate
        self._batches = Batches(stream, kind, limits)
        self._limits = limits
        self._row = 0
        self._plain_rows: list[Row] = []
        """Those after :attr:`row` that the schema allows, and nobody has judged yet."""
        self._odd = False

    @property
    def row(self) -> int:
        """The record read last, counted from 1."""
        return self._row

    @property
    def rows(self) -> int:
        """Records seen, right or not; known when the iteration has ended."""
        return self._row

    @property
    def columns(self) -> Sequence[str]:
        """The identifiers of the columns of :meth:`runs`: the whole layout."""
        return self._columns

    def __iter__(self) -> Iterator[Record]:
        """Yield the records that are right, in order."""
        made = self._loader.made
        for run in self.runs():
            for self._row, row in enumerate(run.rows, run.first):
                yield made(self._values(row))

    def runs(self) -> Iterator[Run]:
        """Yield the records that are right, in order and as text: much faster."""
        try:
            self._check_declared()
            for batch in self._batches:
                yield from self._judged(batch)
                if self._odd:
                    self._batches.count_oddity()
                    self._odd = False
            yield from self._judge_plain()
        except FileFaultError as fault:
            yield from self._judge_plain()
            # It lies in the record after the last one that came out whole.
            self.errors.extend([RecordError(self._row + 1, None, fault.reason, fault.facts)])

    def _check_declared(self) -> None:
        if self._declared not in {None, Encoding.UTF_8}:
            facts = {"encoding": str(self._declared), "found": "utf-8"}
            raise FileFaultError(Reason.ENCODING_CONTRADICTED, facts)

    def _judged(self, batch: Batch) -> Iterator[Run]:
        room = self._limits.record_rows - self._row - len(self._plain_rows)
        elements = batch.elements[:room]
        if batch.plain and self._valid(batch.root):
            # A batch of the parser is small; judging columns pays for long ones.
            self._plain_rows += map(self._texts, elements)
            if len(self._plain_rows) >= BATCH_ROWS:
                yield from self._judge_plain()
        else:
            yield from self._judge_plain()
            numbered = enumerate(elements, self._row + 1)
            texts = [self._taken(each, number) for number, each in numbered]
            rows = [self._row_of(each) for each in texts]
            yield from self._handed_on(rows, range(len(rows)), texts.__getitem__)
        if len(batch.elements) > room:
            raise FileFaultError(Reason.ROWS_TOO_MANY, {"limit": self._limits.record_rows})

    def _judge_plain(self) -> Iterator[Run]:
        rows, self._plain_rows = self._plain_rows, []
        doubtful = self._plain.doubtful(rows)
        yield from self._handed_on(rows, doubtful, lambda place: self._values(rows[place]))

    def _handed_on(
        self, rows: Sequence[Row], doubtful: Iterable[int], taken: Callable[[int], _Taken]
    ) -> Iterator[Run]:
        first = self._row + 1
        yield from runs_of(
            first, rows, doubtful, lambda place: self._look(taken(place), first + place), self._tell
        )
        self._row = first + len(rows) - 1

    def _texts(self, element: Any) -> Row:
        """Return the texts of *element*, which the schema allows: each field has one."""
        row, places = self._blank.copy(), self._places
        for one in element:
            row[places[one.tag]] = one.text
        return row

    def _values(self, row: Row) -> dict[str, str]:
        return dict(compress(zip(self._columns, row, strict=True), row))

    def _row_of(self, values: _Taken) -> Row:
        if isinstance(values, RecordInvalidError):
            return ()
        return [values.get(name, "") for name in self._columns]

    def _look(self, values: _Taken, number: int) -> Said:
        """Judge one record by itself: all that is wrong with it, or worth a look."""
        if isinstance(values, RecordInvalidError):
            return Said(right=False, errors=values.errors)
        try:
            self._loader.load(values, number)
        except RecordInvalidError as invalid:
            return Said(right=False, errors=invalid.errors)
        return Said(right=True, notices=self._noticed(values, number))

    def _tell(self, _place: int, said: Said) -> None:
        self.errors.extend(said.errors)
        self.notices.extend(said.notices)

    def _taken(self, element: Any, number: int) -> _Taken:
        """Return the values of an element of which nothing is known yet, or all its errors."""
        errors: list[RecordError] = []
        if is_text(text_before(element)):
            errors.append(RecordError(number, None, Reason.TEXT_OUTSIDE_FIELD))
        if element.tag != self._record_tag:
            self._odd = True
            facts = {"wanted": self._kind.value}
            errors.append(RecordError(number, None, Reason.RECORD_OTHER_KIND, facts))
        else:
            values = plain_values(element, self._tags)
            if values is not None and self._valid(element) and not errors:
                return values
            errors += self._explained(element, number)
        return RecordInvalidError(errors or [RecordError(number, None, Reason.NOT_IN_SCHEMA)])

    def _explained(self, element: Any, number: int) -> list[RecordError]:
        """Say about a record that is not as the schema has it what a clerk can correct."""
        values, errors = examine(element, self._kind, number)
        self._odd = self._odd or bool(errors)
        unread = {error.field for error in errors} - {None} - values.keys()
        try:
            self._loader.load(values, number)
        except RecordInvalidError as invalid:
            errors += [error for error in invalid.errors if error.field not in unread]
        return errors
