"""The virus scanner: whether it is there, does what it is relied on for, and how far it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from mediabridge.clock import to_rfc3339
from mediabridge.config import KIB, MIB, SCANNER_LEAST_BYTES
from mediabridge.doctor.finding import Check, Finding, State, fine, refused
from mediabridge.errors import ScannerError
from mediabridge.locale import n_, text
from mediabridge.plainfile import read_plain
from mediabridge.scanner import ScannerSettings, trying
from mediabridge.scanner.clamd import Clamd, Version
from mediabridge.scanner.scanning import too_old

_LIMITS: Final[Mapping[str, int]] = {
    "StreamMaxLength": 100 * MIB,
    "MaxFileSize": 100 * MIB,
    "MaxScanSize": 400 * MIB,
}
"""The limits that a plain file meets, and what they are where clamd.conf(5) says nothing."""

_LINE: Final = re.compile(r"(\w+)[ \t]+([0-9]{1,12})([KkMm]?)[ \t]*")
_UNITS: Final = {"": 1, "k": KIB, "m": MIB}
_PAGE: Final = n_("See docs/operations/scanner.md.")


def examine(settings: ScannerSettings | None, now: datetime, mode: str) -> Iterator[Finding]:
    """Try out the scanner of *settings*, if a station of this *mode* has one."""
    if settings is None:
        found = n_("none is set: what comes from outside is not scanned")
        if mode == "live":
            yield Finding(Check.SCANNER, State.LOOK, text(found), text(_PAGE))
        else:
            yield fine(Check.SCANNER, found)
        return
    yield from _daemon(Clamd(settings.socket), settings, now)
    yield from _policies(settings)
    yield from _limits(settings.configuration)


def _daemon(clamd: Clamd, settings: ScannerSettings, now: datetime) -> Iterator[Finding]:
    try:
        version = clamd.version()
        trying.require_finds(clamd)
        trying.require_alerts(clamd)
    except ScannerError as error:
        yield refused(Check.SCANNER, error)
        return
    old = too_old(version, settings, now)
    yield _fresh(version) if old is None else refused(Check.SCANNER, old)


def _fresh(version: Version) -> Finding:
    made = to_rfc3339(version.signatures) if version.signatures else ""
    said = n_("{engine} finds the test file and reports its limits; its signatures are of {time}")
    return fine(Check.SCANNER, said, engine=version.engine, time=made)


def _policies(settings: ScannerSettings) -> Iterator[Finding]:
    lenient = [each for each in ("down", "old", "over_limit") if getattr(settings, each) == "warn"]
    if lenient:
        found = text(
            "what it cannot judge comes in with a warning: {names}", names=", ".join(lenient)
        )
        yield Finding(Check.SCANNER, State.LOOK, found, text(_PAGE))


def _limits(configuration: Path) -> Iterator[Finding]:
    try:
        said = read_plain(configuration, MIB).decode("utf-8", "replace")
    except (OSError, ValueError):
        found = text("its limits in {name} cannot be read", name=configuration.name)
        yield Finding(Check.SCANNER, State.LOOK, found, text(_PAGE))
        return
    small = [name for name, size in limits_in(said).items() if 0 < size < SCANNER_LEAST_BYTES]
    if small:
        found = text(
            "limits below {wanted} MiB: {names}; a full population may be refused",
            wanted=SCANNER_LEAST_BYTES // MIB,
            names=", ".join(small),
        )
        yield Finding(Check.SCANNER, State.LOOK, found, text(_PAGE))


def limits_in(lines: str) -> dict[str, int]:
    """Return the limits in bytes that the *lines* of a ``clamd.conf`` set; 0 is the largest."""
    found = dict(_LIMITS)
    for line in lines.splitlines():
        match = _LINE.fullmatch(line)
        if match and match[1] in found:
            found[match[1]] = int(match[2]) * _UNITS[match[3].lower()]
    return found
