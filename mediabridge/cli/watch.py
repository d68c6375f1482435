"""``mediabridge watch``: plug a stick in, and what it came for is done."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from mediabridge.cli import _screen
from mediabridge.cli._clerk import (
    ClerkPassphraseFd,
    ClerkPassphraseFile,
    ClerkPlace,
    clerk_at,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._output import plain
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station, passphrases
from mediabridge.cli.import_ import taken_data, taken_lines
from mediabridge.cli.media_watch import show_state
from mediabridge.locale import hint_of, sentence_of, text

if TYPE_CHECKING:
    from mediabridge.errors import MediabridgeError
    from mediabridge.media.states import StateReport
    from mediabridge.stations.serving import Served

SCHEMA = "mediabridge.watch/1"


def watch(
    context: Context,
    *,
    operator: Operator = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.config import WATCH_TICK_SECONDS
    from mediabridge.media import watching
    from mediabridge.stations.clerks import at_desk
    from mediabridge.stations.home import Home
    from mediabridge.stations.watching import Watcher

    home = Home(context.home)
    # Whether there is a station for this user is said at once, not when a stick comes.
    config = home.config()
    screen = _Screen(context)
    # The passphrases of this station's keys are asked for once, not at every stick.
    source = cache(passphrases(context, passphrase_file, context.home))
    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    clerk = replace(clerk, passphrases=cache(clerk.passphrases))
    opened = partial(open_station, context, clerk=clerk, source=source, show=screen.state)
    if config.mode == "live":
        # So is the own PIN, and a key that does not count is told before a stick comes.
        with opened() as station:
            at_desk(station, operator)
    watcher = Watcher(home, opened, screen, operator=operator)
    try:
        for snapshot in watching.watch(tick_seconds=WATCH_TICK_SECONDS):
            watcher.notice(snapshot)
    except KeyboardInterrupt:
        if watcher.is_busy:
            raise
    return Result([text("Watching has ended.")])


class _Screen:
    """What happens at the desk, as lines or, with --json, as objects."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def state(self, seen: StateReport) -> None:
        show_state(self._context, seen)

    def done(self, served: Served) -> None:
        for bundle in served.cleaned:
            line = text("An unfinished copy from an interrupted journey was removed.")
            self._say("cleaned", line, bundle=bundle)
        width = _screen.columns(sys.stdout)
        for taken in served.taken:
            lines = "\n".join(plain(line, width) for line in taken_lines(taken))
            self._say("taken", lines, **taken_data(taken))
        for row in served.continued:
            line = text(
                "The interrupted writing of bundle number {seq} was done anew.", seq=row.seq
            )
            self._say("continued", line, bundle=row.bundle, seq=row.seq)
        for row in served.written:
            line = text("Bundle number {seq} is on the medium and was read back.", seq=row.seq)
            self._say("written", line, bundle=row.bundle, seq=row.seq)
        for row in served.again:
            line = text(
                "Bundle number {seq} went once more, since no receipt is in yet.", seq=row.seq
            )
            self._say("again", line, bundle=row.bundle, seq=row.seq)
        if served.repeated:
            self._say("repeated", text("What is on this medium was taken before."))

    def ended(self, served: Served, station: str) -> None:
        if served.safe and served.is_empty:
            line = text("Nothing on this medium is for this station, and nothing is to be written.")
            self._say("nothing", line)
        self._say("done", "", safe=served.safe, medium=served.visit.medium, station=station)

    def refused(self, error: MediabridgeError) -> None:
        sentence, hint = sentence_of(error), hint_of(error)
        said = {"reason": error.reason, "sentence": sentence, "hint": hint, "facts": error.facts}
        self._say("refused", f"{sentence}\n  {hint}", **said)

    def _say(self, event: str, line: str, **data: Any) -> None:
        if line or self._context.json:
            self._context.emit(SCHEMA, line, event=event, **data)
