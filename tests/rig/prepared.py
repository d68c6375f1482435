"""What the tests of this folder begin with, made once on real USB and copied for each.

A training city and its two stations come from the host, with a bundle that is approved: nothing
of that touches a stick. Then, for each file system, one stick is registered and carried through
a day; before each chapter both homes (on the machine's disk) and the stick (its image) are kept:

    write     the LGWAN station has an approved bundle, the stick is new
    import    the bundle is on the stick
    answer    the registry station has its answer approved, the stick is in
    erase     the answer is on the stick
    end       the day is over
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import NOW, NUMBERS, PATIENCE, STATE, Desk, copy_of
from medium import Disk, Stick
from rig import StickBench

CHAPTERS = ("write", "import", "erase", "end")
SERIALS = {"vfat": "RIGVFAT1", "exfat": "RIGEXFAT1", "ext4": "RIGEXT41"}
SIZE = "48M"


@dataclass(frozen=True)
class Chapter:
    """What the stick went through in a chapter of an undisturbed day."""

    reads: int
    writes: int


@dataclass(frozen=True)
class Prepared:
    """The folder with everything that was prepared."""

    folder: Path

    @property
    def disk(self) -> Path:
        """The disk with the homes before each chapter."""
        return self.folder / "state.img"

    def image(self, filesystem: str, chapter: str) -> Path:
        """Return the stick as it was before *chapter*."""
        return self.folder / f"{filesystem}-{chapter}.img"

    def counted(self, filesystem: str, chapter: str) -> Chapter:
        """Return how much the stick was read and written in *chapter*."""
        counts = json.loads((self.folder / "counts.json").read_text())
        return Chapter(*counts[f"{filesystem}-{chapter}"])

    @property
    def registry(self) -> str:
        """What the registry held at the end of an undisturbed day."""
        return (self.folder / "registry").read_text()


def prepare(folder: Path, filesystems: Sequence[str]) -> Prepared:
    """Make everything in *folder*; takes a minute or more for each of *filesystems*."""
    folder.mkdir()
    prepared = Prepared(folder)
    with StickBench(folder) as bench:
        desk = Desk.on(bench, "preparing", bench.disk("state", "256M"))
        desk.switch_on()
        desk.machine.check(f"mkdir {NOW} && tar -x -C {NOW}", PATIENCE, stdin=_homes(folder))
        desk.machine.check(f"chown -R station {NOW}")
        counts = {}
        desk.keep("start")
        for filesystem in filesystems:
            counts.update(_Day(prepared, bench, desk, filesystem).play())
        (folder / "registry").write_text(desk.registry())
        (folder / "counts.json").write_text(json.dumps(counts))
        desk.machine.check("sync")
    return prepared


def _homes(folder: Path) -> bytes:
    """Return a city and two stations as a tar file, made on the host, where it is fast."""
    made = folder / "homes"

    def run(*words: str) -> None:
        command = [sys.executable, "-m", "mediabridge", *words]
        subprocess.run(command, cwd=made, check=True, capture_output=True)

    made.mkdir()
    run("sample", "--residents", "40", "--out", "files")
    run("--home", "lgwan", "station", "init", "lgwan-01", "--city", "city")
    population = ("--population", "files/population.csv")
    run("--home", "registry", "station", "init", "registry-01", "--city", "city", *population)
    run("--home", "lgwan", "collect", "files/day-001/isa_notice.csv")
    run("--home", "lgwan", "seal")
    run("--home", "lgwan", "approve", "--key", "city/keys/officer-1.json", "--yes")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(made, ".")
    return packed.getvalue()


@dataclass
class _Day:
    """One file system's day."""

    prepared: Prepared
    bench: StickBench
    desk: Desk
    filesystem: str

    def play(self) -> dict[str, tuple[int, int]]:
        """Play the day and return what the stick went through in each chapter."""
        self.desk.restore("start")
        self.stick = self.bench.stick(
            self.filesystem, SIZE, self.filesystem, serial=SERIALS[self.filesystem]
        )
        self._register()
        counts = {"write": self._chapter("write", "lgwan"), "import": self._import()}
        counts["erase"] = self._chapter("erase", "lgwan")
        self._keep("end")
        return {f"{self.filesystem}-{name}": count for name, count in counts.items()}

    def _register(self) -> None:
        device = self.desk.machine.plug(self.stick)
        if self.filesystem == "ext4":
            # On FAT everything belongs to whoever mounts it; here the top folder has an owner.
            mount = f"mount {device}1 /mnt && chown station /mnt && umount /mnt"
            self.desk.machine.check(mount)
        key = ("--key", f"{NOW}/city/keys/officer-1.json", "--quick")
        number = NUMBERS[self.filesystem]
        label = ("--label", "青 𠮷")
        self.desk.check("lgwan", "media", "register", number, *label, *key)
        self.desk.machine.unplug(self.stick)

    def _chapter(self, name: str, station: str) -> tuple[int, int]:
        """Let *station* do what the stick came for, until it is safe to remove."""
        self._keep(name)
        reads, writes = self.stick.reads, self.stick.writes
        watching = self.desk.watch(station)
        self.desk.machine.plug(self.stick)
        watching.until_event("done")
        watching.order.stop()
        self.desk.machine.unplug(self.stick)
        return self.stick.reads - reads, self.stick.writes - writes

    def _import(self) -> tuple[int, int]:
        """Take the bundle in, and write the answer that is approved meanwhile."""
        self._keep("import")
        reads, writes = self.stick.reads, self.stick.writes
        watching = self.desk.watch("registry")
        self.desk.machine.plug(self.stick)
        watching.until_event("done")
        counts = self.stick.reads - reads, self.stick.writes - writes
        watching.forget()
        self.desk.check("registry", "seal")
        officer = f"{NOW}/city/keys/officer-2.json"
        self.desk.check("registry", "approve", "--key", officer, "--yes")
        watching.until_event("written")
        watching.until_event("done")
        watching.order.stop()
        self.desk.machine.unplug(self.stick)
        return counts

    def _keep(self, chapter: str) -> None:
        self.desk.keep(f"{self.filesystem}-{chapter}")
        copy_of(self.stick.path, self.prepared.image(self.filesystem, chapter))


def desk_of(bench: StickBench, prepared: Prepared, name: str = "station", **options: int) -> Desk:
    """Return a desk, switched off, whose disk holds what was prepared."""
    image = copy_of(prepared.disk, bench.folder / f"{name}-state.img")
    return Desk.on(bench, name, Disk(image, **options))


def stick_of(
    bench: StickBench, prepared: Prepared, filesystem: str, chapter: str, name: str = "stick"
) -> Stick:
    """Return the stick as it was before *chapter*, as a copy."""
    image = copy_of(prepared.image(filesystem, chapter), bench.folder / f"{name}.img")
    return Stick(image, serial=SERIALS[filesystem])


__all__ = ["STATE", "Chapter", "Prepared", "desk_of", "prepare", "stick_of"]
