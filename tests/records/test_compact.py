"""A record that was judged comes back as it was, from a text that nobody judges again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from mediabridge.apply.journal import content_digest
from mediabridge.records.compact import Unpacker, packed
from mediabridge.records.load import Loader
from mediabridge.records.model import BASES, Record
from mediabridge.records.tables import shipped
from mediabridge.sample import Population
from tests.records.rows import RIGHT


def every_right_row() -> Iterator[Record]:
    for kind, values in RIGHT:
        yield Loader(kind, shipped()).load({name: text for name, text in values.items() if text})


def a_day() -> Iterator[Record]:
    people = Population(
        60, 5, "131041", date(2026, 11, 20), tables=shipped(), at_least=60, held=0.2
    )
    day = next(iter(people.days(1)))
    yield from day.isa_notices
    yield from day.municipal_notices


def base_of(record: Record) -> type[Record]:
    return next(base for base in BASES.values() if isinstance(record, base))


@pytest.mark.parametrize("records", [every_right_row, a_day])
def test_record_comes_back_as_it_was_judged(records: Callable[[], Iterator[Record]]) -> None:
    unpackers = {base: Unpacker(base) for base in BASES.values()}
    every = list(records())
    assert len(every) >= len(RIGHT)
    for record in every:
        again = unpackers[base_of(record)](packed(record))
        assert again == record
        assert type(again) is type(record)
        assert [(name, type(value)) for name, value in again] == [
            (name, type(value)) for name, value in record
        ]
        assert again.model_fields_set == record.items().keys()
        assert content_digest(again) == content_digest(record)
        assert packed(again) == packed(record)
        assert again.model_dump_json(exclude_none=True) == record.model_dump_json(exclude_none=True)
