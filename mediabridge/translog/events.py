"""One entry of the transfer log: written and read in one spelling, of the closed vocabulary.

An entry is one canonical JSON object: what happened, when, at which station, by
whom, and *facts* — identifiers, counts, hashes and codes from the closed list
:data:`FACTS`. Writing anything else is a programming error, and a peer's
entry that holds it is refused like a forged one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mediabridge import canonical, clock, locale
from mediabridge.config import LIMITS, Limits
from mediabridge.translog.vocabulary import (
    FACTS,
    ID,
    REASONS,
    Event,
    Fact,
    Shape,
    matching,
    one_of,
)

__all__ = ["FACTS", "FORMAT", "Entry", "Event", "Fact", "build", "fits", "parse"]

FORMAT: Final = 1
"""The entry format this version writes and reads."""

_EVENT: Final = one_of(*Event)
_EVENTS: Final = {event.value: event for event in Event}
_TIME: Final = matching(r"[0-9TZ:-]{20}")
_KEYS: Final = frozenset({"actor", "event", "facts", "format", "station", "time"})


@dataclass(frozen=True)
class Entry:
    """One entry, as :func:`parse` read it."""

    event: Event
    time: str
    station: str
    actor: str
    facts: Mapping[str, Fact]


def fits(facts: Mapping[str, object]) -> bool:
    """Tell whether these facts may stand in an entry."""
    return all(name in FACTS and FACTS[name](value) for name, value in facts.items())


def build(event: Event, *, time: str, station: str, actor: str, facts: Mapping[str, Fact]) -> bytes:
    """Return the canonical bytes of an entry.

    *time* is what :func:`mediabridge.clock.to_rfc3339` writes; *actor* is the id of
    a person, or of the station itself where nobody acted.

    Raises:
        ValueError: a fact outside :data:`FACTS` or a value outside its shape, or a
            recovery or a removal for no reason of its list. The text never repeats the
            value, which may be what must not be logged.
    """
    if event in REASONS:
        # Only of what is written here: another version may know more reasons.
        _check("reason", facts.get("reason"), one_of(*REASONS[event]))
    data = canonical.dump(
        {
            "actor": actor,
            "event": event,
            "facts": dict(facts),
            "format": FORMAT,
            "station": station,
            "time": time,
        }
    )
    parse(data, station)
    return data


def parse(data: bytes, station: str, limits: Limits = LIMITS) -> Entry:
    """Read an entry of the log of *station*, in the one spelling that :func:`build` writes.

    Raises:
        ValueError: too large, not canonical JSON, outside the vocabulary, or
            another station's entry.
    """
    if len(data) > limits.log_entry_bytes:
        msg = locale.text(
            "{size} bytes, at most {limit}", size=len(data), limit=limits.log_entry_bytes
        )
        raise ValueError(msg)
    document = canonical.load(data)
    if not isinstance(document, dict) or document.keys() != _KEYS:
        msg = locale.text("an entry has exactly the fields {names}", names=", ".join(sorted(_KEYS)))
        raise ValueError(msg)
    if document["format"] != FORMAT or type(document["format"]) is not int:
        msg = locale.text("the format of an entry should be {wanted}", wanted=FORMAT)
        raise ValueError(msg)
    _check("actor", document["actor"], ID)
    _check("station", document["station"], ID)
    if document["station"] != station:
        msg = locale.text(
            "an entry of station {got}, should be of {wanted}",
            got=document["station"],
            wanted=station,
        )
        raise ValueError(msg)
    return Entry(
        event=_event(document["event"]),
        time=_time(document["time"]),
        station=document["station"],
        actor=document["actor"],
        facts=_facts(document["facts"]),
    )


def _event(value: Any) -> Event:
    _check("event", value, _EVENT)
    return _EVENTS[value]


def _time(value: Any) -> str:
    _check("time", value, _TIME)
    clock.from_rfc3339(value)
    return str(value)


def _facts(value: Any) -> dict[str, Fact]:
    if not isinstance(value, dict) or not value.keys() <= FACTS.keys():
        msg = locale.text("the facts hold a name outside the closed list")
        raise ValueError(msg)
    for name, fact in value.items():
        _check(name, fact, FACTS[name])
    return value


def _check(name: str, value: object, shape: Shape) -> None:
    if not shape(value):
        msg = locale.text("the value of {name} does not have the required shape", name=name)
        raise ValueError(msg)
