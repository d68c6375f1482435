"""A person at a real terminal: what is shown, what is typed, how it ends."""

from __future__ import annotations

import codecs
import os
import re
import select
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from stations.days import Day

LGWAN = "lgwan-01"
QUESTION = "[y = yes / n = no]"
COLUMNS, LINES = 80, 12
"""Half of a small screen: however long the summary is, this much beside the question is seen."""

PATIENCE_SECONDS = 300
"""Nothing here says anything about time; but a program that waits for ever fails its test."""

Answer = Callable[[re.Match[str]], str]
"""What a person types when a question stands there."""


@dataclass
class Terminal:
    """A program at a pseudo-terminal, and all that it has shown."""

    master: int
    process: subprocess.Popen[bytes]
    shown: str = ""
    letters: codecs.IncrementalDecoder = field(
        default_factory=codecs.getincrementaldecoder("utf-8"), repr=False
    )
    """A terminal hands over bytes as they come: a letter may be cut in two."""

    def wait_for(self, words: str) -> None:
        while words not in self.shown:
            self._read()

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        try:
            while True:
                self._read()
        except OSError:
            # Linux says so when the last program has closed the terminal.
            return self.process.wait()

    def answer_all(self, question: str, keys: str) -> int:
        """Type *keys* each time *question* is asked, until the program ends; return its code."""
        answered = 0
        try:
            while True:
                self._read()
                while answered < self.shown.count(question):
                    self.type(keys)
                    answered += 1
        except OSError:
            return self.process.wait()

    def converse(self, answers: Sequence[tuple[str, Answer]]) -> int:
        """Answer whichever question, by its pattern, stands last on the screen; return the code."""
        seen = 0
        try:
            while True:
                self._read()
                for pattern, answer in answers:
                    if found := re.search(f"{pattern}$", self.shown[seen:]):
                        seen = len(self.shown)
                        self.type(f"{answer(found)}\n")
                        break
        except OSError:
            return self.process.wait()

    def _read(self) -> None:
        ready, _, _ = select.select([self.master], [], [], PATIENCE_SECONDS)
        if not ready:
            # Not after an OSError: for these tests that is the end of the program.
            msg = f"nothing more is shown:\n{self.screen}"
            raise AssertionError(msg)
        self.shown += self.letters.decode(os.read(self.master, 65536))

    @property
    def screen(self) -> str:
        """What a small terminal surely still shows: every line folded, the last of them all."""
        lines = [
            line[at : at + COLUMNS]
            for line in self.shown.replace("\r", "").split("\n")
            for at in range(0, max(len(line), 1), COLUMNS)
        ]
        return "\n".join(lines[-LINES:])


@contextmanager
def at_terminal(
    command: Sequence[str],
    *,
    typed: str = "",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Run *command* in *folder* at a terminal into which *typed* was typed before it began."""
    master, slave = os.openpty()
    termios.tcsetwinsize(master, (2 * LINES, COLUMNS))
    os.write(master, typed.encode())
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        cwd=folder,
        env=environment,
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait()
        os.close(master)


@contextmanager
def terminal(day: Day, *words: str, typed: str = "") -> Iterator[Terminal]:
    """Run a command of mediabridge at the LGWAN side's terminal; see :func:`at_terminal`."""
    home = str(day.world.home(LGWAN).root)
    command = [sys.executable, "-m", "mediabridge", "--lang", "en", "--home", home, *words]
    with at_terminal(command, typed=typed) as at:
        yield at
