"""What is judged once and kept is what judging a second time would have given.

A few files at each run; ``MEDIABRIDGE_JUDGED=5000`` plays as many as a change of this path needs.
"""

from __future__ import annotations

import os
from datetime import date
from io import BytesIO
from pathlib import Path
from random import Random

from mediabridge.apply.journal import content_digest
from mediabridge.kinds import Kind
from mediabridge.progress import NullProgress
from mediabridge.records.csv import CsvReader
from mediabridge.records.model import IsaNotice, Record
from mediabridge.records.reasons import RecordError
from mediabridge.records.tables import shipped
from mediabridge.sample import Population
from mediabridge.stations.ordering import InOrder
from mediabridge.stations.reading import RecordFile
from tests.records.rows import csv_of

FILES = int(os.environ.get("MEDIABRIDGE_JUDGED", "40"))
SPOILT = ('"', "9", "", "　", "髙", "邉", "\r\n", "2026-02-30", "123456789018", "\x1a", "N04")


def a_file() -> list[bytes]:
    people = Population(
        60, 11, "131041", date(2026, 11, 20), tables=shipped(), at_least=30, held=0.2
    )
    return csv_of(*next(iter(people.days(1))).isa_notices).splitlines(keepends=True)


def altered(lines: list[bytes], chance: Random) -> bytes:
    """Return the file with its rows in some order, and a few of them spoilt or repeated."""
    header, rows = lines[0], list(lines[1:])
    if chance.random() < 0.5:
        chance.shuffle(rows)
    for _ in range(chance.choice([0, 0, 1, 3])):
        place = chance.randrange(len(rows))
        fields = rows[place].split(b",")
        fields[chance.randrange(len(fields))] = f'"{chance.choice(SPOILT)}"'.encode()
        rows[place] = b",".join(fields)
        if chance.random() < 0.2:
            rows.append(chance.choice(rows))
    return header + b"".join(rows)


def read(data: bytes) -> tuple[RecordFile, CsvReader]:
    stream = BytesIO(data)
    reader = CsvReader(stream, Kind.ISA_NOTICE, tables=shipped())
    return RecordFile(stream, reader, Kind.ISA_NOTICE, "131041", NullProgress()), reader


def one_by_one(data: bytes) -> tuple[list[Record], list[RecordError]]:
    """Judge each by itself, as a record: in the order of their issue, as they came."""
    records, _reader = read(data)
    notices = [record for _identity, record in records if isinstance(record, IsaNotice)]
    in_order = sorted(notices, key=lambda each: (each.issued_at, each.sequence))
    return list(in_order), records.errors.kept


def judged_once(data: bytes, folder: Path) -> tuple[list[Record], list[RecordError]]:
    records, reader = read(data)
    with InOrder(folder) as notices:
        for columns in records.runs(reader):
            notices.keep(Kind.ISA_NOTICE, columns)
        kept = notices.as_issued(NullProgress())
        return [each.notice() for each in kept], records.errors.kept


def test_what_was_judged_once_is_what_judging_twice_gives(tmp_path: Path) -> None:
    lines, chance = a_file(), Random(13)  # noqa: S311 - not for secrets
    refused = 0
    for number in range(FILES):
        data = altered(lines, chance)
        folder = tmp_path / str(number)
        folder.mkdir()
        wanted, errors = one_by_one(data)
        found, said = judged_once(data, folder)
        assert found == wanted
        assert list(map(content_digest, found)) == list(map(content_digest, wanted))
        assert said == errors
        refused += bool(errors)
    # Right files and wrong ones: neither alone would show anything.
    assert 0 < refused < FILES
