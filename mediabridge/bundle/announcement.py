"""A receiver's announcement: the key that its sender shall seal to (format 1, section 12).

A key that is used for years opens, once it is stolen, everything that was ever sealed to it. So
each bundle carries, beside the receipts, the newest recipient key of the station that sends it,
and what comes back is sealed to that one. The statement is signed by itself, in a purpose of its
own, by the key that signs the bundle.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

from cryptography.hazmat.primitives.hpke import MLKEM1024P384PublicKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from mediabridge import canonical
from mediabridge.bundle import wraps
from mediabridge.bundle.header import Digest, Format, Identifier
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.config import LIMITS
from mediabridge.locale import text
from mediabridge.spelling import from_base64

_STRICT: Final = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)


def _recipient_key(spelt: str) -> str:
    wraps.load_public_key(from_base64(spelt))
    return spelt


def _ascending(digests: tuple[str, ...]) -> tuple[str, ...]:
    if list(digests) != sorted(set(digests)):
        msg = text("not in ascending order, each once")
        raise ValueError(msg)
    return digests


def key_digest(key: str) -> str:
    """Return the SHA-256, in hexadecimal, of the 1,665 bytes of a recipient *key* in base64."""
    return hashlib.sha256(from_base64(key)).hexdigest()


RecipientKey = Annotated[str, Field(max_length=2220), AfterValidator(_recipient_key)]
"""The public half of a recipient key in base64."""


class Answered(BaseModel):
    """The newest bundle that the announcing station had taken and opened; number 0 for none."""

    model_config = _STRICT

    seq: Annotated[int, Field(ge=0, le=2**31)]
    sums_sha256: Digest


NOTHING_YET: Final = Answered(seq=0, sums_sha256=FIRST_PREV)


class Announcement(BaseModel):
    """Which key a sender shall seal to; attribute names are the format's field names."""

    model_config = _STRICT

    format: Format
    mode: Literal["live", "training"]
    station: Identifier
    """Whose key it is."""
    sender: Identifier
    """Who seals to it, and nobody else."""
    number: Annotated[int, Field(ge=1, le=2**31)]
    """Of the bundle that carried it first; a higher number is a newer key."""
    key: RecipientKey
    replaces: Annotated[
        tuple[Digest, ...],
        Field(min_length=1, max_length=LIMITS.wraps, strict=False),
        AfterValidator(_ascending),
    ]
    """The keys of the trust data in whose place it stands, by :func:`key_digest`."""
    answers: Answered

    @property
    def digest(self) -> str:
        """The SHA-256 of the key: how logs and books name it."""
        return key_digest(self.key)

    @property
    def public_key(self) -> MLKEM1024P384PublicKey:
        """The key as the HPKE suite of the profile takes it."""
        return wraps.load_public_key(from_base64(self.key))

    def to_bytes(self) -> bytes:
        """Return the canonical bytes that the signature is about."""
        return canonical.dump(self.model_dump(mode="json"))


class SignedAnnouncement(BaseModel):
    """An announcement, and the SSHSIG of its station on its canonical bytes."""

    model_config = _STRICT

    announcement: Announcement
    signature: Annotated[str, StringConstraints(max_length=4096)]
