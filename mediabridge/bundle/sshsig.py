"""SSHSIG, the signature format of ``ssh-keygen -Y``, in one strict form.

OpenSSH's ``PROTOCOL.sshsig`` allows several key types, two hashes and free line
lengths. Format 1 (section 6) allows Ed25519, sha512 and the exact armor that
``ssh-keygen`` writes, so that a signature has one spelling. ``ssh-keygen -Y
verify`` accepts what :func:`sign` writes; :func:`parse` accepts what ``ssh-keygen
-Y sign -O hashalg=sha512`` writes with an Ed25519 key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mediabridge.errors import SignatureInvalidError, SignatureMalformedError
from mediabridge.locale import n_, text

_MAGIC: Final = b"SSHSIG"
_VERSION: Final = 1
_KEY_TYPE: Final = b"ssh-ed25519"
_HASH: Final = b"sha512"
_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----\n"
_END: Final = "-----END SSH SIGNATURE-----\n"
_LINE: Final = 70
_MAX_BYTES: Final = 4096
_NAMESPACE: Final = re.compile(rb"[!-~]{1,256}")
"""Visible ASCII: what is refused is also printed, and must not steer a terminal."""


class Signer(Protocol):
    """A private key that signs; in a file, or later in a token."""

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of *message*."""


@dataclass(frozen=True)
class SshSignature:
    """A parsed signature: whose key, for what purpose, and the 64 bytes."""

    public_key: bytes
    namespace: str
    signature: bytes

    def verify(self, message: bytes, *, name: str) -> None:
        """Check the signature over *message*; *name* is the file named in an error.

        Raises:
            SignatureInvalidError: it is not the signature of these bytes.
        """
        key = Ed25519PublicKey.from_public_bytes(self.public_key)
        try:
            key.verify(self.signature, _signed_data(message, self.namespace))
        except InvalidSignature:
            raise SignatureInvalidError(name=name) from None


def sign(message: bytes, *, namespace: str, signer: Signer) -> bytes:
    """Return the armored signature of *message* for *namespace*."""
    signature = signer.sign(_signed_data(message, namespace))
    return _armor(_encode(signer.public_key, namespace, signature))


def parse(data: bytes, *, name: str) -> SshSignature:
    """Read an armored signature; *name* is the file named in an error.

    Raises:
        SignatureMalformedError: any deviation from the strict form.
    """
    try:
        public_key, namespace, signature = _decode(_dearmor(data))
        if _armor(_encode(public_key, namespace, signature)) != data:
            raise SignatureMalformedError(name=name, detail=text("not in the exact form"))
    except (ValueError, struct.error, binascii.Error) as error:
        raise SignatureMalformedError(name=name, detail=str(error)) from None
    return SshSignature(public_key, namespace, signature)


def openssh_key(public_key: bytes) -> str:
    """Return *public_key* (32 bytes) as ``ssh-ed25519 AAAA…`` without comment."""
    return f"ssh-ed25519 {base64.b64encode(_key_blob(public_key)).decode('ascii')}"


def fingerprint(public_key: bytes) -> str:
    """Return the OpenSSH fingerprint ``SHA256:…`` of *public_key* (32 bytes)."""
    digest = hashlib.sha256(_key_blob(public_key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _key_blob(public_key: bytes) -> bytes:
    return _string(_KEY_TYPE) + _string(public_key)


def _signed_data(message: bytes, namespace: str) -> bytes:
    fields = (namespace.encode("ascii"), b"", _HASH, hashlib.sha512(message).digest())
    return _MAGIC + b"".join(_string(field) for field in fields)


def _encode(public_key: bytes, namespace: str, signature: bytes) -> bytes:
    blob = _string(_KEY_TYPE) + _string(signature)
    fields = (_key_blob(public_key), namespace.encode("ascii"), b"", _HASH, blob)
    return _MAGIC + struct.pack(">I", _VERSION) + b"".join(_string(field) for field in fields)


def _armor(blob: bytes) -> bytes:
    encoded = base64.b64encode(blob).decode("ascii")
    lines = (encoded[start : start + _LINE] + "\n" for start in range(0, len(encoded), _LINE))
    return (_BEGIN + "".join(lines) + _END).encode("ascii")


def _dearmor(data: bytes) -> bytes:
    if len(data) > _MAX_BYTES:
        msg = text(
            "{size} bytes long, at most {limit} are allowed", size=len(data), limit=_MAX_BYTES
        )
        raise ValueError(msg)
    armor = data.decode("ascii")
    if not (armor.startswith(_BEGIN) and armor.endswith(_END)):
        msg = text("the first or last line is not that of an SSH signature")
        raise ValueError(msg)
    body = armor[len(_BEGIN) : -len(_END)].replace("\n", "")
    return base64.b64decode(body, validate=True)


def _decode(blob: bytes) -> tuple[bytes, str, bytes]:
    if blob[:6] != _MAGIC or struct.unpack_from(">I", blob, 6)[0] != _VERSION:
        msg = text("not an SSHSIG of version 1")
        raise ValueError(msg)
    key_blob, namespace, reserved, hash_name, signature_blob = _strings(blob[10:], 5)
    key_type, public_key = _strings(key_blob, 2)
    signature_type, signature = _strings(signature_blob, 2)
    _require(key_type == signature_type == _KEY_TYPE, n_("the key is not Ed25519"))
    _require(hash_name == _HASH, n_("the hash is not sha512"))
    _require(reserved == b"", n_("the reserved field is not empty"))
    _require(len(public_key) == _KEY_BYTES, n_("the key is not 32 bytes long"))
    _require(len(signature) == _SIGNATURE_BYTES, n_("the signature is not 64 bytes long"))
    _require(_NAMESPACE.fullmatch(namespace) is not None, n_("the namespace is not plain text"))
    return public_key, namespace.decode("ascii"), signature


def _strings(data: bytes, count: int) -> list[bytes]:
    """Split *data* into exactly *count* length-prefixed strings."""
    result = []
    offset = 0
    for _ in range(count):
        (length,) = struct.unpack_from(">I", data, offset)
        offset += 4
        _require(offset + length <= len(data), n_("a field is cut off"))
        result.append(data[offset : offset + length])
        offset += length
    _require(offset == len(data), n_("bytes follow after the last field"))
    return result


def _require(condition: bool, problem: str) -> None:
    if not condition:
        raise ValueError(text(problem))
