"""Power goes at any moment of saving or restoring a station: all of it is there, or nothing."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from attacks.world import World, copy_of, passphrase_for, tree_of
from journeys.death import deaths

from mediabridge.bundle import layout
from mediabridge.clock import SystemClock
from mediabridge.progress import NullProgress
from mediabridge.stations.backups.restoring import restore
from mediabridge.stations.backups.saving import back_up
from mediabridge.translog.events import Event
from mediabridge.trust import signers

pytestmark = pytest.mark.in_turns

KEY = "escrow-recipient"


def save(root: Path) -> None:
    with World(root).lgwan() as station:
        back_up(station, root / "backup", operator="clerk-1")


def bring_back(root: Path) -> None:
    world = World(root)
    key = signers.open_recipient_key(world.city.key_path(KEY), passphrase_for(KEY))
    given = {"clock": SystemClock(), "progress": NullProgress()}
    restore(root / "again", root / "backup", world.city.root, lambda _city: key, **given)


def test_death_while_saving(root_before: Callable[[str], Callable[[], Path]]) -> None:
    """Claim C68."""
    for root in deaths(root_before("seal"), save):
        world, backup = World(root), root / "backup"
        if backup.exists():
            sums = hashlib.sha256((backup / layout.SUMS).read_bytes()).hexdigest()
            announced = [
                entry.facts["sums"]
                for entry in world.log("lgwan-01")
                if entry.event is Event.STATION_BACKED_UP
            ]
            assert announced[-1] == sums
            bring_back(root)
            shutil.rmtree(backup)
        save(root)
        assert list(root.glob(".*.unfinished")) == []
        assert list(world.home("lgwan-01").work.iterdir()) == []
        with world.lgwan() as station:
            station.log.check()


def test_death_while_restoring(before: Callable[[str], World], tmp_path: Path) -> None:
    """Claim C69."""
    saved = before("seal")
    save(saved.root)
    numbers = iter(range(10**6))

    def fresh() -> Path:
        return copy_of(saved, tmp_path / str(next(numbers))).root

    for root in deaths(fresh, bring_back):
        own = tree_of(root / "lgwan-01")
        if not (root / "again").exists():
            bring_back(root)
        assert list(root.glob(".*.unfinished")) == []
        assert tree_of(root / "lgwan-01") == own
        (root / "lgwan-01").rename(root / "lost")
        (root / "again").rename(root / "lgwan-01")
        world = World(root)
        restored = [e for e in world.log("lgwan-01") if e.event is Event.STATION_RESTORED]
        assert len(restored) == 1
        with world.lgwan() as station:
            assert station.status().to_compare == ["registry-01"]
            station.log.check()
        shutil.rmtree(root)


def test_death_while_comparing(before: Callable[[str], World], tmp_path: Path) -> None:
    """Claim C70: after the repetition the state has ended, and nothing was taken twice."""
    saved = before("collect_answer")
    save(saved.root)
    bring_back(saved.root)
    (saved.root / "lgwan-01").rename(saved.root / "lost")
    (saved.root / "again").rename(saved.root / "lgwan-01")
    shutil.rmtree(saved.bundles)
    saved.send(station="registry-01")
    numbers = iter(range(10**6))

    def fresh() -> Path:
        return copy_of(saved, tmp_path / str(next(numbers))).root

    def compare(root: Path) -> None:
        World(root).import_("lgwan-01")

    for root in deaths(fresh, compare):
        world = World(root)
        with world.lgwan() as station:
            taken = bool(station.books.bundles("in"))
        if not taken:
            compare(root)
        with world.lgwan() as station:
            assert station.status().to_compare == []
            assert [row.seq for row in station.books.bundles("in")] == [1]
            assert station.seal(empty=True).seq == 2
        assert Event.STATION_COMPARED in [entry.event for entry in world.log("lgwan-01")]
        shutil.rmtree(root)
