"""Go's own program for transparency logs, on a pack of ours: the peer of verifying."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

NEEDED: Final = ("Go", "golang.org/x/mod", "a checkout with tests/")
"""What a machine lacks where :func:`build` finds nothing."""

_SOURCE: Final = Path(__file__).parents[2] / "tests/standalone/independent.go"
_PACKAGES: Final = Path("/usr/share/gocode")
"""Where Debian puts the packages of Go."""


def build(folder: Path) -> Path | None:
    """Return the program, built in *folder* without asking anybody for a package; or None."""
    compiler = shutil.which("go")
    if (
        compiler is None
        or not (_PACKAGES / "src/golang.org/x/mod").is_dir()
        or not _SOURCE.exists()
    ):
        return None
    made = folder / "gotlog"
    subprocess.run(  # noqa: S603 - what was found on the path
        [compiler, "build", "-o", made, _SOURCE], env=_environment(folder), check=True
    )
    return made


def commands(program: Path, pack: Path, *, checked: bool) -> Iterator[list[str]]:
    """Yield what verifies each log of *pack*: signatures, roots, entries, all checkpoints.

    *checked* has every entry parsed and its form checked as well, which is no task of a log.
    """
    keys = {}
    for line in (pack / "policy").read_text("utf-8").splitlines():
        vkey = line.split()[-1]
        keys[vkey.partition("+")[0]] = vkey
    for log in sorted(pack.glob("logs/*")):
        origin = (log / "checkpoint").read_text("utf-8").partition("\n")[0]
        station = origin.rpartition("/")[2]
        (witness,) = (
            name for name in keys if "/witness/" in name and not name.endswith(f"/{station}")
        )
        words = [str(program), "pack", str(log), keys[origin], keys[witness]]
        yield [*words, station] if checked else words


def _environment(folder: Path) -> Mapping[str, str]:
    here = {"GO111MODULE": "off", "GOPATH": str(_PACKAGES), "GOCACHE": str(folder / "cache")}
    return {**os.environ, **here, "GOFLAGS": "", "GOTOOLCHAIN": "local"}
