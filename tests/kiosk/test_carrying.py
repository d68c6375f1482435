"""A day at either desk: from what was collected to a stick in the hand."""

from __future__ import annotations

from threading import Event as Gate

import pytest
from attacks.records import isa_csv
from kiosk.seat import Port, Seat, play, session_of
from stations.days import Day, failing, on
from stations.sticks import Stick, usb

from mediabridge.errors import MediumIoError, PulledOutError
from mediabridge.locale import Language, text
from mediabridge.media.states import Handling
from mediabridge.shown.table import Table
from mediabridge.stations.books import BundleState
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
NOTICES = isa_csv((1, 1), (2, 2), (3, 99))
TAKE_OUT = {Language.EN: "You may take it out now", Language.JA: "抜いてかまいません"}


def collected(day: Day) -> None:
    path = day.world.root / "incoming.csv"
    path.write_bytes(NOTICES)
    with day.at(LGWAN) as station:
        station.collect(path)


def _tables(seat: Seat) -> list[Table]:
    return [each for each in seat.app.shown.lines() if isinstance(each, Table)]


async def approve(seat: Seat, officer: str) -> None:
    """Have what waits approved, from the page that says so."""
    await seat.press("3")
    await seat.page("Officer")
    await seat.enter(officer)
    await seat.page("OfficerPin")
    await seat.enter("training")
    await seat.page("Summary")
    await seat.read_to_the_end()
    await seat.press("7")
    await seat.page("Prepared")


async def made_ready(seat: Seat) -> None:
    await seat.press("2")
    await seat.page("Prepare")
    await seat.press("7")
    await seat.page("Prepared")


@pytest.mark.parametrize("lang", list(Language))
def test_clerk_carries_and_officer_approves_at_the_lgwan_side(
    day: Day, port: Port, stick: Stick, lang: Language
) -> None:
    collected(day)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.page("Home")
        await made_ready(seat)
        await approve(seat, "officer-1")
        await seat.press("1")
        await seat.page("Carry")
        port.plug(stick)
        shown = await seat.see(TAKE_OUT[lang])
        assert "USB-001" in shown.splitlines()[1]
        assert REGISTRY in shown.splitlines()[1]
        await seat.press("0")
        await seat.page("Home")

    play(session_of(day), journey, lang=lang)
    assert day.books(LGWAN) == [("out", "written", 1)]
    assert len(on(stick)) == 1
    (sealed,) = day.entries(LGWAN, Event.BUNDLE_SEALED)
    (approved,) = day.entries(LGWAN, Event.BUNDLE_APPROVED)
    assert (sealed.actor, approved.actor) == ("clerk-1", "officer-1")
    assert stick.calls.count("eject") == 1


@pytest.mark.parametrize("lang", list(Language))
def test_registry_side_takes_in_and_writes_its_answer(
    day: Day, port: Port, stick: Stick, lang: Language
) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    port.plug(stick)
    held = {Language.EN: "held", Language.JA: "保留"}[lang]

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.page("Home")
        await seat.press("1")
        await seat.until(lambda: any(each.key == "2" for each in seat.app.answers))
        shown = await seat.see(held)
        assert TAKE_OUT[lang] not in shown
        assert seat.app.shown.handling() is Handling.LEAVE_IN
        ticked = next(each for each in _tables(seat) if text("check") in each.headings)
        # What was found of the log is nobody's at the desk, and read like something missing.
        assert {row[-1] for row in ticked.rows} == {text("OK")}
        assert all(text("none yet") not in row for row in ticked.rows)
        await made_ready(seat)
        await approve(seat, "officer-2")
        await seat.press("1")
        await seat.see(TAKE_OUT[lang])

    play(session_of(day, REGISTRY), journey, lang=lang)
    assert day.books(REGISTRY) == [("in", "taken", 1), ("out", "written", 1)]
    # Read once: the visit was gone on with, not begun anew.
    assert len(day.entries(REGISTRY, Event.BUNDLE_APPLIED)) == 1
    assert stick.calls.count("eject") == 2


def test_stick_that_waits_keeps_no_screen_open_and_is_gone_on_with(
    day: Day, port: Port, stick: Stick
) -> None:
    """Nothing is taken in twice, though it is read anew for whoever signs in."""
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    port.plug(stick)
    session = session_of(day, REGISTRY)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        await seat.until(lambda: any(each.key == "2" for each in seat.app.answers))
        seat.app.heed.touched -= session.means.idle_seconds + 1
        await seat.see("the screen was locked")
        assert session.worker is None
        await seat.sign_in()
        await made_ready(seat)
        await approve(seat, "officer-2")
        await seat.press("1")
        await seat.see(TAKE_OUT[Language.EN])

    play(session, journey)
    assert day.books(REGISTRY) == [("in", "taken", 1), ("out", "written", 1)]
    assert len(day.entries(REGISTRY, Event.BUNDLE_APPLIED)) == 1


def test_stick_that_fails_is_named_with_its_code_and_tried_again(
    day: Day, port: Port, stick: Stick
) -> None:
    day.pack()
    stick.at_mount = failing(MediumIoError(detail="EIO"), "write")

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        port.plug(stick)
        shown = await seat.see("Code for the security officer: IO_ERROR")
        assert TAKE_OUT[Language.EN] not in shown
        port.plug()
        await seat.see("Plug it in")
        port.plug(stick)
        shown = await seat.see(TAKE_OUT[Language.EN])
        assert "IO_ERROR" not in shown

    play(session_of(day), journey)
    assert day.books(LGWAN) == [("out", "written", 1)]


def test_stick_pulled_out_while_it_is_written_is_asked_for_again(
    day: Day, port: Port, stick: Stick
) -> None:
    day.pack()

    def pull(call: str) -> None:
        if call == "write" and stick.present:
            stick.present = False
            port.plug()
            raise PulledOutError(medium="USB-001")

    stick.at_mount = pull

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        port.plug(stick)
        await seat.see("PULLED_OUT")
        stick.present = True
        stick.at_mount = lambda _call: None
        port.plug(stick)
        await seat.see(TAKE_OUT[Language.EN])

    play(session_of(day), journey)
    with day.at(LGWAN) as station:
        assert [row.state for row in station.books.bundles("out")] == [BundleState.WRITTEN]


def test_strangers_stick_is_refused_and_nothing_is_written(day: Day, port: Port) -> None:
    day.pack()
    stranger = Stick(day.world.medium, usb("S-0009"))

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        port.plug(stranger)
        shown = await seat.see("Code for the security officer: UNREGISTERED")
        assert "What to do:" in shown

    play(session_of(day), journey)
    assert "write" not in stranger.calls


def test_nothing_leads_away_while_a_stick_is_being_written(
    day: Day, port: Port, stick: Stick
) -> None:
    day.pack()
    writing, may_end = Gate(), Gate()

    def hold(call: str) -> None:
        if call == "write":
            writing.set()
            assert may_end.wait(300)

    stick.at_mount = hold

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        port.plug(stick)
        await seat.until(writing.is_set)
        shown = await seat.see("DO NOT PULL IT OUT")
        assert seat.app.answers == []
        assert TAKE_OUT[Language.EN] not in shown
        await seat.press("0", "escape", "f4", "ctrl+c")
        assert await seat.page("Carry")
        assert seat.app.session.worker is not None
        for over in ("f1", "f8"):
            await seat.press(over)
            await seat.until(lambda: not seat.page_is("Carry", "Errand"))
            shown = await seat.see("DO NOT PULL IT OUT")
            assert TAKE_OUT[Language.EN] not in shown
            await seat.press("0")
            await seat.page("Carry")
        may_end.set()
        await seat.see(TAKE_OUT[Language.EN])

    play(session_of(day), journey)
