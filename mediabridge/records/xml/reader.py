"""A streaming reader that finds every error of a file, not the first one.

Order of the checks on every record, each only if the one before it passed:

1. plain fields only: known names, no attributes, nothing nested (``structure``);
2. the schema shipped with the package;
3. the models and the rules, the same as for CSV (:class:`Loader`).

A record that fails 1 or 2 is examined element by element, and whatever text it has
still goes through 3, so that all its errors come out together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from lxml import etree

from mediabridge.config import LIMITS, Limits
from mediabridge.records.csv.reader import ErrorList
from mediabridge.records.csv.source import Encoding, FileFaultError
from mediabridge.records.load import Loader, RecordInvalidError
from mediabridge.records.model import Kind, Record
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.tables import RuleTables
from mediabridge.records.xml.form import NAMESPACE, field_tags, qualified, root_name, schema
from mediabridge.records.xml.source import pieces
from mediabridge.records.xml.structure import examine, is_text, plain_values

_TOO_COMPLEX = frozenset(
    {etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NAME_TOO_LONG}
)


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
        encoding: Encoding | None = None,
        tables: RuleTables | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        """Read *stream* as *kind*; the only *encoding* a sender can declare is UTF-8."""
        self.errors = ErrorList(limits.record_errors_kept)
        self._stream = stream
        self._kind = kind
        self._declared = encoding
        self._loader = Loader(kind, tables)
        self._limits = limits
        self._tags = field_tags(kind)
        self._valid = schema().validate
        self._row = 0
        self._root: etree._Element | None = None
        self._last: etree._Element | None = None
        self._namespaces: set[tuple[str, str]] = set()
        self._unread = 0
        self._oddities = 0
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
            yield from self._records()
        except FileFaultError as fault:
            self._refuse(fault.reason, fault.facts)
        except etree.XMLSyntaxError as error:
            self._refuse(*_meaning(error))

    def _refuse(self, reason: Reason, facts: Mapping[str, str | int]) -> None:
        # The fault lies in the record after the last one that came out whole.
        self.errors.extend([RecordError(self._row + 1, None, reason, facts)])

    def _records(self) -> Iterator[Record]:
        if self._declared not in {None, Encoding.UTF_8}:
            facts = {"encoding": str(self._declared), "found": "utf-8"}
            raise FileFaultError(Reason.ENCODING_CONTRADICTED, facts)
        parser = self._parser()
        for piece in pieces(self._stream, self._limits):
            self._unread += len(piece)
            fault = _feed(parser, piece)
            before = self._row
            yield from self._taken(parser)
            if fault is not None:
                raise fault
            self._account(progress=self._row > before)
        parser.close()
        yield from self._taken(parser)
        if self._root is None:
            raise self._wrong_root()

    def _parser(self) -> etree.XMLPullParser:
        return etree.XMLPullParser(
            ("end", "start-ns", "pi"),
            tag=(qualified(self._kind), qualified(root_name(self._kind))),
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            recover=False,
            collect_ids=False,
            # A comment is nowhere part of a value; the text around it is one.
            remove_comments=True,
        )

    def _account(self, *, progress: bool) -> None:
        """Stop when no record ends, or when too much was read that is not of this format."""
        if self._odd:
            self._oddities += self._unread
            self._odd = False
        if self._oddities > self._limits.record_xml_oddities_bytes:
            raise FileFaultError(Reason.XML_TOO_COMPLEX)
        if progress:
            self._unread = 0
        elif self._unread > self._limits.record_row_bytes:
            if self._root is None:
                raise self._wrong_root()
            facts = {"limit": self._limits.record_row_bytes}
            raise FileFaultError(Reason.RECORD_TOO_LONG, facts)

    def _taken(self, parser: etree.XMLPullParser) -> Iterator[Record]:
        for event, subject in parser.read_events():
            if event == "end":
                record = self._ended(subject)
                if record is not None:
                    yield record
            elif event == "pi":
                raise FileFaultError(Reason.XML_INSTRUCTION)
            else:
                self._namespaces.add(subject)
                if len(self._namespaces) > self._limits.record_xml_namespaces:
                    raise FileFaultError(Reason.XML_TOO_COMPLEX)

    def _ended(self, element: etree._Element) -> Record | None:
        """Take an element that is complete, if it is a record of the root or the root itself."""
        if self._root is None:
            self._begin(element.getroottree().getroot())
        parent = element.getparent()
        if parent is None:
            self._between(None)
        elif parent is self._root:
            self._between(element)
            return self._judged(element)
        return None

    def _begin(self, root: Any) -> None:
        if root.tag != qualified(root_name(self._kind)) or root.attrib:
            raise self._wrong_root()
        self._root = root

    def _wrong_root(self) -> FileFaultError:
        facts = {"wanted": root_name(self._kind), "namespace": NAMESPACE}
        return FileFaultError(Reason.XML_ROOT, facts)

    def _between(self, record: etree._Element | None) -> None:
        """Judge what stands between the last record and this one, then let go of it."""
        root: Any = self._root
        last = self._last
        end = len(root) if record is None else root.index(record)
        start = 0 if last is None else 1
        text = root.text if last is None else last.tail
        strays = root[start:end]
        for stray in strays:
            self._row += 1
            self._oddity(Reason.RECORD_OTHER_KIND, wanted=self._kind.value)
        if is_text(text) or any(is_text(stray.tail) for stray in strays):
            self._oddity(Reason.TEXT_OUTSIDE_FIELD)
        del root[:end]
        self._last = record

    def _oddity(self, reason: Reason, **facts: str) -> None:
        self._odd = True
        self.errors.extend([RecordError(self._row, None, reason, facts)])

    def _judged(self, element: etree._Element) -> Record | None:
        self._row += 1
        if self._row > self._limits.record_rows:
            raise FileFaultError(Reason.ROWS_TOO_MANY, {"limit": self._limits.record_rows})
        values = plain_values(element, self._tags)
        if values is None or not self._valid(element):
            self.errors.extend(self._explained(element))
            return None
        try:
            return self._loader.load(values, self._row)
        except RecordInvalidError as invalid:
            self.errors.extend(invalid.errors)
            return None

    def _explained(self, element: etree._Element) -> list[RecordError]:
        """Return all errors of a record that is not plain or not as the schema says."""
        values, errors = examine(element, self._kind, self._row)
        self._odd = bool(errors)
        named = {error.field for error in errors} - {None} - values.keys()
        try:
            self._loader.load(values, self._row)
        except RecordInvalidError as invalid:
            errors += [error for error in invalid.errors if error.field not in named]
        return errors or [RecordError(self._row, None, Reason.NOT_IN_SCHEMA)]


def _feed(parser: etree.XMLPullParser, piece: bytes) -> etree.XMLSyntaxError | None:
    """Feed *piece*; return an error instead of raising it, as records before it still count."""
    try:
        parser.feed(piece)
    except etree.XMLSyntaxError as error:
        return error
    return None


def _meaning(error: etree.XMLSyntaxError) -> tuple[Reason, dict[str, str | int]]:
    """Name what libxml2 found, without its words, which may quote the file."""
    if error.code in _TOO_COMPLEX:
        return Reason.XML_TOO_COMPLEX, {}
    return Reason.XML_NOT_WELL_FORMED, {"line": error.position[0]}
