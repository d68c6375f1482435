"""Whether a file of software may take the place of what is on this machine."""

from __future__ import annotations

from enum import unique
from pathlib import Path

from mediabridge.bundle.software import Software, Sort
from mediabridge.errors import SoftwareUnreadableError
from mediabridge.install import databases, packages
from mediabridge.kinds import Role
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Unfit(Spoken):
    """Why a file of software is not for this machine as it is; also what a receipt says."""

    OTHER_ROLE = "SOFTWARE_OTHER_ROLE", n_("it is for the station of the other side")
    """It is described as being for the other side's stations."""
    OLDER = "SOFTWARE_OLDER", n_("it is not later than what is installed")
    """What is installed is the same or a later version."""
    TOO_FAR = "SOFTWARE_TOO_FAR", n_("what is installed is too old to be replaced by it")
    """What is installed is older than the lowest version that it can replace."""
    NOT_SCANNED = "SOFTWARE_NOT_SCANNED", n_("no virus scanner has looked at it")
    """The station's rule asks for a scan, and there was none."""


def installed(described: Software, *, root: Path = Path("/")) -> str:
    """Return the version that *described* would replace below *root*; empty for none.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg.
    """
    if described.sort == Sort.ANTIVIRUS:
        return databases.installed(described.name, root=root)
    return packages.installed(described.name, root=root)


def is_overtaken(described: Software, *, root: Path = Path("/")) -> bool:
    """Tell whether what is installed below *root* is *described* itself, or later.

    On a machine without dpkg nothing is.
    """
    try:
        there = installed(described, root=root)
        return bool(there) and not packages.is_later(described.version, there)
    except SoftwareUnreadableError:
        return False


def unfit(described: Software, role: Role, *, root: Path = Path("/")) -> Unfit | None:
    """Return why *described* is not for the machine below *root*, of a station of *role*; or None.

    Raises:
        SoftwareUnreadableError: this machine has no dpkg.
    """
    if described.role not in {"any", role}:
        return Unfit.OTHER_ROLE
    there = installed(described, root=root)
    if not packages.is_later(described.version, there):
        return Unfit.OLDER
    if there and described.replaces and not packages.is_at_least(there, described.replaces):
        return Unfit.TOO_FAR
    return None
