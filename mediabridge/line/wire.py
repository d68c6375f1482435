"""Headers by which a file goes in parts: RFC 9110 (ranges) and RFC 9530 (digests)."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from mediabridge.locale import text

CONTENT_RANGE: Final = "Content-Range"
CONTENT_DIGEST: Final = "Content-Digest"

_NUMBER: Final = "(0|[1-9][0-9]{0,12})"
_PART: Final = re.compile(rf"bytes {_NUMBER}-{_NUMBER}/{_NUMBER}", re.ASCII)
_EMPTY: Final = "bytes */0"
_WANTED: Final = re.compile(rf"bytes={_NUMBER}-{_NUMBER}?", re.ASCII)

RANGE_FORM: Final = f"^{_WANTED.pattern}$"
PART_FORM: Final = rf"^(?:{_PART.pattern}|bytes \*/0)$"
DIGEST_FORM: Final = "^sha-256=:[A-Za-z0-9+/]{43}=:$"
"""What the values of these headers are like, as patterns of ECMA-262."""


@dataclass(frozen=True)
class Part:
    """Bytes *start* to before *stop* of a file of *total*; of an empty file 0 to 0 of 0."""

    start: int
    stop: int
    total: int

    def __str__(self) -> str:
        """Return the value of ``Content-Range``."""
        if not self.total:
            return _EMPTY
        return f"bytes {self.start}-{self.stop - 1}/{self.total}"


def parse_part(value: str) -> Part:
    """Read ``Content-Range``; of an empty file it is ``bytes */0``.

    Raises:
        ValueError: it is not in its one form, or leads past the file's end.
    """
    if value == _EMPTY:
        return Part(0, 0, 0)
    match = _PART.fullmatch(value)
    first, last, total = map(int, match.groups()) if match else (1, 0, 0)
    if not first <= last < total:
        msg = text("Content-Range is not in its form")
        raise ValueError(msg)
    return Part(first, last + 1, total)


def parse_wanted(value: str, total: int) -> Part | None:
    """Read ``Range`` for a file of *total* bytes; None if there is nothing at that place.

    Raises:
        ValueError: it is not one range from a first byte on.
    """
    match = _WANTED.fullmatch(value)
    if match is None:
        msg = text("Range is not in its form")
        raise ValueError(msg)
    start = int(match[1])
    stop = min(int(match[2]) + 1, total) if match[2] else total
    return Part(start, stop, total) if start < stop else None


def content_digest(data: bytes) -> str:
    """Return the value of ``Content-Digest`` for *data*."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode('ascii')}:"
