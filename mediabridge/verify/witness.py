"""Step 8: the two cosignatures in a bundle (transfer-log.md, sections 6 and 7).

The sender is the witness of our log: it cosigns the newest checkpoint of ours that it has taken
into its copy. Here its form and its signature are checked; whether it is our log that it has
seen, :mod:`mediabridge.translog.verdicts` judges. The time in a cosignature is the sender's
clock's and decides nothing.

This station is the witness of the sender's log as well. The section of it starts at a size that
this station has acknowledged, and the sender shows our own cosignature for that.
"""

from __future__ import annotations

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.errors import CosignatureError, LogNoteError, LogSectionError
from mediabridge.locale import text
from mediabridge.translog import checkpoint, cosignature
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.cosignature import Cosigned, WitnessKey
from mediabridge.translog.note import Vkey


def open_seen(carried: CarriedLog, witness: WitnessKey, origin: str) -> Cosigned | None:
    """Return the checkpoint of the log *origin*, ours, that *witness* has seen; None before one.

    Raises:
        CosignatureError: missing, malformed, by another key, of another log or size.
    """
    cosigned = None
    if carried.peer_checkpoint is not None:
        cosigned = _opened(carried.peer_checkpoint, witness, origin)
    size = cosigned.checkpoint.size if cosigned else 0
    if size != carried.peer_size:
        detail = text("entries: {got}, should be {wanted}", got=size, wanted=carried.peer_size)
        raise CosignatureError(detail=detail)
    return cosigned


def open_acknowledged(carried: CarriedLog, own: WitnessKey, sender: Vkey) -> Checkpoint | None:
    """Return the checkpoint of the sender's log that *own*, our witness key, has acknowledged.

    None where none is carried. *sender* is the key of the sender's log, which signed it first.

    Raises:
        LogSectionError: malformed, or not by both keys.
    """
    if carried.acknowledged is None:
        return None
    data = carried.acknowledged.encode("utf-8")
    try:
        cosignature.open_cosigned(data, own)
        return checkpoint.open_checkpoint(data, sender)
    except LogNoteError as error:
        problem = error.facts["detail"]
        detail = text("the proof of what was acknowledged: {problem}", problem=problem)
        raise LogSectionError(detail=detail) from error


def _opened(carried: str, witness: WitnessKey, origin: str) -> Cosigned:
    try:
        cosigned = cosignature.open_cosigned(carried.encode("utf-8"), witness)
    except LogNoteError as error:
        raise CosignatureError(**error.facts) from error
    got = cosigned.checkpoint.origin
    if got != origin:
        raise CosignatureError(
            detail=text("a log of {got}, should be {wanted}", got=got, wanted=origin)
        )
    return cosigned
