"""The published schema, two validators of it, and the reader say the same of 5,000 documents."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
import xmlschema
from lxml import etree
from records.rows import RIGHT, present
from records_xml.documents import document, read

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.reasons import Reason
from mediabridge.records.xml import SCHEMA_FILE
from tools.build_xsd import SAID_BY_SCHEMA

pytestmark = pytest.mark.in_turns

LXML = etree.XMLSchema(file=str(SCHEMA_FILE))
SECOND = xmlschema.XMLSchema(str(SCHEMA_FILE))
CASES = 5_000

Fields = list[tuple[str, str]]
"""The elements of one record, by name, with their inner XML."""

SPACES = [" ", "\t", "\n", "&#13;", "\u00a0", "\u3000"]
ODD = [
    "x", "０", "1", "-", "+", "'", "・", "　", "々", "〇", "ー", "例", "𠮟", "\ufa19", "⻑", "ｱ",
    "か\u3099", "\u00ad", "\u200b", "\u202e", "\u2028", "\ufdd0", "\U0001fffe", "\ue000",
    "\uf8ff", "\ud7ff", "\U000e0100", "\ufe00", "\U0010fffd", "\ufffd", "&#x85;", "&#x7F;",
    "{", "}", "{U+E400}", "{U+F8FF}", "{U+F900}", "&amp;", "&lt;", ",", ".", "_",
]  # fmt: skip
VALUES = [
    "0", "00", "5", "6", "10", "11", "12", "99", "100", "9007199254740991",
    "9007199254740992", "1e1", "+1", "-0", "1.0", "indefinite", "Indefinite", "2026-02-28",
    "2026-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "2026-04-31", "2026-13-01",
    "2026-00-10", "1990-00-00", "1990-04-00", "1990-13-00", "0999-01-01", "3000-01-01",
    "2026-11-18Z", "2026-11-18+09:00", "-2026-11-18", "12026-11-18",
    "2026-11-19T24:00:00+09:00", "2026-11-19T23:59:60+09:00", "2026-11-19T17:05:00.0+09:00",
    "2026-11-19T17:05:00Z", "2026-11-19T17:05:00", "2026-02-29T00:00:00+09:00", "1", "2",
    "9", "N02", "M04", "ab12345678cd", "AB12345678CD",
]  # fmt: skip


def _plain(text: str) -> bool:
    """Tell whether *text* may be cut anywhere: it holds no markup."""
    return not set("&<") & set(text)


def _at_some_place(chance: random.Random, text: str, more: str) -> str:
    place = chance.randint(0, len(text)) if _plain(text) else chance.choice([0, len(text)])
    return text[:place] + more + text[place:]


def _space(chance: random.Random, fields: Fields) -> None:
    _change(chance, fields, lambda text: _at_some_place(chance, text, chance.choice(SPACES)))


def _character(chance: random.Random, fields: Fields) -> None:
    _change(chance, fields, lambda text: _at_some_place(chance, text, chance.choice(ODD)))


def _only_odd(chance: random.Random, fields: Fields) -> None:
    _change(chance, fields, lambda _: "".join(chance.choices(ODD, k=chance.randint(1, 3))))


def _value(chance: random.Random, fields: Fields) -> None:
    _change(chance, fields, lambda _: chance.choice(VALUES))


def _cut(chance: random.Random, fields: Fields) -> None:
    _change(
        chance, fields, lambda text: text[: chance.randint(0, len(text))] if _plain(text) else ""
    )


def _long(chance: random.Random, fields: Fields) -> None:
    _change(chance, fields, lambda text: (text or "x") * chance.choice([2, 10, 50, 51, 200]))


def _nested(chance: random.Random, fields: Fields) -> None:
    _change(chance, fields, lambda text: f"<sex>{text}</sex>")


def _comment(chance: random.Random, fields: Fields) -> None:
    _change(chance, fields, lambda text: _at_some_place(chance, text, "<!-- x -->"))


def _data(chance: random.Random, fields: Fields) -> None:
    _change(chance, fields, lambda text: f"<![CDATA[{text}]]>" if _plain(text) else text)


def _missing(chance: random.Random, fields: Fields) -> None:
    fields.pop(chance.randrange(len(fields)))


def _twice(chance: random.Random, fields: Fields) -> None:
    fields.insert(chance.randrange(len(fields)), chance.choice(fields))


def _swapped(chance: random.Random, fields: Fields) -> None:
    chance.shuffle(fields)


def _foreign(chance: random.Random, fields: Fields) -> None:
    fields.insert(chance.randrange(len(fields)), (chance.choice(["kojin", "sex2", "Sex"]), "1"))


def _text_between(chance: random.Random, fields: Fields) -> None:
    fields.insert(
        chance.randrange(len(fields)), ("", chance.choice(["x", " ", "\n", "<!-- x -->"]))
    )


def _change(chance: random.Random, fields: Fields, change: Callable[[str], str]) -> None:
    place = chance.randrange(len(fields))
    name, text = fields[place]
    fields[place] = (name, change(text))


MUTATIONS: list[Callable[[random.Random, Fields], None]] = [
    *[_space, _character, _only_odd, _value] * 3, _cut, _long, _nested, _comment, _data, _missing,
    _twice, _swapped, _foreign, _text_between,
]  # fmt: skip


def _mutated(chance: random.Random) -> tuple[Kind, bytes]:
    kind, row = chance.choice(RIGHT)
    row = present(row)
    spare = {name: item.example for name, item in FIELDS[kind].items() if item.form in FREE}
    row |= {name: text for name, text in spare.items() if chance.random() < 0.5}
    fields = [(name, row[name]) for name in FIELDS[kind] if name in row]
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        chance.choice(MUTATIONS)(chance, fields)
    inner = "".join(f"<{name}>{text}</{name}>" if name else text for name, text in fields)
    return kind, document(f"<{kind}>{inner}</{kind}>", kind=kind)


FREE = {Reason.CHARACTER_NOT_ALLOWED, Reason.NOT_KANJI, Reason.NOT_ROMAN_LETTERS}


def _documents() -> Iterator[tuple[Kind, bytes]]:
    chance = random.Random(20261127)  # noqa: S311 - the same documents every time
    for _ in range(CASES):
        yield _mutated(chance)


def _reader_finds(data: bytes, kind: Kind) -> set[Reason]:
    _, errors = read(data, kind)
    return {error.reason for error in errors}


def test_schema_and_reader_agree_on_mutated_documents() -> None:
    outcomes = {True: 0, False: 0}
    for kind, data in _documents():
        first = LXML.validate(etree.fromstring(data))
        assert SECOND.is_valid(data.decode()) is first, data.decode()
        found = _reader_finds(data, kind)
        assert Reason.NOT_IN_SCHEMA not in found, data.decode()
        # The schema refuses no more than the reader, and the reader no more than its rules do.
        assert first or found, data.decode()
        assert not first or found.isdisjoint(SAID_BY_SCHEMA), (data.decode(), found)
        outcomes[first] += 1
    assert min(outcomes.values()) > CASES / 10


@pytest.mark.parametrize(
    "value",
    [
        " 2026-11-18",
        "2026-11-18\n",
        "\t2026-11-18",
        "2026-11-18Z",
        "2026-11-18+09:00",
        "2026-02-29",
    ],
)
def test_space_and_zone_of_a_date_are_refused_by_schema_and_reader(value: str) -> None:
    _all_refuse("event_date", value)


@pytest.mark.parametrize(
    "value",
    ["2026-11-19T24:00:00+09:00", " 2026-11-19T17:05:00+09:00", "2026-11-19T23:59:60+09:00"],
)
def test_other_forms_of_a_time_are_refused_by_schema_and_reader(value: str) -> None:
    _all_refuse("issued_at", value)


@pytest.mark.parametrize("value", [" 12", "12\n", "+12", "012", "9007199254740992", "-0"])
def test_other_forms_of_a_number_are_refused_by_schema_and_reader(value: str) -> None:
    _all_refuse("sequence", value)


def _all_refuse(name: str, value: str) -> None:
    kind, row = RIGHT[0]
    values = {**present(row), name: value}
    inner = "".join(f"<{each}>{values[each]}</{each}>" for each in FIELDS[kind] if each in values)
    data = document(f"<{kind}>{inner}</{kind}>", kind=kind)
    assert not LXML.validate(etree.fromstring(data))
    assert not SECOND.is_valid(data.decode())
    assert _reader_finds(data, kind) & SAID_BY_SCHEMA


def test_unassigned_code_points_are_the_only_text_on_which_they_differ() -> None:
    kind, row = RIGHT[0]
    values = {**present(row), "remarks": "\u0378"}
    inner = "".join(f"<{each}>{values[each]}</{each}>" for each in FIELDS[kind] if each in values)
    data = document(f"<{kind}>{inner}</{kind}>", kind=kind)
    assert LXML.validate(etree.fromstring(data))
    assert _reader_finds(data, kind) == {Reason.NO_SUCH_CHARACTER}
