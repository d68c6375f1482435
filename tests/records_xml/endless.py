"""Read documents without end in a process of its own, and say what memory that took.

The parser's memory is not Python's, so only the kernel can tell.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from mediabridge.config import KIB, LIMITS
from mediabridge.kinds import Kind
from mediabridge.records.tables import shipped
from mediabridge.records.xml import NAMESPACE, XmlReader

START = f'<isa_notices xmlns="{NAMESPACE}">'.encode()
RECORD = START + b"<isa_notice>"


def again(piece: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        while True:
            yield piece * (32 * KIB // len(piece))

    return pieces


def numbered(template: str) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        for number in count():
            yield "".join(template % (number * 100 + each) for each in range(100)).encode()

    return pieces


NAME = "x" * 80
ENDLESS = {
    "attribute": (RECORD + b'<sex a="', again(b"x"), "RECORD_TOO_LONG"),
    "attribute-on-root": (b'<isa_notices a="', again(b"x"), "XML_ROOT"),
    "attributes": (RECORD + b"<sex", numbered(f' a{NAME}%d="1"'), "RECORD_TOO_LONG"),
    "text": (RECORD + b"<sex>", again(b"x"), "RECORD_TOO_LONG"),
    "references": (RECORD + b"<sex>", again(b"&amp;"), "RECORD_TOO_LONG"),
    "cdata": (RECORD + b"<sex><![CDATA[", again(b"x"), "RECORD_TOO_LONG"),
    "text-between": (START, again(b"x"), "RECORD_TOO_LONG"),
    "space": (RECORD, again(b" \n"), "RECORD_TOO_LONG"),
    "space-first": (b"", again(b" "), "RECORD_TOO_LONG"),
    "comment": (RECORD + b"<!--", again(b"x"), "RECORD_TOO_LONG"),
    "comment-first": (b"<!--", again(b"x"), "RECORD_TOO_LONG"),
    "comments": (RECORD, again(b"<!---->"), "RECORD_TOO_LONG"),
    "instruction": (RECORD + b"<?x ", again(b"x"), "RECORD_TOO_LONG"),
    "doctype": (b"<!DOCTYPE x [", again(b"<!ENTITY a 'b'>"), "XML_DOCTYPE"),
    "name": (RECORD + b"<", again(b"x"), "RECORD_TOO_LONG"),
    "depth": (RECORD, again(b"<sex>"), "XML_TOO_COMPLEX"),
    "depth-of-records": (START, again(b"<isa_notice>"), "XML_TOO_COMPLEX"),
    "fields": (RECORD, again(b"<sex>1</sex>"), "RECORD_TOO_LONG"),
    "other-root": (b"<x>", again(b"<y/>"), "XML_ROOT"),
    "strangers": (RECORD + b"</isa_notice>", again(b"<y/>"), "RECORD_TOO_LONG"),
    "empty-records": (START, again(b"<isa_notice/>"), "MORE"),
    "names": (START, numbered(f"<isa_notice><x{NAME}%d/></isa_notice>"), "MORE"),
    "attribute-names": (
        START,
        numbered(f'<isa_notice><sex a{NAME}%d="1"/></isa_notice>'),
        "MORE",
    ),
    "stranger-names": (START, numbered(f"<x{NAME}%d/><isa_notice/>"), "MORE"),
    "namespaces": (
        START,
        numbered(f'<isa_notice xmlns:x{NAME}%d="urn:x"/>'),
        "MORE",
    ),
}
"""Beginning, what follows for ever, and the one expected last reason.

``MORE`` stands for more errors than are kept: the list was full before the end.
"""


class Endless(io.RawIOBase):
    """A stream that never ends and says how much was taken."""

    def __init__(self, start: bytes, more: Iterator[bytes]) -> None:
        self._held = start
        self._more = more
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        while len(self._held) < size:
            self._held += next(self._more)
        piece, self._held = self._held[:size], self._held[size:]
        self.taken += len(piece)
        return piece


def peak_kib() -> int:
    found = re.search(r"VmHWM:\s*([0-9]+) kB", Path("/proc/self/status").read_text("ascii"))
    assert found is not None
    return int(found[1])


def main(limit: int) -> None:
    """Print each document's records, last reason, bytes taken and growth of the peak."""
    limits = replace(LIMITS, record_file_bytes=limit)
    list(XmlReader(io.BytesIO(RECORD), Kind.ISA_NOTICE, tables=shipped()))
    for name, (start, pieces, _) in ENDLESS.items():
        stream = Endless(start, pieces())
        before = peak_kib()
        reader = XmlReader(stream, Kind.ISA_NOTICE, limits=limits, tables=shipped())  # type: ignore[arg-type]
        records = sum(1 for _ in reader)
        reason = reader.errors.kept[-1].reason.value
        if reader.errors.total > len(reader.errors.kept):
            reason = "MORE"
        grown = peak_kib() - before
        line = json.dumps([name, records, reason, stream.taken, grown])
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
