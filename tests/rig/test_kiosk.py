"""The screen of the person at the desk, on a real terminal, with a real stick in the hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from harness import NUMBERS, PATIENCE, Desk, freeze_at_read, written_since_now
from kiosk_seat import Seat
from prepared import Prepared, stick_of
from rig import StickBench

pytestmark = [pytest.mark.seldom, pytest.mark.begins_on("exfat")]

FILESYSTEM = "exfat"


@contextmanager
def seat_at(desk: Desk, station: str, lang: str) -> Iterator[Seat]:
    seat = Seat(desk, station, lang)
    try:
        yield seat
    finally:
        seat.leave()


def test_stick_is_pulled_out_while_it_is_read_back_and_plugged_in_again(
    desk: Desk, prepared: Prepared, bench: StickBench
) -> None:
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
    assert [e["event"] for e in desk.log("lgwan")].count("bundle-written") == 1
    assert "PULLED_OUT" in desk.failures("lgwan")


def _sign_in(seat: Seat, pin: str, asked: str, home: str) -> None:
    seat.see("F8")
    seat.enter("clerk-1", asked)
    seat.enter(pin, home)
