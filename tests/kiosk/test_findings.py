"""What the comparison of a full population found, decided on at the screen."""

from __future__ import annotations

import pytest
from apply.people import RESIDENT
from apply.populations import compare, entry
from cli.test_population import BOB, CAROL, DAVE, EVE
from kiosk.seat import Seat, play, session_of
from kiosk.test_carrying import REGISTRY
from kiosk.test_separate_accounts import refusal
from stations.days import Day

from mediabridge.accounts import Role
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.errors import NotForRoleError
from mediabridge.kiosk.population import compared
from mediabridge.kiosk.session import Session, Worker
from mediabridge.locale import Language
from mediabridge.stations.population import deciding, looking
from mediabridge.stations.population.looking import FindingKind
from mediabridge.stations.registry import RegistryStation
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]


def found(day: Day) -> Session:
    """Let one finding of each kind wait: 2 different, 3 unclear, 4 missing, 5 extra."""
    root = day.world.home(REGISTRY).root
    for path in root.glob("registry.db*"):
        path.unlink()
    with open_station(Context(root)) as station:
        assert isinstance(station, RegistryStation)
        station.registry.load_population(
            [RESIDENT, *(RESIDENT | each for each in (BOB, CAROL, EVE))]
        )
        compare(
            station.registry,
            entry(1),
            entry(2, **(BOB | {"status_of_residence": "211"})),
            entry(3, **(CAROL | {"sex": "1"})),
            entry(4, **DAVE),
        )
    return session_of(day, REGISTRY)


def waiting(day: Day) -> list[int]:
    with day.at(REGISTRY) as station:
        assert isinstance(station, RegistryStation)
        return [each.finding.position for each in station.registry.findings(f"{1:032x}")]


async def kind(seat: Seat, number: str) -> None:
    """Go to the kind of finding with this *number*."""
    await seat.sign_in()
    await seat.press("5")
    await seat.answer("Decisions", "2")
    await seat.answer("Kinds", number)
    await seat.page("OfKind")


@pytest.mark.parametrize("lang", list(Language))
def test_one_finding_is_entered_by_one_person(day: Day, lang: Language) -> None:
    session = found(day)
    mark = {Language.EN: "DIFFERENT", Language.JA: "相違あり"}[lang]

    async def journey(seat: Seat) -> None:
        await kind(seat, "1")
        await seat.press("1")
        await seat.page("Finding")
        await seat.see("POPULATION_DIFFERS", "EXAMPLE BOB")
        await seat.read_to_the_end("1")
        assert any(mark in each for each in seat.seen)
        await seat.press("1")
        await seat.page("Sure")
        assert waiting(day) == [2, 3, 4, 5]
        await seat.answer("Sure", "7")
        await seat.page("NoMore")

    play(session, journey, lang=lang)
    assert waiting(day) == [3, 4, 5]
    (noted,) = day.entries(REGISTRY, Event.RECORD_DECIDED)
    assert (noted.actor, noted.facts.get("second")) == ("clerk-1", None)


def test_all_of_a_kind_are_entered_by_two_who_know_how_many_they_are(day: Day) -> None:
    session = found(day)

    async def journey(seat: Seat) -> None:
        await kind(seat, "2")
        await seat.press("2")
        await seat.page("HowMany")
        await seat.enter("2")
        await seat.see("It is another number.")
        await seat.enter("１")
        await seat.page("Sure")
        await seat.read_to_the_end("2")
        # Alone nobody can.
        assert not [each for each in seat.app.answers if each.key == "7"]
        await seat.press("2")
        await seat.page("Second")
        await seat.enter("officer-1")
        await seat.page("SecondPin")
        await seat.enter("training")
        await seat.page("Sure")
        assert waiting(day) == [2, 3, 4, 5]
        await seat.answer("Sure", "7")
        await seat.page("NoMore")

    play(session, journey)
    assert waiting(day) == [2, 3, 5]
    (noted,) = day.entries(REGISTRY, Event.RECORD_DECIDED)
    assert (noted.actor, noted.facts["second"]) == ("clerk-1", "officer-1")


@pytest.mark.parametrize("lang", list(Language))
def test_what_is_unclear_is_not_entered_and_the_register_stays_with_a_reason(
    day: Day, lang: Language
) -> None:
    session = found(day)

    async def journey(seat: Seat) -> None:
        await kind(seat, "4")
        assert [each.key for each in seat.app.answers] == ["1", "3", "0"]
        await seat.press("1")
        await seat.page("Finding")
        await seat.read_to_the_end("9")
        assert not [each for each in seat.app.answers if each.key == "1"]
        await seat.press("3")
        await seat.answer("Because", "3")
        await seat.answer("Sure", "7")
        await seat.page("NoMore")

    play(session, journey, lang=lang)
    assert waiting(day) == [2, 4, 5]
    (noted,) = day.entries(REGISTRY, Event.RECORD_DECIDED)
    assert noted.facts["reason"] == "BEING_INQUIRED"


def test_what_somebody_else_decided_meanwhile_is_not_decided_twice(day: Day) -> None:
    session = found(day)

    async def journey(seat: Seat) -> None:
        await kind(seat, "1")
        await seat.press("1")
        await seat.answer("Finding", "1")
        await seat.page("Sure")
        with day.at(REGISTRY) as station:
            came = looking.named(station, None)
            asked = deciding.asked(station, came, FindingKind.DIFFERENT, None)
            people = {"operator": "officer-2", "second": None}
            deciding.decide(
                station, asked.chosen, asked.seen, deciding.Cause.REGISTER_RIGHT, **people
            )
        await seat.answer("Sure", "7")
        await seat.page("NoMore")

    play(session, journey)
    (noted,) = day.entries(REGISTRY, Event.RECORD_DECIDED)
    assert noted.actor == "officer-2"


def test_officers_screen_shows_no_finding(day: Day) -> None:
    found(day)
    session = session_of(day, REGISTRY, role=Role.OFFICER)
    session.worker = Worker("officer-2", None)
    assert isinstance(refusal(compared(session)), NotForRoleError)
