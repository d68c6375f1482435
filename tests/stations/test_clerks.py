"""Who is at the desk of a live station: signed with the own key, logged before the effect."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import (
    CITY_DOMAIN,
    FIRST_NOTICES,
    World,
    copy_of,
    make_world,
    passphrase_for,
    scratch,
    tree_of,
)
from stations.days import Day

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.header import parse_header
from mediabridge.bundle.statements import (
    Deed,
    InHand,
    in_hand,
    prepared_of,
    statement_namespace,
)
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import (
    ClerkDiffersError,
    ClerkKeyMissingError,
    MediabridgeError,
    NotPreparedError,
    PassphraseError,
    PreparedInvalidError,
    SignerRevokedError,
    SignerRoleError,
    SignerUnknownError,
    UsageError,
)
from mediabridge.stations import voiding
from mediabridge.stations.books import BundleState
from mediabridge.stations.clerks import at_desk
from mediabridge.stations.incoming.taking import Taken
from mediabridge.stations.keyring import ClerkKey
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing import reissuing
from mediabridge.stations.outgoing.rejection import Rejection
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.sticks import custody
from mediabridge.translog.events import Entry, Event
from mediabridge.trust import keyfile, signers
from mediabridge.trust.allowed_signers import allowed_signers
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.trust_data import Revocation
from mediabridge.verify.void import VoidReason

SIGNED = (Event.BUNDLE_SEALED, Event.BUNDLE_RELEASED, Event.BUNDLE_VERIFIED)


@pytest.fixture(scope="session")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root), mode="live")


@pytest.fixture
def live(pristine: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(pristine, Path(root) / "world")


def lgwan(live: World, key: str | None = "clerk-1") -> LgwanStation:
    """Return the station with somebody's key at the desk, or without any."""
    clerk = ClerkKey(passphrase_for, live.city.key_path(key) if key else None)
    root = live.home("lgwan-01").root
    return LgwanStation(root, clock=SystemClock(), passphrases=passphrase_for, clerk=clerk)


def registry(live: World, key: str | None) -> RegistryStation:
    clerk = ClerkKey(passphrase_for, live.city.key_path(key) if key else None)
    root = live.home("registry-01").root
    return RegistryStation(root, clock=SystemClock(), passphrases=passphrase_for, clerk=clerk)


def collected(live: World, station: LgwanStation) -> None:
    path = live.root / "isa.csv"
    path.write_bytes(isa_csv(*FIRST_NOTICES))
    station.collect(path)


def about(live: World, station: str, *wanted: Event) -> list[Entry]:
    return [entry for entry in live.log(station) if entry.event in wanted]


def revoked(live: World, name: str) -> Revocation:
    fingerprint = sshsig.fingerprint(live.key(name).public_key)
    now = to_rfc3339(SystemClock().now())
    return Revocation(key=fingerprint, at=now, reason="LEFT_OFFICE")


# --- what is signed, and where it is kept ------------------------------------------------


def statement_of(entry: Entry, live: World) -> tuple[Deed, bytes]:
    """Put together what the actor of an entry signed, from nothing but what others can see."""
    sums = str(entry.facts["sums"])
    bundle, medium = str(entry.facts["bundle"]), str(entry.facts.get("medium", ""))
    if entry.event is Event.BUNDLE_SEALED:
        return Deed.PREPARED, prepared_of(
            entry.actor, parse_header((live.bundle / layout.HEADER).read_bytes())
        )
    deed = Deed.CARRIED if entry.event is Event.BUNDLE_RELEASED else Deed.RECEIVED
    return deed, in_hand(deed, entry.actor, InHand(bundle, sums, medium))


def test_all_three_are_in_the_logs_and_openssh_believes_them(
    live: World, tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    """Claim C84."""
    tool = require_tool("ssh-keygen")
    live.send(isa_csv(*FIRST_NOTICES))
    live.import_()
    (tmp_path / "allowed_signers").write_text(allowed_signers(live.city.trust))
    entries = [*about(live, "lgwan-01", *SIGNED), *about(live, "registry-01", *SIGNED)]
    assert [(entry.event, entry.actor) for entry in entries] == [(e, "clerk-1") for e in SIGNED]
    for entry in entries:
        deed, message = statement_of(entry, live)
        (tmp_path / "sig").write_text(str(entry.facts["signature"]))
        namespace = statement_namespace(deed, CITY_DOMAIN)
        words = ("-f", "allowed_signers", "-I", "clerk-1", "-n", namespace, "-s", "sig")
        done = subprocess.run(
            [tool, "-Y", "verify", *words],
            cwd=tmp_path,
            input=message,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done


def test_page_for_auditors_verifies_all_three(
    live: World, tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    """Claim C84. Its very commands, with nothing of ours but a copy of each log."""
    for tool in ("sqlite3", "ssh-keygen"):
        require_tool(tool)
    bundle = live.send(isa_csv(*FIRST_NOTICES))
    live.import_()
    (tmp_path / "allowed_signers").write_text(allowed_signers(live.city.trust))
    page = (Path(__file__).parents[2] / "docs/ja/auditor.md").read_text("utf-8")
    block = re.compile(r"^```sh\n(.*?writefile\(.*?|ssh-keygen -Y verify.*?)\n```$", re.MULTILINE)
    commands = block.findall(page)
    assert len(commands) == 2 * len(Deed)
    said = []
    for number, command in enumerate(commands):
        station = "lgwan-01" if number < 4 else "registry-01"
        shutil.copyfile(live.home(station).log, tmp_path / "log.db")
        ours = command.replace("交換データの番号", bundle).replace("city.example.jp", CITY_DOMAIN)
        done = subprocess.run(
            ["sh", "-c", ours], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (ours, done.stderr)
        said.append(done.stdout)
    assert [line.split("|")[-1] for line in said[::2]] == ["clerk-1\n"] * 3
    good = [f'Good "{statement_namespace(deed, CITY_DOMAIN)}"' for deed in Deed]
    assert [line.partition(" signature")[0] for line in said[1::2]] == good


def test_prepared_is_inside_the_bundle_and_in_the_log_alike(live: World) -> None:
    """Claim C84. The receiver checks the one, an auditor the other."""
    live.send()
    (taken,) = live.import_()
    (found,) = [each for each in taken.verdict.checks if each.name == "prepared-by"]
    assert (found.passed, found.got) == (True, "clerk-1")
    (entry,) = about(live, "lgwan-01", Event.BUNDLE_SEALED)
    header = parse_header((live.bundle / layout.HEADER).read_bytes())
    assert entry.facts["summary"] == header.summary


def test_each_signs_with_the_own_key(live: World) -> None:
    """Claim C84. Another person at each step, and each is named by the trust data."""
    with lgwan(live, "officer-2") as station:
        collected(live, station)
        row = station.seal()
        station.approve(row.bundle, live.key("officer-1"))
    with lgwan(live, "clerk-1") as station:
        station.write(station.books.bundle(row.bundle) or row, live.medium)
    taken: list[Taken] = []
    with registry(live, "officer-1") as station:
        station.import_(live.medium, note=taken.append)
    entries = [*about(live, "lgwan-01", *SIGNED), *about(live, "registry-01", *SIGNED)]
    assert [entry.actor for entry in entries] == ["officer-2", "clerk-1", "officer-1"]
    for entry in entries:
        deed, message = statement_of(entry, live)
        signature = sshsig.parse(str(entry.facts["signature"]).encode(), name=deed)
        assert signature.public_key == live.key(entry.actor).public_key
        assert signature.namespace == statement_namespace(deed, CITY_DOMAIN)
        signature.verify(message, name=deed)


@pytest.fixture
def on_its_way(live: World) -> Day:
    """Give a day on which the first clerk has written a bundle to a stick."""
    day = Day(live)
    stick = day.stick()
    day.write(day.pack(content=isa_csv(*FIRST_NOTICES)), stick)
    return day


def test_whoever_takes_the_stick_over_signs_for_what_is_on_it(on_its_way: Day) -> None:
    """Claim C84."""
    live = on_its_way.world
    with lgwan(live, "officer-2") as station:
        trip = custody.hand_over(station, "USB-001", to="officer-2")
    assert trip.holder == "officer-2"
    (released,) = about(live, "lgwan-01", Event.BUNDLE_RELEASED)
    (carried,) = about(live, "lgwan-01", Event.BUNDLE_CARRIED)
    same = ("bundle", "sums", "medium", "seq", "route_from", "route_to")
    assert [carried.facts[name] for name in same] == [released.facts[name] for name in same]
    for entry in (released, carried):
        what = InHand(*(str(entry.facts[name]) for name in ("bundle", "sums", "medium")))
        signature = sshsig.parse(str(entry.facts["signature"]).encode(), name="carried")
        assert signature.public_key == live.key(entry.actor).public_key
        signature.verify(in_hand(Deed.CARRIED, entry.actor, what), name="carried")
    events = [entry.event for entry in live.log("lgwan-01")]
    assert events.index(Event.BUNDLE_CARRIED) < events.index(Event.MEDIUM_HANDED_OVER)


@pytest.mark.parametrize(
    ("key", "error"), [(None, ClerkKeyMissingError), ("clerk-1", ClerkDiffersError)]
)
def test_nobody_is_given_a_stick_without_the_own_key(
    on_its_way: Day, key: str | None, error: type[MediabridgeError]
) -> None:
    """Claim C84."""
    live = on_its_way.world
    logged = live.log("lgwan-01")
    with lgwan(live, key) as station:
        with pytest.raises(error):
            custody.hand_over(station, "USB-001", to="officer-2")
        trip = station.books.media.open_trip("USB-001")
        assert trip is not None
        assert trip.holder == "clerk-1"
    assert live.log("lgwan-01") == logged


def brought_back(live: World) -> None:
    """Note that the stick is back, with what was written to it still on it."""
    with lgwan(live, None) as station:
        custody.give_back(station, "USB-001", operator="clerk-1")


def test_whoever_is_issued_a_stick_signs_for_what_is_on_it(on_its_way: Day) -> None:
    """Claim C84. The stick was written for another trip, and leaves with somebody else."""
    live = on_its_way.world
    brought_back(live)
    with lgwan(live, "officer-2") as station:
        trip = custody.hand_out(station, "USB-001", to="officer-2")
    assert (trip.holder, trip.trip) == ("officer-2", 2)
    (carried,) = about(live, "lgwan-01", Event.BUNDLE_CARRIED)
    what = InHand(*(str(carried.facts[name]) for name in ("bundle", "sums", "medium")))
    signature = sshsig.parse(str(carried.facts["signature"]).encode(), name="carried")
    assert signature.public_key == live.key("officer-2").public_key
    signature.verify(in_hand(Deed.CARRIED, "officer-2", what), name="carried")
    events = [entry.event for entry in live.log("lgwan-01")]
    assert events[-2:] == [Event.BUNDLE_CARRIED, Event.MEDIUM_ISSUED]


@pytest.mark.parametrize(
    ("key", "error"), [(None, ClerkKeyMissingError), ("clerk-1", ClerkDiffersError)]
)
def test_nobody_is_issued_a_stick_without_the_own_key(
    on_its_way: Day, key: str | None, error: type[MediabridgeError]
) -> None:
    """Claim C84."""
    live = on_its_way.world
    brought_back(live)
    logged = live.log("lgwan-01")
    with lgwan(live, key) as station:
        with pytest.raises(error):
            custody.hand_out(station, "USB-001", to="officer-2")
        assert station.books.media.open_trip("USB-001") is None
    assert live.log("lgwan-01") == logged


def test_what_is_answered_is_carried_by_nobody_any_more(on_its_way: Day) -> None:
    """Claim C84. The stick is handed on, and there is nothing on it to sign for."""
    live = on_its_way.world
    (entry,) = about(live, "lgwan-01", Event.BUNDLE_RELEASED)
    with lgwan(live) as station:
        with station.books.transaction():
            station.books.set_state(str(entry.facts["bundle"]), BundleState.DELIVERED)
        custody.hand_over(station, "USB-001", to="clerk-1")
    assert about(live, "lgwan-01", Event.BUNDLE_CARRIED) == []
    assert len(about(live, "lgwan-01", Event.MEDIUM_HANDED_OVER)) == 1


# --- without a key, nothing ----------------------------------------------------------------


def kept(live: World, station: str) -> object:
    """Return everything at *station* and on the stick but files that only a clock writes."""
    return live.snapshot(station), live.log(station), tree_of(live.medium)


@pytest.mark.parametrize("name", [None, "clerk-1"])
def test_nothing_is_sealed_without_a_key(live: World, name: str | None) -> None:
    """Claim C84. Neither by nobody in particular nor under a name."""
    with lgwan(live, None) as station:
        collected(live, station)
    before = kept(live, "lgwan-01")
    with lgwan(live, None) as station:
        for step in (lambda: station.seal(operator=name), lambda: station.seal(empty=True)):
            with pytest.raises(ClerkKeyMissingError):
                step()
        with pytest.raises(ClerkKeyMissingError):
            station.export(lambda: live.medium, operator=name)
    assert kept(live, "lgwan-01") == before


def test_nothing_is_written_without_a_key(live: World) -> None:
    """Claim C84."""
    with lgwan(live) as station:
        row = station.seal(empty=True)
        station.approve(row.bundle, live.key("officer-1"))
    before = kept(live, "lgwan-01")
    with lgwan(live, None) as station:
        approved = station.books.bundle(row.bundle) or row
        with pytest.raises(ClerkKeyMissingError):
            station.write(approved, live.medium, operator="clerk-1")
    assert kept(live, "lgwan-01") == before


def test_nothing_is_taken_in_without_a_key(live: World) -> None:
    """Claim C84."""
    live.send(isa_csv(*FIRST_NOTICES))
    before = kept(live, "registry-01")
    with registry(live, None) as station, pytest.raises(ClerkKeyMissingError):
        station.import_(live.medium, note=lambda _: None, operator="clerk-1")
    assert kept(live, "registry-01") == before


def test_file_is_collected_by_the_station_and_never_under_a_typed_name(live: World) -> None:
    """Claim C84. It leaves only with what somebody signs for."""
    with lgwan(live, None) as station:
        collected(live, station)
        path = live.root / "isa.csv"
        with pytest.raises(UsageError, match="a name alone"):
            station.collect(path, operator="clerk-1")
    (entry,) = about(live, "lgwan-01", Event.FILE_COLLECTED)
    assert entry.actor == "lgwan-01"


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("lgwan-01", SignerRoleError),
        ("lgwan-01-log", SignerUnknownError),
        ("tuf-root-1", SignerUnknownError),
    ],
)
def test_only_a_person_of_the_trust_data(
    live: World, key: str, error: type[MediabridgeError]
) -> None:
    """Claim C84."""
    with lgwan(live, key) as station, pytest.raises(error):
        station.seal(empty=True)
    assert about(live, "lgwan-01", Event.BUNDLE_SEALED) == []


def test_key_of_nobody_here(live: World, tmp_path: Path) -> None:
    """Claim C84. A key that was made, but never went through a ceremony."""
    path = tmp_path / "clerk-9.json"
    keyfile.save(path, signers.new_ssh_key("clerk-9"), b"training", cost=TRAINING_COST)
    clerk = ClerkKey(passphrase_for, path)
    root = live.home("lgwan-01").root
    station = LgwanStation(root, clock=SystemClock(), passphrases=passphrase_for, clerk=clerk)
    with station as opened, pytest.raises(SignerUnknownError):
        opened.seal(empty=True)


def test_wrong_passphrase_is_logged_and_nothing_done(live: World) -> None:
    """Claims C60 and C84."""
    clerk = ClerkKey(lambda _: b"not this one", live.city.key_path("clerk-1"))
    root = live.home("lgwan-01").root
    station = LgwanStation(root, clock=SystemClock(), passphrases=passphrase_for, clerk=clerk)
    with pytest.raises(PassphraseError), station as opened:
        opened.seal(empty=True)
    assert about(live, "lgwan-01", Event.BUNDLE_SEALED) == []
    (entry,) = about(live, "lgwan-01", Event.PASSPHRASE_WRONG)
    assert entry.facts["key"] == "clerk-1"


def test_name_and_key_have_to_be_the_same_persons(live: World) -> None:
    """Claim C84."""
    with lgwan(live, "clerk-1") as station:
        with pytest.raises(ClerkDiffersError) as refusal:
            station.seal(operator="officer-1", empty=True)
        assert refusal.value.facts == {"got": "clerk-1", "wanted": "officer-1"}
        assert station.seal(operator="clerk-1", empty=True).seq == 1


# --- a key that counts no more -----------------------------------------------------------------


def test_revoked_clerk_does_nothing_any_more(live: World) -> None:
    """Claim C84."""
    live.publish(revoked=(revoked(live, "clerk-1"),))
    with lgwan(live) as station:
        station.accept_trust(layout.trust_folder(live.medium))
        with pytest.raises(SignerRevokedError):
            station.seal(empty=True)


def test_stick_that_revokes_whoever_brings_it(live: World) -> None:
    """Claim C84. The key was good when it was opened; the stick brings what says otherwise."""
    live.send(isa_csv(*FIRST_NOTICES))
    live.publish(revoked=(revoked(live, "clerk-1"),))
    before = live.fingerprint()
    with registry(live, "clerk-1") as station, pytest.raises(SignerRevokedError):
        station.import_(live.medium, note=lambda _: None)
    assert live.fingerprint() == before
    assert about(live, "registry-01", Event.BUNDLE_VERIFIED) == []
    # Nor does anybody else bring what that clerk prepared.
    with registry(live, "officer-2") as station, pytest.raises(SignerRevokedError) as refusal:
        station.import_(live.medium, note=lambda _: None)
    assert refusal.value.facts["name"] == "prepared"


def test_sender_says_so_before_it_is_approved_or_written(live: World) -> None:
    """Claim C84. Sealed by somebody whose key is revoked meanwhile: nobody would take it."""
    officer = live.key("officer-1")
    with lgwan(live) as station:
        collected(live, station)
        first = station.seal()
        station.approve(first.bundle, officer)
        second = station.seal(empty=True)
    live.publish(revoked=(revoked(live, "clerk-1"),))
    with lgwan(live, "officer-2") as station:
        station.accept_trust(layout.trust_folder(live.medium))
        with pytest.raises(PreparedInvalidError) as refusal:
            station.approve(second.bundle, officer)
        assert refusal.value.facts["person"] == "clerk-1"
        assert "revoked" in str(refusal.value.facts["detail"])
        done = station.export(lambda: live.medium)
        # The approval of the first one was of nothing, and is taken off.
        assert [row.bundle for row in done.waiting] == [first.bundle, second.bundle]
        assert done.written == []
    (removed,) = about(live, "lgwan-01", Event.APPROVAL_REMOVED)
    assert removed.facts["reason"] == "PREPARED_INVALID"
    assert not live.bundles.exists() or not any(live.bundles.iterdir())
    # Sent back, it is sealed again under the same number by somebody whose key counts.
    with lgwan(live, "officer-2") as station:
        station.have_rejected(first.bundle, lambda _: officer, Rejection.OTHER, "sealed anew")
        collected(live, station)
        again = station.seal()
        assert again.seq == first.seq
        assert station.approve(again.bundle, officer).state is BundleState.APPROVED


def test_what_a_clerk_who_left_had_under_way_is_issued_anew(live: World) -> None:
    """Claim C84. Refused as it is, void, sealed again by somebody else, and taken in."""
    live.send(isa_csv(*FIRST_NOTICES))
    officer = live.key("officer-1")
    live.publish(revoked=(revoked(live, "clerk-1"),))
    with registry(live, "officer-2") as station, pytest.raises(SignerRevokedError):
        station.import_(live.medium, note=lambda _: None)
    with lgwan(live, "officer-2") as station:
        station.accept_trust(layout.trust_folder(live.medium))
        (row,) = station.books.bundles("out")
        drawn = voiding.draft(station, row, row.seq, VoidReason.UNREADABLE, anew=True)
        voiding.declare(station, drawn, [officer, live.key("officer-2")])
        (row,) = station.books.bundles("out")
        again = reissuing.seal_again(station, row, at_desk(station, None))
        station.approve(again.bundle, officer)
        shutil.rmtree(live.bundles)
        station.write(station.books.bundle(again.bundle) or again, live.medium)
    taken: list[Taken] = []
    with registry(live, "officer-2") as station:
        station.import_(live.medium, note=taken.append)
    assert [each.seq for each in taken] == [2]
    prepared = [each.got for each in taken[0].verdict.checks if each.name == "prepared-by"]
    assert prepared == ["officer-2"]


def test_sender_finds_no_signature_in_its_log(live: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C84. As a program that signs nothing would have left it."""
    with lgwan(live) as station:
        with monkeypatch.context() as patch:
            patch.setattr("mediabridge.stations.outgoing.sealing.signed", lambda *_: None)
            row = station.seal(empty=True)
        with pytest.raises(NotPreparedError) as refusal:
            station.approve(row.bundle, live.key("officer-1"))
        assert refusal.value.facts == {"person": "clerk-1"}


# --- the key is where the settings say -----------------------------------------------------------


def settle(live: World, **places: Path) -> None:
    lines = [f'{name.replace("_", "-")} = "{path}"' for name, path in places.items()]
    path = live.home("lgwan-01").settings_file
    path.write_text("\n".join(["[clerks]", *lines, ""]))
    path.chmod(0o600)


def test_only_clerk_of_the_settings_needs_no_option(live: World) -> None:
    settle(live, clerk_1=live.city.key_path("clerk-1"))
    with lgwan(live, None) as station:
        station.seal(empty=True)
    (entry,) = about(live, "lgwan-01", Event.BUNDLE_SEALED)
    assert entry.actor == "clerk-1"
    assert "signature" in entry.facts


def test_of_several_the_named_one(live: World) -> None:
    keys = {name: live.city.key_path(name.replace("_", "-")) for name in ("clerk_1", "officer_2")}
    settle(live, **keys)
    with lgwan(live, None) as station:
        with pytest.raises(ClerkKeyMissingError):
            station.seal(empty=True)
        station.seal(operator="officer-2", empty=True)
    (entry,) = about(live, "lgwan-01", Event.BUNDLE_SEALED)
    assert entry.actor == "officer-2"


def test_settings_do_not_make_one_person_another(live: World) -> None:
    """Claim C84. Under the clerk's name stands the officer's key."""
    settle(live, clerk_1=live.city.key_path("officer-2"))
    with lgwan(live, None) as station, pytest.raises(ClerkDiffersError):
        station.seal(operator="clerk-1", empty=True)


def test_key_is_opened_once_for_all_that_a_command_does(live: World) -> None:
    """One PIN: sealed, written and all, and asked for the clerk's key alone."""
    asked: list[str] = []

    def ask(key: str) -> bytes:
        asked.append(key)
        return b"training"

    with lgwan(live, None) as station:
        collected(live, station)
    clerk = ClerkKey(ask, live.city.key_path("clerk-1"))
    root = live.home("lgwan-01").root
    opened = LgwanStation(root, clock=SystemClock(), passphrases=passphrase_for, clerk=clerk)
    with opened as station:
        station.export(lambda: live.medium, approver=lambda _: live.key("officer-1"))
    assert asked == ["clerk-1"]
    assert len(about(live, "lgwan-01", *SIGNED)) == 2


# --- training ----------------------------------------------------------------------------------


@pytest.mark.parametrize("signing", [True, False])
def test_in_training_a_name_is_enough_and_a_key_is_used(world: World, *, signing: bool) -> None:
    with lgwan(world, "clerk-1" if signing else None) as station:
        row = station.seal(operator="clerk-1", empty=True)
        station.approve(row.bundle, world.key("officer-1"))
        station.write(station.books.bundle(row.bundle) or row, world.medium, operator="clerk-1")
    (taken,) = world.import_()
    (found,) = [each for each in taken.verdict.checks if each.name == "prepared-by"]
    assert found.got == ("clerk-1" if signing else "a name without a signature")
    entries = about(world, "lgwan-01", *SIGNED)
    assert [entry.actor for entry in entries] == ["clerk-1"] * 2
    assert ["signature" in entry.facts for entry in entries] == [signing] * 2
