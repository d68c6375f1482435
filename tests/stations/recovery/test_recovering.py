"""A bundle is opened in an emergency: by two officers and two holders, or not at all."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World, flip, tree_of
from stations.recovery.emergency import HOLDERS, Emergency

from mediabridge import canonical
from mediabridge.bundle import layout, sshsig
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import (
    ApprovalDeclinedError,
    ClockTooEarlyError,
    HashMismatchError,
    MediabridgeError,
    NotARecipientError,
    RecoveryNotApprovedError,
    RecoveryStatementError,
    SharesTooFewError,
    SignatureInvalidError,
    SignatureNamespaceError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerRevokedError,
    SignerRoleError,
    UsageError,
)
from mediabridge.stations.recovery import recovering
from mediabridge.stations.verifying import write_signers
from mediabridge.trust import keytext
from mediabridge.trust.trust_data import Revocation
from mediabridge.verify import Verdict
from mediabridge.verify.recovery import RecoveryReason, check_statement, statement_for


@pytest.fixture
def emergency(world: World) -> Emergency:
    return Emergency(world)


def test_what_was_sealed_is_recovered(emergency: Emergency) -> None:
    done = emergency.run()
    assert done.manifest.records == {"isa_notice": len(FIRST_NOTICES)}
    assert sorted(done.officers) == ["officer-1", "officer-2"]
    contents = {path.name: path.read_bytes() for path in emergency.output.iterdir()}
    assert isa_csv(*FIRST_NOTICES) in contents.values()
    assert contents.keys() == {file.name for file in done.manifest.files}


def test_only_its_owner_can_read_it(emergency: Emergency) -> None:
    emergency.run()
    assert stat.S_IMODE(emergency.output.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.lstat().st_mode) for path in emergency.output.iterdir()}
    assert modes == {0o600}
    assert all(path.is_file() for path in emergency.output.iterdir())


def test_no_station_and_no_medium_is_changed(emergency: Emergency) -> None:
    world = emergency.world
    before = tree_of(world.root)
    emergency.run()
    after = {name for name in tree_of(world.root) if not name.startswith("desk/")}
    assert after == before.keys()


@pytest.mark.parametrize("place", ["medium", "folder", "copy"])
def test_bundle_may_lie_anywhere(emergency: Emergency, place: str, tmp_path: Path) -> None:
    world = emergency.world
    copied = tmp_path / world.bundle.name
    copied.mkdir()
    for path in world.bundle.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    emergency.bundle = {"medium": world.medium, "folder": world.bundle, "copy": copied}[place]
    assert emergency.run().header.bundle == world.bundle.name


def test_bundle_past_its_last_day_is_recovered(
    emergency: Emergency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An emergency comes when it comes: the last day is shown, and stops nothing."""
    late = SystemClock().now() + timedelta(days=60)
    monkeypatch.setattr(SystemClock, "now", lambda _self: late)
    done = emergency.run()
    assert done.header.not_after < to_rfc3339(late)
    (seen,) = emergency.seen
    assert seen.header == done.header


def test_clock_from_before_the_program_is_refused(
    emergency: Emergency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement bears the time of this machine."""
    early = SystemClock().now() - timedelta(days=20000)
    monkeypatch.setattr(SystemClock, "now", lambda _self: early)
    with pytest.raises(ClockTooEarlyError):
        emergency.run()
    assert emergency.left == []


@pytest.mark.parametrize("officers", [[], ["officer-1"], ["officer-1", "officer-1"]])
def test_fewer_than_two_officers_open_nothing(emergency: Emergency, officers: list[str]) -> None:
    """Claim C73. However many holders have come."""
    emergency.officers, emergency.holders = officers, HOLDERS
    with pytest.raises(RecoveryNotApprovedError):
        emergency.run()
    assert (emergency.left, emergency.asked) == ([], ["officers"])


@pytest.mark.parametrize(
    ("second", "refusal"), [("clerk-1", SignerRoleError), ("lgwan-01", SignerRoleError)]
)
def test_second_officer_is_an_officer(
    emergency: Emergency, second: str, refusal: type[MediabridgeError]
) -> None:
    """Claim C73."""
    emergency.officers = ["officer-1", second]
    with pytest.raises(refusal):
        emergency.run()
    assert emergency.left == []


def test_revoked_officer_does_not_count(emergency: Emergency) -> None:
    """Claim C73."""
    world = emergency.world
    (key,) = (each.key for each in world.city.trust.people if each.name == "officer-2")
    gone = Revocation(
        key=keytext.fingerprint(key), at=to_rfc3339(SystemClock().now()), reason="LEFT"
    )
    world.publish(revoked=(gone,))
    with pytest.raises(SignerRevokedError):
        emergency.run()
    assert emergency.left == []


@pytest.mark.parametrize("holders", [["safe-1"], ["safe-1", "safe-1"], []])
def test_too_few_holders_trouble_nobody(emergency: Emergency, holders: list[str]) -> None:
    """Claim C71. Nobody is asked for a passphrase before it is clear that it is enough."""
    emergency.holders = holders
    with pytest.raises(SharesTooFewError):
        emergency.run()
    assert (emergency.left, emergency.asked, emergency.seen) == ([], [], [])


def test_damaged_bundle_is_refused_before_anybody_is_asked(emergency: Emergency) -> None:
    """Claim C74."""
    part = emergency.world.bundle / layout.part_name(1)
    flip(part)
    with pytest.raises(HashMismatchError) as refusal:
        emergency.run()
    assert refusal.value.verdict is not None
    assert (emergency.left, emergency.asked, emergency.seen) == ([], [], [])


def test_a_no_leaves_nothing(emergency: Emergency) -> None:
    emergency.declined = True
    with pytest.raises(ApprovalDeclinedError):
        emergency.run()
    assert (emergency.left, emergency.asked) == ([], [])


def test_statement_is_on_the_disk_before_the_key_is_used(
    emergency: Emergency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C73. What is evidence of the attempt stays; of the contents nothing does."""
    left: list[list[str]] = []

    def refusing(*_given: object, **_named: object) -> None:
        left.append(emergency.left)
        raise NotARecipientError(got=2)

    monkeypatch.setattr(recovering, "decrypt", refusing)
    with pytest.raises(NotARecipientError) as refusal:
        emergency.run()
    assert isinstance(refusal.value.verdict, Verdict)
    evidence = [
        "recovered.recovery.json",
        "recovered.recovery.json.officer-1.sig",
        "recovered.recovery.json.officer-2.sig",
    ]
    (during,) = left
    assert set(during) > {*evidence, ".recovered.unfinished"}
    assert emergency.left == evidence


def test_evidence_of_an_earlier_recovery_is_never_replaced(emergency: Emergency) -> None:
    """Claim C73."""
    emergency.run()
    before = tree_of(emergency.output.parent)
    for gone in emergency.output.iterdir():
        gone.unlink()
    emergency.output.rmdir()
    with pytest.raises(UsageError):
        emergency.run()
    assert before.items() >= tree_of(emergency.output.parent).items()


def test_what_is_there_stays(emergency: Emergency) -> None:
    emergency.output.mkdir(parents=True)
    mine = emergency.output / "mine"
    mine.write_text("kept")
    with pytest.raises(OSError, match="not empty"):
        emergency.run()
    assert (emergency.left, mine.read_text()) == (["recovered"], "kept")


def test_what_a_power_cut_left_goes_first(emergency: Emergency) -> None:
    """Claim C74. It may hold records in plain text."""
    cut_off = emergency.output.with_name(".recovered.unfinished")
    cut_off.mkdir(parents=True)
    (cut_off / "isa_notice-0001.csv").write_text("half of it")
    emergency.officers = []
    with pytest.raises(RecoveryNotApprovedError):
        emergency.run()
    assert emergency.left == []


def test_several_bundles_have_to_be_named(emergency: Emergency) -> None:
    emergency.world.send()
    emergency.bundle = emergency.world.medium
    with pytest.raises(UsageError, match="bundles there: 2"):
        emergency.run()


def test_statement_says_what_was_opened_and_why(emergency: Emergency) -> None:
    done = emergency.run()
    sums = (emergency.world.bundle / layout.SUMS).read_bytes()
    said = json.loads(done.statement.read_bytes())
    assert said.keys() == {"format", "city", "bundle", "sums_sha256", "reason", "time"}
    assert (said["bundle"], said["reason"]) == (emergency.world.bundle.name, "STATION_LOST")
    assert said["sums_sha256"] == hashlib.sha256(sums).hexdigest()


def test_openssh_alone_checks_the_statement(
    emergency: Emergency, tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    """Claim C73. As the page for auditors says."""
    tool = require_tool("ssh-keygen")
    done = emergency.run()
    trust = emergency.world.city.trust
    write_signers(trust, tmp_path)
    for officer, other in (("officer-1", "officer-2"), ("officer-2", "officer-1")):
        signature = done.statement.with_name(f"{done.statement.name}.{officer}.sig")
        words = [tool, "-Y", "verify", "-f", "allowed_signers", "-r", "revoked_keys",
                 "-n", trust.recover_namespace, "-s", str(signature), "-I"]  # fmt: skip
        for name, code in ((officer, 0), (other, 255)):
            said = subprocess.run(
                [*words, name],
                cwd=tmp_path,
                input=done.statement.read_bytes(),
                capture_output=True,
                check=False,
            )
            assert said.returncode == code, said.stderr


@pytest.fixture
def verified(emergency: Emergency, monkeypatch: pytest.MonkeyPatch) -> recovering.VerifiedBundle:
    """Return the bundle as it is when the statement is checked."""
    found: list[recovering.VerifiedBundle] = []
    signed = recovering._signed

    def noting(*given: object) -> object:
        found.append(given[2])  # type: ignore[arg-type]
        return signed(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(recovering, "_signed", noting)
    emergency.run()
    return found[0]


@pytest.mark.parametrize(
    "change",
    [
        {"bundle": "0" * 32},
        {"sums_sha256": "0" * 64},
        {"city": "other.training.example"},
        {"reason": "CURIOSITY"},
        {"time": "today"},
        {"more": 1},
        {"format": 2},
        {"format": "1"},
    ],
)
def test_statement_about_anything_else_opens_nothing(
    emergency: Emergency, verified: recovering.VerifiedBundle, change: dict[str, object]
) -> None:
    """Claim C74. Though both officers signed it."""
    trust = emergency.world.city.trust
    now = to_rfc3339(SystemClock().now())
    right = json.loads(statement_for(verified, trust, RecoveryReason.DISCLOSURE, now))
    data = canonical.dump({**right, **change})
    with pytest.raises(RecoveryStatementError):
        check_statement(data, signed(emergency, data), verified, trust)


@pytest.mark.parametrize("spelt", [b"", b"{", b"[]", b" %b", b"%b\n", b"\xff"])
def test_other_bytes_are_no_statement(
    emergency: Emergency, verified: recovering.VerifiedBundle, spelt: bytes
) -> None:
    """Claim C74."""
    trust = emergency.world.city.trust
    right = statement_for(
        verified, trust, RecoveryReason.DISCLOSURE, to_rfc3339(SystemClock().now())
    )
    data = spelt.replace(b"%b", right)
    with pytest.raises(RecoveryStatementError) as refusal:
        check_statement(data, signed(emergency, data), verified, trust)
    assert refusal.value.facts["detail"]


def test_it_is_said_how_many_signed_and_how_many_it_takes(
    emergency: Emergency, verified: recovering.VerifiedBundle
) -> None:
    trust = emergency.world.city.trust
    now = to_rfc3339(SystemClock().now())
    data = statement_for(verified, trust, RecoveryReason.DISCLOSURE, now)
    signatures = signed(emergency, data)
    del signatures["officer-2"]
    with pytest.raises(RecoveryNotApprovedError) as refusal:
        check_statement(data, signatures, verified, trust)
    assert refusal.value.facts == {"got": 1, "wanted": 2}


def signed(emergency: Emergency, data: bytes, namespace: str | None = None) -> dict[str, bytes]:
    namespace = namespace or emergency.world.city.trust.recover_namespace
    return {
        name: sshsig.sign(data, namespace=namespace, signer=emergency.world.key(name))
        for name in ("officer-1", "officer-2")
    }


@pytest.mark.parametrize(
    ("time", "refusal"),
    [
        ("2000-01-01T00:00:00Z", SignerNotYetValidError),
        ("2099-01-01T00:00:00Z", SignerExpiredError),
    ],
)
def test_officer_signs_while_the_key_is_valid(
    emergency: Emergency,
    verified: recovering.VerifiedBundle,
    time: str,
    refusal: type[MediabridgeError],
) -> None:
    """Claim C73."""
    trust = emergency.world.city.trust
    data = statement_for(verified, trust, RecoveryReason.DISCLOSURE, time)
    with pytest.raises(refusal):
        check_statement(data, signed(emergency, data), verified, trust)


def test_signatures_of_another_statement_or_purpose_do_not_count(
    emergency: Emergency, verified: recovering.VerifiedBundle
) -> None:
    """Claim C74. An approval of the very same bytes is none, either."""
    trust = emergency.world.city.trust
    now = to_rfc3339(SystemClock().now())
    data = statement_for(verified, trust, RecoveryReason.DISCLOSURE, now)
    assert check_statement(data, signed(emergency, data), verified, trust).keys() == {
        "officer-1",
        "officer-2",
    }
    other = statement_for(verified, trust, RecoveryReason.INVESTIGATION, now)
    with pytest.raises(SignatureInvalidError):
        check_statement(data, signed(emergency, other), verified, trust)
    with pytest.raises(SignatureNamespaceError):
        check_statement(data, signed(emergency, data, trust.approve_namespace), verified, trust)
    moved = replace(verified, sums_sha256="0" * 64)
    with pytest.raises(RecoveryStatementError):
        check_statement(data, signed(emergency, data), moved, trust)
