"""A streaming reader that finds every error of a file, not the first one.

Records pass three checks, the first two of them a batch at a time:

1. plain records only: no attributes, nothing between them (``tree``);
2. the schema shipped with the package;
3. the models and the rules, the same as for CSV (:class:`Loader`).

A batch that fails 1 or 2 is looked at record by record, and a record that fails is
examined element by element (``structure``). Whatever text it has still goes
through 3, so that all its errors come out together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from mediabridge.config import LIMITS, Limits
from mediabridge.kinds import Kind
from mediabridge.records.csv.source import FileFaultError
from mediabridge.records.encoding import Encoding
from mediabridge.records.kept import Kept
from mediabridge.records.load import Loader, RecordInvalidError
from mediabridge.records.model import Record
from mediabridge.records.notices import RecordNotice
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.tables import RuleTables
from mediabridge.records.text.noticing import Noticing
from mediabridge.records.xml.form import field_tags, qualified, schema
from mediabridge.records.xml.structure import examine, is_text, plain_values, text_before
from mediabridge.records.xml.tree import Batch, Batches


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
        self._valid = schema().validate
        self._batches = Batches(stream, kind, limits)
        self._limits = limits
        self._row = 0
        self._odd = False

    @property
    def row(self) -> int:
        """The record read last, counted from 1."""
        return self._row

    @property
    def rows(self) -> int:
        """Records seen, right or not; known when the iteration has ended."""
        return self._row

    def __iter__(self) -> Iterator[Record]:
        """Yield the records that are right, in order."""
        try:
            self._check_declared()
            for batch in self._batches:
                yield from self._records(batch)
                if self._odd:
                    self._batches.count_oddity()
                    self._odd = False
        except FileFaultError as fault:
            # It lies in the record after the last one that came out whole.
            self.errors.extend([RecordError(self._row + 1, None, fault.reason, fault.facts)])

    def _check_declared(self) -> None:
        if self._declared not in {None, Encoding.UTF_8}:
            facts = {"encoding": str(self._declared), "found": "utf-8"}
            raise FileFaultError(Reason.ENCODING_CONTRADICTED, facts)

    def _records(self, batch: Batch) -> Iterator[Record]:
        tags, load = self._tags, self._loader.load
        as_schema_says = batch.plain and self._valid(batch.root)
        for element in batch.elements:
            if self._row == self._limits.record_rows:
                raise FileFaultError(Reason.ROWS_TOO_MANY, {"limit": self._limits.record_rows})
            self._row += 1
            try:
                values: dict[str, Any]
                if as_schema_says:
                    # No field of the schema may be empty, so each has its text.
                    values = {tags[item.tag]: item.text for item in element}
                else:
                    values = self._checked(element)
                record = load(values, self._row)
            except RecordInvalidError as invalid:
                self.errors.extend(invalid.errors)
            else:
                if found := self._noticed(values, self._row):
                    self.notices.extend(found)
                yield record

    def _checked(self, element: Any) -> dict[str, str]:
        """Return the values of an element of which nothing is known yet.

        Raises:
            RecordInvalidError: with all errors of the record, those of its values too.
        """
        errors: list[RecordError] = []
        if is_text(text_before(element)):
            errors.append(RecordError(self._row, None, Reason.TEXT_OUTSIDE_FIELD))
        if element.tag != self._record_tag:
            self._odd = True
            facts = {"wanted": self._kind.value}
            errors.append(RecordError(self._row, None, Reason.RECORD_OTHER_KIND, facts))
        else:
            values = plain_values(element, self._tags)
            if values is not None and self._valid(element) and not errors:
                return values
            errors += self._explained(element)
        raise RecordInvalidError(errors or [RecordError(self._row, None, Reason.NOT_IN_SCHEMA)])

    def _explained(self, element: Any) -> list[RecordError]:
        """Say about a record that is not as the schema has it what a clerk can correct."""
        values, errors = examine(element, self._kind, self._row)
        self._odd = self._odd or bool(errors)
        unread = {error.field for error in errors} - {None} - values.keys()
        try:
            self._loader.load(values, self._row)
        except RecordInvalidError as invalid:
            errors += [error for error in invalid.errors if error.field not in unread]
        return errors
