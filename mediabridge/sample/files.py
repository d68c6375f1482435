"""Writing a sample to a folder, and reading its population back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final

from mediabridge.durable import appearing
from mediabridge.errors import UsageError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.records.csv import CsvWriter
from mediabridge.records.files import FileFormat
from mediabridge.records.load import RecordInvalidError
from mediabridge.records.model import Record
from mediabridge.records.tables import RuleTables
from mediabridge.records.xml import XmlWriter
from mediabridge.sample.extract import Extract
from mediabridge.sample.faults import unconverted, write_faulty
from mediabridge.sample.population import Day, Population

POPULATION_FILE: Final = "population.csv"

_MODE: Final = 0o644


def write_sample(
    out_dir: Path,
    *,
    residents: int,
    days: int,
    seed: int,
    start_date: date,
    tables: RuleTables,
    municipality: str = "131041",
    fmt: str = "csv",
    faults: bool = False,
    extract: bool = False,
    peak: float = 1.0,
) -> list[Path]:
    """Write a population and its first *days* working days to *out_dir*; return the files.

    The folder gets ``population.csv`` and, per day, ``day-001/isa_notice.csv`` and
    ``municipal_notice.csv``; with *faults* also ``isa_notice-faulty.csv``, in which every
    row has a mistake of its own, and in ``isa_notice.csv`` names that nobody converted;
    with *extract* also ``isa_population.csv``, the agency's full population, which differs
    from the city's in places. With *fmt* ``xml`` the notices and that are written as XML;
    the city's population and the files with faults stay CSV.

    Raises:
        UsageError: too few residents, an unknown municipality or an unknown format, or the
            *tables* do not know a code that the sample has.
        OSError: the folder cannot be written.
    """
    if fmt not in list(FileFormat):
        raise UsageError(detail=text("there is no such format; the formats are csv and xml"))
    population = Population(residents, seed, municipality, start_date, tables=tables, peak=peak)
    out_dir.mkdir(parents=True, exist_ok=True)
    written = [_write_population(out_dir / POPULATION_FILE, population)]
    try:
        if extract:
            entries = Extract(population, tables).records()
            written.append(_write(out_dir, FileFormat(fmt), Kind.ISA_POPULATION, entries, tables))
        for day in population.days(days):
            folder = out_dir / f"day-{day.number:03d}"
            written += _write_day(folder, FileFormat(fmt), day, tables, faults=faults)
    except RecordInvalidError as invalid:
        for path in written:
            path.unlink()
        fields = {f"{error.field}: {error.reason}" for error in invalid.errors}
        detail = text(
            "the tables in use here do not allow what the sample holds ({fields})",
            fields=", ".join(sorted(fields)),
        )
        raise UsageError(detail=detail) from None
    return written


def _write_day(
    folder: Path, fmt: FileFormat, day: Day, tables: RuleTables, *, faults: bool
) -> list[Path]:
    folder.mkdir(exist_ok=True)
    notices = unconverted(day.isa_notices) if faults else day.isa_notices
    written = [
        _write(folder, fmt, Kind.ISA_NOTICE, notices, tables),
        _write(folder, fmt, Kind.MUNICIPAL_NOTICE, day.municipal_notices, tables),
    ]
    if faults:
        faulty = folder / f"{Kind.ISA_NOTICE}-faulty.csv"
        with appearing(faulty, mode=_MODE) as stream:
            write_faulty(stream, day.isa_notices)
        written.append(faulty)
    return written


def read_population(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a ``population.csv`` as text by column.

    Raises:
        UsageError: the file is not a population file.
        OSError: the file cannot be read.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, strict=True)
        try:
            columns = next(rows, [])
            for number, row in enumerate(rows, 2):
                if len(row) != len(columns):
                    raise UsageError(
                        detail=text(
                            "{name} is no population file (row {number})",
                            name=path.name,
                            number=number,
                        )
                    )
                yield dict(zip(columns, row, strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            raise UsageError(detail=text("{name} is no population file", name=path.name)) from error


def _write_population(path: Path, population: Population) -> Path:
    with appearing(path, mode=_MODE) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        rows = population.rows()
        first = next(rows)
        writer = csv.DictWriter(lines, list(first), quoting=csv.QUOTE_ALL, strict=True)
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
        lines.detach()
    return path


def _write(
    folder: Path, fmt: FileFormat, kind: Kind, records: Iterable[Record], tables: RuleTables
) -> Path:
    path = folder / f"{kind}.{fmt}"
    with appearing(path, mode=_MODE) as stream, ExitStack() as ending:
        writer: CsvWriter | XmlWriter
        if fmt is FileFormat.CSV:
            writer = CsvWriter(stream, kind, tables=tables)
        else:
            writer = ending.enter_context(XmlWriter(stream, kind, tables=tables))
        for record in records:
            writer.write(record)
    return path
