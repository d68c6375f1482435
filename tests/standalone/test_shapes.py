"""What a pattern lets pass is what parsing lets pass: no entry is right by being like another."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standalone.packs import entry

from mediabridge.standalone.verify_log import SHAPES, WIDTH, Shapes, canonical

STATION = "lgwan"

RIGHT = {
    "actor": "clerk-1",
    "event": "bundle-sealed",
    "facts": {"approvers": ["officer-1"], "bundle": "00ff", "seq": 17, "signers": []},
    "format": 1,
    "station": STATION,
    "time": "2026-04-01T00:00:00Z",
}


OTHERS = [entry(number) for number in range(WIDTH)]


def taught(*shown: bytes) -> Shapes:
    """Return what has seen so many of *shown* that it goes by patterns."""
    shapes = Shapes(STATION)
    shapes.tally([*shown, *OTHERS])
    return shapes


def parsed(data: bytes) -> bool:
    """Return whether an entry is right when nothing was seen before it."""
    return Shapes(STATION).tally([data])[1] is None


TAUGHT = taught(canonical(RIGHT))


def test_what_was_seen_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = taught(canonical(RIGHT))
    monkeypatch.setattr(shapes, "_parse", lambda _: pytest.fail("parsed"))
    other = RIGHT | {"actor": "clerk-2", "facts": {**RIGHT["facts"], "seq": 2**53 - 1}}  # type: ignore[dict-item]
    assert shapes.tally([canonical(other), entry(5)]) == (Counter({"bundle-sealed": 2}), None)


WRONG = [
    *(RIGHT | {"station": "lgwa"}, RIGHT | {"station": "lgwan "}, RIGHT | {"station": 1}),
    *(RIGHT | {"format": 2}, RIGHT | {"format": "1"}, RIGHT | {"more": 1}, RIGHT | {"facts": []}),
    *(RIGHT | {"time": "2026-04-01T00:00:00"}, RIGHT | {"event": "Bundle"}, RIGHT | {"event": 1}),
    {name: value for name, value in RIGHT.items() if name != "actor"},
]


@pytest.mark.parametrize("document", WRONG, ids=str)
def test_what_is_wrong_is_wrong_beside_what_was_seen(document: dict[str, object]) -> None:
    data = canonical(document)
    assert not parsed(data)
    assert TAUGHT.tally([canonical(RIGHT), data])[1] == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *((b'"seq":17', b'"seq":017'), (b'"seq":17', b'"seq":-0'), (b'"seq":17', b'"seq":1.5')),
        *((b'"seq":17', b'"seq": 17'), (b'"seq":17', b'"seq":1e3'), (b'"seq":17', b'"seq":')),
        *((b'"00ff"', b'"00\\u0066f"'), (b'"00ff"', b'"00\nff"'), (b'"00ff"', b'"00\xff"')),
        *((b'"00ff"', b'"00"ff"'), (b'"00ff"', b'"00\\"'), (b'["officer-1"]', b'["officer-1",]')),
        *((b'["officer-1"]', b'[,"a"]'), (b'"signers"', b'"seq"'), (b"}", b",}"), (b"}}", b"}}\n")),
    ],
)
def test_so_is_another_spelling(old: bytes, new: bytes) -> None:
    data = canonical(RIGHT).replace(old, new, 1)
    if old == b"}}":
        data = canonical(RIGHT) + b"\n"
    assert data != canonical(RIGHT)
    assert not parsed(data)
    assert TAUGHT.tally([data])[1] == 0


@given(st.integers(0, 400), st.binary(max_size=3), st.integers(0, 3))
def test_whatever_is_changed_pattern_and_parser_agree(at: int, new: bytes, less: int) -> None:
    whole = canonical(RIGHT)
    at %= len(whole) + 1
    data = whole[:at] + new + whole[at + less :]
    assert (TAUGHT.tally([data])[1] is None) == parsed(data)


VALUES = st.one_of(
    *(st.text(max_size=4), st.integers(), st.booleans(), st.none()),
    *(st.lists(st.one_of(st.text(max_size=3), st.integers()), max_size=3),),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
FACTS = st.dictionaries(st.text(max_size=3), VALUES, max_size=4)


@settings(max_examples=40)
@given(FACTS, FACTS, st.one_of(st.just("clerk-1"), VALUES))
def test_whatever_was_seen_teaches_nothing_wrong(
    seen: dict[str, object], facts: dict[str, object], actor: object
) -> None:
    shapes = taught(canonical(RIGHT | {"facts": seen}))
    for other in (facts, seen, dict.fromkeys(seen, 1), dict.fromkeys(seen, "a")):
        for data in (
            canonical(RIGHT | {"facts": other, "actor": actor}),
            json.dumps(RIGHT | {"facts": other}, separators=(",", ":")).encode(),
        ):
            assert (shapes.tally([data])[1] is None) == parsed(data)


def test_a_pack_cannot_make_it_learn_for_ever() -> None:
    shapes = Shapes(STATION)
    many = [canonical(RIGHT | {"facts": {f"f{number}": 1}}) for number in range(4 * SHAPES)]
    for at in range(0, len(many), WIDTH):
        assert shapes.tally(many[at : at + WIDTH])[1] is None
    assert len(shapes._shapes) == SHAPES
    huge = canonical(RIGHT | {"facts": {"f" * 15_000: 1}})
    fresh = taught(huge)
    assert sum(map(len, fresh._shapes)) < 1000
    assert fresh.tally([huge])[1] is None
