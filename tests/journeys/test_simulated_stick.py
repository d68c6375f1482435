"""The day on a simulated stick that fails: nothing false is said, and all comes right again.

Claims C45, C51. On every machine; ``rig/`` does the same with real sticks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World, copy_of, make_world, passphrase_for, scratch
from faults import FAULTS
from simulator import SimulatedStick
from stations.sticks import SIZE, SPEED, usb

from mediabridge.clock import SystemClock
from mediabridge.errors import MediabridgeError
from mediabridge.media.states import StateReport
from mediabridge.media.trips import health
from mediabridge.stations import serving
from mediabridge.stations.desk import Desk
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.serving import Served
from mediabridge.stations.sticks import custody, enrolling, visits

pytestmark = pytest.mark.in_turns

NUMBERS = ("MB-001", "MB-002")
STATIONS: dict[str, type[Desk]] = {"lgwan-01": LgwanStation, "registry-01": RegistryStation}


@dataclass
class Day:
    """A world with one stick, registered by its LGWAN station."""

    world: World
    stick: SimulatedStick
    told: list[StateReport] = field(default_factory=list)
    reason: str = ""
    """Why the last insertion ended in an error; empty if it did not."""

    @property
    def states(self) -> list[str]:
        """The states of the last insertion."""
        return [str(each.state) for each in self.told]

    def station(self, name: str) -> Desk:
        """Return a station, to be used with ``with``; what it tells is noted."""
        root = self.world.home(name).root
        kind = STATIONS[name]
        return kind(root, clock=SystemClock(), passphrases=passphrase_for, show=self.told.append)

    def insert(self, name: str, stick: SimulatedStick | None = None) -> Served | None:
        """Plug the stick in at station *name*, let it do what it came for, pull it out."""
        stick = stick or self.stick
        self.told.clear()
        self.reason, served = "", None
        with self.station(name) as station:
            try:
                visit = visits.recognise(station, stick.plug())
                serving.serve(station, served := Served(visit))
            except MediabridgeError as error:
                self.reason = error.reason
        stick.unplug()
        return served

    def books(self, name: str) -> list[tuple[str, str, int]]:
        """Return direction, state and number of each bundle in the books of a station."""
        with self.station(name) as station:
            rows = [row for way in ("in", "out") for row in station.books.bundles(way)]
            return sorted((row.direction, str(row.state), row.seq) for row in rows)

    def reasons(self, name: str) -> list[str]:
        """Return why sticks were refused or failed, from the log of station *name*."""
        kinds = {"medium-failed", "medium-refused"}
        return [str(e.facts["reason"]) for e in self.world.log(name) if str(e.event) in kinds]

    def events(self, name: str) -> list[str]:
        """Return what the log of station *name* says happened."""
        return [str(entry.event) for entry in self.world.log(name)]

    def nothing_is_left_behind(self) -> bool:
        """Tell whether stick and books agree on which copies are on it, all of them whole."""
        on_stick = {path.name for path in (self.stick.content / "MEDIABRIDGE/bundles").iterdir()}
        with self.station("lgwan-01") as station:
            copies = station.books.media.carriages(medium=NUMBERS[0], state="written")
            mine = {row.bundle for row in station.books.bundles("out")}
        return {each.bundle for each in copies} == on_stick & mine and not any(
            name.endswith(".partial") for name in on_stick
        )

    def another_stick(self) -> SimulatedStick:
        """Return the second stick, which works."""
        return SimulatedStick(self.world.root / "another", usb("S-0002", uuid="EF01-2345"))


def _begin(root: Path) -> Day:
    """Return the day with an approved bundle and two new, registered sticks."""
    day = Day(make_world(root), SimulatedStick(root / "stick", usb()))
    path = root / "isa.csv"
    path.write_bytes(isa_csv(*FIRST_NOTICES))
    with day.station("lgwan-01") as station:
        given = {"capacity": SIZE, "write_speed": SPEED, "read_speed": SPEED, "probe": "full"}
        officer = day.world.key("officer-1")
        for number, stick in zip(NUMBERS, (day.stick, day.another_stick()), strict=True):
            enrolling.register_medium(station, stick.plug(), number, "1", officer, **given)
            stick.unplug()
        station.collect(path)
        station.approve(station.seal().bundle, officer)
    return day


def _answer(day: Day) -> None:
    with day.station("registry-01") as station:
        station.approve(station.seal().bundle, day.world.key("officer-2"))
    day.insert("registry-01")


CHAPTERS: dict[str, Callable[[Day], object]] = {
    "write": lambda day: day.insert("lgwan-01"),
    "import": lambda day: day.insert("registry-01"),
    "answer": _answer,
    "erase": lambda day: day.insert("lgwan-01"),
}
Before = Callable[[str], Day]


@pytest.fixture(scope="session")
def chapters() -> Iterator[dict[str, Path]]:
    """Give the folder of the day as it was before each chapter, and at its end."""
    with scratch() as root:
        made = {}
        now = _begin(Path(root, "day"))
        for name, play in CHAPTERS.items():
            made[name] = copy_of(now.world, Path(root, name)).root
            play(now)
        made["end"] = now.world.root
        yield made


@pytest.fixture
def before(chapters: dict[str, Path]) -> Iterator[Before]:
    """Give fresh copies of the day as it was before a chapter."""
    with scratch() as root:
        number = iter(range(1000))

        def fresh(chapter: str) -> Day:
            world = copy_of(World(chapters[chapter]), Path(root, str(next(number))))
            return Day(world, SimulatedStick(world.root / "stick", usb()))

        yield fresh


def test_day_without_fault(before: Before) -> None:
    day = before("write")
    day.insert("lgwan-01")
    assert day.states == ["READY", "READING", "WRITING", "CHECKING", "SAFE_TO_REMOVE"]
    served = day.insert("registry-01")
    assert served is not None
    assert [taken.seq for taken in served.taken] == [1]
    assert day.books("registry-01") == [("in", "taken", 1)]
    end = before("end")
    assert end.books("lgwan-01") == [("in", "taken", 1), ("out", "delivered", 1)]
    assert end.events("lgwan-01")[-1] == "medium-erased"
    assert end.reasons("lgwan-01") == end.reasons("registry-01") == []


@pytest.mark.parametrize("name", FAULTS)
def test_fault(before: Before, name: str) -> None:
    fault, day = FAULTS[name], before("write")
    fault.simulate(day.stick)
    day.insert("lgwan-01")
    assert fault.states & set(day.states), day.states
    assert ("SAFE_TO_REMOVE" in day.states) == fault.written
    state = day.told[-1]
    assert state.sentence
    assert all(word in state.hint for word in fault.hint)
    books = [("out", "written" if fault.written else "approved", 1)]
    assert day.books("lgwan-01") == books
    if not fault.written:
        assert fault.states & set(day.reasons("lgwan-01"))
    served = day.insert("registry-01")
    assert bool(served and served.taken) == fault.taken
    assert day.books("registry-01") == ([("in", "taken", 1)] if fault.taken else [])
    if fault.written and not fault.taken:
        _is_found_out_when_it_comes_back(day)
    if not fault.taken:
        _another_stick_helps(day)


def _is_found_out_when_it_comes_back(day: Day) -> None:
    """A stick that forgot what had been read back is told, and the bundle is to be written."""
    day.insert("lgwan-01")
    assert day.reason == "READ_BACK_MISMATCH"
    assert day.told[-1].state == "READ_BACK_MISMATCH"
    assert day.reasons("lgwan-01") == ["READ_BACK_MISMATCH"]
    assert day.books("lgwan-01") == [("out", "approved", 1)]
    with day.station("lgwan-01") as station:
        row = station.books.media.row(NUMBERS[0])
        assert row is not None
        assert health(row).recommend_retire


def _another_stick_helps(day: Day) -> None:
    stick = day.another_stick()
    day.insert("lgwan-01", stick)
    assert day.states[-1] == "SAFE_TO_REMOVE"
    assert day.books("lgwan-01") == [("out", "written", 1)]
    served = day.insert("registry-01", stick)
    assert served is not None
    assert [taken.seq for taken in served.taken] == [1]


MOMENTS = 12
"""Pulls spread over the changes of a chapter, and as many over its reads."""

AFTERWARDS = {
    "write": ("lgwan-01", [("out", "written", 1)]),
    "import": ("registry-01", [("in", "taken", 1)]),
    "erase": ("lgwan-01", [("in", "taken", 1), ("out", "delivered", 1)]),
}
"""Who has the stick in each chapter, and that station's books when it is over."""

LAST = {
    "write": ("bundle-written",),
    "import": ("medium-arrived",),
    # Pulled out after the last of it was deleted, there is nothing to erase any more.
    "erase": ("medium-erased", "journey-recovered"),
}
"""What the log says in the end, whenever the stick was pulled out."""


@pytest.mark.parametrize("left", ["whole", "not flushed", "broken"])
@pytest.mark.parametrize(("chapter", "counted"), [
    ("write", "changes"), ("write", "reads"), ("import", "reads"), ("erase", "changes"),
    ("erase", "reads"),
])  # fmt: skip
def test_pulled_out(before: Before, chapter: str, counted: str, left: str) -> None:
    """Pulled out at any change or read: told, logged, never half taken, right when it is back."""
    station, books = AFTERWARDS[chapter]
    whole = before(chapter)
    whole.insert(station)
    for moment in _spread(getattr(whole.stick, counted)):
        day = before(chapter)
        day.stick.keeps_unflushed, day.stick.breaks = left == "whole", left == "broken"
        setattr(day.stick, "pull_at" if counted == "changes" else "pull_at_read", moment)
        day.insert(station)
        assert not day.stick.present
        assert day.reason == "PULLED_OUT", (moment, day.states)
        assert "SAFE_TO_REMOVE" not in day.states
        day.stick.heal()
        if chapter == "write":
            _taken_whole_or_not(day)
        day.insert(station)
        assert day.reason == "", moment
        assert day.books(station) == books
        assert set(LAST[chapter]) & set(day.events(station))
        assert day.nothing_is_left_behind()


def _spread(total: int) -> list[int]:
    assert total >= MOMENTS, "a chapter without moments proves nothing"
    return [1 + index * (total - 1) // (MOMENTS - 1) for index in range(MOMENTS)]


def _taken_whole_or_not(day: Day) -> None:
    """The receiver takes from the pulled stick a whole bundle or nothing."""
    served = day.insert("registry-01")
    if not (served and served.taken):
        assert day.books("registry-01") == []


def test_every_bundle_that_was_forgotten_is_written_again(before: Before) -> None:
    """Claim C51. Several on one stick: all are named in the log, and another stick gets all."""
    day = before("write")
    with day.station("lgwan-01") as station:
        row = station.seal(empty=True)
        station.approve(row.bundle, day.world.key("officer-1"))
    day.stick.honours_flush = False
    day.insert("lgwan-01")
    assert day.books("lgwan-01") == [("out", "written", 1), ("out", "written", 2)]
    day.insert("lgwan-01")
    assert day.reason == "READ_BACK_MISMATCH"
    assert day.books("lgwan-01") == [("out", "approved", 1), ("out", "approved", 2)]
    facts = next(e.facts for e in day.world.log("lgwan-01") if e.event == "medium-failed")
    assert facts["bundle_count"] == 2
    assert row.bundle in facts["bundles"]
    stick = day.another_stick()
    day.insert("lgwan-01", stick)
    served = day.insert("registry-01", stick)
    assert served is not None
    assert [taken.seq for taken in served.taken] == [1, 2]


def test_stick_that_forgets_never_gets_past_its_registration(before: Before) -> None:
    """Claim C51. What says who it is goes with its power, so nothing is ever written to it."""
    day = before("write")
    stick = SimulatedStick(day.world.root / "bad", usb("S-0003", uuid="0123-4567"))
    stick.honours_flush = False
    with day.station("lgwan-01") as station:
        given = {"capacity": SIZE, "write_speed": SPEED, "read_speed": SPEED, "probe": "full"}
        officer = day.world.key("officer-1")
        enrolling.register_medium(station, stick.plug(), "MB-003", "1", officer, **given)
    stick.unplug()
    day.insert("lgwan-01", stick)
    assert day.reason == "REFORMATTED"
    assert "it forgets what is written to it" in day.told[-1].sentence
    assert day.books("lgwan-01") == [("out", "approved", 1)]


def test_pull_is_in_log_and_health(before: Before) -> None:
    day = before("write")
    day.stick.pull_at = 40
    day.insert("lgwan-01")
    assert day.reasons("lgwan-01") == ["PULLED_OUT"]
    assert day.told[-1].state == "PULLED_OUT"
    day.stick.heal()
    day.insert("lgwan-01")
    recovered = [e.facts for e in day.world.log("lgwan-01") if e.event == "journey-recovered"]
    reasons = [facts["reason"] for facts in recovered]
    assert reasons == ["FILESYSTEM_REPAIRED", "WRITE_INTERRUPTED"]
    with day.station("lgwan-01") as station:
        row = station.books.media.row(NUMBERS[0])
        assert row is not None
        assert (row.pulled_out, row.repairs) == (1, 2)


def test_arrival_is_noted_though_power_goes_before(
    before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundle was taken in, and nothing more; the same stick again completes the log, once."""
    day = before("import")
    with monkeypatch.context() as power:
        power.setattr(custody, "note_arrival", _power_goes)
        with pytest.raises(KeyboardInterrupt):
            day.insert("registry-01")
    day.stick.unplug()
    assert day.books("registry-01") == [("in", "taken", 1)]
    assert "medium-arrived" not in day.events("registry-01")
    for _again in range(2):
        day.insert("registry-01")
        assert day.events("registry-01").count("medium-arrived") == 1


def _power_goes(*_arguments: object, **_options: object) -> None:
    raise KeyboardInterrupt


def test_pulled_stick_may_be_replaced_by_another(before: Before) -> None:
    """The bundle goes onto another stick; the half copy comes off the first when it is back."""
    day = before("write")
    day.stick.pull_at = 60
    day.insert("lgwan-01")
    other = day.another_stick()
    day.insert("lgwan-01", other)
    assert day.books("lgwan-01") == [("out", "written", 1)]
    day.stick.heal()
    served = day.insert("lgwan-01")
    assert served is not None
    assert day.states[-1] == "SAFE_TO_REMOVE"
    partial = list(day.stick.content.rglob("*.partial"))
    assert partial == []
