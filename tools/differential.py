"""Play the same spoilt files with two commits, and compare what they said and what they applied.

    python -m tools.differential OLD NEW [--files 5000] [--seed 1]

Each file has a few notices of invented days, in CSV or XML; most are spoilt somewhere. Both
builds collect every one of them, carry what they took in to a registry on a stick, and apply
it. What they answered to each file (taken in or refused, every row, field and code of an error) and
every column of the register after each bundle have to be the same; of tables and columns that
one of them does not have yet, nothing is said. Ends with an error where something differs.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from mediabridge.kinds import Kind
from mediabridge.records.csv import CsvWriter
from mediabridge.records.model import IsaNotice
from mediabridge.records.tables import shipped
from mediabridge.records.xml.writer import XmlWriter
from mediabridge.sample import Population
from tools.compare import Build, build

RESIDENTS: Final = 3_000
_KIND: Final = Kind.ISA_NOTICE
_START: Final = date(2026, 5, 11)
_DAYS: Final = 180
_XML_AMONG: Final = 3
_WORDS: Final = (
    "", " ", '""', "9", "0", "-1", "　", "髙", "邉󠄀", "例", "N02", "N04", "N09", "N17", "N99",
    "2026-02-30", "1867-12-31", "2026-06-01", "2099-01-01", "131041", "131059", "999999",
    "VNM", "ZZZ", "226", "214", "601", "AB12345678CD", "123456789018", "\x1a", "indefinite",
    "correction", "DE LA CRUZ", "x" * 300,
)  # fmt: skip
"""What comes to stand in a field: often right somewhere, sometimes nowhere."""


def notices(seed: int) -> Iterator[IsaNotice]:
    """Yield the notices of many days, as they come."""
    for day in people(seed).days(_DAYS):
        yield from day.isa_notices


def people(seed: int) -> Population:
    """Return those in the register."""
    return Population(RESIDENTS, seed, "131041", _START, tables=shipped(), at_least=400, held=0.1)


def draw(folder: Path, files: int, seed: int) -> None:
    """Write so many *files* into *folder*, each in a folder of its own, and the population."""
    with (folder / "population.csv").open("w", encoding="utf-8", newline="") as output:
        rows = list(people(seed).rows())
        writer = csv.DictWriter(output, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    lot, coming, earlier = random.Random(seed), notices(seed), list[IsaNotice]()  # noqa: S311
    for number in range(files):
        some = [next(coming) for _ in range(lot.choice([1, 1, 2, 3, 5, 8, 20]))]
        if earlier and lot.random() < 0.05:  # noqa: PLR2004 - one in twenty
            some.append(lot.choice(earlier))
        earlier = [*earlier[-200:], *some]
        form = "xml" if number % _XML_AMONG == 0 else "csv"
        case = folder / f"{number:05}"
        case.mkdir()
        data = written(some, form)
        (case / f"{_KIND}.{form}").write_bytes(spoilt(lot, data, form))


def written(some: Sequence[IsaNotice], form: str) -> bytes:
    """Return a right file with these notices."""
    output = BytesIO()
    if form == "xml":
        with XmlWriter(output, _KIND, tables=shipped()) as document:
            for each in some:
                document.write(each)
    else:
        writer = CsvWriter(output, _KIND, tables=shipped())
        for each in some:
            writer.write(each)
    return output.getvalue()


def spoilt(lot: random.Random, data: bytes, form: str) -> bytes:
    """Return *data* with nothing, one or a few things done to it."""
    for _ in range(lot.choice([0, 0, 1, 1, 2, 4])):
        lines = data.split(b"\n")
        place = lot.randrange(len(lines))
        match lot.randrange(8 if form == "csv" else 7):
            case 0:
                lines[place] = lines[place][: lot.randrange(len(lines[place]) + 1)]
            case 1:
                lines.insert(place, lines[lot.randrange(len(lines))])
            case 2:
                lot.shuffle(lines)
                lines.sort(key=lambda line: not line.startswith((b"<?", b"<isa", b"notice_id")))
            case 3:
                at = lot.randrange(len(data))
                lines = (data[:at] + bytes([lot.randrange(256)]) + data[at + 1 :]).split(b"\n")
            case _:
                lines[place] = another_word(lot, lines[place], form)
        data = b"\n".join(lines)
    return data


def another_word(lot: random.Random, line: bytes, form: str) -> bytes:
    """Return *line* with another word in one of its fields."""
    word = lot.choice(_WORDS).encode()
    if form == "csv":
        fields = line.split(b",")
        fields[lot.randrange(len(fields))] = word
        return b",".join(fields)
    # Between two tags: what is in an element, or nothing.
    parts = line.split(b">")
    at = lot.randrange(len(parts))
    head, mark, tail = parts[at].partition(b"<")
    parts[at] = word + mark + tail if head else head + mark + tail
    return b">".join(parts)


def play(one: Build, cases: Path) -> subprocess.Popen[str]:
    """Let *one* build begin to play *cases* in a folder of its own."""
    folder = Path(tempfile.mkdtemp(dir=cases.parent))
    python = one.program.parent / "python"
    player = Path(__file__).with_name("played.py")
    words = [str(python), "-P", str(player), str(cases)]
    return subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True)  # noqa: S603


def lines(player: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """Yield what a build tells, to its end.

    Raises:
        RuntimeError: it did not come to its end.
    """
    assert player.stdout is not None  # noqa: S101 - it was asked for
    yield from map(json.loads, player.stdout)
    if player.wait() != 0:
        msg = f"a build ended with {player.returncode}"
        raise RuntimeError(msg)


def same(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[str]:
    """Return what of one answer differs, by name; a column that only one has does not."""
    if old is None or new is None or old.keys() != new.keys():
        return ["which answer it is"]
    differing = [name for name in old if name != "registry" and old[name] != new[name]]
    before, after = old.get("registry", {}), new.get("registry", {})
    return differing + [
        name for name in before.keys() & after.keys() if before[name] != after[name]
    ]


def compared(old: Build, new: Build, cases: Path) -> tuple[Counter[str], list[str]]:
    """Return how many answers there were of each sort, and a line for each that differs."""
    counts, found = Counter[str](), list[str]()
    for before, after in zip_longest(*map(lines, [play(old, cases), play(new, cases)])):
        if differing := same(before, after):
            found.append(f"{', '.join(differing)}:\n  {before}\n  {after}")
        if before is None or after is None:
            counts["missing"] += 1
            break
        counts["carried" if "carried" in after else after["reason"]] += 1
    return counts, found


def main(arguments: Sequence[str]) -> int:
    """Play, compare and say how many answers there were, and which differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="differential-") as scratch:
        cases = Path(scratch, "cases")
        cases.mkdir()
        draw(cases, given.files, given.seed)
        counts, found = compared(build(given.old), build(given.new), cases)
    for line in found:
        print(line)
    print(f"{given.files} files (seed {given.seed}):", dict(sorted(counts.items())))
    print(f"different answers: {len(found)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
