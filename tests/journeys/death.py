"""Sudden death: a process is killed at its first effect, its second, and so on to the last.

An effect is a change to a file or folder below one root, or the beginning or end of a
change to a database. What is only prepared (staging, quarantine, the next generation of
trust data) is left out: nobody looks at it before it is renamed. So are the trust files on
a medium, whose order has its own test. What the killed process left behind is what the
next command finds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

_CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.link"}
_PREPARED = ("/work/", "/trust/cache/g-", "/MEDIABRIDGE/trust/")


def deaths(make: Callable[[], Path], action: Callable[[Path], object]) -> Iterator[Path]:
    """Kill *action* at every effect on a fresh root from *make*; yield the root each time.

    Ends when the action came to its end; that root is not yielded.
    """
    for root, code in moments(make, action, [signal.SIGKILL], _PREPARED):
        assert code == -signal.SIGKILL
        yield root


def killed_at(root: Path, action: Callable[[Path], object], moment: int) -> bool:
    """Kill *action* on *root* at its effect number *moment*; tell whether it had so many."""
    arguments = (root, action, moment, signal.SIGKILL, _PREPARED)
    child = multiprocessing.get_context("fork").Process(target=_run_and_be_told, args=arguments)
    child.start()
    child.join()
    return child.exitcode == -signal.SIGKILL


def moments(
    make: Callable[[], Path],
    action: Callable[[Path], object],
    signals: Sequence[signal.Signals],
    passed_over: Sequence[str] = (),
) -> Iterator[tuple[Path, int | None]]:
    """Send *signals*, one after the other, to a fresh *action* at each of its effects.

    Yields the root and how the process ended, until the action came to its end undisturbed.
    """
    processes = multiprocessing.get_context("fork")
    survived = 0
    while True:
        root = make()
        told = signals[survived % len(signals)]
        arguments = (root, action, survived, told, passed_over)
        child = processes.Process(target=_run_and_be_told, args=arguments)
        child.start()
        child.join()
        if child.exitcode == 0:
            assert survived, "an action without effect proves nothing"
            return
        yield root, child.exitcode
        survived += 1


def _run_and_be_told(
    root: Path,
    action: Callable[[Path], object],
    survive: int,
    told: signal.Signals,
    passed_over: Sequence[str],
) -> None:
    arm(root, survive, told, passed_over)
    action(root)


def arm(
    root: Path,
    survive: int,
    told: signal.Signals = signal.SIGKILL,
    passed_over: Sequence[str] = _PREPARED,
) -> None:
    """Let this process be sent *told* once it has survived so many effects below *root*."""
    left = survive
    above = str(root)

    def is_the_one() -> bool:
        nonlocal left
        left -= 1
        return left == -1

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        changes = event in _CHANGES or (event == "open" and _writes(arguments))
        path = str(arguments[0]) if changes else ""
        counts = path.startswith(above) and not any(part in path for part in passed_over)
        if counts and is_the_one():
            signal.raise_signal(told)

    connect = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)

        def statement(text: str) -> None:
            # Within a transaction every moment is like the one before its end.
            reads = text.lstrip().startswith(("SELECT", "PRAGMA", "--"))
            if not reads and (text == "COMMIT" or not connection.in_transaction) and is_the_one():
                if told is signal.SIGKILL:
                    signal.raise_signal(told)
                # What a handler raises in here SQLite would swallow: it is told afterwards.
                sys.setprofile(outside)

        def outside(frame: FrameType, _event: str, _argument: object) -> None:
            if frame.f_code not in {statement.__code__, is_the_one.__code__}:
                sys.setprofile(None)
                signal.raise_signal(told)

        connection.set_trace_callback(statement)
        return connection

    # Only this process, which is about to die, sees the statements one by one.
    sqlite3.connect = traced  # type: ignore[assignment]
    sys.addaudithook(hook)


def _writes(arguments: tuple[Any, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & os.O_ACCMODE)
