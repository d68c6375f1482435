"""Sealing what no compression makes smaller, and verifying it, beside tools that do such work.

Sealing compresses, encrypts, hashes and lists. ``zstd``, ``age`` and ``openssl dgst -sha256`` do
that to the same bytes, one after the other. Each is a process of its own, all take turns, and
processor time counts, the median of the turns. Verifying is the command that an officer gives.
How long it takes by the clock stands beside hashing the same files on two cores, the fastest turn
of each: no ratio is promised there, since the command copies what it hashes, on one core.

A tool that is not installed is named, and the figure beside it is not measured.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree, which
from statistics import median
from typing import Final

from mediabridge.bench import Figure, Missing
from mediabridge.bench.parity import seal_noise, write_noise
from mediabridge.bench.remaining import BOUND as RIGHT
from mediabridge.bench.remaining import Watched
from mediabridge.bench.spent import processor_seconds
from mediabridge.bundle.seal import Source, compress
from mediabridge.config import GIB, MIB
from mediabridge.kinds import Kind

SEALING_BOUND: Final = 1.6
"""Processor time of sealing by that of the three tools, of which what we aim at is 0.9.

Sealing hashes twice: what it reads, for whoever opens it, and what it writes. The tools hash once.
"""

VERIFYING_BOUND: Final = 0.9
"""Processor time of verifying by that of the same three."""

BOUND_FROM: Final = GIB
"""Below this, starting Python outweighs the bytes."""

_TURNS: Final = 3
_CORES: Final = 2
_SELF: Final = (sys.executable, "-m", "mediabridge")


@dataclass(frozen=True)
class Peer:
    """Programs that do such work, and the processor seconds that they took, turn by turn."""

    name: str
    programs: tuple[str, ...]
    work: Callable[[Path], float]
    """Lets them work on a file, in its folder; returns the seconds."""
    taken: list[float] = field(default_factory=list)

    def absent(self) -> tuple[str, ...]:
        """Return which of the programs are not installed."""
        return tuple(each for each in self.programs if which(each) is None)

    def beside(self, name: str, ours: Sequence[float], bound: float | None) -> Figure | Missing:
        """Return the figure *name* of our seconds, if the programs were there to be measured."""
        if not self.taken:
            return Missing(f"{name}, beside {self.name}", self.absent())
        return Figure(name, median(ours), "s", self.name, median(self.taken), bound)


def run(folder: Path, size: int, *, tell: Callable[[str], None]) -> Iterator[Figure | Missing]:
    """Yield what sealing and verifying *size* random bytes take; *tell* is told each step."""
    # The process that seals begins without the rest of the program.
    from mediabridge.bench.desk import training_desk  # noqa: PLC0415

    sealing, verifying = f"sealing {size // MIB} MiB of noise", "verifying it"
    timed = size >= BOUND_FROM
    tools = Peer("zstd, age, openssl dgst", ("zstd", "age", "age-keygen", "openssl"), _by_tools)
    nncp = Peer("nncp-file", ("nncp-file", "nncp-cfgnew"), _by_nncp)
    tell(sealing)
    noise = folder / "noise"
    write_noise(noise, size)
    ours = list(_sealed_in_turns(noise, (tools, nncp)))
    noise.unlink()
    yield tools.beside(sealing, ours, SEALING_BOUND if timed else None)
    yield nncp.beside(sealing, ours, None)
    tell(verifying)
    # By processor time, too: how long another program had the core is no fault of what is told.
    watched = Watched(time.process_time)
    with training_desk(folder, watched) as desk:
        home, bundle = desk.station.home.root, desk.folder_of(desk.large_bundle(size))
    words = [*_SELF, "--home", str(home), "verify", str(bundle)]
    verified: list[float] = []
    clock, hashed = [], []
    for _ in range(_TURNS):
        hashed.append(_clocked(lambda: _hash_on_all_cores(bundle)))
        clock.append(_clocked(lambda: verified.append(processor_seconds(words, folder))))
    yield tools.beside(verifying, verified, VERIFYING_BOUND if timed else None)
    name = f"{verifying}, by the clock"
    yield Figure(name, min(clock), "s", f"SHA-256 on {_CORES} cores", min(hashed), None)
    # The longest, since one estimate that is seen for a moment misleads nobody.
    step = max(watched.steps, key=lambda each: each.seconds)
    name = f"remaining time shown while sealing ({step.label}), furthest from right"
    right = RIGHT if timed else None
    yield Figure(name, step.furthest(), "x", "what it then took", 1.0, right)


def _sealed_in_turns(noise: Path, peers: Sequence[Peer]) -> Iterator[float]:
    """Seal *noise*, and let those of *peers* do so that are there; yield our seconds."""
    made = noise.with_name("made")
    command = [sys.executable, "-m", "mediabridge.bench.noise", str(noise), str(made)]
    there = [peer for peer in peers if not peer.absent()]
    for _ in range(_TURNS):
        yield processor_seconds(command, noise.parent)
        rmtree(made)
        for peer in there:
            peer.taken.append(peer.work(noise))


def _by_tools(noise: Path) -> float:
    folder = noise.parent / "tools"
    folder.mkdir()
    _said(folder, "age-keygen", "-o", "key")
    recipient = _said(folder, "age-keygen", "-y", "key").strip()
    commands = (
        ["zstd", "-q", "-3", str(noise), "-o", "compressed"],
        ["age", "-r", recipient, "-o", "encrypted", "compressed"],
        ["openssl", "dgst", "-sha256", "encrypted"],
    )
    seconds = sum(processor_seconds(command, folder) for command in commands)
    rmtree(folder)
    return seconds


def _by_nncp(noise: Path) -> float:
    """Let nncp-file encrypt to its own node, into a spool in the same folder."""
    folder = noise.parent / "nncp"
    folder.mkdir()
    settings = _said(folder, "nncp-cfgnew", "-nocomments")
    (folder / "settings").write_text(settings.replace("/var/spool/nncp", str(folder)), "utf-8")
    words = ["nncp-file", "-quiet", "-cfg", "settings", str(noise), "self:noise"]
    seconds = processor_seconds(words, folder)
    rmtree(folder)
    return seconds


def _said(folder: Path, *words: str) -> str:
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S603 - fixed words


def _clocked(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _hash_on_all_cores(folder: Path) -> None:
    # The largest first, so that the cores end at about the same time; hashlib lets them run.
    paths = sorted(folder.iterdir(), key=lambda path: path.stat().st_size, reverse=True)
    with ThreadPoolExecutor(_CORES) as cores:
        for _ in cores.map(_hash, paths):
            pass


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(plain: Path, folder: Path) -> None:
    """Compress *plain* as a bundle's file is, and make the files of a bundle in *folder*."""
    data = plain.with_name("data")
    compress([Source(plain, plain.name, Kind.ISA_NOTICE.schema_id, 1)], data)
    seal_noise(data, folder)
    data.unlink()


if __name__ == "__main__":
    seal(*map(Path, sys.argv[1:]))
