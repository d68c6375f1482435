"""Debian packages: what one is, what is installed, and which version is the later one.

dpkg decides about versions, and reads packages; nothing of that is done here.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from mediabridge.config import KIB
from mediabridge.errors import SoftwareUnreadableError
from mediabridge.locale import text

DPKG_SECONDS: Final = 120
"""How long a look into a package may take; the index of a large one is read in a second."""

_PLAIN: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
"""The environment of what is started: nothing of ours, and no language but one."""


class Package(NamedTuple):
    """Name and version, as the package itself says."""

    name: str
    version: str


class Control(NamedTuple):
    """What a package says of itself, and what it asks of a machine."""

    package: Package
    architecture: str
    unpacked: int
    """Bytes that it takes on the disk, as its maker says; 0 where that is not said."""


def described(path: Path) -> Package:
    """Return what the package in *path* says it is.

    Raises:
        SoftwareUnreadableError: it is no Debian package, or this machine has no dpkg.
    """
    return control(path).package


def control(path: Path) -> Control:
    """Return all that is asked of the package in *path*; errors as :func:`described`."""
    fields = ("Package", "Version", "Architecture", "Installed-Size")
    found = _ask("dpkg-deb", "--field", os.fspath(path.absolute()), *fields)
    if found.returncode:
        detail = text("it is no Debian package")
        raise SoftwareUnreadableError(name=path.name, detail=detail)
    said = dict(line.split(": ", 1) for line in found.stdout.splitlines() if ": " in line)
    name, version, architecture, size = (said.get(field, "") for field in fields)
    unpacked = int(size) * KIB if size.isascii() and size.isdecimal() else 0
    return Control(Package(name, version), architecture, unpacked)


def runs_here(architecture: str) -> bool:
    """Tell whether a package of this *architecture* is for this machine.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg.
    """
    return architecture in {"all", _ask("dpkg", "--print-architecture").stdout.strip()}


def is_audited(*, root: Path = Path("/")) -> bool:
    """Tell whether dpkg holds every package below *root* for whole.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg.
    """
    found = _ask("dpkg", f"--admindir={root / 'var/lib/dpkg'}", "--audit")
    return not found.returncode and not found.stdout.strip()


def installed(name: str, *, root: Path = Path("/")) -> str:
    """Return the version of the package *name* that is on the machine; empty for none.

    One that is unpacked and not configured is there: its files have taken the place of others.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg.
    """
    folder = f"--admindir={root / 'var/lib/dpkg'}"
    shown = ("--show", "--showformat=${db:Status-Status} ${Version}", name)
    found = _ask("dpkg-query", folder, *shown)
    status, _, version = found.stdout.partition(" ")
    there = not found.returncode and status not in {"not-installed", "config-files"}
    return version.strip() if there else ""


def is_later(version: str, other: str) -> bool:
    """Tell whether *version* is later than *other*; every one that dpkg takes is later than none.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg.
    """
    if not other:
        return is_version(version)
    return not _ask("dpkg", "--compare-versions", version, "gt", other).returncode


def is_at_least(version: str, lowest: str) -> bool:
    """Tell whether *version* is *lowest* or later; not where dpkg cannot compare them.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg.
    """
    return not _ask("dpkg", "--compare-versions", version, "ge", lowest).returncode


def is_version(version: str) -> bool:
    """Tell whether *version* is one that dpkg compares with others.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg.
    """
    return not _ask("dpkg", "--validate-version", version).returncode


def _ask(tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - a tool of Debian's, and no shell
            [tool, *words],
            env=_PLAIN,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=DPKG_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        detail = text("{tool} does not answer on this machine", tool=tool)
        raise SoftwareUnreadableError(name=tool, detail=detail) from None
