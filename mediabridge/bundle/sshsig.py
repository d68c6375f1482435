"""SSHSIG, the signature format of ``ssh-keygen -Y``, in one strict form.

OpenSSH's ``PROTOCOL.sshsig`` allows several key types, two hashes and free line
lengths. Format 1 (section 6) allows Ed25519, sha512 and the exact armor that
``ssh-keygen`` writes, so that a signature has one spelling. ``ssh-keygen -Y
verify`` accepts what :func:`sign` writes; :func:`parse` accepts what ``ssh-keygen
-Y sign -O hashalg=sha512`` writes with an Ed25519 key. A signature by another type of key
is refused like any other deviation, but its type is named: somebody took the wrong key.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mediabridge.errors import SignatureInvalidError, SignatureMalformedError
from mediabridge.locale import n_, text
from mediabridge.spelling import from_ascii, from_base64, to_base64

_MAGIC: Final = b"SSHSIG"
_VERSION: Final = 1
_KEY_TYPE: Final = b"ssh-ed25519"
_TYPE_NAME: Final = re.compile(rb"[a-z0-9][a-z0-9@.-]{0,63}")
"""A type of key or signature as OpenSSH names them; what is refused is also printed."""
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
    except ValueError as error:
        raise SignatureMalformedError(name=name, detail=str(error)) from None
    return SshSignature(public_key, namespace, signature)


def openssh_key(public_key: bytes) -> str:
    """Return *public_key* (32 bytes) as ``ssh-ed25519 AAAA…`` without comment."""
    return f"{_KEY_TYPE.decode()} {to_base64(_key_blob(public_key))}"


def require_key_type(got: bytes) -> None:
    """See that *got*, OpenSSH's name of a type of key, is the one that is asked for.

    Raises:
        ValueError: it is another, which is named when it can be shown.
    """
    if got != _KEY_TYPE:
        msg = text(
            "the key is of type {got}, but one of type {wanted} is asked for",
            got=got.decode() if _TYPE_NAME.fullmatch(got) else "?",
            wanted=_KEY_TYPE.decode(),
        )
        raise ValueError(msg)


def fingerprint(public_key: bytes) -> str:
    """Return the OpenSSH fingerprint ``SHA256:…`` of *public_key* (32 bytes)."""
    digest = hashlib.sha256(_key_blob(public_key)).digest()
    return "SHA256:" + to_base64(digest).rstrip("=")


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
    encoded = to_base64(blob)
    lines = (encoded[start : start + _LINE] + "\n" for start in range(0, len(encoded), _LINE))
    return (_BEGIN + "".join(lines) + _END).encode("ascii")


def _dearmor(data: bytes) -> bytes:
    if len(data) > _MAX_BYTES:
        msg = text(
            "{size} bytes long, at most {limit} are allowed", size=len(data), limit=_MAX_BYTES
        )
        raise ValueError(msg)
    armor = from_ascii(data)
    if not (armor.startswith(_BEGIN) and armor.endswith(_END)):
        msg = text("the first or last line is not that of an SSH signature")
        raise ValueError(msg)
    body = armor[len(_BEGIN) : -len(_END)].replace("\n", "")
    return from_base64(body)


def _decode(blob: bytes) -> tuple[bytes, str, bytes]:
    start = _MAGIC + struct.pack(">I", _VERSION)
    _require(blob.startswith(start), n_("not an SSHSIG of version 1"))
    key_blob, namespace, reserved, hash_name, signature_blob = _strings(blob[len(start) :], 5)
    # How many fields follow the type depends on it: it is looked at first.
    require_key_type(_first_string(key_blob)[0])
    _, public_key = _strings(key_blob, 2)
    signature_type, signature = _strings(signature_blob, 2)
    _require(signature_type == _KEY_TYPE, n_("key and signature are of different types"))
    _require(hash_name == _HASH, n_("the hash is not sha512"))
    _require(reserved == b"", n_("the reserved field is not empty"))
    _require(len(public_key) == _KEY_BYTES, n_("the key is not 32 bytes long"))
    _require(len(signature) == _SIGNATURE_BYTES, n_("the signature is not 64 bytes long"))
    _require(_NAMESPACE.fullmatch(namespace) is not None, n_("the namespace is not plain text"))
    return public_key, namespace.decode("ascii"), signature


def _strings(data: bytes, count: int) -> list[bytes]:
    """Split *data* into exactly *count* length-prefixed strings."""
    result = []
    for _ in range(count):
        value, data = _first_string(data)
        result.append(value)
    _require(not data, n_("bytes follow after the last field"))
    return result


def _first_string(data: bytes) -> tuple[bytes, bytes]:
    """Return the first length-prefixed string in *data*, and what follows it."""
    end = 4 + int.from_bytes(data[:4], "big")
    _require(len(data) >= end, n_("a field is cut off"))
    return data[4:end], data[end:]


def _require(condition: bool, problem: str) -> None:
    if not condition:
        raise ValueError(text(problem))
