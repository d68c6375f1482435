"""What the manuals show: a morning at both desks, one picture where somebody has to look.

``make pictures`` writes them into ``docs/ja/pictures``; a test plays the morning again.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Gate
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from attacks.records import isa_csv
from attacks.world import make_untyped_world, scratch
from kiosk.pictures import picture
from kiosk.seat import PATIENCE_SECONDS, Port, Seat, play, session_of
from stations.days import Day
from stations.sticks import MovingClock, Stick, usb

from mediabridge.accounts import Layout, Role
from mediabridge.locale import Language, show_times_in

FOLDER: Final = Path(__file__).parents[2] / "docs/ja/pictures"
MORNING: Final = datetime(2027, 4, 5, 0, 30, tzinfo=UTC)
"""A Monday at half past nine in Japan."""
_DRAWN_SECONDS: Final = 0.1
"""As often as the screen looks for something new."""
_NOTICES: Final = isa_csv((1, 1), (2, 2), (3, 99))
_LGWAN, _REGISTRY = "lgwan-01", "registry-01"

Drawn = dict[str, str]


async def settled(seat: Seat) -> str:
    """Return a picture of what stands there, once nothing more is drawn."""
    before, now = "", picture(seat.app)
    while now != before:
        await asyncio.sleep(3 * _DRAWN_SECONDS)
        before, now = now, picture(seat.app)
    return now


@contextmanager
def _in_japan() -> Iterator[None]:
    show_times_in(lambda: ZoneInfo("Asia/Tokyo"))
    try:
        yield
    finally:
        show_times_in(None)


def drawn() -> Drawn:
    """Play the morning; return each picture by its name."""
    found: Drawn = {}
    with scratch() as root, pytest.MonkeyPatch.context() as patch, _in_japan():
        port = Port()
        port.install(patch)
        clock = MovingClock(MORNING)
        day = Day(make_untyped_world(Path(root), clock), clock=clock)
        officers = Layout(day.world.root).keys(Role.OFFICER)
        officers.mkdir(parents=True)
        shutil.copy(day.world.city.key_path("officer-1"), officers)
        stick = day.stick()
        path = Path(root) / "incoming.csv"
        path.write_bytes(_NOTICES)
        with day.at(_LGWAN) as station:
            station.collect(path)
        for scene in (_make_ready, _approve, _carry, _take_in, _lose):
            clock.move(5)
            scene(day, port, stick, found)
    return found


def _make_ready(day: Day, _port: Port, _stick: Stick, found: Drawn) -> None:
    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        found["clerk-1-who"] = await settled(seat)
        await seat.sign_in()
        await seat.page("Home")
        found["clerk-2-home"] = await settled(seat)
        await seat.press("2")
        await seat.page("Prepare")
        await seat.press("7")
        await seat.page("Prepared")
        found["clerk-3-ready"] = await settled(seat)

    play(session_of(day), journey, lang=Language.JA)


def _approve(day: Day, _port: Port, _stick: Stick, found: Drawn) -> None:
    async def journey(seat: Seat) -> None:
        await seat.sign_in("officer-1")
        await seat.page("Home")
        found["officer-1-home"] = await settled(seat)
        await seat.press("3")
        await seat.page("Officer")
        await seat.enter("officer-1")
        await seat.page("OfficerPin")
        await seat.enter("training")
        await seat.page("Summary")
        found["officer-2-summary"] = await settled(seat)
        await seat.read_to_the_end()
        found["officer-3-question"] = await settled(seat)
        await seat.press("5")
        await seat.page("SendBack")
        found["officer-4-send-back"] = await settled(seat)
        await seat.press("0")
        await seat.page("Summary")
        await seat.read_to_the_end()
        await seat.press("7")
        await seat.page("Prepared")

    session = session_of(day, role=Role.OFFICER, account="officer-1")
    play(session, journey, lang=Language.JA)


def _carry(day: Day, port: Port, stick: Stick, found: Drawn) -> None:
    writing, may_end = Gate(), Gate()

    def hold(call: str) -> None:
        if call == "write":
            writing.set()
            assert may_end.wait(PATIENCE_SECONDS)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        await seat.page("Carry")
        await seat.see("差し込まれていません")
        found["clerk-4-plug-in"] = await settled(seat)
        port.plug(Stick(day.world.medium, usb("S-0009")))
        await seat.see("UNREGISTERED")
        found["clerk-7-refused"] = await settled(seat)
        port.plug()
        await seat.see(">>>>")
        stick.at_mount = hold
        port.plug(stick)
        await seat.until(writing.is_set)
        await seat.see("####", "書き込んで")
        found["clerk-5-leave-in"] = await settled(seat)
        may_end.set()
        await seat.see("<<<<")
        await seat.until(lambda: bool(seat.app.answers))
        await seat.ready()
        found["clerk-6-take-out"] = await settled(seat)

    play(session_of(day), journey, lang=Language.JA)
    stick.at_mount = lambda _call: None
    port.plug()


def _take_in(day: Day, port: Port, stick: Stick, found: Drawn) -> None:
    port.plug(stick)

    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.press("1")
        await seat.until(lambda: any(each.key == "2" for each in seat.app.answers))
        await seat.ready()
        found["clerk-8-answer"] = await settled(seat)

    play(session_of(day, _REGISTRY), journey, lang=Language.JA)
    port.plug()


def _lose(day: Day, _port: Port, _stick: Stick, found: Drawn) -> None:
    async def journey(seat: Seat) -> None:
        await seat.sign_in()
        await seat.page("Home")
        await seat.press("f8")
        await seat.page("Lost")
        found["clerk-9-lost"] = await settled(seat)

    play(session_of(day), journey, lang=Language.JA)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for _name, _svg in drawn().items():
        (FOLDER / f"{_name}.svg").write_text(_svg, "utf-8")
