"""The desk of a training station, where a clerk and an officer have accounts of their own."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any, Final

from accounts.machine import Machine, entering, person

HOME: Final = "/var/lib/mediabridge"
PEOPLE: Final = "/var/lib/mediabridge-people"
TRAYS: Final = "/var/lib/mediabridge-desk"
STICK: Final = "/mnt/stick"
CLERK: Final = "clerk-1"
OFFICER: Final = "officer-1"
FILE: Final = "isa_notice.csv"
_PROGRAM: Final = "/usr/lib/mediabridge/program"

_ALL: Final = r"""
cd / && find var/lib/mediabridge var/lib/mediabridge-people etc/systemd etc/polkit-1 \
    etc/udev usr/lib/systemd/system usr/share/polkit-1 usr/bin/pkexec \
    usr/lib/mediabridge -maxdepth 6 -path usr/lib/mediabridge/project -prune \
    -o -path usr/lib/mediabridge/libraries -prune -o \! -name lock -printf '%p %m %u %g %y %s\n' |
    LC_ALL=C sort
find var/lib/mediabridge var/lib/mediabridge-people -type f -exec sha256sum {} + | LC_ALL=C sort
"""


@dataclass
class Desk:
    """Who works at the station, and what they type."""

    machine: Machine

    def clerk(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Have the clerk type ``mediabridge`` and *words*."""
        return self.machine.run(CLERK, *entering("clerk", *words), given=given)

    def officer(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Have the officer type ``mediabridge`` and *words*."""
        return self.machine.run(OFFICER, *entering("officer", *words))

    def data(self, done: subprocess.CompletedProcess[str]) -> Any:
        """Return the one object that a command with ``--json`` answered."""
        return json.loads(done.stdout)

    def station(self, *words: str) -> str:
        """Have root run the program in the station's account."""
        done = self.machine.run("mediabridge", _PROGRAM, "--home", HOME, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def lay_in(self, name: str = FILE, source: str = f"/srv/files/day-001/{FILE}") -> None:
        """Have the clerk copy *source* into the tray."""
        done = self.machine.run(CLERK, "cp", source, f"{TRAYS}/in/{name}")
        assert done.returncode == 0, done.stderr

    def kept(self) -> str:
        """Return names, owners, modes and digests of all that only the station may change."""
        return self.machine.check("sh", "-c", _ALL)


def desk_on(machine: Machine) -> Desk:
    """Set a training station up, as ``docs/operations/accounts.md`` says for root."""
    desk = Desk(machine)
    person(machine, CLERK, "mediabridge-clerk")
    person(machine, OFFICER, "mediabridge-officer")
    person(machine, "stranger-1", "users")
    machine.check("chmod", "1777", "/srv")
    machine.check(_PROGRAM, "sample", "--out", "/srv/files", "--residents", "40", "--days", "2")
    machine.check("chmod", "-R", "a+rX", "/srv/files")
    city = f"{PEOPLE}/city"
    desk.station("station", "init", "lgwan-01", "--city", city)
    machine.check("mv", f"{city}/keys/{OFFICER}.json", f"{PEOPLE}/officer/")
    machine.check("mkdir", "-p", STICK)
    machine.check("mount", "-t", "tmpfs", "-o", "uid=mediabridge,mode=700", "tmpfs", STICK)
    return desk


def passphrase(desk: Desk) -> str:
    """Return the passphrase of the training city, for people to type."""
    return desk.machine.check("cat", f"{PEOPLE}/city/passphrase.training").strip()
