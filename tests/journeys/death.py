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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.link"}
_PREPARED = ("/work/", "/trust/cache/g-", "/MEDIABRIDGE/trust/")


def deaths(make: Callable[[], Path], action: Callable[[Path], object]) -> Iterator[Path]:
    """Kill *action* at every effect on a fresh root from *make*; yield the root each time.

    Ends when the action came to its end; that root is not yielded.
    """
    processes = multiprocessing.get_context("fork")
    survived = 0
    while True:
        root = make()
        child = processes.Process(target=_run_and_die, args=(root, action, survived))
        child.start()
        child.join()
        if child.exitcode == 0:
            assert survived, "an action without effect proves nothing"
            return
        assert child.exitcode == -signal.SIGKILL
        yield root
        survived += 1


def _run_and_die(root: Path, action: Callable[[Path], object], survive: int) -> None:
    left = survive
    above = str(root)

    def effect() -> None:
        nonlocal left
        if left == 0:
            signal.raise_signal(signal.SIGKILL)
        left -= 1

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        changes = event in _CHANGES or (event == "open" and _writes(arguments))
        path = str(arguments[0])
        if changes and path.startswith(above) and not any(part in path for part in _PREPARED):
            effect()

    connect = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)

        def statement(text: str) -> None:
            # Within a transaction every moment is like the one before its end.
            reads = text.lstrip().startswith(("SELECT", "PRAGMA", "--"))
            if not reads and (text == "COMMIT" or not connection.in_transaction):
                effect()

        connection.set_trace_callback(statement)
        return connection

    # Only this process, which is about to die, sees the statements one by one.
    sqlite3.connect = traced  # type: ignore[assignment]
    sys.addaudithook(hook)
    action(root)


def _writes(arguments: tuple[Any, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & os.O_ACCMODE)
