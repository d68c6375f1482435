"""Who a stick is: what is on it, and who vouches for it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mediabridge import canonical
from mediabridge.bundle import sshsig
from mediabridge.clock import SystemClock
from mediabridge.errors import (
    MediumIoError,
    TreeLinkError,
    TreeTooLargeError,
    UnregisteredMediumError,
)
from mediabridge.media import identity as identities
from mediabridge.media.identity import (
    MediumIdentity,
    medium_namespace,
    parse_identity,
    read_identity,
    write_identity,
)
from mediabridge.trust import signers
from mediabridge.trust.city import City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.trust_data import Revocation
from mediabridge.verify.medium import verify_identity

CITY = "city.training.example"
DOCUMENT: dict[str, Any] = {
    "format": 1,
    "city": CITY,
    "mode": "training",
    "medium": "USB-001",
    "label": "住民課 𠮷 1",
    "vendor_id": "46f4",
    "product_id": "0001",
    "vendor": "QEMU",
    "product": "HARDDISK",
    "serial": "S-1",
    "filesystem": "vfat",
    "filesystem_uuid": "ABCD-1234",
    "capacity": 67108864,
    "directions": [{"from": "lgwan-01", "to": "registry-01"}],
    "write_speed": 20000000,
    "read_speed": 30000000,
    "probe": "full",
    "registered": "2026-11-25T00:00:00Z",
    "registered_by": "officer-1",
}


def document(**changes: Any) -> bytes:
    return canonical.dump({**DOCUMENT, **changes})


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return create_city(
        tmp_path_factory.mktemp("city") / "city",
        city=CITY,
        municipality_code="131041",
        clock=SystemClock(),
        passphrase_for=lambda _key: b"training",
        cost=TRAINING_COST,
    )


@pytest.fixture
def today(city: City) -> str:
    return city.trust.people[0].valid_from


Sign = Callable[..., bytes]


@pytest.fixture
def sign(city: City) -> Sign:
    def signed(data: bytes, key: str = "officer-1", of: str = CITY) -> bytes:
        signer = signers.open_signer(city.key_path(key), b"training")
        return sshsig.sign(data, namespace=medium_namespace(of), signer=signer)

    return signed


def test_round_trip_is_exact() -> None:
    parsed = parse_identity(document())
    assert parsed.to_bytes() == document()
    assert parsed.directions[0].receiver == "registry-01"


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"format": True},
        {"medium": "usb-1"},
        {"medium": "USB-20261125"},
        {"medium": "USB-001\n"},
        {"label": ""},
        {"label": "a" * 65},
        {"label": "a\u202eb"},
        {"label": "a\x1b[2J"},
        {"serial": ""},
        {"filesystem": "ntfs"},
        {"capacity": 0},
        {"capacity": "1"},
        {"write_speed": 0},
        {"probe": "none"},
        {"registered": "2026-13-25T00:00:00Z"},
        {"registered_by": "Officer 1"},
        {"vendor_id": "46F4"},
        {"directions": [{"from": "lgwan-01"}]},
        {"surplus": 1},
    ],
)
def test_deviation_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UnregisteredMediumError):
        parse_identity(document(**change))


def test_other_spelling_refused() -> None:
    with pytest.raises(UnregisteredMediumError):
        parse_identity(json.dumps(DOCUMENT).encode())


def test_officer_vouches(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today)
    assert verify_identity(data, sign(data), city.trust).medium == "USB-001"


def test_changed_bytes_refused(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today)
    changed = document(registered=today, medium="USB-002")
    with pytest.raises(UnregisteredMediumError, match="changed after it was signed"):
        verify_identity(changed, sign(data), city.trust)


def test_clerk_may_not_register(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today, registered_by="clerk-1")
    with pytest.raises(UnregisteredMediumError, match="not signed by an officer"):
        verify_identity(data, sign(data, "clerk-1"), city.trust)


def test_officer_who_is_not_named_may_not_register(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today)
    trust = city.trust.model_copy(update={"media_officers": ("officer-2",)})
    with pytest.raises(UnregisteredMediumError, match="may not register media"):
        verify_identity(data, sign(data), trust)
    named = city.trust.model_copy(update={"media_officers": ("officer-1",)})
    assert verify_identity(data, sign(data), named).medium == "USB-001"


def test_station_may_not_register(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today, registered_by="lgwan-01")
    with pytest.raises(UnregisteredMediumError, match="not signed by an officer"):
        verify_identity(data, sign(data, "lgwan-01"), city.trust)


STRANGERS_DOCUMENTS = {
    "right": document(),
    "of another city": document(city="other.example"),
    "nested deeply": b'{"format":' + b"[" * 1_200 + b"]" * 1_200 + b"}",
    "no JSON": b"\xff" * 1_200,
    "nothing": b"",
}


@pytest.mark.parametrize("data", STRANGERS_DOCUMENTS.values(), ids=STRANGERS_DOCUMENTS)
def test_nothing_of_a_strangers_document_is_parsed(city: City, data: bytes) -> None:
    private = Ed25519PrivateKey.generate()

    class Stranger:
        public_key = private.public_key().public_bytes_raw()

        def sign(self, message: bytes) -> bytes:
            return private.sign(message)

    signature = sshsig.sign(data, namespace=medium_namespace(CITY), signer=Stranger())
    with pytest.raises(UnregisteredMediumError, match="not signed by an officer"):
        verify_identity(data, signature, city.trust)


def test_officers_own_document_is_still_measured(city: City, sign: Sign) -> None:
    data = STRANGERS_DOCUMENTS["nested deeply"]
    with pytest.raises(UnregisteredMediumError, match="nested too deeply"):
        verify_identity(data, sign(data), city.trust)


def test_approval_is_no_registration(city: City, today: str) -> None:
    data = document(registered=today)
    signer = signers.open_signer(city.key_path("officer-1"), b"training")
    approval = sshsig.sign(data, namespace=city.trust.approve_namespace, signer=signer)
    with pytest.raises(UnregisteredMediumError, match="another purpose"):
        verify_identity(data, approval, city.trust)


def test_stick_of_another_city_refused(city: City, sign: Sign, today: str) -> None:
    """An officer of two cities may have one key; the stick still belongs to one of them."""
    data = document(registered=today, city="other.example")
    with pytest.raises(UnregisteredMediumError, match="belongs to another city"):
        verify_identity(data, sign(data), city.trust)


def test_damaged_signature_refused(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today)
    for damaged in (b"", sign(data)[:-30], sign(data).replace(b"SSH", b"PGP")):
        with pytest.raises(UnregisteredMediumError, match="signature is damaged"):
            verify_identity(data, damaged, city.trust)


def test_name_must_be_signers(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today, registered_by="officer-9")
    with pytest.raises(UnregisteredMediumError, match="somebody else"):
        verify_identity(data, sign(data), city.trust)


def test_revoked_key_refused(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today)
    signature = sign(data)
    key = sshsig.fingerprint(sshsig.parse(signature, name="x").public_key)
    revoked = Revocation(key=key, at=today, reason="KEY_LOST")
    trust = city.trust.model_copy(update={"revoked": (revoked,)})
    with pytest.raises(UnregisteredMediumError, match="revoked"):
        verify_identity(data, signature, trust)


def test_expired_key_counts_for_its_time(city: City, sign: Sign, today: str) -> None:
    data = document(registered=today)
    people = tuple(
        each.model_copy(update={"valid_until": today, "valid_from": "2000-01-01T00:00:00Z"})
        for each in city.trust.people
    )
    trust = city.trust.model_copy(update={"people": people})
    assert verify_identity(data, sign(data), trust).registered == today
    late = document(registered="2099-01-01T00:00:00Z")
    with pytest.raises(UnregisteredMediumError, match="not valid on the day"):
        verify_identity(late, sign(late), trust)


def test_written_is_read_back(tmp_path: Path) -> None:
    assert read_identity(tmp_path) is None
    write_identity(tmp_path, b"data", b"signature")
    assert read_identity(tmp_path) == (b"data", b"signature")
    write_identity(tmp_path, b"newer", b"other")
    assert read_identity(tmp_path) == (b"newer", b"other")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "medium.json",
        "medium.json.sig",
    ]


class Power(Exception):  # noqa: N818 - what goes
    """The power goes here."""


@pytest.mark.parametrize("moment", range(20))
def test_half_state_is_no_registration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    write_identity(tmp_path, b"old", b"old signature")
    steps = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps > moment:
                raise Power
            return call(*given, **named)

        return step

    with monkeypatch.context() as patched:
        for name in ("rename", "unlink", "fsync"):
            patched.setattr(identities.os, name, counted(getattr(os, name)))
        try:
            write_identity(tmp_path, b"new", b"new signature")
        except Power:
            pass
        else:
            assert moment >= steps
    assert {path.name for path in (tmp_path / "MEDIABRIDGE").iterdir()} <= {
        "medium.json",
        "medium.json.sig",
    }
    try:
        found = read_identity(tmp_path)
    except UnregisteredMediumError:
        found = None
    assert found in (None, (b"old", b"old signature"), (b"new", b"new signature"))
    write_identity(tmp_path, b"new", b"new signature")
    assert read_identity(tmp_path) == (b"new", b"new signature")


def test_half_registration_is_named(tmp_path: Path) -> None:
    write_identity(tmp_path, b"data", b"signature")
    (tmp_path / "MEDIABRIDGE/medium.json.sig").unlink()
    with pytest.raises(UnregisteredMediumError, match="not finished"):
        read_identity(tmp_path)


def test_link_not_followed(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    (stick / "MEDIABRIDGE").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"secret")
    (stick / "MEDIABRIDGE/medium.json").symlink_to(tmp_path / "secret")
    with pytest.raises(TreeLinkError):
        read_identity(stick)


def test_linked_folder_not_written(tmp_path: Path) -> None:
    stick, victim = tmp_path / "stick", tmp_path / "victim"
    stick.mkdir()
    victim.mkdir()
    (stick / "MEDIABRIDGE").symlink_to(victim)
    with pytest.raises(TreeLinkError):
        write_identity(stick, b"data", b"signature")
    assert list(victim.iterdir()) == []


def test_linked_draft_not_followed(tmp_path: Path) -> None:
    victim, stick = tmp_path / "victim", tmp_path / "stick"
    victim.write_bytes(b"mine")
    stick.mkdir()
    (stick / "mediabridge-medium.json.partial").symlink_to(victim)
    write_identity(stick, b"data", b"signature")
    assert victim.read_bytes() == b"mine"


def test_giant_not_read(tmp_path: Path) -> None:
    write_identity(tmp_path, b"data", b"signature")
    os.truncate(tmp_path / "MEDIABRIDGE/medium.json", 1 << 40)
    with pytest.raises(TreeTooLargeError):
        read_identity(tmp_path)


def test_error_of_stick_is_named(tmp_path: Path) -> None:
    (tmp_path / "MEDIABRIDGE/medium.json").mkdir(parents=True)
    with pytest.raises(MediumIoError):
        write_identity(tmp_path, b"data", b"signature")


def test_identity_is_frozen() -> None:
    parsed = parse_identity(document())
    with pytest.raises(ValueError, match="frozen"):
        parsed.medium = "USB-002"  # type: ignore[misc]
    assert isinstance(parsed, MediumIdentity)
