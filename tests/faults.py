"""What must come of a fault: one table for the simulated stick and for real ones.

``journeys/test_simulated_stick.py`` holds the simulated stick to it on every machine,
``rig/test_simulator_is_honest.py`` real sticks with a real kernel. The sender writes an
approved bundle, then the stick, as it is, goes to the receiver.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from simulator import SimulatedStick, broken

from mediabridge.bundle import layout


@dataclass(frozen=True)
class Fault:
    """A fault, and what comes of it."""

    simulate: Callable[[SimulatedStick], object]
    """Gives the fault to a simulated stick."""

    states: frozenset[str]
    """The sender's clerk is told one of these; which one, the file system's driver decides."""

    written: bool = False
    """Whether the sender's books say that the bundle is on its way."""

    taken: bool = False
    """Whether the receiver takes the bundle from this stick."""

    hint: tuple[str, ...] = ()
    """Words that the clerk reads in the next step."""


def _told(*states: str) -> frozenset[str]:
    return frozenset(states)


def _pull_at(stick: SimulatedStick) -> None:
    stick.pull_at = stick.changes + 40


def _wear(stick: SimulatedStick) -> None:
    stick.worn_after = stick.changes + 30


def _fail_writes(stick: SimulatedStick) -> None:
    stick.fail_writes_after = stick.changes + 12


def _forget(stick: SimulatedStick) -> None:
    stick.honours_flush = False


def _protect(stick: SimulatedStick) -> None:
    stick.read_only = True


def _fill_up(stick: SimulatedStick) -> None:
    stick.free = 0


def _fill(stick: SimulatedStick) -> None:
    """Leave one percent of 48 MB; the rest lies in a trash folder, as a file with holes."""
    stick.free = 500_000
    film = stick.content / ".Trash-1000" / "film"
    film.parent.mkdir()
    film.touch()
    os.truncate(film, 47_000_000)


def _counterfeit(stick: SimulatedStick) -> None:
    stick.real_size = 20_000


def _is_content(name: str) -> bool:
    return layout.part_index(name) is not None


def _flip(stick: SimulatedStick) -> None:
    def flip(name: str, data: bytes) -> bytes:
        return bytes([data[0] ^ 1]) + data[1:] if data and _is_content(name) else data

    stick.distort = flip


def _fail_reads(stick: SimulatedStick) -> None:
    def fail(name: str, data: bytes) -> bytes:
        if _is_content(name):
            raise broken(errno.EIO)
        return data

    stick.distort = fail


FAULTS: Final = {
    "none": Fault(lambda _: None, _told("SAFE_TO_REMOVE"), written=True, taken=True),
    "write errors": Fault(_fail_writes, _told("IO_ERROR", "READ_ONLY", "BAD_FILESYSTEM")),
    "read errors while read back": Fault(_fail_reads, _told("IO_ERROR")),
    "bits flipped while read back": Fault(_flip, _told("READ_BACK_MISMATCH")),
    "fake capacity": Fault(
        _counterfeit, _told("READ_BACK_MISMATCH", "IO_ERROR", "BAD_FILESYSTEM", "READ_ONLY")
    ),
    # Only cutting the power tells that a stick forgets: the receiver takes nothing, and the
    # sender finds it out when the stick is back.
    "cache that lies": Fault(_forget, _told("SAFE_TO_REMOVE"), written=True),
    "write-protected": Fault(_protect, _told("READ_ONLY")),
    "full": Fault(_fill_up, _told("FULL")),
    "one percent free": Fault(_fill, _told("FULL"), hint=("trash", ".Trash-1000")),
    "worn out midway": Fault(_wear, _told("IO_ERROR", "READ_ONLY", "BAD_FILESYSTEM")),
    "pulled out midway": Fault(_pull_at, _told("PULLED_OUT")),
}
