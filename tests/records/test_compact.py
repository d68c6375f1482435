"""A record that was judged comes back as it was, from texts that nobody judges again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from mediabridge.apply.journal import content_digest
from mediabridge.kinds import Kind
from mediabridge.records.compact import Unpacker, texts_of
from mediabridge.records.load import Loader
from mediabridge.records.model import BASES, Record, classes_of
from mediabridge.records.tables import shipped
from mediabridge.sample import Population
from tests.records.rows import RIGHT, columns_of


def every_right_row() -> Iterator[Record]:
    for kind, values in RIGHT:
        if classes_of(kind):
            texts = {name: text for name, text in values.items() if text}
            yield Loader(kind, shipped()).load(texts)


def a_day() -> Iterator[Record]:
    people = Population(
        60, 5, "131041", date(2026, 11, 20), tables=shipped(), at_least=60, held=0.2
    )
    day = next(iter(people.days(1)))
    yield from day.isa_notices
    yield from day.municipal_notices


def kind_of(record: Record) -> Kind:
    return next(kind for kind, base in BASES.items() if isinstance(record, base))


@pytest.mark.parametrize("records", [every_right_row, a_day])
def test_record_comes_back_as_it_was_judged(records: Callable[[], Iterator[Record]]) -> None:
    every = list(records())
    assert len(every) > 10
    for record in every:
        kind = kind_of(record)
        (texts,) = texts_of(kind, columns_of(record, kind=kind))
        again = Unpacker(kind)(texts)
        assert again == record
        assert type(again) is type(record)
        assert [(name, type(value)) for name, value in again] == [
            (name, type(value)) for name, value in record
        ]
        assert again.model_fields_set == record.items().keys()
        assert content_digest(again) == content_digest(record)
        assert again.model_dump_json(exclude_none=True) == record.model_dump_json(exclude_none=True)


def test_column_that_a_file_does_not_have_is_absent() -> None:
    record = next(every_right_row())
    columns = columns_of(record)
    del columns["remarks"]
    (texts,) = texts_of(Kind.ISA_NOTICE, columns)
    assert Unpacker(Kind.ISA_NOTICE)(texts) == record
