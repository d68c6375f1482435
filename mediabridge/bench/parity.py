"""What parity costs, and what it saves: the recovery curve.

The cost is that of the real sealing and of the real staging, each beside the same without
parity in the same run. The curve damages a bundle cluster by cluster, as it would lie on a
stick, and lets the receiver's own code mend it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Final

from mediabridge.bench import Figure
from mediabridge.bundle import layout
from mediabridge.bundle.mending import mend
from mediabridge.bundle.parity import write_parity
from mediabridge.bundle.parts import encrypt_part, part_lengths
from mediabridge.bundle.spare import write_spare
from mediabridge.bundle.sums import write_sums
from mediabridge.config import KIB, MIB, PARITY_DATA_COLUMNS, PARITY_USUAL_PERCENT
from mediabridge.media import tree
from mediabridge.media.staging import stage_folder
from mediabridge.media.writing import in_writing_order

TIME_BOUND: Final = 4.0
"""Encrypting and staging with the usual parity, by the same without; a stick takes far longer."""

SIZE_BOUND: Final = 1 + PARITY_USUAL_PERCENT / 100 + 0.02
"""Bytes on the medium: what was asked for, and checksums."""

PERCENTS: Final = (5, 10, 20, 50)
SHARES: Final = (0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.2)
_TURNS: Final = 3
_CLUSTER: Final = 4 * KIB
_SIGNATURE_BYTES: Final = 320


@dataclass(frozen=True)
class Point:
    """One point of the curve: *saved* of *runs* bundles were whole again."""

    bundle_bytes: int
    percent: int
    scattered: bool
    """Whether single clusters were damaged at random, or as many in one piece."""
    share: float
    """Damaged clusters by all clusters of the bundle."""
    saved: int
    runs: int


def run(folder: Path, payload_bytes: int, *, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the cost of the usual parity on a bundle of *payload_bytes*, working in *folder*."""
    noise = folder / "noise"
    write_noise(noise, payload_bytes)
    tell("encrypting")
    columns = PARITY_USUAL_PERCENT * PARITY_DATA_COLUMNS // 100
    bare, with_parity = folder / "bare", folder / "parity"
    sealing = [
        min(_sealing(noise, made, each) for _ in range(_TURNS))
        for made, each in ((bare, 0), (with_parity, columns))
    ]
    name, floor = f"parity of {PARITY_USUAL_PERCENT} %", "without parity"
    yield Figure(f"encrypting with {name}", sealing[1], "s", floor, sealing[0], TIME_BOUND)
    bare_mib, parity_mib = _mib(bare), _mib(with_parity)
    yield Figure(f"on the medium with {name}", parity_mib, "MiB", floor, bare_mib, SIZE_BOUND)
    tell("staging")
    floors = min(_staging(folder, bare) for _ in range(_TURNS))
    whole = min(_staging(folder, with_parity) for _ in range(_TURNS))
    yield Figure(f"staging what is whole, {name}", whole, "s", floor, floors, TIME_BOUND)
    drawn = Random(1)  # noqa: S311 - no secret
    _damage(with_parity, drawn, share=PARITY_USUAL_PERCENT / 200, scattered=False)
    mended = min(_staging(folder, with_parity) for _ in range(_TURNS))
    yield Figure(f"staging and mending a scar, {name}", mended, "s", floor, floors, None)


def curve(seed: int, runs: int, sizes: Sequence[int]) -> Iterator[Point]:
    """Yield every point of the recovery curve, each from *runs* damaged bundles."""
    for size, percent in product(sizes, PERCENTS):
        with tempfile.TemporaryDirectory() as scratch:
            noise, original = Path(scratch, "noise"), Path(scratch, "original")
            write_noise(noise, size)
            seal_noise(noise, original, percent * PARITY_DATA_COLUMNS // 100)
            for scattered, share in product((True, False), SHARES):
                drawn = Random(f"{seed} {size} {percent} {scattered} {share}")  # noqa: S311 - no secret
                damaged = (
                    _is_saved(original, Path(scratch, "copy"), drawn, share, scattered=scattered)
                    for _ in range(runs)
                )
                yield Point(size, percent, scattered, share, sum(damaged), runs)


def write_noise(path: Path, size: int) -> None:
    """Write *size* random bytes, to the next whole MiB where it is more than one."""
    with path.open("wb") as output:
        for _ in range(0, size, MIB):
            output.write(os.urandom(min(size, MIB)))


def _sealing(noise: Path, folder: Path, columns: int) -> float:
    shutil.rmtree(folder, ignore_errors=True)
    started = time.perf_counter()
    seal_noise(noise, folder, columns)
    return time.perf_counter() - started


def seal_noise(noise: Path, folder: Path, columns: int = 0) -> None:
    """Make the files of a bundle of *noise*; its signatures are noise, too: nobody looks."""
    folder.mkdir()
    key = os.urandom(32)
    digests = {}
    for name, size in ((layout.HEADER, 700), (layout.KEYS, 7 * KIB)):
        (folder / name).write_bytes(os.urandom(size))
        digests[name] = _digest(folder / name)
    lengths = [8 * KIB, *part_lengths(noise.stat().st_size - 8 * KIB)]
    with noise.open("rb") as plain:
        for index, length in enumerate(lengths):
            name = layout.part_name(index)
            digests[name] = encrypt_part(plain, length, folder / name, key=key, context=b"")
    if columns:
        digests |= write_parity(folder, len(lengths), columns)
    (folder / layout.SUMS).write_bytes(write_sums(digests))
    for name in (layout.STATION_SIGNATURE, layout.approval_name("officer-1")):
        (folder / name).write_text(os.urandom(_SIGNATURE_BYTES // 2).hex(), "ascii")
    if columns:
        write_spare(folder)


def _mib(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / MIB


def _staging(scratch: Path, bundle: Path) -> float:
    with (
        tempfile.TemporaryDirectory(dir=scratch) as target,
        tree.open_folder(str(bundle)) as opened,
    ):
        started = time.perf_counter()
        stage_folder(opened, bundle.name, Path(target))
        return time.perf_counter() - started


def _is_saved(original: Path, copy: Path, drawn: Random, share: float, *, scattered: bool) -> bool:
    """Damage a copy of *original*; tell whether all that is verified is whole again."""
    shutil.copytree(original, copy)
    _damage(copy, drawn, share=share, scattered=scattered)
    found = {path.name: _digest(path) for path in copy.iterdir()}
    mend(copy, found)
    names = {path.name for path in original.iterdir()} - {layout.SPARE}
    saved = all((copy / name).read_bytes() == (original / name).read_bytes() for name in names)
    shutil.rmtree(copy)
    return saved


def _damage(folder: Path, drawn: Random, *, share: float, scattered: bool) -> None:
    """Put noise into clusters of the files, which lie as they are written, one after another."""
    clusters = [
        (name, place)
        for name in in_writing_order(path.name for path in folder.iterdir())
        for place in range(0, (folder / name).stat().st_size, _CLUSTER)
    ]
    count = max(1, round(share * len(clusters)))
    first = drawn.randrange(len(clusters) - count + 1)
    chosen = drawn.sample(clusters, count) if scattered else clusters[first : first + count]
    for name, place in chosen:
        with (folder / name).open("r+b") as file:
            size = min(_CLUSTER, (folder / name).stat().st_size - place)
            file.seek(place)
            file.write(drawn.randbytes(size))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
