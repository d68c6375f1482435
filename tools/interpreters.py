"""Print the path of one working interpreter for each other Python that is promised to work.

    python -m tools.interpreters          all of them
    python -m tools.interpreters SEED     one of them, drawn by lot: the same for the same seed

Every 3.x from the one in ``requires-python`` on, but that of the interpreter that runs this.
Looked for where people keep them: in PATH, among the versions of asdf, mise, pyenv and uv, in
/usr/local and below /opt. One that cannot make a virtual environment, or is not a final release,
is passed over.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = Path("/")
NAME = re.compile(r"python3\.([0-9]+)")
PROBE = """
import ensurepip, ssl, sys, venv
print(*sys.version_info[:2], sys.version_info.releaselevel)
"""
PATIENCE_SECONDS = 30


def first() -> int:
    """Return the minor version of the oldest Python that the project promises to work with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return int(project["requires-python"].removeprefix(">=3."))


def folders(environment: Mapping[str, str], system: Path) -> Iterator[Path]:
    """Yield every folder in which an interpreter may lie, PATH first."""
    yield from map(Path, filter(None, environment.get("PATH", "").split(os.pathsep)))
    home = Path(environment.get("HOME", "/nonexistent"))
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    pyenv = Path(environment.get("PYENV_ROOT") or home / ".pyenv")
    uv = Path(environment.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    asdf = Path(environment.get("ASDF_DATA_DIR") or home / ".asdf")
    mise = Path(environment.get("MISE_DATA_DIR") or data / "mise")
    for versions in (pyenv / "versions", uv, asdf / "installs/python", mise / "installs/python"):
        yield from sorted(versions.glob("*/bin"))
    yield system / "usr/local/bin"
    yield from sorted(system.glob("opt/*/bin"))
    # /opt/python/3.12.9/bin, as the images of some builders have it.
    yield from sorted(system.glob("opt/*/*/bin"))


def works(interpreter: Path, minor: int) -> bool:
    """Tell whether *interpreter* is a final release of 3.*minor* that makes environments."""
    try:
        probed = subprocess.run(  # noqa: S603 - a path and a constant
            [interpreter, "-I", "-c", PROBE],
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return probed.stdout.split() == ["3", str(minor), "final"]


def others(
    environment: Mapping[str, str], besides: int = sys.version_info.minor, system: Path = SYSTEM
) -> dict[int, Path]:
    """Return the first interpreter that works of each promised minor version but *besides*."""
    found: dict[int, Path] = {}
    oldest = first()
    for folder in folders(environment, system):
        for path in sorted(folder.glob("python3.*")):
            name = NAME.fullmatch(path.name)
            minor = int(name[1]) if name else 0
            wanted = minor >= oldest and minor != besides and minor not in found
            if wanted and works(path, minor):
                found[minor] = path
    return dict(sorted(found.items()))


def drawn(found: Mapping[int, Path], seed: str) -> list[Path]:
    """Return one of *found*, by a lot that *seed* decides, or all of them without a seed."""
    lots = sorted(found, key=lambda minor: sha256(f"{seed} {minor}".encode()).digest())
    return [found[minor] for minor in lots[:1]] if seed else list(found.values())


if __name__ == "__main__":
    for interpreter in drawn(others(os.environ), "".join(sys.argv[1:2])):
        print(interpreter)
