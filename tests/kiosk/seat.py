"""A person before the kiosk: what stands there, what is pressed, and a stick in the hand."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from stations.days import Day
from stations.sticks import Stick
from textual import events

from mediabridge.accounts import Layout, Role
from mediabridge.cli._context import Context
from mediabridge.cli._roles import Desk
from mediabridge.cli._station import passphrases
from mediabridge.cli.kiosk import _means
from mediabridge.kiosk.app import Kiosk
from mediabridge.kiosk.page import Page
from mediabridge.kiosk.session import Session
from mediabridge.locale import Language, set_language
from mediabridge.media import detect, watching
from mediabridge.media.detect import UsbBus
from mediabridge.media.device import UsbDevice
from mediabridge.stations.sticks import finding

PATIENCE_SECONDS = 40
"""Nothing here says anything about time; but a screen that never comes fails its test."""

_HEARD_SECONDS = 0.05
_NAMES = {"-": "minus"}

SIZES = ((80, 24), (100, 30), (132, 43))


@dataclass
class Port:
    """The USB bus of a desk: what a test plugs in is there at the next look."""

    sticks: list[Stick] = field(default_factory=list)
    others: tuple[UsbDevice, ...] = ()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of udev and of udisks2."""
        monkeypatch.setattr(detect, "context", lambda: self)
        monkeypatch.setattr(detect, "bus", lambda _udev: self.bus())
        monkeypatch.setattr(watching, "_UdevEvents", lambda _udev: self)
        monkeypatch.setattr(finding, "slots_for", self.slots_for)

    def bus(self) -> UsbBus:
        media = tuple(stick.device for stick in self.sticks if stick.device is not None)
        return UsbBus.of((*media, *self.others))

    def slots_for(self, devices: Iterable[UsbDevice]) -> list[Stick]:
        wanted = list(devices)
        return [stick for stick in self.sticks if stick.device in wanted]

    def wait(self, _seconds: float | None) -> bool:
        time.sleep(0.02)
        return False

    def plug(self, *sticks: Stick) -> None:
        self.sticks = list(sticks)


@dataclass
class Seat:
    """Somebody before a screen that is drawn, by the keys that are pressed."""

    app: Kiosk
    seen: list[str] = field(default_factory=list)
    """Every screen that was looked at."""

    def lines(self) -> list[str]:
        """Return what stands on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text for strip in strips]

    @property
    def text(self) -> str:
        shown = "\n".join(line.rstrip() for line in self.lines())
        if not self.seen or self.seen[-1] != shown:
            self.seen.append(shown)
        return shown

    async def until(self, wanted: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not wanted():
            assert time.monotonic() < end, f"it never came:\n{self.text}"
            assert self.app.is_running, "the screen is gone"
            await asyncio.sleep(0.02)

    async def see(self, *words: str) -> str:
        """Wait until *words* stand on the screen, and it takes keys; return what stands there."""
        await self.until(lambda: all(each in self.text for each in words))
        await self.ready()
        return self.text

    async def ready(self) -> None:
        await self.until(lambda: self.app.takes_keys)

    async def press(self, *keys: str) -> None:
        """Press each of *keys* once the screen takes them."""
        for key in keys:
            await self.ready()
            self.send(key)
            await asyncio.sleep(_HEARD_SECONDS)

    async def enter(self, typed: str) -> None:
        """Type a line into the field."""
        await self.ready()
        self.send(*typed, "enter")
        await asyncio.sleep(_HEARD_SECONDS)

    def send(self, *keys: str) -> None:
        """Let *keys* come in at once; Textual's own pilot waits until every thread is idle."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            name = _NAMES.get(key, key)
            event = events.Key(name, key if len(key) == 1 else None)
            event.set_sender(self.app)
            driver.send_message(event)

    async def answer(self, page: str, key: str) -> None:
        """Read the *page* to its end, then give the answer *key*."""
        await self.page(page)
        await self.read_to_the_end(key)
        await self.press(key)

    def key_of(self, words: str) -> str:
        """Return the key of the answer in which *words* stand."""
        (found,) = [each.key for each in self.app.answers if words in each.label]
        return found

    async def sign_in(self, name: str = "clerk-1", pin: str = "training") -> None:
        await self.until(lambda: self.page_is("SignIn"))
        await self.enter(name)
        await self.until(lambda: self.page_is("Pin"))
        await self.enter(pin)
        await self.until(lambda: not self.page_is("Pin", "Errand", "Looking"))
        await self.ready()

    def page_is(self, *names: str) -> bool:
        return type(self.app.shown).__name__ in names

    async def page(self, name: str) -> Page:
        """Wait for the page of the class *name*, drawn."""
        await self.until(lambda: self.page_is(name))
        await self.ready()
        self.text  # noqa: B018 - noted among what was seen
        return self.app.shown

    async def read_to_the_end(self, key: str = "7") -> None:
        """Look at one part after the other, until the answer *key* can be given."""
        while all(each.key != key for each in self.app.answers):
            await self.press("8")
            await self.ready()
            self.text  # noqa: B018 - as above


Journey = Callable[[Seat], Awaitable[Any]]


def session_of(
    day: Day,
    at: str = "lgwan-01",
    *,
    role: Role | None = None,
    account: str = "somebody",
    tray: Path | None = None,
) -> Session:
    """Return the session of a screen at a station of *day*; with *role*, of that *account*."""
    home = day.world.home(at)
    desk = Desk(role, account, Layout(day.world.root)) if role else None
    context = Context(home.root, desk=desk, **({"clock": day.clock} if day.clock else {}))
    source = cache(passphrases(Context(home.root), None, home.root))
    keys = day.world.city.folder / "keys"
    return Session(_means(context, home.config(), source, keys, 5, tray=tray))


def play(
    session: Session,
    journey: Journey,
    *,
    size: tuple[int, int] = SIZES[0],
    lang: Language = Language.EN,
    looks: Mapping[str, bool] | None = None,
) -> list[str]:
    """Carry out *journey* at the screen of *session*; return every screen that was seen."""
    set_language(lang)
    seen: list[str] = []

    async def run() -> None:
        app = Kiosk(session, **(looks or {}))
        async with app.run_test(size=size):
            seat = Seat(app, seen)
            await journey(seat)
            session.bus.close()
        assert app.failed is None

    asyncio.run(run())
    for screen in seen:
        check_columns(screen, size[0])
    return seen


def check_columns(screen: str, width: int) -> None:
    """Fail where a character may be drawn wider than it is counted, or a line is too wide."""
    odd = {each for each in screen if unicodedata.east_asian_width(each) == "A"}
    # A selector has no width of its own: it belongs to the kanji before it.
    odd = {each for each in odd if not unicodedata.category(each).startswith("M")}
    assert not odd, f"{odd} on\n{screen}"
    assert all(cell_len(line) <= width for line in screen.splitlines()), screen
