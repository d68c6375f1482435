"""Databases of ClamAV: which one a file is, and which version is in place.

A ``.cvd`` bears its maker's signature, which ClamAV checks whenever it loads one; here only the
head is read, 512 bytes of text: ``ClamAV-VDB:time:version:…`` (ClamAV, ``libclamav/cvd.c``).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from mediabridge.bundle.software import DATABASES
from mediabridge.config import LIMITS
from mediabridge.errors import SoftwareUnreadableError
from mediabridge.install.packages import Package
from mediabridge.locale import text
from mediabridge.plainfile import open_plain

FOLDER: Final = Path("var/lib/clamav")
"""Where clamd and freshclam have their databases, below the root of the system."""

_HEAD: Final = re.compile(rb"ClamAV-VDB:[^:]{1,64}:([1-9][0-9]{0,8}):")
_HEAD_BYTES: Final = 512


def described(path: Path, name: str | None = None) -> Package:
    """Return which database *path* is, and its version; *name* where the file has another one.

    Raises:
        SoftwareUnreadableError: it is no database that ClamAV's makers sign.
    """
    name = name or path.name
    version = _version(path) if name in DATABASES else ""
    if not version:
        known = ", ".join(sorted(DATABASES))
        detail = text("it is none of the signed databases of ClamAV: {known}", known=known)
        raise SoftwareUnreadableError(name=path.name, detail=detail)
    return Package(name, version)


def installed(name: str, *, root: Path = Path("/")) -> str:
    """Return the version of the database *name* that is in place; empty for none.

    freshclam leaves a ``.cld`` in the place of a ``.cvd`` that it has brought up to date.
    """
    stem = root / FOLDER / name.removesuffix(".cvd")
    there = [_version(stem.with_suffix(suffix)) for suffix in (".cvd", ".cld")]
    return str(max((int(each) for each in there if each), default=""))


def _version(path: Path) -> str:
    try:
        with os.fdopen(open_plain(path, LIMITS.software_bytes), "rb") as stream:
            found = _HEAD.match(stream.read(_HEAD_BYTES))
    except (OSError, ValueError):
        return ""
    return found[1].decode("ascii") if found else ""
