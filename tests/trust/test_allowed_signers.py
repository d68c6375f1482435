import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from mediabridge.bundle import sshsig
from mediabridge.bundle.medium import medium_namespace
from mediabridge.bundle.statements import Deed, statement_namespace
from mediabridge.trust import keyfile, keytext, signers
from mediabridge.trust.allowed_signers import allowed_signers, revoked_keys
from mediabridge.trust.city import City
from mediabridge.trust.trust_data import Person, Revocation, Station, TrustData

SUMS = b"0" * 64 + b"  header.json\n"


@dataclass
class Officer:
    """Someone with a folder, OpenSSH, and nothing of ours."""

    folder: Path
    tool: str

    def write(self, trust: TrustData) -> None:
        (self.folder / "allowed_signers").write_text(allowed_signers(trust))
        (self.folder / "revoked_keys").write_text(revoked_keys(trust))

    def sign(self, city: City, key_id: str, namespace: str) -> None:
        """Sign with ``ssh-keygen``, after writing the key in OpenSSH's own format."""
        secret = keyfile.load(city.key_path(key_id), b"training").secret
        private = Ed25519PrivateKey.from_private_bytes(secret)
        path = self.folder / "id"
        path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        path.chmod(0o600)
        self._run("sign", "-f", "id", "-n", namespace, check=True)

    def _run(self, action: str, *options: str, check: bool = False) -> tuple[bool, str]:
        done = subprocess.run(
            [self.tool, "-Y", action, *options],
            cwd=self.folder,
            input=SUMS,
            capture_output=True,
            check=check,
        )
        if action == "sign":
            (self.folder / "sig").write_bytes(done.stdout)
        return done.returncode == 0, (done.stdout + done.stderr).decode()

    def verify(self, who: str, namespace: str, *options: str) -> tuple[bool, str]:
        common = ("-f", "allowed_signers", "-r", "revoked_keys", "-s", "sig")
        return self._run("verify", *common, "-I", who, "-n", namespace, *options)

    def find_principals(self) -> tuple[bool, str]:
        return self._run("find-principals", "-f", "allowed_signers", "-s", "sig")


@pytest.fixture
def officer(tmp_path: Path, made_city: City, require_tool: Callable[[str], str]) -> Officer:
    officer = Officer(tmp_path, require_tool("ssh-keygen"))
    officer.write(made_city.trust)
    return officer


def revoke(trust: TrustData, holder: Station | Person) -> TrustData:
    entry = Revocation(
        key=keytext.fingerprint(holder.key), at="2026-04-01T00:00:00Z", reason="KEY_LOST"
    )
    return trust.model_copy(update={"revoked": (entry,)})


def test_station_signature_verifies(officer: Officer, made_city: City) -> None:
    namespace = made_city.trust.bundle_namespace
    officer.sign(made_city, "lgwan-01", namespace)
    assert officer.find_principals() == (True, "lgwan-01\n")
    good, said = officer.verify("lgwan-01", namespace)
    assert good, said


def test_officer_approval_verifies(officer: Officer, made_city: City) -> None:
    namespace = made_city.trust.approve_namespace
    officer.sign(made_city, "officer-2", namespace)
    good, said = officer.verify("officer-2", namespace)
    assert good, said
    assert not officer.verify("officer-1", namespace)[0]


def test_officer_vouches_for_media(officer: Officer, made_city: City) -> None:
    """With nothing but OpenSSH an officer can check medium.json; a station cannot sign one."""
    namespace = medium_namespace(made_city.trust.city)
    officer.sign(made_city, "officer-1", namespace)
    good, said = officer.verify("officer-1", namespace)
    assert good, said
    officer.sign(made_city, "lgwan-01", namespace)
    assert not officer.verify("lgwan-01", namespace)[0]


def test_our_signature_verifies(officer: Officer, made_city: City) -> None:
    namespace = made_city.trust.bundle_namespace
    signer = signers.open_signer(made_city.key_path("registry-01"), b"training")
    (officer.folder / "sig").write_bytes(sshsig.sign(SUMS, namespace=namespace, signer=signer))
    good, said = officer.verify("registry-01", namespace)
    assert good, said


def test_station_may_not_approve(officer: Officer, made_city: City) -> None:
    namespace = made_city.trust.approve_namespace
    officer.sign(made_city, "lgwan-01", namespace)
    assert not officer.verify("lgwan-01", namespace)[0]


def test_officer_may_not_sign_bundles(officer: Officer, made_city: City) -> None:
    namespace = made_city.trust.bundle_namespace
    officer.sign(made_city, "officer-1", namespace)
    assert not officer.verify("officer-1", namespace)[0]


def test_clerk_may_sign_nothing_but_what_a_clerk_did(officer: Officer, made_city: City) -> None:
    trust = made_city.trust
    for other in (trust.approve_namespace, trust.bundle_namespace, medium_namespace(trust.city)):
        officer.sign(made_city, "clerk-1", other)
        assert not officer.verify("clerk-1", other)[0]


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("person", ["clerk-1", "officer-1"])
def test_person_says_what_was_done(
    officer: Officer, made_city: City, person: str, deed: Deed
) -> None:
    """Claim C84. An auditor with nothing but OpenSSH can check it."""
    namespace = statement_namespace(deed, made_city.trust.city)
    officer.sign(made_city, person, namespace)
    good, said = officer.verify(person, namespace)
    assert good, said
    officer.sign(made_city, "registry-01", namespace)
    assert not officer.verify("registry-01", namespace)[0]


@pytest.mark.parametrize(
    ("moment", "valid"),
    [
        ("20260131235959Z", False),
        ("20260201000001Z", True),
        ("20270131235959Z", True),
        ("20270201000001Z", False),
    ],
)
def test_validity_is_observed_to_the_second(
    officer: Officer, made_city: City, moment: str, valid: bool
) -> None:
    namespace = made_city.trust.bundle_namespace
    validity = {"valid_from": "2026-02-01T00:00:00Z", "valid_until": "2027-02-01T00:00:00Z"}
    stations = tuple(each.model_copy(update=validity) for each in made_city.trust.stations)
    officer.write(made_city.trust.model_copy(update={"stations": stations}))
    officer.sign(made_city, "lgwan-01", namespace)
    good, said = officer.verify("lgwan-01", namespace, "-O", f"verify-time={moment}")
    assert good == valid, said


def test_revoked_key_is_left_out(made_city: City) -> None:
    station = made_city.trust.stations[0]
    trust = revoke(made_city.trust, station)
    assert station.key not in allowed_signers(trust)
    assert revoked_keys(trust) == f"{station.key}\n"


def test_revocation_list_alone_refuses(officer: Officer, made_city: City) -> None:
    namespace = made_city.trust.bundle_namespace
    officer.sign(made_city, "lgwan-01", namespace)
    assert officer.verify("lgwan-01", namespace)[0]
    trust = revoke(made_city.trust, made_city.trust.stations[0])
    (officer.folder / "revoked_keys").write_text(revoked_keys(trust))
    assert not officer.verify("lgwan-01", namespace)[0]


def test_unknown_revoked_key_is_passed_over(made_city: City) -> None:
    entry = Revocation(key="SHA256:" + "A" * 43, at="2026-04-01T00:00:00Z", reason="KEY_LOST")
    trust = made_city.trust.model_copy(update={"revoked": (entry,)})
    assert revoked_keys(trust) == ""
    assert allowed_signers(trust) == allowed_signers(made_city.trust)


def test_media_are_for_the_officers_named(officer: Officer, made_city: City) -> None:
    namespace = medium_namespace(made_city.trust.city)
    officer.write(made_city.trust.model_copy(update={"media_officers": ("officer-2",)}))
    for name, may in (("officer-1", False), ("officer-2", True)):
        officer.sign(made_city, name, namespace)
        assert officer.verify(name, namespace)[0] is may
    officer.sign(made_city, "officer-1", made_city.trust.approve_namespace)
    assert officer.verify("officer-1", made_city.trust.approve_namespace)[0]
