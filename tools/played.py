"""One build plays the files of ``tools/differential.py``: at a station, onto a stick, and applied.

    PYTHON-OF-THE-BUILD played.py CASES

It works in the current folder and prints one line of JSON for each file that it collected, and
one for each bundle that it carried. It imports nothing but the program's own command line, so
that a build of long ago can play as well. The clock is one minute further at each command.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from mediabridge.cli._app import run
from mediabridge.clock import SystemClock

CARRIED_TOGETHER: Final = 20
"""Files that were taken in before a bundle is made of them."""


class Clock:
    """What the program takes for the time."""

    told = datetime(2027, 3, 1, tzinfo=UTC)
    """Begins after all days of which the files are."""


_TOLD: Final = ("code", "reason")
_CHANCE: Final = {"bundle_id", "sums_sha256"}
"""Columns in which two journeys of one build differ, too."""

_OFFICER: Final = ("--key", "city/keys/officer-1.json", "--yes")
_STICK: Final = ("--medium", "stick", "--folder")


def main(cases: Path) -> None:
    """Play all *cases*, in the order of their names."""
    for step in begin(cases):
        command(*step)
    taken = 0
    for case in sorted(each for each in cases.iterdir() if each.is_dir()):
        (file,) = case.iterdir()
        answer = command("--home", "lgwan", "collect", str(file), must=False)
        data = answer["data"] or {}
        told = {name: answer[name] for name in _TOLD}
        tell(
            {"case": case.name, **told, "taken": data.get("taken"), "refused": data.get("refused")}
        )
        taken += answer["code"] == 0
        if taken and taken % CARRIED_TOGETHER == 0 and answer["code"] == 0:
            carry()
    carry()


def begin(cases: Path) -> Iterator[tuple[str, ...]]:
    """Yield what makes two stations, the second one's register full of people."""
    Path("stick").mkdir()
    yield "--home", "lgwan", "station", "init", "lgwan-01", "--city", "city"
    people = ("--population", str(cases / "population.csv"))
    yield "--home", "registry", "station", "init", "registry-01", "--city", "city", *people


def carry() -> None:
    """Carry what was taken in to the registry, and tell what it is there."""
    command("--home", "lgwan", "seal")
    command("--home", "lgwan", "approve", *_OFFICER)
    command("--home", "lgwan", "write", *_STICK)
    answer = command("--home", "registry", "import", *_STICK)
    outcomes = [each["outcomes"] for each in answer["data"]["bundles"]]
    tell({"carried": outcomes, "registry": registry(Path("registry/registry.db"))})
    # The receipt goes home, so that nothing waits for another number.
    command("--home", "registry", "seal", "--empty")
    command("--home", "registry", "approve", *_OFFICER)
    command("--home", "registry", "write", *_STICK)
    command("--home", "lgwan", "import", *_STICK)


def command(*words: str, must: bool = True) -> dict[str, Any]:
    """Give one command in this process; return what it answers.

    Raises:
        SystemExit: it failed, and it *must* not.
    """
    Clock.told += timedelta(minutes=1)
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained):
        code = run(["--json", *words])
    if must and code != 0:
        sys.exit(f"{words}: {code}\n{said.getvalue()}\n{complained.getvalue()}")
    answer: dict[str, Any] = json.loads(said.getvalue().splitlines()[-1])
    return answer


def registry(file: Path) -> dict[str, str]:
    """Return a digest of each column of each table of the register, in the order of its keys."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as books:
        names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        tables = [name for (name,) in books.execute(names)]
        return {
            f"{table}.{column}": digest
            for table in tables
            for column, digest in columns(books, table)
        }


def columns(books: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the digest of each column of *table*."""
    found = books.execute(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - from the schema
    names = [each[0] for each in found.description]
    digests = [hashlib.sha256() for _ in names]
    for row in found:
        for digest, value in zip(digests, row, strict=True):
            digest.update(repr(value).encode())
    for name, digest in zip(names, digests, strict=True):
        if name not in _CHANCE:
            yield name, digest.hexdigest()


def tell(what: dict[str, Any]) -> None:
    """Print one line."""
    print(json.dumps(what, sort_keys=True), flush=True)


if __name__ == "__main__":
    SystemClock.now = lambda self: Clock.told  # type: ignore[method-assign] # noqa: ARG005
    main(Path(sys.argv[1]))
