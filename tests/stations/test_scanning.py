"""Whatever enters a station is shown to the real scanner first, and its word is in the log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import clamav
import pytest
from attacks.records import csv_of, isa_csv, isa_notice
from attacks.world import World
from clamav import MARK, Daemon
from packages import build_package

from mediabridge.bundle.software import Sort
from mediabridge.errors import (
    BundleInfectedError,
    FileInfectedError,
    FileNotScannedError,
    MediabridgeError,
    ScannerDownError,
    ScannerOldError,
)
from mediabridge.kinds import Kind
from mediabridge.scanner import Scanned, Scanner
from mediabridge.scanner.clamd import Readable
from mediabridge.stations.outgoing.collecting import check_file
from mediabridge.translog.events import Entry, Event
from mediabridge.trust.ceremony import entries

HONEST = isa_csv((1, 1), (2, 2))
# A right record, whose remark is what the signature of the tests finds.
INFECTED = csv_of(Kind.ISA_NOTICE, [isa_notice(1, 1) | {"remarks": MARK.decode()}])


@pytest.fixture(scope="module")
def daemon(clamd: str) -> Iterator[Daemon]:
    with clamav.running(clamd) as running:
        yield running


def scanning(world: World, daemon: Daemon, station: str, **lines: object) -> None:
    """Give *station* the scanner, with other *lines* if need be."""
    path = world.home(station).settings_file
    path.write_text(daemon.toml(**lines), "utf-8")
    path.chmod(0o600)


def given(world: World, content: bytes = HONEST) -> Path:
    path = world.root / "isa.csv"
    path.write_bytes(content)
    return path


def told(world: World, station: str, event: Event) -> list[Entry]:
    return [entry for entry in world.log(station) if entry.event is event]


def test_honest_file_is_taken_in_and_its_scan_is_written_down(world: World, daemon: Daemon) -> None:
    scanning(world, daemon, "lgwan-01")
    with world.lgwan() as station:
        taken = station.collect(given(world))
    assert taken.scanned is not None
    (entry,) = told(world, "lgwan-01", Event.FILE_SCANNED)
    assert entry.facts["scan"] == "clean"
    assert entry.facts["file_sha256"] == hashlib.sha256(HONEST).hexdigest()
    assert {"engine", "signatures", "file_bytes"} <= entry.facts.keys()
    events = [each.event for each in world.log("lgwan-01")]
    assert events.index(Event.FILE_SCANNED) < events.index(Event.FILE_COLLECTED)
    assert not list(world.home("lgwan-01").work.iterdir())


def test_what_was_scanned_is_what_is_read(
    world: World, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C108. Another program writes to the file as soon as the scanner has seen it."""
    path, look = given(world), Scanner.look

    def look_then_change(scanner: Scanner, stream: Readable, *, name: str) -> Scanned:
        scanned = look(scanner, stream, name=name)
        path.write_bytes(INFECTED)
        return scanned

    monkeypatch.setattr(Scanner, "look", look_then_change)
    scanning(world, daemon, "lgwan-01")
    with world.lgwan() as station:
        assert station.collect(path).records == 2
    (taken,) = world.home("lgwan-01").collected()
    assert MARK not in taken.read_bytes()


def test_station_without_the_section_scans_nothing(world: World) -> None:
    with world.lgwan() as station:
        assert station.collect(given(world)).scanned is None
    assert not told(world, "lgwan-01", Event.FILE_SCANNED)


def test_software_is_shown_to_the_scanner_before_it_is_taken_in(
    world: World, daemon: Daemon
) -> None:
    """Claim C108."""
    trust = entries.routed(world.city.trust, "lgwan-01", "registry-01", 1, software=2)
    world.publish(routes=trust.routes)
    scanning(world, daemon, "lgwan-01")
    honest = build_package(world.root, "99.1")
    infected = world.root / "infected.deb"
    infected.write_bytes(honest.read_bytes() + MARK)
    with world.lgwan() as station:
        station.accept_trust(world.medium / "MEDIABRIDGE" / "trust")
        with pytest.raises(FileInfectedError):
            station.add_software(infected, Sort.PROGRAM, role="any", replaces="")
        assert not station.books.waiting_files()
        assert not station.add_software(honest, Sort.PROGRAM, role="any", replaces="").known
    name = hashlib.sha256(infected.read_bytes()).hexdigest()
    assert (world.home("lgwan-01").refused / f"{name}.infected").exists()
    scans = [each.facts["scan"] for each in told(world, "lgwan-01", Event.FILE_SCANNED)]
    assert scans == ["infected", "clean"]


def test_infected_file_lies_beside_its_report_and_is_not_taken(
    world: World, daemon: Daemon
) -> None:
    scanning(world, daemon, "lgwan-01", down="warn", old="warn", over_limit="warn")
    home = world.home("lgwan-01")
    with world.lgwan() as station, pytest.raises(FileInfectedError):
        station.collect(given(world, INFECTED))
    name = hashlib.sha256(INFECTED).hexdigest()
    assert {path.name for path in home.refused.iterdir()} == {f"{name}.infected", f"{name}.json"}
    kept = home.refused / f"{name}.infected"
    assert (kept.read_bytes(), kept.stat().st_mode & 0o111) == (INFECTED, 0)
    report = json.loads((home.refused / f"{name}.json").read_bytes())
    assert report["scanner"]["found"].startswith("Test.Marker")
    assert not list(home.inbox.iterdir())
    assert not list(home.work.iterdir())
    (scan,) = told(world, "lgwan-01", Event.FILE_SCANNED)
    (refusal,) = told(world, "lgwan-01", Event.FILE_REFUSED)
    assert (scan.facts["scan"], scan.facts["reason"]) == ("infected", "FILE_INFECTED")
    assert refusal.facts == {"file_sha256": name, "reason": "FILE_INFECTED"}
    with world.lgwan() as station, pytest.raises(FileInfectedError):
        check_file(station, given(world, INFECTED))


def refused_at_collect(world: World, kind: type[MediabridgeError], content: bytes = HONEST) -> None:
    """Have a file refused for want of a verdict: nothing of it is kept, and the log says so."""
    home = world.home("lgwan-01")
    with world.lgwan() as station, pytest.raises(kind):
        station.collect(given(world, content))
    for folder in (home.refused, home.inbox, home.work):
        assert not list(folder.iterdir())
    assert world.log("lgwan-01")[-1].event is Event.FILE_SCANNED
    assert world.log("lgwan-01")[-1].facts["reason"] == kind.reason


def passed_at_collect(world: World, warned: str, content: bytes = HONEST) -> None:
    with world.lgwan() as station:
        taken = station.collect(given(world, content))
    assert taken.scanned is not None
    assert [each.reason for each in taken.scanned.warnings] == [warned]
    assert told(world, "lgwan-01", Event.FILE_SCANNED)[-1].facts["warned"] == [warned]
    assert told(world, "lgwan-01", Event.FILE_COLLECTED)


def test_no_verdict_refuses_or_warns_and_is_never_silent(world: World, daemon: Daemon) -> None:
    """Claim C109. Neither way is nothing said."""
    nobody = {"socket": str(daemon.folder / "nobody")}
    scanning(world, daemon, "lgwan-01", **nobody)
    refused_at_collect(world, ScannerDownError)
    scanning(world, daemon, "lgwan-01", **nobody, down="warn")
    passed_at_collect(world, "SCANNER_DOWN")


def test_old_signatures_refuse_or_warn(world: World, daemon: Daemon) -> None:
    daemon.restart(made=timedelta(days=30))
    try:
        scanning(world, daemon, "lgwan-01")
        refused_at_collect(world, ScannerOldError)
        scanning(world, daemon, "lgwan-01", old="warn")
        passed_at_collect(world, "SCANNER_OLD")
    finally:
        daemon.restart()


def test_file_over_the_limit_refuses_or_warns(world: World, daemon: Daemon) -> None:
    daemon.restart("MaxFileSize 1K")
    try:
        content = isa_csv(*((n, n) for n in range(1, 9)))
        assert len(content) > 1024
        scanning(world, daemon, "lgwan-01")
        refused_at_collect(world, FileNotScannedError, content)
        scanning(world, daemon, "lgwan-01", over_limit="warn")
        passed_at_collect(world, "FILE_NOT_SCANNED", content)
    finally:
        daemon.restart()


def test_bundle_is_scanned_before_anything_of_it_is_used(world: World, daemon: Daemon) -> None:
    world.send(HONEST)
    scanning(world, daemon, "registry-01")
    (taken,) = world.import_()
    assert taken.scanned is not None
    (entry,) = told(world, "registry-01", Event.BUNDLE_SCANNED)
    assert (entry.facts["scan"], entry.facts["files"]) == ("clean", 2)
    assert entry.facts["bundle"] == taken.bundle
    assert ("virus-scanner", True) in {(each.name, each.passed) for each in taken.verdict.checks}
    events = [each.event for each in world.log("registry-01")]
    assert events.index(Event.BUNDLE_SCANNED) < events.index(Event.BUNDLE_APPLIED)


def test_infected_bundle_is_refused_whole_and_the_sender_learns_why(
    world: World, daemon: Daemon
) -> None:
    """Claim C108. The sending station has no scanner, or one that did not know this yet."""
    bundle = world.send(INFECTED)
    scanning(world, daemon, "registry-01", down="warn", old="warn", over_limit="warn")
    before = world.snapshot()
    with pytest.raises(BundleInfectedError) as refusal:
        world.import_()
    assert refusal.value.verdict.reason == "BUNDLE_INFECTED"
    assert world.snapshot() == before
    assert not list(world.home("registry-01").work.iterdir())
    (scan,) = told(world, "registry-01", Event.BUNDLE_SCANNED)
    assert (scan.facts["scan"], scan.facts["reason"]) == ("infected", "BUNDLE_INFECTED")
    assert world.log("registry-01")[-1].facts["reason"] == "BUNDLE_INFECTED"
    world.send(station="registry-01", officers=("officer-2",))
    world.import_("lgwan-01")
    with world.lgwan() as station:
        said = [each.decode() for each in station.mirror("registry-01").about(bundle, 10**6)]
    assert any('"reason":"BUNDLE_INFECTED"' in each for each in said)


def test_bundle_that_nobody_can_scan_waits(world: World, daemon: Daemon) -> None:
    world.send(HONEST)
    before = world.snapshot()
    scanning(world, daemon, "registry-01", socket=str(daemon.folder / "nobody"))
    with pytest.raises(ScannerDownError):
        world.import_()
    assert world.snapshot() == before
    (entry,) = told(world, "registry-01", Event.BUNDLE_SCANNED)
    assert (entry.facts["scan"], entry.facts["reason"]) == ("not-scanned", "SCANNER_DOWN")
    scanning(world, daemon, "registry-01")
    assert [each.outcomes for each in world.import_()] == [{"applied": 2}]


def test_status_names_a_scanner_that_cannot_be_relied_on(world: World, daemon: Daemon) -> None:
    scanning(world, daemon, "lgwan-01")
    with world.lgwan() as station:
        assert station.status().attention == []
    nobody = str(daemon.folder / "nobody")
    scanning(world, daemon, "lgwan-01", socket=nobody, down="warn")
    with world.lgwan() as station:
        assert [each.reason for each in station.status().attention] == ["SCANNER_DOWN"]
