"""A copy of the program in which a test may add what a developer would add."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = "mediabridge"
_COPIED = (PROGRAM, "tools", "docs/format")
_SCRIPTS = ROOT / "tests"


class Copied:
    """The copied tree; :attr:`edited` are the files changed by hand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.edited: set[str] = set()
        for folder in _COPIED:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / folder, root / folder, ignore=ignored)

    def edit(self, file: str, before: str, added: str) -> None:
        """Put *added* in front of the one place in *file* that reads *before*."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, (file, before)
        path.write_text(text.replace(before, added + before), encoding="utf-8")
        self.edited.add(file)

    def generate(self) -> None:
        """Write the generated files anew, as ``make`` does."""
        for tool in ("build_xsd", "records_doc"):
            self.run("-m", f"tools.{tool}")

    def text(self, file: str) -> str:
        """Return the text of a file as it is now."""
        return (self.root / file).read_text(encoding="utf-8")

    def changed(self) -> set[str]:
        """Return every file that differs from the original, generated ones too."""
        files = [path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file()]
        return {
            str(file)
            for file in files
            if "__pycache__" not in file.parts
            and (ROOT / file).read_bytes() != (self.root / file).read_bytes()
        }

    def run(self, *words: str, given: str = "") -> str:
        """Run Python with this copy in place of the original; return what it printed.

        *given* is what it reads.
        """
        paths = os.pathsep.join([str(self.root), str(_SCRIPTS)])
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            input=given + "\n",
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
