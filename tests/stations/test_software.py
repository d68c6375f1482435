"""Software from one station to the other: described, approved by two, verified, kept, answered."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import World, flip
from packages import build_database, build_package
from stations.test_backups import bring_back, save

from mediabridge.bundle import software
from mediabridge.bundle.software import Software, Sort
from mediabridge.errors import (
    ApprovalsTooFewError,
    CollectedChangedError,
    DiskFullError,
    ManifestMalformedError,
    MediabridgeError,
    SoftwareChangedError,
    SoftwareNotCarriedError,
    SoftwareUnknownError,
    SoftwareUnreadableError,
)
from mediabridge.install import databases, packages
from mediabridge.install.judging import Unfit, unfit
from mediabridge.stations import installing, removed
from mediabridge.stations.books import BundleState, SoftwareState
from mediabridge.stations.outgoing.approving import look_at
from mediabridge.stations.retention.looking import look
from mediabridge.stations.retention.removing import remove
from mediabridge.stations.settings import Retention
from mediabridge.translog.events import Event
from mediabridge.trust.ceremony import entries

LGWAN, REGISTRY = "lgwan-01", "registry-01"
OFFICERS = ("officer-1", "officer-2")


@pytest.fixture
def open_world(world: World) -> World:
    """Give a municipality whose officers let software travel to the registry."""
    allow(world)
    return world


def allow(world: World, software: int = 2) -> None:
    trust = entries.routed(world.city.trust, LGWAN, REGISTRY, 1, software=software)
    world.publish(routes=trust.routes)
    with world.lgwan() as station:
        station.accept_trust(world.medium / "MEDIABRIDGE" / "trust")


def add(world: World, path: Path, sort: Sort = Sort.PROGRAM, **how: str) -> str:
    with world.lgwan() as station:
        added = station.add_software(
            path, sort, role=how.get("role", "any"), replaces=how.get("replaces", "")
        )
    return added.software.sha256


def send(world: World, *officers: str) -> str:
    """Seal, approve and write what waits; return the bundle."""
    with world.lgwan() as station:
        row = station.seal()
        for officer in officers or OFFICERS:
            station.approve(row.bundle, world.key(officer))
        station.write(station.books.bundle(row.bundle) or row, world.medium)
    return row.bundle


def states(world: World, name: str, direction: str) -> list[tuple[SoftwareState, str]]:
    with world.open(name) as station:
        return [(row.state, row.reason) for row in station.books.software(direction)]


def events(world: World, name: str) -> list[Event]:
    return [each.event for each in world.log(name) if each.event.value.startswith("software-")]


def answer(world: World) -> None:
    world.send(station=REGISTRY)
    world.import_(LGWAN)


def test_it_is_kept_as_it_was_sent_and_answered(open_world: World, tmp_path: Path) -> None:
    world, package = open_world, build_package(tmp_path, "99.1")
    sha256 = add(world, package, replaces="0.1")
    assert sha256 == hashlib.sha256(package.read_bytes()).hexdigest()
    bundle = send(world)
    (taken,) = world.import_(REGISTRY)
    assert [(each.software.version, each.refused) for each in taken.software] == [("99.1", None)]
    kept = world.home(REGISTRY).software / sha256 / "payload"
    assert kept.read_bytes() == package.read_bytes()
    assert events(world, REGISTRY) == [Event.SOFTWARE_STAGED]
    with world.registry() as station:
        row = installing.chosen(station, sha256[:6])
        proven = installing.proven(station, row)
    assert row.bundle == bundle
    assert proven is not None
    assert proven.approvers == OFFICERS
    assert (proven.software.name, proven.software.replaces) == ("mediabridge", "0.1")
    assert states(world, LGWAN, "out") == [(SoftwareState.COLLECTED, "")]
    answer(world)
    assert states(world, LGWAN, "out") == [(SoftwareState.STAGED, "")]
    assert world.home(LGWAN).collected() == []
    with world.lgwan() as station:
        assert station.status().outstanding == 0


def test_it_is_proven_as_before_at_a_station_that_came_from_a_backup(
    open_world: World, tmp_path: Path
) -> None:
    """Claim C68. A station that is restored has lost nothing of what was approved for it."""
    world = open_world
    sha256 = add(world, build_package(tmp_path, "99.1"))
    send(world)
    world.import_(REGISTRY)
    save(world, REGISTRY)
    bring_back(world)
    shutil.rmtree(world.home(REGISTRY).root)
    (world.root / "again").rename(world.home(REGISTRY).root)
    with world.registry() as station:
        proven = installing.proven(station, installing.chosen(station, sha256))
    assert proven is not None
    assert proven.approvers == OFFICERS


AT_ONCE = Retention(software=0)


def tidied(world: World, rules: Retention = AT_ONCE) -> list[str]:
    """Let go at the registry's side what is over by *rules*; return the reasons."""
    with world.registry() as station:
        over = look(station, rules).over
        remove(station, over, operator="clerk-1")
    return [each.why.value for each in over]


def test_kept_software_goes_by_rule_once_it_is_installed(
    open_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C101. Nobody could install it any more; log and books still say what came."""
    world = open_world
    sha256 = add(world, build_package(tmp_path, "99.1"))
    bundle = send(world)
    world.import_(REGISTRY)
    kept = world.home(REGISTRY).software / sha256
    assert tidied(world) == []
    for there in ("", "99.0"):
        monkeypatch.setattr(packages, "installed", lambda *_, there=there, **__: there)
        assert tidied(world) == []
    monkeypatch.setattr(packages, "installed", lambda *_, **__: "99.1")
    assert tidied(world, Retention()) == []
    assert kept.exists()
    assert tidied(world) == ["SOFTWARE_OVER"]
    assert not kept.exists()
    facts = dict(world.log(REGISTRY)[-1].facts)
    assert facts == {
        "reason": "SOFTWARE_OVER", "days": 0, "files": 1, "bundle": bundle, "file_sha256": sha256,
    }  # fmt: skip
    assert tidied(world) == []
    with world.registry() as station:
        row = installing.chosen(station, sha256)
        assert installing.proven(station, row) is None
        assert removed.software_removed_at(station, row) is not None


def test_kept_software_that_was_changed_is_named_and_stays(
    open_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = open_world
    sha256 = add(world, build_package(tmp_path, "99.1"))
    send(world)
    world.import_(REGISTRY)
    flip(world.home(REGISTRY).software / sha256 / "payload")
    monkeypatch.setattr(packages, "installed", lambda *_, **__: "99.1")
    with world.registry() as station:
        found = look(station, AT_ONCE)
    assert (found.over, found.changed) == ([], [f"software/{sha256}/payload"])


def test_removal_of_software_that_was_announced_is_finished(
    open_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = open_world
    sha256 = add(world, build_package(tmp_path, "99.1"))
    send(world)
    world.import_(REGISTRY)
    monkeypatch.setattr(packages, "installed", lambda *_, **__: "99.1")
    with world.registry() as station:
        (over,) = look(station, AT_ONCE).over
        station.record(Event.KEPT_REMOVED, **over.facts)
        assert removed.software_removed_at(station, installing.chosen(station, sha256)) is None
    assert tidied(world, Retention()) == ["SOFTWARE_OVER"]
    assert not (world.home(REGISTRY).software / sha256).exists()


def test_receipts_that_ride_along_do_not_keep_it_from_being_answered(
    open_world: World, tmp_path: Path
) -> None:
    world = open_world
    world.send(station=REGISTRY)
    world.import_(LGWAN)
    add(world, build_package(tmp_path, "99.1"))
    with world.lgwan() as station:
        assert station.books.due_receipts(REGISTRY)
    send(world)
    world.import_(REGISTRY)
    answer(world)
    assert states(world, LGWAN, "out") == [(SoftwareState.STAGED, "")]


def test_several_sorts_travel_together_and_each_is_answered(
    open_world: World, tmp_path: Path
) -> None:
    world = open_world
    add(world, build_database(tmp_path / "daily.cvd", 27000), Sort.ANTIVIRUS)
    add(world, build_package(tmp_path, "99.1", name="some-tool"), Sort.SYSTEM)
    add(world, build_package(tmp_path, "99.2"), role="lgwan")
    send(world)
    (taken,) = world.import_(REGISTRY)
    assert {each.software.sort: each.refused for each in taken.software} == {
        "antivirus": None,
        "system": None,
        "program": "SOFTWARE_OTHER_ROLE",
    }
    assert len(list(world.home(REGISTRY).software.iterdir())) == 2
    answer(world)
    assert sorted(states(world, LGWAN, "out")) == [
        ("refused", "SOFTWARE_OTHER_ROLE"),
        ("staged", ""),
        ("staged", ""),
    ]


def test_news_goes_first_and_alone(open_world: World, tmp_path: Path) -> None:
    world = open_world
    add(world, build_package(tmp_path, "99.1"))
    path = tmp_path / "notices.csv"
    path.write_bytes(isa_csv((1, 1)))
    with world.lgwan() as station:
        station.collect(path)
        news = station.seal()
        assert station.still_waiting(news)
        software = station.seal()
    assert (news.records, "software" in news.summary) == (1, False)
    assert (software.records, len(software.summary["software"])) == (0, 1)
    assert (news.seq, software.seq) == (1, 2)


def test_one_officer_lets_none_go(open_world: World, tmp_path: Path) -> None:
    """Claim C115."""
    world = open_world
    add(world, build_package(tmp_path, "99.1"))
    with world.lgwan() as station:
        row = station.approve(station.seal().bundle, world.key("officer-1"))
        assert row.state is BundleState.SEALED
        shown = look_at(station, row.bundle)
        assert (shown.needed, shown.usually) == (2, 1)
        with pytest.raises(ApprovalsTooFewError):
            station.write(row, world.medium)


@pytest.mark.parametrize(
    ("version", "reason"), [("0.0.1", "SOFTWARE_OLDER"), (None, "SOFTWARE_OLDER"), ("99:1", "")]
)
def test_what_is_not_later_is_refused(
    open_world: World, tmp_path: Path, version: str | None, reason: str
) -> None:
    """Claim C118."""
    world = open_world
    there = packages.installed("dpkg")
    assert there
    package = build_package(tmp_path, version or there, name="dpkg")
    sha256 = add(world, package, Sort.SYSTEM)
    send(world)
    world.import_(REGISTRY)
    ((_, said),) = states(world, REGISTRY, "in")
    assert said == reason
    assert (world.home(REGISTRY).software / sha256).exists() is (not reason)


def test_what_is_too_far_ahead_is_refused(open_world: World, tmp_path: Path) -> None:
    """Claim C118."""
    world = open_world
    add(world, build_package(tmp_path, "99:2", name="dpkg"), Sort.SYSTEM, replaces="99:1")
    send(world)
    world.import_(REGISTRY)
    assert states(world, REGISTRY, "in") == [(SoftwareState.REFUSED, "SOFTWARE_TOO_FAR")]
    assert events(world, REGISTRY) == [Event.SOFTWARE_REFUSED]


def test_description_by_another_name_is_refused_at_the_receiver(
    open_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C120. A sender's program that was changed calls any file signatures."""
    other = {*software.DATABASES, "other.cvd"}
    for module in (software, databases):
        monkeypatch.setattr(module, "DATABASES", other)
    add(open_world, build_database(tmp_path / "other.cvd", 27000), Sort.ANTIVIRUS)
    send(open_world)
    monkeypatch.undo()
    with pytest.raises(ManifestMalformedError):
        open_world.import_(REGISTRY)
    assert states(open_world, REGISTRY, "in") == []


def test_version_that_is_none_is_later_than_nothing() -> None:
    assert packages.is_later("1.0", "")
    assert not packages.is_later("1-", "")


def test_lowest_version_that_is_none_lets_nothing_pass(open_world: World, tmp_path: Path) -> None:
    """dpkg answers with an error to such a comparison, which is neither yes nor no."""
    package = build_package(tmp_path, "99:2", name="dpkg")
    with open_world.lgwan() as station, pytest.raises(SoftwareUnreadableError, match="99:1-"):
        station.add_software(package, Sort.SYSTEM, role="any", replaces="99:1-")
    described = Software(
        name="dpkg", version="99:2", sort="system", role="any", replaces="99:1-", size=1,
        sha256="0" * 64,
    )  # fmt: skip
    assert unfit(described, "registry") is Unfit.TOO_FAR


def test_payload_that_is_gone_is_not_shown_as_approved(open_world: World, tmp_path: Path) -> None:
    """Claim C119."""
    world = open_world
    sha256 = add(world, build_package(tmp_path, "99.1"))
    send(world)
    world.import_(REGISTRY)
    payload = world.home(REGISTRY).software / sha256 / "payload"
    shutil.move(payload, tmp_path / "elsewhere")
    for _ in ("gone", "a link"):
        with world.registry() as station, pytest.raises(SoftwareChangedError):
            installing.proven(station, installing.chosen(station, sha256))
        payload.unlink(missing_ok=True)
        payload.symlink_to(tmp_path / "elsewhere")


def test_rule_of_the_station_refuses_what_nothing_has_scanned(
    open_world: World, tmp_path: Path
) -> None:
    world = open_world
    settings = world.home(REGISTRY).settings_file
    settings.write_text('[software]\nunscanned = "refuse"\n')
    settings.chmod(0o600)
    add(world, build_package(tmp_path, "99.1"))
    send(world)
    world.import_(REGISTRY)
    assert states(world, REGISTRY, "in") == [(SoftwareState.REFUSED, "SOFTWARE_NOT_SCANNED")]


def test_refused_file_can_be_sent_once_more(open_world: World, tmp_path: Path) -> None:
    world, package = open_world, build_package(tmp_path, "99.1")
    add(world, package, role="lgwan")
    send(world)
    world.import_(REGISTRY)
    answer(world)
    add(world, package, role="registry")
    send(world)
    world.import_(REGISTRY)
    assert states(world, REGISTRY, "in") == [(SoftwareState.STAGED, "")]
    answer(world)
    assert states(world, LGWAN, "out") == [(SoftwareState.STAGED, "")]


def test_file_that_waits_is_taken_once(open_world: World, tmp_path: Path) -> None:
    world, package = open_world, build_package(tmp_path, "99.1")
    add(world, package)
    with world.lgwan() as station:
        assert station.add_software(package, Sort.PROGRAM, role="any", replaces="").known
        station.seal()
        assert station.add_software(package, Sort.PROGRAM, role="any", replaces="").known


def test_route_carries_none_until_a_ceremony_says_so(world: World, tmp_path: Path) -> None:
    package = build_package(tmp_path, "99.1")
    with world.lgwan() as station, pytest.raises(SoftwareNotCarriedError):
        station.add_software(package, Sort.PROGRAM, role="any", replaces="")


@pytest.mark.parametrize("sort", list(Sort))
def test_file_of_another_sort_is_not_described(
    open_world: World, tmp_path: Path, sort: Sort
) -> None:
    """Claim C120."""
    path = tmp_path / "daily.cvd"
    path.write_bytes(b"MZ" + bytes(1000))
    with open_world.lgwan() as station:
        with pytest.raises(SoftwareUnreadableError):
            station.add_software(path, sort, role="any", replaces="")
        assert station.books.waiting_files() == []
    assert open_world.home(LGWAN).collected() == []


def test_another_program_does_not_pass_for_this_one(open_world: World, tmp_path: Path) -> None:
    """Claim C120."""
    package = build_package(tmp_path, "99.1", name="other")
    with open_world.lgwan() as station, pytest.raises(SoftwareUnreadableError):
        station.add_software(package, Sort.PROGRAM, role="any", replaces="")


def test_file_that_was_exchanged_while_it_waited_is_not_sealed(
    open_world: World, tmp_path: Path
) -> None:
    """Claim C119."""
    world = open_world
    add(world, build_package(tmp_path, "99.1"))
    (waiting,) = world.home(LGWAN).collected()
    flip(waiting)
    with world.lgwan() as station, pytest.raises(CollectedChangedError):
        station.seal()
    with world.lgwan() as station:
        assert station.books.waiting_files() == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("approved.json", "SOFTWARE_CHANGED"),
        ("SHA256SUMS", "SIGNATURE_INVALID"),
        ("header.json", "HASH_MISMATCH"),
        ("payload", "SOFTWARE_CHANGED"),
    ],
)
def test_what_was_exchanged_after_it_came_proves_nothing(
    open_world: World, tmp_path: Path, name: str, reason: str
) -> None:
    """Claim C119."""
    world = open_world
    sha256 = add(world, build_package(tmp_path, "99.1"))
    send(world)
    world.import_(REGISTRY)
    flip(world.home(REGISTRY).software / sha256 / name)
    with world.registry() as station, pytest.raises(MediabridgeError) as caught:
        installing.proven(station, installing.chosen(station, sha256))
    assert caught.value.reason == reason


def test_approval_that_is_taken_away_is_missed(open_world: World, tmp_path: Path) -> None:
    """Claim C115."""
    world = open_world
    sha256 = add(world, build_package(tmp_path, "99.1"))
    send(world)
    world.import_(REGISTRY)
    folder = world.home(REGISTRY).software / sha256
    (folder / "SHA256SUMS.approve-officer-2.sig").unlink()
    with world.registry() as station, pytest.raises(ApprovalsTooFewError):
        installing.proven(station, installing.chosen(station, sha256))


def test_evidence_of_one_file_is_none_of_another(open_world: World, tmp_path: Path) -> None:
    """Claim C119."""
    world = open_world
    first = add(world, build_package(tmp_path, "99.1"))
    send(world)
    second = add(world, build_package(tmp_path, "99.2"))
    send(world)
    world.import_(REGISTRY)
    software = world.home(REGISTRY).software
    shutil.copyfile(software / first / "approved.json", software / second / "approved.json")
    with world.registry() as station, pytest.raises(MediabridgeError) as caught:
        installing.proven(station, installing.chosen(station, second))
    assert caught.value.reason == "SUMMARY_MISMATCH"


def test_link_in_the_place_of_evidence_is_not_followed(open_world: World, tmp_path: Path) -> None:
    """Claim C119."""
    world = open_world
    sha256 = add(world, build_package(tmp_path, "99.1"))
    send(world)
    world.import_(REGISTRY)
    header = world.home(REGISTRY).software / sha256 / "header.json"
    shutil.move(header, tmp_path / "elsewhere")
    header.symlink_to(tmp_path / "elsewhere")
    with world.registry() as station, pytest.raises(SoftwareChangedError):
        installing.proven(station, installing.chosen(station, sha256))


def test_nothing_is_copied_where_there_is_no_room(
    open_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = open_world
    add(world, build_package(tmp_path, "99.1"))
    send(world)
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda at: real(at)._replace(free=4096))
    with pytest.raises(DiskFullError):
        world.import_(REGISTRY)
    monkeypatch.undo()
    assert [each.refused for each in world.import_(REGISTRY)[0].software] == [None]


def test_name_that_fits_nothing_is_said(open_world: World) -> None:
    with open_world.registry() as station, pytest.raises(SoftwareUnknownError):
        installing.chosen(station, "00")
