"""What a bundle shows its receiver of this station's other witnesses."""

from __future__ import annotations

from typing import Any

from mediabridge.config import LIMITS
from mediabridge.errors import LogNoteError
from mediabridge.stations.station import OpenStation
from mediabridge.stations.witnessed import others_of
from mediabridge.translog import cosignature
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.database import Seen


def shown(station: OpenStation, peer: str) -> dict[str, Any]:
    """Say what each station but *peer* has cosigned of our log, its newest; the largest first.

    If one of them was told another log than *peer* is, *peer* finds that out. Nothing is said
    where there is nothing.
    """
    found = [
        _newest(station, witness)
        for witness in others_of(station.trust.witnesses, station.id, peer)
    ]
    largest = sorted(filter(None, found), key=lambda seen: -seen.size)
    notes = [seen.note.decode("utf-8") for seen in largest[: LIMITS.carried_elsewhere]]
    return {"elsewhere": notes} if notes else {}


def _newest(station: OpenStation, witness: WitnessKey) -> Seen | None:
    seen = station.log.newest_cosigned(witness.name)
    if seen is None:
        return None
    try:
        # With another key than it has now nobody can tell its word from anybody's.
        cosignature.open_cosigned(seen.note, witness)
    except LogNoteError:
        return None
    return seen
