"""Print the path of one working interpreter for each Python newer than the one that runs this.

    python -m tools.interpreters

Looked for where people keep them: in PATH, and among the versions of pyenv and of uv. One that
cannot make a virtual environment, or is not a final release, is passed over.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

NAME = re.compile(r"python3\.([0-9]+)")
PROBE = """
import ensurepip, ssl, sys, venv
print(*sys.version_info[:2], sys.version_info.releaselevel)
"""
PATIENCE_SECONDS = 30


def folders(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield every folder in which an interpreter may lie, PATH first."""
    yield from map(Path, filter(None, environment.get("PATH", "").split(os.pathsep)))
    home = Path(environment.get("HOME", "/nonexistent"))
    pyenv = Path(environment.get("PYENV_ROOT") or home / ".pyenv")
    uv = Path(environment.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python")
    for versions in (pyenv / "versions", uv):
        yield from sorted(versions.glob("*/bin"))


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


def newer(environment: Mapping[str, str], than: int = sys.version_info.minor) -> dict[int, Path]:
    """Return the first interpreter that works of each minor version above *than*."""
    found: dict[int, Path] = {}
    for folder in folders(environment):
        for path in sorted(folder.glob("python3.*")):
            name = NAME.fullmatch(path.name)
            minor = int(name[1]) if name else 0
            if minor > than and minor not in found and works(path, minor):
                found[minor] = path
    return dict(sorted(found.items()))


if __name__ == "__main__":
    for interpreter in newer(os.environ).values():
        print(interpreter)
