"""The C2SP cosignature: a witness says that it saw a checkpoint, and when.

Specification: https://c2sp.org/tlog-cosignature, the Ed25519 type (0x04, ``cosignature/v1``).
By it a witness says that at this time the checkpoint was the largest that it knew of this log,
and consistent with every earlier one. The time is its own clock's: a hint, no evidence. A
witness key signs nothing but such messages, whose first line no other message of ours has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from mediabridge import errors, locale
from mediabridge.translog import checkpoint, note

_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 64
_LAST_SECOND: Final = 253_402_300_799
"""The end of the year 9999, the last that can be written; the specification goes on to 2^63."""


class WitnessKey(note.VerifierKey):
    """The key of a witness: its signature is a time, 8 bytes, and one of 64 bytes over both."""

    TYPE = b"\x04"

    def verify(self, signature: bytes, text: str) -> None:
        """Check the *signature*, 72 bytes, of the note's *text* and of its own time.

        Raises:
            LogNoteError: it was not made by this key over this text and time, or tells no time.
        """
        time = _time_of(signature)
        self._check(signature[_TIME_BYTES:], _message(time, text))


@dataclass(frozen=True)
class Cosigned:
    """A checkpoint that a witness has seen; ``time`` is what the witness' clock said."""

    checkpoint: checkpoint.Checkpoint
    time: datetime
    note: bytes
    """The checkpoint as its log signed it, and the line of the witness: no line of anybody else."""


def witness_of(city: str, station: str) -> str:
    """Return the name that *station*, in the domain *city*, cosigns under."""
    return f"{city}/witness/{station}"


def station_of(name: str) -> str:
    """Return the station that cosigns under *name*.

    Raises:
        ValueError: *name* is not of the form that :func:`witness_of` writes.
    """
    city, _, station = name.rpartition("/witness/")
    if not city or not station:
        msg = "a witness is named <city domain>/witness/<station>"
        raise ValueError(msg)
    return station


def sign_text(text: str, signer: note.Signer, time: datetime) -> bytes:
    """Return the note of *text* with nothing but the line of a witness, at *time*.

    Raises:
        ValueError: *text* is none of a note, or *time* lies before 1970.
    """
    return note.assemble(text, _line(text, signer, time))


def cosign(data: bytes, signer: note.Signer, time: datetime) -> bytes:
    """Return the signed checkpoint *data* with one more line, by the witness, at *time*.

    Whether it may be signed is the caller's to know: the checkpoint is in the mirror, durable,
    and continues everything that was cosigned before.

    Raises:
        LogNoteError: *data* is no signed checkpoint.
        ValueError: *time* lies before 1970.
    """
    text = note.parse(data).text
    checkpoint.parse(text)
    return data + _line(text, signer, time).encode()


def open_cosigned(data: bytes, witness: WitnessKey) -> Cosigned:
    """Return the checkpoint in *data*, which *witness* must have signed, once.

    Nothing is said about the signature of the log itself, which is the first line: the caller
    knows that from elsewhere, or verifies the note that is returned with
    :func:`mediabridge.translog.checkpoint.open_checkpoint`. Lines behind it that are not the
    witness' are dropped: kept, and shown to others, they would be what nobody here verified.

    Raises:
        LogNoteError: malformed, not or not well signed by this witness, or no checkpoint.
    """
    text, lines = note.parse(data)
    own = [line for line in lines if line.is_by(witness)]
    if len(own) != 1:
        detail = locale.text(
            "signatures of {name}: {count}, should be 1", name=witness.name, count=len(own)
        )
        raise errors.LogNoteError(detail=detail)
    witness.verify(own[0].signature, text)
    time = datetime.fromtimestamp(_time_of(own[0].signature), UTC)
    return Cosigned(checkpoint.parse(text), time, note.assemble(text, *{lines[0]: 0, own[0]: 0}))


def _line(text: str, signer: note.Signer, time: datetime) -> note.Line:
    key, seconds = WitnessKey.of(signer), int(time.timestamp())
    if not 0 < seconds <= _LAST_SECOND:
        msg = "a cosignature needs a time after 1970"
        raise ValueError(msg)
    signature = seconds.to_bytes(_TIME_BYTES, "big") + signer.sign(_message(seconds, text))
    # A token that signs with another key than it shows is found here, not at the peer.
    key.verify(signature, text)
    return note.Line(key.name, key.key_id, signature)


def _message(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _time_of(signature: bytes) -> int:
    if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES:
        detail = locale.text(
            "length of a cosignature in bytes: {got}, should be {wanted}",
            got=len(signature),
            wanted=_TIME_BYTES + _SIGNATURE_BYTES,
        )
        raise errors.LogNoteError(detail=detail)
    seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
    if not 0 < seconds <= _LAST_SECOND:
        raise errors.LogNoteError(detail=locale.text("the time of a cosignature is none"))
    return seconds
