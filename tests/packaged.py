"""A package to look at, and a Debian to install it into, without a network."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import deb

ROOT = Path(__file__).parent.parent
BUILD = ROOT / ".deb"
"""Shared with ``make deb``: the wheels there are used again."""


def built(folder: Path) -> Path:
    """Build the package below *folder*, pressed together little, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for python in deb.PYTHONS:
        deb.wheels(python, BUILD / "wheels" / python)
    if not (folder / "wheels").exists():
        (folder / "wheels").symlink_to(BUILD / "wheels")
    return deb.main(folder, folder / "dist", level=1)


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


@dataclass(frozen=True)
class System:
    """A Debian in a folder; what runs there sees no network, nor any process of this machine."""

    root: Path

    def run(self, command: str, account: str = "root") -> subprocess.CompletedProcess[str]:
        """Run the shell's *command* as *account*."""
        inside = ("unshare", "--net", "--mount", "--pid", "--fork")
        words = (*inside, f"--mount-proc={self.root}/proc", "chroot", self.root)
        environment = ("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8")
        as_account = ("runuser", "-u", account, "--") if account != "root" else ()
        home = f"HOME={'/root' if account == 'root' else '/var/lib/mediabridge'}"
        return subprocess.run(
            [*words, *environment, home, *as_account, "sh", "-c", f"cd /tmp; {command}"],
            capture_output=True,
            text=True,
            check=False,
        )

    def check(self, command: str, account: str = "root") -> str:
        """Run *command*, which succeeds, and return what it prints."""
        done = self.run(command, account)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def install(self, package: Path) -> subprocess.CompletedProcess[str]:
        """Have dpkg install *package*."""
        shutil.copy(package, self.root / "tmp")
        return self.run(f"dpkg -i /tmp/{package.name}; code=$?; rm /tmp/{package.name}; exit $code")
