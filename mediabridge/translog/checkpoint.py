"""The C2SP checkpoint: a log's promise about its first *size* entries.

Specification: https://c2sp.org/tlog-checkpoint. Three lines — origin, size,
root — inside a signed note. Extension lines are refused, since nobody can audit
them; the specification does not recommend them either. The name of a log's key
is the log's origin, and a checkpoint signed under any other name is refused.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from mediabridge import errors, locale
from mediabridge.spelling import to_base64
from mediabridge.translog import merkle, note

MAX_SIZE: Final = 2**53 - 1
"""Largest tree size; every JSON reader and every database holds it exactly."""

_TEXT: Final = re.compile(r"([^\s+]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")


@dataclass(frozen=True)
class Checkpoint:
    """What is signed: the log called *origin* has *size* entries under *root* (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text of the note: three lines, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def origin_of(city: str, station: str) -> str:
    """Return the origin, and so the key name, of the log of *station* in the domain *city*."""
    return f"{city}/log/{station}"


def station_of(origin: str) -> str:
    """Return the station whose log is called *origin*.

    Raises:
        ValueError: *origin* is not of the form that :func:`origin_of` writes.
    """
    city, _, station = origin.rpartition("/log/")
    if not city or not station:
        msg = "an origin has the form <city domain>/log/<station>"
        raise ValueError(msg)
    return station


def parse(text: str) -> Checkpoint:
    """Read exactly what :meth:`Checkpoint.text` writes.

    Raises:
        LogNoteError: any other text, even an equivalent one.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        detail = locale.text("a checkpoint is not origin, size and root")
        raise errors.LogNoteError(detail=detail)
    checkpoint = Checkpoint(match[1], int(match[2]), base64.b64decode(match[3]))
    if checkpoint.size > MAX_SIZE or checkpoint.text() != text:
        detail = locale.text("the size or root of a checkpoint has another spelling")
        raise errors.LogNoteError(detail=detail)
    if checkpoint.size == 0 and checkpoint.root != merkle.EMPTY_ROOT:
        detail = locale.text("the root of a checkpoint of size 0 is not the empty one")
        raise errors.LogNoteError(detail=detail)
    return checkpoint


def sign(checkpoint: Checkpoint, signer: note.Signer) -> bytes:
    """Return the signed note of *checkpoint*.

    Raises:
        ValueError: the signer's name is not the origin.
    """
    if signer.name != checkpoint.origin:
        msg = f"the log key is named {signer.name}, should be {checkpoint.origin}"
        raise ValueError(msg)
    return note.sign(checkpoint.text(), signer)


def open_checkpoint(data: bytes, vkey: note.Vkey) -> Checkpoint:
    """Return the checkpoint in the signed note *data*, which the log's key *vkey* must have signed.

    Raises:
        LogNoteError: not signed by this key, malformed, or of another origin than the key.
    """
    checkpoint = parse(note.open_note(data, [vkey]).text)
    if checkpoint.origin != vkey.name:
        detail = locale.text(
            "a checkpoint of {got}, should be of {wanted}", got=checkpoint.origin, wanted=vkey.name
        )
        raise errors.LogNoteError(detail=detail)
    return checkpoint
