"""Step 8: what the sender says that it has seen of our own log (transfer-log.md, section 7).

The sender is the witness of our log: it cosigns the newest checkpoint of ours that it has taken
into its copy. Here its form and its signature are checked; whether it is our log that it has
seen, :mod:`mediabridge.translog.verdicts` judges. The time in a cosignature is the sender's
clock's and decides nothing.
"""

from __future__ import annotations

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.errors import CosignatureError, LogNoteError
from mediabridge.locale import text
from mediabridge.translog import cosignature
from mediabridge.translog.cosignature import Cosigned, WitnessKey


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
