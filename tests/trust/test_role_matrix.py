"""Every kind of key against every kind of signature: only what the table permits verifies.

Each signature is made as well as its key can make it: over the right bytes, in the right form
and namespace, under the right name. What refuses it is the reader's own check of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root

import mediabridge
from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.header import Route
from mediabridge.bundle.medium import MediumIdentity, medium_namespace
from mediabridge.bundle.statements import Deed, InHand, in_hand, statement_namespace
from mediabridge.clock import SystemClock, from_rfc3339
from mediabridge.errors import MediabridgeError
from mediabridge.translog import checkpoint, cosignature, merkle, note
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.trust import city, keyfile, requests, trust_data, tuf_keys
from mediabridge.trust.city import City, create_city
from mediabridge.trust.keyfile import TRAINING_COST, StoredKey
from mediabridge.trust.trust_data import Person, Revocation, TrustData
from mediabridge.verify.medium import verify_identity
from mediabridge.verify.signatures import (
    check_approval,
    check_backup,
    check_officer,
    check_person_is,
    check_recipient,
    check_station,
)
from mediabridge.verify.void import VoidReason, VoidStatement, check_statement

DOMAIN, TIME = "city.training.example", "2026-04-01T00:00:00Z"
STATEMENT = b"{}"
SUMS = b"0" * 64 + b"  header.json\n"

PERMITTED: Final = {
    "station": {"bundle", "recipient key", "backup"},
    "other station": {"bundle of the other", "recipient key of the other", "backup of the other"},
    "station in a token": {"bundle in a token", "recipient key in a token", "backup in a token"},
    "station's log": {"checkpoint"},
    "other station's log": {"checkpoint of the other"},
    "station's witness": {"cosignature"},
    "other station's witness": {"cosignature of the other"},
    "station's recipient": set(),
    "escrow recipient": set(),
    "officer": {
        "approval",
        "medium",
        "order",
        "recovery",
        "request",
        "void",
        "prepared by an officer",
    },
    "other officer": {"approval of the other"},
    "officer in a token": {
        "approval in a token",
        "medium in a token",
        "order in a token",
        "recovery in a token",
        "carried in a token",
        "void in a token",
    },
    "revoked officer": set(),
    "clerk": {"prepared", "carried", "received"},
    "other clerk": {"prepared by the other", "received by the other"},
    "revoked clerk": set(),
    "root": {"tuf root"},
    "root's lattice half": set(),
    "targets": {"tuf targets"},
    "targets on P-384": {"tuf targets"},
    "snapshot": {"tuf snapshot"},
    "timestamp": {"tuf timestamp"},
    "stranger": set(),
}
"""What each kind of key may sign, and nothing else."""


@dataclass(frozen=True)
class Key:
    """Any private key, and all that it is able to sign."""

    private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey | MLDSA65PrivateKey
    name: str = "stranger"

    @property
    def id(self) -> str:
        return self.name

    @property
    def public_key(self) -> bytes:
        public = self.private.public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return public.public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        if not isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(message)
        numbers = decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA384())))
        return b"".join(number.to_bytes(48, "big") for number in numbers)


def key_of(stored: StoredKey, name: str = "stranger") -> Key:
    if stored.kind in {"hpke-mlkem1024p384", "tuf-ecdsa-p384"}:
        # The half of P-384 that a recipient has could sign like any other key of that curve.
        scalar = int.from_bytes(stored.secret[-48:], "big")
        return Key(ec.derive_private_key(scalar, ec.SECP384R1()), name)
    return Key(Ed25519PrivateKey.from_private_bytes(stored.secret), name)


@dataclass(frozen=True)
class Office:
    """A city, its trust data, and every kind of key that there is."""

    city: City
    trust: TrustData
    keys: dict[str, Key]


def passphrase_for(_: str) -> bytes:
    return b"training"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = create_city(
        tmp_path_factory.mktemp("matrix"),
        city=DOMAIN,
        municipality_code="131016",
        clock=SystemClock(),
        passphrase_for=passphrase_for,
        cost=TRAINING_COST,
        extra_people={
            "officer-3": "officer",
            "officer-4": "officer",
            "clerk-2": "clerk",
            "clerk-3": "clerk",
        },
        extra_stations={"lgwan-02": "lgwan"},
    )
    files = {
        "station": "lgwan-01",
        "other station": "registry-01",
        "station's log": "lgwan-01-log",
        "other station's log": "registry-01-log",
        "station's witness": "lgwan-01-witness",
        "other station's witness": "registry-01-witness",
        "station's recipient": "lgwan-01-recipient",
        "escrow recipient": "escrow-recipient",
        "officer": "officer-1",
        "other officer": "officer-2",
        "revoked officer": "officer-4",
        "clerk": "clerk-1",
        "other clerk": "clerk-2",
        "revoked clerk": "clerk-3",
        "root": "tuf-root-2",
        "targets": "tuf-targets-2",
        "snapshot": "tuf-snapshot",
        "timestamp": "tuf-timestamp",
    }
    keys = {what: key_of(stored(made, name)) for what, name in files.items()}
    for what in ("station in a token", "officer in a token"):
        keys[what] = Key(ec.generate_private_key(ec.SECP384R1()))
    keys["targets on P-384"] = key_of(tuf_keys.new_p384_key("tuf-targets-3"))
    keys["root's lattice half"] = Key(MLDSA65PrivateKey.generate())
    keys["stranger"] = Key(Ed25519PrivateKey.generate())
    return Office(made, trust_with(made.trust, keys), keys)


def stored(made: City, key_id: str) -> StoredKey:
    return keyfile.load(made.key_path(key_id), b"training")


def trust_with(first: TrustData, keys: dict[str, Key]) -> TrustData:
    """Return trust data with two keys of P-384 in it, and one officer revoked."""
    token = {
        name: sshsig.openssh_key(keys[what].public_key)
        for name, what in (("lgwan-02", "station in a token"), ("officer-3", "officer in a token"))
    }
    changed = {
        "stations": tuple(
            each.model_copy(update={"key": token.get(each.id, each.key)}) for each in first.stations
        ),
        "people": tuple(
            each.model_copy(update={"key": token.get(each.name, each.key)}) for each in first.people
        ),
        "revoked": tuple(
            Revocation(key=sshsig.fingerprint(keys[what].public_key), at=TIME, reason="KEY_EXPOSED")
            for what in ("revoked officer", "revoked clerk")
        ),
    }
    return trust_data.parse(first.model_copy(update=changed).dump())


def bundle(office: Office, key: Key, station: str) -> bool:
    signed = sshsig.sign(SUMS, namespace=office.trust.bundle_namespace, signer=key)
    return check_station(SUMS, {layout.STATION_SIGNATURE: signed}, office.trust).id == station


def recipient_key(office: Office, key: Key, station: str) -> bool:
    signed = sshsig.sign(STATEMENT, namespace=office.trust.recipient_namespace, signer=key)
    return check_recipient(STATEMENT, signed, office.trust).id == station


def backup(office: Office, key: Key, station: str) -> bool:
    signed = sshsig.sign(SUMS, namespace=office.trust.backup_namespace, signer=key)
    return check_backup(SUMS, {layout.STATION_SIGNATURE: signed}, office.trust).id == station


def approval(office: Office, key: Key, officer: str) -> bool:
    signed = sshsig.sign(SUMS, namespace=office.trust.approve_namespace, signer=key)
    name = layout.approval_name(officer)
    return check_approval(name, SUMS, signed, office.trust).name == officer


def recovery(office: Office, key: Key, officer: str) -> bool:
    namespace = office.trust.recover_namespace
    signed = sshsig.sign(STATEMENT, namespace=namespace, signer=key)
    return check_officer("a statement", STATEMENT, signed, office.trust, namespace).name == officer


def says(deed: Deed) -> Callable[[Office, Key, str], bool]:
    """Return what makes and reads a person's statement of *deed*."""

    def statement(office: Office, key: Key, person: str) -> bool:
        namespace = statement_namespace(deed, DOMAIN)
        message = in_hand(deed, person, InHand("ab" * 16, "0" * 64, "USB-001"))
        signed = sshsig.sign(message, namespace=namespace, signer=key)
        found = check_person_is(
            person,
            name=deed,
            message=message,
            data=signed,
            trust=office.trust,
            namespace=namespace,
        )
        return found.name == person

    return statement


def void(office: Office, key: Key, officer: str) -> bool:
    statement = VoidStatement(
        format=1,
        city=DOMAIN,
        mode=office.trust.mode,
        route=Route(sender="lgwan-01", receiver="registry-01"),
        first=1,
        last=1,
        replaced_by=0,
        prev="0" * 64,
        log=None,
        reason=VoidReason.MEDIUM_LOST,
        time=office.trust.people[0].valid_from,
    )
    data = statement.dump()
    signed = sshsig.sign(data, namespace=office.trust.void_namespace, signer=key)
    return list(check_statement(data, {"a signature": signed}, office.trust).signatures) == [
        officer
    ]


def ordered(office: Office, key: Key, officer: str) -> bool:
    namespace = office.trust.install_namespace
    signed = sshsig.sign(STATEMENT, namespace=namespace, signer=key)
    return check_officer("order", STATEMENT, signed, office.trust, namespace).name == officer


def medium(office: Office, key: Key, officer: str) -> bool:
    person = next(each for each in office.trust.people if each.name == officer)
    data = identity(office.trust, person).to_bytes()
    signed = sshsig.sign(data, namespace=medium_namespace(DOMAIN), signer=key)
    return verify_identity(data, signed, office.trust).registered_by == officer


def identity(trust: TrustData, officer: Person) -> MediumIdentity:
    return MediumIdentity(
        format=1,
        city=DOMAIN,
        mode=trust.mode,
        medium="USB-001",
        label="USB-001",
        vendor_id="46f4",
        product_id="0001",
        vendor="QEMU",
        product="HARDDISK",
        serial="S-0001",
        filesystem="vfat",
        filesystem_uuid="ABCD-1234",
        capacity=64 * 1024 * 1024,
        directions=(),
        write_speed=1,
        read_speed=1,
        probe="full",
        registered=officer.valid_from,
        registered_by=officer.name,
    )


def log_head(office: Office, key: Key, station: str) -> bool:
    origin = checkpoint.origin_of(DOMAIN, station)
    found = office.trust.station(station)
    assert found is not None
    text = checkpoint.Checkpoint(origin, 0, merkle.Frontier().root()).text()
    signed = note.sign(text, replace(key, name=origin))
    return note.open_note(signed, [Vkey.parse(found.log_key)]).text == text


def cosigned(office: Office, key: Key, station: str) -> bool:
    """Cosign a checkpoint of the other station's log in the name of *station*."""
    found = office.trust.station(station)
    assert found is not None
    signer = replace(key, name=cosignature.witness_of(DOMAIN, station))
    origin = checkpoint.origin_of(DOMAIN, "registry-02")
    text = checkpoint.Checkpoint(origin, 0, merkle.Frontier().root()).text()
    signed = cosignature.sign_text(text, signer, from_rfc3339(TIME))
    opened = cosignature.open_cosigned(signed, WitnessKey.parse(found.witness_key))
    return opened.checkpoint.origin == origin


def tuf(office: Office, key: Key, role: str) -> bool:
    """Sign metadata with all keys but one of the role, and with *key* in place of that one."""
    metadata = office.city.repository / "metadata"
    root: Metadata[Root] = Metadata.from_file(str(metadata / "1.root.json"))
    path = {"root": "1.root.json", "timestamp": "timestamp.json"}.get(role, f"1.{role}.json")
    signed: Metadata[Any] = Metadata.from_file(str(metadata / path))
    signed.signatures.clear()
    genuine = [stored(office.city, name) for name in city.TUF_KEYS[role]][:1]
    if root.signed.roles[role].threshold > 1:
        signed.sign(CryptoSigner(key_of(genuine[0]).private), append=True)
    signed.sign(CryptoSigner(key.private), append=True)
    root.signed.add_key(CryptoSigner(office.keys["targets on P-384"].private).public_key, "targets")
    root.verify_delegate(role, signed)
    return True


def request(office: Office, key: Key, officer: str) -> bool:
    """Ask for the officer's key to be put into the trust data, with a proof by *key*."""
    person = next(each for each in office.trust.people if each.name == officer)
    asked = requests.ask(
        request="person",
        id=officer,
        role="officer",
        city=DOMAIN,
        mode="training",
        keys={"ssh": person.key},
        created=TIME,
    )
    return requests.read(requests.make(asked, ssh=key), name="request.json").id == officer


SIGNATURES: Final[dict[str, tuple[Callable[[Office, Key, str], bool], str]]] = {
    "bundle": (bundle, "lgwan-01"),
    "bundle of the other": (bundle, "registry-01"),
    "bundle in a token": (bundle, "lgwan-02"),
    "recipient key": (recipient_key, "lgwan-01"),
    "recipient key of the other": (recipient_key, "registry-01"),
    "recipient key in a token": (recipient_key, "lgwan-02"),
    "backup": (backup, "lgwan-01"),
    "backup of the other": (backup, "registry-01"),
    "backup in a token": (backup, "lgwan-02"),
    "backup by an officer": (backup, "officer-1"),
    "approval": (approval, "officer-1"),
    "approval of the other": (approval, "officer-2"),
    "approval in a token": (approval, "officer-3"),
    "approval of a revoked one": (approval, "officer-4"),
    "approval of a clerk": (approval, "clerk-1"),
    "recovery": (recovery, "officer-1"),
    "recovery in a token": (recovery, "officer-3"),
    "recovery by a revoked one": (recovery, "officer-4"),
    "recovery by a clerk": (recovery, "clerk-1"),
    "prepared": (says(Deed.PREPARED), "clerk-1"),
    "prepared by the other": (says(Deed.PREPARED), "clerk-2"),
    "prepared by an officer": (says(Deed.PREPARED), "officer-1"),
    "carried": (says(Deed.CARRIED), "clerk-1"),
    "carried in a token": (says(Deed.CARRIED), "officer-3"),
    "carried by a revoked one": (says(Deed.CARRIED), "clerk-3"),
    "received": (says(Deed.RECEIVED), "clerk-1"),
    "received by the other": (says(Deed.RECEIVED), "clerk-2"),
    "received by a station": (says(Deed.RECEIVED), "registry-01"),
    "void": (void, "officer-1"),
    "void in a token": (void, "officer-3"),
    "void by a revoked one": (void, "officer-4"),
    "void by a clerk": (void, "clerk-1"),
    "order": (ordered, "officer-1"),
    "order in a token": (ordered, "officer-3"),
    "order by a revoked one": (ordered, "officer-4"),
    "order by a clerk": (ordered, "clerk-1"),
    "medium": (medium, "officer-1"),
    "medium in a token": (medium, "officer-3"),
    "medium of a revoked one": (medium, "officer-4"),
    "medium of a clerk": (medium, "clerk-1"),
    "checkpoint": (log_head, "lgwan-01"),
    "checkpoint of the other": (log_head, "registry-01"),
    "cosignature": (cosigned, "lgwan-01"),
    "cosignature of the other": (cosigned, "registry-01"),
    "tuf root": (tuf, "root"),
    "tuf targets": (tuf, "targets"),
    "tuf snapshot": (tuf, "snapshot"),
    "tuf timestamp": (tuf, "timestamp"),
    "request": (request, "officer-1"),
}
"""Each kind of signature: what makes and reads one, and in whose name."""


def verifies(office: Office, key: str, signature: str) -> bool:
    make_and_read, holder = SIGNATURES[signature]
    try:
        return make_and_read(office, office.keys[key], holder)
    except (MediabridgeError, UnsignedMetadataError, ValueError):
        return False


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("key", PERMITTED)
def test_only_the_permitted_cells_verify(office: Office, key: str, signature: str) -> None:
    """Claims C24, C25, C27, C29, C69, C84."""
    assert verifies(office, key, signature) is (signature in PERMITTED[key])


def test_every_permitted_cell_is_a_signature_of_the_table() -> None:
    assert set().union(*PERMITTED.values()) <= SIGNATURES.keys()


def test_every_key_of_the_table_is_there(office: Office) -> None:
    assert office.keys.keys() == PERMITTED.keys()


def test_every_purpose_that_the_program_signs_for_is_in_the_table(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new kind of signature is a new row, or this says so."""
    signed: set[str] = set()
    sign = sshsig.sign

    def noted(message: bytes, *, namespace: str, signer: Key) -> bytes:
        signed.add(namespace.partition("@")[0])
        return sign(message, namespace=namespace, signer=signer)

    monkeypatch.setattr(sshsig, "sign", noted)
    for signature in SIGNATURES:
        verifies(office, "stranger", signature)
    package = Path(mediabridge.__file__).parent
    sources = "".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    named = set(re.findall(r"mediabridge-[a-z]+-v1", sources))
    assert signed == named | {f"mediabridge-{deed}-v1" for deed in Deed}
