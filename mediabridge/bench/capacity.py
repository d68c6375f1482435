"""What notices take on their way, as measured here: bytes, seconds at the importer, disk.

Two training days, a small one and a larger one, make the whole journey between two stations,
there and back. What the days have in common is the cost of a bundle, the rest is the cost of its
records; both grow in a straight line (``bench bundle``, ``bench records``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from mediabridge.bench.desk import passphrase, training_city
from mediabridge.bundle.seal import Source, compress
from mediabridge.clock import SystemClock
from mediabridge.config import PAD_TO, PARITY_USUAL_PERCENT
from mediabridge.kinds import RECEIPT_SCHEMA, Kind
from mediabridge.records.files import FileFormat
from mediabridge.records.tables import shipped
from mediabridge.sample import read_population, write_sample
from mediabridge.stations.desk import Desk
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.setup import init_station
from mediabridge.trust.city import City
from mediabridge.trust.signers import open_signer

_RESIDENTS: Final = 4_000
_PEAKS: Final = (10.0, 120.0)
"""How many times an ordinary day of so few residents: about 80 notices, and 1,000."""

_DAY: Final = date(2026, 11, 20)
_STATIONS: Final[dict[str, type[Desk]]] = {"lgwan-01": LgwanStation, "registry-01": RegistryStation}
_WAYS: Final = {
    Kind.ISA_NOTICE: ("lgwan-01", "registry-01"),
    Kind.MUNICIPAL_NOTICE: ("registry-01", "lgwan-01"),
}
"""Sender and receiver; the way back also carries a line of a receipt for each notice."""


@dataclass(frozen=True)
class Line:
    """A quantity that grows in a straight line with the number of records."""

    fixed: float
    each: float

    @classmethod
    def through(cls, one: tuple[int, float], other: tuple[int, float]) -> Line:
        """Return the line through two measurements, each a number of records and a quantity."""
        each = max((other[1] - one[1]) / (other[0] - one[0]), 0.0)
        return cls(max(one[1] - one[0] * each, 0.0), each)

    def at(self, records: float) -> float:
        """Return the quantity for *records*; nothing for no records."""
        return self.fixed + self.each * records if records else 0.0


@dataclass(frozen=True)
class Way:
    """What the records of one direction take."""

    collected: Mapping[FileFormat, Line]
    """Bytes of the file that is collected."""
    besides: float
    """Bytes on the medium that every bundle needs: keys, signatures, log, trust data."""
    stored: float
    """Bytes of a record, compressed; what receipts take of it included."""
    seconds: Line
    """At the station that takes it, on this machine, from the medium to the receipt."""

    def sealed(self, records: float) -> float:
        """Return the bytes on the medium, or on the line, of a bundle of so many *records*.

        With the parity of a route that a ceremony opens.
        """
        parity = 1 + PARITY_USUAL_PERCENT / 100
        return self.besides + _padded(self.stored * records) * parity if records else 0.0


@dataclass(frozen=True)
class _Measured:
    """What one day took in one direction."""

    records: int
    collected: Mapping[FileFormat, int]
    on_medium: int
    stored: int
    seconds: float


class Taken(NamedTuple):
    """What two days showed."""

    ways: Mapping[Kind, Way]
    """What the notices of either direction take."""
    kept: Mapping[str, Line]
    """Bytes by which the folder of each station grows on a day of so many records, both ways.

    With nothing let go by rule, so that it is more than what stays after years.
    """


def measure(folder: Path, *, tell: Callable[[str], None]) -> Taken:
    """Return what notices take, measured in *folder* by two days.

    *tell* is told each day as it begins.
    """
    days = []
    for number, peak in enumerate(_PEAKS, 1):
        tell(f"{number}/{len(_PEAKS)}")
        days.append(_TrainingDay(folder / f"day-{number}", peak))
    small, large = ({kind: day.carry(kind) for kind in _WAYS} for day in days)
    records = [sum(each.records for each in day.values()) for day in (small, large)]
    grown = [day.grown() for day in days]
    return Taken(
        {kind: _way(small[kind], large[kind]) for kind in _WAYS},
        {
            name: Line.through((records[0], grown[0][name]), (records[1], grown[1][name]))
            for name in _STATIONS
        },
    )


def _way(small: _Measured, large: _Measured) -> Way:
    return Way(
        collected={
            form: Line.through(
                (small.records, small.collected[form]), (large.records, large.collected[form])
            )
            for form in FileFormat
        },
        # The routes of a training city have no parity.
        besides=small.on_medium - _padded(small.stored),
        # A larger file is compressed better: this is on the safe side of a moving day's.
        stored=large.stored / large.records,
        seconds=Line.through((small.records, small.seconds), (large.records, large.seconds)),
    )


def _size_of(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _padded(stored: float) -> float:
    return -(-stored // PAD_TO) * PAD_TO


class _TrainingDay:
    """A training city and one day's notices of its residents, *peak* times an ordinary day's."""

    def __init__(self, folder: Path, peak: float) -> None:
        self._folder = folder
        self._city: City = training_city(folder)
        for form in FileFormat:
            write_sample(
                folder / form,
                residents=_RESIDENTS,
                days=1,
                seed=1,
                start_date=_DAY,
                tables=shipped(),
                fmt=form,
                peak=peak,
            )
        for name in _STATIONS:
            init_station(folder / name, self._city.folder, name, clock=SystemClock())
        with self._open("registry-01") as station:
            assert isinstance(station, RegistryStation)  # noqa: S101 - by its name
            population = folder / FileFormat.CSV / "population.csv"
            station.load_population(read_population(population))
        self._empty = self._sizes()

    def carry(self, kind: Kind) -> _Measured:
        """Carry the day's notices of *kind*, with all that is due, to the other station."""
        sender, receiver = _WAYS[kind]
        files = {form: self._folder / form / "day-001" / f"{kind}.{form}" for form in FileFormat}
        officer = open_signer(self._city.key_path("officer-1"), passphrase(""))
        # One of its own: what was carried there is on a stick until its receipt has come back.
        stick = self._folder / f"stick-{kind}"
        stick.mkdir()
        with self._open(sender) as station:
            records = station.collect(files[FileFormat.CSV]).records
            stored = self._stored(station, kind)
            station.export(lambda: stick, approver=lambda _shown: officer)
        on_medium = _size_of(stick)
        with self._open(receiver) as station:
            began = time.process_time()
            station.import_(stick, note=lambda _taken: None)
            seconds = time.process_time() - began
        collected = {form: path.stat().st_size for form, path in files.items()}
        return _Measured(records, collected, on_medium, stored, seconds)

    def grown(self) -> dict[str, int]:
        """Return by how many bytes the folder of each station has grown since it was set up."""
        return {name: size - self._empty[name] for name, size in self._sizes().items()}

    def _sizes(self) -> dict[str, int]:
        return {name: _size_of(self._folder / name) for name in _STATIONS}

    def _stored(self, station: Desk, kind: Kind) -> int:
        """Return the bytes, compressed and not yet padded, of what *station* is to send."""
        files = [(path, kind.schema_id) for path in station.home.inbox.iterdir()]
        files += [(path, RECEIPT_SCHEMA) for path in station.home.receipts.iterdir()]
        sources = [Source(path, f"file-{n}", schema, 1) for n, (path, schema) in enumerate(files)]
        draft = compress(sources, self._folder / f"{kind}.zst")
        return sum(each.stored for each in draft.files)

    def _open(self, name: str) -> Desk:
        return _STATIONS[name](self._folder / name, clock=SystemClock(), passphrases=passphrase)
