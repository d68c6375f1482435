"""Where code tables are kept: in the package, or in the site's folder in its place.

A site's own table lies at ``SITE/codes/ID.tsv``. It is validated when it is
loaded and again when it is read, because a file in a folder can be edited.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from mediabridge.errors import UsageError
from mediabridge.locale import text
from mediabridge.records.codes import tablefile
from mediabridge.records.codes.codetable import CodeTable, build, judge
from mediabridge.records.codes.problems import Fault, Problem
from mediabridge.records.codes.schema import SCHEMAS
from mediabridge.records.codes.tablefile import Origin

_SHIPPED: Final = Path(__file__).with_name("data")
_FOLDER: Final = "codes"


def tables() -> tuple[str, ...]:
    """Return the identifiers of all code tables."""
    return tuple(SCHEMAS)


def table(identifier: str, site_dir: Path | None = None) -> CodeTable:
    """Return a table: the site's own if *site_dir* holds one, else the shipped one.

    The result is cached until the file changes; keep it in hot paths, its
    ``entries`` is a plain dictionary.

    Raises:
        UsageError: there is no such table.
        TableRefusedError: the site's file is not, or no longer, a right table.
    """
    if identifier not in SCHEMAS:
        detail = text(
            "there is no code table {name}; the tables are: {tables}",
            name=identifier[:40],
            tables=", ".join(SCHEMAS),
        )
        raise UsageError(detail=detail)
    own = _site_file(identifier, site_dir) if site_dir is not None else None
    if own is not None and own.exists():
        status = own.stat()
        return _site_table(own, (status.st_mtime_ns, status.st_size, status.st_ino))
    return _shipped_table(identifier)


def load(site_dir: Path, file: Path) -> CodeTable:
    """Validate *file* and make it the site's table; the exact bytes are kept.

    Raises:
        TableRefusedError: with every problem; the table in use is unchanged.
        OSError: the site's folder cannot be written.
    """
    data = tablefile.read(file)
    loaded = _validated(data, file.name)
    tablefile.install(data, _site_file(loaded.provenance.identifier, site_dir))
    return loaded


def _site_file(identifier: str, site_dir: Path) -> Path:
    return site_dir / _FOLDER / f"{identifier}.tsv"


@cache
def _shipped_table(identifier: str) -> CodeTable:
    problems: list[Problem] = []
    data = tablefile.read(_SHIPPED / f"{identifier}.tsv")
    return build(tablefile.parse(data, Origin.SHIPPED, problems))


@lru_cache(maxsize=32)
def _site_table(path: Path, _stamp: tuple[int, int, int]) -> CodeTable:
    return _validated(tablefile.read(path), path.name, wanted=path.stem)


def _validated(data: bytes, name: str, wanted: str | None = None) -> CodeTable:
    problems: list[Problem] = []
    file = tablefile.parse(data, Origin.SITE, problems)
    identifier = file.provenance.identifier
    if wanted not in (None, identifier):
        problems.append(Problem(1, Fault.TABLE_UNKNOWN, {"got": identifier, "wanted": wanted}))
    shipped = _shipped_table(identifier).entries if identifier in SCHEMAS else {}
    judge(file, frozenset(shipped), problems)
    tablefile.refuse_if_any(name, problems)
    return build(file)
