"""A request file: what it holds, and everything that must not pass as one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.signer import CryptoSigner

from mediabridge import canonical
from mediabridge.bundle import sshsig
from mediabridge.config import KIB, LIMITS
from mediabridge.errors import RequestInvalidError
from mediabridge.spelling import to_base64
from mediabridge.translog import checkpoint, cosignature
from mediabridge.trust import requests, signers, tuf_keys
from mediabridge.trust.keyfile import StoredKey
from mediabridge.trust.requests import Request

CITY = "city.training.example"
STATION_KEYS = ("ssh", "log", "witness", "recipient")


@dataclass
class Asking:
    """Somebody with keys of every purpose, who fills in a request."""

    id: str = "lgwan-01"
    ssh: StoredKey = field(default_factory=lambda: signers.new_ssh_key("lgwan-01"))
    recipient: StoredKey = field(default_factory=lambda: signers.new_recipient_key("r"))
    classical: StoredKey = field(default_factory=lambda: signers.new_tuf_key("root-1"))
    lattice: StoredKey = field(default_factory=lambda: tuf_keys.new_mldsa_key("root-1-lattice"))

    def __post_init__(self) -> None:
        self.log = signers.new_log_key("log", origin=checkpoint.origin_of(CITY, self.id))
        self.witness = signers.new_witness_key("w", name=cosignature.witness_of(CITY, self.id))

    def request(self, kind: str, role: str, *keys: str, **changes: Any) -> Request:
        texts = {
            "ssh": self.ssh.public,
            "log": self.log.public,
            "witness": self.witness.public,
            "recipient": self.recipient.public,
            "tuf-ed25519": self.classical.public,
            "tuf-ml-dsa-65": self.lattice.public,
        }
        document = {
            "format": 1,
            "request": kind,
            "id": self.id,
            "role": role,
            "city": CITY,
            "mode": "live",
            "keys": {purpose: texts[purpose] for purpose in keys},
            "created": "2026-11-27T00:00:00Z",
        }
        return Request.model_validate_json(canonical.dump(document | changes))

    def station(self, **changes: Any) -> bytes:
        request = self.request("station", "lgwan", *STATION_KEYS, **changes)
        return requests.make(
            request,
            ssh=signers.signer(self.ssh),
            log=signers.signer(self.log),
            witness=signers.signer(self.witness),
        )

    def person(self) -> bytes:
        return requests.make(self.request("person", "officer", "ssh"), ssh=signers.signer(self.ssh))

    def escrow(self) -> bytes:
        request = self.request("holder", "escrow", "ssh", "recipient")
        return requests.make(request, ssh=signers.signer(self.ssh))

    def root(self) -> bytes:
        request = self.request("holder", "root", "tuf-ed25519", "tuf-ml-dsa-65")
        return requests.make(request, tuf=map(tuf_keys.signer, (self.classical, self.lattice)))


@pytest.fixture(scope="module")
def asking() -> Asking:
    return Asking()


def changed(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(data)
    change(document)
    return canonical.dump(document)


@pytest.mark.parametrize("kind", ["station", "person", "escrow", "root"])
def test_every_kind_of_request_is_read_back(asking: Asking, kind: str) -> None:
    data: bytes = getattr(asking, kind)()
    request = requests.read(data, name="request.json")
    assert canonical.load(data)["request"] == request.model_dump()
    assert len(request.digest) == 64


def test_largest_request_is_as_small_as_we_say(asking: Asking) -> None:
    assert 9 * KIB < len(asking.root()) < 11 * KIB < LIMITS.request_bytes


def test_an_ecdsa_key_can_ask(asking: Asking) -> None:
    private = generate_private_key(SECP384R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"tuf-ecdsa-p384": to_base64(point)}
    request = asking.request("holder", "targets", "tuf-ed25519", keys=keys)
    data = requests.make(request, tuf=[CryptoSigner(private)])
    assert requests.read(data, name="r").keys == keys


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "lgwan-02"),
        ("role", "registry"),
        ("mode", "training"),
        ("created", "2026-11-28T00:00:00Z"),
        ("city", "city.other.example"),
    ],
)
def test_a_changed_request_is_refused(asking: Asking, member: str, value: str) -> None:
    data = changed(asking.station(), lambda file: file["request"].update({member: value}))
    with pytest.raises(RequestInvalidError):
        requests.read(data, name="r")


@pytest.mark.parametrize("kind", ["station", "person", "escrow", "root"])
def test_every_proof_is_needed_and_looked_at(asking: Asking, kind: str) -> None:
    """Claim C66."""
    data: bytes = getattr(asking, kind)()
    other: bytes = getattr(Asking(), kind)()
    proofs = json.loads(data)["proofs"]
    for purpose in proofs:
        strangers = {**proofs, purpose: json.loads(other)["proofs"][purpose]}
        missing = {name: proof for name, proof in proofs.items() if name != purpose}
        for bad in (canonical.dump(json.loads(data) | {"proofs": p}) for p in (missing, strangers)):
            with pytest.raises(RequestInvalidError, match=r"request\.json"):
                requests.read(bad, name="request.json")


@pytest.mark.parametrize("purpose", STATION_KEYS)
def test_no_key_of_another_can_be_put_in(asking: Asking, purpose: str) -> None:
    other = json.loads(Asking().station())["request"]["keys"][purpose]
    data = changed(asking.station(), lambda file: file["request"]["keys"].update({purpose: other}))
    with pytest.raises(RequestInvalidError):
        requests.read(data, name="r")


def test_a_signature_for_a_bundle_proves_nothing(asking: Asking) -> None:
    request = requests.read(asking.person(), name="r")
    signed = sshsig.sign(
        request.body, namespace=f"mediabridge-bundle-v1@{CITY}", signer=signers.signer(asking.ssh)
    )
    data = changed(asking.person(), lambda file: file["proofs"].update(ssh=signed.decode()))
    with pytest.raises(RequestInvalidError, match="the proof of the key ssh does not hold"):
        requests.read(data, name="r")


@pytest.mark.parametrize(
    ("kind", "role", "keys"),
    [
        ("station", "officer", STATION_KEYS),
        ("station", "lgwan", ("ssh", "log", "recipient")),
        ("station", "lgwan", ("ssh", "witness", "recipient")),
        ("person", "lgwan", ("ssh",)),
        ("person", "officer", ("ssh", "recipient")),
        ("holder", "root", ("tuf-ml-dsa-65",)),
        ("holder", "root", ("tuf-ed25519", "ssh")),
        ("holder", "escrow", ("recipient",)),
        ("recipient", "officer", ("ssh", "recipient")),
        ("recipient", "lgwan", ("recipient",)),
        ("recipient", "lgwan", ("ssh",)),
        ("recipient", "lgwan", STATION_KEYS),
    ],
)
def test_only_the_keys_of_a_role_can_be_asked_for(
    asking: Asking, kind: str, role: str, keys: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match=r"role|keys"):
        asking.request(kind, role, *keys)


def test_one_person_has_one_classical_key(asking: Asking) -> None:
    private = generate_private_key(SECP384R1()).public_key()
    point = private.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"tuf-ecdsa-p384": to_base64(point), "tuf-ed25519": asking.classical.public}
    with pytest.raises(ValueError, match="not those of such a request"):
        asking.request("holder", "root", "tuf-ed25519", keys=keys)


@pytest.mark.parametrize("purpose", ["log", "witness"])
def test_a_log_or_witness_key_of_another_station_is_refused(asking: Asking, purpose: str) -> None:
    keys = {each: getattr(asking, each).public for each in STATION_KEYS}
    keys[purpose] = getattr(Asking("lgwan-02"), purpose).public
    with pytest.raises(ValueError, match=f"the {purpose} key should be named"):
        asking.request("station", "lgwan", keys=keys)


@pytest.mark.parametrize("purpose", ["log", "witness"])
def test_one_note_key_proves_nothing_for_the_other(asking: Asking, purpose: str) -> None:
    """A log key and a witness key sign notes, but never what the other signs."""
    signer = replace(signers.signer(asking.log), name=signers.signer(asking.witness).name)
    if purpose == "log":
        signer = replace(signers.signer(asking.witness), name=signers.signer(asking.log).name)
    keys = {"ssh": signers.signer(asking.ssh), "log": signers.signer(asking.log)}
    keys["witness"] = signers.signer(asking.witness)
    with pytest.raises(RequestInvalidError):
        requests.make(asking.request("station", "lgwan", *STATION_KEYS), **keys | {purpose: signer})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{}", "request: missing"),
        (b"{} ", "canonical"),
        (b"\xff", "UTF-8"),
        (b"[" * 40, "nested"),
        (b'"' + b"a" * 40000 + b'"', "larger than 32768 bytes"),
    ],
)
def test_no_request_at_all(data: bytes, says: str) -> None:
    with pytest.raises(RequestInvalidError, match=says):
        requests.read(data, name="r")


def test_the_wrong_signer_is_found_when_it_is_made(asking: Asking) -> None:
    request = asking.request("person", "officer", "ssh")
    with pytest.raises(RequestInvalidError, match="does not hold"):
        requests.make(request, ssh=signers.signer(Asking().ssh))


def test_openssh_alone_checks_the_proof(
    asking: Asking, tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    """The line on the page of the format."""
    file = json.loads(asking.person())
    body = canonical.dump(file["request"])
    (tmp_path / "sig").write_text(file["proofs"]["ssh"])
    (tmp_path / "signers").write_text(f"lgwan-01 {file['request']['keys']['ssh']}\n")
    command: list[str | Path] = [
        *(require_tool("ssh-keygen"), "-Y", "verify", "-f", tmp_path / "signers"),
        *("-I", "lgwan-01", "-n", f"mediabridge-request-v1@{CITY}", "-s", tmp_path / "sig"),
    ]
    done = subprocess.run(command, input=body, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
