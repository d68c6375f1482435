"""Two versions of the package, small enough for a machine that is emulated.

Every module that is installed is compiled there, which takes such a machine half a second each. So
these packages have what the commands of the test load and no other module, and most of that comes
compiled already.
"""

from __future__ import annotations

import hashlib
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness import ROOT

PROGRAM: Final = "usr/lib/mediabridge"
_PYTHON: Final = "lib-3.11"
"""The libraries for the Python of the rig's image."""

_COMPILED_THERE: Final = re.compile(r"mediabridge/(install/|locale/)?[^/]+\.py")
"""Of what is needed: some thirty modules of the program itself."""

_NOT_IN_IMAGE: Final = frozenset({"pkexec", "openssh-client"})
"""What the package depends on and the rig's image does not have."""

_LISTING: Final = """
import os, runpy, sys
os.execv = lambda *_: sys.exit()
try:
    runpy.run_module("mediabridge", run_name="__main__")
finally:
    for each in list(sys.modules.values()):
        print(getattr(each, "__file__", None), file=sys.stderr)
"""


def loaded(home: Path, folder: Path, commands: Sequence[Sequence[str]]) -> set[str]:
    """Return the modules that *commands* load, one after another, below their folder of libraries.

    They are given in *folder*, at the station in *home*.
    """
    found: set[str] = set()
    for command in commands:
        words = (sys.executable, "-c", _LISTING, "--home", str(home), "--json", *command)
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
        found.update(map(_below_libraries, done.stderr.splitlines()))
    return found


def _below_libraries(file: str) -> str:
    for base in (f"{sysconfig.get_path('platlib')}/", f"{ROOT}/"):
        if file.startswith(base):
            return file.removeprefix(base)
    return ""


def pretend_installed(version: str, root: Path) -> None:
    """Have dpkg below *root* believe that *version* is there, whole and without a file."""
    (root / "usr").mkdir(parents=True)
    database = root / "var/lib/dpkg"
    (database / "info").mkdir(parents=True)
    for name in ("list", "md5sums"):
        (database / f"info/mediabridge.{name}").touch()
    (database / "status").write_text(
        f"Package: mediabridge\nStatus: install ok installed\nVersion: {version}\n"
        "Architecture: all\nMaintainer: nobody <nobody@example.invalid>\nDescription: a test's\n\n"
    )


def of_version(package: Path, version: str, folder: Path, needed: set[str]) -> Path:
    """Return *package* with the modules that are *needed*, as one of *version* that says so."""
    tree, made = folder / f"tree-{version}", folder / f"mediabridge_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    _slim(tree, needed)
    control = tree / "DEBIAN/control"
    size = sum(each.lstat().st_size for each in tree.rglob("*")) // 1024
    lines = control.read_text().splitlines()
    control.write_text("".join(_said(line, version, size) for line in lines))
    own = tree / PROGRAM / "lib/mediabridge/__init__.py"
    own.write_text(f'{own.read_text()}\n__version__ = "{version}"\n')
    _sum(tree)
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "-b", tree, made], check=True, capture_output=True)
    shutil.rmtree(tree)
    return made


def _slim(tree: Path, needed: set[str]) -> None:
    program = tree / PROGRAM
    for folder in program.glob("lib-*"):
        if folder.name != _PYTHON:
            shutil.rmtree(folder)
    tops = {each.split("/")[0] for each in needed}
    for library in (program / "lib", program / _PYTHON):
        for each in [*library.iterdir()]:
            if each.name not in tops:
                _remove(each)
        for module in [*library.rglob("*.py")]:
            name = str(module.relative_to(library))
            if name in needed and not _COMPILED_THERE.fullmatch(name):
                py_compile.compile(str(module), str(module.with_suffix(".pyc")), doraise=True)
            if name not in needed or not _COMPILED_THERE.fullmatch(name):
                module.unlink()
    shutil.rmtree(tree / "usr/share/doc")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _said(line: str, version: str, size: int) -> str:
    if line.startswith("Installed-Size:"):
        return f"Installed-Size: {size}\n"
    if line.startswith("Version:"):
        return f"Version: {version}\n"
    if line.startswith("Depends:"):
        wanted = line.removeprefix("Depends: ").split(", ")
        return f"Depends: {', '.join(each for each in wanted if each not in _NOT_IN_IMAGE)}\n"
    return f"{line}\n"


def _sum(tree: Path) -> None:
    """Write the sums anew by which dpkg verifies what is installed."""
    files = [each for each in tree.rglob("*") if each.is_file() and each.parts[-2] != "DEBIAN"]
    names = sorted(str(each.relative_to(tree)) for each in files)
    lines = (f"{_md5(tree / name)}  {name}\n" for name in names)
    (tree / "DEBIAN/md5sums").write_text("".join(lines))


def _md5(path: Path) -> str:
    # It is what dpkg goes by.
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
