"""A package to look at, and a Debian to install it into, without a network."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.terminal import Terminal, at_terminal

from tools import deb

ROOT = Path(__file__).parent.parent
BUILD = ROOT / ".deb"
"""Shared with ``make deb``: the wheels there are used again."""


_NOT_COPIED: Final = shutil.ignore_patterns(".venv*", ".deb", "dist", "__pycache__", ".*_cache")
_ELSEWHERE: Final = """
from pathlib import Path
from tools import deb
assert deb.ROOT == Path.cwd()
deb.main(Path(".deb").absolute(), Path("dist").absolute(), level=1)
"""


def built(folder: Path) -> Path:
    """Build the package below *folder*, pressed together little, and return it."""
    _give_wheels(folder)
    return deb.main(folder, folder / "dist", level=1)


def built_elsewhere(folder: Path) -> Path:
    """Build it as somebody else does: of a copy in *folder*, later, and with other habits."""
    # Not copy2: whoever gets the same commit has files of other times.
    shutil.copytree(ROOT, folder, ignore=_NOT_COPIED, copy_function=shutil.copy)
    _give_wheels(folder / ".deb")
    words = ["env", "TZ=Asia/Tokyo", sys.executable, "-c", _ELSEWHERE]
    subprocess.run(words, cwd=folder, umask=0o077, check=True, capture_output=True)
    (made,) = (folder / "dist").glob("*.deb")
    return made


def _give_wheels(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for python in deb.PYTHONS:
        deb.wheels(python, BUILD / "wheels" / python)
    if not (folder / "wheels").exists():
        (folder / "wheels").symlink_to(BUILD / "wheels")


def of_version(package: Path, version: str, folder: Path) -> Path:
    """Return *package* as one of another *version*, and the same otherwise."""
    tree, made = folder / f"tree-{version}", folder / f"mediabridge_{version}.deb"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    lines = control.read_text("utf-8").splitlines()
    lines = [f"Version: {version}" if line.startswith("Version:") else line for line in lines]
    control.write_text("\n".join([*lines, ""]), "utf-8")
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "-b", tree, made], check=True, capture_output=True)
    shutil.rmtree(tree)
    return made


_BEGIN: Final = (
    "mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts; mkdir -p /run/dbus;"
    " rm -f /run/dbus/*; dbus-daemon --system --fork"
)
"""polkit is started by the bus when pkexec asks for it first; all ends with what is run."""


@dataclass(frozen=True)
class System:
    """A Debian in a folder; what runs there sees no network, nor any process of this machine."""

    root: Path

    def words(self, command: str, account: str = "root") -> list[str]:
        """Return the command line that runs the shell's *command* as *account*, with a bus."""
        inside = [
            "unshare",
            "--net",
            "--mount",
            "--pid",
            "--fork",
            f"--mount-proc={self.root}/proc",
        ]
        environment = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        home = "/root" if account == "root" else "/var/lib/mediabridge"
        become = f"runuser -u {account} -- " if account != "root" else ""
        line = f"{_BEGIN}; {become}sh -c {shlex.quote(f'cd /tmp; {command}')}"
        environment += [f"HOME={home}", "TERM=xterm", "SHELL=/bin/sh"]
        return [*inside, "chroot", str(self.root), *environment, "sh", "-c", line]

    def run(self, command: str, account: str = "root") -> subprocess.CompletedProcess[str]:
        """Run the shell's *command* as *account*."""
        return subprocess.run(
            self.words(command, account), capture_output=True, text=True, check=False
        )

    @contextmanager
    def terminal(self, command: str, account: str) -> Iterator[Terminal]:
        """Run *command* at a terminal of *account*."""
        line = f"script -qec {shlex.quote(command)} /dev/null"
        with at_terminal(self.words(line, account)) as at:
            yield at

    def check(self, command: str, account: str = "root") -> str:
        """Run *command*, which succeeds, and return what it prints."""
        done = self.run(command, account)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def install(self, package: Path) -> subprocess.CompletedProcess[str]:
        """Have dpkg install *package*."""
        shutil.copy(package, self.root / "tmp")
        return self.run(f"dpkg -i /tmp/{package.name}; code=$?; rm /tmp/{package.name}; exit $code")
