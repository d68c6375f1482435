"""All transfer logs of a station as JSON lines for a SIEM: one entry a line, nothing judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final

from mediabridge.errors import LogCorruptError
from mediabridge.locale import text
from mediabridge.stations import tracing
from mediabridge.stations.auditing import folder_of
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Entry
from mediabridge.translog.siem import ecs, ocsf

FORMS: Final[Mapping[str, Callable[[Entry, int, str], dict[str, Any]]]] = {
    "ecs": ecs.document,
    "ocsf": ocsf.event,
}
"""What makes an entry, its number and its log's name in a pack the object of a line."""


def export(station: OpenStation, outputs: Mapping[str, BinaryIO]) -> int:
    """Write every entry to each of *outputs*, by its name in :data:`FORMS`; return how many.

    One pass, entry by entry: the station's own log, then each peer's mirror and the branches that
    it has left, of which only what they do not share with the log in force. The lines are the
    same, byte by byte, until a log has another entry.

    Raises:
        LogCorruptError: an entry is missing, or not of the vocabulary.
        OSError: an output cannot be written.
    """
    count = 0
    for each in tracing.logs(station):
        folder = folder_of(each.log.station, each.left)
        for index, data in enumerate(each.log.entries(each.first), each.first):
            entry = _read(data, index, each.log.station)
            for name, output in outputs.items():
                output.write(_line(FORMS[name](entry, index, folder)))
            count += 1
    return count


def _read(data: bytes, index: int, station: str) -> Entry:
    try:
        return events.parse(data, station)
    except ValueError as error:
        detail = text("entry {index}: {problem}", index=index, problem=error)
        raise LogCorruptError(detail=detail) from None


def _line(found: dict[str, Any]) -> bytes:
    return json.dumps(found, separators=(",", ":"), sort_keys=True).encode("ascii") + b"\n"
