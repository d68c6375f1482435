"""Whether an officer could have a new version installed here, and whether one is half there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mediabridge.bundle.software import PROGRAM
from mediabridge.doctor.finding import Check, Finding, State, fine
from mediabridge.errors import InstallerNotSetUpError, MediabridgeError
from mediabridge.install import packages
from mediabridge.install.machine import Machine
from mediabridge.locale import hint_of, n_, sentence_of, text
from mediabridge.stations import settings
from mediabridge.stations.home import Home


def installer(home: Home) -> Iterator[Finding]:
    """Look at the folder of root's installer; where there is none, nothing is missing."""
    folder = settings.load(home.settings_file).software.installer
    machine = Machine(home.root, folder)
    if not folder.is_dir():
        yield fine(Check.INSTALLER, n_("no installer on this machine: by hand only"))
    elif machine.journal.exists():
        found = text("a new version is half installed")
        yield Finding(Check.INSTALLER, State.WRONG, found, text(_BY_HAND))
    else:
        yield _set_up(machine)


_BY_HAND: Final = n_(
    "Let the IT staff look at mediabridge-recover.service, and install it by hand (update.md)."
)


def _set_up(machine: Machine) -> Finding:
    try:
        machine.first_root()
        station = machine.station()
        _check_way_back(machine)
    except InstallerNotSetUpError as error:
        return Finding(Check.INSTALLER, State.LOOK, sentence_of(error), hint_of(error))
    return fine(Check.INSTALLER, n_("an officer can order it, for {station}"), station=station)


def _check_way_back(machine: Machine) -> None:
    try:
        there = packages.described(machine.current)
    except MediabridgeError:
        raise InstallerNotSetUpError(name=str(machine.current)) from None
    if there != (PROGRAM, packages.installed(PROGRAM)):
        raise InstallerNotSetUpError(name=str(machine.current))
