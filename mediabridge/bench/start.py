"""What it takes until a command that only looks has answered: nearly all of it is its start.

Each command is a process of its own, in turns with one that only imports two of the libraries;
what counts is processor time, half of the turns above it and half below. Memory and modules are
those of one more run.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from mediabridge.bench import Figure, screen
from mediabridge.bench.desk import passphrase, training_desk, training_registry
from mediabridge.bench.lookup import card, population
from mediabridge.bench.spent import processor_seconds
from mediabridge.config import KIB

BOUND: Final = 3.5
"""Processor time by that of its peer: 2.0 to 2.6 were measured on a busy machine, 3 is aimed at.

These commands are typed without options, and load neither typer nor pydantic: both together,
with one model that is used once, take about three times the peer before anything of a station
is read, since the peer loads pydantic's name only. How much that is stands with the figures.
"""

PEAK_BOUND_MIB: Final = 60.0
"""Of a command that only looks."""

_PEER_NAME: Final = "import cryptography, pydantic"
_PEER: Final = (sys.executable, "-c", _PEER_NAME)
_LIBRARIES_NAME: Final = "typer, and one model of pydantic, alone"
_LIBRARIES: Final = (
    sys.executable,
    "-c",
    """
import typer
from pydantic import BaseModel
class Model(BaseModel):
    name: str
Model(name="")
""",
)
"""What a command with options is not without, before anything of ours."""
_PROGRAM: Final = (sys.executable, "-m", "mediabridge", "--lang", "en")
_LOOKED_AT: Final = """
import sys
from mediabridge.bench.peak import own_peak_kib
from mediabridge.cli._app import run
code = run(sys.argv[1:])
print(len(sys.modules), own_peak_kib(), file=sys.stderr)
sys.exit(code)
"""


class _Seen(NamedTuple):
    modules: int
    peak_mib: float


def run(
    folder: Path, rounds: int, passphrase_file: str, *, tell: Callable[[str], None]
) -> list[Figure]:
    """Return the figures of the commands that only look, at two training stations in *folder*.

    *passphrase_file* is the name under which the screen finds a station's passphrase.

    Raises:
        CommandFailedError: one of them did not end well; what it took would be no figure.
    """
    commands = {**_at_lgwan(folder / "lgwan"), **_at_registry(folder / "registry")}
    bare: list[float] = []
    libraries: list[float] = []
    ours: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        libraries.append(processor_seconds(_LIBRARIES, folder))
        for name, words in commands.items():
            bare.append(processor_seconds(_PEER, folder))
            ours[name].append(processor_seconds([*_PROGRAM, *words], folder))
    seen = {name: _seen(words, folder) for name, words in commands.items()}
    peer, python = median(bare) * 1e3, _own_modules()
    alone = Figure(_LIBRARIES_NAME, median(libraries) * 1e3, "ms", _PEER_NAME, peer, None)
    return [alone, *_kiosk(next(iter(commands.values())), folder, rounds, passphrase_file)] + [
        figure
        for name in commands
        for figure in (
            Figure(name, median(ours[name]) * 1e3, "ms", _PEER_NAME, peer, BOUND),
            Figure("its memory", seen[name].peak_mib, "MiB", "bound", PEAK_BOUND_MIB, 1.0),
            Figure("its modules", seen[name].modules, "modules", "Python itself", python, None),
        )
    ]


def _kiosk(words: Sequence[str], folder: Path, rounds: int, passphrase_file: str) -> list[Figure]:
    """Return the figure of the screen at the station of *words*, where its library is installed."""
    if not screen.is_there():
        return []
    option, home, *_ = words
    typed = Path(home) / passphrase_file
    typed.touch(mode=0o600)
    typed.write_bytes(passphrase("") + b"\n")
    return [screen.figure([option, home], folder, rounds)]


def _at_lgwan(folder: Path) -> dict[str, list[str]]:
    with training_desk(folder) as desk:
        home = ["--home", str(desk.station.home.root)]
    return {
        "status, LGWAN station": [*home, "status"],
        "bundles list, LGWAN station": [*home, "bundles", "list"],
    }


def _at_registry(folder: Path) -> dict[str, list[str]]:
    with training_registry(folder) as station:
        station.load_population(population(1))
        home = ["--home", str(station.home.root)]
    return {
        "status, registry station": [*home, "status"],
        "held list": [*home, "held", "list"],
        "lookup": [*home, "lookup", card(0)],
    }


def _seen(words: Sequence[str], folder: Path) -> _Seen:
    """Run a command once within a process that says how much it took."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", _LOOKED_AT, *words],
        cwd=folder,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    modules, peak_kib = done.stderr.splitlines()[-1].split()
    return _Seen(int(modules), int(peak_kib) / KIB)


def _own_modules() -> int:
    command = [sys.executable, "-c", "import sys; print(len(sys.modules))"]
    return int(subprocess.check_output(command))  # noqa: S603 - ourselves
