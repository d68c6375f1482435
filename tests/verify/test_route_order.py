"""Order on a route: every case has one answer."""

import hashlib

import pytest

from mediabridge.bundle.header import FIRST_PREV, Header, Route
from mediabridge.errors import (
    AlreadyAppliedError,
    PrevMismatchError,
    SequenceGapError,
    SequenceOldError,
)
from mediabridge.verify.order import RouteState, check_order

TAKEN = hashlib.sha256(b"the list before").hexdigest()
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


def test_next_number_is_accepted() -> None:
    check_order(_header(6, TAKEN), b"a new list", STATE)
    check_order(_header(1, FIRST_PREV), b"a new list", RouteState())


@pytest.mark.parametrize(
    ("seq", "prev", "sums", "refusal"),
    [
        (5, TAKEN, b"the list before", AlreadyAppliedError),
        (5, TAKEN, b"another list", SequenceOldError),
        (1, FIRST_PREV, b"another list", SequenceOldError),
        (7, TAKEN, b"another list", SequenceGapError),
        (6, "f" * 64, b"another list", PrevMismatchError),
        (6, FIRST_PREV, b"another list", PrevMismatchError),
    ],
)
def test_other_numbers_are_refused(
    seq: int, prev: str, sums: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check_order(_header(seq, prev), sums, STATE)
