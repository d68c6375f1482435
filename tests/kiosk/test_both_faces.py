"""The same journey at the screen that is drawn and line by line: the same is said and comes of it.

A journey is written once, by the words of its answers; each face finds them as somebody does who
sees, or hears, one part of a page after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from apply.people import OLD_CARD, notice
from attacks.records import municipal_notice
from attacks.world import World, copy_of, scratch
from kiosk.seat import Seat, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, REGISTRY
from kiosk.test_files import IN_CP932
from kiosk.test_held import KANJI, NOBODY, OTHER, holding
from kiosk.test_plain import SECRET, Talker, check_lines, talking
from stations.days import Day
from stations.test_changes import write

from mediabridge.kiosk.page import Live
from mediabridge.kiosk.session import Session
from mediabridge.locale import Language, text
from mediabridge.records.result import Result
from mediabridge.stations import held
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]

SAID = frozenset(
    {"record", "records", "result", "reason", "seq", "route_from", "route_to", "second"}
)
"""What the log says that is the same in each run; what holds ids, times and hashes is not."""

PARTS = 30
"""No page has as many; an answer that comes in none of them is not there."""


@dataclass(frozen=True)
class Choose:
    """The answer in which *words* stand."""

    words: str


@dataclass(frozen=True)
class Enter:
    """A line for the field that is called *label*."""

    label: str
    typed: str


Step = Choose | Enter


class Drawn:
    """Somebody who sees, and presses keys."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    async def take(self, step: Step) -> None:
        seat = self._seat
        await self._waits()
        before = seat.app.shown
        await self._give(step)
        # Until then the answers of the page before stand there still.
        await seat.until(lambda: seat.app.shown is not before)

    async def _give(self, step: Step) -> None:
        seat = self._seat
        if isinstance(step, Enter):
            await seat.until(lambda: self._asks_for(step))
            await seat.enter(step.typed)
            return
        for _ in range(PARTS):
            keys = self._keys_of(step)
            await seat.press(*(keys or ["8"]))
            if keys:
                return
            await self._waits()
        pytest.fail(f"{text(step.words)} was never offered:\n{seat.text}")

    async def _waits(self) -> None:
        await self._seat.until(lambda: not isinstance(self._seat.app.shown, Live))
        await self._seat.ready()
        self._seat.text  # noqa: B018 - noted among what was seen

    def _asks_for(self, step: Enter) -> bool:
        field = self._seat.app.shown.field()
        return field is not None and field.label == text(step.label)

    def _keys_of(self, step: Choose) -> list[str]:
        return [each.key for each in self._seat.app.answers if text(step.words) in each.label]


def drawn(session: Session, steps: Sequence[Step], end: str, lang: Language) -> str:
    """Take *steps* at the screen until *end* stands there; return what was seen."""

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        for step in steps:
            await Drawn(seat).take(step)
        await seat.see(text(end))

    return "\n".join(play(session, journey, lang=lang))


def taken(talker: Talker, step: Step) -> None:
    """Take *step* by what is said."""
    if isinstance(step, Enter):
        talker.answer(text(step.label), step.typed)
        return
    wanted = re.compile(rf"^(\d): .*{re.escape(text(step.words))}", re.MULTILINE)
    for _ in range(PARTS):
        found = wanted.search(talker.until(f"\n{text('Your answer')}: "))
        talker.type(f"{found[1] if found else 8}\r")
        if found:
            return
    pytest.fail(f"{text(step.words)} was never offered:\n{talker.heard}")


def said(home: Path, steps: Sequence[Step], end: str, lang: Language, *words: str) -> str:
    """Take *steps* line by line until *end* is said; return what was heard."""
    with talking(home, lang, *words) as talker:
        talker.sign_in()
        for step in steps:
            taken(talker, step)
        talker.until(text(end))
        talker.until(f"\n{text('Your answer')}: ")
        check_lines(talker.heard)
        return talker.heard


@contextmanager
def two_days(city: World) -> Iterator[tuple[Day, Day]]:
    with scratch() as one, scratch() as other:
        yield Day(copy_of(city, Path(one) / "world")), Day(copy_of(city, Path(other) / "world"))


def became(day: Day, at: str, *events: Event) -> list[tuple[str, str, dict[str, Any]]]:
    """Return what the log says of *events*."""
    return [
        (each.event, each.actor, {k: v for k, v in each.facts.items() if k in SAID})
        for each in day.entries(at, *events)
    ]


def decided(day: Day) -> list[tuple[str, Result | None, str, str | None]]:
    """Return what became of each notice that was held."""
    with day.at(REGISTRY) as station:
        found = [held.chosen(station, each) for each in ("N-0007", "N-0008", "N-0009")]
    pairs = [(each.held.record, each.decided) for each in found]
    return [
        (record, done and done.result, done.by if done else "", done and done.second)
        for record, done in pairs
    ]


FIRST = Choose("Decide on notices"), Choose("The notices that are held")
DECIDE, YES, LATER = (
    Choose("Decide on it"),
    Choose("Yes, decide this"),
    Choose("Leave it for later"),
)
HELD: dict[str, tuple[Step, ...]] = {
    "alone": (*FIRST, DECIDE, Choose("conflict"), YES, LATER, LATER),
    "with a second person": (
        *FIRST, LATER, DECIDE, Choose("moved out"),
        Enter("Code of the municipality, six digits", "123456"),
        Enter("Code of the municipality, six digits", "１１２０３８"),
        Choose("Together with a second person"),
        Enter("Staff number", "officer-1"), Enter("PIN", SECRET),
        YES, LATER,
    ),
    "kanji by kanji": (
        *FIRST, LATER, LATER, DECIDE,
        Choose("with the proposed kanji"), Choose("first proposal"), YES,
    ),
    "anew": (
        *FIRST, DECIDE, Choose("conflict"), YES, LATER, LATER,
        Choose("Decide anew on a notice"), Enter("Number of the notice", "N-0007"),
        DECIDE, Choose("refused"), YES,
    ),
    "all left for later": (*FIRST, LATER, LATER, LATER),
}  # fmt: skip


@pytest.mark.parametrize("lang", list(Language))
@pytest.mark.parametrize("name", HELD)
def test_held_notices_are_decided_on_alike(city: World, name: str, lang: Language) -> None:
    notices = OTHER, NOBODY, notice(notice_id="N-0009", name_kanji=KANJI)
    steps, end = HELD[name], "These were all for now."
    with two_days(city) as (one, other):
        seen = drawn(holding(one, *notices), steps, end, lang)
        holding(other, *notices)
        heard = said(other.world.home(REGISTRY).root, steps, end, lang)
        for each in ("EXAMPLE BEATRICE", "EXAMPLE ALICE", "EXAMPLE NOBODY", text("DIFFERENT")):
            assert each in seen
            assert each in heard
        assert decided(one) == decided(other)
        log = became(one, REGISTRY, Event.RECORD_DECIDED)
        assert log == became(other, REGISTRY, Event.RECORD_DECIDED)
        assert len(log) == steps.count(YES)


LOOKUP: tuple[Step, ...] = (
    Choose("Look up a card"),
    Enter("Number of the card", "AB0000"),
    Enter("Number of the card", OLD_CARD.lower()),
    Choose("Who asked for it before"),
    Choose("Back"),
    Choose("Decide on what waits for this card"),
    DECIDE,
    Choose("conflict"),
    YES,
)


@pytest.mark.parametrize("lang", list(Language))
def test_card_at_the_counter_is_looked_up_alike(city: World, lang: Language) -> None:
    end = "Nothing waits for a decision."
    with two_days(city) as (one, other):
        seen = drawn(holding(one, OTHER), LOOKUP, end, lang)
        holding(other, OTHER)
        heard = said(other.world.home(REGISTRY).root, LOOKUP, end, lang)
        for each in ("EXAMPLE ALICE", "EXAMPLE BEATRICE", text("Who asked for this card before?")):
            assert each in seen
            assert each in heard
        log = Event.RECORD_LOOKED_UP, Event.RECORD_DECIDED
        assert became(one, REGISTRY, *log) == became(other, REGISTRY, *log)
        assert len(became(one, REGISTRY, *log)) == 3


FILES: tuple[Step, ...] = (
    Choose("Take a file in"),
    Choose("b-wrong.csv"),
    Choose("Something else to take in"),
    Choose("a-right.csv"),
    Choose("Something else to take in"),
    Choose("c-windows.csv"),
    Choose("It is in another encoding"),
    Choose("Shift_JIS as Windows writes it (cp932)"),
    Choose("Make ready what waits"),
    Choose("Yes, make it ready"),
)


def tray_of(day: Day) -> Path:
    folder = day.world.root / "tray"
    for name in ("in", "out"):
        (folder / name).mkdir(parents=True)
    (folder / "in" / "a-right.csv").write_bytes(NOTICES)
    (folder / "in" / "b-wrong.csv").write_bytes(NOTICES.replace(b"2026-05-01", b"2026-02-30", 1))
    (folder / "in" / "c-windows.csv").write_bytes(IN_CP932)
    return folder


@pytest.mark.parametrize("lang", list(Language))
def test_files_are_taken_in_alike(city: World, lang: Language) -> None:
    end = "It is made ready."
    with two_days(city) as (one, other):
        seen = drawn(session_of(one, tray=tray_of(one)), FILES, end, lang)
        tray, home = str(tray_of(other)), other.world.home(LGWAN).root
        heard = said(home, FILES, end, lang, "--tray", tray)
        for each in ("RECORDS_REFUSED", "2026-02-30", "a-right.csv", "c-windows.csv"):
            assert each in seen
            assert each in heard
        log = Event.FILE_COLLECTED, Event.BUNDLE_SEALED
        assert became(one, LGWAN, *log) == became(other, LGWAN, *log)
        assert len(became(one, LGWAN, *log)) == 3


CHANGES: tuple[Step, ...] = (
    Choose("Take in files or changes"),
    Choose("Change rows of the city's system"),
    Choose("Something else to take in"),
    Choose("Change rows of the city's system"),
    Choose("Make ready what waits"),
    Choose("Yes, make it ready"),
)


@pytest.mark.parametrize("lang", list(Language))
def test_change_rows_are_taken_in_alike(city: World, lang: Language) -> None:
    end = "It is made ready."
    with two_days(city) as (one, other):
        for each in (one, other):
            write(each.world, municipal_notice(1, 1))
        seen = drawn(session_of(one, REGISTRY), CHANGES, end, lang)
        heard = said(other.world.home(REGISTRY).root, CHANGES, end, lang)
        for words in ("The change rows are taken in.", "No change rows wait in the registry."):
            assert text(words) in seen
            assert text(words) in heard
        log = Event.FILE_COLLECTED, Event.BUNDLE_SEALED
        assert became(one, REGISTRY, *log) == became(other, REGISTRY, *log)
        assert len(became(one, REGISTRY, *log)) == 2
