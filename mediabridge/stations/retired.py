"""What a station's log says of witness keys that went (:mod:`~mediabridge.stations.retiring`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from mediabridge.translog import checkpoint, note
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.database import StoredLog
from mediabridge.translog.events import Event, Fact
from mediabridge.translog.finding import Followed
from mediabridge.translog.store import TransferLog
from mediabridge.translog.vocabulary import ID
from mediabridge.trust.trust_data import Station, TrustData


def facts_of(
    log: TransferLog, before: TrustData, found: TrustData, approvers: tuple[str, ...]
) -> Iterator[dict[str, Fact]]:
    """Yield the facts of the entry for each witness key that *found* has in another's place.

    *log* is the station's own; *approvers* are the holders who signed *found*.
    """
    # A key that names no holder is told by its id, which may be of another shape.
    named = [each for each in approvers if ID(each)]
    for each in found.stations:
        was = before.station(each.id)
        if was is not None and was.witness_key != each.witness_key:
            yield {
                "witness": each.id,
                "retired_sha256": digest(was.witness_key),
                "witness_sha256": digest(each.witness_key),
                "trust_version": found.version,
                "signers": named,
                **_seen_by(log, was),
            }


def _seen_by(log: TransferLog, witness: Station) -> dict[str, Fact]:
    """Return how far *witness* had seen *log*; nothing where it had not, or where it is its own."""
    seen = log.newest_cosigned(WitnessKey.parse(witness.witness_key).name)
    if seen is None:
        return {}
    root = checkpoint.parse(note.parse(seen.note).text).root
    return {"log_size": seen.size, "log_root": root.hex()}


def is_due(log: StoredLog) -> bool:
    """Tell whether the station of *log*, its own, came from a backup and has its old key still.

    Raises:
        LogCorruptError: an entry is not of the vocabulary.
    """
    followed = Followed(log)
    restored = max((each.index for each in followed.of(Event.STATION_RESTORED)), default=-1)
    retired = (
        each.index
        for each in followed.of(Event.WITNESS_KEY_RETIRED)
        if each.entry.facts.get("witness") == log.station
    )
    return restored > max(retired, default=-1)


def digest(vkey: str) -> str:
    """Return what tells one witness key from every other: the SHA-256 of its text."""
    return hashlib.sha256(vkey.encode()).hexdigest()
