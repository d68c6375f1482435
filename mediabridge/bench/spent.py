"""The processor time that one process took, and all that it waited for.

User and system together: what a busy machine stretches least. Not its memory: what the kernel
tells of that to the parent includes the parent's own.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path


class CommandFailedError(Exception):
    """A command that was to be measured did not do what it was to do."""


def processor_seconds(
    command: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    codes: Collection[int] = (0,),
) -> float:
    """Run *command* in *folder*, with nothing to read, and return the seconds that it took.

    Raises:
        CommandFailedError: it ended with none of *codes*; says what it said.
        OSError: there is no such command.
    """
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603 - what the caller measures
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _pid, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in codes:
            said.seek(0)
            shown = said.read().decode("utf-8", "replace")
            msg = f"{' '.join(command)} ended with {child.returncode}:\n{shown}"
            raise CommandFailedError(msg)
    return used.ru_utime + used.ru_stime
