"""``SHA256SUMS``: the one list that is signed (format 1, section 5).

The grammar is what ``sha256sum --strict -c`` reads, narrowed until every list has
exactly one spelling: lower-case digests, two spaces, names in byte order, a line
feed after every line, no comment, no escape, no empty line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.errors import SumsMalformedError
from mediabridge.locale import text

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._-]{1,64})\n", re.ASCII)


def write_sums(digests: Mapping[str, str]) -> bytes:
    """Return the list for *digests* (file name to lower-case SHA-256)."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode("ascii")


def parse_sums(data: bytes) -> dict[str, str]:
    """Read the list; the result maps file names to SHA-256, in the list's order.

    Raises:
        SumsMalformedError: any other spelling, a name the layout does not list, a
            name missing or repeated.
    """
    digests = _parse_lines(data)
    _check_names(list(digests))
    return digests


def _parse_lines(data: bytes) -> dict[str, str]:
    if len(data) > LIMITS.small_file_bytes:
        raise SumsMalformedError(detail=text("{size} bytes long", size=len(data)))
    spelling = data.decode("latin-1")
    digests: dict[str, str] = {}
    previous = ""
    for number, line in enumerate(spelling.splitlines(keepends=True), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise SumsMalformedError(detail=text("line {number} is not in its form", number=number))
        digest, name = match.groups()
        if name <= previous:
            raise SumsMalformedError(detail=text("line {number} is not in order", number=number))
        digests[name] = digest
        previous = name
    return digests


def _check_names(names: list[str]) -> None:
    parts = sum(layout.part_index(name) is not None for name in names)
    columns = sum(layout.parity_index(name) is not None for name in names)
    fits = 1 <= parts <= LIMITS.parts and columns <= LIMITS.parity_columns
    if not fits or names != layout.listed_files(parts, columns):
        detail = text("it does not list header, keys and all parts, each once")
        raise SumsMalformedError(detail=detail)
