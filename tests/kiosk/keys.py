"""Somebody who presses keys at random, and whoever looks over the shoulder.

The onlooker knows the rules of the screen and none of its code: what cannot be taken back may have
happened only if, before the keys were sent, its answer already stood there, and its key was among
them and not the one before it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from unicodedata import normalize

from kiosk.seat import Port, Seat
from kiosk.test_carrying import LGWAN, collected
from stations.days import Day
from stations.sticks import Stick

from mediabridge.kiosk.page import Live, Page
from mediabridge.kiosk.refused import Refused
from mediabridge.stations.books import BundleState
from mediabridge.translog.events import Event

KEYS = (
    *"01122334567777889",
    *("enter", "enter", "space", "tab", "tab", "shift+tab", "down", "up", "left", "right"),
    *("escape", "backspace", "f1", "f2", "f4", "f6", "f8"),
    *"xy*漢",
    "\N{FULLWIDTH DIGIT SEVEN}",
)
NUMBERS: defaultdict[str, tuple[str, ...]] = defaultdict(
    lambda: ("clerk-1", "clerk-1", "clerk-2", "nobody"),
    Officer=("officer-1", "officer-2", "officer-1", "officer-2", "clerk-1", "nobody"),
)
PINS = (*["training"] * 9, "bad")
CONFIRMED = (
    Event.BUNDLE_SEALED,
    Event.BUNDLE_APPROVED,
    Event.BUNDLE_REJECTED,
    Event.RECORD_DECIDED,
    Event.VOID_DECLARED,
    Event.MEDIUM_LOST,
)
"""What stands in the log only if a person has said so at the screen."""

SIGNED_IN = 0.8
"""How often a sequence begins with somebody who knows the own PIN."""

_MOMENT_SECONDS = 0.5


@dataclass(frozen=True)
class View:
    """What stood there before keys were sent; no answers where the screen took none."""

    page: str
    confirming: tuple[str, ...]
    before: str
    """The last key that the screen took."""

    def allows(self, keys: Sequence[str]) -> bool:
        """Tell whether *keys* may have confirmed something."""
        pairs = zip((self.before, *keys), keys, strict=False)
        asked = {*self.confirming, "enter", "space"} if self.confirming else set()
        return any(normalize("NFKC", key) in asked and key != before for before, key in pairs)


@dataclass
class Hand:
    """Presses what it likes at the station *at*; every token is noted."""

    seat: Seat
    day: Day
    at: str
    port: Port
    stick: Stick
    lot: Random
    done: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    """How often each page stood there when something was pressed."""
    _before: str = ""
    _confirmed: int = 0

    def __post_init__(self) -> None:
        """Begin with what the log holds already."""
        self._confirmed = self._count()

    def _count(self) -> int:
        return len(self.day.entries(self.at, *CONFIRMED))

    def view(self) -> View:
        app = self.seat.app
        taken = app.answers if app.takes_keys else []
        keys = tuple(each.key for each in taken if each.confirms)
        return View(type(app.shown).__name__, keys, self._before)

    async def do(self, *keys: str) -> None:
        """Send *keys* at once, wait until nothing goes on any more, and look what came of it."""
        before = self.view()
        self.done.append(f"{before.page}: {' '.join(keys)}")
        self.met[before.page] += len(keys)
        if self.seat.app.takes_keys and keys:
            self._before = keys[-1]
        self.seat.send(*keys)
        await self._heard()
        await self.at_rest()
        self._check(before, keys)

    def _check(self, before: View, keys: Sequence[str]) -> None:
        now = self._count()
        assert now == self._confirmed or before.allows(keys), f"{before}\n{self.done[-30:]}"
        assert now <= self._confirmed + 1, f"twice: {before}\n{self.done[-30:]}"
        self.met["CONFIRMED"] += now - self._confirmed
        self._confirmed = now
        page = self.seat.app.shown
        assert not isinstance(page, Refused) or page.error.reason != "INTERNAL", self.done[-30:]

    def account(self) -> str:
        """Return how many keys were sent at each page, and how much was confirmed by them."""
        return ", ".join(f"{name} {count}" for name, count in self.met.most_common())

    async def _heard(self) -> None:
        """Wait until what was sent has gone to where it is heard, and up again as an answer."""
        app = self.seat.app
        for _ in range(2):
            for node in (app, *(app.focused or app.screen).ancestors_with_self):
                passed = asyncio.Event()
                node.call_later(passed.set)
                # One that is being taken away hears nothing any more, and answers nothing.
                with suppress(TimeoutError):
                    await asyncio.wait_for(passed.wait(), _MOMENT_SECONDS)

    async def at_rest(self) -> None:
        """Wait until the page waits for a person; one that attends to a medium may wait as well."""
        await self.seat.until(lambda: self._rests(self.seat.app.shown))

    def _rests(self, page: Page) -> bool:
        # An errand has no answer of its own, even where it lies over a page and may be left.
        waits = not isinstance(page, Live) or (page.choices() and self.seat.app.answers)
        return bool(waits) and self.seat.app.heed.is_armed

    # --- what it does at random ----------------------------------------------------------

    async def play(self, length: int) -> None:
        """Play one sequence, from wherever the one before has led to."""
        self.done.append("--")
        self._fill()
        await self.at_rest()
        if self.seat.page_is("SignIn") and self.lot.random() < SIGNED_IN:
            await self._sign_in()
        for _ in range(length):
            token = self.lot.choices(TOKENS, WEIGHTS)[0]
            await token(self)

    async def _sign_in(self) -> None:
        for typed in ("clerk-1", "training"):
            await self._ready()
            await self.do("ctrl+u", *typed, "enter")

    def _fill(self) -> None:
        """Let something wait at the LGWAN side again, where nothing does."""
        if self.at != LGWAN:
            return
        with self.day.at(LGWAN) as station:
            waiting = station.status().waiting_records
            sealed = len(station.books.bundles_in(BundleState.SEALED))
        if not waiting:
            collected(self.day)
        if not sealed and self.lot.random() < 0.5:
            self.day.seal(LGWAN)
        self._confirmed = self._count()

    async def answer(self) -> None:
        """Give one of the answers that stand there."""
        await self._ready()
        answers = self.seat.app.answers
        if self.seat.app.shown.field() is not None:
            await self.line()
        else:
            await self.do(self.lot.choice(answers).key if answers else self._key())

    async def any_key(self) -> None:
        await self._ready()
        await self.do(self._key())

    async def typed_ahead(self) -> None:
        """Press some keys at once, whether the page takes them or not."""
        await self.do(*(self._key() for _ in range(self.lot.randint(2, 4))))

    async def line(self) -> None:
        """Type what a person may type where something is asked."""
        await self._ready()
        page = self.seat.app.shown
        asked = page.field()
        if asked is None:
            await self.answer()
        elif asked.secret:
            await self.do("ctrl+u", *self.lot.choice(PINS), "enter")
        else:
            await self.do("ctrl+u", *self.lot.choice(NUMBERS[self.view().page]), "enter")

    async def plug(self) -> None:
        """Plug the stick in, or pull it out, at whatever page."""
        self.port.plug(*([] if self.port.sticks else [self.stick]))
        self.done.append("plug")
        await self.at_rest()

    async def wait(self) -> None:
        """Go away for long."""
        app = self.seat.app
        app.heed.touched -= app.session.means.idle_seconds + 1
        await self.do()

    async def _ready(self) -> None:
        await self.seat.until(lambda: self.seat.app.takes_keys)

    def _key(self) -> str:
        return self.lot.choice(KEYS)


Token = Callable[[Hand], Awaitable[None]]
_TOKENS: tuple[tuple[Token, int], ...] = (
    (Hand.answer, 60),
    (Hand.any_key, 16),
    (Hand.typed_ahead, 16),
    (Hand.line, 10),
    (Hand.plug, 4),
    (Hand.wait, 1),
)
TOKENS = [token for token, _ in _TOKENS]
WEIGHTS = [weight for _, weight in _TOKENS]
