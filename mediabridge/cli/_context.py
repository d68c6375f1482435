"""What the frame gives to every command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediabridge.cli import _screen
from mediabridge.cli._about import About
from mediabridge.cli._output import plain
from mediabridge.cli._result import Table
from mediabridge.clock import Clock, SystemClock
from mediabridge.errors import MediabridgeError
from mediabridge.locale import Language, text
from mediabridge.progress import NullProgress, Progress

if TYPE_CHECKING:
    from mediabridge.cli._roles import Desk


@dataclass(frozen=True)
class Context:
    """The global options, the clock, and the ways to reach the person."""

    home: Path
    """The station's folder; it may not exist yet."""

    json: bool = False
    """Whether stdout belongs to a program; then nobody can be asked anything."""

    lang: Language = Language.JA

    passphrase_fd: int | None = None
    """An open descriptor with the passphrase."""

    about: About = field(default_factory=lambda: About(Path()))
    """What is said besides the result; the frame shows it."""

    clock: Clock = field(default_factory=SystemClock)
    progress: Progress = field(default_factory=NullProgress)

    descriptors: dict[int, Callable[[str], bytes]] = field(default_factory=dict)
    """What was read from descriptors: each can be read once, and a command may ask again."""

    desk: Desk | None = None
    """Who works here through the station's account; None where it is the person's own."""

    def say(self, msgid: str, /, **facts: Any) -> None:
        """Tell the person what is happening: one translated line on stderr."""
        _screen.tell(text(msgid, **facts))

    def show(self, line: str | Table) -> None:
        """Show what a person must see before answering: a table or translated text, on stderr."""
        _screen.tell(plain(line, _screen.columns(sys.stderr)))

    def warn(self, warning: MediabridgeError) -> None:
        """Say something that stops nothing: on stderr, and with ``--json`` in the result."""
        self.about.warn(warning, as_json=self.json)

    def emit(self, schema: str, line: str, **data: Any) -> None:
        """Put one thing that happened on stdout: a line, or with --json an object a line.

        For commands that go on for as long as nobody stops them.
        """
        said = {"schema": schema, **self.about.whose_json(), **data}
        _screen.answer(json.dumps(said, default=str) if self.json else line)
