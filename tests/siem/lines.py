"""Every event of the vocabulary with every fact that it may have, and with none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from translog.test_events import FULL, TIME

from mediabridge.translog import events
from mediabridge.translog.events import Entry, Event, Fact
from mediabridge.translog.siem import ecs, ocsf
from mediabridge.translog.vocabulary import CARRIES, REASONS

LOG = "lgwan-01"


def entry(event: Event, **facts: Fact) -> Entry:
    """Return an entry about *event*; where its reasons are a list of their own, with one of it."""
    own = {"reason": next(iter(REASONS[event])).value} if event in REASONS else {}
    data = events.build(event, time=TIME, station=LOG, actor="clerk-1", facts=facts | own)
    return events.parse(data, LOG)


def entries() -> Iterator[tuple[str, Entry]]:
    for event in Event:
        yield f"{event} with nothing", entry(event)
        yield f"{event} with all", entry(event, **{name: FULL[name] for name in CARRIES[event]})


def _lines(form: Callable[[Entry, int, str], dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    return ((name, form(each, 5, LOG)) for name, each in entries())


def ecs_lines() -> Iterator[tuple[str, Any]]:
    return _lines(ecs.document)


def ocsf_lines() -> Iterator[tuple[str, Any]]:
    return _lines(ocsf.event)
