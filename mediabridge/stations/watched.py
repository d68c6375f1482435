"""What ``watch`` did last, for whoever asks for the status, and for itself after a new start.

It is a hint, not evidence: where the file is gone or damaged, the books and the log say what
happened, and nothing is done twice.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from mediabridge.clock import from_rfc3339
from mediabridge.durable import write_durably
from mediabridge.stations.home import Home


@dataclass(frozen=True)
class Watched:
    """The last thing that was done, and up to when the day's sealing is done."""

    time: str = ""
    """When; empty for never."""
    event: str = ""
    """What, as ``watch --json`` calls it."""
    reason: str = ""
    """Why it was refused; empty if it was not."""
    sealed_for: str = ""
    """The newest moment of the schedule that was attended to."""
    synced_for: str = ""
    """The same, of the schedule of the line."""

    def as_dict(self) -> dict[str, Any]:
        """Return it for ``--json``."""
        return asdict(self)


def read(home: Home) -> Watched:
    """Return what was noted last; nothing where that cannot be read."""
    try:
        found = json.loads(home.watched.read_bytes())
        seen = Watched(**found)
        for moment in (seen.time, seen.sealed_for, seen.synced_for):
            if moment:
                from_rfc3339(moment)
    except (OSError, ValueError, TypeError):
        return Watched()
    return seen


def note(home: Home, **changes: str) -> None:
    """Change what is noted; what is not named stays.

    Raises:
        OSError: it cannot be written.
    """
    now = replace(read(home), **changes)
    write_durably(home.watched, json.dumps(now.as_dict()).encode("ascii"), mode=0o600)
