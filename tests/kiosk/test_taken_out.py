"""A medium that was let go of and is out: named on its own page alone, and asked for anew."""

from __future__ import annotations

from kiosk.seat import Port, Seat, play, session_of
from kiosk.test_carrying import NOTICES, TAKE_OUT
from stations.days import Day
from stations.sticks import Stick

from mediabridge.locale import Language


def test_medium_that_is_out_is_named_nowhere_else_and_the_next_one_is_asked_for(
    day: Day, port: Port, stick: Stick
) -> None:
    day.pack(content=NOTICES)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        # What is approved is on its way to nobody yet.
        await seat.see("Waiting for a receipt: 0")
        await seat.press("1")
        await seat.page("Carry")
        port.plug(stick)
        shown = await seat.see(TAKE_OUT[Language.EN])
        assert "Medium: USB-001" in shown
        port.plug()
        await seat.until(lambda: seat.app.session.bus.is_empty)
        # Switched off it is gone from the bus before anybody has pulled it out.
        assert "Medium: USB-001" in await seat.see(TAKE_OUT[Language.EN])
        await seat.press("0")
        await seat.page("Home")
        await seat.see("Medium: -", "Waiting for a receipt: 1")
        await seat.press("1")
        shown = await seat.see(">>>>", "Medium: -")
        assert TAKE_OUT[Language.EN] not in shown

    play(session_of(day), journey)
