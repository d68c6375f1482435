"""Where the station lies: enough room, a disk that keeps what it is given, nobody else's eyes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.config import DOCTOR_FREE_BYTES, DOCTOR_NAMES, GIB, MIB
from mediabridge.doctor.finding import Check, Finding, State, fine
from mediabridge.doctor.host import stays_unreadable
from mediabridge.locale import n_, text

_FORGETS: Final = frozenset({"tmpfs", "ramfs", "overlay"})
"""What is gone when the machine is switched off, or when a container is."""
_ELSEWHERE: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "glusterfs"}
)
"""Other machines' disks: their locks and their "it is durable" cannot be relied on."""


_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
"""How mountinfo writes a space, a tab, a line feed and a backslash in a name."""


@dataclass(frozen=True)
class Mount:
    """The file system that a folder lies on."""

    kind: str
    source: str
    point: str


def mount_of(folder: Path, root: Path = Path("/")) -> Mount:
    """Return what *folder* lies on, by ``/proc/self/mountinfo`` below *root* (proc(5)).

    Raises:
        OSError: it cannot be read.
    """
    where = os.fspath(folder.resolve())
    best = Mount("", "", "")
    for line in (root / "proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        point = _ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), left.split()[4])
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best.point):
            kind, source = right.split()[:2]
            best = Mount(kind, source, point)
    return best


def space(home: Path) -> Iterator[Finding]:
    """A journey needs room for its bundle twice, and for what it holds."""
    free = os.statvfs(home)
    left = free.f_bavail * free.f_frsize
    if left >= DOCTOR_FREE_BYTES:
        yield fine(Check.DISK_SPACE, n_("free: {free} GiB"), free=f"{left / GIB:.1f}")
        return
    found = text("only {free} MiB are free", free=int(left / MIB))
    advice = text(
        "Make room on the disk before the next journey: at least {wanted} GiB.",
        wanted=int(DOCTOR_FREE_BYTES / GIB),
    )
    yield Finding(Check.DISK_SPACE, State.LOOK, found, advice)


def kind_of_disk(home: Path, root: Path = Path("/")) -> Iterator[Finding]:
    """The books need a disk of this machine that keeps what it was given."""
    mount = mount_of(home, root)
    advice = text("Move the station to a disk of this machine.")
    if mount.kind in _FORGETS:
        found = text(
            "{kind} forgets what is written when the machine is switched off", kind=mount.kind
        )
        yield Finding(Check.DISK_KIND, State.WRONG, found, advice)
    elif mount.kind in _ELSEWHERE:
        found = text("{kind} is a disk of another machine", kind=mount.kind)
        yield Finding(Check.DISK_KIND, State.WRONG, found, advice)
    else:
        yield fine(Check.DISK_KIND, n_("a disk of this machine ({kind})"), kind=mount.kind)


def encryption(home: Path, root: Path = Path("/")) -> Iterator[Finding]:
    """The registry and the collected files are personal data, and lie in the clear."""
    source = Path(mount_of(home, root).source)
    name = Path(os.path.realpath(source)) if source.is_symlink() else source
    if stays_unreadable(name, root):
        yield fine(Check.DISK_ENCRYPTION, n_("the disk is encrypted"))
        return
    found = text("no encryption of the disk was found ({source})", source=source)
    advice = text("Put the station on an encrypted disk, unless the disk encrypts by itself.")
    yield Finding(Check.DISK_ENCRYPTION, State.LOOK, found, advice)


def ownership(home: Path) -> Iterator[Finding]:
    """Everything belongs to the account that works here, and is closed to others."""
    theirs, open_ = [], []
    for path in _everything(home):
        status = path.lstat()
        name = os.fspath(path.relative_to(home.parent))
        if status.st_uid != os.geteuid():
            theirs.append(name)
        if (path == home or path.parent.name == "keys") and status.st_mode & 0o077:
            open_.append(name)
    yield _judged(
        Check.OWNER,
        theirs,
        n_("all of them belong to this account"),
        n_("files of another account: {names}"),
        n_("Give them to the account that works here (chown), and run no command as root."),
    )
    yield _judged(
        Check.MODES,
        open_,
        n_("nobody but this account"),
        n_("other accounts may look into: {names}"),
        n_("Take the rights of others away (chmod 700 for the folder, 600 for the keys)."),
    )


def _judged(check: Check, names: list[str], well: str, ill: str, advice: str) -> Finding:
    if not names:
        return fine(check, well)
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")  # noqa: PLR2004 - enough to find them
    return Finding(check, State.WRONG, text(ill, names=shown), text(advice))


def _everything(home: Path) -> Iterator[Path]:
    yield home
    seen = 0
    for folder, folders, files in os.walk(home):
        for name in (*folders, *files):
            seen += 1
            if seen > DOCTOR_NAMES:
                return
            yield Path(folder, name)
