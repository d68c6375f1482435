"""OpenSSH public keys as text: one spelling each, so equal texts are equal keys."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Final

from mediabridge import locale
from mediabridge.bundle import sshsig
from mediabridge.spelling import from_base64

_ED25519_BYTES: Final = 32


def parse_openssh(text: str) -> bytes:
    """Return the 32 raw bytes of an OpenSSH Ed25519 public key line.

    Raises:
        ValueError: *text* is not the one spelling that ``sshsig.openssh_key`` writes.
    """
    key_type, _, spelt = text.partition(" ")
    sshsig.require_key_type(key_type.encode())
    raw = b""
    with suppress(ValueError):
        raw = from_base64(spelt)[-_ED25519_BYTES:]
    if len(raw) != _ED25519_BYTES or sshsig.openssh_key(raw) != text:
        msg = locale.text("not an OpenSSH Ed25519 public key without comment")
        raise ValueError(msg)
    return raw


def fingerprint(text: str) -> str:
    """Return the ``SHA256:…`` fingerprint, as ``ssh-keygen -l`` prints it, of an OpenSSH key.

    Raises:
        ValueError: *text* is not an OpenSSH Ed25519 public key.
    """
    return sshsig.fingerprint(parse_openssh(text))


def fingerprint_of(public: str) -> str:
    """Return what people compare of any public key as text.

    Of an OpenSSH key it is what ``ssh-keygen -l`` prints; of every other the SHA-256 of the
    text, in hexadecimal as ``sha256sum`` prints it.
    """
    try:
        return fingerprint(public)
    except ValueError:
        return hashlib.sha256(public.encode()).hexdigest()
