"""What happens to which office on which day: everything at least once, the rest drawn by lot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from tests.hub.week.balancer import Way
from tests.hub.week.offices import AGENCY, LGWAN
from tests.hub.week.visits import Act, Visit

_HOUR: Final = 3600
DAY: Final = 24 * _HOUR

LINE_FAULTS: Final = {
    f"{what}, {way}": weight
    for what, weight in (
        *(("line cut", 6), ("hub killed", 2)),
        *(("database killed", 1), ("database stopped at once", 1)),
    )
    for way in ("up", "down")
}
"""And how often each is drawn."""

CLOCKS: Final = {
    "clock ahead, within": 300,
    "clock behind, within": -5 * _HOUR,
    "clock ahead, beyond": 2 * _HOUR,
    "clock behind, beyond": -30 * _HOUR,
}
HUB_CLOCKS: Final = {
    "a hub's clock apart, within": (-480, 480),
    "a hub's clock apart, beyond": (-30 * _HOUR, 30 * _HOUR),
}
STORIES: Final = ("withheld for a day", "kept for good", "hub behind", "clock days ahead")
ACTS: Final = ("shows_again", "forgets")

FAULTY_SHARE: Final = 0.25
"""Of offices, on how many something happens on the line in a day, beside what has to happen."""
SELDOM_SHARE: Final = 0.08
"""Likewise of everything else."""

_BYTES: Final = (3000, 16_000)
"""After how many a line is cut: shaking hands takes 2,500, and a bundle 25,000."""


class Slot(NamedTuple):
    """A visit at which enough goes the one way for something to happen in the middle."""

    visit: str
    way: Way


def _slots(story: str, day: int) -> list[Slot]:
    """Return the slots of an office in whose *story* this is the *day*, from 0."""
    up, back, down = Slot("out", "up"), Slot("office", "up"), Slot("in", "down")
    match story, day:
        case (("withheld for a day" | "kept for good"), 0):
            # What is to be withheld has to be there first.
            return [back, down]
        case (("hub behind" | "clock days ahead"), 0):
            return [up]
        case ("clock days ahead", _):
            # What the agency sent is of a day that has not come yet.
            return [up, down]
        case _:
            return [up, Slot("office", "down"), down]


def _way(what: str) -> Way:
    return "up" if what.endswith("up") else "down"


@dataclass
class Day:
    """What happens to one office on one day, before it is known by which ports."""

    story: str = ""
    of_story: int = 0
    faults: dict[str, tuple[str, Way, int]] = field(default_factory=dict)
    """By the visit: what happens, and after how many bytes which way."""
    clocks: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    replayed: bool = False

    @property
    def free(self) -> list[Slot]:
        return [each for each in _slots(self.story, self.of_story) if each.visit not in self.faults]

    def steps(self, port: Callable[[str], int]) -> Iterator[Visit | Act]:
        """Yield the steps; *port* tells the way to the hubs for each visit."""
        if "clock behind, beyond" in self.clocks:
            yield self._visit(LGWAN, apart=CLOCKS["clock behind, beyond"])
        if (self.story, self.of_story) == ("clock days ahead", 0):
            yield self._visit(AGENCY, apart=2 * DAY)
            yield Act("confirms_clock")
        if (self.story, self.of_story) == ("hub behind", 0):
            yield Act("brings_trust")
        yield self._visit(AGENCY, port("out"))
        yield from self._of_story()
        # What waits for the office is lost, and its sender has to notice.
        yield from (Act(what, after=AGENCY) for what in self.after if what == "forgets")
        for name in ("clock ahead, within", "clock behind, within"):
            if name in self.clocks:
                yield self._visit(LGWAN, apart=CLOCKS[name])
        yield self._visit(LGWAN, port("office"))
        yield self._visit(AGENCY, port("in"))
        if "clock ahead, beyond" in self.clocks:
            yield self._visit(AGENCY, apart=CLOCKS["clock ahead, beyond"])
        yield from (Act(what, after=AGENCY) for what in self.after if what != "forgets")

    def _of_story(self) -> Iterator[Visit | Act]:
        match self.story, self.of_story:
            case "withheld for a day", 0:
                yield Act("withholds", after=AGENCY)
            case "withheld for a day", _:
                # What comes after it comes early.
                yield self._visit(LGWAN)
                yield Act("gives_back")
            case "kept for good", 0:
                yield Act("keeps_for_good", after=AGENCY)
            case "kept for good", _:
                yield self._visit(LGWAN)
                yield Act("issues_anew")
                yield self._visit(AGENCY)
            case "hub behind", 0:
                yield self._visit(AGENCY)
                yield Act("tells_hub")

    def _visit(self, station: str, port: int = 0, apart: int = 0) -> Visit:
        return Visit(station, port, apart, self.replayed)


@dataclass
class Plan:
    """The faults of all days, drawn beforehand."""

    offices: list[str]
    days: int
    lot: Random
    of: dict[tuple[int, str], Day] = field(default_factory=dict)
    hub_clocks: dict[int, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.of = {(day, code): Day() for day in range(self.days) for code in self.offices}
        self._stories()
        for each in self.of.values():
            each.replayed = self.lot.random() < FAULTY_SHARE
        for code in self.offices[:1]:
            for day in range(self.days):
                self.of[day, code].replayed = True
        self._clocks_and_acts()
        self._line_faults()

    def _stories(self) -> None:
        """Give each office one story at most; it begins on any day but the last."""
        wanted = list(STORIES)
        wanted += [self.lot.choice(STORIES) for _ in range(int(len(self.offices) * SELDOM_SHARE))]
        for code, story in zip(self.lot.sample(self.offices, k=len(wanted)), wanted, strict=True):
            first = self.lot.randrange(self.days - 1)
            for day in (first, first + 1):
                self.of[day, code].story, self.of[day, code].of_story = story, day - first

    def _clocks_and_acts(self) -> None:
        later = [day for (number, _code), day in self.of.items() if number]
        there = [day for day in later if day.story != "clock days ahead" and day.of_story]
        there += [day for day in later if not day.story]
        for what in (*CLOCKS, *ACTS):
            possible = later if what in CLOCKS else there
            drawn = [self.lot.choice(possible)]
            drawn += [day for day in possible if self.lot.random() < SELDOM_SHARE / 4]
            for day in drawn:
                (day.clocks if what in CLOCKS else day.after).append(what)
        for what in HUB_CLOCKS:
            self.hub_clocks.setdefault(self.lot.randrange(self.days), []).append(what)

    def _line_faults(self) -> None:
        often, weights = list(LINE_FAULTS), list(LINE_FAULTS.values())
        drawn = self.lot.choices(often, weights, k=int(len(self.of) * FAULTY_SHARE))
        # There are days on which enough goes only this way.
        for what in (*sorted(LINE_FAULTS, key=_way, reverse=True), *drawn):
            self._draw(what, list(self.of.values()))

    def _draw(self, what: str, days: list[Day]) -> None:
        there = [(day, slot) for day in days for slot in day.free if slot.way == _way(what)]
        # After a fault that visit may come to nothing, and with it what was to happen later.
        least = min((len(day.faults), len(day.free)) for day, _slot in there)
        there = [each for each in there if (len(each[0].faults), len(each[0].free)) == least]
        day, slot = self.lot.choice(there)
        day.faults[slot.visit] = what, slot.way, self.lot.randrange(*_BYTES)

    def add_day(self, missing: set[str]) -> None:
        """Add a day for those of the line's faults that others kept from happening."""
        added = {(self.days, code): Day() for code in self.offices}
        for what in sorted(missing & LINE_FAULTS.keys()):
            self._draw(what, list(added.values()))
        self.of |= added
        self.days += 1

    @staticmethod
    def kinds() -> set[str]:
        """Return what has to have happened in the end, as it is counted."""
        acted = ("shown again", "forgotten", "withheld", "given back", "never handed over")
        people = (
            *("issued anew", "hub behind in trust data", "clocks confirmed", "visits replayed"),
            "handed over again",
        )
        return {*LINE_FAULTS, *CLOCKS, *HUB_CLOCKS, *people, *(f"bundles {each}" for each in acted)}

    def clocks_of_hubs(self, day: int, hubs: int) -> list[int]:
        """Return how far the clock of each hub is apart on this *day*."""
        apart = [0] * hubs
        for number, what in enumerate(self.hub_clocks.get(day, ())):
            apart[number] = self.lot.choice(HUB_CLOCKS[what])
        return apart
