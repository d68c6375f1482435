"""What a light or a sound at the desk says: a program of the office's own is told one word.

The word is the last argument; there is no shell, nothing else is said, and nothing is waited for.
Whatever becomes of the program, the work goes on: a newer word ends the older one's process, and so
does the time that it has.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum, unique
from pathlib import Path

from mediabridge.accounts import is_systems
from mediabridge.config import HOOK_SECONDS, INSTALLED_SETTINGS
from mediabridge.errors import SettingsError
from mediabridge.locale import text
from mediabridge.stations.home import Home


@unique
class Signal(StrEnum):
    """Every word there is."""

    WORKING = "working"
    """Something is being done with a stick: it must not be pulled out."""
    TAKE_OUT = "take-out"
    """The stick may be pulled out now."""
    ATTENTION = "attention"
    """A person is needed: to approve, to decide, or to look at a file that was refused."""
    REFUSED = "refused"
    """A stick, or what is on it, was refused; the screen and the journal say why."""


class Hook:
    """The program that is told; call :meth:`look` now and then, so that none goes on for ever."""

    def __init__(
        self, words: Sequence[str], home: Home, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare to start the program and arguments *words*; without any, nothing is told.

        Raises:
            SettingsError: the station is an installed one, and not only root can have written
                the program, which runs as the station's account.
        """
        if words and home.settings_file == INSTALLED_SETTINGS and not is_systems(Path(words[0])):
            detail = text("watch.hook: others than root can have written the program")
            raise SettingsError(name=home.settings_file.name, detail=detail)
        self._words = words
        self._seconds = seconds
        self._running: subprocess.Popen[bytes] | None = None
        self._until = 0.0

    def tell(self, signal: Signal) -> None:
        """Start the program with the word of *signal*; that it cannot be started harms nothing."""
        if not self._words:
            return
        self.end()
        with suppress(OSError):
            self._running = subprocess.Popen(  # noqa: S603 - no shell; the settings are root's
                [*self._words, signal.value],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": "/usr/bin:/bin"},
                start_new_session=True,
            )
        self._until = self._seconds() + HOOK_SECONDS

    def look(self) -> None:
        """Take note of a program that has ended, and end one that takes too long."""
        if self._running and (self._running.poll() is not None or self._seconds() > self._until):
            self.end()

    def end(self) -> None:
        """End whatever of it is running."""
        running, self._running = self._running, None
        if running is not None:
            if running.poll() is None:
                running.kill()
            running.wait()
