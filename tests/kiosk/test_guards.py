"""What the screen owes to whoever sits before it: nothing happens that was not meant."""

from __future__ import annotations

import time

import pytest
from kiosk.seat import Seat, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, collected
from stations.days import Day
from stations.sticks import Stick

from mediabridge.media.trips import ServiceState
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]


def test_keys_typed_ahead_confirm_nothing(day: Day) -> None:
    collected(day)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.page("Home")
        seat.send("2", "7")
        await seat.page("Prepare")
        assert day.entries(LGWAN, Event.BUNDLE_SEALED) == []
        await seat.press("x", "7")
        await seat.page("Prepared")

    seen = play(session_of(day), journey)
    assert any("Make ready what waits?" in each for each in seen)
    assert len(day.entries(LGWAN, Event.BUNDLE_SEALED)) == 1


def test_what_follows_a_pin_typed_too_early_is_no_pin(day: Day) -> None:
    """A part of it would be a wrong one, and a token locks after a few."""

    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        await seat.ready()
        seat.send(*"clerk-1", "enter", *"train")
        await seat.until(lambda: seat.page_is("Pin") and seat.app.heed.armed < float("inf"))
        seat.app.heed.dropped = time.monotonic()
        seat.send(*"ing", "enter")
        await seat.page("Pin")
        await seat.enter("training")
        await seat.page("Home")

    play(session_of(day), journey)
    assert day.entries(LGWAN, Event.PASSPHRASE_WRONG) == []


def test_key_that_is_held_down_confirms_nothing(day: Day) -> None:
    collected(day)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("2")
        await seat.page("Prepare")
        seat.app.heed.keys = ("", "7")
        await seat.press("7", "7")
        await seat.see("Press another key first")
        assert seat.page_is("Prepare")
        await seat.press("5", "7")
        await seat.page("Prepared")

    play(session_of(day), journey)


def test_summary_is_approved_below_its_last_line_only(day: Day) -> None:
    day.seal(content=NOTICES)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("3")
        await seat.page("Officer")
        await seat.enter("officer-1")
        await seat.page("OfficerPin")
        await seat.enter("training")
        await seat.page("Summary")
        assert [each.key for each in seat.app.answers] == ["8", "0"]
        await seat.press("7")
        assert seat.page_is("Summary")
        await seat.read_to_the_end()
        await seat.press("0")
        await seat.page("Home")

    seen = "\n".join(play(session_of(day), journey))
    assert day.entries(LGWAN, Event.BUNDLE_APPROVED) == []
    for each in ("content (SHA-256)", "prepared by", "lgwan-01 > registry-01", "records: 3"):
        assert each in seen


def test_what_was_exchanged_after_it_was_shown_is_not_approved(day: Day) -> None:
    bundle = day.seal(content=NOTICES)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("3")
        await seat.page("Officer")
        await seat.enter("officer-1")
        await seat.page("OfficerPin")
        await seat.enter("training")
        await seat.page("Summary")
        await seat.read_to_the_end()
        sums = day.world.home(LGWAN).outbox / bundle / "SHA256SUMS"
        sums.write_bytes(sums.read_bytes() + b"\n")
        await seat.press("7")
        await seat.see("Code for the security officer: OUTBOX_CHANGED")

    play(session_of(day), journey)
    assert day.entries(LGWAN, Event.BUNDLE_APPROVED) == []


@pytest.mark.parametrize(
    ("name", "pin", "code"),
    [
        ("clerk-1", "", "NOT_FOR_THIS_ROLE"),
        ("officer-1", "wrong", "PASSPHRASE_WRONG"),
        ("nobody", "", "STAFF_NUMBER_UNKNOWN"),
    ],
)
def test_nobody_else_approves(day: Day, name: str, pin: str, code: str) -> None:
    day.seal(content=NOTICES)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("3")
        await seat.page("Officer")
        await seat.enter(name)
        # Of whoever cannot approve no PIN is asked for.
        if pin:
            await seat.page("OfficerPin")
            await seat.enter(pin)
        shown = await seat.see(f"Code for the security officer: {code}")
        assert "What to do:" in shown
        # Whoever types ahead has typed a PIN there.
        assert code != "STAFF_NUMBER_UNKNOWN" or all(name not in each for each in seat.seen)

    play(session_of(day), journey)
    assert day.entries(LGWAN, Event.BUNDLE_APPROVED) == []
    assert len(day.entries(LGWAN, Event.PASSPHRASE_WRONG)) == (code == "PASSPHRASE_WRONG")


def test_wrong_pin_is_said_and_typed_once_more(day: Day) -> None:
    day.seal(content=NOTICES)

    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        await seat.enter("clerk-1")
        await seat.page("Pin")
        await seat.enter("wrong")
        await seat.see("Code for the security officer: PASSPHRASE_WRONG")
        await seat.press("1")
        await seat.page("Pin")
        await seat.enter("training")
        await seat.page("Home")
        await seat.press("3")
        await seat.page("Officer")
        await seat.enter("officer-1")
        await seat.page("OfficerPin")
        await seat.enter("wrong")
        await seat.see("Code for the security officer: PASSPHRASE_WRONG")
        await seat.press("1")
        await seat.page("OfficerPin")
        await seat.enter("training")
        await seat.page("Summary")

    play(session_of(day), journey)
    wrong = day.entries(LGWAN, Event.PASSPHRASE_WRONG)
    assert [each.facts["wrong"] for each in wrong] == [1, 1]


def test_officer_sends_back_what_the_clerk_then_sees(day: Day) -> None:
    bundle = day.seal(content=NOTICES)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("3")
        await seat.page("Officer")
        await seat.enter("officer-1")
        await seat.page("OfficerPin")
        await seat.enter("training")
        await seat.page("Summary")
        await seat.read_to_the_end()
        await seat.press("5")
        await seat.page("SendBack")
        await seat.press("2")
        await seat.page("Home")
        await seat.see("officer-1")

    play(session_of(day), journey)
    (entry,) = day.entries(LGWAN, Event.BUNDLE_REJECTED)
    assert (entry.actor, entry.facts["bundle"]) == ("officer-1", bundle)
    assert day.books(LGWAN) == []


def test_medium_is_reported_lost_by_two_keys(day: Day, stick: Stick) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        await seat.page("Carry")
        await seat.press("f8")
        await seat.page("Lost")
        # Said before the second key, as nothing is asked after it.
        await seat.see("This is final")
        await seat.press("1")
        shown = await seat.see("Tell the security officer now.")
        assert "USB-001" in shown
        await seat.press("0")
        await seat.page("Carry")

    play(session_of(day), journey)
    assert day.health().state is ServiceState.LOST
    (entry,) = day.entries(LGWAN, Event.MEDIUM_LOST)
    assert entry.actor == "clerk-1"


def test_screen_is_locked_and_forgets_the_key(day: Day) -> None:
    session = session_of(day)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.page("Home")
        seat.app.heed.touched -= session.means.idle_seconds + 1
        await seat.see("the screen was locked")
        assert session.worker is None
        await seat.sign_in()
        await seat.page("Home")
        await seat.press("f4")
        await seat.page("SignIn")
        assert session.worker is None

    play(session, journey)


def test_medium_is_reported_by_nobody_who_has_not_signed_in(day: Day, stick: Stick) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)

    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        await seat.press("f8")
        await seat.page("SignInFirst")
        shown = await seat.see("tell the security officer at once")
        assert "USB-001" not in shown
        await seat.press("0")
        await seat.sign_in()
        await seat.press("f8")
        await seat.page("Lost")
        await seat.see("USB-001 is lost")

    play(session_of(day), journey)
    assert day.entries(LGWAN, Event.MEDIUM_LOST) == []
