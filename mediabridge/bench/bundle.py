"""Memory of sealing and importing a large payload, and what the crypto costs beside a copy.

Each step is a process of its own, as at a station, and its peak memory is what the
kernel says when it ends (``wait4``). The bound on memory is absolute: a station has to
carry a payload many times larger than its memory.
"""

from __future__ import annotations

import csv
import os
import resource
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mediabridge.bench import Figure
from mediabridge.config import CHUNK_BYTES, GIB, MIB
from mediabridge.durable import sync_file
from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS

MEMORY_BOUND_MIB = 150
"""Peak memory of any step, whatever the payload: what a small station can spare."""

_DRAWN = 1024
"""Different remarks that are used in turn; drawn, so that they do not compress away."""


@dataclass(frozen=True)
class Spent:
    """What one process used."""

    peak_mib: float
    seconds: float


def run(folder: Path, payload_bytes: int, *, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Carry *payload_bytes* of notices from one training station to the other, in *folder*.

    *tell* is told each step as it begins. Yields a figure for each step.
    """
    source = folder / f"{Kind.ISA_NOTICE}.csv"
    tell("writing the payload")
    _write_payload(source, payload_bytes)
    copied = _copy_seconds(source, folder / "copy")
    city, stick = str(folder / "city"), folder / "stick"
    stick.mkdir()
    at = {name: ["--home", str(folder / name)] for name in ("lgwan-01", "registry-01")}
    for name, home in at.items():
        _step([*home, "station", "init", name, "--city", city], tell)
    medium = ["--medium", str(stick), "--folder"]
    officer = ["--key", f"{city}/keys/officer-1.json", "--yes"]
    steps = {
        "collect": [*at["lgwan-01"], "collect", str(source)],
        "seal": [*at["lgwan-01"], "seal"],
        "approve": [*at["lgwan-01"], "approve", *officer],
        "write": [*at["lgwan-01"], "write", *medium],
        "import": [*at["registry-01"], "import", *medium],
    }
    for name, words in steps.items():
        spent = _step(words, tell)
        yield Figure(f"{name}: peak memory", spent.peak_mib, "MiB", "bound", MEMORY_BOUND_MIB, 1.0)
        if name in _TIME_BOUNDS and payload_bytes >= _TIMED_FROM:
            yield Figure(
                f"{name}: time", spent.seconds, "s", "cp + fsync", copied, _TIME_BOUNDS[name]
            )


_TIME_BOUNDS = {"seal": 5.0, "write": 5.0}
"""Sealing compresses, encrypts and hashes; the floor copies once."""

_TIMED_FROM = 1 * GIB
"""Below this, starting Python and opening the keys outweighs the payload."""


def _step(words: Sequence[str], tell: Callable[[str], None]) -> Spent:
    """Run one command of mediabridge and return its peak memory and time.

    Raises:
        RuntimeError: the command failed; a figure of a failed step means nothing.
    """
    tell(" ".join(word for word in words if not word.startswith(("/", "--home"))))
    arguments = [sys.executable, "-m", "mediabridge", *words]
    start = time.monotonic()
    child = os.posix_spawn(sys.executable, arguments, os.environ, file_actions=_quiet())
    _pid, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        msg = f"{words[2]} ended with {os.waitstatus_to_exitcode(status)}"
        raise RuntimeError(msg)
    return Spent(_peak_mib(usage), time.monotonic() - start)


def _quiet() -> list[tuple[int, ...] | tuple[int, int, str, int, int]]:
    return [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]


def _peak_mib(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss * 1024 / MIB


def _copy_seconds(source: Path, target: Path) -> float:
    start = time.monotonic()
    shutil.copyfile(source, target)
    sync_file(target)
    seconds = time.monotonic() - start
    target.unlink()
    return max(seconds, 0.001)


def _write_payload(path: Path, size: int) -> None:
    """Write invented notices until the file has *size* bytes; the remarks fill it."""
    columns, remarks = list(FIELDS[Kind.ISA_NOTICE]), _remarks()
    with path.open("w", encoding="utf-8", newline="", buffering=CHUNK_BYTES) as output:
        writer = csv.DictWriter(output, columns, restval="", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        number = written = 0
        while written < size:
            number += 1
            notice = _notice(number, remarks[number % _DRAWN])
            # Two quotes and a comma around every field; text is three bytes a kanji.
            written += sum(len(value.encode()) for value in notice.values()) + 3 * len(columns)
            writer.writerow(notice)


def _remarks() -> list[str]:
    """Return texts of 200 kanji each, 600 bytes in UTF-8."""
    return [
        "".join(chr(0x4E00 + secrets.randbelow(0x5000)) for _ in range(200)) for _ in range(_DRAWN)
    ]


def _notice(number: int, remarks: str) -> dict[str, str]:
    return {
        "notice_id": f"BENCH-{number:09d}",
        "sequence": str(number),
        "municipality_code": "131041",
        "issued_at": "2026-11-20T09:00:00+09:00",
        "event_code": "N02",
        "event_date": "2026-11-19",
        "operation_hint": "correction",
        "prior_card_number": f"AA{number % 10**8:08d}AA",
        "card_type": "1",
        "card_number": f"BB{number % 10**8:08d}BB",
        "art30_45_category": "1",
        "name_roman": "BENCH PERSON",
        "birth_date": "1990-00-00",
        "sex": "9",
        "nationality_region": "XXX",
        "status_of_residence": "226",
        "period_years": "3",
        "period_months": "0",
        "period_days": "0",
        "period_of_stay_expiration_date": "2029-11-19",
        "remarks": remarks,
    }
