"""Deciding, as root, whether what an officer ordered is installed; the station is not believed.

1. The station's trust data is taken over as from a stick: under a first root, and with a memory,
   of root's own.
2. The officer's order, and the whole chain from the officers' approvals to the file's digest.
3. The file is copied while it is hashed. The copy has to be what the officers were told it is, by
   its own name, version and architecture.
4. The machine is as it has to be, and only goes forward; the way back lies ready.
5. What is to be done is written down. From here on the script that places packages goes on, also
   after a power cut (:mod:`mediabridge.install.machine`); no module of ours is needed any more.

Whatever is refused is refused before anything is touched, and answered.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Never

from mediabridge.bundle.software import PROGRAM, Software, Sort
from mediabridge.clock import Clock, from_rfc3339, to_rfc3339
from mediabridge.config import INSTALL_ORDER_HOURS, INSTALL_SPARE_BYTES
from mediabridge.durable import appearing, write_durably
from mediabridge.errors import (
    DiskFullError,
    InstallerNotSetUpError,
    MediabridgeError,
    SoftwareChangedError,
    SoftwareNotReadyError,
    SoftwareUnfitError,
    WrongDestinationError,
)
from mediabridge.install import evidence, judging, packages
from mediabridge.install.holding import station_held
from mediabridge.install.machine import PLACER, Machine
from mediabridge.install.orders import Ended, Order, SignedOrder, read_order
from mediabridge.locale import text, translate
from mediabridge.trust import client
from mediabridge.trust.trust_data import TrustData
from mediabridge.verify.signatures import check_officer, check_validity
from mediabridge.verify.software import Here, check_evidence


def ordered(machine: Machine) -> SignedOrder | None:
    """Return the order in the station's folder, if it was not answered yet."""
    found = read_order(machine.home / ORDER)
    if found is None or machine.result(found.order.digest).exists():
        return None
    return found


ORDER = "order.json"
"""The file in the station's folder in which an order waits."""


def admit(
    machine: Machine, signed: SignedOrder, clock: Clock, place: Callable[[Machine], None]
) -> None:
    """Get all ready for the package that is *signed* for, and *place* it, or answer why not.

    *place* begins with the station's lock held, and keeps it.

    Raises:
        MediabridgeError: it is refused, as the answer says as well; nothing was changed.
        OSError: the machine's disk.
    """
    try:
        with station_held(machine.home):
            _admit(machine, signed, clock)
            place(machine)
    except MediabridgeError as error:
        machine.new.unlink(missing_ok=True)
        answer(machine, signed.order, error)
        raise


def answer(machine: Machine, order: Order, error: MediabridgeError) -> None:
    """Say, for the station to read, that *order* was not carried out."""
    ended = Ended(order=order.digest, sha256=order.sha256, result="failed", reason=error.reason)
    path = machine.result(order.digest)
    path.parent.mkdir(mode=0o755, exist_ok=True)
    write_durably(path, ended.to_bytes(), mode=0o644)


def _admit(machine: Machine, signed: SignedOrder, clock: Clock) -> None:
    station = machine.station()
    trust = _trust(machine, clock)
    _check_order(signed, station, trust, clock)
    order = signed.order
    found = evidence.read(machine.home / "software" / order.sha256)
    proven = check_evidence(found, order.sha256, trust, Here(station, trust.mode))
    if proven.header.bundle != order.bundle:
        raise SoftwareChangedError(name=order.sha256[:16], detail=text("another bundle brought it"))
    software = proven.software
    _check_forward(machine, software, station, trust)
    before, kept = _way_back(machine)
    _copy(machine, software)
    if not packages.is_audited(root=machine.root):
        raise SoftwareNotReadyError(detail=text("a package of this machine is half there (dpkg)"))
    with PLACER.open("rb") as source, appearing(machine.own_placer, mode=0o755) as output:
        shutil.copyfileobj(source, output)
    lines = (order.digest, software.sha256, software.version, kept, before)
    write_durably(machine.journal, "".join(f"{each}\n" for each in lines).encode("ascii"))


def _trust(machine: Machine, clock: Clock) -> TrustData:
    """Take over the station's trust data, if it is genuine and not older than known here."""
    repository = machine.home / "trust" / "cache" / "current" / "repository"
    return client.refresh(repository, machine.trust_cache, machine.first_root(), now=clock.now())


def _check_order(signed: SignedOrder, station: str, trust: TrustData, clock: Clock) -> None:
    """Accept an order of an officer whose key counts now, for this station, of today.

    Raises:
        BundleError: it is not that officer's signature.
        WrongDestinationError: it is for another station.
        SoftwareNotReadyError: it was held back.
    """
    order, now = signed.order, clock.now()
    officer = check_officer(
        "order.json", order.to_bytes(), signed.signature.encode(), trust, trust.install_namespace
    )
    if officer.name != order.person:
        raise SoftwareChangedError(
            name=order.sha256[:16], detail=text("the order is not signed by whom it names")
        )
    check_validity(officer, to_rfc3339(now))
    if order.station != station:
        raise WrongDestinationError(got=order.station, wanted=station)
    if abs(now - from_rfc3339(order.time)) > timedelta(hours=INSTALL_ORDER_HOURS):
        raise SoftwareNotReadyError(
            detail=text("the order is of another day: {time}", time=order.time)
        )


def _check_forward(machine: Machine, software: Software, station: str, trust: TrustData) -> None:
    """Refuse what is not this program's package, to go back, or to jump.

    Raises:
        SoftwareUnfitError: it is not for this machine as it is.
    """
    if software.sort != Sort.PROGRAM:
        _unfit(machine, software, text("the IT staff put it in place by hand"))
    here = trust.station(station)
    if here is None:
        raise WrongDestinationError(got=station, wanted=station)
    reason = judging.unfit(software, here.role, root=machine.root)
    if reason is not None:
        _unfit(machine, software, translate(reason.sentence))


def _unfit(machine: Machine, software: Software, detail: str) -> Never:
    installed = judging.installed(software, root=machine.root) or "-"
    raise SoftwareUnfitError(
        name=software.name, version=software.version, detail=detail, installed=installed
    )


def _way_back(machine: Machine) -> tuple[str, str]:
    """Return the installed version, and the SHA-256 of its package, which lies ready.

    Raises:
        InstallerNotSetUpError: that package is not here.
    """
    installed = packages.installed(PROGRAM, root=machine.root)
    try:
        there = packages.described(machine.current)
        digest = _digest(machine.current)
    except (OSError, MediabridgeError):
        raise InstallerNotSetUpError(name=str(machine.current)) from None
    if not installed or there != (PROGRAM, installed):
        raise InstallerNotSetUpError(name=str(machine.current))
    return installed, digest


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(machine: Machine, software: Software) -> None:
    """Make root's own copy, and see that it is what the officers were told.

    Raises:
        SoftwareChangedError: it has other bytes, or another name or version than was approved.
        SoftwareUnfitError: it is for another kind of machine.
        DiskFullError: there is no room for it.
    """
    _require_room(machine.folder, software.size)
    with appearing(machine.new, mode=0o644) as output:
        evidence.check_payload(machine.home / "software" / software.sha256, software, output)
    said = packages.control(machine.new)
    if said.package != (software.name, software.version):
        detail = text("it says that it is {name} {version}", **said.package._asdict())
        raise SoftwareChangedError(name=software.sha256[:16], detail=detail)
    if not packages.runs_here(said.architecture):
        _unfit(machine, software, text("it is for another kind of machine"))
    _require_room(machine.root / "usr", said.unpacked)


def _require_room(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < size + INSTALL_SPARE_BYTES:
        raise DiskFullError(name=folder, detail=text("no room to install it"))
