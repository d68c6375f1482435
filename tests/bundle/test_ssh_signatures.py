"""Strict SSHSIG against the real ``ssh-keygen`` (format 1, section 6)."""

import base64
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from mediabridge.bundle import sshsig
from mediabridge.errors import SignatureInvalidError, SignatureMalformedError
from mediabridge.locale import Language, set_language

NAMESPACE = "mediabridge-bundle-v1@city.training.example"


@dataclass(frozen=True)
class Key:
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


KEY = Key()


@given(st.binary(max_size=200))
def test_signature_reads_back(message: bytes) -> None:
    armored = sshsig.sign(message, namespace=NAMESPACE, signer=KEY)
    signature = sshsig.parse(armored, name="x")
    signature.verify(message, name="x")
    assert (signature.public_key, signature.namespace) == (KEY.public_key, NAMESPACE)


@given(st.data())
def test_every_changed_byte_refused(data: st.DataObject) -> None:
    message = b"the list"
    armored = bytearray(sshsig.sign(message, namespace=NAMESPACE, signer=KEY))
    place = data.draw(st.integers(0, len(armored) - 1))
    armored[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises((SignatureMalformedError, SignatureInvalidError)):
        _accept(bytes(armored), message)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_refused(data: bytes) -> None:
    with pytest.raises(SignatureMalformedError):
        sshsig.parse(data, name="x")


def test_ssh_keygen_accepts_ours(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    message = b"the list\n"
    (tmp_path / "sig").write_bytes(sshsig.sign(message, namespace=NAMESPACE, signer=KEY))
    (tmp_path / "allowed").write_text(f"lgwan-01 {sshsig.openssh_key(KEY.public_key)}\n")
    command = [require_tool("ssh-keygen"), "-Y", "verify", "-f", "allowed", "-I", "lgwan-01"]
    command += ["-n", NAMESPACE, "-s", "sig"]
    done = subprocess.run(command, cwd=tmp_path, input=message, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def openssh_key_file(tmp_path: Path) -> Path:
    path = tmp_path / "id"
    pem = KEY.private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    path.write_bytes(pem)
    path.chmod(0o600)
    return path


def _ssh_keygen_signs(tool: str, key: Path, message: Path, *options: str) -> bytes:
    command = [tool, "-Y", "sign", "-f", str(key), "-n", NAMESPACE, *options, str(message)]
    subprocess.run(command, check=True, capture_output=True)
    return message.with_name(message.name + ".sig").read_bytes()


def test_ours_accepts_ssh_keygen(
    tmp_path: Path, openssh_key_file: Path, require_tool: Callable[[str], str]
) -> None:
    message = tmp_path / "list"
    message.write_bytes(b"the list\n")
    tool = require_tool("ssh-keygen")
    theirs = _ssh_keygen_signs(tool, openssh_key_file, message, "-O", "hashalg=sha512")
    sshsig.parse(theirs, name="x").verify(b"the list\n", name="x")
    # Ed25519 is deterministic, so the two programs must agree on every byte.
    assert theirs == sshsig.sign(b"the list\n", namespace=NAMESPACE, signer=KEY)


def test_weaker_hash_refused(
    tmp_path: Path, openssh_key_file: Path, require_tool: Callable[[str], str]
) -> None:
    message = tmp_path / "list"
    message.write_bytes(b"the list\n")
    tool = require_tool("ssh-keygen")
    theirs = _ssh_keygen_signs(tool, openssh_key_file, message, "-O", "hashalg=sha256")
    with pytest.raises(SignatureMalformedError, match="sha512"):
        sshsig.parse(theirs, name="x")


OTHER_KEYS = {
    "ssh-rsa": ("-t", "rsa", "-b", "2048"),
    "ecdsa-sha2-nistp256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-sha2-nistp521": ("-t", "ecdsa", "-b", "521"),
}


@pytest.mark.parametrize("key_type", OTHER_KEYS)
def test_other_type_of_key_is_named_beside_the_right_one(
    tmp_path: Path, require_tool: Callable[[str], str], key_type: str
) -> None:
    tool, message = require_tool("ssh-keygen"), tmp_path / "list"
    message.write_bytes(b"the list\n")
    command = [tool, "-q", "-N", "", "-f", str(tmp_path / "id"), *OTHER_KEYS[key_type]]
    subprocess.run(command, check=True, capture_output=True)
    theirs = _ssh_keygen_signs(tool, tmp_path / "id", message, "-O", "hashalg=sha512")
    _expect_named(theirs, key_type)


def _strings(*values: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(value)) + value for value in values)


def _armored(key: bytes, signature: bytes) -> bytes:
    fields = _strings(key, NAMESPACE.encode(), b"", b"sha512", signature)
    encoded = base64.b64encode(b"SSHSIG" + struct.pack(">I", 1) + fields).decode()
    lines = [encoded[start : start + 70] for start in range(0, len(encoded), 70)]
    begin, end = (f"-----{word} SSH SIGNATURE-----" for word in ("BEGIN", "END"))
    return "".join(f"{line}\n" for line in (begin, *lines, end)).encode()


def _expect_named(armored: bytes, key_type: str) -> None:
    for language in Language:
        set_language(language)
        with pytest.raises(SignatureMalformedError) as refused:
            sshsig.parse(armored, name="x")
        detail = refused.value.facts["detail"]
        assert key_type in detail
        assert "ssh-ed25519 / ecdsa-sha2-nistp384" in detail.replace(key_type, "", 1)


@pytest.mark.parametrize("key_type", ["sk-ssh-ed25519", "sk-ecdsa-sha2-nistp256"])
def test_key_in_a_token_is_named_beside_the_right_one(key_type: str) -> None:
    # OpenSSH's PROTOCOL.u2f: application after the key, flags and counter after the signature.
    name = f"{key_type}@openssh.com".encode()
    curve = [b"nistp256"] if "nistp256" in key_type else []
    key = _strings(name, *curve, bytes(65 if curve else 32), b"ssh:")
    signature = _strings(name, bytes(64)) + b"\x01" + struct.pack(">I", 7)
    _expect_named(_armored(key, signature), name.decode())


def test_certificate_is_named_beside_the_right_type() -> None:
    name = b"ssh-ed25519-cert-v01@openssh.com"
    key = _strings(name, b"nonce", KEY.public_key) + bytes(90)
    _expect_named(_armored(key, _strings(b"ssh-ed25519", bytes(64))), name.decode())


@pytest.mark.parametrize("name", [b"", b"\x1b[2J", b"ssh-ed25519\n", b"\xe9", b"x" * 99])
def test_type_that_could_steer_a_screen_is_not_shown(name: bytes) -> None:
    with pytest.raises(SignatureMalformedError, match=r"the key is of type \?, but one of"):
        sshsig.parse(_armored(_strings(name, bytes(32)), _strings(name, bytes(64))), name="x")


def test_signature_of_another_type_than_its_key_is_refused() -> None:
    key = _strings(b"ssh-ed25519", KEY.public_key)
    with pytest.raises(SignatureMalformedError, match="key and signature are of different types"):
        sshsig.parse(_armored(key, _strings(b"rsa-sha2-512", bytes(64))), name="x")


def _accept(armored: bytes, message: bytes) -> None:
    signature = sshsig.parse(armored, name="x")
    if signature.public_key != KEY.public_key or signature.namespace != NAMESPACE:
        # Another key or purpose is the caller's to refuse; here it counts as refused.
        raise SignatureInvalidError(name="x")
    signature.verify(message, name="x")
