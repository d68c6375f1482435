"""What happens at the counter, and the 市町村通知 that tells of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from mediabridge.records.events import MUNICIPAL_EVENTS, MunicipalEvent
from mediabridge.records.load import Loader
from mediabridge.records.model import MunicipalNotice
from mediabridge.records.values import Operation
from mediabridge.sample.draw import Chance, day_between
from mediabridge.sample.isa import Letter
from mediabridge.sample.person import Person, address

ARRIVALS: Final = frozenset(
    {
        MunicipalEvent.M01,
        MunicipalEvent.M02,
        MunicipalEvent.M03,
        MunicipalEvent.M07,
        MunicipalEvent.M08,
    }
)
"""Events of people whom the registry did not hold before."""

_ELSEWHERE: Final = {"112038": "川口市", "011011": "札幌市中央区", "131016": "千代田区"}
_SINCE_EVENT: Final = ARRIVALS - {MunicipalEvent.M01}
_AT_THE_COUNTER: Final = frozenset(MunicipalEvent) - {
    MunicipalEvent.M08,
    MunicipalEvent.M10,
    MunicipalEvent.M12,
    MunicipalEvent.M13,
}


def write_notice(
    rng: Chance,
    event: MunicipalEvent,
    person: Person,
    letter: Letter,
    place: str,
    *,
    loader: Loader,
) -> MunicipalNotice:
    """Return the notice of *event*, which happened to *person* in *place*."""
    processed = letter.issued_at.date()
    day = _day_of(rng, event, person, processed)
    since = day if event in _SINCE_EVENT else min(person.since, day)
    values = {
        **_of_person(person._replace(since=since)),
        **_moves(rng, event, person, place, letter.municipality),
        "notice_id": letter.number,
        "sequence": str(letter.sequence),
        "municipality_code": letter.municipality,
        "processed_at": letter.issued_at.isoformat(),
        "event_code": event.value,
        "event_date": day.isoformat(),
        "operation": _operation(rng, event).value,
        "notified_on": processed.isoformat() if event in _AT_THE_COUNTER else "",
    }
    record = loader.load({name: text for name, text in values.items() if text}, letter.sequence)
    if not isinstance(record, MunicipalNotice):
        raise TypeError
    return record


def _day_of(rng: Chance, event: MunicipalEvent, person: Person, processed: date) -> date:
    if event is MunicipalEvent.M07:
        return person.since
    if event is MunicipalEvent.M05 and rng.random() < 0.5:  # noqa: PLR2004
        return processed + timedelta(days=rng.randrange(1, 14))
    return day_between(rng, processed - timedelta(days=10), processed)


def _operation(rng: Chance, event: MunicipalEvent) -> Operation:
    return rng.choice(sorted(MUNICIPAL_EVENTS[event].operations))


def _moves(
    rng: Chance, event: MunicipalEvent, person: Person, place: str, own: str
) -> dict[str, str]:
    """Return the addresses that *event* is about."""
    codes = [code for code in _ELSEWHERE if code != own]
    elsewhere = rng.choice(codes)
    there = address(rng, _ELSEWHERE[elsewhere])
    if event is MunicipalEvent.M01:
        return {"previous_address": there}
    if event is MunicipalEvent.M04:
        return {"previous_address": person.address, "address": address(rng, place)}
    if event is MunicipalEvent.M05:
        return {"next_address": there, "next_municipality_code": elsewhere}
    return {}


def _of_person(person: Person) -> dict[str, str]:
    row = person.row()
    return {name: row[name] for name in _CARRIED} | {"card_type": person.card_type or ""}


_CARRIED: Final = (
    "card_number",
    "art30_45_category",
    "name_roman",
    "name_kanji",
    "birth_date",
    "sex",
    "nationality_region",
    "address",
    "foreign_resident_since",
)
