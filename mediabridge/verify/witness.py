"""Step 8: the cosignatures in a bundle (transfer-log.md, sections 6 and 7).

The sender is the witness of our log: it cosigns the newest checkpoint of ours that it has taken
into its copy. Here its form and its signature are checked; whether it is our log that it has
seen, :mod:`mediabridge.translog.verdicts` judges. The time in a cosignature is the sender's
clock's and decides nothing.

This station is the witness of the sender's log as well. The section of it starts at a size that
this station has acknowledged, and the sender shows our own cosignature for that. A sender with
several peers shows besides what the others have cosigned of its log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.errors import CosignatureError, LogNoteError, LogSectionError
from mediabridge.locale import text
from mediabridge.translog import checkpoint, cosignature, note
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.cosignature import Cosigned, WitnessKey
from mediabridge.translog.note import VerifierKey, Vkey
from mediabridge.translog.section import Elsewhere


def check_fresh(carried: CarriedLog, others: Iterable[VerifierKey]) -> None:
    """Accept the checkpoint of the sender's log only without a line of *others*, known keys.

    Nobody can have seen what is fresh from its log, and such a line would be kept unverified.

    Raises:
        LogSectionError: there is one, or it is no note.
    """
    try:
        lines = note.parse(carried.checkpoint.encode("utf-8")).lines
    except LogNoteError as error:
        raise LogSectionError(**error.facts) from error
    for key in others:
        if any(line.is_by(key) for line in lines):
            detail = text("the checkpoint has a line of {name} already", name=key.name)
            raise LogSectionError(detail=detail)


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
        return checkpoint.open_checkpoint(cosignature.open_cosigned(data, own).note, sender)
    except LogNoteError as error:
        problem = error.facts["detail"]
        detail = text("the proof of what was acknowledged: {problem}", problem=problem)
        raise LogSectionError(detail=detail) from error


def open_elsewhere(
    carried: CarriedLog, sender: Vkey, witnesses: Sequence[WitnessKey]
) -> tuple[Elsewhere, ...]:
    """Return what *witnesses*, the keys of other stations, have cosigned of the sender's log.

    What was cosigned by none of these keys is passed over: the sender may go by other trust data.

    Raises:
        LogSectionError: malformed, not by the key *sender* of its log, by several witnesses, or
            one witness stands there twice.
    """
    found: dict[str, Elsewhere] = {}
    for each in carried.elsewhere or ():
        try:
            told = _opened_elsewhere(each.encode("utf-8"), sender, witnesses)
        except LogNoteError as error:
            raise _not_elsewhere(error.facts["detail"]) from error
        if told is not None and told.witness in found:
            raise _not_elsewhere(text("{name} stands there twice", name=told.witness))
        if told is not None:
            found[told.witness] = told
    return tuple(found.values())


def _opened_elsewhere(
    data: bytes, sender: Vkey, witnesses: Sequence[WitnessKey]
) -> Elsewhere | None:
    checkpoint.open_checkpoint(data, sender)
    lines = note.parse(data).lines
    known = [key for key in witnesses if any(line.is_by(key) for line in lines)]
    if len(known) > 1:
        raise LogNoteError(detail=text("witnesses: {count}, should be 1", count=len(known)))
    if not known:
        return None
    cosigned = cosignature.open_cosigned(data, known[0])
    checkpoint.open_checkpoint(cosigned.note, sender)
    return Elsewhere(known[0].name, cosigned)


def _not_elsewhere(problem: object) -> LogSectionError:
    return LogSectionError(
        detail=text("what another station has cosigned: {problem}", problem=problem)
    )


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
