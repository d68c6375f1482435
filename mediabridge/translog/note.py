"""The C2SP signed note: a text and the lines of those who signed it.

Specification: https://c2sp.org/signed-note. Spoken here is the plain Ed25519 signature
(type 0x01); :mod:`mediabridge.translog.cosignature` adds that of a witness. Nothing is
known about the text here; see :mod:`mediabridge.translog.checkpoint`. A key is named by
its *vkey*, ``<name>+<key id, 8 hex>+<base64 of type ‖ public key>``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mediabridge import errors, locale
from mediabridge.config import LIMITS, Limits
from mediabridge.spelling import from_base64, to_base64

PUBLIC_KEY_BYTES: Final = 32
"""Length of a raw Ed25519 public key (RFC 8032)."""

_KEY_ID_BYTES: Final = 4
_MARK: Final = "— "
_FIRST_PRINTABLE: Final = " "
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What no key name has; an auditor's reader knows no other."""


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
class VerifierKey:
    """A name and the raw Ed25519 key it stands for; each subclass is one type of signature."""

    name: str
    public_key: bytes

    TYPE: ClassVar[bytes]
    """The byte that C2SP assigned to this type of signature."""

    def __post_init__(self) -> None:
        if not _is_key_name(self.name) or len(self.public_key) != PUBLIC_KEY_BYTES:
            msg = locale.text(
                "a vkey needs a name without spaces or plus, and a public key of 32 bytes"
            )
            raise ValueError(msg)

    @classmethod
    def of(cls, signer: Signer) -> Self:
        """Return the key that verifies what *signer* signs."""
        return cls(signer.name, signer.public_key)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the one spelling that :meth:`encode` writes.

        Raises:
            ValueError: malformed, another signature type, or a key id that does not fit.
        """
        name, _, rest = text.partition("+")
        typed = _decode(rest.partition("+")[2])
        vkey = cls(name, typed[len(cls.TYPE) :])
        if vkey.encode() != text:
            msg = locale.text("not an Ed25519 vkey of the form name+key id+base64")
            raise ValueError(msg)
        return vkey

    def encode(self) -> str:
        """Return the vkey as text."""
        typed = to_base64(self.TYPE + self.public_key)
        return f"{self.name}+{self.key_id.hex()}+{typed}"

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that name this key in a signature line; a name, not a proof."""
        preimage = self.name.encode() + b"\n" + self.TYPE + self.public_key
        return hashlib.sha256(preimage).digest()[:_KEY_ID_BYTES]

    def verify(self, signature: bytes, text: str) -> None:
        """Check the *signature* of *text*, as a signature line has it behind the key id.

        Raises:
            LogNoteError: it was not made by this key over this text.
        """
        self._check(signature, text.encode())

    def _check(self, signature: bytes, message: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            detail = locale.text(
                "the signature of {name} does not belong to this text", name=self.name
            )
            raise errors.LogNoteError(detail=detail) from None


class Vkey(VerifierKey):
    """The key of a log: its signature is that of the text alone, 64 bytes."""

    TYPE = b"\x01"


class Line(NamedTuple):
    """One signature line: who says to have signed, and what."""

    name: str
    key_id: bytes
    signature: bytes

    def is_by(self, vkey: VerifierKey) -> bool:
        """Tell whether the line names *vkey*; only verifying proves it."""
        return (self.name, self.key_id) == (vkey.name, vkey.key_id)

    def encode(self) -> bytes:
        """Return the line with its newline."""
        return f"{_MARK}{self.name} {to_base64(self.key_id + self.signature)}\n".encode()


class ParsedNote(NamedTuple):
    """A note of the right form; none of its signatures has been looked at."""

    text: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class OpenedNote:
    """A note whose signatures by known keys were all good, and there was at least one."""

    text: str
    signed_by: tuple[VerifierKey, ...]


def sign(text: str, signer: Signer) -> bytes:
    """Return the signed note of *text* with one signature line.

    Raises:
        ValueError: *text* does not end in a newline or holds a control character.
    """
    vkey = Vkey.of(signer)
    signature = signer.sign(text.encode())
    # A token that signs with another key than it shows is found here, not at the peer.
    vkey.verify(signature, text)
    return assemble(text, Line(vkey.name, vkey.key_id, signature))


def assemble(text: str, *lines: Line) -> bytes:
    """Return the note of *text* with these signature *lines*.

    Raises:
        ValueError: *text* does not end in a newline or holds a control character.
    """
    if not _is_note_text(text):
        msg = "the text of a note ends in a newline and has no other control character"
        raise ValueError(msg)
    return f"{text}\n".encode() + b"".join(line.encode() for line in lines)


def parse(data: bytes, limits: Limits = LIMITS) -> ParsedNote:
    """Take the note *data* apart; whoever uses its text verifies a signature first.

    Raises:
        LogNoteError: malformed or too large.
    """
    text, lines = _split(data, limits)
    return ParsedNote(text, tuple(map(_parse_line, lines)))


def open_note(data: bytes, vkeys: Iterable[VerifierKey], limits: Limits = LIMITS) -> OpenedNote:
    """Check *data* against *vkeys* and only then give its text away.

    Signatures by keys that are not in *vkeys* are ignored, as the
    specification demands; they may be those of witnesses or of a next key.

    Raises:
        LogNoteError: malformed, too large, a known key's signature is bad, or
            none of the keys signed.
    """
    text, lines = parse(data, limits)
    known = {(vkey.name, vkey.key_id): vkey for vkey in vkeys}
    signed_by: dict[VerifierKey, None] = {}
    for line in lines:
        if vkey := known.get((line.name, line.key_id)):
            vkey.verify(line.signature, text)
            signed_by[vkey] = None
    if not signed_by:
        names = ", ".join(sorted({vkey.name for vkey in known.values()})) or locale.text("nobody")
        raise errors.LogNoteError(detail=locale.text("not signed by {names}", names=names))
    return OpenedNote(text, tuple(signed_by))


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


def _parse_line(line: str) -> Line:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    raw = _decode(encoded)
    if not line.startswith(_MARK) or not _is_key_name(name) or len(raw) <= _KEY_ID_BYTES:
        detail = locale.text("a signature line is not in the required form")
        raise errors.LogNoteError(detail=detail)
    return Line(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def _is_note_text(text: str) -> bool:
    return text.endswith("\n") and all(
        character >= _FIRST_PRINTABLE or character == "\n" for character in text
    )


def _is_key_name(name: str) -> bool:
    return bool(name) and not any(
        character.isspace() or character == "+" or _CONTROL.match(character) for character in name
    )


def _decode(encoded: str) -> bytes:
    """Return the bytes of canonical standard base64, or none at all for anything else."""
    try:
        return from_base64(encoded)
    except ValueError:
        return b""
