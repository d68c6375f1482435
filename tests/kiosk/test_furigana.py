"""Readings are shown and taken away by one key; what is said line by line has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from kiosk.seat import Port, Seat, play, session_of
from kiosk.test_carrying import collected
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.locale import Language


def test_one_key_shows_how_kanji_are_read_and_takes_it_away(day: Day, port: Port) -> None:
    del port
    collected(day)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.see("媒体を差し込む", "法務省通知", "F6 ふりがな")
        await seat.press("f6")
        await seat.see("媒体(ばいたい)を差(さ)し込(こ)む", "法務省(ほうむしょう)通知(つうち)")
        # The name of a person, and that of a station, are nobody's to read.
        await seat.see("clerk-1", "registry-01")
        await seat.press("f2")
        await seat.see("Plug in a medium", "F6 Furigana")
        await seat.press("f2")
        await seat.see("媒体(ばいたい)を差(さ)し込(こ)む")
        await seat.press("f6")
        shown = await seat.see("媒体を差し込む")
        assert "ばいたい" not in shown

    play(session_of(day), journey, lang=Language.JA)


@pytest.mark.parametrize("look", [["--furigana"], ["--size", "large"], ["--contrast"]])
def test_what_is_about_the_drawing_is_refused_where_nothing_is_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], look: list[str]
) -> None:
    assert run(["--home", str(tmp_path), "--lang", "en", "kiosk", "--plain", *look]) == 2
    assert "--plain draws nothing" in capsys.readouterr().err
