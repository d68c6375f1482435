"""Private keys at rest: one encrypted file per key.

What such a file says is in :mod:`mediabridge.trust.keydocument`. Here it is written and read,
and encrypted and opened: with a passphrase, by way of Argon2id (RFC 9106), or with a random key
that a token wraps (RFC 3394); in both cases AES-256-GCM, bound to all that stands beside it.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from pydantic import ValidationError

from mediabridge import durable, errors, locale
from mediabridge.config import KIB
from mediabridge.plainfile import read_plain
from mediabridge.spelling import to_base64
from mediabridge.trust import keydocument, tries
from mediabridge.trust.keydocument import NONCE_BYTES, SALT_BYTES, Document, Kdf, Kind, Wrapped
from mediabridge.trust.tries import Pause
from mediabridge.validation import field_problems

KEY_FILE_BYTES: Final = 64 * KIB
"""Largest key file read; an HPKE key takes about 3 KiB."""

_AES_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class Cost:
    """How dear a guess at the passphrase is: the Argon2id parameters of RFC 9106."""

    memory_kib: int
    iterations: int
    lanes: int


STANDARD_COST: Final = Cost(memory_kib=64 * KIB, iterations=3, lanes=4)
"""The second recommended option of RFC 9106, section 4: 64 MiB, three passes, four lanes."""

TRAINING_COST: Final = Cost(memory_kib=1 * KIB, iterations=1, lanes=1)
"""1 MiB and one pass: for the demonstration, the bench and tests, whose keys protect nothing."""

LIVE_COST: Cost = STANDARD_COST
"""The least that a guess costs at a key of a live city: nobody may ask for one that is cheaper."""


@dataclass(frozen=True)
class PublicHalf:
    """What a key file says of itself without a passphrase; only opening it proves it."""

    kind: Kind
    id: str
    public: str
    opened_by: Literal["passphrase", "token"]
    keys: int
    """How many private keys the file holds; more than one only of a station's recipient keys."""
    cost: Cost | None
    """What a guess at its passphrase costs; None where a token opens it."""


class Wrap(Protocol):
    """A key that wraps another one; in a token, which it cannot leave."""

    def wrap(self, key: bytes) -> bytes:
        """Return *key*, 32 bytes, wrapped in 40 (RFC 3394)."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the key in *wrapped*; raises what the token says when it is not of this wrap."""


@dataclass(frozen=True)
class StoredKey:
    """A private key outside its file; ``repr`` and ``str`` leave the secret out."""

    kind: Kind
    id: str
    public: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Kept:
    """An opened key file that can be written anew without asking for its passphrase again."""

    key: StoredKey
    _path: Path
    _kdf: Kdf | Wrapped
    _sealing: bytes = field(repr=False)

    def rewrite(self, key: StoredKey) -> Kept:
        """Put *key* in the place of what the file holds, durably, and return it as it is now.

        Raises:
            KeyFileError: it cannot be written; the file is as it was.
        """
        # The key of the encryption stays: a random nonce of 96 bits is drawn for each writing.
        _write(self._path, key, self._kdf, self._sealing, replace=True)
        return Kept(key, self._path, self._kdf, self._sealing)


def save(
    path: Path,
    key: StoredKey,
    passphrase: bytes,
    *,
    cost: Cost = STANDARD_COST,
    replace: bool = False,
) -> None:
    """Encrypt *key* under *passphrase* and write it to *path*, durably, mode 0600.

    Args:
        path: The key file; its folder exists.
        key: The key.
        passphrase: Not empty; its text encoding is the business of
            :mod:`mediabridge.trust.passphrase`.
        cost: The Argon2id parameters.
        replace: Whether a key file that is already there may be replaced, as for a
            new passphrase. A new key never takes the place of another one by mistake.

    Raises:
        KeyFileError: the file exists, or cannot be written.
    """
    kdf = Kdf(
        name="argon2id",
        memory_kib=cost.memory_kib,
        iterations=cost.iterations,
        lanes=cost.lanes,
        salt=to_base64(os.urandom(SALT_BYTES)),
    )
    _write(path, key, kdf, _derive(kdf, passphrase), replace=replace)


def save_wrapped(path: Path, key: StoredKey, wrap: Wrap, *, replace: bool = False) -> None:
    """Encrypt *key* under a new random key that *wrap* wraps, and write it as :func:`save` does.

    Raises:
        KeyFileError: the file exists, or cannot be written.
        TokenError: the token that wraps does not do it.
    """
    sealing = os.urandom(_AES_KEY_BYTES)
    kdf = Wrapped(name="token-aes256-kw", wrapped=to_base64(wrap.wrap(sealing)))
    _write(path, key, kdf, sealing, replace=replace)


def _write(
    path: Path, key: StoredKey, kdf: Kdf | Wrapped, sealing: bytes, *, replace: bool
) -> None:
    if not replace:
        require_free(path)
    nonce = os.urandom(NONCE_BYTES)
    document = Document(
        format=1,
        kind=key.kind,
        id=key.id,
        public=key.public,
        kdf=kdf,
        nonce=to_base64(nonce),
        ciphertext="",
        checksum="",
    )
    sealed = AESGCM(sealing).encrypt(nonce, key.secret, document.associated_data())
    try:
        durable.write_durably(path, document.completed(sealed).to_bytes(), mode=0o600)
    except OSError as error:
        raise errors.KeyFileError(name=path.name, detail=error.strerror) from None


def require_free(path: Path) -> None:
    """See that a new key can go to *path*, before a person thinks up a passphrase for it.

    Raises:
        KeyFileError: something is there.
    """
    if path.exists() or path.is_symlink():
        raise errors.KeyFileError(name=path.name, detail=locale.text("it exists already"))


def load(path: Path, passphrase: bytes, *, pause: Pause = time.sleep) -> StoredKey:
    """Read and decrypt the key file *path*; *pause* waits as earlier wrong passphrases demand.

    Raises:
        KeyFileError: missing, not a plain file, not in the one allowed spelling, damaged,
            asking for more memory or time than allowed, or opened by a token.
        PassphraseError: the passphrase does not open it, or somebody changed the file and
            its checksum: authenticated encryption cannot tell the one from the other.
    """
    return load_kept(path, passphrase, pause=pause).key


def load_kept(path: Path, passphrase: bytes, *, pause: Pause = time.sleep) -> Kept:
    """Read and decrypt the key file *path* as :func:`load` does, to write it anew later.

    Raises:
        KeyFileError, PassphraseError: as :func:`load`.
    """
    document = _read(path)
    if not isinstance(document.kdf, Kdf):
        detail = locale.text("a token opens it, no passphrase")
        raise errors.KeyFileError(name=path.name, detail=detail)
    with tries.counted(path, document.id, pause):
        sealing = _derive(document.kdf, passphrase)
        return Kept(_opened(document, sealing), path, document.kdf, sealing)


def load_wrapped_kept(path: Path, wrap: Wrap) -> Kept:
    """Read the key file *path* and decrypt it with what *wrap* unwraps, to write it anew later.

    Raises:
        KeyFileError: as :func:`load`; opened by a passphrase, or changed by somebody.
        TokenError: the token that unwraps does not do it.
    """
    document = _read(path)
    if not isinstance(document.kdf, Wrapped):
        detail = locale.text("a passphrase opens it, no token")
        raise errors.KeyFileError(name=path.name, detail=detail)
    sealing = wrap.unwrap(document.kdf.wrapped_bytes())
    try:
        return Kept(_opened(document, sealing), path, document.kdf, sealing)
    except InvalidTag:
        detail = locale.text("somebody changed it")
        raise errors.KeyFileError(name=path.name, detail=detail) from None


def _opened(document: Document, sealing: bytes) -> StoredKey:
    """Raise InvalidTag when *sealing* is not the key of this file."""
    secret = AESGCM(sealing).decrypt(
        document.nonce_bytes(),
        document.ciphertext_bytes(),
        document.associated_data(),
    )
    return StoredKey(document.kind, document.id, document.public, secret)


def describe(path: Path) -> PublicHalf:
    """Return what the key file *path* says of itself; no passphrase is needed.

    Raises:
        KeyFileError: as :func:`load`.
    """
    document = _read(path)
    cost = _cost(document.kdf) if isinstance(document.kdf, Kdf) else None
    by: Literal["passphrase", "token"] = "token" if cost is None else "passphrase"
    return PublicHalf(document.kind, document.id, document.public, by, document.keys(), cost)


def require_live(path: Path) -> None:
    """See that a live city may take the key in *path*: guessing its passphrase is dear enough.

    Raises:
        KeyFileError: it was made for a demonstration or a test; or as :func:`load`.
    """
    cost = describe(path).cost
    if cost is not None and not dear_enough(cost):
        detail = locale.text("guessing its passphrase is too cheap for a live city; make a new key")
        raise errors.KeyFileError(name=path.name, detail=detail)


def dear_enough(cost: Cost) -> bool:
    """Return whether a guess costs what it has to at a key of a live city."""
    # Lanes are no part of it: they only spread the same work over more cores.
    return cost.memory_kib >= LIVE_COST.memory_kib and cost.iterations >= LIVE_COST.iterations


def _read(path: Path) -> Document:
    try:
        return keydocument.parse(read_plain(path, KEY_FILE_BYTES))
    except OSError as error:
        raise errors.KeyFileError(name=path.name, detail=error.strerror) from None
    except ValidationError as error:
        raise errors.KeyFileError(name=path.name, detail=field_problems(error)) from None
    except ValueError as error:
        raise errors.KeyFileError(name=path.name, detail=str(error)) from None


def _cost(kdf: Kdf) -> Cost:
    return Cost(kdf.memory_kib, kdf.iterations, kdf.lanes)


def _derive(kdf: Kdf, passphrase: bytes) -> bytes:
    return Argon2id(
        salt=kdf.salt_bytes(),
        length=_AES_KEY_BYTES,
        iterations=kdf.iterations,
        lanes=kdf.lanes,
        memory_cost=kdf.memory_kib,
    ).derive(passphrase)
