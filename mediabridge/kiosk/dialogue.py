"""The pages as a plain dialogue: a line is said after the other, and an answer is a typed line.

For whoever has the screen read out or feels it in Braille. The pages, what follows them, and what
is owed to a person are those of the screen that is drawn; see the package.
"""

from __future__ import annotations

import re
import time
import unicodedata
from contextlib import suppress
from typing import Final

from mediabridge.kiosk import aloud, keys
from mediabridge.kiosk.helping import HelpAloud
from mediabridge.kiosk.lost import lost
from mediabridge.kiosk.page import Choice, Live
from mediabridge.kiosk.sheet import BACK, MORE
from mediabridge.kiosk.talk import LOOK_SECONDS, Talk
from mediabridge.kiosk.terminal import GoneError
from mediabridge.locale import Language, language, set_language, text

_PRESSED: Final = {
    **{f"\x1bO{end}": f"f{number}" for number, end in enumerate("PQRS", 1)},
    **{f"\x1b[[{end}": f"f{number}" for number, end in enumerate("ABCD", 1)},
    **{f"\x1b[{10 + number}~": f"f{number}" for number in range(1, 5)},
    "\x1b[19~": "f8",
}
"""What terminals send for a function key that is pressed instead of its name being typed."""
_STEERS: Final = re.compile(r"[\x00-\x1f\x7f]")


class Dialogue(Talk):
    """A terminal, with somebody before it."""

    _before = ""
    """The line before; what cannot be taken back is done by another one."""

    def run(self) -> None:
        """Talk until the person leaves, or this program has to end."""
        with self.terminal.held():
            try:
                self.begin()
                while not self.is_over:
                    self._go_on()
            finally:
                self.close()

    def _go_on(self) -> None:
        try:
            self._hear()
            self.look()
        except GoneError:
            self._end()

    def _end(self) -> None:
        """Leave; where something is being done, that comes to its end first."""
        self.leave()
        if not self.is_over:
            time.sleep(LOOK_SECONDS)
            with suppress(GoneError):
                self.ask()

    def _hear(self) -> None:
        """Take a line; while nothing is asked only those that are meant for every page."""
        if not self.terminal.asks:
            self._take_key(_key_of(self.terminal.ahead(LOOK_SECONDS) or ""))
            return
        line = self.terminal.answer(LOOK_SECONDS)
        if line is not None:
            self.touched = time.monotonic()
            before, self._before = self._before, line
            self._take(line, held_down=line == before)

    def _take(self, line: str, *, held_down: bool) -> None:
        field = self.shown.field()
        is_secret = self.types and field is not None and field.secret
        # A PIN may be called like a key; what was pressed as one has a character that no PIN has.
        if (not is_secret or _STEERS.search(line)) and self._take_key(_key_of(line)):
            return
        if _STEERS.search(line):
            self._say_again(text("That was no key that does anything here."))
        elif not self.types or field is None:
            self._take_number(unicodedata.normalize("NFKC", line).strip(), held_down=held_down)
        elif line.strip():
            self.show(field.entered(line.strip()))
        elif self.answers:
            self.ask_for_answer()
        else:
            self.ask()

    def _take_number(self, number: str, *, held_down: bool) -> None:
        for each in self.answers:
            if each.key == number:
                self._choose(each, held_down=held_down)
                return
        if number:
            self._say_again(text("None of the answers has that number."))
        else:
            self.tell()

    def _say_again(self, why: str) -> None:
        self.read_out([why])
        self.tell_keys()
        self.ask()

    def _choose(self, choice: Choice, *, held_down: bool) -> None:
        page = self.shown
        if choice.confirms and held_down:
            again = text("That was the answer given before. Press Enter alone first, then give it.")
            self.read_out([again])
            self.ask()
        elif not isinstance(page, Live) or page.leave():
            self._follow_choice(choice)
        else:
            self.ask()

    def _follow_choice(self, choice: Choice) -> None:
        page = self.shown
        if choice.key == MORE and choice.then() is page:
            self.turn_to((self.part + 1) % len(aloud.parts(page)))
        elif page is self.standing.over and choice.key == BACK:
            self.standing.uncover()
            self.turn_to(0)
        else:
            self.show(choice.then())

    def _take_key(self, key: str) -> bool:
        """Do what *key* stands for at every page; tell whether it stands for anything."""
        match key:
            case keys.HELP:
                self.cover(HelpAloud(self.session))
            case keys.LANGUAGE:
                set_language(Language.EN if language() is Language.JA else Language.JA)
                self.tell()
            case keys.LOCK:
                self.lock(idle=False)
            case keys.LOST:
                self.cover(lost(self.session))
            case _:
                return False
        if not self.terminal.asks:
            self.ask()
        return True


def _key_of(line: str) -> str:
    """Return the name of the key that *line* stands for, as it was typed or pressed."""
    return _PRESSED.get(line.strip(), unicodedata.normalize("NFKC", line).strip().lower())
