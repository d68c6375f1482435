"""What is over: settled for longer than its kind is kept.

What is not what the books say it is stays: that is evidence.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from mediabridge.clock import to_rfc3339
from mediabridge.stations.retention.settled import Over, Settled
from mediabridge.stations.settings import Retention
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Fact


@dataclass
class Found:
    """What is over, by kind, the oldest first; and what would be, were it what it should be."""

    over: list[Over] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Files that are not what was sealed or issued: what they belong to stays, as evidence."""


def look(station: OpenStation, rules: Retention) -> Found:
    """Return what *rules* let go at this moment; nothing is changed."""
    settled, found, now = Settled(station), Found(), station.clock.now()
    for kind, days in (
        (settled.sealed(), rules.sealed),
        (settled.delivered(), rules.delivered),
        (settled.receipts(), rules.receipts),
        (settled.refused(), rules.refused),
        (settled.software(), rules.software),
    ):
        until = to_rfc3339(now - timedelta(days=days))
        for each in sorted(kind, key=_age):
            if not each.announced and each.settled > until:
                continue
            if each.proof is not None and not _holds(*each.proof):
                found.changed.append(str(each.proof[0].relative_to(station.home.root)))
                continue
            found.over.append(_ruled(each, days))
    return found


def _age(over: Over) -> tuple[str, object, str]:
    # Several are settled within one second, by one stick: their numbers tell which was first.
    return over.settled, over.facts.get("seq", 0), over.name


def _ruled(over: Over, days: int) -> Over:
    """Return *over* with what its entry says of the rule."""
    said: dict[str, Fact] = {"reason": over.why.value, "days": days, "files": len(over.paths)}
    return replace(over, facts={**over.facts, **said})


def _holds(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except OSError:
        return False
