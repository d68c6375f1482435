"""What the station needs of the system for media: the service, its rules, the right to use it."""

from __future__ import annotations

import grp
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mediabridge.doctor.finding import Check, Finding, State, fine
from mediabridge.locale import n_, text
from mediabridge.media.udisks import UDisks

GROUP: Final = "mediabridge"
"""The group that ``system/polkit/50-mediabridge.rules`` gives its rights to."""
RULES: Final = (
    Path("udev/rules.d/70-mediabridge.rules"),
    Path("polkit-1/rules.d/50-mediabridge.rules"),
)
_RULES_PLACES: Final = (Path("etc"), Path("usr/lib"), Path("usr/share"))
"""Where the system looks for rules: a person's, and those of packages."""
_GUARD: Final = Path("etc/usbguard/rules.d")
_TOOLS: Final = ("fsck.vfat", "fsck.exfat", "e2fsck")
_SYSTEM_PATH: Final = os.pathsep.join(("/usr/sbin", "/sbin", "/usr/bin", "/bin"))
"""Where the system's service looks, which is not where an account's shell does."""
_AS_ON_THE_PAGE: Final = n_("Let the IT staff install it as docs/operations/media.md says.")


def service(udisks: UDisks | None = None) -> Iterator[Finding]:
    """The service that mounts media answers.

    Raises:
        MediaServiceError: it does not.
    """
    (udisks or UDisks()).check()
    yield fine(Check.UDISKS, n_("it answers"))


def rules(root: Path = Path("/")) -> Iterator[Finding]:
    """The rules for udev and polkit are where the system reads them."""
    missing = [
        path.name
        for path in RULES
        if not any(_is_there(root / place / path) for place in _RULES_PLACES)
    ]
    if not missing:
        yield fine(Check.MEDIA_RULES, n_("they are installed"))
        return
    found = text("not installed: {names}", names=", ".join(missing))
    yield Finding(Check.MEDIA_RULES, State.WRONG, found, text(_AS_ON_THE_PAGE))


def membership() -> Iterator[Finding]:
    """This account may mount, check and switch off media."""
    try:
        number = grp.getgrnam(GROUP).gr_gid
    except KeyError:
        found = text("there is no group {group}", group=GROUP)
        yield Finding(Check.MEDIA_GROUP, State.WRONG, found, text(_AS_ON_THE_PAGE))
        return
    if number in {*os.getgroups(), os.getegid()}:
        yield fine(Check.MEDIA_GROUP, n_("this account is in the group {group}"), group=GROUP)
        return
    found = text("this account is not in the group {group}", group=GROUP)
    advice = text("Let the IT staff add it, then log in again.")
    yield Finding(Check.MEDIA_GROUP, State.WRONG, found, advice)


def repair_tools(path: str = _SYSTEM_PATH) -> Iterator[Finding]:
    """A file system that was pulled out can be checked and repaired."""
    missing = [tool for tool in _TOOLS if shutil.which(tool, path=path) is None]
    if not missing:
        yield fine(Check.REPAIR_TOOLS, n_("they are installed"))
        return
    found = text("not installed: {names}", names=", ".join(missing))
    advice = text("Let the IT staff install dosfstools, exfatprogs and e2fsprogs.")
    yield Finding(Check.REPAIR_TOOLS, State.LOOK, found, advice)


def guard(root: Path = Path("/")) -> Iterator[Finding]:
    """USBGuard keeps out what is no storage."""
    try:
        there = any("mediabridge" in path.name for path in (root / _GUARD).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        there = False
    except PermissionError:
        found = text("its rules can be read by root only")
        yield Finding(
            Check.USBGUARD, State.LOOK, found, text("Let the IT staff look once as root.")
        )
        return
    if there:
        yield fine(Check.USBGUARD, n_("its rules are installed"))
        return
    found = text("its rules are not installed, so any USB device is let in")
    yield Finding(Check.USBGUARD, State.LOOK, found, text(_AS_ON_THE_PAGE))


def _is_there(path: Path) -> bool:
    """Tell whether *path* is there; a folder that is closed to us hides nothing wrong."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except PermissionError:
        return True
    return True
