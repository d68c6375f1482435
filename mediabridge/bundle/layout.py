"""Every file name of the exchange tree, how large each file may be, and nothing else (format 1).

Pure functions from an index or a name to a path. A name that these functions do
not produce does not belong on a medium.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from mediabridge.config import LIMITS

ROOT: Final = "MEDIABRIDGE"
TRUST: Final = "trust"
BUNDLES: Final = "bundles"
MEDIUM: Final = "medium.json"
MEDIUM_SIGNATURE: Final = "medium.json.sig"

ASIDE: Final = "MEDIABRIDGE-ASIDE"
"""Beside :data:`ROOT`: where foreign things are put; no reader looks there."""

HEADER: Final = "header.json"
KEYS: Final = "keys.json"
SUMS: Final = "SHA256SUMS"
STATION_SIGNATURE: Final = "SHA256SUMS.station.sig"
PARITY_INDEX: Final = "parity.json"
PARITY_INDEX_COPY: Final = "parity-copy.json"
SPARE: Final = "spare.json"
"""Copies of what cannot be in the signed list: the list itself, and the signatures."""

BUNDLE_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
"""128 random bits in lower-case hexadecimal."""

_APPROVAL: Final = re.compile(r"SHA256SUMS\.approve-([a-z0-9][a-z0-9-]{0,30})\.sig", re.ASCII)
_VOID: Final = re.compile(
    r"(void-[1-9][0-9]{0,9}-[1-9][0-9]{0,9})\.(json|[a-z0-9][a-z0-9-]{0,30}\.sig)", re.ASCII
)
_PART: Final = re.compile(r"part-([0-9]{4})\.cob", re.ASCII)
_PARITY: Final = re.compile(r"parity-([0-9]{2})\.rs", re.ASCII)


def _alternatives() -> str:
    fixed = (HEADER, KEYS, SUMS, STATION_SIGNATURE, PARITY_INDEX, PARITY_INDEX_COPY, SPARE)
    names = [name.replace(".", r"\.") for name in fixed]
    return "|".join([*names, *(each.pattern for each in (_APPROVAL, _VOID, _PART, _PARITY))])


FILE: Final = rf"^(?:{_alternatives()})\z"
"""What the name of a file in a bundle's folder is like (format 1, section 2)."""

_FILE: Final = re.compile(FILE.replace(r"\z", ""), re.ASCII)


def part_name(index: int) -> str:
    """Return the file name of part *index*, counted from 0."""
    return f"part-{index:04d}.cob"


def part_index(name: str) -> int | None:
    """Return the index in a part's file name, or None for any other name."""
    match = _PART.fullmatch(name)
    return int(match[1]) if match else None


def parity_name(index: int) -> str:
    """Return the file name of parity column *index*, counted from 0."""
    return f"parity-{index:02d}.rs"


def parity_index(name: str) -> int | None:
    """Return the index in a parity column's file name, or None for any other name."""
    match = _PARITY.fullmatch(name)
    return int(match[1]) if match else None


def approval_name(person: str) -> str:
    """Return the file name of *person*'s approval signature."""
    return f"SHA256SUMS.approve-{person}.sig"


def approver(name: str) -> str | None:
    """Return the person in an approval's file name, or None for any other name."""
    match = _APPROVAL.fullmatch(name)
    return match[1] if match else None


def void_name(first: int, last: int) -> str:
    """Return the file name of the statement that the numbers *first* to *last* are void."""
    return f"void-{first}-{last}.json"


def void_signature_name(statement: str, officer: str) -> str:
    """Return the file name of *officer*'s signature on the file *statement*."""
    return f"{statement.removesuffix('.json')}.{officer}.sig"


def is_void_statement(name: str) -> bool:
    """Tell whether *name* is that of a statement that numbers are void."""
    return _VOID.fullmatch(name) is not None and name.endswith(".json")


def void_of_signature(name: str) -> str | None:
    """Return the statement that the signature *name* is about, or None for any other name."""
    match = _VOID.fullmatch(name)
    return f"{match[1]}.json" if match and name.endswith(".sig") else None


def is_void_file(name: str) -> bool:
    """Tell whether *name* is that of such a statement or of a signature on one."""
    return _VOID.fullmatch(name) is not None


def covered_files(parts: int) -> list[str]:
    """Return the names of what parity covers in a bundle of *parts* parts, in its order."""
    return [HEADER, KEYS, *(part_name(index) for index in range(parts))]


def parity_files(columns: int) -> list[str]:
    """Return the names of the files of *columns* parity columns; none for 0."""
    names = [parity_name(index) for index in range(columns)]
    return [*names, PARITY_INDEX, PARITY_INDEX_COPY] if names else []


def listed_files(parts: int, columns: int = 0) -> list[str]:
    """Return the names SHA256SUMS lists for so many parts and parity columns, sorted."""
    return sorted([*covered_files(parts), *parity_files(columns)])


def is_signature(name: str) -> bool:
    """Tell whether *name* is that of a signature over the signed list."""
    return name == STATION_SIGNATURE or approver(name) is not None


def is_bundle_file(name: str) -> bool:
    """Tell whether *name* may stand in a bundle folder at all."""
    return _FILE.fullmatch(name) is not None


def trust_folder(medium: Path) -> Path:
    """Return the TUF repository's folder below the root of *medium*."""
    return medium / ROOT / TRUST


def bundles_folder(medium: Path) -> Path:
    """Return the folder of bundles below the root of *medium*."""
    return medium / ROOT / BUNDLES


def largest(name: str) -> int:
    """Return how many bytes the file *name* of a bundle may have (format 1, section 2)."""
    if part_index(name) is not None:
        return LIMITS.part_bytes
    if parity_index(name) is not None:
        return LIMITS.parity_column_bytes
    if name in {PARITY_INDEX, PARITY_INDEX_COPY}:
        return LIMITS.parity_index_bytes
    return LIMITS.small_file_bytes
