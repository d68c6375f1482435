"""A person before the kiosk at a real terminal: what stands on the screen, and keys."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pyte
from harness import LIBRARIES, NOW, PATIENCE, PYTHON, ROOT, Desk, LateError
from rig import GuestProcess

SIZE: Final = (24, 80)
F8: Final = "\x1b[19~"
LONG_AGO_SECONDS: Final = 3.0
"""What was typed sooner after a page came may be meant for the one before: it is thrown away."""
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Of a variation of a kanji; the emulator leaves out all that follows one (findings/)."""
_ASK_AGAIN_SECONDS: Final = 90.0
_COMMAND: Final = (
    f"PYTHONPATH={ROOT}:{LIBRARIES} LC_ALL=en_US.UTF-8 exec {PYTHON} -m mediabridge"
    f" --home {NOW}/{{station}} --lang {{lang}} kiosk --keys {NOW}/city/keys --idle-minutes 60"
)


@dataclass
class Seat:
    """The kiosk of one station at a terminal of its own, in the machine of *desk*."""

    desk: Desk
    station: str
    lang: str
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(SIZE[1], SIZE[0]))
    _fed: int = 0
    _pipe: str = ""
    _process: GuestProcess | None = None
    _taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Sit down: log in, and start the kiosk."""
        self._pipe = f"/run/kiosk-{self.station}-{time.monotonic_ns()}"
        self._stream = pyte.Stream(self.screen)
        script = f"{PYTHON} {ROOT}/tests/rig/sitting.py station {self._pipe} {SIZE[0]} {SIZE[1]}"
        machine = self.desk.machine
        self._process = machine.start(script)
        self._until(lambda: "$" in self.text, "a prompt")
        self._type(_COMMAND.format(station=self.station, lang=self.lang) + "\n")

    @property
    def text(self) -> str:
        """What stands on the screen."""
        assert self._process is not None
        # The last character may have come in part.
        shown = self._process.stdout.rstrip("\N{REPLACEMENT CHARACTER}")
        self._stream.feed(_SELECTORS.sub("", shown[self._fed :]))
        self._fed = len(shown)
        # A character of two columns is followed by a cell without any.
        return "\n".join(line.rstrip() for line in self.screen.display)

    def see(self, *words: str) -> str:
        """Wait until all of *words* stand on the screen; return what stands there."""
        self._until(lambda: all(word in self.text for word in words), *words)
        return self.text

    def press(self, key: str, *words: str) -> str:
        """Press *key* until *words* stand on the screen, as somebody does whom nobody answers."""
        return self._repeat(key, *words)

    def enter(self, typed: str, *words: str) -> str:
        """Type a line into the field that stands there until *words* stand on the screen."""
        # The first line of a page has to be whole: of one that comes in two pieces the first may
        # be thrown away, and the second one taken.
        time.sleep(2 * LONG_AGO_SECONDS)
        return self._repeat(f"{typed}\r", *words)

    def _repeat(self, keys: str, *words: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while True:
            time.sleep(LONG_AGO_SECONDS)
            self._type(keys)
            again = time.monotonic() + _ASK_AGAIN_SECONDS
            while time.monotonic() < again:
                if all(word in self.text for word in words):
                    return self.text
                time.sleep(0.2)
            if time.monotonic() > deadline:
                raise self._late(*words)

    def leave(self) -> None:
        """End the kiosk as the machine does that is shut down, and with it the login."""
        assert self._process is not None
        self.desk.machine.check("pkill -TERM -u station -f 'mediabridge.*kiosk'")
        self._process.wait(PATIENCE)

    def _type(self, keys: str) -> None:
        self.desk.machine.check(f"cat > {self._pipe}", PATIENCE, stdin=keys.encode())

    def _until(self, found: Callable[[], bool], *wanted: str) -> None:
        end = time.monotonic() + PATIENCE
        while not found():
            if time.monotonic() > end:
                raise self._late(*wanted)
            time.sleep(0.2)

    def _late(self, *wanted: str) -> LateError:
        assert self._process is not None
        return LateError("what never came to the screen:", *wanted, self.text, self._process.stderr)
