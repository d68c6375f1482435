"""SSHSIG, the signature format of ``ssh-keygen -Y``, in one strict form.

OpenSSH's ``PROTOCOL.sshsig`` allows several key types, two hashes and free line
lengths. Format 1 (section 6) allows Ed25519 and ECDSA with P-384, sha512 and the exact armor
that ``ssh-keygen`` writes, so that a signature has one spelling. ``ssh-keygen -Y
verify`` accepts what :func:`sign` writes; :func:`parse` accepts what ``ssh-keygen
-Y sign -O hashalg=sha512`` writes with such a key. A signature by another type of key
is refused like any other deviation, but its type is named: somebody took the wrong key.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from typing import Final, Protocol

from mediabridge.bundle import sshkeys
from mediabridge.bundle.sshkeys import KeyType, first_string, require, string, strings
from mediabridge.errors import SignatureInvalidError, SignatureMalformedError
from mediabridge.locale import n_, text
from mediabridge.spelling import from_ascii, from_base64, to_base64

_MAGIC: Final = b"SSHSIG"
_VERSION: Final = 1
_TYPE_NAME: Final = re.compile(rb"[a-z0-9][a-z0-9@.-]{0,63}")
"""A type of key or signature as OpenSSH names them; what is refused is also printed."""
_HASH: Final = b"sha512"
_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----\n"
_END: Final = "-----END SSH SIGNATURE-----\n"
_LINE: Final = 70
MAX_BYTES: Final = 4096
_NAMESPACE: Final = re.compile(rb"[!-~]{1,256}")
"""Visible ASCII: what is refused is also printed, and must not steer a terminal."""


class Signer(Protocol):
    """A private key that signs; in a file or in a token."""

    @property
    def public_key(self) -> bytes:
        """The raw public key: 32 bytes of Ed25519, or the 97 of a point of P-384."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of *message*: 64 bytes of Ed25519, 96 of ECDSA with SHA-384."""


@dataclass(frozen=True)
class SshSignature:
    """A parsed signature: whose key, for what purpose, and its raw bytes."""

    public_key: bytes
    namespace: str
    signature: bytes

    def verify(self, message: bytes, *, name: str) -> None:
        """Check the signature over *message*; *name* is the file named in an error.

        Raises:
            SignatureInvalidError: it is not the signature of these bytes.
        """
        kind = sshkeys.type_of(self.public_key)
        signed = _signed_data(message, self.namespace)
        if not kind.verifies(self.public_key, self.signature, signed):
            raise SignatureInvalidError(name=name)


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
    """Return a raw public key as ``ssh-ed25519 AAAA…`` or its like, without comment."""
    return f"{sshkeys.type_of(public_key).name.decode()} {to_base64(sshkeys.key_blob(public_key))}"


def parse_key(blob: bytes) -> bytes:
    """Return the raw public key in OpenSSH's *blob*.

    Raises:
        ValueError: another type, which is named when it can be shown, or not its one form.
    """
    return _key_of(blob)[1]


def require_key_type(got: bytes) -> KeyType:
    """Return the type of key that OpenSSH calls *got*.

    Raises:
        ValueError: it is none of those asked for; it is named when it can be shown.
    """
    kind = sshkeys.named(got)
    if kind is None:
        msg = text(
            "the key is of type {got}, but one of type {wanted} is asked for",
            got=got.decode() if _TYPE_NAME.fullmatch(got) else "?",
            wanted=" / ".join(sshkeys.NAMES),
        )
        raise ValueError(msg)
    return kind


def fingerprint(public_key: bytes) -> str:
    """Return the OpenSSH fingerprint ``SHA256:…`` of a raw public key."""
    digest = hashlib.sha256(sshkeys.key_blob(public_key)).digest()
    return "SHA256:" + to_base64(digest).rstrip("=")


def _signed_data(message: bytes, namespace: str) -> bytes:
    fields = (namespace.encode("ascii"), b"", _HASH, hashlib.sha512(message).digest())
    return _MAGIC + b"".join(map(string, fields))


def _encode(public_key: bytes, namespace: str, signature: bytes) -> bytes:
    kind = sshkeys.type_of(public_key)
    blob = string(kind.name) + string(kind.pack(signature))
    fields = (sshkeys.key_blob(public_key), namespace.encode("ascii"), b"", _HASH, blob)
    return _MAGIC + struct.pack(">I", _VERSION) + b"".join(map(string, fields))


def _armor(blob: bytes) -> bytes:
    encoded = to_base64(blob)
    lines = (encoded[start : start + _LINE] + "\n" for start in range(0, len(encoded), _LINE))
    return (_BEGIN + "".join(lines) + _END).encode("ascii")


def _dearmor(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        msg = text(
            "{size} bytes long, at most {limit} are allowed", size=len(data), limit=MAX_BYTES
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
    require(blob.startswith(start), n_("not an SSHSIG of version 1"))
    key_blob, namespace, reserved, hash_name, signature_blob = _exactly(5, blob[len(start) :])
    kind, public_key = _key_of(key_blob)
    signature_type, signature = _exactly(2, signature_blob)
    require(signature_type == kind.name, n_("key and signature are of different types"))
    require(hash_name == _HASH, n_("the hash is not sha512"))
    require(reserved == b"", n_("the reserved field is not empty"))
    require(_NAMESPACE.fullmatch(namespace) is not None, n_("the namespace is not plain text"))
    return public_key, namespace.decode("ascii"), kind.unpack(signature)


def _key_of(blob: bytes) -> tuple[KeyType, bytes]:
    # What follows the type depends on it: it is looked at first.
    name, rest = first_string(blob)
    kind = require_key_type(name)
    return kind, kind.public_key(strings(rest))


def _exactly(count: int, data: bytes) -> list[bytes]:
    """Split *data* into exactly *count* length-prefixed strings."""
    found = strings(data)
    require(len(found) >= count, n_("a field is cut off"))
    require(len(found) == count, n_("bytes follow after the last field"))
    return found
