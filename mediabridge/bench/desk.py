"""A training station in a scratch folder, with bundles ready to be carried.

What the bench of media measures begins with an approved bundle; how it got there is
measured elsewhere and not repeated here.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

from mediabridge.apply.places import PostgresPlace
from mediabridge.bench.content import notices
from mediabridge.clock import SystemClock
from mediabridge.config import KIB
from mediabridge.kinds import Kind
from mediabridge.media.slot import Slot
from mediabridge.progress import Progress
from mediabridge.records.csv import CsvWriter
from mediabridge.stations.books import BundleRow, InboxRow
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.setup import init_station
from mediabridge.stations.sticks import enrolling, visits
from mediabridge.stations.sticks.visits import Visit
from mediabridge.translog.events import Event
from mediabridge.trust.city import City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.signers import FileSigner, open_signer

_REASON: Final = Kind.ISA_NOTICE.facts.reason_field
_NOISE_BYTES: Final = 48 * KIB
"""Of one record; its Base64 is half of what a field may hold before it is looked at."""

_NUMBER: Final = "BENCH-1"
_STATION: Final = "lgwan-01"
_REGISTRY: Final = "registry-01"
OFFICER: Final = "officer-1"
_PASSPHRASE: Final = b"training"


def passphrase(_key: str) -> bytes:
    """Return what opens every key of a training city of this module."""
    return _PASSPHRASE


@dataclass(frozen=True)
class TrainingDesk:
    """The station, open, and the city whose officer approves."""

    station: LgwanStation
    city: City

    def large_bundle(self, size: int) -> BundleRow:
        """Return an approved bundle of about *size* bytes that no compression makes smaller.

        Its records are a reason and noise: nobody opens it, and checking so many right
        records takes far longer than carrying them.
        """
        station = self.station
        draft = station.home.inbox / "noise"
        digest, records = _write_noise(draft, size)
        collected = draft.rename(station.home.inbox / f"{digest}.csv")
        kind = Kind.ISA_NOTICE.value
        row = InboxRow(digest, kind, records, {"N02": records}, station.tables.sha256)
        actor = station.operator(None)
        # What is sealed is held against the log entry that collecting leaves.
        station.record(
            Event.FILE_COLLECTED,
            actor=actor,
            kind=row.kind,
            records=row.records,
            file_sha256=row.file,
            file_bytes=collected.stat().st_size,
        )
        with station.books.transaction():
            station.books.add_file(row, collected_at=station.now(), actor=actor)
        return self._sealed()

    def bundle_of_day(self, records: int) -> BundleRow:
        """Return an approved bundle of *records* invented notices."""
        path = self.station.home.root / f"{Kind.ISA_NOTICE}.csv"
        with path.open("wb") as output:
            writer = CsvWriter(output, Kind.ISA_NOTICE, tables=self.station.tables)
            for notice in islice(notices(seed=1, different=records), records):
                writer.write(notice)
        self.station.collect(path)
        return self._sealed()

    def visit(self, slot: Slot, speeds: tuple[float, float]) -> Visit:
        """Return the stick as one of this city, registered with its *speeds*; a folder as it is."""
        if slot.device is not None:
            enrolling.register_medium(
                self.station,
                slot,
                _NUMBER,
                _NUMBER,
                self._officer,
                capacity=sum(disk.size for disk in slot.device.disks),
                write_speed=speeds[0],
                read_speed=speeds[1],
                probe="quick",
            )
        return visits.recognise(self.station, slot)

    def forget_copy(self, row: BundleRow, visit: Visit) -> None:
        """Note that the copy was taken off the stick: a copy that vanishes is a stick's fault."""
        books = self.station.books
        with books.transaction():
            books.media.erase_carriage(row.bundle, visit.medium, self.station.now())

    def folder_of(self, row: BundleRow) -> Path:
        """Return where the station keeps its copy of the bundle."""
        return self.station.home.outbox / row.bundle

    def _sealed(self) -> BundleRow:
        row = self.station.seal()
        return self.station.approve(row.bundle, self._officer)

    @property
    def _officer(self) -> FileSigner:
        return open_signer(self.city.key_path(OFFICER), _PASSPHRASE)


@contextmanager
def training_desk(folder: Path, progress: Progress | None = None) -> Iterator[TrainingDesk]:
    """Make a training city and its LGWAN station in *folder*, and open the station.

    *progress* is told of its long steps.
    """
    clock = SystemClock()
    city = training_city(folder)
    init_station(folder / _STATION, city.folder, _STATION, clock=clock)
    home = folder / _STATION
    with LgwanStation(home, clock=clock, passphrases=passphrase, progress=progress) as station:
        yield TrainingDesk(station, city)


@contextmanager
def training_registry(
    folder: Path, place: PostgresPlace | None = None
) -> Iterator[RegistryStation]:
    """Make a training city and its registry station in *folder*, and open the station.

    Its registry is in *place*; without one it is the embedded one.
    """
    clock = SystemClock()
    init_station(folder / _REGISTRY, training_city(folder).folder, _REGISTRY, clock=clock)
    if place is not None:
        names = ("adapter", "host", "database", "user")
        lines = ["[registry]", *(f'{name} = "{getattr(place, name)}"' for name in names), ""]
        settings = folder / _REGISTRY / "station.toml"
        settings.touch(mode=0o600)
        settings.write_text("\n".join(lines), encoding="utf-8")
    with RegistryStation(folder / _REGISTRY, clock=clock, passphrases=passphrase) as station:
        yield station


def training_city(folder: Path) -> City:
    """Make a training city in *folder*, with keys that cost little to open."""
    return create_city(
        folder / "city",
        city="city.training.example",
        municipality_code="131041",
        clock=SystemClock(),
        passphrase_for=passphrase,
        cost=TRAINING_COST,
    )


def _write_noise(path: Path, size: int) -> tuple[str, int]:
    """Write records that hold *size* random bytes; return their SHA-256 and their number.

    Base64 makes more of them, of which compression takes away what was added.
    """
    digest = hashlib.sha256()
    places = range(0, size, _NOISE_BYTES)
    with path.open("xb") as output:
        head = f'"{_REASON}","remarks"\r\n'.encode()
        for line in chain([head], map(_noise, places)):
            digest.update(line)
            output.write(line)
    return digest.hexdigest(), len(places)


def _noise(_place: int) -> bytes:
    return b'"N02","%b"\r\n' % base64.b64encode(os.urandom(_NOISE_BYTES))
