"""From hostile bytes to lines of text, in bounded memory.

The lines go to :mod:`csv`, which would gather a row of any length. So this side
counts the bytes it has handed over since a row came out at the other end
(:attr:`Lines.unread`) and stops when a row does not end.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import BinaryIO, Final

from mediabridge.config import KIB, Limits
from mediabridge.records.encoding import Encoding
from mediabridge.records.reasons import Reason

_CHUNK_BYTES: Final = 128 * KIB
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_TEXT: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF-")
"""How workbooks, archives and documents begin that were only named like a text."""

CTRL_Z: Final = "\x1a"
"""What CP/M and DOS put at the end of a text file, and ``copy a + b`` still does."""


class FileFaultError(Exception):
    """Reading cannot go on after the rows delivered so far."""

    def __init__(self, reason: Reason, facts: Mapping[str, str | int] | None = None) -> None:
        """Keep the reason and its facts."""
        self.reason = reason
        self.facts = facts or {}
        super().__init__(reason.value)


class Lines:
    """The lines of a stream, each with its own line end.

    Whoever takes rows sets :attr:`unread` to 0 after each of them.
    """

    def __init__(self, stream: BinaryIO, declared: Encoding | None, limits: Limits) -> None:
        """Read *stream*, whose sender *declared* an encoding or none."""
        self.unread = 0
        self.ctrl_z = False
        """Whether the last line was cut off at a Ctrl-Z; known at the end."""

        self.first = ""
        """The first line, for a header that :mod:`csv` cannot take apart."""

        self._stream = stream
        self._declared = declared
        self._limits = limits
        self._ends = _LineEnds()

    def __iter__(self) -> Iterator[str]:
        """Iterate in C over the lines of one block after the other.

        Raises:
            FileFaultError: when the lines before the fault have been taken.
        """
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[list[str]]:
        """Yield lists of lines, all but the very last with their line feed."""
        pending, one_line = "", True
        for text, fault in self._texts():
            cut = text.rfind("\n") + 1
            if not cut:
                pending += text
            else:
                block, pending, one_line = pending + text[:cut], text[cut:], False
                yield from self._rows(block)
            if fault is not None:
                raise fault
            if self.unread > self._limits.record_row_bytes:
                raise self._endless(pending, one_line=one_line)
        if one_line and "\r" in pending.rstrip(CTRL_Z):
            raise FileFaultError(Reason.LINE_ENDS_CR)
        last = pending.rstrip(CTRL_Z)
        self.ctrl_z = last != pending
        if last:
            self.first = self.first or last
            yield [last]

    def _rows(self, block: str) -> Iterator[list[str]]:
        lines = list(_lines_of(block))
        self.first = self.first or lines[0]
        good = self._ends.count_good(block, lines)
        yield lines[: good - 1]
        self.unread = max(self.unread, 1)
        yield lines[good - 1 : good]
        # Not back at 0: no row ended with that line, so it broke off within quotation marks.
        self._ends.quoted = self.unread > 0
        if good < len(lines):
            raise FileFaultError(Reason.LINE_ENDS_MIXED)

    def _texts(self) -> Iterator[tuple[str, FileFaultError | None]]:
        """Yield decoded chunks; a fault comes with the good text before it."""
        chunk = self._stream.read(_CHUNK_BYTES)
        encoding, skip = _choose(chunk, self._declared)
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        chunk, offset = chunk[skip:], skip
        while chunk:
            offset += len(chunk)
            self.unread += len(chunk)
            if offset > self._limits.record_file_bytes:
                facts = {"limit": self._limits.record_file_bytes}
                raise FileFaultError(Reason.FILE_TOO_LARGE, facts)
            yield _decoded(decoder, chunk, encoding, offset)
            chunk = self._stream.read(_CHUNK_BYTES)
        yield _decoded(decoder, b"", encoding, offset)

    def _endless(self, pending: str, *, one_line: bool) -> FileFaultError:
        if one_line and "\r" in pending:
            return FileFaultError(Reason.LINE_ENDS_CR)
        longest = self._limits.record_field_characters
        if len(pending) - pending.rfind(",") > longest:
            return FileFaultError(Reason.FIELD_TOO_LONG, {"limit": longest})
        return FileFaultError(Reason.ROW_TOO_LONG, {"limit": self._limits.record_row_bytes})


class _LineEnds:
    """All rows of a file end the same way; line ends within quotation marks are data."""

    def __init__(self) -> None:
        self.quoted = False
        self._crlf: bool | None = None

    def count_good(self, block: str, lines: list[str]) -> int:
        """Return how many of the *lines* of *block* come before a row that ends differently."""
        pairs = block.count("\r\n")
        uniform = pairs == len(lines) if pairs in {0, len(lines)} else None
        if self._crlf is None and uniform is not None:
            # The header ends in this block, so the one kind of end is the kind of the file.
            self._crlf = uniform
        if uniform is not None and uniform is self._crlf:
            return len(lines)
        return self._walk(lines)

    def _walk(self, lines: list[str]) -> int:
        quoted = self.quoted
        for number, line in enumerate(lines):
            quoted ^= line.count('"') % 2 == 1
            if quoted:
                continue
            crlf = line.endswith("\r\n")
            if self._crlf is None:
                self._crlf = crlf
            if crlf is not self._crlf:
                return number
        return len(lines)


def _lines_of(block: str) -> io.StringIO:
    # str.splitlines would also split at U+2028 and other characters that are data.
    return io.StringIO(block, newline="\n")


def _choose(head: bytes, declared: Encoding | None) -> tuple[str, int]:
    """Return the codec and how many bytes its byte order mark takes."""
    if head.startswith(_NOT_TEXT):
        raise FileFaultError(Reason.FILE_NOT_TEXT)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            if declared is not None and not encoding.startswith(declared):
                facts = {"encoding": declared.value, "found": encoding}
                raise FileFaultError(Reason.ENCODING_CONTRADICTED, facts)
            if head.startswith(mark, len(mark)):
                raise FileFaultError(Reason.BOM_REPEATED)
            return encoding, len(mark)
    if declared is Encoding.UTF_16 or (declared is None and b"\0" in head[:4]):
        raise FileFaultError(Reason.UTF16_WITHOUT_BOM)
    if declared in {Encoding.CP932, Encoding.SHIFT_JIS_2004} and _is_utf_8(head):
        facts = {"encoding": str(declared), "found": "utf-8"}
        raise FileFaultError(Reason.ENCODING_CONTRADICTED, facts)
    return declared or Encoding.UTF_8, 0


def _is_utf_8(head: bytes) -> bool:
    """Tell whether *head* holds more than ASCII and all of it is UTF-8."""
    if head.isascii():
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(
    decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, offset: int
) -> tuple[str, FileFaultError | None]:
    fault = None
    try:
        text = decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        text = error.object[: error.start].decode(encoding)
        place = offset - len(error.object) + error.start
        # A file that only breaks off within its last character is in no other encoding.
        rest = error.object[error.start :] if chunk else b""
        fault = _not_in(encoding, place, rest)
    if (nul := text.find("\0")) >= 0:
        return text[:nul], FileFaultError(Reason.NUL_CHARACTER)
    return text, fault


def _not_in(encoding: str, place: int, rest: bytes) -> FileFaultError:
    """Return the fault of a file whose *rest*, from byte *place* on, is not in *encoding*."""
    if encoding == Encoding.UTF_8 and _looks_like_cp932(rest):
        facts: dict[str, str | int] = {"found": Encoding.CP932.value, "offset": place}
        return FileFaultError(Reason.ENCODING_UNDECLARED, facts)
    return FileFaultError(Reason.ENCODING_INVALID, {"encoding": encoding, "offset": place})


def _looks_like_cp932(data: bytes) -> bool:
    """Tell whether *data* would be Japanese text; half-width kana only come out of other bytes."""
    try:
        text = codecs.getincrementaldecoder("cp932")().decode(data)
    except UnicodeDecodeError:
        return False
    foreign = [one for one in text if not one.isascii()]
    half_width = sum("\uff61" <= one <= "\uff9f" for one in foreign)
    odd = any("\ue000" <= one <= "\uf8ff" or "\x80" <= one <= "\x9f" for one in foreign)
    return bool(foreign) and not odd and half_width * 2 < len(foreign)
