"""A station's recipient keys: a key file that holds several, one for each bundle still to come.

A station opens what was sealed to its newest key, and for a while what was sealed to the one
before. All of them lie in one file under one passphrase, so that adding and erasing is one write
that happens or does not. Which of them is whose, and when one may go, is the business of
:mod:`mediabridge.stations.rotation`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey

from mediabridge import errors, locale
from mediabridge.bundle.announcement import key_digest
from mediabridge.trust import signers
from mediabridge.trust.keydocument import RECIPIENT_KEYS, RECIPIENT_SECRET_BYTES
from mediabridge.trust.keyfile import Kept, StoredKey


@dataclass(frozen=True)
class RecipientKey:
    """One private key for opening, outside its file; ``repr`` leaves the secret out."""

    public: str
    secret: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """The SHA-256 of the public half: how announcements, logs and books name it."""
        return key_digest(self.public)

    @property
    def private(self) -> MLKEM1024P384PrivateKey:
        """The key as the HPKE suite of the profile takes it."""
        return signers.private_recipient_key(self.secret)


class Ring:
    """The recipient keys of an opened key file, the oldest first."""

    def __init__(self, kept: Kept) -> None:
        """Take the keys out of *kept*.

        Raises:
            KeyFileError: another kind of key, or halves that do not belong together.
        """
        self._kept = kept
        self.keys = tuple(_split(kept.key))

    def add(self) -> RecipientKey:
        """Make a key; it is on the disk when this returns.

        Raises:
            KeyFileError: the file cannot be written, or holds as many as it may.
        """
        made = signers.new_recipient_key(self._kept.key.id)
        if len(self.keys) >= RECIPIENT_KEYS:
            detail = locale.text("number of keys in it already: {count}", count=len(self.keys))
            raise errors.KeyFileError(name=made.id, detail=detail)
        self._write((*self.keys, RecipientKey(made.public, made.secret)))
        return self.keys[-1]

    def erase(self, digests: Collection[str]) -> None:
        """Write the file without the keys of these *digests*; the last key of all stays.

        Raises:
            KeyFileError: the file cannot be written.
        """
        left = tuple(key for key in self.keys if key.digest not in digests) or self.keys[-1:]
        if left != self.keys:
            self._write(left)

    def _write(self, keys: tuple[RecipientKey, ...]) -> None:
        whole = b"".join(key.secret for key in keys)
        stored = StoredKey(self._kept.key.kind, self._kept.key.id, keys[-1].public, whole)
        self._kept = self._kept.rewrite(stored)
        self.keys = keys


def _split(key: StoredKey) -> Iterator[RecipientKey]:
    """Yield the keys in *key*, of which the last has the public half that the file names."""
    size = RECIPIENT_SECRET_BYTES
    secrets = [key.secret[start : start + size] for start in range(0, len(key.secret), size)]
    # The last is held against what the file says of itself; the check names the wrong kind, too.
    signers.recipient_key(StoredKey(key.kind, key.id, key.public, secrets[-1]))
    for secret in secrets:
        try:
            yield RecipientKey(signers.recipient_of(key.id, secret).public, secret)
        except ValueError as error:
            raise errors.KeyFileError(name=key.id, detail=str(error)) from None
