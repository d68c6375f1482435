"""Build the Debian package: ``make deb``, into ``dist/``.

The libraries are the wheels of the lock files, each held against its hash by pip, for every
Python that the package is for; what is the same file for all of them is packed once. debhelper
does the rest, in a tree of its own. The same commit gives the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from packaging.utils import parse_wheel_filename

from mediabridge import __version__

ROOT: Final = Path(__file__).parent.parent
PYTHONS: Final = ("3.11", "3.12", "3.13")
"""Debian 12, Ubuntu 24.04, Debian 13; ``Depends`` in packaging/debian/control says the same."""
LOCKS: Final = ("runtime", "token", "postgresql", "report", "kiosk", "line", "hub")
GLIBCS: Final = (28, 27, 26, 25, 24, 17, 12, 5)
"""Minor versions of the C library that a wheel may be built for: no newer than control's libc6."""
_SERVICES: Final = ("s3",)
_TREE: Final = ("packaging", "system", "docs")
_PAPERS: Final = (("CHANGELOG.md", "what-changed.md"), ("README.md", "README.md"))
"""What of the project goes into the package besides the program. debhelper takes whatever is called
a changelog for one of Debian's, and drops it beside that; so ours has another name there."""


def main(build: Path, dist: Path, *, said: str = "", level: int = 6) -> Path:
    """Build the package below *build* and return where it is in *dist*.

    Args:
        build: A folder for what is made on the way; the wheels there are used again.
        dist: Where the package goes.
        said: Its version, in place of :func:`version`.
        level: How hard to compress.
    """
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
    found = {each: wheels(each, build / "wheels" / each) for each in PYTHONS}
    tree = build / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir()
    for name in _TREE:
        shutil.copytree(ROOT / name, tree / name)
    (tree / "papers").mkdir()
    for name, called in _PAPERS:
        shutil.copy(ROOT / name, tree / "papers" / called)
    (tree / "packaging" / "debian").rename(tree / "debian")
    (tree / "debian" / "changelog").write_text(changelog(said or version(), epoch), "utf-8")
    unpack(found, build, tree, epoch)
    (tree / "papers" / "libraries.txt").write_text(listed(found), "utf-8")
    _date(tree, epoch)
    _run(
        ("dpkg-buildpackage", "--build=binary", "--no-sign", "--no-check-builddeps"),
        tree,
        SOURCE_DATE_EPOCH=str(epoch),
        LC_ALL="C.UTF-8",
        LEVEL=str(level),
    )
    dist.mkdir(exist_ok=True)
    (made,) = build.glob("mediabridge_*.deb")
    return made.replace(dist / made.name)


def wheels(python: str, folder: Path) -> list[Path]:
    """Return the wheels of the lock files for *python*, in *folder*; pip compares the hashes."""
    locks = [ROOT / "requirements" / f"{each}.txt" for each in LOCKS]
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in locks)).hexdigest()
    stamp = folder / "locks.sha256"
    if not stamp.exists() or stamp.read_text("ascii") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        lines = [word for path in locks for word in ("--requirement", str(path))]
        _pip("download", "--require-hashes", *_target(python), "--dest", str(folder), *lines)
        stamp.write_text(wanted, "ascii")
    return sorted(folder.glob("*.whl"))


def unpack(found: dict[str, list[Path]], build: Path, tree: Path, epoch: int) -> None:
    """Lay the libraries and the program itself into *tree*: ``lib``, and one for each Python."""
    shared = set.intersection(*({path.name for path in each} for each in found.values()))
    own = _program(build, epoch)
    for python, paths in found.items():
        alone = [path for path in paths if path.name not in shared]
        _install(python, alone, tree / f"lib-{python}")
    of_any = [path for path in found[PYTHONS[0]] if path.name in shared]
    _install(PYTHONS[0], [*of_any, own], tree / "lib")


def listed(found: dict[str, list[Path]]) -> str:
    """Return the list of libraries for whoever has to know what is installed."""
    lines = set()
    for path in {each.name: each for paths in found.values() for each in paths}.values():
        with zipfile.ZipFile(path) as wheel:
            (name,) = (each for each in wheel.namelist() if each.endswith(".dist-info/METADATA"))
            said = message_from_bytes(wheel.read(name))
        licence = said["License-Expression"] or (said["License"] or "").partition("\n")[0] or "-"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.add(f"{digest}  {path.name}  {licence}\n")
    return "".join(sorted(lines, key=lambda line: line.split()[1]))


def _date(tree: Path, epoch: int) -> None:
    """Give all of *tree* the time of the commit: dpkg-deb does so with what is younger only."""
    for path in tree.rglob("*"):
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def _program(build: Path, epoch: int) -> Path:
    folder = build / "program"
    shutil.rmtree(folder, ignore_errors=True)
    words = (sys.executable, "-m", "hatchling", "build", "--target", "wheel")
    _run((*words, "--directory", str(folder)), SOURCE_DATE_EPOCH=str(epoch))
    (wheel,) = folder.glob("*.whl")
    return wheel


def _install(python: str, paths: Sequence[Path], target: Path) -> None:
    """Unpack *paths* as pip does, from nowhere but their folders, and compile nothing."""
    names = [f"{name}=={found}" for name, found, *_ in map(_parsed, paths)]
    places = [f"--find-links={folder}" for folder in sorted({str(path.parent) for path in paths})]
    words = ("--no-index", "--no-compile", "--upgrade", f"--target={target}")
    _pip("install", *words, *places, *_target(python), *names)
    # Commands of the libraries, and their manuals: nobody calls them.
    for name in ("bin", "share"):
        shutil.rmtree(target / name, ignore_errors=True)
    # Of the hundreds of services that one library describes, a hub speaks to one: 27 MB less.
    for path in (target / "botocore" / "data").glob("*/"):
        if path.name not in _SERVICES:
            shutil.rmtree(path)


def _parsed(path: Path) -> tuple[str, str]:
    name, found, *_ = parse_wheel_filename(path.name)
    return name, str(found)


def _target(python: str) -> list[str]:
    machine = platform.machine()
    names = [f"manylinux_2_{minor}_{machine}" for minor in GLIBCS]
    names += [f"manylinux{name}_{machine}" for name in ("2014", "2010", "1")]
    platforms = [word for name in names for word in ("--platform", name)]
    only = ("--only-binary=:all:", "--no-deps", "--implementation", "cp")
    return [*only, "--python-version", python, *platforms]


def version() -> str:
    """Return the version of the package: before its release, of which commit it is, in order."""
    heading = f"## {__version__} (not released yet)"
    if heading not in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        return __version__
    commits, commit = _git("rev-list", "--count", "HEAD"), _git("rev-parse", "--short=12", "HEAD")
    return f"{__version__}~{commits}.g{commit}"


def changelog(said: str, epoch: int) -> str:
    """Return Debian's changelog: one entry, that points to ours."""
    when = format_datetime(datetime.fromtimestamp(epoch, UTC))
    who = "mediabridge maintainers <maintainers@mediabridge.example>"
    line = "  * See /usr/share/doc/mediabridge/what-changed.md."
    return f"mediabridge ({said}) unstable; urgency=medium\n\n{line}\n\n -- {who}  {when}\n"


def _pip(command: str, *words: str) -> None:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", command, "--quiet")
    _run((*pip, *words))


def _git(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed words
        ("git", *words),  # noqa: S607 - the one of this machine
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def _run(words: Sequence[str], folder: Path = ROOT, **environment: str) -> None:
    subprocess.run(words, cwd=folder, env=os.environ | environment, check=True)  # noqa: S603 - ours


if __name__ == "__main__":
    print(main(ROOT / ".deb", ROOT / "dist"))
