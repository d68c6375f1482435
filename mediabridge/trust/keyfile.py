"""Private keys at rest: one encrypted JSON file per key.

A key file is canonical JSON (RFC 8785) with these members:

* ``format``: 1;
* ``kind``, ``id``, ``public``: what the key is, what it is called, and its public half as text;
* ``kdf``: where the key of the encryption comes from. Either a passphrase: Argon2id (RFC 9106)
  with ``name``, ``memory_kib``, ``iterations``, ``lanes``, ``salt``; or a token: ``name`` and
  ``wrapped``, a random key that an AES-256 key in the token wrapped (RFC 3394);
* ``nonce`` and ``ciphertext``: AES-256-GCM under that key, with the canonical JSON
  of all members but ``ciphertext`` and ``checksum`` as associated data;
* ``checksum``: SHA-256 of the canonical JSON of all other members. It protects against nobody:
  it tells a file that a worn disk damaged from a wrong passphrase.

The plaintext, and the text of the public half, by kind:

=====================  ==================================  ===============================
kind                   plaintext                           public
=====================  ==================================  ===============================
``ssh-ed25519``        32-byte seed (RFC 8032)             ``ssh-ed25519 AAAA…``
``log-ed25519``        32-byte seed                        C2SP verifier key, type 0x01
``witness-ed25519``    32-byte seed                        C2SP verifier key, type 0x04
``tuf-ed25519``        32-byte seed                        64 lower-case hex digits
``tuf-ecdsa-p384``     48-byte scalar, big-endian          base64 of the uncompressed point
``tuf-ml-dsa-65``      32-byte seed (FIPS 204)             base64 of the 1,952-byte key
``hpke-mlkem1024p384`` 64-byte ML-KEM seed ``d ‖ z`` (FIPS  base64 of ML-KEM-1024 key ‖
                       203) ‖ 48-byte P-384 scalar, big-   uncompressed P-384 point, of
                       endian; at a station one or more    the last of the keys
                       such keys, the oldest first
``escrow-share``       32-byte key for AES Key Wrap        canonical JSON, the same in all
                                                           shares (docs/format/escrow.md)
=====================  ==================================  ===============================

Whoever writes the file chooses the Argon2id parameters, so :func:`load` bounds
them before the first byte of memory is allocated.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mediabridge import canonical, durable, errors, locale
from mediabridge.bundle.header import Format
from mediabridge.config import KIB
from mediabridge.plainfile import read_plain
from mediabridge.spelling import from_base64, to_base64
from mediabridge.trust import tries
from mediabridge.trust.tries import Pause
from mediabridge.validation import field_problems

Kind = Literal[
    "ssh-ed25519",
    "log-ed25519",
    "witness-ed25519",
    "tuf-ed25519",
    "tuf-ecdsa-p384",
    "tuf-ml-dsa-65",
    "hpke-mlkem1024p384",
    "escrow-share",
]

KEY_ID: Final = r"^[a-z0-9][a-z0-9-]{0,63}$"
"""What a key may be called; it becomes part of file names."""

KEY_FILE_BYTES: Final = 64 * KIB
"""Largest key file read; an HPKE key takes about 3 KiB."""

_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_AES_KEY_BYTES: Final = 32
_RECIPIENT: Final = "hpke-mlkem1024p384"
_WRAPPED_BYTES: Final = 40
_SECRET_BYTES: Final[dict[str, int]] = {
    "ssh-ed25519": 32,
    "log-ed25519": 32,
    "witness-ed25519": 32,
    "tuf-ed25519": 32,
    "tuf-ecdsa-p384": 48,
    "tuf-ml-dsa-65": 32,
    _RECIPIENT: 64 + 48,
    "escrow-share": 32,
}
RECIPIENT_KEYS: Final = 64
"""How many keys one file of recipient keys may hold; a station has two or three for a sender."""


@dataclass(frozen=True)
class Cost:
    """How dear a guess at the passphrase is: the Argon2id parameters of RFC 9106."""

    memory_kib: int
    iterations: int
    lanes: int


STANDARD_COST: Final = Cost(memory_kib=64 * KIB, iterations=3, lanes=4)
"""The second recommended option of RFC 9106, section 4: 64 MiB, three passes, four lanes."""

TRAINING_COST: Final = Cost(memory_kib=1 * KIB, iterations=1, lanes=1)
"""1 MiB and one pass: for tests and training cities only, whose keys protect nothing."""


@dataclass(frozen=True)
class PublicHalf:
    """What a key file says of itself without a passphrase; only opening it proves it."""

    kind: Kind
    id: str
    public: str
    opened_by: Literal["passphrase", "token"]
    keys: int
    """How many private keys the file holds; more than one only of a station's recipient keys."""


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
    _kdf: _Kdf | _Wrapped
    _sealing: bytes = field(repr=False)

    def rewrite(self, key: StoredKey) -> Kept:
        """Put *key* in the place of what the file holds, durably, and return it as it is now.

        Raises:
            KeyFileError: it cannot be written; the file is as it was.
        """
        # The key of the encryption stays: a random nonce of 96 bits is drawn for each writing.
        _write(self._path, key, self._kdf, self._sealing, replace=True)
        return Kept(key, self._path, self._kdf, self._sealing)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class _Kdf(_Model):
    # The upper bounds keep a hostile file from asking for more than a station has:
    # at most 1 GiB of memory and 8 passes, a few seconds on a small machine.
    name: Literal["argon2id"]
    memory_kib: Annotated[int, Field(le=1024 * KIB)]
    iterations: Annotated[int, Field(ge=1, le=8)]
    lanes: Annotated[int, Field(ge=1, le=16)]
    salt: str

    @model_validator(mode="after")
    def _enough_memory(self) -> _Kdf:
        if self.memory_kib < 8 * self.lanes:
            msg = locale.text("Argon2id needs 8 KiB of memory per lane (RFC 9106, section 3.1)")
            raise ValueError(msg)
        return self


class _Wrapped(_Model):
    name: Literal["token-aes256-kw"]
    wrapped: str


class _Document(_Model):
    format: Format
    kind: Kind
    id: Annotated[str, Field(pattern=KEY_ID)]
    public: Annotated[str, Field(max_length=4 * KIB)]
    kdf: Annotated[_Kdf | _Wrapped, Field(discriminator="name")]
    nonce: str
    ciphertext: str
    checksum: str

    def associated_data(self) -> bytes:
        return canonical.dump(self.model_dump(exclude={"ciphertext", "checksum"}))

    def summed(self) -> str:
        return hashlib.sha256(canonical.dump(self.model_dump(exclude={"checksum"}))).hexdigest()


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
    kdf = _Kdf(
        name="argon2id",
        memory_kib=cost.memory_kib,
        iterations=cost.iterations,
        lanes=cost.lanes,
        salt=to_base64(os.urandom(_SALT_BYTES)),
    )
    _write(path, key, kdf, _derive(kdf, passphrase), replace=replace)


def save_wrapped(path: Path, key: StoredKey, wrap: Wrap, *, replace: bool = False) -> None:
    """Encrypt *key* under a new random key that *wrap* wraps, and write it as :func:`save` does.

    Raises:
        KeyFileError: the file exists, or cannot be written.
        TokenError: the token that wraps does not do it.
    """
    sealing = os.urandom(_AES_KEY_BYTES)
    kdf = _Wrapped(name="token-aes256-kw", wrapped=to_base64(wrap.wrap(sealing)))
    _write(path, key, kdf, sealing, replace=replace)


def _write(
    path: Path, key: StoredKey, kdf: _Kdf | _Wrapped, sealing: bytes, *, replace: bool
) -> None:
    if not replace:
        require_free(path)
    nonce = os.urandom(_NONCE_BYTES)
    document = _Document(
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
    whole = document.model_copy(update={"ciphertext": to_base64(sealed)})
    complete = whole.model_copy(update={"checksum": whole.summed()})
    try:
        durable.write_durably(path, canonical.dump(complete.model_dump()), mode=0o600)
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
    if not isinstance(document.kdf, _Kdf):
        detail = locale.text("a token opens it, no passphrase")
        raise errors.KeyFileError(name=path.name, detail=detail)
    with tries.counted(path, document.id, pause):
        sealing = _derive(document.kdf, passphrase)
        return Kept(_opened(document, sealing), path, document.kdf, sealing)


def load_wrapped(path: Path, wrap: Wrap) -> StoredKey:
    """Read the key file *path* and decrypt it with what *wrap* unwraps.

    Raises:
        KeyFileError, TokenError: as :func:`load_wrapped_kept`.
    """
    return load_wrapped_kept(path, wrap).key


def load_wrapped_kept(path: Path, wrap: Wrap) -> Kept:
    """Read and decrypt the key file *path* as :func:`load_wrapped` does, to write it anew later.

    Raises:
        KeyFileError: as :func:`load`; opened by a passphrase, or changed by somebody.
        TokenError: the token that unwraps does not do it.
    """
    document = _read(path)
    if not isinstance(document.kdf, _Wrapped):
        detail = locale.text("a passphrase opens it, no token")
        raise errors.KeyFileError(name=path.name, detail=detail)
    sealing = wrap.unwrap(_decode(document.kdf.wrapped, _WRAPPED_BYTES))
    try:
        return Kept(_opened(document, sealing), path, document.kdf, sealing)
    except InvalidTag:
        detail = locale.text("somebody changed it")
        raise errors.KeyFileError(name=path.name, detail=detail) from None


def _opened(document: _Document, sealing: bytes) -> StoredKey:
    """Raise InvalidTag when *sealing* is not the key of this file."""
    secret = AESGCM(sealing).decrypt(
        _decode(document.nonce, _NONCE_BYTES),
        _ciphertext(document),
        document.associated_data(),
    )
    return StoredKey(document.kind, document.id, document.public, secret)


def describe(path: Path) -> PublicHalf:
    """Return what the key file *path* says of itself; no passphrase is needed.

    Raises:
        KeyFileError: as :func:`load`.
    """
    document = _read(path)
    by: Literal["passphrase", "token"]
    by = "passphrase" if isinstance(document.kdf, _Kdf) else "token"
    keys = (len(_ciphertext(document)) - _TAG_BYTES) // _SECRET_BYTES[document.kind]
    return PublicHalf(document.kind, document.id, document.public, by, keys)


def _read(path: Path) -> _Document:
    try:
        data = read_plain(path, KEY_FILE_BYTES)
        canonical.load(data)
        document = _Document.model_validate_json(data)
        if isinstance(document.kdf, _Kdf):
            _decode(document.kdf.salt, _SALT_BYTES)
        else:
            _decode(document.kdf.wrapped, _WRAPPED_BYTES)
        _decode(document.nonce, _NONCE_BYTES)
        _ciphertext(document)
        _require_undamaged(document)
    except OSError as error:
        raise errors.KeyFileError(name=path.name, detail=error.strerror) from None
    except ValidationError as error:
        raise errors.KeyFileError(name=path.name, detail=field_problems(error)) from None
    except ValueError as error:
        raise errors.KeyFileError(name=path.name, detail=str(error)) from None
    return document


def _require_undamaged(document: _Document) -> None:
    if document.checksum != document.summed():
        msg = locale.text("it is damaged: its checksum does not fit")
        raise ValueError(msg)


def _derive(kdf: _Kdf, passphrase: bytes) -> bytes:
    return Argon2id(
        salt=_decode(kdf.salt, _SALT_BYTES),
        length=_AES_KEY_BYTES,
        iterations=kdf.iterations,
        lanes=kdf.lanes,
        memory_cost=kdf.memory_kib,
    ).derive(passphrase)


def _ciphertext(document: _Document) -> bytes:
    size = _SECRET_BYTES[document.kind]
    if document.kind != _RECIPIENT:
        return _decode(document.ciphertext, size + _TAG_BYTES)
    data = from_base64(document.ciphertext)
    keys, rest = divmod(len(data) - _TAG_BYTES, size)
    if rest or not 1 <= keys <= RECIPIENT_KEYS:
        msg = locale.text("expected one key or several of {size} bytes in base64", size=size)
        raise ValueError(msg)
    return data


def _decode(text: str, size: int) -> bytes:
    data = from_base64(text)
    if len(data) != size:
        msg = locale.text("expected {size} bytes in base64", size=size)
        raise ValueError(msg)
    return data
