"""One line for each thing that happened, where the system's journal listens: ``sd-daemon(3)``.

A line begins with the priority, ``<6>``, which the journal takes off, and has codes, numbers and
ids of the closed shapes of the transfer log, in no language: what a monitor looks for does not
change with it. Nothing that a file or a person is called gets in.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, TextIO

from mediabridge.cli import _screen
from mediabridge.translog import events

_KEYS: Final = {
    "bundle": "bundle", "seq": "seq", "from": "route_from", "to": "route_to", "medium": "medium",
    "reason": "reason", "records": "records", "kind": "kind", "errors": "errors",
    "receipts": "receipts", "file": "file_sha256",
}  # fmt: skip
"""What may stand in a line, and the fact of the log whose shape it has to have."""


class Priority(IntEnum):
    """Those of syslog(3) that are used."""

    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6


def is_journal(stream: TextIO) -> bool:
    """Tell whether *stream* goes to the journal, as ``systemd.exec(5)`` says to ask."""
    named = os.environ.get("JOURNAL_STREAM", "")
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return named == f"{status.st_dev}:{status.st_ino}"


def line_of(event: str, data: Mapping[str, Any]) -> str:
    """Return what happened as words of the form ``key=value``; what does not fit is left out."""
    words = [event]
    for key, fact in _KEYS.items():
        value = data.get(key)
        if value is not None and events.fits({fact: value}):
            words.append(f"{key}={value}")
    return " ".join(words)


def record(priority: Priority, line: str) -> None:
    """Put one line into the journal."""
    _screen.tell(f"<{priority.value}>{line}")
