"""SSHSIG by ECDSA keys of P-384, as tokens have them: one spelling, and the real ``ssh-keygen``."""

from __future__ import annotations

import base64
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from mediabridge.bundle import sshsig
from mediabridge.errors import SignatureInvalidError, SignatureMalformedError
from mediabridge.trust import keytext

NAMESPACE = "mediabridge-bundle-v1@city.training.example"
MESSAGE = b"the list\n"
NAME = b"ecdsa-sha2-nistp384"
ORDER = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)


@dataclass(frozen=True)
class Key:
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP384R1())
    )

    def point(self, form: PublicFormat = PublicFormat.UncompressedPoint) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, form)

    @property
    def public_key(self) -> bytes:
        return self.point()

    def numbers(self, message: bytes) -> tuple[int, int]:
        return decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA384())))

    def sign(self, message: bytes) -> bytes:
        return b"".join(number.to_bytes(48, "big") for number in self.numbers(message))


KEY = Key()


def strings(*values: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(value)) + value for value in values)


def mpint(number: int, zeros: int = 0) -> bytes:
    return bytes(zeros) + number.to_bytes(number.bit_length() // 8 + 1, "big")


def armored(key: bytes, numbers: bytes, name: bytes = NAME) -> bytes:
    signature = strings(name, numbers)
    fields = strings(key, NAMESPACE.encode(), b"", b"sha512", signature)
    encoded = base64.b64encode(b"SSHSIG" + struct.pack(">I", 1) + fields).decode()
    lines = [encoded[start : start + 70] for start in range(0, len(encoded), 70)]
    begin, end = (f"-----{word} SSH SIGNATURE-----" for word in ("BEGIN", "END"))
    return "".join(f"{line}\n" for line in (begin, *lines, end)).encode()


def blob(point: bytes, curve: bytes = b"nistp384") -> bytes:
    return strings(NAME, curve, point)


def good() -> tuple[int, int]:
    """Return the two numbers of a good signature."""
    numbers: list[tuple[int, int]] = []

    class Recorder(Key):
        def sign(self, message: bytes) -> bytes:
            numbers.append(self.numbers(message))
            return b"".join(number.to_bytes(48, "big") for number in numbers[0])

    sshsig.sign(MESSAGE, namespace=NAMESPACE, signer=Recorder(KEY.private))
    return numbers[0]


SIGNED = sshsig.sign(MESSAGE, namespace=NAMESPACE, signer=KEY)
"""Made once: each signature by ECDSA is another one, and may be a byte longer."""


@given(st.binary(max_size=100))
def test_signature_reads_back(message: bytes) -> None:
    signed = sshsig.sign(message, namespace=NAMESPACE, signer=KEY)
    signature = sshsig.parse(signed, name="x")
    signature.verify(message, name="x")
    assert (signature.public_key, signature.namespace) == (KEY.public_key, NAMESPACE)


@given(st.data())
def test_every_changed_byte_refused(data: st.DataObject) -> None:
    signed = bytearray(SIGNED)
    place = data.draw(st.integers(0, len(signed) - 1))
    signed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises((SignatureMalformedError, SignatureInvalidError)):
        _accept(bytes(signed))


def _accept(signed: bytes) -> None:
    signature = sshsig.parse(signed, name="x")
    if (signature.public_key, signature.namespace) != (KEY.public_key, NAMESPACE):
        raise SignatureInvalidError(name="x")
    signature.verify(MESSAGE, name="x")


def test_what_is_spelt_by_hand_is_taken() -> None:
    r, s = good()
    _accept(armored(blob(KEY.point()), strings(mpint(r), mpint(s))))


def test_the_other_s_verifies_as_well() -> None:
    """Said on the format's page: nothing may rest on a signature being the only one."""
    r, s = good()
    _accept(armored(blob(KEY.point()), strings(mpint(r), mpint(ORDER - s))))


SPELT_OTHERWISE: dict[str, Callable[[int, int], bytes]] = {
    "a zero too many": lambda r, s: strings(mpint(r, 1), mpint(s)),
    "a zero too many in s": lambda r, s: strings(mpint(r), mpint(s, 1)),
    "r of zero": lambda _, s: strings(b"", mpint(s)),
    "s of zero": lambda r, _: strings(mpint(r), b""),
    "s of one zero": lambda r, _: strings(mpint(r), b"\x00"),
    "r plus the order": lambda r, s: strings(mpint(r + ORDER), mpint(s)),
    "s plus the order": lambda r, s: strings(mpint(r), mpint(s + ORDER)),
    "the order": lambda r, _: strings(mpint(r), mpint(ORDER)),
    "negative": lambda r, s: strings(mpint(r), (s - ORDER).to_bytes(49, "big", signed=True)),
    "without its sign": lambda r, _: strings(mpint(r), b"\xff" * 48),
    "one number": lambda r, _: strings(mpint(r)),
    "three numbers": lambda r, s: strings(mpint(r), mpint(s), mpint(s)),
    "bytes after": lambda r, s: strings(mpint(r), mpint(s)) + b"\x00",
    "raw": lambda r, s: r.to_bytes(48, "big") + s.to_bytes(48, "big"),
    "nothing": lambda _r, _s: b"",
    "huge": lambda _, s: strings(b"\x01" + bytes(1200), mpint(s)),
}


@pytest.mark.parametrize("how", SPELT_OTHERWISE)
def test_numbers_have_one_spelling(how: str) -> None:
    numbers = SPELT_OTHERWISE[how](*good())
    with pytest.raises(SignatureMalformedError):
        sshsig.parse(armored(blob(KEY.point()), numbers), name="x")


POINTS: dict[str, bytes] = {
    "compressed": blob(KEY.point(PublicFormat.CompressedPoint)),
    "hybrid": blob(bytes([6 + KEY.point()[-1] % 2]) + KEY.point()[1:]),
    "infinity": blob(b"\x00"),
    "not on the curve": blob(KEY.point()[:-1] + bytes([KEY.point()[-1] ^ 1])),
    "cut off": blob(KEY.point()[:-1]),
    "longer": blob(KEY.point() + b"\x00"),
    "another curve's name": blob(KEY.point(), b"nistp256"),
    "no curve": strings(NAME, KEY.point()),
    "a field more": blob(KEY.point()) + strings(b""),
    "another type": strings(b"ssh-ed25519", KEY.point()),
}


@pytest.mark.parametrize("how", POINTS)
def test_keys_have_one_spelling(how: str) -> None:
    r, s = good()
    with pytest.raises(SignatureMalformedError):
        sshsig.parse(armored(POINTS[how], strings(mpint(r), mpint(s))), name="x")
    name = "ssh-ed25519" if how == "another type" else NAME.decode()
    with pytest.raises(ValueError, match="OpenSSH"):
        keytext.parse_openssh(f"{name} {base64.b64encode(POINTS[how]).decode()}")


def test_types_of_key_and_signature_are_the_same() -> None:
    r, s = good()
    numbers = strings(mpint(r), mpint(s))
    with pytest.raises(SignatureMalformedError, match="different types"):
        sshsig.parse(armored(blob(KEY.point()), numbers, b"ssh-ed25519"), name="x")


def test_key_as_text_reads_back(require_tool: Callable[[str], str], tmp_path: Path) -> None:
    line = sshsig.openssh_key(KEY.public_key)
    assert keytext.parse_openssh(line) == KEY.public_key
    (tmp_path / "key.pub").write_text(line + "\n")
    command = [require_tool("ssh-keygen"), "-l", "-f", str(tmp_path / "key.pub")]
    shown = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    assert keytext.fingerprint(line) in shown.split()


def test_ssh_keygen_accepts_ours(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    tool = require_tool("ssh-keygen")
    (tmp_path / "allowed").write_text(f"lgwan-01 {sshsig.openssh_key(KEY.public_key)}\n")
    command = [tool, "-Y", "verify", "-f", "allowed", "-I", "lgwan-01", "-n", NAMESPACE]
    # A number that begins with a high bit takes a zero before it: some of these do.
    for number in range(12):
        message = MESSAGE + bytes([number])
        (tmp_path / "sig").write_bytes(sshsig.sign(message, namespace=NAMESPACE, signer=KEY))
        subprocess.run(
            [*command, "-s", "sig"], cwd=tmp_path, input=message, check=True, capture_output=True
        )


def test_ours_accepts_ssh_keygen(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    tool, key = require_tool("ssh-keygen"), tmp_path / "id"
    key.write_bytes(KEY.private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    key.chmod(0o600)
    for number in range(12):
        message = tmp_path / f"list-{number}"
        message.write_bytes(MESSAGE + bytes([number]))
        command = [tool, "-Y", "sign", "-f", str(key), "-n", NAMESPACE, "-O", "hashalg=sha512"]
        subprocess.run([*command, str(message)], check=True, capture_output=True)
        theirs = message.with_name(f"{message.name}.sig").read_bytes()
        sshsig.parse(theirs, name="x").verify(message.read_bytes(), name="x")
