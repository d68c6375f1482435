"""What a medium brought and is held: its page says how many of them wait now."""

from __future__ import annotations

import pytest
from attacks.records import isa_csv
from kiosk.seat import Port, Seat, play, session_of
from kiosk.test_carrying import LGWAN, REGISTRY
from kiosk.test_held import waiting
from stations.days import Day
from stations.sticks import Stick

from mediabridge.locale import Language, text
from mediabridge.shown.table import Table

pytestmark = pytest.mark.in_turns

NOTICES = isa_csv((1, 1), (2, 98), (3, 99))


def held(seat: Seat) -> list[str]:
    """Return how many notices are held by the tables of the page."""
    tables = [each for each in seat.app.shown.lines() if isinstance(each, Table)]
    return [row[1] for each in tables for row in each.rows if row[0] == text("held")]


def says(seat: Seat, sentence: str) -> bool:
    """Tell whether the page says *sentence*, in whichever of its parts."""
    lines = [each for each in seat.app.shown.lines() if isinstance(each, str)]
    return any(sentence in each for each in lines)


async def decided(seat: Seat) -> None:
    """Decide on the notice that stands there, as the first decision says."""
    await seat.answer("Beside", "1")
    await seat.page("Which")
    await seat.read_to_the_end("1")
    await seat.press(seat.key_of(text("not found")))
    await seat.answer("Decide", "7")


@pytest.mark.parametrize("lang", list(Language))
def test_page_of_the_medium_counts_what_waits_now(
    day: Day, port: Port, stick: Stick, lang: Language
) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    port.plug(stick)

    async def offered(seat: Seat, *, deciding: bool) -> None:
        # What is drawn follows what the page says.
        wanted = {"2", "5"} if deciding else {"2"}
        await seat.until(lambda: {each.key for each in seat.app.answers} & {"2", "5"} == wanted)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        await offered(seat, deciding=True)
        assert held(seat) == ["2"]
        await seat.press("5")
        await decided(seat)
        await seat.answer("Beside", "9")
        await seat.page("Settled")
        assert len(waiting(day)) == 1
        await seat.press(seat.key_of(text("Back to the medium")))
        await seat.page("Carry")
        await seat.until(lambda: held(seat) == ["1"])
        await seat.until(lambda: says(seat, text("Decided on since: {count}", count=1)))
        await seat.ready()
        await offered(seat, deciding=True)
        # The other one from the beginning, and not from the medium's page.
        await seat.press("0")
        await seat.page("Home")
        await seat.press("5")
        await seat.answer("Decisions", "1")
        await decided(seat)
        await seat.page("Settled")
        await seat.press(seat.key_of(text("Back to the medium")))
        await seat.page("Carry")
        await seat.until(lambda: held(seat) == ["0"])
        await seat.until(lambda: says(seat, text("Decided on since: {count}", count=2)))
        await seat.ready()
        await offered(seat, deciding=False)

    play(session_of(day, REGISTRY), journey, lang=lang)
    assert waiting(day) == []
