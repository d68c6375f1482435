"""What a key file says: one object of canonical JSON, read before anybody is asked for anything.

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

Whoever writes the file chooses the Argon2id parameters, so :func:`parse` bounds them before the
first byte of memory is allocated. What encrypts and opens it is in
:mod:`mediabridge.trust.keyfile`.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mediabridge import canonical, locale
from mediabridge.bundle.header import Format
from mediabridge.config import KIB
from mediabridge.spelling import from_base64, to_base64

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

P384_SCALAR_BYTES: Final = 48
MLKEM_SEED_BYTES: Final = 64
RECIPIENT_SECRET_BYTES: Final = MLKEM_SEED_BYTES + P384_SCALAR_BYTES
"""How long the private half of one recipient key is."""

RECIPIENT_KEYS: Final = 64
"""How many keys one file of recipient keys may hold; a station has two or three for a sender."""

_RECIPIENT: Final = "hpke-mlkem1024p384"
_SECRET_BYTES: Final[dict[Kind, int]] = {
    "ssh-ed25519": 32,
    "log-ed25519": 32,
    "witness-ed25519": 32,
    "tuf-ed25519": 32,
    "tuf-ecdsa-p384": P384_SCALAR_BYTES,
    "tuf-ml-dsa-65": 32,
    _RECIPIENT: RECIPIENT_SECRET_BYTES,
    "escrow-share": 32,
}
SALT_BYTES: Final = 16
"""Of Argon2id."""

NONCE_BYTES: Final = 12
"""Of AES-256-GCM."""

_TAG_BYTES: Final = 16
_WRAPPED_BYTES: Final = 40


class _Model(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", strict=True, hide_input_in_errors=True
    )


class Kdf(_Model):
    """How a passphrase becomes the key of the encryption."""

    # The upper bounds keep a hostile file from asking for more than a station has:
    # at most 1 GiB of memory and 8 passes, a few seconds on a small machine.
    name: Literal["argon2id"]
    memory_kib: Annotated[int, Field(le=1024 * KIB)]
    iterations: Annotated[int, Field(ge=1, le=8)]
    lanes: Annotated[int, Field(ge=1, le=16)]
    salt: str

    @model_validator(mode="after")
    def _enough_memory(self) -> Kdf:
        if self.memory_kib < 8 * self.lanes:
            msg = locale.text("Argon2id needs 8 KiB of memory per lane (RFC 9106, section 3.1)")
            raise ValueError(msg)
        return self

    def salt_bytes(self) -> bytes:
        """Return the salt; raises ValueError when it is not as long as it should be."""
        return _decode(self.salt, SALT_BYTES)


class Wrapped(_Model):
    """The key of the encryption, as a key in a token wrapped it."""

    name: Literal["token-aes256-kw"]
    wrapped: str

    def wrapped_bytes(self) -> bytes:
        """Return the wrapped key; raises ValueError when it is not as long as it should be."""
        return _decode(self.wrapped, _WRAPPED_BYTES)


class Document(_Model):
    """The whole of a key file; the lengths of one that :func:`parse` returned are good."""

    format: Format
    kind: Kind
    id: Annotated[str, Field(pattern=KEY_ID)]
    public: Annotated[str, Field(max_length=4 * KIB)]
    kdf: Annotated[Kdf | Wrapped, Field(discriminator="name")]
    nonce: str
    ciphertext: str
    checksum: str

    def nonce_bytes(self) -> bytes:
        """Return the nonce; raises ValueError when it is not as long as it should be."""
        return _decode(self.nonce, NONCE_BYTES)

    def ciphertext_bytes(self) -> bytes:
        """Return what is encrypted; raises ValueError when the kind has no secret so long."""
        size = _SECRET_BYTES[self.kind]
        if self.kind != _RECIPIENT:
            return _decode(self.ciphertext, size + _TAG_BYTES)
        data = from_base64(self.ciphertext)
        keys, rest = divmod(len(data) - _TAG_BYTES, size)
        if rest or not 1 <= keys <= RECIPIENT_KEYS:
            msg = locale.text("expected one key or several of {size} bytes in base64", size=size)
            raise ValueError(msg)
        return data

    def keys(self) -> int:
        """Return how many private keys are encrypted in it."""
        return (len(self.ciphertext_bytes()) - _TAG_BYTES) // _SECRET_BYTES[self.kind]

    def associated_data(self) -> bytes:
        """Return what the encryption is bound to: all that stands beside it."""
        return canonical.dump(self.model_dump(exclude={"ciphertext", "checksum"}))

    def completed(self, ciphertext: bytes) -> Document:
        """Return it with *ciphertext*, and with the checksum of the whole."""
        whole = self.model_copy(update={"ciphertext": to_base64(ciphertext)})
        return whole.model_copy(update={"checksum": whole.summed()})

    def summed(self) -> str:
        """Return what its checksum should be."""
        return hashlib.sha256(canonical.dump(self.model_dump(exclude={"checksum"}))).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the file."""
        return canonical.dump(self.model_dump())


def parse(data: bytes) -> Document:
    """Read a key file; nothing is decrypted.

    Raises:
        ValidationError: it is not of this shape.
        ValueError: not canonical JSON, a member that is too long or too short, or damaged.
    """
    canonical.load(data)
    document = Document.model_validate_json(data)
    if isinstance(document.kdf, Kdf):
        document.kdf.salt_bytes()
    else:
        document.kdf.wrapped_bytes()
    document.nonce_bytes()
    document.ciphertext_bytes()
    if document.checksum != document.summed():
        msg = locale.text("it is damaged: its checksum does not fit")
        raise ValueError(msg)
    return document


def _decode(text: str, size: int) -> bytes:
    data = from_base64(text)
    if len(data) != size:
        msg = locale.text("expected {size} bytes in base64", size=size)
        raise ValueError(msg)
    return data
