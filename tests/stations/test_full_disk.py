"""A disk that is really full: without a durable entry nothing is released and nothing applied.

Both stations are put onto a small file system with less and less taken away from it. Wherever the
room ends, what is on the stick was released in the log before, and what is in the registry was
applied in the log before; a refusal names the disk, and with room the same journey completes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import CITY_DOMAIN, World
from storage.machine import Disk, small_disk

from mediabridge.apply import open_registry
from mediabridge.errors import MediabridgeError, machine_error
from mediabridge.stations.home import Home
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.translog import database, events
from mediabridge.translog.events import Event

STEP, MOST = 16_384, 60
FULL = {"DISK_FULL", "BOOKS_FULL", "LOG_FULL", "REGISTRY_FULL"}


@dataclass(frozen=True)
class OnDisk:
    """A station whose folder lies on a small disk."""

    disk: Disk
    home: Home

    def told(self, event: Event) -> int:
        """Return how many entries its log has about *event*."""
        station = self.home.config().station
        with database.look(self.home.log) as connection:
            log = database.StoredLog(connection, f"{CITY_DOMAIN}/log/{station}")
            return sum(events.parse(each, station).event is event for each in log.entries())

    def squeezed(self, journey: Callable[[], object]) -> Iterator[str]:
        """Try *journey* with a little more room each time; yield what it was refused with."""
        for step in range(MOST):
            self.disk.fill(leave=step * STEP)
            try:
                journey()
            except MediabridgeError as error:
                yield error.reason
            except OSError as error:
                yield machine_error(error, self.home.root).reason
            else:
                yield ""
                return
            finally:
                self.disk.make_room()


@pytest.fixture
def put(tmp_path: Path) -> Iterator[Callable[[Home], OnDisk]]:
    """Put a station's folder onto a small disk."""
    with small_disk(tmp_path / "disk", kib=16_384, inodes=1000) as disk:

        def moved(home: Home) -> OnDisk:
            folder = shutil.copytree(home.root, disk.folder / "home", symlinks=True)
            return OnDisk(disk, Home(folder))

        yield moved


def test_nothing_is_released_without_an_entry(world: World, put: Callable[[Home], OnDisk]) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1), (2, 2)))
    with world.lgwan() as station:
        station.collect(path)
        bundle = station.seal().bundle
        station.approve(bundle, world.key("officer-1"))
    there = put(world.home("lgwan-01"))

    def write() -> None:
        with LgwanStation(there.home.root, **world.opening(None)) as station:
            row = station.books.bundle(bundle)
            assert row
            station.write(row, world.medium)

    refusals = []
    for reason in there.squeezed(write):
        refusals.append(reason)
        on_stick = [*world.medium.rglob("header.json"), *world.medium.rglob("part-*")]
        assert not on_stick or there.told(Event.BUNDLE_RELEASED)
        if len(refusals) == 1:
            assert (on_stick, there.told(Event.BUNDLE_RELEASED)) == ([], 0)
    assert {*refusals[:-1]} <= FULL
    assert refusals[0] in FULL
    assert refusals[-1] == ""
    assert there.told(Event.BUNDLE_WRITTEN) == 1


def test_nothing_is_applied_without_an_entry(
    sent_world: World, put: Callable[[Home], OnDisk]
) -> None:
    there = put(sent_world.home("registry-01"))

    def fingerprint() -> str:
        with open_registry(there.home.registry, there.home.config().owner) as registry:
            return registry.fingerprint()

    def take() -> None:
        with RegistryStation(there.home.root, **sent_world.opening(None)) as station:
            station.import_(sent_world.medium, note=lambda _taken: None)

    before, refusals = fingerprint(), []
    for reason in there.squeezed(take):
        refusals.append(reason)
        changed = fingerprint() != before
        assert not changed or there.told(Event.BUNDLE_APPLIED)
        if len(refusals) == 1:
            assert (changed, there.told(Event.BUNDLE_APPLIED)) == (False, 0)
    assert {*refusals[:-1]} <= FULL
    assert refusals[0] in FULL
    assert refusals[-1] == ""
    assert fingerprint() != before
    assert there.told(Event.RECEIPT_ISSUED) == 1
