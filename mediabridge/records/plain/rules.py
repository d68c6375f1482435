"""Whether the texts of rows, side by side, may break a rule.

Each rule of :mod:`mediabridge.records.rules` has a cheap condition here under which it surely
has nothing to say, asked of whole columns. The texts are in their one form, so that days and
times compare as their texts do, a day with a time as well: ``2026-11-19`` comes before
``2026-11-19T00:00:00+09:00`` and after all of the day before. An absent text is empty, and
comes before every other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import compress, count
from operator import eq, gt, lt
from typing import Final

from mediabridge.kinds import Kind
from mediabridge.records.events import ISA_EVENTS, MUNICIPAL_EVENTS, Event
from mediabridge.records.names.characters import is_kanji
from mediabridge.records.plain.stay import Stays
from mediabridge.records.rules import (
    DEEMED,
    FIRST_BIRTH,
    LATEST_PERMISSION,
    NEXT_ADDRESS,
    ORIGINAL_LETTER,
    UNTIL,
)
from mediabridge.records.tables import RuleTables
from mediabridge.records.values import Category

Columns = Mapping[str, Sequence[str]]
"""The texts of some rows, by identifier; all of them of the same length."""

Rules = Callable[[Columns, str], Iterable[int]]
"""Returns the places of the rows, all of one category, that may break a rule."""


def _isa_notice(tables: RuleTables) -> Rules:
    stays = Stays(tables)

    def look(columns: Columns, category: str) -> Iterator[int]:
        day = columns["event_date"]
        yield from _events(columns, "operation_hint", category, ISA_EVENTS)
        yield from _person(columns, day, tables)
        yield from _outside(columns["municipality_code"], tables.plain_municipalities)
        yield from _where(map(gt, day, columns["issued_at"]))
        yield from _original(columns["name_kanji"], columns["name_kanji_original"])
        if category == Category.MID_LONG_TERM:
            yield from stays.of_notices(columns)
        elif category in UNTIL:
            yield from _where(map(lt, columns[UNTIL[Category(category)]], day))
            yield from _far_ahead(columns, category, day)
        if any(columns["prior_card_number"]):
            yield from _where(map(eq, columns["prior_card_number"], columns["card_number"]))

    return look


def _municipal_notice(tables: RuleTables) -> Rules:
    elsewhere = tables.plain_municipalities | {""}

    def look(columns: Columns, category: str) -> Iterator[int]:
        day, processed = columns["event_date"], columns["processed_at"]
        own, following = columns["municipality_code"], columns["next_municipality_code"]
        event = columns["event_code"]
        yield from _events(columns, "operation", category, MUNICIPAL_EVENTS)
        yield from _person(columns, day, tables)
        yield from _outside(own, tables.plain_municipalities)
        yield from _outside(following, elsewhere)
        yield from _where(map(eq, own, following))
        yield from _where(map(gt, day, processed))
        yield from _where(map(gt, columns["notified_on"], processed))
        for told in (columns["next_address"], following):
            if any(told):
                pairs = zip(event, told, strict=True)
                yield from _where(text and code not in NEXT_ADDRESS for code, text in pairs)
        # Whether such an entry has its address depends on what is done.
        yield from _where(map("M11".__eq__, event))
        since, birth = columns["foreign_resident_since"], columns["birth_date"]
        if any(since):
            yield from _where(map(gt, since, day))
            pairs = zip(since, birth, strict=True)
            yield from _where(text and text < born for text, born in pairs)

    return look


def _residence_report(tables: RuleTables) -> Rules:
    deemed = {(str(report), str(by)) for report, allowed in DEEMED.items() for by in allowed}
    usual = frozenset(deemed | {(str(report), "") for report in DEEMED})

    def look(columns: Columns, _category: str) -> Iterator[int]:
        since = columns["residence_since"]
        yield from _person(columns, since, tables)
        yield from _outside(columns["municipality_code"], tables.plain_municipalities)
        yield from _where(map(gt, since, columns["reported_on"]))
        pairs = list(zip(columns["report_kind"], columns["deemed_by"], strict=True))
        yield from _outside(pairs, usual)

    return look


def _isa_population(tables: RuleTables) -> Rules:
    stays = Stays(tables)

    def look(columns: Columns, category: str) -> Iterator[int]:
        yield from _person(columns, columns["as_of"], tables)
        yield from _outside(columns["municipality_code"], tables.plain_municipalities)
        if category == Category.MID_LONG_TERM:
            yield from stays.of_entries(columns)
        elif category in UNTIL:
            yield from _far_ahead(columns, category, columns["as_of"])

    return look


RULES: Final[Mapping[Kind, Callable[[RuleTables], Rules]]] = {
    Kind.ISA_NOTICE: _isa_notice,
    Kind.MUNICIPAL_NOTICE: _municipal_notice,
    Kind.RESIDENCE_REPORT: _residence_report,
    Kind.ISA_POPULATION: _isa_population,
}
"""Makes, for the tables in use, what looks at rows of each kind."""


def _far_ahead(columns: Columns, category: str, day: Sequence[str]) -> Iterator[int]:
    return _where(map(gt, columns[UNTIL[Category(category)]], map(_latest, day)))


@lru_cache(maxsize=1024)
def _latest(day: str) -> str:
    """Return the last day on which what was permitted on *day* may end; early if that is none."""
    try:
        return (date.fromisoformat(day[:10]) + LATEST_PERMISSION).isoformat()
    except (ValueError, OverflowError):
        return ""


def _events(
    columns: Columns, operation: str, category: str, events: Mapping[str, Event]
) -> Iterator[int]:
    """Doubt an event with another operation or category than its own, or without its items."""
    codes = columns["event_code"]
    pairs = list(zip(codes, columns[operation], strict=True))
    usual = frozenset(
        (code, done)
        for code, done in set(pairs)
        if done in events[code].operations and category in events[code].categories
    )
    yield from _outside(pairs, usual)
    for event in (events[code] for code in set(codes)):
        for name in event.required:
            if "" in columns[name]:
                texts = zip(codes, columns[name], strict=True)
                yield from _where(code == event.code and not text for code, text in texts)


def _person(columns: Columns, day: Sequence[str], tables: RuleTables) -> Iterator[int]:
    roman, kanji, birth = columns["name_roman"], columns["name_kanji"], columns["birth_date"]
    if "" in roman:
        yield from _where(not (one or other) for one, other in zip(roman, kanji, strict=True))
    unusual = set().union(*kanji) - tables.names.seiji
    if any(map(is_kanji, unusual)):
        yield from _where(not unusual.isdisjoint(name) for name in kanji)
    yield from _where(map(gt, birth, day))
    yield from _where(map(FIRST_BIRTH.__gt__, birth))
    yield from _outside(columns["nationality_region"], tables.plain_nationalities)


def _original(kanji: Sequence[str], originals: Sequence[str]) -> Iterator[int]:
    if any(originals):
        pairs = zip(kanji, originals, strict=True)
        yield from _where(
            text and not (name and ORIGINAL_LETTER.search(text)) for name, text in pairs
        )


def _outside(values: Sequence[object], usual: frozenset[object]) -> Iterator[int]:
    odd = set(values) - usual
    if odd:
        yield from _where(map(odd.__contains__, values))


def _where(flags: Iterable[object]) -> Iterator[int]:
    return compress(count(), flags)
