"""Order on a route: every case has one answer."""

import hashlib
from dataclasses import FrozenInstanceError

import pytest

from mediabridge.bundle.header import Header, Route
from mediabridge.bundle.sums import write_sums
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.errors import (
    AlreadyAppliedError,
    MediabridgeError,
    PrevMismatchError,
    SequenceGapError,
    SequenceOldError,
)
from mediabridge.verify.order import RouteState, check_order, is_repetition, to_examine

TAKEN = hashlib.sha256(b"the list before").hexdigest()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


STATE = RouteState(seq=5, sums_sha256=TAKEN, taken=frozenset({TAKEN}))


def _header(seq: int, prev: str) -> Header:
    return Header(
        format=1,
        profile="p",
        bundle="ab" * 16,
        mode="training",
        route=Route(sender="a", receiver="b"),
        seq=seq,
        prev=prev,
        created="2026-11-24T00:00:00Z",
        not_after="2026-12-24T00:00:00Z",
        parts=2,
        trust_version=1,
        summary="0" * 64,
    )


NOT_KNOWN = "Nothing here says on which medium number 6 is. Ask a where it is."


def test_next_number_is_accepted() -> None:
    check_order(_header(6, TAKEN), b"a new list", STATE)
    check_order(_header(1, FIRST_PREV), b"a new list", RouteState())


@pytest.mark.parametrize(
    ("seq", "prev", "sums", "refusal", "facts"),
    [
        (5, TAKEN, b"the list before", AlreadyAppliedError, {"seq": 5}),
        (5, TAKEN, b"another list", SequenceOldError, {"got": 5, "wanted": 6}),
        (1, FIRST_PREV, b"another list", SequenceOldError, {"got": 1, "wanted": 6}),
        (7, TAKEN, b"another list", SequenceGapError,
         {"got": 7, "wanted": 6, "sender": "a", "where": NOT_KNOWN}),
        (6, "f" * 64, b"another list", PrevMismatchError, {"got": 6}),
        (6, FIRST_PREV, b"another list", PrevMismatchError, {"got": 6}),
    ],
)  # fmt: skip
def test_other_numbers_are_refused(
    seq: int, prev: str, sums: bytes, refusal: type[MediabridgeError], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as refused:
        check_order(_header(seq, prev), sums, STATE)
    assert refused.value.facts == {"route": "a>b", **facts}


def test_state_stays_as_it_was_given() -> None:
    with pytest.raises(FrozenInstanceError):
        STATE.seq = 6  # type: ignore[misc]


@pytest.mark.parametrize("bundles", [[], [(1, "a" * 64)], [(2, "b" * 64), (1, "a" * 64)]])
def test_state_is_that_of_the_newest_however_listed(bundles: list[tuple[int, str]]) -> None:
    state = RouteState.of(bundles)
    assert state.next_seq == len(bundles) + 1
    assert state.sums_sha256 == (bundles[0][1] if bundles else FIRST_PREV)
    assert state.taken == {sums for _seq, sums in bundles}


def test_examined_by_sender_and_number_and_first_what_cannot_be_read() -> None:
    claimed = {
        "ten": _header(10, FIRST_PREV),
        "two": _header(2, FIRST_PREV),
        "own": _header(1, FIRST_PREV),
        "torn": None,
    }
    assert to_examine(claimed, "b") == ["torn", "own", "two", "ten"]
    assert to_examine(claimed, "a") == ["torn"]


def test_same_number_twice_is_examined_by_name() -> None:
    claimed = {name: _header(2, FIRST_PREV) for name in ("c", "a", "b")}
    assert to_examine({**claimed, "z": None, "y": None}, "registry") == ["y", "z", "a", "b", "c"]


def test_repetition_is_the_list_of_this_very_folder() -> None:
    header = _header(5, TAKEN)
    head = header.to_bytes()
    sums = write_sums({"header.json": digest(head), "keys.json": "0" * 64, "part-0000.cob": TAKEN})
    taken = RouteState.of([(5, digest(sums))])
    other = _header(6, TAKEN).to_bytes()

    def repeated(name: str, head: bytes, sums: bytes, state: RouteState = taken) -> bool:
        return is_repetition(name, head, sums, lambda _sender: state)

    assert repeated(header.bundle, head, sums)
    assert not repeated("f" * 32, head, sums)
    assert not repeated(header.bundle, other, sums)
    assert not repeated(header.bundle, head, b"no list")
    assert not repeated(header.bundle, b"no header", sums)
    assert not repeated(header.bundle, head, sums, RouteState())
