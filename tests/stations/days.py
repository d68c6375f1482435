"""Days of a whole municipality: its stations, and sticks that are folders with a device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from attacks.world import World
from stations.sticks import SIZE, SPEED, Stick, other, usb

from mediabridge.bundle import layout
from mediabridge.clock import Clock
from mediabridge.errors import MediumError
from mediabridge.media import tree
from mediabridge.media.register import MediumRow
from mediabridge.media.states import MediumState, StateReport
from mediabridge.media.trips import Carriage
from mediabridge.stations import serving
from mediabridge.stations.books import BundleRow
from mediabridge.stations.desk import Desk
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.serving import Served
from mediabridge.stations.sticks import enrolling, visits
from mediabridge.translog.events import Entry, Event

STATIONS: dict[str, type[Desk]] = {"lgwan-01": LgwanStation, "registry-01": RegistryStation}
OFFICERS = {"lgwan-01": "officer-1", "registry-01": "officer-2"}


@dataclass
class Day:
    """A world in which sticks are plugged in; what its stations tell is noted."""

    world: World
    told: list[StateReport] = field(default_factory=list)
    served: Served | None = None
    """What the last stick's visit came to, also when it ended in an error."""
    clock: Clock | None = None
    """The time of all stations; None for the machine's."""

    def at(self, name: str) -> Desk:
        """Return the station, to be used with ``with``."""
        given = {**self.world.opening(self.clock), "show": self.told.append}
        return STATIONS[name](self.world.home(name).root, **given)

    def stick(self, number: int = 1, *, speed: int = SPEED) -> Stick:
        """Return a new stick, registered by the LGWAN station; *speed* is what was measured."""
        folder = self.world.root / f"stick-{number}"
        folder.mkdir()
        device = other(usb(f"S-000{number}", uuid=f"ABCD-000{number}"), path=f"/sys/{number}")
        stick = Stick(folder, device)
        with self.at("lgwan-01") as station:
            officer = self.world.key("officer-1")
            enrolling.register_medium(
                station, stick, f"USB-00{number}", "住民課", officer,
                capacity=SIZE, write_speed=speed, read_speed=SPEED, probe="full",
            )  # fmt: skip
        stick.calls.clear()
        return stick

    def seal(self, name: str = "lgwan-01", content: bytes | None = None) -> str:
        """Seal *content*, or what is due, or nothing; return the bundle."""
        with self.at(name) as station:
            if content is not None:
                path = self.world.root / "incoming.csv"
                path.write_bytes(content)
                station.collect(path)
            return station.seal(empty=True).bundle

    def approve(self, bundle: str, name: str = "lgwan-01") -> str:
        """Approve a sealed bundle; return it."""
        with self.at(name) as station:
            station.approve(bundle, self.world.key(OFFICERS[name]))
        return bundle

    def pack(self, name: str = "lgwan-01", content: bytes | None = None) -> str:
        """Seal and approve."""
        return self.approve(self.seal(name, content), name)

    def write(self, bundle: str, stick: Stick, name: str = "lgwan-01") -> BundleRow:
        """Write one bundle to a stick that is plugged in."""
        self.told.clear()
        with self.at(name) as station:
            row = station.books.bundle(bundle)
            assert row is not None
            return station.write(row, stick)

    def serve(self, name: str, stick: Stick) -> Served:
        """Plug the stick in at a station and let it do what it came for."""
        self.told.clear()
        with self.at(name) as station:
            self.served = Served(visits.recognise(station, stick))
            serving.serve(station, self.served)
        return self.served

    def go_on(self, name: str) -> Served:
        """Let the stick that was left plugged in go on, as after an approval."""
        assert self.served is not None
        self.told.clear()
        with self.at(name) as station:
            self.served = Served(self.served.visit)
            serving.go_on(station, self.served)
        return self.served

    @property
    def states(self) -> list[MediumState]:
        """What was told since the last stick was plugged in."""
        return [each.state for each in self.told]

    def books(self, name: str) -> list[tuple[str, str, int]]:
        """Return direction, state and number of each bundle in the books of a station."""
        with self.at(name) as station:
            rows = [row for way in ("in", "out") for row in station.books.bundles(way)]
        return sorted((row.direction, str(row.state), row.seq) for row in rows)

    def carriages(self, name: str = "lgwan-01") -> dict[tuple[str, str], Carriage]:
        """Return every copy the books of a station know of, by bundle and medium."""
        with self.at(name) as station:
            return {(each.bundle, each.medium): each for each in station.books.media.carriages()}

    def health(self, medium: str = "USB-001", name: str = "lgwan-01") -> MediumRow:
        """Return what the register says of a medium."""
        with self.at(name) as station:
            row = station.books.media.row(medium)
        assert row is not None
        return row

    def entries(self, name: str, *events: Event) -> list[Entry]:
        """Return the entries of these kinds in the log of a station."""
        return [entry for entry in self.world.log(name) if entry.event in events]


def on(stick: Stick) -> list[str]:
    """Return the names in the stick's folder of bundles, also unfinished ones."""
    folder = layout.bundles_folder(stick.folder)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def half(bundle: str) -> str:
    """Return the name of an unfinished copy."""
    return bundle + tree.PARTIAL


def failing(error: MediumError, call: str, number: int = 1) -> Callable[[str], None]:
    """Return an ``at_mount`` that fails once, at the *number*-th mounting of kind *call*."""
    left = iter(range(number))

    def fail(kind: str) -> None:
        if kind == call and next(left, None) == number - 1:
            raise error

    return fail


def before_reading_back(stick: Stick, step: Callable[[], object]) -> Callable[[str], None]:
    """Return an ``at_mount`` that takes *step* once, between writing and reading back."""
    steps = iter([step])

    def at_mount(call: str) -> None:
        if call == "read" and stick.calls[-1:] == ["write"]:
            next(steps, lambda: None)()

    return at_mount


def failing_to_read_back(stick: Stick, error: MediumError) -> Callable[[str], None]:
    """Return an ``at_mount`` that fails once, when what was written shall be read back."""

    def fail() -> None:
        raise error

    return before_reading_back(stick, fail)
