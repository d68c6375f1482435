"""The desk's pages as a dialogue on a real terminal: what is typed, and what is read out."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import termios
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from kiosk.seat import PATIENCE_SECONDS, Port
from kiosk.test_carrying import LGWAN, NOTICES, REGISTRY, collected
from kiosk.test_told_to_stop import STOPS, code_of
from stations.days import Day
from stations.sticks import Stick

from mediabridge.cli import kiosk
from mediabridge.cli._app import run
from mediabridge.kiosk.dialogue import Dialogue
from mediabridge.kiosk.home import view_of
from mediabridge.kiosk.prepare import Prepare
from mediabridge.kiosk.session import Worker
from mediabridge.locale import Language, set_language, text
from mediabridge.media.detect import UsbBus
from mediabridge.media.device import UsbDevice
from mediabridge.media.trips import ServiceState
from mediabridge.translog.events import Event

pytestmark = [pytest.mark.in_turns, pytest.mark.usefixtures("desk")]

WIPED = "\x1b[2J\x1b[3J"
SECRET = "training"  # noqa: S105 - of a training city


class Desk(Port):
    """A port of another process: the stick is plugged in as long as a file is there."""

    def __init__(self, stick: Stick, flag: Path) -> None:
        """Let *flag* say whether *stick* is there."""
        super().__init__([stick])
        self._stick = stick
        self._flag = flag

    def _look(self) -> None:
        self.sticks = [self._stick] if self._flag.exists() else []

    def bus(self) -> UsbBus:
        self._look()
        return super().bus()

    def slots_for(self, devices: Iterable[UsbDevice]) -> list[Stick]:
        self._look()
        return super().slots_for(devices)

    def put_in(self) -> None:
        self._flag.touch()


@pytest.fixture
def desk(day: Day, stick: Stick, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(stick, day.world.root / "plugged")
    made.install(monkeypatch)
    return made


@dataclass
class Talker:
    """Somebody at a terminal who hears lines and types lines."""

    pid: int
    master: int
    heard: str = ""
    asked_at: int = 0
    """Up to where everything has been listened to."""

    def until(self, words: str) -> str:
        """Listen until *words* were said; return everything that was said until then."""
        end = time.monotonic() + PATIENCE_SECONDS
        while words not in self.heard[self.asked_at :]:
            assert time.monotonic() < end, self.heard
            ready, _, _ = select.select([self.master], [], [], 0.5)
            if ready:
                self.heard += os.read(self.master, 65536).decode()
        after = self.heard.index(words, self.asked_at) + len(words)
        said, self.asked_at = self.heard[self.asked_at : after], after
        return said

    def answer(self, prompt: str, line: str) -> str:
        """Wait for *prompt*, then type *line* and Enter; return what was said before."""
        said = self.until(f"\n{prompt}: ")
        self.type(f"{line}\r")
        return said

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def number(self, key: str) -> str:
        return self.answer(text("Your answer"), key)

    def sign_in(self, name: str = "clerk-1", pin: str = SECRET) -> None:
        self.answer(text("Staff number"), name)
        self.answer(text("PIN"), pin)

    def end(self) -> int:
        """Listen until the command has ended; return its code."""
        with suppress(OSError):
            while found := os.read(self.master, 65536):
                self.heard += found.decode()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@contextmanager
def talking(home: Path, lang: Language = Language.EN, *words: str) -> Iterator[Talker]:
    """Give the plain kiosk of *home* at a terminal."""
    pid, master = pty.fork()
    if pid == 0:  # the command, which must not come back into the tests
        code = 99
        try:
            code = _command(home, lang, words)
        finally:
            os._exit(code)
    set_language(lang)
    talker = Talker(pid, master)
    try:
        yield talker
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with suppress(OSError):
            os.close(master)


def _command(home: Path, lang: Language, words: tuple[str, ...]) -> int:
    sys.stdin, sys.stdout, sys.stderr = (sys.__stdin__, sys.__stdout__, sys.__stderr__)  # type: ignore[assignment]
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    keys = str(home.parent / "city" / "keys")
    return run(["--home", str(home), "--lang", lang, "kiosk", "--plain", "--keys", keys, *words])


def check_lines(heard: str) -> None:
    """Fail where something was drawn, or the cursor was sent somewhere."""
    # What every command begins with is coloured, and before it.
    plain = heard.partition("\n")[2].replace(WIPED, "")
    assert "\x1b" not in plain
    assert re.search(r"([-#.+=|*<>])\1{3}", plain) is None
    assert [each for each in plain if unicodedata.east_asian_width(each) == "A"] == []


def made_ready(talker: Talker) -> None:
    talker.number("2")
    talker.until(text("Make ready what waits?"))
    talker.number("7")
    talker.until(text("It is made ready."))


def approved(talker: Talker, officer: str) -> str:
    """Have what waits approved below its last line; return all that was read out before."""
    talker.number("3")
    talker.until(text("Which officer approves?"))
    talker.sign_in(officer)
    said = talker.until(text("Is this what shall be carried?"))
    last = f"7: {text('Yes, I approve it')}"
    while last not in (part := talker.until(f"\n{text('Your answer')}: ")):
        said += part
        talker.type("8\r")
    talker.type("7\r")
    talker.until(text("The approval is signed."))
    return said + part


def left(talker: Talker) -> None:
    """Sign out, and end."""
    # What was done for the medium is said a moment after that it may be taken out.
    talker.until(text("Bundle number {seq} is on the medium and was read back.", seq=1))
    talker.number("0")
    talker.until(text("What would you like to do?"))
    talker.number("0")
    talker.until(f"{text('Staff number')}: ")
    talker.type("\x03")
    assert talker.end() == 0
    asked = re.findall(rf"{text('PIN')}: ([^\n]*)\n", talker.heard)
    assert asked
    assert set(asked) == {"\r"}
    assert talker.heard.count(WIPED) == 1
    check_lines(talker.heard)


@pytest.mark.parametrize("lang", list(Language))
def test_clerk_carries_and_officer_approves_at_the_lgwan_side(
    day: Day, desk: Desk, lang: Language
) -> None:
    collected(day)
    with talking(day.world.home(LGWAN).root, lang) as talker:
        talker.sign_in()
        talker.until(text("What would you like to do?"))
        made_ready(talker)
        said = approved(talker, "officer-1")
        talker.number("1")
        talker.until(text("Plug it in"))
        desk.put_in()
        # That it must not be pulled out is said where the writing takes long enough (below).
        talker.until(text("You may take it out now"))
        assert text("Medium: {medium}", medium="USB-001") in talker.heard
        assert text("To: {to}", to=REGISTRY) in talker.heard
        left(talker)
    for each in (text("content (SHA-256)"), text("prepared by"), f"{LGWAN} > {REGISTRY}"):
        assert each in said
    set_language(Language.EN)
    assert day.books(LGWAN) == [("out", "written", 1)]
    (sealed,) = day.entries(LGWAN, Event.BUNDLE_SEALED)
    (signed,) = day.entries(LGWAN, Event.BUNDLE_APPROVED)
    assert (sealed.actor, signed.actor) == ("clerk-1", "officer-1")


@pytest.mark.parametrize("lang", list(Language))
def test_registry_side_takes_in_and_writes_its_answer(
    day: Day, stick: Stick, desk: Desk, lang: Language
) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    desk.put_in()
    with talking(day.world.home(REGISTRY).root, lang) as talker:
        talker.sign_in()
        talker.number("1")
        talker.until(f"2: {text('Make ready the answer')}")
        made_ready(talker)
        approved(talker, "officer-2")
        talker.number("1")
        talker.until(text("You may take it out now"))
        left(talker)
    set_language(Language.EN)
    assert day.books(REGISTRY) == [("in", "taken", 1), ("out", "written", 1)]
    assert len(day.entries(REGISTRY, Event.BUNDLE_APPLIED)) == 1


def test_line_that_is_typed_ahead_confirms_nothing(day: Day) -> None:
    collected(day)
    with talking(day.world.home(LGWAN).root) as talker:
        talker.sign_in()
        talker.until("Your answer: ")
        talker.type("2\r7\r7")
        talker.until("Make ready what waits?")
        talker.until("Your answer: ")
        assert day.entries(LGWAN, Event.BUNDLE_SEALED) == []
        talker.type("7\r")
        talker.until("It is made ready.")
    assert len(day.entries(LGWAN, Event.BUNDLE_SEALED)) == 1


def test_what_follows_a_pin_typed_too_early_is_no_pin(day: Day) -> None:
    with talking(day.world.home(LGWAN).root) as talker:
        talker.until("Staff number: ")
        talker.type("clerk-1\rtrain")
        talker.until("PIN: ")
        talker.type("training\r")
        talker.until("What would you like to do?")
    assert day.entries(LGWAN, Event.PASSPHRASE_WRONG) == []


def test_answer_that_was_given_before_confirms_nothing(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected(day)
    begin = Dialogue.begin

    def at_the_question(self: Dialogue) -> None:
        begin(self)
        self.session.worker, self._before = Worker("clerk-1", None), "7"
        self.show(Prepare(self.session, view_of(self.session)))

    monkeypatch.setattr(Dialogue, "begin", at_the_question)
    with talking(day.world.home(LGWAN).root) as talker:
        talker.number("7")
        talker.until("That was the answer given before.")
        assert day.entries(LGWAN, Event.BUNDLE_SEALED) == []
        talker.number("")
        talker.number("7")
        talker.until("It is made ready.")


@pytest.mark.parametrize("pressed", ["f8", "F8", "\x1b[19~"])
def test_medium_is_reported_lost_from_anywhere(day: Day, stick: Stick, pressed: str) -> None:
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    with talking(day.world.home(LGWAN).root) as talker:
        talker.answer("Staff number", "f8")
        talker.until("Sign in first, then press F8.")
        talker.number("0")
        talker.sign_in()
        talker.number("1")
        talker.until("Plug it in")
        talker.number(pressed)
        talker.until("1: USB-001 is lost")
        talker.number("1")
        talker.until("Tell the security officer now.")
        talker.number("0")
        talker.until("Plug it in")
    assert day.health().state is ServiceState.LOST


def test_talk_is_locked_and_nothing_of_it_stays(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    means = kiosk._means
    soon = {"idle_seconds": 0.5}
    monkeypatch.setattr(
        kiosk, "_means", lambda *all_, **named: replace(means(*all_, **named), **soon)
    )
    with talking(day.world.home(LGWAN).root) as talker:
        talker.sign_in()
        talker.until("What would you like to do?")
        talker.until(WIPED)
        talker.until("Nobody has touched anything for a while, so the screen was locked.")
        talker.until("Staff number: ")


def test_language_help_and_what_has_no_effect(day: Day) -> None:
    with talking(day.world.home(LGWAN).root) as talker:
        talker.answer("Staff number", "f2")
        talker.answer("職員番号", "ｆ２")
        talker.answer("Staff number", "")
        talker.answer("Staff number", "nobody")
        talker.until("Code for the security officer: STAFF_NUMBER_UNKNOWN")
        talker.number("5")
        talker.until("None of the answers has that number.")
        talker.number("\x1b[A")
        talker.until("That was no key that does anything here.")
        talker.number("f1")
        talker.until("type f8 at once")
        talker.number("0")
        talker.until("STAFF_NUMBER_UNKNOWN")
        check_lines(talker.heard.replace("^[[A", ""))


def test_nothing_leads_away_while_a_stick_is_being_written(
    day: Day, stick: Stick, desk: Desk
) -> None:
    day.pack()
    go_r, go_w = os.pipe()
    stick.at_mount = lambda call: os.read(go_r, 1) and None if call == "write" else None
    desk.put_in()
    with talking(day.world.home(LGWAN).root) as talker:
        talker.sign_in()
        talker.number("1")
        talker.until("Medium USB-001 is being written.")
        talker.type("0\r\x03f4\r0\r")
        talker.type("f1\r")
        talker.until("Help")
        assert "DO NOT PULL IT OUT" in talker.until("Your answer: ")
        talker.type("0\r")
        talker.until("Medium USB-001 is being written.")
        os.write(go_w, b".")
        talker.until("You may take it out now")
        talker.until("Your answer: ")
    for each in (go_r, go_w):
        os.close(each)
    assert day.books(LGWAN) == [("out", "written", 1)]


@pytest.mark.parametrize("stop", STOPS)
def test_stopped_the_terminal_is_as_it_was(day: Day, stop: str) -> None:
    with talking(day.world.home(LGWAN).root) as talker:
        before = termios.tcgetattr(talker.master)
        talker.until("Staff number: ")
        assert termios.tcgetattr(talker.master) != before
        STOPS[stop](talker)
        assert talker.end() == code_of(stop)
        if stop != "closed":
            assert termios.tcgetattr(talker.master) == before
