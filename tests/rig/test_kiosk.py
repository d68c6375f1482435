"""The screen of the person at the desk, on a real terminal, with a real stick in the hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from harness import NUMBERS, PATIENCE, Desk, freeze_at_read, written_since_now
from kiosk_seat import F8, Seat
from prepared import Prepared, stick_of
from rig import StickBench

pytestmark = [pytest.mark.seldom, pytest.mark.begins_on("exfat")]

FILESYSTEM = "exfat"
SUMMARY = "この内容で運んでよろしいですか?"


@contextmanager
def seat_at(desk: Desk, station: str, lang: str) -> Iterator[Seat]:
    seat = Seat(desk, station, lang)
    try:
        yield seat
    finally:
        seat.leave()


def test_whole_journey_by_keys(desk: Desk, prepared: Prepared, bench: StickBench) -> None:
    """Pulled out while it is read back; then all the way, with an officer's approval."""
    desk.restore(f"{FILESYSTEM}-write")
    stick = stick_of(bench, prepared, FILESYSTEM, "write")
    number = NUMBERS[FILESYSTEM]

    pin = (prepared.folder / "homes/city/passphrase.training").read_text().strip()
    with seat_at(desk, "lgwan", "en") as seat:
        _sign_in(seat, pin, "clerk-1: your PIN, please", "What would you like to do?")
        seat.press("1", "Plug in a registered medium", "Plug it in")
        freeze = freeze_at_read(stick, 4, written_since_now(stick))
        desk.machine.plug(stick, wait=False)
        shown = seat.see("DO NOT PULL IT OUT", f"Medium: {number}", "To: registry-01")
        assert "You may take it out now" not in shown
        freeze.wait(PATIENCE)
        desk.machine.unplug(stick)
        stick.heal()
        shown = seat.see("PULLED_OUT", "Plug it in")
        assert "You may take it out now" not in shown
        desk.machine.plug(stick)
        shown = seat.see("You may take it out now", f"Medium: {number}")
        assert "PULLED_OUT" not in shown
        desk.machine.unplug(stick)
    assert desk.books("lgwan") == [("out", "written", 1)]

    with seat_at(desk, "registry", "ja") as seat:
        _sign_in(seat, pin, "clerk-1 さん、暗証番号を入力してください", "何をしますか。")
        seat.press("1", "差し込んでください")
        desk.machine.plug(stick)
        shown = seat.see("返事を作る", "抜かないでください")
        assert "抜いてかまいません" not in shown
        _answer(seat, pin)
        seat.press("1", "抜いてかまいません", number)
        desk.machine.unplug(stick)
    assert desk.books("registry") == [("in", "taken", 1), ("out", "written", 1)]
    assert desk.registry() == prepared.registry

    with seat_at(desk, "lgwan", "en") as seat:
        _sign_in(seat, pin, "clerk-1: your PIN, please", "What would you like to do?")
        seat.press("1", "Plug it in")
        desk.machine.plug(stick)
        seat.see("You may take it out now")
        desk.machine.unplug(stick)
        # Two keys from anywhere; what comes then is asked once more.
        seat.press(F8, "Which medium cannot be found?")
    assert desk.books("lgwan") == [("in", "taken", 1), ("out", "delivered", 1)]
    assert [e["event"] for e in desk.log("lgwan")].count("bundle-written") == 1
    assert "PULLED_OUT" in desk.failures("lgwan")


def _sign_in(seat: Seat, pin: str, asked: str, home: str) -> None:
    seat.see("F8")
    seat.enter("clerk-1", asked)
    seat.enter(pin, home)


def _answer(seat: Seat, pin: str) -> None:
    """Make the answer ready, and have an officer approve it."""
    seat.press("2", "待っているものを交換データにしますか。")
    seat.press("7", "承認待ち")
    seat.press("3", "どの管理者が承認しますか。")
    seat.enter("officer-2", "officer-2 さん、暗証番号")
    seat.enter(pin, SUMMARY, "はい、承認します")
    seat.press("7", "差してある媒体で続ける")
