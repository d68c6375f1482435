"""Writing a sample to a folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final

from mediabridge.durable import appearing
from mediabridge.errors import UsageError
from mediabridge.kinds import Kind
from mediabridge.locale import n_, text
from mediabridge.progress import NullProgress, Progress, counting
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
    progress: Progress | None = None,
) -> list[Path]:
    """Write a population and its first *days* working days to *out_dir*; return the files.

    The folder gets ``population.csv`` and, per day, ``day-001/isa_notice.csv`` and
    ``municipal_notice.csv``; with *faults* also ``isa_notice-faulty.csv``, in which every
    row has a mistake of its own, and in ``isa_notice.csv`` names that nobody converted;
    with *extract* also ``isa_population.csv``, the agency's full population, which differs
    from the city's in places. With *fmt* ``xml`` the notices and that are written as XML;
    the city's population and the files with faults stay CSV. *progress* hears of each file
    that grows with the population.

    Raises:
        UsageError: too few residents, an unknown municipality or an unknown format, or the
            *tables* do not know a code that the sample has.
        OSError: the folder cannot be written.
    """
    if fmt not in list(FileFormat):
        raise UsageError(detail=text("there is no such format; the formats are csv and xml"))
    population = Population(residents, seed, municipality, start_date, tables=tables, peak=peak)
    out_dir.mkdir(parents=True, exist_ok=True)
    told = progress or NullProgress()
    written = [_write_population(out_dir / POPULATION_FILE, population, told)]
    try:
        if extract:
            entries = Extract(population, tables).records(told)
            written.append(_write(out_dir, FileFormat(fmt), Kind.ISA_POPULATION, entries, tables))
        every_day = counting(population.days(days), told, n_("Inventing the notices"), days)
        for day in every_day:
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
        _write(folder, fmt, Kind.ISA_NOTICE, notices, tables, judged=not faults),
        _write(folder, fmt, Kind.MUNICIPAL_NOTICE, day.municipal_notices, tables),
    ]
    if faults:
        faulty = folder / f"{Kind.ISA_NOTICE}-faulty.csv"
        with appearing(faulty, mode=_MODE) as stream:
            write_faulty(stream, day.isa_notices)
        written.append(faulty)
    return written


def _write_population(path: Path, population: Population, progress: Progress) -> Path:
    with appearing(path, mode=_MODE) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        people = population.residents
        rows = counting(population.rows(), progress, n_("Inventing the population"), people)
        first = next(rows)
        writer = csv.writer(lines, quoting=csv.QUOTE_ALL, strict=True)
        writer.writerow(first)
        writer.writerow(first.values())
        # Each has the columns of the first, in the same order.
        writer.writerows(row.values() for row in rows)
        lines.detach()
    return path


def _write(
    folder: Path,
    fmt: FileFormat,
    kind: Kind,
    records: Iterable[Record],
    tables: RuleTables,
    *,
    judged: bool = True,
) -> Path:
    """Write *records*; where they are not *judged* by the tables yet, they are now."""
    path = folder / f"{kind}.{fmt}"
    with appearing(path, mode=_MODE) as stream, ExitStack() as ending:
        writer: CsvWriter | XmlWriter
        if fmt is FileFormat.CSV:
            writer = CsvWriter(stream, kind, tables=tables)
        else:
            writer = ending.enter_context(XmlWriter(stream, kind, tables=tables))
        write = writer.write_again if judged else writer.write
        for record in records:
            write(record)
    return path
