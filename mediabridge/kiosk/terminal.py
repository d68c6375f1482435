"""A terminal as a person has it who types lines and has read out what is written.

While something is asked the terminal edits the line and shows it. At any other time it is deaf:
what is typed is not shown, and before the next question it is thrown away with whatever follows it
closely. Nothing is drawn and the cursor is led nowhere; only when the screen is locked, what was
written is wiped away.
"""

from __future__ import annotations

import os
import select
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TextIO

_QUIET_SECONDS: Final = 0.4
"""Whoever types on and on has not heard the new question yet."""
_AT_ONCE: Final = 4096
_LOCAL, _CONTROL = 3, 6
_LEAVE: Final = "\x03"
"""Ctrl-C, as a character: it ends a line, and breaks nothing off."""
_WIPE: Final = "\x1b[2J\x1b[3J"


class GoneError(Exception):
    """The terminal has ended, or whoever sits there wants to leave."""


class Terminal:
    """Reads from the terminal *fd*, writes to *out*."""

    def __init__(self, fd: int, out: TextIO) -> None:
        """Change nothing yet."""
        self._fd = fd
        self._out = out
        self._ahead = b""
        self._heard_at = float("-inf")
        self.asks = False
        """Whether a question stands there; otherwise it is deaf."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be deaf from now on; the terminal is as it was when the block has ended."""
        before = termios.tcgetattr(self._fd)
        try:
            self.be_deaf()
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(self._fd, termios.TCSAFLUSH, before)

    def write(self, line: str, end: str = "\n") -> None:
        """Write *line*; into nothing where the terminal is gone."""
        with suppress(OSError):
            print(line, end=end, file=self._out, flush=True)

    def wipe(self) -> None:
        """Let nothing of what was written be read by whoever comes next."""
        self.write(_WIPE, end="")

    def be_deaf(self) -> None:
        """Show nothing that is typed, and keep the terminal from editing it."""
        self.asks = False
        self._set(termios.TCSADRAIN, lines=False, echo=False)

    def ask(self, prompt: str, *, secret: bool = False) -> None:
        """Ask, as soon as nobody types any more; of the answer a *secret* is not shown."""
        self._take(0)
        while self._ahead or time.monotonic() < self._heard_at + _QUIET_SECONDS:
            self._ahead = b""
            self._take(_QUIET_SECONDS)
        self.asks = True
        self._set(termios.TCSAFLUSH, lines=True, echo=not secret)
        self.write(prompt, end="")

    def answer(self, seconds: float) -> str | None:
        """Return what is typed within *seconds* as an answer; from then on the terminal is deaf.

        Raises:
            GoneError: the terminal is gone, or Ctrl-C or Ctrl-D was typed.
        """
        typed = self._read(seconds)
        if not typed:
            return None
        line = typed.decode("utf-8", "replace")
        self.be_deaf()
        if line.endswith(_LEAVE):
            self.write("")
            raise GoneError
        return line.rstrip("\r\n")

    def ahead(self, seconds: float) -> str | None:
        """Return the next line that is typed within *seconds* though nothing is asked.

        Raises:
            GoneError: the terminal is gone.
        """
        self._take(seconds)
        line, end, rest = self._ahead.partition(b"\n")
        if not end:
            return None
        self._ahead = rest
        return line.decode("utf-8", "replace")

    def _take(self, seconds: float) -> None:
        found = self._read(seconds)
        if found:
            self._ahead += found
            self._heard_at = time.monotonic()

    def _read(self, seconds: float) -> bytes:
        try:
            ready, _, _ = select.select([self._fd], [], [], seconds)
            found = os.read(self._fd, _AT_ONCE) if ready else b""
        except OSError:
            raise GoneError from None
        if ready and not found:
            raise GoneError
        return found

    def _set(self, when: int, *, lines: bool, echo: bool) -> None:
        with suppress(termios.error):
            wanted: list[Any] = termios.tcgetattr(self._fd)
            wanted[_LOCAL] &= ~(termios.ICANON | termios.ECHO | termios.ECHONL | termios.ISIG)
            wanted[_LOCAL] |= (termios.ICANON | termios.ECHONL) * lines | termios.ECHO * echo
            wanted[_CONTROL][termios.VEOL] = _LEAVE.encode() if lines else b"\0"
            wanted[_CONTROL][termios.VMIN], wanted[_CONTROL][termios.VTIME] = 1, 0
            termios.tcsetattr(self._fd, when, wanted)
