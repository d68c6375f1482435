"""The C2SP signed note: a text and the lines of those who signed it.

Specification: https://c2sp.org/signed-note. Only the Ed25519 signature type
(0x01) is spoken. Nothing is known about the text here; see
:mod:`mediabridge.translog.checkpoint`. A key is named by its *vkey*,
``<name>+<key id, 8 hex>+<base64 of 0x01 ‖ public key>``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mediabridge import errors, locale
from mediabridge.config import LIMITS, Limits
from mediabridge.spelling import from_base64, to_base64

PUBLIC_KEY_BYTES: Final = 32
"""Length of a raw Ed25519 public key (RFC 8032)."""

_ED25519: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
_MARK: Final = "— "
_FIRST_PRINTABLE: Final = " "


class Signer(Protocol):
    """A private Ed25519 key under a name: a key file, or a token that never shows the key."""

    @property
    def name(self) -> str:
        """The key name; for a log key this is the log's origin."""

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the public key."""

    def sign(self, message: bytes, /) -> bytes:
        """Return the 64-byte Ed25519 signature of *message*."""


@dataclass(frozen=True)
class Ed25519Signer:
    """The :class:`Signer` of a private key held in memory."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the public key."""
        return self.private_key.public_key().public_bytes_raw()

    def sign(self, message: bytes, /) -> bytes:
        """Return the 64-byte Ed25519 signature of *message*."""
        return self.private_key.sign(message)


@dataclass(frozen=True)
class Vkey:
    """A verifier key: a name and the raw public key it stands for."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not _is_key_name(self.name) or len(self.public_key) != PUBLIC_KEY_BYTES:
            msg = locale.text(
                "a vkey needs a name without spaces or plus, and a public key of 32 bytes"
            )
            raise ValueError(msg)

    @classmethod
    def of(cls, signer: Signer) -> Vkey:
        """Return the key that verifies what *signer* signs."""
        return cls(signer.name, signer.public_key)

    @classmethod
    def parse(cls, text: str) -> Vkey:
        """Read the one spelling that :meth:`encode` writes.

        Raises:
            ValueError: malformed, another signature type, or a key id that does not fit.
        """
        name, _, rest = text.partition("+")
        typed = _decode(rest.partition("+")[2])
        vkey = cls(name, typed[len(_ED25519) :])
        if vkey.encode() != text:
            msg = locale.text("not an Ed25519 vkey of the form name+key id+base64")
            raise ValueError(msg)
        return vkey

    def encode(self) -> str:
        """Return the vkey as text."""
        typed = to_base64(_ED25519 + self.public_key)
        return f"{self.name}+{self.key_id.hex()}+{typed}"

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that name this key in a signature line; a name, not a proof."""
        preimage = self.name.encode() + b"\n" + _ED25519 + self.public_key
        return hashlib.sha256(preimage).digest()[:_KEY_ID_BYTES]

    def verify(self, signature: bytes, text: str) -> None:
        """Check the 64-byte *signature* of *text*.

        Raises:
            LogNoteError: it was not made by this key over this text.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            detail = locale.text(
                "the signature of {name} does not belong to this text", name=self.name
            )
            raise errors.LogNoteError(detail=detail) from None


@dataclass(frozen=True)
class OpenedNote:
    """A note whose signatures by known keys were all good, and there was at least one."""

    text: str
    signed_by: tuple[Vkey, ...]


def sign(text: str, signer: Signer) -> bytes:
    """Return the signed note of *text* with one signature line.

    Raises:
        ValueError: *text* does not end in a newline or holds a control character.
    """
    if not _is_note_text(text):
        msg = "the text of a note ends in a newline and has no other control character"
        raise ValueError(msg)
    vkey = Vkey.of(signer)
    signature = signer.sign(text.encode())
    # A token that signs with another key than it shows is found here, not at the peer.
    vkey.verify(signature, text)
    line = to_base64(vkey.key_id + signature)
    return f"{text}\n{_MARK}{vkey.name} {line}\n".encode()


def open_note(data: bytes, vkeys: Iterable[Vkey], limits: Limits = LIMITS) -> OpenedNote:
    """Check *data* against *vkeys* and only then give its text away.

    Signatures by keys that are not in *vkeys* are ignored, as the
    specification demands; they may be those of witnesses or of a next key.

    Raises:
        LogNoteError: malformed, too large, a known key's signature is bad, or
            none of the keys signed.
    """
    text, lines = _split(data, limits)
    known = {(vkey.name, vkey.key_id): vkey for vkey in vkeys}
    signed_by: dict[Vkey, None] = {}
    for line in lines:
        name, key_id, signature = _parse_line(line)
        if vkey := known.get((name, key_id)):
            vkey.verify(signature, text)
            signed_by[vkey] = None
    if not signed_by:
        names = ", ".join(sorted({vkey.name for vkey in known.values()})) or locale.text("nobody")
        raise errors.LogNoteError(detail=locale.text("not signed by {names}", names=names))
    return OpenedNote(text, tuple(signed_by))


class _Line(NamedTuple):
    name: str
    key_id: bytes
    signature: bytes


def _split(data: bytes, limits: Limits) -> tuple[str, list[str]]:
    if len(data) > limits.log_note_bytes:
        detail = locale.text(
            "a note of {size} bytes, at most {limit}", size=len(data), limit=limits.log_note_bytes
        )
        raise errors.LogNoteError(detail=detail)
    try:
        head, separator, signatures = data.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError:
        raise errors.LogNoteError(detail=locale.text("the note is not UTF-8")) from None
    text = head + "\n"
    if not separator or not signatures.endswith("\n") or not _is_note_text(text):
        detail = locale.text("not a text, an empty line and signature lines")
        raise errors.LogNoteError(detail=detail)
    lines = signatures.removesuffix("\n").split("\n")
    if len(lines) > limits.log_note_signatures:
        detail = locale.text(
            "signatures: {count}, at most {limit}",
            count=len(lines),
            limit=limits.log_note_signatures,
        )
        raise errors.LogNoteError(detail=detail)
    return text, lines


def _parse_line(line: str) -> _Line:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    raw = _decode(encoded)
    if not line.startswith(_MARK) or not _is_key_name(name) or len(raw) <= _KEY_ID_BYTES:
        detail = locale.text("a signature line is not in the required form")
        raise errors.LogNoteError(detail=detail)
    return _Line(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def _is_note_text(text: str) -> bool:
    return text.endswith("\n") and all(
        character >= _FIRST_PRINTABLE or character == "\n" for character in text
    )


def _is_key_name(name: str) -> bool:
    return bool(name) and not any(
        character.isspace() or character < _FIRST_PRINTABLE or character == "+"
        for character in name
    )


def _decode(encoded: str) -> bytes:
    """Return the bytes of canonical standard base64, or none at all for anything else."""
    try:
        return from_base64(encoded)
    except ValueError:
        return b""
