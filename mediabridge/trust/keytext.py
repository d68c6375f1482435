"""OpenSSH public keys as text: one spelling each, so equal texts are equal keys."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from mediabridge import locale
from mediabridge.bundle import sshsig
from mediabridge.spelling import from_base64
from mediabridge.translog.cosignature import WitnessKey


def parse_openssh(text: str) -> bytes:
    """Return the raw bytes of an OpenSSH public key line: 32 of Ed25519, 97 of P-384.

    Raises:
        ValueError: *text* is not the one spelling that ``sshsig.openssh_key`` writes.
    """
    key_type, _, spelt = text.partition(" ")
    sshsig.require_key_type(key_type.encode())
    with suppress(ValueError):
        raw = sshsig.parse_key(from_base64(spelt))
        if sshsig.openssh_key(raw) == text:
            return raw
    msg = locale.text("not an OpenSSH public key without comment")
    raise ValueError(msg)


def fingerprint(text: str) -> str:
    """Return the ``SHA256:…`` fingerprint, as ``ssh-keygen -l`` prints it, of an OpenSSH key.

    Raises:
        ValueError: *text* is not an OpenSSH public key of a type that signs.
    """
    return sshsig.fingerprint(parse_openssh(text))


def witness_fingerprint(vkey: str) -> str:
    """Return the fingerprint of a witness key: that of the same Ed25519 key as one of OpenSSH.

    Raises:
        ValueError: *vkey* is no witness key.
    """
    return sshsig.fingerprint(WitnessKey.parse(vkey).public_key)


def fingerprint_of(public: str) -> str:
    """Return what people compare of any public key as text.

    Of an OpenSSH key it is what ``ssh-keygen -l`` prints; of every other the SHA-256 of the
    text, in hexadecimal as ``sha256sum`` prints it.
    """
    try:
        return fingerprint(public)
    except ValueError:
        return hashlib.sha256(public.encode()).hexdigest()
