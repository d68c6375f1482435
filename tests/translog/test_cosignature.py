"""Cosigned checkpoints: what a witness makes, and what is refused of what somebody sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge import errors
from mediabridge.clock import from_rfc3339
from mediabridge.config import LIMITS
from mediabridge.translog import checkpoint, cosignature, note
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from tests.owners import CITY

TIME = from_rfc3339("2026-04-01T00:35:00Z")
NAME = cosignature.witness_of(CITY, "registry")
SIGNER = Ed25519Signer(NAME, Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
WITNESS = WitnessKey.of(SIGNER)


@pytest.fixture
def signed(origin: str, signer: Ed25519Signer) -> bytes:
    return checkpoint.sign(checkpoint.Checkpoint(origin, 3, bytes(32)), signer)


def test_log_and_witness_both_sign_one_note(signed: bytes, vkey: Vkey) -> None:
    made = cosignature.cosign(signed, SIGNER, TIME)
    assert made.startswith(signed)
    opened = cosignature.open_cosigned(made, WITNESS)
    assert (opened.checkpoint.size, opened.time, opened.note) == (3, TIME, made)
    assert checkpoint.open_checkpoint(made, vkey) == opened.checkpoint
    assert note.open_note(made, [vkey, WITNESS]).signed_by == (vkey, WITNESS)


def test_the_two_types_of_key_are_never_taken_for_each_other(vkey: Vkey) -> None:
    assert Vkey(NAME, WITNESS.public_key).key_id != WITNESS.key_id
    assert WitnessKey.parse(WITNESS.encode()) == WITNESS
    with pytest.raises(ValueError, match="not an Ed25519 vkey"):
        Vkey.parse(WITNESS.encode())
    with pytest.raises(ValueError, match="not an Ed25519 vkey"):
        WitnessKey.parse(vkey.encode())


def test_one_key_under_two_types_signs_two_things(signed: bytes) -> None:
    """A cosignature is no signature of a log, though key, name and text were the same."""
    made = cosignature.cosign(signed, SIGNER, TIME)
    with pytest.raises(errors.LogNoteError, match="not signed by"):
        note.open_note(made, [Vkey.of(SIGNER)])
    text = note.parse(signed).text
    with pytest.raises(errors.LogNoteError, match="should be 1"):
        cosignature.open_cosigned(note.sign(text, SIGNER), WITNESS)


@pytest.mark.parametrize(
    "time",
    [
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
    ],
)
def test_nothing_is_cosigned_without_a_time(signed: bytes, time: datetime) -> None:
    with pytest.raises(ValueError, match="needs a time"):
        cosignature.cosign(signed, SIGNER, time)


@pytest.mark.parametrize("time", ["1970-01-01T00:00:01Z", "9999-12-31T23:59:59Z"])
def test_first_and_last_second_are_times(signed: bytes, time: str) -> None:
    made = cosignature.cosign(signed, SIGNER, from_rfc3339(time))
    assert cosignature.open_cosigned(made, WITNESS).time == from_rfc3339(time)


def test_any_text_is_signed_by_the_witness_alone() -> None:
    opened = note.open_note(cosignature.sign_text("anything\n", SIGNER, TIME), [WITNESS])
    assert (opened.text, opened.signed_by) == ("anything\n", (WITNESS,))


@pytest.mark.parametrize("length", [71, 73])
def test_signature_of_another_length_says_which(length: int) -> None:
    with pytest.raises(errors.LogNoteError, match=f"in bytes: {length}, should be 72"):
        WITNESS.verify(bytes(7) + b"\1" * (length - 7), "anything\n")


def test_a_key_that_signs_as_another_is_found_at_once(signed: bytes) -> None:
    class Exchanged:
        name = NAME
        public_key = SIGNER.public_key

        def sign(self, message: bytes, /) -> bytes:
            return Ed25519PrivateKey.generate().sign(message)

    with pytest.raises(errors.LogNoteError, match="does not belong to this text"):
        cosignature.cosign(signed, Exchanged(), TIME)


def test_only_a_checkpoint_is_cosigned(signer: Ed25519Signer) -> None:
    with pytest.raises(errors.LogNoteError, match="not origin, size and root"):
        cosignature.cosign(note.sign("anything\n", signer), SIGNER, TIME)


@pytest.mark.parametrize("name", ["", "registry", "/witness/registry", "a.example/witness/"])
def test_what_names_no_witness(name: str) -> None:
    with pytest.raises(ValueError, match="a witness is named"):
        cosignature.station_of(name)


def test_the_name_of_a_witness_names_its_station() -> None:
    assert cosignature.station_of(NAME) == "registry"


def test_too_large_a_note_is_not_taken_apart(signed: bytes) -> None:
    line = cosignature.cosign(signed, SIGNER, TIME).removeprefix(signed)
    with pytest.raises(errors.LogNoteError, match="bytes, at most"):
        cosignature.open_cosigned(signed + line * (LIMITS.log_note_bytes // len(line)), WITNESS)
    with pytest.raises(errors.LogNoteError, match="signatures: 33, at most 32"):
        cosignature.open_cosigned(signed + line * 32, WITNESS)


def test_every_changed_bit_is_found(signed: bytes) -> None:
    """Whatever is changed in text or line of the witness, it is refused, and never crashes."""
    made = cosignature.cosign(signed, SIGNER, TIME)
    log_line = range(signed.index(b"\n\n") + 2, len(signed))
    for bit in range(8 * len(made)):
        if bit // 8 in log_line:
            continue
        changed = bytearray(made)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(errors.LogNoteError):
            cosignature.open_cosigned(bytes(changed), WITNESS)


def test_what_was_cut_off_is_refused(signed: bytes) -> None:
    made = cosignature.cosign(signed, SIGNER, TIME)
    for end in range(len(made)):
        with pytest.raises(errors.LogNoteError):
            cosignature.open_cosigned(made[:end], WITNESS)


def test_the_witness_of_another_station_does_not_count(signed: bytes) -> None:
    other = replace(SIGNER, private_key=Ed25519PrivateKey.generate())
    made = cosignature.cosign(signed, other, TIME)
    with pytest.raises(errors.LogNoteError, match=f"signatures of {NAME}: 0, should be 1"):
        cosignature.open_cosigned(made, WITNESS)
