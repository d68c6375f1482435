"""What it takes until the desk's screen shows its first page, at a terminal of its own.

Processor time as the kernel counts it, in steps of 10 ms: what comes after that page, its end
among it, is not in it.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Final

from mediabridge.bench import Figure
from mediabridge.bench.spent import CommandFailedError, processor_seconds

BOUND: Final = 2.5
"""Processor time by that of its peer, which a program of one line to type in takes twice."""

_PEER_NAME: Final = "import textual"
_FIRST_PAGE: Final = b"Who is at the desk?"
_PATIENCE_SECONDS: Final = 120
_SIZE: Final = (24, 80)
_USER_TICKS, _SYSTEM_TICKS = 11, 12
"""Where they stand in ``/proc/PID/stat`` behind the name, see proc(5)."""


def is_there() -> bool:
    """Tell whether the library of the screen is installed: it is an extra."""
    return find_spec("textual") is not None


def figure(home: Sequence[str], folder: Path, rounds: int) -> Figure:
    """Return the time of the screen of a station, in turns with its library alone.

    *home* is the option that names the station; without others, as at a desk, no options are read.

    Raises:
        CommandFailedError: the page did not come.
    """
    kiosk = [sys.executable, "-m", "mediabridge", *home, "--lang", "en", "kiosk"]
    alone: list[float] = []
    ours: list[float] = []
    for _ in range(rounds):
        alone.append(processor_seconds([sys.executable, "-c", _PEER_NAME], folder))
        ours.append(_seconds_to_first_page(kiosk, folder))
    peer = median(alone) * 1e3
    return Figure("kiosk, to its first page", median(ours) * 1e3, "ms", _PEER_NAME, peer, BOUND)


def _seconds_to_first_page(command: Sequence[str], folder: Path) -> float:
    with _at_terminal(command, folder) as (child, terminal):
        _read_until(terminal, _FIRST_PAGE)
        seconds = _spent_by(child.pid)
        # A key that comes before the page takes any would be thrown away.
        child.terminate()
    return seconds


@contextmanager
def _at_terminal(
    command: Sequence[str], folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Give *command* and its terminal; it has ended after the block, in whatever way."""
    terminal, its_end = os.openpty()
    termios.tcsetwinsize(its_end, _SIZE)
    child = subprocess.Popen(  # noqa: S603 - ourselves
        command,
        cwd=folder,
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        start_new_session=True,
    )
    os.close(its_end)
    try:
        yield child, terminal
        _read_to_the_end(terminal)
    finally:
        child.kill()
        child.wait()
        os.close(terminal)


def _read_until(terminal: int, words: bytes) -> None:
    seen = b""
    end = time.monotonic() + _PATIENCE_SECONDS
    while words not in seen:
        ready, _, _ = select.select([terminal], [], [], max(end - time.monotonic(), 0))
        found = _read(terminal) if ready else b""
        if not found:
            raise CommandFailedError(seen.decode("utf-8", "replace"))
        seen += found


def _read_to_the_end(terminal: int) -> None:
    while select.select([terminal], [], [], _PATIENCE_SECONDS)[0] and _read(terminal):
        pass


def _read(terminal: int) -> bytes:
    """Return what was written; nothing when nobody has the terminal open any more."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def _spent_by(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    ticks = int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])
    return ticks / os.sysconf("SC_CLK_TCK")
