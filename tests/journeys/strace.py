"""A command of which one system call fails, or is its last: strace puts the fault there.

The process is forked from this one, which has imported everything, and strace attaches to
it before it begins. What counts are the calls that change something below one folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FAULTS: Final = {
    "killed": "signal=KILL",
    "EIO": "error=EIO",
    "ENOSPC": "error=ENOSPC",
    "ECONNRESET": "error=ECONNRESET",
}
"""How a call ends: with the process, with a broken disk, with a full one, with a line cut."""

_ANYWHERE: Final = "killed"
_ON_A_LINE: Final = "ECONNRESET"
_ANSWER: Final = "recvfrom"

DISK: Final = (
    "write", "pwrite64", "writev", "pwritev", "sendfile", "copy_file_range", "ftruncate",
    "fallocate", "fsync", "fdatasync", "sync_file_range", "syncfs", "rename", "renameat",
    "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "mkdir",
    "mkdirat", "rmdir",
)  # fmt: skip
"""Everything that changes a file or folder, or makes sure of it; a commit is made of these."""

LINE: Final = ("sendto", _ANSWER)
"""What passes between a process and a server: an order, or the answer to it."""

_CALL: Final = re.compile(r"^(?:\d+ +)?(\w+)\(")


@dataclass(frozen=True)
class Point:
    """The *number*-th call of this name."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call}-{self.number}"

    def can_end_with(self, fault: str) -> bool:
        """Tell whether such a call can end with *fault*.

        A full disk cuts no line, and a client hears of one that was cut where it reads: whatever
        it failed to send, it waits for the answer.
        """
        if fault == _ANYWHERE:
            return True
        return self.call == _ANSWER if fault == _ON_A_LINE else self.call not in LINE


class NoTraceError(Exception):
    """strace may not look at a process here."""

    def __str__(self) -> str:
        return f"strace cannot look at a process of this user: {self.args[0]}"


def points(run: Callable[[], int], root: Path, scratch: Path) -> list[Point]:
    """Return every call of an undisturbed *run*, below *root* or to a server, in order."""
    trace = scratch / "trace"
    _traced(run, scratch, ["-y", "-o", str(trace)])
    return points_in(trace, str(root))


def points_in(trace: Path, below: str) -> list[Point]:
    """Return the calls in *trace* that are about something *below*, or go to a server."""
    numbers: Counter[str] = Counter()
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        if call := _CALL.match(line):
            numbers[call[1]] += 1
            if below in line or call[1] in LINE:
                found.append(Point(call[1], numbers[call[1]]))
    return found


def disturbed(run: Callable[[], int], point: Point, fault: str, scratch: Path) -> int:
    """Return how *run* ended, with *fault* at *point*: an exit code, or minus the signal."""
    return _traced(run, scratch, ["-e", injected(point, fault), "-o", os.devnull])


def injected(point: Point, fault: str) -> str:
    """Return what tells strace to put *fault* at *point*."""
    return f"inject={point.call}:{FAULTS[fault]}:when={point.number}"


def undisturbed(run: Callable[[], int], scratch: Path) -> int:
    """Return how *run* ended in a process of its own."""
    start, pid = _waiting(run, scratch)
    os.write(start, b"!")
    return _end_of(start, pid)


def traced(pid: int, options: list[str]) -> list[str]:
    """Return the words that put strace to a process."""
    trace = f"trace={','.join((*DISK, *LINE))}"
    return ["strace", "-f", "-e", trace, "-e", "signal=none", *options, "-p", str(pid)]


def _traced(run: Callable[[], int], scratch: Path, options: list[str]) -> int:
    start, pid = _waiting(run, scratch)
    words = traced(pid, options)
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        said = strace.stderr.readline()
        if "attached" in said:
            os.write(start, b"!")
        code = _end_of(start, pid)
        strace.stderr.read()
    if "attached" not in said:
        raise NoTraceError(said)
    return code


def _waiting(run: Callable[[], int], scratch: Path) -> tuple[int, int]:
    """Fork a process that begins when it is written to; closed without, it does nothing."""
    begin, start = os.pipe()
    pid = os.fork()
    if pid:
        os.close(begin)
        return start, pid
    try:
        os.close(start)
        if os.read(begin, 1):
            said = (scratch / "said").open("w", encoding="utf-8")
            sys.stdout = sys.stderr = said
            code = run()
            said.close()
            os._exit(code)
    finally:
        os._exit(os.EX_SOFTWARE)


def _end_of(start: int, pid: int) -> int:
    os.close(start)
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)
