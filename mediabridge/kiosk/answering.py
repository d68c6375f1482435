"""How long the desk's screen takes to answer a key while a large bundle is written to a medium.

The screen is the kiosk itself, drawn without a terminal; the medium is a folder, and the writing
goes on in its own thread, as at the desk. A key counts until what it leads to is drawn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from mediabridge.bench import Figure, Missing
from mediabridge.bench.desk import passphrase, training_desk
from mediabridge.bench.spent import CommandFailedError
from mediabridge.clock import SystemClock
from mediabridge.config import MIB
from mediabridge.kiosk.page import Live
from mediabridge.stations.lgwan import LgwanStation

if TYPE_CHECKING:
    from mediabridge.kiosk.app import Kiosk
    from mediabridge.kiosk.session import Session
    from mediabridge.stations.books import BundleRow

BOUND_SECONDS: Final = 0.1
"""What a person does not notice."""

_NAME: Final = "a key to the page it leads to"
_LIBRARY: Final = "textual"
_WRITING: Final = "writing"
_AT_REST: Final = 20
"""How many keys are pressed while nothing is done."""
_LOOKED_SECONDS: Final = 0.001
_PAUSE_SECONDS: Final = 0.02


class Writing(Live):
    """Writes a bundle to a medium while it is shown."""

    def __init__(self, session: Session, row: BundleRow, medium: Path) -> None:
        """Prepare to write *row* to *medium*."""
        super().__init__(session)
        self._row = row
        self._medium = medium
        self.over = Event()
        self.written = False

    def title(self) -> str:
        """Say what is done."""
        return _WRITING

    def run(self, changed: Callable[[], None]) -> None:
        """Write it, and tell how far that is."""
        self.pace.changed = changed
        try:
            with self.session.station(progress=self.pace) as station:
                station.write(self._row, self._medium)
            self.written = True
        finally:
            self.over.set()


def run(folder: Path, size: int, *, tell: Callable[[str], None]) -> Iterator[Figure | Missing]:
    """Yield what a key takes at rest, and while *size* bytes are written; *tell* is told steps.

    Raises:
        CommandFailedError: the bundle was not written; what a key took meanwhile is no figure.
    """
    if find_spec(_LIBRARY) is None:
        yield Missing(_NAME, (_LIBRARY,))
        return
    tell("sealing")
    with training_desk(folder) as desk:
        row, root = desk.large_bundle(size), desk.station.home.root
    tell(_WRITING)
    (folder / "medium").mkdir()
    rest, busy = asyncio.run(_pressed(root, row, folder / "medium"))
    name = f"{_NAME}, while {size // MIB} MiB are written"
    bound = ("bound", BOUND_SECONDS * 1e3)
    yield Figure(name, median(busy) * 1e3, "ms", *bound, 1.0)
    yield Figure("the slowest of them", max(busy) * 1e3, "ms", *bound, None)
    yield Figure(name, median(busy) * 1e3, "ms", "at rest", median(rest) * 1e3, None)


async def _pressed(root: Path, row: BundleRow, medium: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of each key at rest, and of each while *row* was written."""
    from mediabridge.kiosk.app import Kiosk
    from mediabridge.kiosk.session import Means, Session
    from mediabridge.stations.home import Home

    home = Home(root)
    session = Session(Means(home, home.config(), partial(_opened, root), SystemClock()))
    app = Kiosk(session)
    writing = Writing(session, row, medium)
    async with app.run_test(size=(80, 24)):
        await _until(lambda: app.heed.is_armed)
        rest = [await _key(app, number) for number in range(_AT_REST)]
        app.show(writing)
        await _until(lambda: app.heed.is_armed)
        busy: list[float] = []
        while not writing.over.is_set():
            busy.append(await _key(app, len(busy)))
        session.bus.close()
    if not writing.written:
        raise CommandFailedError(_WRITING)
    return rest, busy


def _opened(root: Path, **given: Any) -> LgwanStation:
    return LgwanStation(root, clock=SystemClock(), passphrases=passphrase, **given)


async def _key(app: Kiosk, number: int) -> float:
    """Press F1, or what leads back from there; return the seconds until that page is drawn."""
    from textual.events import Key

    covers = number % 2 == 0
    await _until(lambda: app.takes_keys)
    key = Key(*(("f1", None) if covers else ("0", "0")))
    key.set_sender(app)
    began = time.monotonic()
    app.post_message(key)
    await _until(lambda: (app.standing.over is not None) is covers and app.heed.is_armed)
    seconds = time.monotonic() - began
    await asyncio.sleep(_PAUSE_SECONDS)
    return seconds


async def _until(seen: Callable[[], bool]) -> None:
    while not seen():  # noqa: ASYNC110 - the screen sets no event for what it has drawn
        await asyncio.sleep(_LOOKED_SECONDS)
