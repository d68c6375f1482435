"""Reading records with full validation, beside the bare parser of each format.

What is measured is what ``collect`` reads: every rule asked of every row, which is then handed
on as text. The floor and the reader take turns within one process, each is first as often as
the other, and the medians of their processor times count: whoever else uses the machine slows
both. Peak memory is that of a process that does nothing but read, at two sizes.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from lxml import etree

from mediabridge.bench import Figure
from mediabridge.bench.content import notices
from mediabridge.bench.peak import own_peak_kib
from mediabridge.bench.turns import paired
from mediabridge.config import KIB
from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvWriter
from mediabridge.records.files import FileFormat, open_records
from mediabridge.records.tables import shipped
from mediabridge.records.xml import XmlWriter
from mediabridge.records.xml.form import qualified, schema

BOUNDS: Final = {FileFormat.CSV: 3.0, FileFormat.XML: 2.3}
"""Processor time of the reader by that of its floor: the same file read without our rules.

What we aim at is 2.0 and 1.7.
"""

MEMORY_BOUND: Final = 1.1
"""Peak memory at the large size by that at the small one; the same but for noise."""

SMALL: Final = 10_000
_TURNS: Final = 5
_DIFFERENT: Final = 2_000
_KIND: Final = Kind.ISA_NOTICE
_FLOORS: Final = {FileFormat.CSV: "csv.DictReader alone", FileFormat.XML: "lxml iterparse with XSD"}


def run(records: int, seed: int) -> list[Figure]:
    """Return the figures for *records* invented notices, drawn with *seed*.

    A million of them takes about a quarter of an hour and 1.5 GiB of temporary files.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        small = _write(folder / "small", min(SMALL, records), seed)
        large = _write(folder / "large", records, seed)
        figures = [_speed(form, path, records) for form, path in large.items()]
        figures += [_memory(form, small[form], large[form]) for form in FileFormat]
    return figures


def _write(folder: Path, records: int, seed: int) -> dict[FileFormat, Path]:
    folder.mkdir()
    paths = {form: folder / f"{_KIND}.{form}" for form in FileFormat}
    with (
        paths[FileFormat.CSV].open("wb") as csv_file,
        paths[FileFormat.XML].open("wb") as xml_file,
        XmlWriter(xml_file, _KIND, tables=shipped()) as xml_writer,
    ):
        csv_writer = CsvWriter(csv_file, _KIND, tables=shipped())
        for record in islice(notices(seed, min(_DIFFERENT, records)), records):
            csv_writer.write(record)
            xml_writer.write(record)
    return paths


def _speed(form: FileFormat, path: Path, records: int) -> Figure:
    floor = _csv_floor if form is FileFormat.CSV else _xml_floor
    bare, ours = paired(lambda: floor(path), lambda: read(path), _TURNS)
    return Figure(
        name=f"reading {form.upper()}, {records} records",
        measured=ours / records * 1e6,
        unit="µs/record",
        floor_name=_FLOORS[form],
        floor=bare / records * 1e6,
        bound=BOUNDS[form],
    )


def read(path: Path) -> None:
    """Read a file of notices as a station does; it must be without errors."""
    with path.open("rb") as stream:
        reader = open_records(stream, _KIND, tables=shipped())
        _exhaust(reader.runs())
    if reader.errors.total:
        msg = f"{reader.errors.total} errors in a file we wrote: {reader.errors.kept[0]}"
        raise AssertionError(msg)


def _csv_floor(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        _exhaust(csv.DictReader(stream))


def _xml_floor(path: Path) -> None:
    """Let lxml parse and validate, and let go of what was parsed; nothing else."""
    for _event, element in etree.iterparse(path, tag=qualified(_KIND), schema=schema()):
        element.clear()
        parent = element.getparent()
        if parent is not None:
            del parent[: parent.index(element)]


def _exhaust(items: Iterable[object]) -> None:
    for _ in items:
        pass


def _memory(form: FileFormat, small: Path, large: Path) -> Figure:
    return Figure(
        name=f"peak memory of reading {form.upper()}",
        measured=_peak_mib(large),
        unit="MiB",
        floor_name=f"at {SMALL} records",
        floor=_peak_mib(small),
        bound=MEMORY_BOUND,
    )


def _peak_mib(path: Path) -> float:
    """Return the peak of a process that reads *path* and does nothing else."""
    command = [sys.executable, "-m", "mediabridge.bench.records", str(path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - ourselves
    return int(done.stdout) / KIB


if __name__ == "__main__":
    read(Path(sys.argv[1]))
    sys.stdout.write(f"{own_peak_kib()}\n")
