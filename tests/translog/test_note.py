from __future__ import annotations

import base64
from dataclasses import FrozenInstanceError, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from logkeys import Ed25519Signer

from mediabridge import errors
from mediabridge.config import LIMITS
from mediabridge.translog import note
from mediabridge.translog.note import Vkey

# The example of Go's golang.org/x/mod/sumdb/note package.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SIGNER_KEY = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
).encode()

TEXT = "first\n\nthird, after an empty line; 授受記録\n"
SIGNER = Ed25519Signer("a.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = Ed25519Signer("b.example/log", Ed25519PrivateKey.from_private_bytes(b"\1" * 32))
VKEY, OTHER_VKEY = Vkey.of(SIGNER), Vkey.of(OTHER)
NOTE = note.sign(TEXT, SIGNER)


def line(data: bytes) -> bytes:
    return data.rpartition(b"\n\n")[2]


def test_go_note_opens() -> None:
    opened = note.open_note(GO_NOTE, [Vkey.parse(GO_VKEY)])
    assert opened == note.OpenedNote(GO_TEXT, (Vkey.parse(GO_VKEY),))


def test_go_note_reproduced() -> None:
    seed = base64.b64decode(GO_SIGNER_KEY)[1:]
    signer = Ed25519Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(seed))
    assert Vkey.of(signer).encode() == GO_VKEY
    assert note.sign(GO_TEXT, signer) == GO_NOTE


def test_vkey_round_trips() -> None:
    assert Vkey.parse(VKEY.encode()) == VKEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY.replace("+ARpc", "+BBpc"),
        GO_VKEY.replace("Peter", "Peter "),
        GO_VKEY + "\n",
        GO_VKEY[:-4],
        "+" + GO_VKEY,
    ],
)
def test_malformed_vkey_refused(text: str) -> None:
    with pytest.raises(ValueError, match="vkey"):
        Vkey.parse(text)


STRANGE_NAMES = ["", "a b", "a+b", "a\tb", "a\x1bb", "a\u3000b", "a\x7fb", "a\x9fb"]


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_strange_key_name_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a vkey needs a name without spaces or plus"):
        Vkey(name, VKEY.public_key)
    strange = NOTE.replace(SIGNER.name.encode(), name.encode())
    with pytest.raises(errors.LogNoteError, match="signature line is not in the required form"):
        note.open_note(strange, [VKEY])


@pytest.mark.parametrize("length", [0, 31, 33])
def test_key_of_other_length_refused(length: int) -> None:
    with pytest.raises(ValueError, match="a public key of 32 bytes"):
        Vkey(VKEY.name, bytes(length))


def test_what_was_opened_stays_so() -> None:
    opened = note.open_note(NOTE, [VKEY])
    for known, name in ((opened, "text"), (VKEY, "name"), (SIGNER, "name")):
        with pytest.raises(FrozenInstanceError):
            setattr(known, name, "other")


@given(st.integers(0, 8 * len(NOTE) - 1))
def test_flipped_bit_fails(bit: int) -> None:
    changed = bytearray(NOTE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(errors.LogNoteError):
        note.open_note(bytes(changed), [VKEY])


def test_unknown_signatures_ignored() -> None:
    both = line(note.sign(TEXT, OTHER)) + NOTE.rpartition(b"\n\n")[2]
    data = TEXT.encode() + b"\n" + both
    assert note.open_note(data, [VKEY]).signed_by == (VKEY,)
    assert note.open_note(data, [VKEY, OTHER_VKEY]).signed_by == (OTHER_VKEY, VKEY)


def test_same_name_ignored() -> None:
    namesake = replace(OTHER, name=SIGNER.name)
    data = NOTE + line(note.sign(TEXT, namesake))
    assert note.open_note(data, [VKEY]).signed_by == (VKEY,)


def test_bad_known_signature_fails() -> None:
    # The other signature is good, yet the note is refused as a whole.
    foreign = line(note.sign("something else\n", OTHER))
    with pytest.raises(errors.LogNoteError, match=r"signature of b\.example/log does not belong"):
        note.open_note(NOTE + foreign, [VKEY, OTHER_VKEY])


def test_unsigned_note_refused() -> None:
    with pytest.raises(errors.LogNoteError, match=r"not signed by b\.example/log"):
        note.open_note(NOTE, [OTHER_VKEY])
    with pytest.raises(errors.LogNoteError, match="not signed by nobody"):
        note.open_note(NOTE, [])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"one line\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace(b"third", b"th\rrd"),
    ],
)
def test_malformed_note_refused(data: bytes) -> None:
    with pytest.raises(errors.LogNoteError, match="not a text, an empty line and signature lines"):
        note.open_note(data, [VKEY])


def test_other_encoding_refused() -> None:
    with pytest.raises(errors.LogNoteError, match="not UTF-8"):
        note.open_note(NOTE.replace(b"third", b"th\xffrd"), [VKEY])


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        NOTE.replace(b"\n\n\xe2", b"\n\xe2"),
        NOTE.replace("— ".encode(), b"- "),
        NOTE.replace(b"=\n", b"\n"),
        NOTE + b"free text\n",
        NOTE + "— c.example AAAA\n".encode(),
        NOTE + "— c.example AAAAAA==\n".encode(),
        NOTE + "— c.example AAAAAAA\n".encode(),
        NOTE + "— c.example AAAA-AAA\n".encode(),
        NOTE + b"c.example AAAAAAA=\n",
    ],
)
def test_malformed_signature_line_refused(data: bytes) -> None:
    with pytest.raises(errors.LogNoteError, match="signature line is not in the required form"):
        note.open_note(data, [VKEY])


def test_shortest_signature_of_a_stranger_ignored() -> None:
    opened = note.open_note(NOTE + "— c.example AAAAAAA=\n".encode(), [VKEY])
    assert opened.signed_by == (VKEY,)


def test_too_large_refused() -> None:
    limits = replace(LIMITS, log_note_bytes=len(NOTE) - 1)
    with pytest.raises(errors.LogNoteError, match=f"{len(NOTE)} bytes, at most {len(NOTE) - 1}"):
        note.open_note(NOTE, [VKEY], limits)
    assert note.open_note(NOTE, [VKEY], replace(LIMITS, log_note_bytes=len(NOTE)))


def test_many_signatures_limited() -> None:
    unknown = line(note.sign(TEXT, OTHER))
    note.open_note(NOTE + unknown * (LIMITS.log_note_signatures - 1), [VKEY])
    with pytest.raises(errors.LogNoteError, match="signatures: 33, at most 32"):
        note.open_note(NOTE + unknown * LIMITS.log_note_signatures, [VKEY])


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "null\0\n", "return\r\n"])
def test_unfit_text_unsigned(text: str) -> None:
    with pytest.raises(ValueError, match="ends in a newline"):
        note.sign(text, SIGNER)


def test_confused_token_found() -> None:
    class ConfusedToken:
        name = SIGNER.name
        public_key = OTHER.public_key

        def sign(self, message: bytes, /) -> bytes:
            return SIGNER.sign(message)

    with pytest.raises(errors.LogNoteError, match="does not belong to this text"):
        note.sign(TEXT, ConfusedToken())
