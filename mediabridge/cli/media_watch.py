"""``mediabridge media watch``: what is plugged in, as it changes; nothing is used."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station
from mediabridge.locale import text

if TYPE_CHECKING:
    from mediabridge.media.states import StateReport

SCHEMA = "mediabridge.medium/1"


def watch(context: Context) -> Result:
    from mediabridge.config import WATCH_TICK_SECONDS
    from mediabridge.media import watching
    from mediabridge.stations.home import Home
    from mediabridge.stations.sticks import looking

    snapshots = watching.watch(tick_seconds=WATCH_TICK_SECONDS)
    # Stopping it is how it ends; it has nothing to interrupt.
    with suppress(KeyboardInterrupt):
        for seen in looking.news(snapshots, Home(context.home), partial(open_station, context)):
            show_state(context, seen)
    return Result([text("Watching has ended.")])


def show_state(context: Context, seen: StateReport) -> None:
    """Print one state: its sentence and its next step, or an object with --json."""
    context.emit(SCHEMA, f"{seen.sentence} [{seen.state}]\n  {seen.hint}", **seen.as_dict())
