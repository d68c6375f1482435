"""SSHSIG: what we write OpenSSH verifies, what OpenSSH writes we read, and nothing else."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from mediabridge.bundle import sshsig
from mediabridge.errors import SignatureInvalidError, SignatureMalformedError

NAMESPACE = "mediabridge-bundle-v1@city.training.example"


class MemorySigner:
    """A key that only this test knows."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @property
    def public_key(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


PRIVATE = Ed25519PrivateKey.generate()
SIGNER = MemorySigner(PRIVATE)
SIGNATURE = sshsig.sign(b"the list", namespace=NAMESPACE, signer=SIGNER)


@given(st.binary(max_size=200), st.from_regex(r"[a-z][a-z0-9@.-]{0,60}", fullmatch=True))
def test_written_signature_verifies(message: bytes, namespace: str) -> None:
    data = sshsig.sign(message, namespace=namespace, signer=SIGNER)
    signature = sshsig.parse(data, name="x.sig")
    assert (signature.public_key, signature.namespace) == (SIGNER.public_key, namespace)
    signature.verify(message, name="x.sig")
    with pytest.raises(SignatureInvalidError):
        signature.verify(message + b"x", name="x.sig")


@given(st.binary(max_size=300))
def test_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(SignatureMalformedError):
        sshsig.parse(data, name="x.sig")


@given(st.integers(0, len(SIGNATURE) - 1), st.binary(min_size=1, max_size=2), st.integers(0, 2))
def test_edited_signature_is_refused(place: int, piece: bytes, length: int) -> None:
    edited = SIGNATURE[:place] + piece + SIGNATURE[place + length :]
    if edited == SIGNATURE:
        return
    try:
        signature = sshsig.parse(edited, name="x.sig")
    except SignatureMalformedError:
        return
    with pytest.raises(SignatureInvalidError):
        signature.verify(b"the list", name="x.sig")


def test_openssh_verifies_ours(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    key = sshsig.openssh_key(SIGNER.public_key)
    signers = f'lgwan-01 namespaces="{NAMESPACE}" {key}\n'
    (tmp_path / "allowed_signers").write_text(signers, encoding="ascii")
    (tmp_path / "x.sig").write_bytes(SIGNATURE)
    command = [
        require_tool("ssh-keygen"), "-Y", "verify", "-f", "allowed_signers", "-I", "lgwan-01",
        "-n", NAMESPACE, "-s", "x.sig",
    ]  # fmt: skip
    for message, code in ((b"the list", 0), (b"another list", 255)):
        done = subprocess.run(
            command, cwd=tmp_path, input=message, check=False, capture_output=True
        )
        assert done.returncode == code


def _openssh_sign(folder: Path, tool: str, *options: str, kind: str = "ed25519") -> bytes:
    (folder / "message").write_bytes(b"the list")
    key = folder / "key"
    if kind == "ed25519":
        key.write_bytes(PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        key.chmod(0o600)
    else:
        subprocess.run([tool, "-q", "-t", kind, "-N", "", "-f", key], check=True)
    command = [tool, "-Y", "sign", "-f", "key", "-n", NAMESPACE, *options, "message"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "message.sig").read_bytes()


def test_openssh_writes_the_same(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    """Ed25519 is deterministic, so both spellings must be equal byte for byte."""
    tool = require_tool("ssh-keygen")
    assert _openssh_sign(tmp_path, tool, "-O", "hashalg=sha512") == SIGNATURE


def test_other_hash_is_refused(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    data = _openssh_sign(tmp_path, require_tool("ssh-keygen"), "-O", "hashalg=sha256")
    with pytest.raises(SignatureMalformedError, match="sha512"):
        sshsig.parse(data, name="x.sig")


def test_other_key_type_is_refused(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    data = _openssh_sign(tmp_path, require_tool("ssh-keygen"), kind="ecdsa")
    with pytest.raises(SignatureMalformedError, match="Ed25519"):
        sshsig.parse(data, name="x.sig")


@pytest.mark.parametrize(
    "respell",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data + b"\n",
        lambda data: b"\n" + data,
        lambda data: data[:-1],
        lambda data: data.replace(b"\n-----END", b"\n\n-----END"),
        lambda data: data[:40] + b"\n" + data[40:],
        lambda data: data.replace(b"SSH SIGNATURE", b"SSH  SIGNATURE"),
        lambda data: data + data,
        lambda data: data.replace(b"=\n-----END", b"\n-----END"),
    ],
)
def test_other_armor_is_refused(respell: Callable[[bytes], bytes]) -> None:
    assert respell(SIGNATURE) != SIGNATURE
    with pytest.raises(SignatureMalformedError):
        sshsig.parse(respell(SIGNATURE), name="x.sig")
