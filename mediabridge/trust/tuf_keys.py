"""The keys of the TUF roles: their public texts, and the signers that the stock library takes.

Everything that TUF verifies is verified by ``securesystemslib``, so a signer here is one of
its own. A key tells whose it is in a member of its own, ``x-mediabridge-holder``, which a
reader of TUF leaves alone and which the root's signatures cover.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeVar, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP384R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from mediabridge import errors, locale
from mediabridge.spelling import from_base64, to_base64
from mediabridge.trust.keydocument import P384_SCALAR_BYTES
from mediabridge.trust.keyfile import StoredKey

TufKeyKind = Literal["tuf-ed25519", "tuf-ecdsa-p384", "tuf-ml-dsa-65"]
"""What a key of a role can be; also what a request file calls it."""

TUF_KINDS: Final[tuple[TufKeyKind, ...]] = get_args(TufKeyKind)
CLASSICAL: Final = frozenset({"tuf-ed25519", "tuf-ecdsa-p384"})
"""Those that a quantum computer would break; the other one rests on lattices."""

_Public = TypeVar("_Public", Ed25519PublicKey, EllipticCurvePublicKey, MLDSA65PublicKey)
HOLDER: Final = "x-mediabridge-holder"
"""The member of a key that says whose it is."""

_KIND_OF: Final[dict[tuple[str, str], TufKeyKind]] = {
    ("ed25519", "ed25519"): "tuf-ed25519",
    ("ecdsa", "ecdsa-sha2-nistp384"): "tuf-ecdsa-p384",
    ("ml-dsa", "ml-dsa-65/1"): "tuf-ml-dsa-65",
}


def public_key(kind: TufKeyKind, text: str, holder: str) -> SSlibKey:
    """Return the key of *holder* as TUF metadata has it.

    Args:
        kind: What it is.
        text: 64 hexadecimal digits of Ed25519; base64 of an uncompressed point of P-384, or
            of the raw key of ML-DSA-65.
        holder: Whose it is.

    Raises:
        ValueError: *text* is no such key.
    """
    key = SSlibKey.from_crypto(_PARSERS[kind](text))
    key.unrecognized_fields[HOLDER] = holder
    return key


def holder_of(key: Key) -> str:
    """Return whose *key* is; of a key that does not say, the first digits of its id."""
    return str(key.unrecognized_fields.get(HOLDER, key.keyid[:12]))


def kind_of(key: Key) -> TufKeyKind | None:
    """Return what *key* is, or None when it is none that this program makes."""
    return _KIND_OF.get((key.keytype, key.scheme))


def raw(key: Key) -> bytes:
    """Return the raw public half of *key*: an SSH key with the same would be the same key."""
    public = public_half(key)
    if isinstance(public, Ed25519PublicKey):
        return public.public_bytes_raw()
    if isinstance(public, EllipticCurvePublicKey):
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def public_half(key: Key) -> PublicKeyTypes:
    """Return what *key* verifies with.

    Raises:
        ValueError: it is no key.
    """
    public = key.keyval["public"]
    if key.keytype == "ed25519":
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return load_pem_public_key(public.encode())


def new_p384_key(key_id: str) -> StoredKey:
    """Make a key for one role of the TUF repository on the curve P-384."""
    private = generate_private_key(SECP384R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = private.private_numbers().private_value.to_bytes(P384_SCALAR_BYTES, "big")
    return StoredKey("tuf-ecdsa-p384", key_id, to_base64(point), secret)


def new_mldsa_key(key_id: str) -> StoredKey:
    """Make the half of a root holder's key pair that rests on lattices (ADR 0008)."""
    private = MLDSA65PrivateKey.generate()
    public = to_base64(private.public_key().public_bytes_raw())
    return StoredKey("tuf-ml-dsa-65", key_id, public, private.private_bytes_raw())


def signer(key: StoredKey) -> CryptoSigner:
    """Return the signer of a key file's TUF key.

    Raises:
        KeyFileError: another kind of key, or a secret of another public key.
    """
    try:
        private = _SECRETS[key.kind](key.secret)
        public = SSlibKey.from_crypto(_PARSERS[key.kind](key.public))  # type: ignore[index]
        return CryptoSigner(private, public)
    except KeyError:
        detail = locale.text("{kind} keys sign no trust data", kind=key.kind)
    except ValueError:
        detail = locale.text("its public and its private half do not belong together")
    raise errors.KeyFileError(name=key.id, detail=detail)


def _ed25519(text: str) -> Ed25519PublicKey:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    return _of(lambda: Ed25519PublicKey.from_public_bytes(raw), spelt=raw.hex() == text)


def _p384(text: str) -> EllipticCurvePublicKey:
    raw = from_base64(text)
    # The compressed form would be a second spelling of the same key.
    return _of(
        lambda: EllipticCurvePublicKey.from_encoded_point(SECP384R1(), raw),
        spelt=raw[:1] == b"\x04",
    )


def _mldsa(text: str) -> MLDSA65PublicKey:
    raw = from_base64(text)
    return _of(lambda: MLDSA65PublicKey.from_public_bytes(raw), spelt=True)


def _of(read: Callable[[], _Public], *, spelt: bool) -> _Public:
    try:
        if spelt:
            return read()
    except (ValueError, UnsupportedAlgorithm):
        pass
    msg = locale.text("not a public key of this kind")
    raise ValueError(msg)


_PARSERS: Final[dict[TufKeyKind, Callable[[str], PublicKeyTypes]]] = {
    "tuf-ed25519": _ed25519,
    "tuf-ecdsa-p384": _p384,
    "tuf-ml-dsa-65": _mldsa,
}
_Private = Ed25519PrivateKey | EllipticCurvePrivateKey | MLDSA65PrivateKey
_SECRETS: Final[dict[str, Callable[[bytes], _Private]]] = {
    "tuf-ed25519": Ed25519PrivateKey.from_private_bytes,
    "tuf-ecdsa-p384": lambda secret: derive_private_key(int.from_bytes(secret, "big"), SECP384R1()),
    "tuf-ml-dsa-65": MLDSA65PrivateKey.from_seed_bytes,
}
