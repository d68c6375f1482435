"""What a test needs of a real machine: small disks, protected disks, other users."""

from __future__ import annotations

import multiprocessing
import os
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from required import missing

from mediabridge.errors import MediabridgeError

NOBODY = 65534


class Disk:
    """A small file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def protect(self) -> None:
        """Make it read-only, as the kernel does after an error."""
        subprocess.run(["mount", "-o", "remount,ro", self.folder], check=True)

    def crowd(self) -> None:
        """Use up the names it has room for: no file can be made any more."""
        with suppress(OSError):
            for number in range(1_000_000):
                (self.folder / f"crowd-{number}").touch()

    def make_room(self) -> None:
        """Take away what filled it."""
        for path in [self.folder / "filler", *self.folder.glob("crowd-*")]:
            path.unlink(missing_ok=True)

    def fill(self, *, leave: int = 0) -> None:
        """Fill it up to *leave* bytes."""
        descriptor = os.open(self.folder / "filler", os.O_WRONLY | os.O_CREAT, 0o600)
        with suppress(OSError):
            while True:
                os.write(descriptor, b"x" * 4096)
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - leave)
        os.close(descriptor)


@contextmanager
def small_disk(folder: Path, *, kib: int = 512, inodes: int = 100) -> Iterator[Disk]:
    """Mount a disk of *kib* KiB, with room for *inodes* files and folders, on *folder*."""
    folder.mkdir()
    options = f"size={kib}k,nr_inodes={inodes},mode=0755"
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        missing("this user cannot mount a disk")
    try:
        yield Disk(folder)
    finally:
        # A refusal that the test still looks at may hold the file open a moment longer.
        subprocess.run(["umount", "--lazy", folder], check=True)


def make_device(path: Path) -> None:
    """Make a device node that swallows whatever is written to it."""
    try:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        missing("only root can make a device")


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that every user may enter; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def require_root() -> None:
    """Skip the test where only root can play it."""
    if os.geteuid() != 0:
        missing("only root can become another user")


def become_nobody() -> None:
    """Make this process another user's, for good."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def refused_to_nobody(action: Callable[[], object]) -> MediabridgeError | None:
    """Do *action* in a process of the user nobody; return what it was refused with."""
    require_root()
    processes = multiprocessing.get_context("fork")
    ours, theirs = processes.Pipe(duplex=False)
    child = processes.Process(target=_as_nobody, args=(action, theirs))
    child.start()
    theirs.close()
    try:
        answer: MediabridgeError | None = ours.recv()
    finally:
        child.join()
    assert child.exitcode == 0
    return answer


def _as_nobody(action: Callable[[], object], answer: Connection) -> None:
    become_nobody()
    try:
        action()
    except MediabridgeError as error:
        # Facts are keywords, which pickle would not pass on.
        answer.send(_Told(type(error), error.facts))
    else:
        answer.send(None)


class _Told:
    """Carries a refusal through a pipe."""

    def __init__(self, family: type[MediabridgeError], facts: dict[str, object]) -> None:
        self.family, self.facts = family, facts

    def __reduce__(self) -> tuple[Callable[..., MediabridgeError], tuple[object, ...]]:
        return _tell, (self.family, self.facts)


def _tell(family: type[MediabridgeError], facts: dict[str, object]) -> MediabridgeError:
    return family(**facts)
