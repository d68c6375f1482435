"""The two types of key that sign: how OpenSSH writes them, and how they verify.

A public key in this program is its raw bytes: 32 of Ed25519 (RFC 8032), or the 97 of an
uncompressed point of P-384 (SEC 1, 2.3.3). A signature is 64 bytes of Ed25519, or ``r ‖ s``
of ECDSA with SHA-384, 48 bytes each, big-endian, as a token returns it. OpenSSH's blobs
(RFC 5656, RFC 8709) are made and taken apart here, in exactly one form.

Of an ECDSA signature (r, s) everybody can make (r, n - s), which is good as well: OpenSSH
and tokens do not choose one of the two, so both are taken, and nothing here or elsewhere
tells signatures apart by their bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384

from mediabridge.locale import n_, text

_P384_ORDER: Final = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)
"""The order of the base point of P-384 (SEC 2, section 2.5.1)."""


class KeyType(Protocol):
    """One type of key."""

    name: bytes
    """OpenSSH's name of the key and of its signatures."""

    public_bytes: int
    """How long a raw public key is; it tells the types apart."""

    def fields(self, public_key: bytes) -> tuple[bytes, ...]:
        """Return what follows the name in a public key."""

    def public_key(self, fields: Sequence[bytes]) -> bytes:
        """Return the raw key of these fields.

        Raises:
            ValueError: they are none, or not a key.
        """

    def pack(self, signature: bytes) -> bytes:
        """Return *signature* as it follows the name."""

    def unpack(self, packed: bytes) -> bytes:
        """Return the signature that :meth:`pack` writes so.

        Raises:
            ValueError: it is none, or in another form.
        """

    def verifies(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        """Tell whether *signature* is that of *message*."""


class _Ed25519:
    name = b"ssh-ed25519"
    public_bytes = 32

    def fields(self, public_key: bytes) -> tuple[bytes, ...]:
        return (public_key,)

    def public_key(self, fields: Sequence[bytes]) -> bytes:
        require(len(fields) == 1, n_("bytes follow after the last field"))
        require(len(fields[0]) == self.public_bytes, n_("the key is not 32 bytes long"))
        return fields[0]

    def pack(self, signature: bytes) -> bytes:
        return signature

    def unpack(self, packed: bytes) -> bytes:
        require(len(packed) == 64, n_("the signature is not 64 bytes long"))  # noqa: PLR2004
        return packed

    def verifies(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class _P384:
    name = b"ecdsa-sha2-nistp384"
    public_bytes = 97
    _curve: Final = b"nistp384"
    _half: Final = 48

    def fields(self, public_key: bytes) -> tuple[bytes, ...]:
        return (self._curve, public_key)

    def public_key(self, fields: Sequence[bytes]) -> bytes:
        require(len(fields) == 2, n_("bytes follow after the last field"))  # noqa: PLR2004
        curve, point = fields
        require(curve == self._curve, n_("the curve is not nistp384"))
        # A compressed point would be a second spelling of the same key.
        spelt = len(point) == self.public_bytes and point.startswith(b"\x04")
        require(spelt, n_("the key is not an uncompressed point"))
        self._load(point)
        return point

    def pack(self, signature: bytes) -> bytes:
        halves = (signature[: self._half], signature[self._half :])
        return b"".join(string(_mpint(int.from_bytes(half, "big"))) for half in halves)

    def unpack(self, packed: bytes) -> bytes:
        fields = strings(packed)
        require(len(fields) == 2, n_("the signature is not two numbers"))  # noqa: PLR2004
        numbers = [int.from_bytes(field, "big") for field in fields]
        require(
            all(0 < number < _P384_ORDER for number in numbers),
            n_("a number of the signature is not between 0 and the order of the curve"),
        )
        require(
            all(field == _mpint(number) for field, number in zip(fields, numbers, strict=True)),
            n_("a number of the signature is not in its shortest form"),
        )
        return b"".join(number.to_bytes(self._half, "big") for number in numbers)

    def verifies(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        r, s = (
            int.from_bytes(half, "big")
            for half in (signature[: self._half], signature[self._half :])
        )
        try:
            self._load(public_key).verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA384()))
        except InvalidSignature:
            return False
        return True

    def _load(self, point: bytes) -> ec.EllipticCurvePublicKey:
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), point)
        except ValueError:
            msg = text("the key is not a point of the curve")
            raise ValueError(msg) from None


_TYPES: Final[tuple[KeyType, ...]] = (_Ed25519(), _P384())

NAMES: Final = tuple(each.name.decode() for each in _TYPES)
"""OpenSSH's names of the types of key that are taken."""


def named(name: bytes) -> KeyType | None:
    """Return the type that OpenSSH calls *name*, or None if none of ours is."""
    return next((each for each in _TYPES if each.name == name), None)


def type_of(public_key: bytes) -> KeyType:
    """Return the type of a raw public key.

    Raises:
        ValueError: it is as long as none of them.
    """
    found = next((each for each in _TYPES if each.public_bytes == len(public_key)), None)
    if found is None:
        msg = text("not a public key of this kind")
        raise ValueError(msg)
    return found


def key_blob(public_key: bytes) -> bytes:
    """Return a raw public key as OpenSSH writes it before base64."""
    kind = type_of(public_key)
    return b"".join(map(string, (kind.name, *kind.fields(public_key))))


def string(value: bytes) -> bytes:
    """Return *value* after its length (RFC 4251, section 5)."""
    return struct.pack(">I", len(value)) + value


def strings(data: bytes) -> list[bytes]:
    """Split *data* into the length-prefixed strings that it consists of.

    Raises:
        ValueError: the last one is cut off.
    """
    result = []
    while data:
        value, data = first_string(data)
        result.append(value)
    return result


def first_string(data: bytes) -> tuple[bytes, bytes]:
    """Return the first length-prefixed string in *data*, and what follows it.

    Raises:
        ValueError: it is cut off.
    """
    end = 4 + int.from_bytes(data[:4], "big")
    require(len(data) >= end, n_("a field is cut off"))
    return data[4:end], data[end:]


def require(condition: bool, problem: str) -> None:
    """Raise *problem*, a message id, as a ValueError unless the condition holds."""
    if not condition:
        raise ValueError(text(problem))


def _mpint(number: int) -> bytes:
    """Return a positive number in the shortest form of RFC 4251, section 5."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")
