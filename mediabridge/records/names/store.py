"""Where the table of the notice is kept: in the package, or in the site's folder.

A site's own table lies at ``SITE/names/notice582.tsv`` and has the same form as
the shipped one. It replaces the shipped table as a whole and is validated when
it is loaded and again when it is read.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

from mediabridge.records.codes import tablefile
from mediabridge.records.codes.problems import Problem
from mediabridge.records.codes.tablefile import Origin
from mediabridge.records.names.correspondence import NamesTable, build, judge

_SHIPPED: Final = Path(__file__).with_name("data")
_FILE: Final = "notice582.tsv"


def table(site_dir: Path | None = None) -> NamesTable:
    """Return the table of Notice 582: the site's own if *site_dir* holds one.

    The result is cached until the file changes.

    Raises:
        TableRefusedError: the site's file is not, or no longer, a right table.
    """
    own = _site_file(site_dir) if site_dir is not None else None
    if own is not None and own.exists():
        status = own.stat()
        return _site_table(own, (status.st_mtime_ns, status.st_size, status.st_ino))
    return _shipped_table()


def load(site_dir: Path, file: Path) -> NamesTable:
    """Validate *file* and make it the site's table; the exact bytes are kept.

    Raises:
        TableRefusedError: with every problem; the table in use is unchanged.
        OSError: the site's folder cannot be written.
    """
    data = tablefile.read(file)
    loaded = _validated(data, file.name)
    tablefile.install(data, _site_file(site_dir))
    return loaded


def _site_file(site_dir: Path) -> Path:
    return site_dir / "names" / _FILE


@cache
def _jis_kanji() -> frozenset[str]:
    rows = tablefile.parse(tablefile.read(_SHIPPED / "jis_kanji.tsv"), Origin.SHIPPED, []).rows()
    spans = (range(int(first, 16), int(last, 16) + 1) for _, (first, last) in rows)
    return frozenset(map(chr, chain.from_iterable(spans)))


@cache
def _shipped_table() -> NamesTable:
    data = tablefile.read(_SHIPPED / _FILE)
    return build(tablefile.parse(data, Origin.SHIPPED, []), _jis_kanji())


@lru_cache(maxsize=4)
def _site_table(path: Path, _stamp: tuple[int, int, int]) -> NamesTable:
    return _validated(tablefile.read(path), path.name)


def _validated(data: bytes, name: str) -> NamesTable:
    problems: list[Problem] = []
    file = tablefile.parse(data, Origin.SITE, problems)
    judge(file, _jis_kanji(), len(_shipped_table().cells), problems)
    tablefile.refuse_if_any(name, problems)
    return build(file, _jis_kanji())
