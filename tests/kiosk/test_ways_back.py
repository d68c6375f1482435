"""The way back is always there, and is what Enter takes where something cannot be taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from kiosk.seat import Seat, play, session_of
from kiosk.test_carrying import LGWAN, collected
from stations.days import Day

from mediabridge.kiosk.page import Page
from mediabridge.kiosk.sheet import Sheet

pytestmark = pytest.mark.usefixtures("port")


def test_where_something_is_typed_the_way_back_is_escape_and_says_so(day: Day) -> None:
    async def journey(seat: Seat) -> None:
        await seat.until(lambda: seat.page_is("SignIn"))
        await seat.enter("clerk-1")
        await seat.page("Pin")
        shown = await seat.see("Esc  Somebody else")
        assert "0  Somebody else" not in shown
        await seat.press("escape")
        await seat.page("SignIn")

    play(session_of(day, LGWAN), journey)


def test_enter_takes_the_way_back_where_another_answer_cannot_be_taken_back(day: Day) -> None:
    collected(day)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("2")
        await seat.page("Prepare")
        await seat.see("7  Yes, make it ready", "0  ")
        await seat.press("enter")
        await seat.page("Home")

    play(session_of(day, LGWAN), journey)
    assert day.books(LGWAN) == []


class Long(Page):
    def title(self) -> str:
        return "Read this"

    def lines(self) -> Sequence[str]:
        return [f"Line {number}" for number in range(40)]


def test_last_part_says_that_the_same_key_leads_to_the_first(day: Day) -> None:
    sheet = Sheet(Long(session_of(day, LGWAN)), 80, 24)
    count = len(sheet.parts())
    assert count > 2
    labels = [sheet.answers(part, count)[0].label for part in range(count)]
    assert labels[:-1] == [f"Next part ({part} of {count})" for part in range(1, count)]
    assert labels[-1] == f"Read it from the beginning ({count} of {count})"
