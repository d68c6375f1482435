"""One command of ours in a process of its own: its processor time, and the most memory it had."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from mediabridge.bench.spent import CommandFailedError
from mediabridge.config import KIB

_MEASURED: Final = """
import json, sys, time
from mediabridge.bench.peak import own_peak_kib
from mediabridge.cli._app import run
code = run(sys.argv[1:])
print(json.dumps([time.process_time(), own_peak_kib()]), file=sys.stderr)
sys.exit(code)
"""


class Taken(NamedTuple):
    """What one command took."""

    seconds: float
    """Of processor time, user and system."""
    peak_mib: float


def taken(name: str, words: Sequence[str], place: Path, *, codes: Collection[int] = (0,)) -> Taken:
    """Give the command *words* in *place*, and return what it took.

    Raises:
        CommandFailedError: the command, called *name*, ended with none of *codes*.
    """
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", _MEASURED, "--lang", "en", *words],
        cwd=place,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    if done.returncode not in codes:
        msg = f"{name} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        raise CommandFailedError(msg)
    seconds, peak_kib = json.loads(done.stderr.splitlines()[-1])
    return Taken(seconds, peak_kib / KIB)
