"""A medium that stays in while people work at other pages: what its hands do stands on each."""

from __future__ import annotations

import pytest
from kiosk.seat import Port, Seat, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, REGISTRY, TAKE_OUT, collected, made_ready
from stations.days import Day
from stations.sticks import Stick, usb

from mediabridge.locale import Language
from mediabridge.stations.books import BundleState

pytestmark = pytest.mark.in_turns

LEAVE_IN = {Language.EN: "DO NOT PULL IT OUT", Language.JA: "抜かないでください"}
PUT_BACK = {Language.EN: "It was pulled out.", Language.JA: "媒体が抜けています"}
GO_ON = {Language.EN: "Go on with the medium that is in", Language.JA: "差してある媒体で続ける"}


async def waits_for_its_answer(seat: Seat) -> None:
    await seat.sign_in()
    await seat.press("1")
    await seat.until(lambda: any(each.key == "2" for each in seat.app.answers))


async def read_by(seat: Seat, officer: str) -> None:
    """Come to the officer's question, from the page that says what waits."""
    await seat.press("3")
    await seat.page("Officer")
    await seat.enter(officer)
    await seat.page("OfficerPin")
    await seat.enter("training")
    await seat.page("Summary")
    await seat.read_to_the_end()


@pytest.mark.parametrize("lang", list(Language))
def test_every_page_in_between_says_that_it_stays_in(
    day: Day, port: Port, stick: Stick, lang: Language
) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    port.plug(stick)

    async def says_so(seat: Seat, *pages: str) -> None:
        await seat.until(lambda: seat.page_is(*pages))
        shown = await seat.see(LEAVE_IN[lang], "USB-001")
        assert TAKE_OUT[lang] not in shown

    async def journey(seat: Seat) -> None:
        await waits_for_its_answer(seat)
        await says_so(seat, "Carry")
        await seat.press("5")
        await says_so(seat, "Beside")
        await seat.answer("Beside", "1")
        await says_so(seat, "Which")
        await seat.answer("Which", "1")
        await says_so(seat, "MovedTo", "Decide")
        await seat.press("escape")
        await seat.page("Beside")
        await seat.press("f4")
        await says_so(seat, "SignIn")
        await seat.sign_in()
        await says_so(seat, "Home")
        assert seat.key_of(GO_ON[lang]) == "1"
        await made_ready(seat)
        await says_so(seat, "Prepared")
        await read_by(seat, "officer-2")
        await says_so(seat, "Summary")
        await seat.press("f1")
        await says_so(seat, "Help")
        await seat.press("0")
        await seat.page("Summary")
        await seat.read_to_the_end()
        await seat.press("7")
        await says_so(seat, "Prepared")
        await seat.press(seat.key_of(GO_ON[lang]))
        await seat.see(TAKE_OUT[lang])

    seen = play(session_of(day, REGISTRY), journey, lang=lang)
    # Nothing asks for a medium that is in.
    assert not [each for each in seen if ">>>>" in each]
    assert day.books(REGISTRY) == [("in", "taken", 1), ("out", "written", 1)]


@pytest.mark.parametrize("page", ["Beside", "Summary"])
def test_pulled_out_at_such_a_page_it_is_said_at_once(
    day: Day, port: Port, stick: Stick, page: str
) -> None:
    lang = Language.EN
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    port.plug(stick)

    async def journey(seat: Seat) -> None:
        await waits_for_its_answer(seat)
        if page == "Beside":
            await seat.press("5")
        else:
            await made_ready(seat)
            await read_by(seat, "officer-2")
        await seat.page(page)
        await seat.see(LEAVE_IN[lang])
        port.plug()
        shown = await seat.see(PUT_BACK[lang], "USB-001")
        assert LEAVE_IN[lang] not in shown
        assert seat.page_is(page)
        port.plug(stick)
        shown = await seat.see(LEAVE_IN[lang])
        assert PUT_BACK[lang] not in shown
        port.plug()
        await seat.see(PUT_BACK[lang])
        await seat.press("0")
        await seat.page("Home")
        await seat.see(PUT_BACK[lang])
        await seat.press(seat.key_of("Plug in a medium"))
        await seat.see("The medium was pulled out before its answer was on it.", ">>>>")

    play(session_of(day, REGISTRY), journey)
    assert day.books(REGISTRY)[0] == ("in", "taken", 1)


@pytest.mark.parametrize("looked_at", [False, True])
@pytest.mark.parametrize("lang", list(Language))
def test_after_the_approval_it_goes_on_with_the_medium_that_is_in(
    day: Day, port: Port, stick: Stick, lang: Language, looked_at: bool
) -> None:
    """Whether it was plugged in at its own page, or while somebody prepared what it takes."""
    collected(day)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await made_ready(seat)
        port.plug(stick)
        if looked_at:
            await seat.press("0")
            await seat.page("Home")
            await seat.press("1")
            await seat.until(lambda: any(each.key == "2" for each in seat.app.answers))
            await seat.press("0")
            await seat.page("Home")
        await read_by(seat, "officer-1")
        await seat.press("7")
        await seat.page("Prepared")
        await seat.press(seat.key_of(GO_ON[lang]))
        await seat.see(TAKE_OUT[lang])

    seen = play(session_of(day), journey, lang=lang)
    assert not [each for each in seen if ">>>>" in each]
    assert day.books(LGWAN) == [("out", "written", 1)]


def test_one_that_was_switched_off_is_asked_for_by_what_to_do_with_it(
    day: Day, port: Port, stick: Stick
) -> None:
    """Still in the slot it is gone from the bus, and nothing can be written to it."""
    day.pack(content=NOTICES)
    let_go = stick.eject

    def eject() -> bool:
        done = let_go()
        port.plug()
        return done

    stick.eject = eject  # type: ignore[method-assign]
    port.plug(stick)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        await seat.see(TAKE_OUT[Language.EN])
        await seat.until(lambda: bool(seat.app.answers))
        await seat.press("0")
        await seat.page("Home")
        await seat.press(seat.key_of("Plug in a medium"))
        await seat.see(">>>>", "One that is still in was switched off: pull it out first")

    play(session_of(day), journey)
    with day.at(LGWAN) as station:
        assert [row.state for row in station.books.bundles("out")] == [BundleState.WRITTEN]


def test_one_that_was_refused_is_no_medium_to_go_on_with(day: Day, port: Port) -> None:
    day.pack()
    port.plug(Stick(day.world.medium, usb("S-0009")))

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press(seat.key_of(GO_ON[Language.EN]))
        await seat.see("UNREGISTERED")
        await seat.until(lambda: bool(seat.app.answers))
        await seat.press("0")
        shown = await seat.see("Plug in a medium")
        assert LEAVE_IN[Language.EN] not in shown

    play(session_of(day), journey)
