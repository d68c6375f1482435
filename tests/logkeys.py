"""Keys of a log, held in memory as no station holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mediabridge.translog.merkle import Frontier


@dataclass(frozen=True)
class Ed25519Signer:
    """The :class:`mediabridge.translog.note.Signer` of a private key held in memory."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the public key."""
        return self.private_key.public_key().public_bytes_raw()

    def sign(self, message: bytes, /) -> bytes:
        """Return the 64-byte Ed25519 signature of *message*."""
        return self.private_key.sign(message)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, given in order."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
