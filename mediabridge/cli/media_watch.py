"""``mediabridge media watch``: what is plugged in, as it changes; nothing is used."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from mediabridge.cli._context import Context
from mediabridge.cli._medium import slots_for
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station
from mediabridge.locale import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediabridge.media.states import StateReport
    from mediabridge.media.watching import Snapshot

SCHEMA = "mediabridge.medium/1"


def watch(context: Context) -> Result:
    """Print the state of what is plugged in, each time it changes, until interrupted."""
    from mediabridge.config import WATCH_TICK_SECONDS
    from mediabridge.media import watching

    last: list[StateReport] = []
    seen_snapshot, told_before = None, _told_at(context)
    # Stopping it is how it ends; it has nothing to interrupt.
    with suppress(KeyboardInterrupt):
        for snapshot in watching.watch(tick_seconds=WATCH_TICK_SECONDS):
            changed, seen_snapshot = snapshot != seen_snapshot, snapshot
            if changed and snapshot.media:
                # What was told until now was told of an earlier visit.
                told_before = _told_at(context)
            news = _told_at(context) != told_before
            now = list(_states(context, snapshot, changed=changed, news=news)) or last
            for seen in now:
                if seen not in last:
                    show_state(context, seen)
            last = now
    return Result([text("Watching has ended.")])


def show_state(context: Context, seen: StateReport) -> None:
    """Print one state: its sentence and its next step, or an object with --json."""
    context.emit(SCHEMA, f"{seen.sentence} [{seen.state}]\n  {seen.hint}", **seen.as_dict())


def _states(
    context: Context, snapshot: Snapshot, *, changed: bool, news: bool
) -> Iterator[StateReport]:
    """Yield the state of every device; what another command does with it comes from its file."""
    from mediabridge.errors import StationBusyError
    from mediabridge.media import policy
    from mediabridge.media.states import MediumState, report
    from mediabridge.stations.sticks import choosing

    for device in snapshot.newcomers:
        seen = policy.judge_device(device)
        if seen is not None:
            yield seen
    if not snapshot.media:
        if not snapshot.newcomers:
            yield _let_go(context, news=news) or report(MediumState.NO_MEDIUM)
        return
    if not changed:
        if news:
            yield from _told(context)
        return
    try:
        with open_station(context) as station:
            for _slot, seen, _visit in choosing.look_at_all(station, slots_for(snapshot.media)):
                yield seen
    except StationBusyError:
        yield from _told(context)


def _let_go(context: Context, *, news: bool) -> StateReport | None:
    """Return that the last stick may be removed: switched off, it is seen no more."""
    from mediabridge.media.states import MediumState

    told = list(_told(context)) if news else []
    return next((each for each in told if each.state is MediumState.SAFE_TO_REMOVE), None)


def _told_at(context: Context) -> tuple[int, int] | None:
    """Return when a command last told a state, as something to compare."""
    from mediabridge.stations.home import Home

    try:
        status = Home(context.home).medium_state.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _told(context: Context) -> Iterator[StateReport]:
    """Yield the state that the command at work told last, if any."""
    from mediabridge.media.states import MediumState, report
    from mediabridge.stations.home import Home

    try:
        told = json.loads(Home(context.home).medium_state.read_text("utf-8"))
        yield report(MediumState(told["state"]), **told["facts"])
    except (OSError, ValueError, KeyError, TypeError):
        # A hint for the screen that is missing or damaged is no hint.
        return
