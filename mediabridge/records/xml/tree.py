"""The records of a stream, some at a time, in a tree that never grows.

Memory is bounded by counting what was fed since a record came to its end, by
stopping when too much is not of this format (lxml keeps every name it ever read),
and by letting go of records that were taken.

Rule of safety: libxml2 may still be appending to the last child of the root, so the
last child is never removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from lxml import etree

from mediabridge.config import Limits
from mediabridge.kinds import Kind
from mediabridge.records.csv.source import FileFaultError
from mediabridge.records.reasons import Reason
from mediabridge.records.xml.form import NAMESPACE, qualified, root_name
from mediabridge.records.xml.source import pieces
from mediabridge.records.xml.structure import is_text

_NOT_PLAIN = etree.XPath("boolean(text()[normalize-space()] | .//@*)")
_TOO_COMPLEX = frozenset({etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NAME_TOO_LONG})


@dataclass(frozen=True)
class Batch:
    """What came to its end since the last batch."""

    root: Any
    """Holds the elements and the record before them; nothing else if *plain*."""

    elements: list[Any]
    """Children of the root in their order: records, unless others stand among them."""

    plain: bool
    """Whether there are records only, without an attribute or stray text anywhere.

    Nothing else may be validated: libxml2 would load what an ``xsi:schemaLocation`` names.
    """


@dataclass
class _Ended:
    """What the parser reported at once."""

    records: list[Any]
    finished: bool = False
    """Whether the root element ended."""

    fault: FileFaultError | None = None
    """What was wrong after these records."""


class Batches:
    """Feeds a parser and hands out what is complete; iterate once."""

    def __init__(self, stream: BinaryIO, kind: Kind, limits: Limits) -> None:
        """Read *stream* as a document of *kind*."""
        self._stream = stream
        self._limits = limits
        self._record_tag = qualified(kind)
        self._root_name = root_name(kind)
        self._end_tag = f"/{kind}>".encode()
        self._root: Any = None
        self._taken = 0
        self._namespaces: set[tuple[str, str]] = set()
        self._unread = 0
        self._oddities = 0
        self._beginning = b""

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches; their elements live until the next one is asked for.

        Raises:
            FileFaultError: after the records before the fault.
        """
        parser = self._parser()
        for piece in self._cut_after_records():
            yield from self._fed(parser, piece)
        fault = _fault(parser.close)
        if fault is not None:
            raise fault
        if self._root is None:
            raise self._wrong_root()

    def count_oddity(self) -> None:
        """Say that the batch in hand holds something that is not of this format.

        Raises:
            FileFaultError: this is more than can be read.
        """
        self._oddities += self._unread
        if self._oddities > self._limits.record_xml_oddities_bytes:
            raise FileFaultError(Reason.XML_TOO_COMPLEX)

    def _parser(self) -> etree.XMLPullParser:
        return etree.XMLPullParser(
            ("end", "start-ns", "pi"),
            tag=(self._record_tag, qualified(self._root_name)),
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

    def _cut_after_records(self) -> Iterator[bytes]:
        """Yield the stream in pieces that end with a record, where it ends in the usual form."""
        held = b""
        for piece in pieces(self._stream, self._limits):
            self._beginning = self._beginning or piece
            known = held + piece
            end = known.rfind(self._end_tag)
            cut = len(known) if end < 0 else end + len(self._end_tag)
            held = known[cut:]
            yield known[:cut]
        if held:
            yield held

    def _fed(self, parser: etree.XMLPullParser, piece: bytes) -> Iterator[Batch]:
        self._unread += len(piece)
        broken = _fault(lambda: parser.feed(piece))
        ended = self._ended(parser)
        if self._root is not None and (ended.records or ended.finished):
            yield self._fresh(self._root, ended)
        trailing = self._trailing_text() if ended.finished else None
        for fault in (trailing, ended.fault, broken):
            if fault is not None:
                raise fault
        if ended.records:
            self._unread = 0
        elif self._unread > self._limits.record_row_bytes:
            raise self._endless()

    def _ended(self, parser: etree.XMLPullParser) -> _Ended:
        ended = _Ended([])
        events: Iterable[tuple[str, Any]] = parser.read_events()
        for event, subject in events:
            if event == "end":
                if self._root is None:
                    self._begin(subject.getroottree().getroot())
                if subject is self._root:
                    ended.finished = True
                elif subject.getparent() is self._root:
                    ended.records.append(subject)
            elif event == "pi":
                ended.fault = FileFaultError(Reason.XML_INSTRUCTION)
                break
            else:
                self._namespaces.add(subject)
        if len(self._namespaces) > self._limits.record_xml_namespaces:
            ended.fault = FileFaultError(Reason.XML_TOO_COMPLEX)
        return ended

    def _begin(self, root: Any) -> None:
        if root.tag != qualified(self._root_name) or root.attrib:
            raise self._wrong_root()
        self._root = root

    def _fresh(self, root: Any, ended: _Ended) -> Batch:
        """Let go of what was taken before, and return what there is now."""
        # The one taken last stays: its tail may not have been complete.
        before = max(self._taken - 1, 0)
        del root[:before]
        start = self._taken - before
        end = len(root) if ended.finished else root.index(ended.records[-1]) + 1
        elements = root[start:end]
        self._taken = end
        whole = elements == ended.records and end == len(root)
        return Batch(root, elements, plain=whole and not _NOT_PLAIN(root))

    def _trailing_text(self) -> FileFaultError | None:
        root = self._root
        if root is None or not is_text(root[-1].tail if len(root) else root.text):
            return None
        return FileFaultError(Reason.TEXT_OUTSIDE_FIELD)

    def _endless(self) -> FileFaultError:
        if self._root is None and not self._begins_right():
            return self._wrong_root()
        return FileFaultError(Reason.RECORD_TOO_LONG, {"limit": self._limits.record_row_bytes})

    def _begins_right(self) -> bool:
        """Tell whether the root element is the right one, before any record has ended."""
        parser = etree.XMLPullParser(("start",), encoding="utf-8", resolve_entities=False)
        _fault(lambda: parser.feed(self._beginning))
        events: Iterable[tuple[str, Any]] = parser.read_events()
        return any(
            element.tag == qualified(self._root_name) and not element.attrib
            for _event, element in islice(events, 1)
        )

    def _wrong_root(self) -> FileFaultError:
        facts = {"wanted": self._root_name, "namespace": NAMESPACE}
        return FileFaultError(Reason.XML_ROOT, facts)


def _fault(step: Callable[[], object]) -> FileFaultError | None:
    """Take a step of the parser and return what is wrong, in our own words.

    Those of libxml2 may quote the file.
    """
    try:
        step()
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) in _TOO_COMPLEX:
            return FileFaultError(Reason.XML_TOO_COMPLEX)
        return FileFaultError(Reason.XML_NOT_WELL_FORMED, {"line": error.position[0]})
    return None
