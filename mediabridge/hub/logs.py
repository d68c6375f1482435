"""What the hub says of its work: one line of JSON for each thing, with codes and numbers only.

Names of cities and stations, ids and numbers of bundles, reasons, counts: nothing here is about a
resident, since the hub cannot read a bundle, and nothing a caller wrote freely comes into a line.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any, Final, TextIO

_LOGGER: Final = logging.getLogger("mediabridge.hub")


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {"at": f"{at}.{record.msecs:03.0f}Z", "level": record.levelname.lower()}
        # What a library says may quote what it was given: of that its name, of an error its type.
        event = record.msg if record.name == _LOGGER.name else "library"
        facts = getattr(record, "facts", {"logger": record.name})
        failed = (
            {"error": record.exc_info[0].__name__} if record.exc_info and record.exc_info[0] else {}
        )
        return json.dumps({**line, "event": event, **facts, **failed}, ensure_ascii=True)


def begin(output: TextIO | None = None) -> None:
    """Send what is said to *output*, or to the standard error, whence systemd takes it."""
    handler = logging.StreamHandler(output or sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    _LOGGER.setLevel(logging.INFO)


def log(level: int, event: str, **facts: Any) -> None:
    """Say that *event* happened; *facts* are codes, identifiers and numbers."""
    _LOGGER.log(level, event, extra={"facts": facts})
