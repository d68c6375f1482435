"""Keys that sign and keys that open: made, taken from their files, and put to use.

Everything that signs goes through the :class:`Signer` protocol, which asks for no
more than a token can do: tell its public key, sign a message. It is what
:mod:`mediabridge.bundle.sshsig` and the signed notes of the transfer log take.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec, mlkem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mediabridge import errors, locale
from mediabridge.bundle import sshsig
from mediabridge.spelling import to_base64
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.trust import keyfile, keytext
from mediabridge.trust.keydocument import (
    MLKEM_SEED_BYTES,
    P384_SCALAR_BYTES,
    RECIPIENT_SECRET_BYTES,
)
from mediabridge.trust.keyfile import StoredKey

_SEED_BYTES: Final = 32
_MISMATCH: Final = locale.n_("its public and its private half do not belong together")


class Signer(Protocol):
    """A key that signs; in a key file or in a token."""

    @property
    def id(self) -> str:
        """Which key this is: the name of its file or of the object in its token."""

    @property
    def name(self) -> str:
        """The name it signs under: of log and witness that of the verifier key; else the id."""

    @property
    def public_key(self) -> bytes:
        """The raw public key: 32 bytes of Ed25519, or the 97 of a point of P-384."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of *message*: 64 bytes of Ed25519, 96 of ECDSA with SHA-384."""


@dataclass(frozen=True)
class FileSigner:
    """A :class:`Signer` whose key came from a key file and is now in memory."""

    id: str
    name: str
    public_key: bytes
    _private: Ed25519PrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature (RFC 8032) of *message*."""
        return self._private.sign(message)


def new_ssh_key(key_id: str) -> StoredKey:
    """Make the key of a station, an officer or a clerk."""
    seed = os.urandom(_SEED_BYTES)
    return StoredKey("ssh-ed25519", key_id, sshsig.openssh_key(_public(seed)), seed)


def new_log_key(key_id: str, *, origin: str) -> StoredKey:
    """Make the key of a transfer log; *origin* is the name it signs checkpoints under."""
    seed = os.urandom(_SEED_BYTES)
    return StoredKey("log-ed25519", key_id, Vkey(origin, _public(seed)).encode(), seed)


def new_witness_key(key_id: str, *, name: str) -> StoredKey:
    """Make the key of a witness; *name* is the one it cosigns checkpoints under."""
    seed = os.urandom(_SEED_BYTES)
    return StoredKey("witness-ed25519", key_id, WitnessKey(name, _public(seed)).encode(), seed)


def new_tuf_key(key_id: str) -> StoredKey:
    """Make a key for one role of the TUF repository."""
    seed = os.urandom(_SEED_BYTES)
    return StoredKey("tuf-ed25519", key_id, _public(seed).hex(), seed)


def new_recipient_key(key_id: str) -> StoredKey:
    """Make a key that bundles can be encrypted to; ``public`` goes into the trust data as is."""
    lattice = mlkem.MLKEM1024PrivateKey.generate()
    curve = ec.generate_private_key(ec.SECP384R1())
    scalar = curve.private_numbers().private_value.to_bytes(P384_SCALAR_BYTES, "big")
    secret = lattice.private_bytes_raw() + scalar
    return StoredKey("hpke-mlkem1024p384", key_id, _recipient_public(lattice, curve), secret)


def recipient_of(key_id: str, secret: bytes) -> StoredKey:
    """Return the recipient key whose private half is *secret*, as a key file holds it.

    Raises:
        ValueError: it is none.
    """
    lattice, curve = _recipient_halves(secret)
    return StoredKey("hpke-mlkem1024p384", key_id, _recipient_public(lattice, curve), secret)


def signer(key: StoredKey) -> FileSigner:
    """Return the signer of one of the four Ed25519 kinds of key.

    Raises:
        KeyFileError: another kind of key, or a secret of another public key.
    """
    try:
        public, name = _named_public(key)
    except ValueError as error:
        raise errors.KeyFileError(name=key.id, detail=str(error)) from None
    try:
        private = Ed25519PrivateKey.from_private_bytes(key.secret)
    except ValueError:
        raise errors.KeyFileError(name=key.id, detail=locale.text(_MISMATCH)) from None
    if private.public_key().public_bytes_raw() != public:
        raise errors.KeyFileError(name=key.id, detail=locale.text(_MISMATCH))
    return FileSigner(key.id, name, public, private)


def recipient_key(key: StoredKey) -> MLKEM1024P384PrivateKey:
    """Return the private key that opens the wraps of a bundle.

    Raises:
        KeyFileError: another kind of key, or a secret of another public key.
    """
    if key.kind != "hpke-mlkem1024p384":
        detail = locale.text("{kind} keys do not decrypt", kind=key.kind)
        raise errors.KeyFileError(name=key.id, detail=detail)
    try:
        lattice, curve = _recipient_halves(key.secret)
    except ValueError:
        raise errors.KeyFileError(name=key.id, detail=locale.text(_MISMATCH)) from None
    if _recipient_public(lattice, curve) != key.public:
        raise errors.KeyFileError(name=key.id, detail=locale.text(_MISMATCH))
    return MLKEM1024P384PrivateKey(lattice, curve)


def private_recipient_key(secret: bytes) -> MLKEM1024P384PrivateKey:
    """Return the private key for opening bundles that *secret*, as a key file holds it, is.

    Raises:
        ValueError: it is none.
    """
    return MLKEM1024P384PrivateKey(*_recipient_halves(secret))


def open_signer(path: Path, passphrase: bytes) -> FileSigner:
    """Load the key file *path* and return its signer.

    Raises:
        KeyFileError: damaged, missing, or a key that does not sign.
        PassphraseError: the passphrase does not open it.
    """
    return signer(keyfile.load(path, passphrase))


def open_recipient_key(path: Path, passphrase: bytes) -> MLKEM1024P384PrivateKey:
    """Load the key file *path* and return the private key for opening bundles.

    Raises:
        KeyFileError: damaged, missing, or a key that does not decrypt.
        PassphraseError: the passphrase does not open it.
    """
    return recipient_key(keyfile.load(path, passphrase))


def _named_public(key: StoredKey) -> tuple[bytes, str]:
    if key.kind == "ssh-ed25519":
        return keytext.parse_openssh(key.public), key.id
    if key.kind == "log-ed25519":
        vkey = Vkey.parse(key.public)
        return vkey.public_key, vkey.name
    if key.kind == "witness-ed25519":
        witness = WitnessKey.parse(key.public)
        return witness.public_key, witness.name
    if key.kind == "tuf-ed25519":
        return _from_hex(key.public), key.id
    detail = locale.text("{kind} keys do not sign", kind=key.kind)
    raise errors.KeyFileError(name=key.id, detail=detail)


def _from_hex(spelt: str) -> bytes:
    try:
        return bytes.fromhex(spelt)
    except ValueError:
        msg = locale.text("not hexadecimal")
        raise ValueError(msg) from None


def _public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _recipient_halves(
    secret: bytes,
) -> tuple[mlkem.MLKEM1024PrivateKey, ec.EllipticCurvePrivateKey]:
    if len(secret) != RECIPIENT_SECRET_BYTES:
        msg = locale.text("a private recipient key has {size} bytes", size=RECIPIENT_SECRET_BYTES)
        raise ValueError(msg)
    scalar = int.from_bytes(secret[MLKEM_SEED_BYTES:], "big")
    return (
        mlkem.MLKEM1024PrivateKey.from_seed_bytes(secret[:MLKEM_SEED_BYTES]),
        ec.derive_private_key(scalar, ec.SECP384R1()),
    )


def _recipient_public(lattice: mlkem.MLKEM1024PrivateKey, curve: ec.EllipticCurvePrivateKey) -> str:
    point = curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return to_base64(lattice.public_key().public_bytes_raw() + point)
