"""What an event does to a person, and the 法務省通知 that tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mediabridge.clock import JST
from mediabridge.records.events import IsaEvent
from mediabridge.records.load import Loader
from mediabridge.records.model import IsaNotice
from mediabridge.records.values import Category, Operation
from mediabridge.sample.draw import Chance, later
from mediabridge.sample.names import KANJI_CULTURES, kanji_name, roman_name
from mediabridge.sample.person import Person, draw_period
from mediabridge.sample.statistics import EVENTS, STATUSES

DELETED: Final = "deleted"
_PERMANENT: Final = "601"
_LONG_TERM: Final = "604"
_DESIGNATED_ACTIVITIES: Final = "501"
_CHILD_STATUSES: Final = ("403", "603", "604")


@dataclass(frozen=True)
class Letter:
    """What a notice says about its own sending."""

    number: str
    sequence: int
    municipality: str
    issued_at: datetime


@dataclass(frozen=True)
class Happening:
    """One event in the life of a person, and the person after it."""

    event: IsaEvent
    day: date
    before: Person
    after: Person
    operation: Operation = Operation.CORRECTION


def choose(rng: Chance, person: Person, day: date) -> IsaEvent:
    """Return an event that can happen to *person* on *day*."""
    if _run_out(person, day):
        return IsaEvent.N02
    event = EVENTS[person.category].draw(rng)
    return event if fits(event, person) else _instead(person)


def reissue(person: Person, day: date) -> IsaEvent:
    """Return what brings *person* a new card on *day*; a stay that has run out is extended."""
    return IsaEvent.N02 if _run_out(person, day) else IsaEvent.N07


def _run_out(person: Person, day: date) -> bool:
    return person.expiry is not None and person.expiry < day


def fits(event: IsaEvent, person: Person) -> bool:
    """Tell whether *event* can happen to *person* at all."""
    indefinite = person.period is None
    if event is IsaEvent.N02:
        return not indefinite
    if event in {IsaEvent.N01, IsaEvent.N03}:
        return person.status != _PERMANENT
    if event is IsaEvent.N06:
        return indefinite
    if event is IsaEvent.N13:
        return person.nationality in KANJI_CULTURES
    if event is IsaEvent.N16:
        return person.name.kanji is None
    return True


def _instead(person: Person) -> IsaEvent:
    """Return the commonest event of a person to whom the chosen one cannot happen."""
    if person.category is Category.MID_LONG_TERM:
        return IsaEvent.N06 if person.period is None else IsaEvent.N02
    if person.category is Category.SPECIAL_PERMANENT:
        return IsaEvent.N14
    return IsaEvent.N04


def happen(rng: Chance, event: IsaEvent, person: Person, day: date) -> Happening:
    """Let *event* happen to *person* on *day*."""
    if event in {IsaEvent.N09, IsaEvent.N15} or (
        event in {IsaEvent.N08, IsaEvent.N12} and rng.random() < 0.4  # noqa: PLR2004
    ):
        gone = person._replace(state=DELETED)
        return Happening(event, day, person, gone, Operation.DELETION)
    if event is IsaEvent.N18:
        return Happening(event, day, person, person, Operation.NOTE)
    return Happening(event, day, person, _EFFECTS[event](rng, person, day))


def write_notice(happening: Happening, letter: Letter, loader: Loader, **changed: str) -> IsaNotice:
    """Return the notice of *happening*; *changed* fields make it contradict the registry."""
    before, after = happening.before, happening.after
    prior = before.card_number if before.card_number != after.card_number else None
    values = {
        **_of_person(after),
        "notice_id": letter.number,
        "sequence": str(letter.sequence),
        "municipality_code": letter.municipality,
        "issued_at": letter.issued_at.isoformat(),
        "event_code": happening.event.value,
        "event_date": happening.day.isoformat(),
        "operation_hint": happening.operation.value,
        "prior_card_number": prior or "",
        **changed,
    }
    record = loader.load({name: text for name, text in values.items() if text}, letter.sequence)
    if not isinstance(record, IsaNotice):
        raise TypeError
    return record


def issued(day: date, number: int) -> datetime:
    """Return a moment of the evening of *day*; later numbers never earlier."""
    evening = datetime(day.year, day.month, day.day, 17, 5, tzinfo=JST)
    return evening + timedelta(seconds=number // 100 % 7200)


def _of_person(person: Person) -> dict[str, str]:
    row = person.row()
    items = {name: text for name, text in row.items() if name not in _REGISTRY_ONLY}
    return items | {
        "card_type": person.card_type or "",
        "name_kanji_original": person.name.kanji_original or "",
    }


_REGISTRY_ONLY: Final = frozenset(
    {"state", "address", "foreign_resident_since", "next_municipality_code"}
)


def _new_card(_rng: Chance, person: Person, _day: date) -> Person:
    return person._replace(cards=person.cards + 1)


def _new_status(rng: Chance, person: Person, day: date) -> Person:
    status = next(
        drawn
        for drawn in iter(lambda: STATUSES.draw(rng), None)
        if drawn not in {person.status, _PERMANENT}
    )
    return _granted(rng, person._replace(cards=person.cards + 1), status, day)


def _extended(rng: Chance, person: Person, day: date) -> Person:
    # Nobody applies years ahead: the new period begins within three months.
    start = min(max(person.expiry or day, day), day + timedelta(days=90))
    renewed = person._replace(cards=person.cards + 1)
    return _granted(rng, renewed, person.status or _LONG_TERM, start)


def _permanent(_rng: Chance, person: Person, _day: date) -> Person:
    return person._replace(cards=person.cards + 1, status=_PERMANENT, period=None, expiry=None)


def _acquired(rng: Chance, person: Person, day: date) -> Person:
    settled = person._replace(category=Category.MID_LONG_TERM)
    return _granted(rng, settled, rng.choice(_CHILD_STATUSES), day)


def _renamed(rng: Chance, person: Person, _day: date) -> Person:
    name = person.name._replace(roman=roman_name(rng, person.nationality))
    return person._replace(cards=person.cards + 1, name=name)


def _revoked(_rng: Chance, person: Person, day: date) -> Person:
    period = (0, 6, 0)
    return person._replace(
        cards=person.cards + 1,
        status=_DESIGNATED_ACTIVITIES,
        period=period,
        expiry=later(day, *period),
    )


def _long_term(rng: Chance, person: Person, day: date) -> Person:
    had_card = person.card_type is not None
    settled = person._replace(
        category=Category.MID_LONG_TERM,
        cards=person.cards + had_card,
        until=None,
    )
    return _granted(rng, settled, _LONG_TERM, day)


def _longer_refuge(_rng: Chance, person: Person, day: date) -> Person:
    return person._replace(until=max(person.until or day, day) + timedelta(days=90))


def _special_permanent(_rng: Chance, person: Person, _day: date) -> Person:
    had_card = person.card_type is not None
    return person._replace(
        category=Category.SPECIAL_PERMANENT,
        cards=person.cards + had_card,
        status=None,
        period=None,
        expiry=None,
    )


def _in_kanji(rng: Chance, person: Person, _day: date) -> Person:
    kanji, original = kanji_name(rng)
    name = person.name._replace(kanji=kanji, kanji_original=original)
    return person._replace(cards=person.cards + 1, name=name)


def _put_right(_rng: Chance, person: Person, _day: date) -> Person:
    return person._replace(sex="2" if person.sex == "1" else "1")


def _granted(rng: Chance, person: Person, status: str, start: date) -> Person:
    period = draw_period(rng, status)
    expiry = later(start, *period) if period else None
    return person._replace(status=status, period=period, expiry=expiry)


_EFFECTS: Final[Mapping[IsaEvent, Callable[[Chance, Person, date], Person]]] = {
    IsaEvent.N01: _new_status,
    IsaEvent.N02: _extended,
    IsaEvent.N03: _permanent,
    IsaEvent.N04: _acquired,
    IsaEvent.N05: _renamed,
    IsaEvent.N06: _new_card,
    IsaEvent.N07: _new_card,
    IsaEvent.N08: _revoked,
    IsaEvent.N10: _long_term,
    IsaEvent.N11: _long_term,
    IsaEvent.N12: _longer_refuge,
    IsaEvent.N13: _special_permanent,
    IsaEvent.N14: _new_card,
    IsaEvent.N16: _in_kanji,
    IsaEvent.N17: _put_right,
}
