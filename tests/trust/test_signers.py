import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from mediabridge.bundle import sshsig, wraps
from mediabridge.errors import KeyFileError
from mediabridge.translog import note
from mediabridge.trust import keyfile, keytext, signers
from mediabridge.trust.keyfile import TRAINING_COST, StoredKey

ORIGIN = "city.example/log/lgwan-01"
SUITE = Suite(KEM.MLKEM1024_P384, KDF.HKDF_SHA384, AEAD.AES_256_GCM)


def test_ssh_key_signs_bundles() -> None:
    key = signers.new_ssh_key("lgwan-01")
    armored = sshsig.sign(b"sums", namespace="test@example", signer=signers.signer(key))
    signature = sshsig.parse(armored, name="signature")
    signature.verify(b"sums", name="signature")
    assert signature.public_key == keytext.parse_openssh(key.public)


def test_log_key_signs_notes() -> None:
    key = signers.new_log_key("lgwan-01-log", origin=ORIGIN)
    signer = signers.signer(key)
    opened = note.open_note(note.sign("text\n", signer), [note.Vkey.parse(key.public)])
    assert opened.text == "text\n"
    assert (signer.id, signer.name) == ("lgwan-01-log", ORIGIN)


def test_tuf_key_signs() -> None:
    key = signers.new_tuf_key("tuf-root-1")
    signature = signers.signer(key).sign(b"metadata")
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public)).verify(signature, b"metadata")


def test_recipient_key_opens_what_was_sealed_to_it() -> None:
    key = signers.new_recipient_key("lgwan-01-recipient")
    public = wraps.load_public_key(base64.b64decode(key.public))
    sealed = SUITE.encrypt(b"bundle key", public, info=b"info")
    assert SUITE.decrypt(sealed, signers.recipient_key(key), info=b"info") == b"bundle key"


def test_keys_open_from_their_files(tmp_path: Path) -> None:
    signing, opening = signers.new_ssh_key("a"), signers.new_recipient_key("b")
    for key in (signing, opening):
        keyfile.save(tmp_path / key.id, key, b"secret", cost=TRAINING_COST)
    opened = signers.open_signer(tmp_path / "a", b"secret")
    assert opened.public_key == keytext.parse_openssh(signing.public)
    private = signers.open_recipient_key(tmp_path / "b", b"secret")
    sealed = SUITE.encrypt(b"bundle key", private.public_key(), info=b"info")
    assert SUITE.decrypt(sealed, signers.recipient_key(opening), info=b"info") == b"bundle key"


def test_new_keys_differ() -> None:
    assert signers.new_ssh_key("a").secret != signers.new_ssh_key("a").secret
    assert signers.new_recipient_key("a").secret != signers.new_recipient_key("a").secret


def test_key_does_only_its_work() -> None:
    with pytest.raises(KeyFileError, match="do not sign"):
        signers.signer(signers.new_recipient_key("a"))
    with pytest.raises(KeyFileError, match="do not decrypt"):
        signers.recipient_key(signers.new_ssh_key("a"))


@pytest.mark.parametrize(
    "key",
    [
        replace(signers.new_ssh_key("a"), public=signers.new_ssh_key("a").public),
        replace(signers.new_tuf_key("a"), public=signers.new_tuf_key("a").public),
        replace(signers.new_tuf_key("a"), public="not hex"),
        replace(signers.new_ssh_key("a"), secret=b"short"),
    ],
)
def test_foreign_half_is_refused(key: StoredKey) -> None:
    with pytest.raises(KeyFileError):
        signers.signer(key)


@pytest.mark.parametrize(
    "key",
    [
        replace(signers.new_recipient_key("a"), public=signers.new_recipient_key("a").public),
        replace(signers.new_recipient_key("a"), secret=bytes(112)),
        replace(signers.new_recipient_key("a"), secret=b""),
    ],
)
def test_foreign_recipient_half_is_refused(key: StoredKey) -> None:
    with pytest.raises(KeyFileError):
        signers.recipient_key(key)
