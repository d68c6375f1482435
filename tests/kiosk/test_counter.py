"""A card that is shown at the desk, looked up at the screen."""

from __future__ import annotations

import pytest
from apply.people import NEW_CARD, OLD_CARD
from kiosk.seat import Seat, play
from kiosk.test_held import OTHER, REGISTRY, holding
from stations.days import Day

from mediabridge.locale import Language
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("port")]


@pytest.mark.parametrize("lang", list(Language))
def test_card_is_looked_up_and_what_waits_for_it_is_decided_on(day: Day, lang: Language) -> None:
    session = holding(day, OTHER)
    wrong = {Language.EN: "two letters", Language.JA: "英字二つ"}
    sources = {Language.EN: "neither; ask first", Language.JA: "どちらでもありません"}

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("6")
        await seat.page("Card")
        await seat.enter("AB0000")
        await seat.see(wrong[lang])
        assert day.entries(REGISTRY, Event.RECORD_LOOKED_UP) == []
        await seat.enter(OLD_CARD.lower())
        await seat.page("Answered")
        await seat.see(sources[lang])
        await seat.read_to_the_end("0")
        await seat.press("2")
        await seat.page("AskedBefore")
        await seat.see("clerk-1")
        await seat.press("0")
        await seat.page("Answered")
        await seat.press("5")
        await seat.page("Beside")
        await seat.press("0")
        await seat.page("Home")

    screens = "\n".join(play(session, journey, lang=lang))
    assert "EXAMPLE ALICE" in screens
    first, second = day.entries(REGISTRY, Event.RECORD_LOOKED_UP)
    assert (first.actor, second.actor) == ("clerk-1", "clerk-1")
    assert second.facts["reason"] == "LOOKUPS_LISTED"
    for each in (OLD_CARD, NEW_CARD, "ALICE"):
        assert each.encode() not in (day.world.home(REGISTRY).root / "log.db").read_bytes()


def test_a_screen_that_is_locked_shows_nobody(day: Day) -> None:
    session = holding(day, OTHER)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("6")
        await seat.page("Card")
        await seat.enter(OLD_CARD)
        await seat.page("Answered")
        await seat.press("f4")
        await seat.page("SignIn")
        assert "ALICE" not in seat.text

    play(session, journey)
