"""``keys.json``: the bundle key, wrapped once per recipient (format 1, section 4).

HPKE (RFC 9180) base mode with MLKEM1024-P384, HKDF-SHA384 and AES-256-GCM. The
wraps carry no recipient's name and stand in random order: a reader tries its own
key on each, an observer learns only how many there are.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, mlkem
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM1024P384PrivateKey,
    MLKEM1024P384PublicKey,
    Suite,
)

from mediabridge import canonical
from mediabridge.config import LIMITS
from mediabridge.errors import KeysMalformedError, NotARecipientError
from mediabridge.locale import text
from mediabridge.spelling import from_base64, to_base64

BUNDLE_KEY_BYTES: Final = 32
WRAP_BYTES: Final = 1713
"""KEM encapsulation (1568 + 97), the wrapped key (32) and its tag (16)."""

_MLKEM_PUBLIC_BYTES: Final = 1568
POINT_BYTES: Final = 97
"""The second half of a recipient's public key: an uncompressed point of P-384."""

_SUITE: Final = Suite(KEM.MLKEM1024_P384, KDF.HKDF_SHA384, AEAD.AES_256_GCM)
_INFO: Final = b"mediabridge/1/wrap\0"


def load_public_key(encoded: bytes) -> MLKEM1024P384PublicKey:
    """Read a recipient's public key: ML-KEM-1024 (1568 bytes), then the P-384 point (97).

    Raises:
        ValueError: wrong length, or not points of the two schemes.
    """
    if len(encoded) != _MLKEM_PUBLIC_BYTES + POINT_BYTES:
        size = _MLKEM_PUBLIC_BYTES + POINT_BYTES
        msg = text("a recipient key has {size} bytes", size=size)
        raise ValueError(msg)
    try:
        return MLKEM1024P384PublicKey(
            mlkem.MLKEM1024PublicKey.from_public_bytes(encoded[:_MLKEM_PUBLIC_BYTES]),
            ec.EllipticCurvePublicKey.from_encoded_point(
                ec.SECP384R1(), encoded[_MLKEM_PUBLIC_BYTES:]
            ),
        )
    except ValueError:
        msg = text("not the public keys of ML-KEM-1024 and P-384")
        raise ValueError(msg) from None


def wrap(
    bundle_key: bytes, recipients: Sequence[MLKEM1024P384PublicKey], *, digest: bytes
) -> bytes:
    """Return the bytes of ``keys.json`` for *recipients*; *digest* is the header's SHA-256."""
    wraps = [_SUITE.encrypt(bundle_key, key, info=_INFO + digest) for key in recipients]
    secrets.SystemRandom().shuffle(wraps)
    encoded = [to_base64(one) for one in wraps]
    return canonical.dump({"format": 1, "wraps": encoded})


def unwrap(keys: bytes, private_key: MLKEM1024P384PrivateKey, *, digest: bytes) -> bytes:
    """Return the 32-byte bundle key from ``keys.json``.

    Raises:
        KeysMalformedError: the file is not in its one form.
        NotARecipientError: no wrap opens with this key under this header.
    """
    wraps = parse_wraps(keys)
    for one in wraps:
        try:
            bundle_key = _SUITE.decrypt(one, private_key, info=_INFO + digest)
        except InvalidTag:
            continue
        if len(bundle_key) != BUNDLE_KEY_BYTES:
            detail = text("a wrapped key of {size} bytes", size=len(bundle_key))
            raise KeysMalformedError(detail=detail)
        return bundle_key
    raise NotARecipientError(got=len(wraps))


def parse_wraps(keys: bytes) -> list[bytes]:
    """Read ``keys.json`` into its wraps, each of :data:`WRAP_BYTES` bytes.

    Raises:
        KeysMalformedError: the file is not in its one form.
    """
    try:
        document = canonical.load(keys)
        if not isinstance(document, dict) or document.keys() != {"format", "wraps"}:
            raise KeysMalformedError(detail=text("other members than format and wraps"))
        encoded = document["wraps"]
        if document["format"] is True or document["format"] != 1 or not isinstance(encoded, list):
            raise KeysMalformedError(detail=text("format is not 1 or wraps is not a list"))
        if not 1 <= len(encoded) <= LIMITS.wraps:
            detail = text(
                "wraps: {count}; 1 to {limit} allowed", count=len(encoded), limit=LIMITS.wraps
            )
            raise KeysMalformedError(detail=detail)
        return [_decode_wrap(one) for one in encoded]
    except ValueError as error:
        raise KeysMalformedError(detail=str(error)) from None


def _decode_wrap(encoded: object) -> bytes:
    wrap_bytes = from_base64(encoded)
    if len(wrap_bytes) != WRAP_BYTES:
        detail = text("a wrap that is not {size} bytes of base64", size=WRAP_BYTES)
        raise KeysMalformedError(detail=detail)
    return wrap_bytes
