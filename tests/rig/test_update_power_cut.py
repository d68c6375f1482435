"""The power goes at any moment of an update by stick: the old version or the new one runs.

Claim C129. All that the machine's disk was told to write from the officer's order to root's answer
is recorded once. A moment is the disk as a power cut may leave it after so many of these writes, in
a machine that is switched on.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import moments
import packaged
import pytest
import slimming
import updating
from attacks.world import World, make_untyped_world, scratch
from harness import copy_of, spread
from medium import Write
from packages import build_package
from rig import StickBench
from stations.test_backups import save
from stations.test_software import REGISTRY, add, allow, send
from telling import TellingDisk, left_of
from updating import FOLDER, NEW, OFFICER, OLD, STATION, Updated

pytestmark = pytest.mark.seldom

STAGED, ORDERED, INSTALLED, FAILED = (
    (f"software-{each}", reason)
    for each, reason in (
        ("staged", ""),
        ("ordered", ""),
        ("installed", ""),
        ("failed", "INSTALL_NOT_ORDERED"),
    )
)
UNDISTURBED = [STAGED, ORDERED, INSTALLED]
BEFORE = {None: [STAGED], "failed": [STAGED, ORDERED, FAILED]}
"""What the station says of the order where the old version is left, and what its log has then."""

_SOUND = f"""python3 -c '
import glob, sqlite3
for name in glob.glob("{STATION}/*.db"):
    print(sqlite3.connect(name).execute("pragma integrity_check").fetchone()[0])'"""
_BEGUN = "journalctl --boot --unit=mediabridge-watch.service --output=cat --grep='^mediabridge '"
_WATCHING = "systemctl is-active mediabridge-watch.service"


@dataclass(frozen=True)
class Recorded:
    """An update that nothing disturbed: what the disk was told, and what was said after it."""

    folder: Path
    told: list[Write | None]
    begun: int
    """How much of it was told before the officer's order."""
    sha256: str
    found: dict[str, str]
    """What the doctor said before the order."""

    @property
    def start(self) -> Path:
        """The disk before anything of it was told."""
        return self.folder / "start.img"

    @property
    def writes(self) -> list[int]:
        """The places of what was written since the order."""
        return [place for place in range(self.begun, len(self.told)) if self.told[place]]

    def left(self, moment: int, seed: str, image: Path) -> Path:
        """Make *image* what is left when the power goes after so many writes."""
        return left_of(self.start, self.told[: self.writes[moment - 1] + 1], seed, image)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Record an update that nothing disturbs; done by the first of several test processes."""
    common = tmp_path_factory.getbasetemp()
    common = common.parent if "PYTEST_XDIST_WORKER" in os.environ else common
    # While writing tests: a folder in which it stays from one run to the next.
    folder = Path(os.environ.get("MEDIABRIDGE_RIG_PREPARED") or common) / "update"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _once(folder / "old.deb", lambda: _prepare(folder, tmp_path_factory.mktemp("packages")))
        _once(folder / "start.img", lambda: _install(folder, tmp_path_factory.mktemp("installed")))
        _once(folder / "told", lambda: _record(folder, tmp_path_factory.mktemp("recorded")))
    told, begun, found = pickle.loads((folder / "told").read_bytes())  # noqa: S301 - ours
    return Recorded(folder, told, begun, (folder / "sha256").read_text(), found)


def _once(last: Path, make: Callable[[], None]) -> None:
    """Have *make* make several files, if *last* of them is not there."""
    if not last.exists():
        make()


def _prepare(out: Path, folder: Path) -> None:
    """Make both versions, and a station to which two officers sent the new one."""
    package = packaged.built(folder)
    with scratch() as root:
        needed = _needed(make_untyped_world(Path(root) / "world"))
    out.mkdir(exist_ok=True)
    old = slimming.of_version(package, OLD, folder, needed)
    new = slimming.of_version(package, NEW, folder, needed)
    with scratch() as root:
        world = make_untyped_world(Path(root) / "world")
        (out / "sha256").write_text(_sent(world, new))
        shutil.copytree(world.city.folder, world.home(REGISTRY).root / "city")
        with tarfile.open(out / "station.tar", "w") as archive:
            archive.add(world.home(REGISTRY).root, ".")
    shutil.copy(Path(__file__).with_name("look.py"), out)
    shutil.move(old, out / "old.deb")


def _sent(world: World, package: Path) -> str:
    """Have two officers send *package* to the registry, which has a backup; return its SHA-256."""
    allow(world)
    sha256 = add(world, package)
    send(world)
    world.import_(REGISTRY)
    save(world, REGISTRY)
    return sha256


def _needed(world: World) -> set[str]:
    """Return what the commands of this test load, on a machine with the old version."""
    sha256 = _sent(world, build_package(world.root, NEW))
    home, installer = world.home(REGISTRY), world.root / "installer"
    installer.mkdir()
    shutil.copy(home.trust_root, installer)
    (installer / "station").write_text(REGISTRY)
    shutil.copy(build_package(world.root, OLD), installer / "current.deb")
    slimming.pretend_installed(OLD, world.root / "root")
    key = str(world.city.key_path(OFFICER))
    commands = (
        ("--version",),
        ("software", "install", sha256, "--key", key, "--yes"),
        ("software", "apply", "--folder", "installer", "--root", "root"),
        ("status",),
        ("audit", "verify"),
        ("doctor",),
    )
    found = slimming.loaded(home.root, world.root, commands)
    # All was admitted: so all that admits was loaded.
    assert (installer / "journal").exists()
    return found


def _install(out: Path, folder: Path) -> None:
    with StickBench(folder) as bench:
        disk = bench.disk("disk", "512M")
        up = updating.boot(bench, "before", disk, out)
        updating.install(up, REGISTRY)
        up.machine.cut_power()
        copy_of(disk.path, out / "start.img")


def _record(out: Path, folder: Path) -> None:
    with StickBench(folder) as bench:
        disk = TellingDisk(copy_of(out / "start.img", folder / "disk.img"))
        up = updating.boot(bench, "update", disk, out)
        assert up.version == OLD
        found = up.found
        begun = len(disk.told)
        up.order((out / "sha256").read_text())
        up.wait_for_answer()
        told = disk.told[:]
        assert up.version == NEW
        _new_is_known(up, found, UNDISTURBED)
        assert up.ask("audit", "verify")["ok"]
    (out / "told").write_bytes(pickle.dumps((told, begun, found)))


def _new_is_known(up: Updated, found: dict[str, str], told: list[tuple[str, str]]) -> None:
    """The station knows that the new version is there, and nothing is wrong that was not before."""
    software = up.ask("status")["data"]["software"]
    assert software == {"name": "mediabridge", "version": NEW, "state": "installed", "reason": ""}
    assert up.told == told
    assert up.found == found
    assert up.check(_WATCHING).strip() == "active"


@pytest.mark.drawn(over=moments.OVER, share=moments.UPDATE_SHARE)
@pytest.mark.parametrize("index", range(moments.UPDATES))
def test_power_cut_leaves_the_old_or_the_new(
    recorded: Recorded, bench: StickBench, tmp_path: Path, index: int
) -> None:
    moment = list(spread(len(recorded.writes), moments.UPDATES))[index]
    disk = TellingDisk(recorded.left(moment, f"cut {index}", tmp_path / "disk.img"))
    up = updating.boot(bench, "after", disk, recorded.folder)
    look(up, recorded, moment)


def look(up: Updated, recorded: Recorded, moment: int) -> None:
    """See that one version is there and runs; if it is the old one, order the new one again."""
    assert up.machine.run(f"[ -e {FOLDER}/journal ]").code != 0
    version = up.version
    # Once, and in the version that is there.
    assert up.check(_BEGUN) == f"mediabridge {version}\n"
    assert up.check(_SOUND).split() == ["ok"] * 3
    print(f"after {moment} of {len(recorded.writes)} writes: {version}")
    told = UNDISTURBED
    if version == OLD:
        software = up.ask("status")["data"]["software"]
        before = BEFORE[software and software["state"]]
        assert up.told == before
        told = [*before, ORDERED, INSTALLED]
        up.order(recorded.sha256)
        up.wait_for_answer()
        assert up.version == NEW
    _new_is_known(up, recorded.found, told)
