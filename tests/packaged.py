"""A package to look at, and a Debian to install it into, without a network."""

from __future__ import annotations

import os
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


PYTHONS: Final = {"bookworm": "3.11", "noble": "3.12", "trixie": "3.13"}
"""The systems that the package is for, by the names of their releases, and the Python of each."""

_UBUNTU: Final = ("noble",)
"""Of these: mmdebstrap knows where each distributor's archive is, and asks for its keys."""


def new_system(mmdebstrap: str, suite: str, root: Path, packages: str) -> None:
    """Lay a Debian or an Ubuntu into *root*, with *packages* and what these need."""
    options = ["--variant=apt", f"--include={packages}"]
    if suite in _UBUNTU:
        # exfatprogs is in the part that the community looks after.
        options += ["--components=main,universe", f"--keyring={_ubuntus_keys(mmdebstrap, root)}"]
    _quietly([mmdebstrap, *options, suite, str(root)])


def _ubuntus_keys(mmdebstrap: str, root: Path) -> Path:
    """Return the keys of Ubuntu's archive: from here, or as Debian 13 has them and signs."""
    keyring = Path("usr/share/keyrings/ubuntu-archive-keyring.gpg")
    if (here := Path("/") / keyring).exists():
        return here
    other = root.with_name("keys")
    _quietly(
        [mmdebstrap, "--variant=extract", "--include=ubuntu-archive-keyring", "trixie", str(other)]
    )
    return other / keyring


def _quietly(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


_BEGIN: Final = (
    "mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts; mkdir -p /run/dbus;"
    " rm -f /run/dbus/*; dbus-daemon --system --fork"
)
"""polkit is started by the bus when pkexec asks for it first; all ends with what is run."""


_PLUG: Final = 'mount -o loop "$1" "$2" && shift 2 && exec "$@"'
"""A stick, where the system's service would have mounted it for the station."""

STICK: Final = "/mnt/stick"


@dataclass(frozen=True)
class System:
    """A Debian in a folder; what runs there sees no network, nor any process of this machine."""

    root: Path
    stick: Path | None = None
    """The image of a stick that is plugged in."""

    def copied(self, root: Path) -> System:
        """Return another machine, in the state of this one."""
        words = ["cp", "--archive", "--reflink=auto", self.root, root]
        subprocess.run(words, check=True)
        return System(root)

    def stick_at(self, image: Path) -> Path:
        """Make the image of a stick that is the station's account's; the kernel may know no FAT."""
        account = self._passwd("mediabridge")
        subprocess.run(["truncate", "--size=64M", image], check=True)
        owner = f"root_owner={account[2]}:{account[3]}"
        subprocess.run(["mkfs.ext4", "-q", "-E", owner, image], check=True)
        return image

    def with_stick(self, image: Path) -> System:
        """Return this machine with the stick of *image* plugged in."""
        (self.root / STICK.lstrip("/")).mkdir(exist_ok=True)
        return System(self.root, image)

    def words(self, command: str, account: str = "root") -> list[str]:
        """Return the command line that runs the shell's *command* as *account*, with a bus."""
        inside = [
            "unshare",
            "--net",
            "--mount",
            "--pid",
            "--fork",
            f"--mount-proc={self.root}/proc",
            *self._plugged(),
        ]
        environment = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        home = self._passwd(account)[5]
        become = f"runuser -u {account} -- " if account != "root" else ""
        line = f"{_BEGIN}; {become}sh -c {shlex.quote(f'cd /tmp; {command}')}"
        environment += [f"HOME={home}", "TERM=xterm", "SHELL=/bin/sh"]
        return [*inside, "chroot", str(self.root), *environment, "sh", "-c", line]

    def _plugged(self) -> list[str]:
        if self.stick is None:
            return []
        return ["sh", "-c", _PLUG, "sh", str(self.stick), f"{self.root}{STICK}"]

    def _passwd(self, account: str) -> list[str]:
        lines = (self.root / "etc/passwd").read_text("utf-8").splitlines()
        (found,) = (line.split(":") for line in lines if line.startswith(f"{account}:"))
        return found

    def run(
        self, command: str, account: str = "root", given: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the shell's *command* as *account*, with what *given* holds as its input."""
        with Path(given or os.devnull).open("rb") as stream:
            return subprocess.run(
                self.words(command, account),
                stdin=stream,
                capture_output=True,
                text=True,
                check=False,
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
        """Have dpkg install *package*, of which nothing is left lying about."""
        name = f"/var/cache/{package.name}"
        # Nobody cuts the power here, and most of the time would go into making sure of each file.
        put = f"cat >{name}; dpkg --force-unsafe-io -i {name}; code=$?; rm {name}; exit $code"
        return self.run(put, given=package)
