"""All checks, in the order in which a person would put things right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final

from mediabridge.accounts import is_separate
from mediabridge.doctor import accounts, equipment, host, installing, storage, updating
from mediabridge.doctor.finding import Check, Finding, State, fine, made, refused
from mediabridge.doctor.station import Patient
from mediabridge.errors import ConfigurationError, StationError
from mediabridge.locale import n_, text
from mediabridge.stations.home import Home

_BY_ROOT: Final = n_(
    "Let the IT staff set it up as root: runuser -u mediabridge -- mediabridge station init, with"
    " the words of docs/operations/install.md."
)
_HERE: Final = n_(
    "Give the station's folder with --home, or set it up with: mediabridge station init."
)


def examine(home: Home, now: datetime) -> Iterator[Finding]:
    """Look at the machine, and at the station in *home* if there is one."""
    for check, look in (
        (Check.CRYPTOGRAPHY, host.cryptography_works),
        (Check.CORE_DUMPS, host.core_dumps),
        (Check.SWAP, host.swap),
        (Check.TERMINAL, host.terminal),
        (Check.UDISKS, equipment.service),
        (Check.MEDIA_RULES, equipment.rules),
        (Check.MEDIA_GROUP, equipment.membership),
        (Check.REPAIR_TOOLS, equipment.repair_tools),
        (Check.USBGUARD, equipment.guard),
    ):
        yield from made(check, look)
    try:
        config = home.config()
    except StationError:
        yield from _no_station(home)
        return
    except ConfigurationError as error:
        yield refused(Check.STATION, error)
        return
    yield fine(Check.STATION, n_("{station}, {role}"), station=config.station, role=config.role)
    yield from _of_station(Patient(home, config, now))


def _no_station(home: Home) -> Iterator[Finding]:
    """A machine after the installing: what is still to do, and whether its accounts are right."""
    installed = is_separate(home.root)
    advice = text(_BY_ROOT) if installed else text(_HERE)
    found = text("no station has been set up in {folder} yet", folder=home.root)
    yield Finding(Check.STATION, State.WRONG, found, advice)
    if installed:
        yield from made(Check.ACCOUNTS, partial(accounts.separation, home.root, live=False))


def _of_station(patient: Patient) -> Iterator[Finding]:
    root, earlier = patient.home.root, updating.earlier(patient.home)
    if earlier:
        yield updating.waiting(earlier)
    for check, look in (
        (Check.DISK_SPACE, partial(storage.space, root)),
        (Check.DISK_KIND, partial(storage.kind_of_disk, root)),
        (Check.DISK_ENCRYPTION, partial(storage.encryption, root)),
        (Check.OWNER, partial(storage.ownership, root)),
        (
            Check.ACCOUNTS,
            partial(accounts.separation, root, live=patient.config.mode == "live"),
        ),
        (Check.DATABASES, patient.databases),
        (Check.DATABASES, partial(updating.copies, patient.home)),
        # They ask tables that a former version may not have made.
        *(() if earlier else ((Check.TRUST, patient.trust), (Check.ALARMS, patient.alarms))),
        (Check.SCANNER, patient.scanner),
        (Check.INSTALLER, partial(installing.installer, patient.home)),
        (Check.PASSPHRASE, patient.passphrase),
    ):
        yield from made(check, look)
