"""The screen begins: played with every commit, since a city is not needed for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from kiosk.seat import Seat, play

from mediabridge.clock import SystemClock
from mediabridge.kiosk.session import Means, Session
from mediabridge.locale import Language
from mediabridge.stations.home import Home
from mediabridge.stations.who import StationConfig

FIRST = {
    Language.EN: ("Who is at the desk?", "Staff number", "F8 Medium lost"),
    Language.JA: ("席にいるのはどなたですか。", "職員番号", "F8 媒体の紛失"),
}


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize("lang", list(Language))
def test_first_page_asks_who_it_is(tmp_path: Path, lang: Language) -> None:
    config = StationConfig(
        station="lgwan-01",
        role="lgwan",
        mode="training",
        city="city.example.jp",
        municipality_code="131041",
    )

    def opened(**_more: object) -> None:
        pytest.fail("nothing is looked up before somebody has said who it is")

    means = Means(Home(tmp_path), config, opened, SystemClock())  # type: ignore[arg-type]

    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        await seat.see(*FIRST[lang], "lgwan-01")
        await seat.press("f1")
        await seat.page("Help")

    play(Session(means), journey, lang=lang)
