"""A shutdown, or a closed window, at a real terminal: what is at work ends, then the screen."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kiosk.seat import PATIENCE_SECONDS, Port
from stations.days import Day, on
from stations.sticks import Stick

from mediabridge.cli._app import run
from mediabridge.errors import ExitCode
from mediabridge.kiosk import app
from mediabridge.kiosk.carry import Carry
from mediabridge.kiosk.page import Page
from mediabridge.kiosk.session import Session, Worker
from mediabridge.media import tree
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

LGWAN = "lgwan-01"


@dataclass
class Window:
    """The command at a pseudo-terminal."""

    pid: int
    master: int

    def read_until(self, words: bytes) -> None:
        shown = b""
        while words not in shown:
            ready, _, _ = select.select([self.master], [], [], PATIENCE_SECONDS)
            assert ready, shown
            shown += os.read(self.master, 65536)

    def end(self) -> int:
        """Read whatever comes until the command has ended; return its code."""
        with suppress(OSError):
            while os.read(self.master, 65536):
                pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@contextmanager
def window(home: Path, first: Callable[[Session], Page] | None = None) -> Iterator[Window]:
    """Give the kiosk of *home* in a window; with *first*, somebody has gone to that page."""
    pid, master = pty.fork()
    if pid == 0:  # the command, which must not come back into the tests
        code = 99
        try:
            code = _command(home, first)
        finally:
            os._exit(code)
    termios.tcsetwinsize(master, (24, 80))
    try:
        yield Window(pid, master)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with suppress(OSError):
            os.close(master)


def _command(home: Path, first: Any) -> int:
    sys.stdin, sys.stdout, sys.stderr = (sys.__stdin__, sys.__stdout__, sys.__stderr__)  # type: ignore[assignment]
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    termios.tcsetwinsize(0, (24, 80))
    os.environ["TERM"] = "xterm-256color"
    if first is not None:
        app.SignIn = first  # type: ignore[misc]
    return run(["--home", str(home), "--lang", "en", "kiosk"])


def carrying(session: Session) -> Page:
    session.worker = Worker("clerk-1", None)
    return Carry(session)


def by_number(number: signal.Signals) -> Callable[[Window], None]:
    return lambda at: os.kill(at.pid, number)


def by_closing(at: Window) -> None:
    os.close(at.master)


_HEARD_SECONDS = 1.0

STOPS = {
    "SIGTERM": by_number(signal.SIGTERM),
    "SIGHUP": by_number(signal.SIGHUP),
    "SIGINT": by_number(signal.SIGINT),
    "closed": by_closing,
}


def code_of(stop: str) -> ExitCode:
    return ExitCode.INTERRUPTED if stop == "SIGINT" else ExitCode.TERMINATED


@pytest.mark.parametrize("stop", STOPS)
def test_stopped_while_a_stick_is_written_the_station_tidies_up(
    day: Day, port: Port, stick: Stick, stop: str
) -> None:
    """Claim C54. What is on the stick is called unfinished, and written anew."""
    day.pack()
    port.plug(stick)
    written_r, written_w = os.pipe()
    go_r, go_w = os.pipe()
    done = day.world.root / "unmounted"

    class Tracked(Stick):
        @contextmanager
        def mounted(self, *, write: bool = False) -> Iterator[Path]:
            if write:
                os.write(written_w, b".")
                os.read(go_r, 1)
            with super().mounted(write=write) as folder:
                try:
                    yield folder
                finally:
                    done.touch()

    port.plug(Tracked(stick.folder, stick.device))
    with window(day.world.home(LGWAN).root, carrying) as at:
        ready, _, _ = select.select([written_r], [], [], PATIENCE_SECONDS)
        assert ready
        STOPS[stop](at)
        # The thread that hears it is another than the one that writes: what is written in the
        # meantime may be all of it.
        time.sleep(_HEARD_SECONDS)
        # It is still at it: a stop takes nothing away from under a medium.
        assert os.waitpid(at.pid, os.WNOHANG) == (0, 0)
        os.write(go_w, b".")
        assert at.end() == code_of(stop)
    for each in (written_r, written_w, go_r, go_w):
        os.close(each)
    assert done.exists()
    (entry,) = day.entries(LGWAN, Event.JOURNEY_INTERRUPTED)
    assert entry.facts["reason"] == "TERMINATED"
    work = day.world.home(LGWAN).work
    assert not work.exists() or list(work.iterdir()) == []
    assert all(name.endswith(tree.PARTIAL) for name in on(stick))
    assert day.serve(LGWAN, stick).safe
    assert day.books(LGWAN) == [("out", "written", 1)]


@pytest.mark.parametrize("stop", STOPS)
def test_stopped_while_nothing_is_done_the_screen_goes(day: Day, stop: str) -> None:
    with window(day.world.home(LGWAN).root) as at:
        at.read_until(b"Who is at the desk?")
        STOPS[stop](at)
        assert at.end() == code_of(stop)
