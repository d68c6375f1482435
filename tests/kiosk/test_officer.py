"""An officer chooses among several bundles, and sends one back with an own remark."""

from __future__ import annotations

import pytest
from kiosk.seat import Seat, play, session_of
from kiosk.test_carrying import LGWAN
from stations.days import Day

from mediabridge.locale import Language
from mediabridge.stations.books import BundleState
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]

WRONG = "昨日の分が入っていません。"


async def look_at(seat: Seat, number: str) -> None:
    await seat.press("3")
    await seat.page("WhichBundle")
    await seat.press(number)
    await seat.page("Officer")
    await seat.enter("officer-1")
    await seat.page("OfficerPin")
    await seat.enter("training")
    await seat.page("Summary")


@pytest.mark.parametrize("lang", list(Language))
def test_officer_approves_the_second_of_several(day: Day, lang: Language) -> None:
    bundles = [day.seal(), day.seal()]

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await look_at(seat, "2")
        await seat.answer("Summary", "7")
        await seat.page("Prepared")

    play(session_of(day), journey, lang=lang)
    (entry,) = day.entries(LGWAN, Event.BUNDLE_APPROVED)
    with day.at(LGWAN) as station:
        rows = {row.bundle: row for row in station.books.bundles("out")}
        assert [row.bundle for row in station.books.bundles_in(BundleState.SEALED)] == bundles[:1]
    assert rows[str(entry.facts["bundle"])].seq == 2


def test_of_more_than_six_the_others_are_a_key_away(day: Day) -> None:
    for _ in range(8):
        day.seal()

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("3")
        await seat.page("WhichBundle")
        assert len([each for each in seat.app.answers if each.key in "123456"]) == 6
        await seat.press("9")
        await seat.until(lambda: any("8" in each.label for each in seat.app.answers))
        await seat.press("2")
        await seat.page("Officer")
        await seat.enter("officer-1")
        await seat.page("OfficerPin")
        await seat.enter("training")
        await seat.page("Summary")
        await seat.read_to_the_end("7")
        await seat.press("0")
        await seat.page("Home")

    seen = "\n".join(play(session_of(day), journey))
    assert "lgwan-01 > registry-01, number 8" in seen


@pytest.mark.parametrize("lang", list(Language))
def test_bundle_is_sent_back_with_an_own_remark(day: Day, lang: Language) -> None:
    day.seal()
    day.seal()

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await look_at(seat, "2")
        await seat.answer("Summary", "5")
        await seat.page("SendBack")
        await seat.press("4")
        await seat.page("Remark")
        await seat.enter("x" * 201)
        await seat.page("Remark")
        await seat.see("200")
        await seat.enter(WRONG)
        await seat.page("Remarked")
        await seat.see(WRONG)
        assert day.entries(LGWAN, Event.BUNDLE_REJECTED) == []
        await seat.press("7")
        await seat.page("Home")
        await seat.see(WRONG)

    play(session_of(day), journey, lang=lang)
    (entry,) = day.entries(LGWAN, Event.BUNDLE_REJECTED)
    assert (entry.actor, entry.facts["reason"]) == ("officer-1", "OTHER")
    with day.at(LGWAN) as station:
        assert [each.remark for each in station.books.sent_back()] == [WRONG]
