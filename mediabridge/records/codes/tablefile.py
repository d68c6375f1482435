"""The one file form of every table a site can replace.

A table is UTF-8 text with tab-separated cells, made to be read in a review and
compared line by line::

    # mediabridge-table: 1
    # id: sex
    # version: 2026-11-23
    # source: ...
    # certainty: code=P name_ja=F
    code<TAB>name_ja
    1<TAB>男

The header is strict so that a table can always say what it is and whence it
comes; ``note`` lines may repeat. This module knows the form only; what a cell
may hold is for the packages that own the tables. Every fault is collected, so
that whoever prepared the file can correct it in one go.
"""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

from mediabridge.config import LIMITS
from mediabridge.durable import write_durably
from mediabridge.errors import TableRefusedError
from mediabridge.locale import n_, text
from mediabridge.locale.spoken import Spoken
from mediabridge.plainfile import open_given
from mediabridge.records.codes.problems import Fault, Problem

FIRST_LINE: Final = "# mediabridge-table: 1"

_REQUIRED = ("id", "version", "source")
_KEYS = frozenset({*_REQUIRED, "certainty", "licence", "generated-by", "input", "note"})
_REPEATABLE = frozenset({"input", "note"})
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,31}")
# A control character, a byte order mark or a bidi control can make a reviewer see another table.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


@unique
class Certainty(StrEnum):
    """How sure we are of a column; found in a public source, derived from one, and so on."""

    FOUND = "F"
    DERIVED = "D"
    FROM_MEMORY = "M"
    UNCERTAIN = "?"
    PROPOSED = "P"

    @property
    def official(self) -> bool:
        """Whether the column may be shown as what a public source says."""
        return self in (Certainty.FOUND, Certainty.DERIVED)


@unique
class Origin(Spoken):
    """Whose file a table was read from."""

    SHIPPED = "shipped", n_("shipped with the program")
    SITE = "site", n_("this station's own")


@dataclass(frozen=True)
class Provenance:
    """Which table gave an answer; named beside every result that rests on it."""

    identifier: str
    version: str
    source: str
    origin: Origin
    sha256: str
    """Of the file's exact bytes, lower-case hex."""

    def as_json(self) -> dict[str, str]:
        """Return the five facts as a JSON object."""
        return {
            "id": self.identifier,
            "version": self.version,
            "source": self.source,
            "origin": self.origin.value,
            "sha256": self.sha256,
        }


@dataclass(frozen=True)
class TableFile:
    """A table whose form is right; the cells have not been judged."""

    provenance: Provenance
    certainty: Mapping[str, Certainty]
    columns: tuple[str, ...]
    first_line: int
    """Line number (from 1) of the first of *lines*."""

    lines: list[str]
    """The rows as they stand; in a faultless file each has one cell per column."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line number and the cells of each row that has one cell per column."""
        for number, line in enumerate(self.lines, self.first_line):
            if line.count("\t") + 1 == len(self.columns):
                yield number, line.split("\t")


@dataclass
class _Header:
    facts: dict[str, str] = field(default_factory=dict)
    certainty: dict[str, Certainty] = field(default_factory=dict)


def read(path: Path) -> bytes:
    """Return the bytes of the file at *path*.

    Raises:
        TableRefusedError: the file is missing, unreadable or larger than
            ``LIMITS.table_bytes``.
    """
    try:
        with open_given(path) as stream:
            data = stream.read(LIMITS.table_bytes + 1)
    except OSError as error:
        # A pipe, a device or a folder: what the system says of it helps nobody.
        said = text("not a plain file") if error.errno == errno.EINVAL else error.strerror
        problem = Problem(0, Fault.UNREADABLE, {"detail": said or "error"})
        raise _refusal(path.name, [problem]) from error
    if len(data) > LIMITS.table_bytes:
        problem = Problem(0, Fault.TOO_LARGE, {"wanted": str(LIMITS.table_bytes)})
        raise _refusal(path.name, [problem])
    return data


def parse(data: bytes, origin: Origin, problems: list[Problem]) -> TableFile:
    """Read *data* in the form above; every fault is appended to *problems*.

    A table with faults is returned as far as it could be read, so that its
    cells can be judged as well; the caller refuses it (:func:`refuse_if_any`).
    """
    lines = _lines(data, problems)
    header, start = _header(lines, problems)
    columns = tuple(lines[start].split("\t")) if start < len(lines) else ()
    rows = lines[start + 1 :]
    problems.extend(
        Problem(number, Fault.CELL_COUNT, {"wanted": str(len(columns))})
        for number, line in enumerate(rows, start + 2)
        if line.count("\t") != len(columns) - 1
    )
    provenance = Provenance(
        identifier=header.facts.get("id", ""),
        version=header.facts.get("version", ""),
        source=header.facts.get("source", ""),
        origin=origin,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return TableFile(provenance, header.certainty, columns, start + 2, rows)


def refuse_if_any(name: str, problems: list[Problem]) -> None:
    """Refuse the table *name* when *problems* holds any.

    Raises:
        TableRefusedError: with all problems, in the order of the lines.
    """
    if problems:
        raise _refusal(name, problems)


def install(data: bytes, target: Path) -> None:
    """Put *data* at *target* so that a reader sees the old table or the new, never a part.

    Raises:
        OSError: the folder cannot be written; the old table is untouched.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    write_durably(target, data)


def _refusal(name: str, problems: list[Problem]) -> TableRefusedError:
    ordered = tuple(sorted(problems, key=lambda problem: problem.line))
    return TableRefusedError(name=name, count=len(ordered), problems=ordered)


def _lines(data: bytes, problems: list[Problem]) -> list[str]:
    try:
        # A byte order mark and CRLF are what a Windows editor adds; neither changes a cell.
        decoded = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        problems.append(Problem(0, Fault.NOT_UTF8))
        return [""]
    lines = decoded.removesuffix("\n").split("\n")
    if _FORBIDDEN.search(decoded):
        problems.extend(
            Problem(number, Fault.CHARACTER_FORBIDDEN)
            for number, line in enumerate(lines, 1)
            if _FORBIDDEN.search(line)
        )
    return lines


def _header(lines: list[str], problems: list[Problem]) -> tuple[_Header, int]:
    header = _Header()
    if lines[0] != FIRST_LINE:
        problems.append(Problem(1, Fault.NOT_A_TABLE, {"wanted": FIRST_LINE}))
    position = 1
    while position < len(lines) and lines[position].startswith("#"):
        _header_line(position + 1, lines[position], header, problems)
        position += 1
    problems.extend(
        Problem(1, Fault.HEADER_MISSING, {"key": key})
        for key in _REQUIRED
        if not header.facts.get(key)
    )
    version = header.facts.get("version", "")
    if version and not _VERSION.fullmatch(version):
        problems.append(Problem(1, Fault.VALUE_FORM, {"column": "version", "wanted": "2026-11-23"}))
    return header, position


def _header_line(number: int, line: str, header: _Header, problems: list[Problem]) -> None:
    key, colon, value = line.removeprefix("# ").partition(": ")
    if not colon or key not in _KEYS:
        problems.append(Problem(number, Fault.HEADER_UNKNOWN))
        return
    if key in header.facts and key not in _REPEATABLE:
        problems.append(Problem(number, Fault.HEADER_TWICE, {"key": key}))
    header.facts[key] = value
    if key == "certainty":
        header.certainty.update(_certainty(number, value, problems))


def _certainty(number: int, value: str, problems: list[Problem]) -> dict[str, Certainty]:
    marks = {}
    for item in value.split(" "):
        column, _, mark = item.partition("=")
        try:
            marks[column] = Certainty(mark)
        except ValueError:
            wanted = " ".join(Certainty)
            problems.append(Problem(number, Fault.CERTAINTY_UNKNOWN, {"wanted": wanted}))
    return marks
