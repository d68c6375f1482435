"""Sticks that are folders with a USB device, and two stations that are only opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attacks.world import scratch

from mediabridge.clock import SystemClock
from mediabridge.errors import MediumBusyError, PulledOutError
from mediabridge.media.device import MASS_STORAGE, Disk, Interface, UsbDevice, Volume
from mediabridge.media.exfat import VolumeFlag
from mediabridge.media.states import StateReport
from mediabridge.media.trips import MediumRow
from mediabridge.stations.setup import init_station
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import enrolling
from mediabridge.translog import events
from mediabridge.translog.events import Entry, Event
from mediabridge.translog.note import Vkey
from mediabridge.trust import signers
from mediabridge.trust.city import City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from tests.mirrors import accepted

SIZE = 64 * 1024 * 1024
SPEED = 20_000_000


def passphrase(_key: str) -> bytes:
    return b"training"


def usb(serial: str = "S-0001", *, size: int = SIZE, uuid: str = "ABCD-1234") -> UsbDevice:
    volume = Volume("/dev/sdz1", size - 4096, "vfat", uuid, "STICK")
    disk = Disk("/dev/sdz", 7, size, volumes=(volume,))
    interfaces = (Interface(MASS_STORAGE, 6, 0x50),)
    return UsbDevice(
        "/sys/x", "46f4", "0001", "QEMU", "HARDDISK", serial, interfaces, disks=(disk,)
    )


@dataclass
class Stick:
    """A slot: a folder posing as the file system of a device."""

    folder: Path
    device: UsbDevice | None = field(default_factory=usb)

    present: bool = True
    busy: bool = False
    """Whether another program holds it, so that it cannot be switched off."""
    unsound: bool = False
    """Whether its file system has to be repaired."""
    warnings: frozenset[VolumeFlag] = frozenset()
    """What its boot sector says of it."""
    calls: list[str] = field(default_factory=list)
    """What was done with it, in order."""
    at_mount: Callable[[str], None] = lambda _call: None
    """Told each mounting before it happens; may raise, or change what is there."""

    @contextmanager
    def mounted(self, *, write: bool = False) -> Iterator[Path]:
        call = "write" if write else "read"
        self.at_mount(call)
        self.calls.append(call)
        yield self.folder

    def raw(self, *, write: bool = False) -> AbstractContextManager[int]:
        raise NotImplementedError

    def mend(self) -> bool:
        self.calls.append("mend")
        was, self.unsound = self.unsound, False
        return was

    def flags(self) -> frozenset[VolumeFlag]:
        return self.warnings

    def is_present(self) -> bool:
        return self.present

    def eject(self) -> bool:
        self.calls.append("eject")
        if not self.present:
            raise PulledOutError
        if self.busy:
            raise MediumBusyError
        return self.device is not None


@dataclass
class MovingClock:
    """A minute later each time somebody moves it; real time is not waited for."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def now(self) -> datetime:
        return self.at

    def move(self, minutes: int = 1) -> None:
        self.at += timedelta(minutes=minutes)


@dataclass
class Town:
    """A training city, its two stations open, and one clock."""

    city: City
    lgwan: OpenStation
    registry: OpenStation
    clock: MovingClock

    def told(self, station: OpenStation) -> list[StateReport]:
        """Return the list to which every state is added that *station* tells from now on."""
        told: list[StateReport] = []
        station._show = told.append
        return told

    def shown(self, station: OpenStation) -> dict[str, object]:
        """Return the state that whoever watches *station* sees now."""
        seen: dict[str, object] = json.loads(station.home.medium_state.read_text("utf-8"))
        return seen

    def key(self, name: str) -> signers.FileSigner:
        return signers.open_signer(self.city.key_path(name), passphrase(name))

    def log(self, station: OpenStation) -> list[Entry]:
        return [events.parse(data, station.id) for data in station.log.entries()]

    def last(self, station: OpenStation) -> Entry:
        return self.log(station)[-1]

    def carry_log(self, sender: OpenStation, receiver: OpenStation) -> None:
        """Bring the sender's log to the receiver's mirror, as every bundle does."""
        mirror = receiver.mirror(sender.id)
        section = sender.log.section(mirror.size(), sender.log_signer)
        trusted = receiver.trust.station(sender.id)
        assert trusted is not None
        vkey = Vkey.parse(trusted.log_key)
        mirror.keep(accepted(section, origin=sender.log.origin, vkey=vkey, mirror=mirror))

    def register(
        self, station: OpenStation, stick: Stick, number: str = "USB-001", **more: object
    ) -> MediumRow:
        given = {
            "capacity": SIZE,
            "write_speed": SPEED,
            "read_speed": SPEED,
            "probe": "full",
            **more,
        }
        officer = self.key("officer-1")
        return enrolling.register_medium(station, stick, number, "住民課 1", officer, **given)  # type: ignore[arg-type]


@contextmanager
def town() -> Iterator[Town]:
    with scratch() as name:
        root = Path(name)
        city = create_city(
            root / "city",
            city="city.training.example",
            municipality_code="131041",
            clock=SystemClock(),
            passphrase_for=passphrase,
            cost=TRAINING_COST,
        )
        clock = MovingClock()
        for station in ("lgwan-01", "registry-01"):
            init_station(root / station, city.folder, station, clock=SystemClock())
        with (
            OpenStation(root / "lgwan-01", clock=clock, passphrases=passphrase) as lgwan,
            OpenStation(root / "registry-01", clock=clock, passphrases=passphrase) as registry,
        ):
            yield Town(city, lgwan, registry, clock)


def event(kind: Event, at: str, **facts: events.Fact) -> Entry:
    """Return an entry of the LGWAN station, as it comes out of the mirror."""
    data = events.build(kind, time=at, station="lgwan-01", actor="officer-1", facts=facts)
    return events.parse(data, "lgwan-01")


def other(device: UsbDevice, **changes: object) -> UsbDevice:
    return replace(device, **changes)  # type: ignore[arg-type]
