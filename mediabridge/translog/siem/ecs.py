"""An entry as one document of the Elastic Common Schema (ECS)."""

from __future__ import annotations

from typing import Any, Final

from mediabridge.translog.events import Entry
from mediabridge.translog.lives import people_of
from mediabridge.translog.siem.meaning import MEANS
from mediabridge.translog.vocabulary import Fact

VERSION: Final = "9.4.0"
"""The version of the schema that the documents are of, and are tested against."""


def document(entry: Entry, index: int, log: str) -> dict[str, Any]:
    """Return entry number *index* of the log that is called *log* in a pack.

    Every fact stands in ``labels`` under its own name, as the text that ECS wants there; what ECS
    has a field for stands in that field as well.
    """
    facts = entry.facts
    found: dict[str, Any] = {
        "@timestamp": entry.time,
        "ecs": {"version": VERSION},
        "event": _event(entry, index, log),
        "host": {"name": entry.station},
        "labels": {**{name: _label(fact) for name, fact in facts.items()}, "log": log},
        "related": {"user": sorted(set(people_of(entry)))},
        "user": {"id": entry.actor},
    }
    if "file_sha256" in facts:
        found["file"] = {"hash": {"sha256": facts["file_sha256"]}}
    if "file_bytes" in facts:
        found.setdefault("file", {})["size"] = facts["file_bytes"]
    return found


def _event(entry: Entry, index: int, log: str) -> dict[str, Any]:
    means = MEANS[entry.event]
    event: dict[str, Any] = {
        "action": entry.event.value,
        "category": [means.category],
        "dataset": "mediabridge.transfer_log",
        "id": f"{log}#{index}",
        "kind": "event",
        "module": "mediabridge",
        "outcome": means.outcome.value,
        "sequence": index,
        "type": [means.type],
    }
    return event | ({"reason": entry.facts["reason"]} if "reason" in entry.facts else {})


def _label(fact: Fact) -> str:
    return str(fact) if isinstance(fact, str | int) else ",".join(fact)
