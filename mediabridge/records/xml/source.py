"""From hostile bytes to pieces that the parser may see, in bounded memory.

The parser never meets a document type declaration, another encoding than UTF-8 or
a file without end: those are refused here, before it is fed. So there is no entity
to expand and nothing to load, whatever a parser's own defaults may be.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from mediabridge.config import KIB, Limits
from mediabridge.records.csv.source import FileFaultError
from mediabridge.records.reasons import Reason

_PIECE_BYTES: Final = 64 * KIB
_S = rb"[ \t\r\n]"
_DECLARATION = re.compile(
    rb"<\?xml%(S)s+version%(S)s*=%(S)s*(?:\"1\.0\"|'1\.0')"
    rb"(?:%(S)s+encoding%(S)s*=%(S)s*(?:\"(?i:utf-8)\"|'(?i:utf-8)'))?"
    rb"(?:%(S)s+standalone%(S)s*=%(S)s*(?:\"(?:yes|no)\"|'(?:yes|no)'))?%(S)s*\?>" % {b"S": _S}
)
_BEFORE_ROOT = re.compile(rb"(?:%(S)s|<!--.*?-->)*+" % {b"S": _S}, re.DOTALL)


def pieces(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """Yield the bytes of *stream*, without a byte order mark, while they are acceptable.

    Raises:
        FileFaultError: after the pieces before the fault have been taken.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    piece = _first(stream)
    skip = _check_beginning(piece, whole=len(piece) < _PIECE_BYTES)
    piece, offset = piece[skip:], skip
    while piece:
        offset += len(piece)
        if offset > limits.record_file_bytes:
            raise FileFaultError(Reason.FILE_TOO_LARGE, {"limit": limits.record_file_bytes})
        good, fault = _acceptable(decoder, piece, offset)
        yield good
        if fault is not None:
            raise fault
        piece = stream.read(_PIECE_BYTES)
    _, fault = _acceptable(decoder, b"", offset)
    if fault is not None:
        raise fault


def _first(stream: BinaryIO) -> bytes:
    """Read a full first piece, even from a stream that gives a few bytes at a time."""
    piece = b""
    while len(piece) < _PIECE_BYTES and (more := stream.read(_PIECE_BYTES - len(piece))):
        piece += more
    return piece


def _check_beginning(head: bytes, *, whole: bool) -> int:
    """Check everything before the root element; return the length of the byte order mark."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head[:4]:
        raise FileFaultError(Reason.XML_NOT_UTF_8)
    mark = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    start = mark
    if re.match(rb"<\?xml" + _S, head[mark:]):
        declaration = _DECLARATION.match(head, mark)
        if declaration is None:
            raise FileFaultError(Reason.XML_NOT_UTF_8)
        start = declaration.end()
    before_root = _BEFORE_ROOT.match(head, start)
    rest = head[before_root.end() if before_root else start :]
    if rest.startswith(b"<?"):
        raise FileFaultError(Reason.XML_INSTRUCTION)
    if rest.startswith(b"<!") and not rest.startswith(b"<!-"):
        raise FileFaultError(Reason.XML_DOCTYPE)
    if not whole and (len(rest) < len(b"<!-") or rest.startswith(b"<!-")):
        # What comes next might be anything; the root element has to begin in this piece.
        raise FileFaultError(Reason.RECORD_TOO_LONG, {"limit": _PIECE_BYTES})
    return mark


def _acceptable(
    decoder: codecs.IncrementalDecoder, piece: bytes, offset: int
) -> tuple[bytes, FileFaultError | None]:
    """Return what may be parsed of *piece*, which ends at *offset*, and what is wrong after it."""
    fault = None
    try:
        decoder.decode(piece, final=not piece)
    except UnicodeDecodeError as error:
        place = offset - len(error.object) + error.start
        fault = FileFaultError(Reason.ENCODING_INVALID, {"encoding": "utf-8", "offset": place})
        # The fault may lie in a character that began in the piece before.
        piece = piece[: max(len(piece) - (offset - place), 0)]
    if (nul := piece.find(b"\0")) >= 0:
        return piece[:nul], FileFaultError(Reason.NUL_CHARACTER)
    return piece, fault
