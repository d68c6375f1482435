"""A reference to a card number that an auditor can test and nobody can guess.

A card number has little entropy: a plain digest of one is found by trying them all, and one
and the same keyed digest would show, without its key, how often one person was asked for. So
each reference is HMAC-SHA-256 over a nonce of its own and the number, under a key that never
leaves the station but in its backup, which only the escrow key opens. Whoever has the key can
ask whether a number *that they have already* was meant; they sit beside the register anyway.

The key is not encrypted: a question at the counter asks for no passphrase.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from typing import Final, Self

from mediabridge.durable import write_durably
from mediabridge.errors import StationDamagedError
from mediabridge.locale import text
from mediabridge.plainfile import read_plain
from mediabridge.stations.home import Home

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 16


@dataclass(frozen=True)
class Reference:
    """What the log says of a card number."""

    nonce: str
    """32 hexadecimal digits, drawn for this reference."""
    digest: str
    """64 hexadecimal digits."""


class References:
    """Makes and tests references under one key."""

    def __init__(self, key: bytes) -> None:
        """Take the key, 32 bytes."""
        self._key = key

    @classmethod
    def of(cls, home: Home) -> Self:
        """Return those of a station; its key is made when it is first needed, durably.

        Raises:
            StationDamagedError: the file of the key is not one.
            OSError: it cannot be read or written.
        """
        path = home.references_key
        try:
            key = read_plain(path, _KEY_BYTES)
        except FileNotFoundError:
            key = os.urandom(_KEY_BYTES)
            write_durably(path, key, mode=0o600)
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            detail = text("expected {size} bytes", size=_KEY_BYTES)
            raise StationDamagedError(name=f"{path.parent.name}/{path.name}", detail=detail)
        return cls(key)

    def to(self, card: str) -> Reference:
        """Return a new reference to the card number *card*."""
        nonce = os.urandom(_NONCE_BYTES)
        return Reference(nonce.hex(), self._digest(nonce, card))

    def means(self, reference: Reference, card: str) -> bool:
        """Tell whether *reference* was made to *card*."""
        expected = self._digest(bytes.fromhex(reference.nonce), card)
        return hmac.compare_digest(expected, reference.digest)

    def _digest(self, nonce: bytes, card: str) -> str:
        return hmac.digest(self._key, nonce + card.encode("ascii"), "sha256").hex()
