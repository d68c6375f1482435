"""A bundle's life is put together of the entries of all logs, in the order of the journey."""

from __future__ import annotations

import random
from typing import Any

from mediabridge.translog import events, lives
from mediabridge.translog.events import Event
from mediabridge.translog.lives import Noted

BUNDLE = "00112233445566778899aabbccddeeff"
OTHER = "ff" * 16
ROUTE = {"route_from": "lgwan", "route_to": "registry", "seq": 7}


def noted(
    station: str, index: int, event: Event, *, left: int | None = None, **facts: Any
) -> Noted:
    data = events.build(
        event, time="2026-04-01T00:00:00Z", station=station, actor="clerk-1", facts=facts
    )
    return Noted(station, index, events.parse(data, station), left)


def whole() -> list[Noted]:
    """Return a life in its order; a second receipt comes after the bundle is delivered."""
    return [
        noted("lgwan", 3, Event.FILE_COLLECTED, file_sha256="ab" * 32, records=2),
        noted("lgwan", 4, Event.BUNDLE_SEALED, bundle=BUNDLE, **ROUTE),
        noted("lgwan", 5, Event.BUNDLE_APPROVED, bundle=BUNDLE, **ROUTE),
        noted("lgwan", 6, Event.BUNDLE_RELEASED, bundle=BUNDLE, **ROUTE),
        noted("lgwan", 7, Event.BUNDLE_WRITTEN, bundle=BUNDLE, **ROUTE),
        noted("registry", 1, Event.BUNDLE_VERIFIED, bundle=BUNDLE, **ROUTE),
        noted("registry", 2, Event.BUNDLE_APPLIED, bundle=BUNDLE, seq=7),
        noted("registry", 3, Event.MEDIUM_ARRIVED, bundles=[OTHER, BUNDLE], medium="USB-1"),
        noted("registry", 9, Event.RECEIPT_ISSUED, bundle=BUNDLE, seq=7),
        noted("lgwan", 8, Event.RECEIPT_ACCEPTED, bundle=BUNDLE, seq=7),
        noted("lgwan", 9, Event.BUNDLE_DELIVERED, bundle=BUNDLE),
        noted("lgwan", 12, Event.MEDIUM_ERASED, bundles=[BUNDLE]),
    ]


def test_order_is_that_of_the_journey() -> None:
    mixed = whole()
    random.Random(1).shuffle(mixed)  # noqa: S311 - an order, no secret
    told = lives.life(BUNDLE, [*mixed, *mixed])
    assert told.noted == tuple(whole())
    assert (told.sender, told.receiver, told.seq) == ("lgwan", "registry", 7)
    assert told.unknown == ()
    assert [each.index for each in told.of(Event.RECEIPT_ISSUED, Event.BUNDLE_APPLIED)] == [2, 9]


def test_what_no_log_says_is_named() -> None:
    assert lives.life(BUNDLE, whole()[1:4]).unknown == (
        Event.FILE_COLLECTED,
        Event.BUNDLE_WRITTEN,
        Event.MEDIUM_ARRIVED,
        Event.BUNDLE_VERIFIED,
        Event.BUNDLE_APPLIED,
        Event.RECEIPT_ISSUED,
        Event.RECEIPT_ACCEPTED,
        Event.BUNDLE_DELIVERED,
    )
    assert lives.life(BUNDLE, []).unknown == lives.ROAD


def test_a_route_is_that_of_an_entry_about_this_bundle_alone() -> None:
    brought = noted("registry", 1, Event.VOID_ACCEPTED, bundle=BUNDLE, first=2, last=2, **ROUTE)
    listed = noted("registry", 2, Event.MEDIUM_ARRIVED, bundles=[BUNDLE], route_from="x",
                   route_to="y")  # fmt: skip
    refused = noted("registry", 3, Event.BUNDLE_REFUSED, bundle=BUNDLE, reason="NUMBER_VOID")
    told = lives.life(BUNDLE, [brought, listed, refused])
    assert (told.sender, told.receiver, told.seq) == (None, None, None)
    assert told.noted == (brought, listed, refused)


def test_a_branch_that_was_left_comes_first_and_is_named() -> None:
    old = noted("lgwan", 4, Event.BUNDLE_SEALED, left=0, bundle=BUNDLE, **ROUTE)
    older_answer = noted("lgwan", 5, Event.RECEIPT_ACCEPTED, left=0, bundle=BUNDLE, seq=7)
    new = noted("lgwan", 4, Event.BUNDLE_WRITTEN, bundle=BUNDLE, **ROUTE)
    told = lives.life(BUNDLE, [new, older_answer, old])
    assert told.noted == (old, new, older_answer)
    assert [each.place for each in told.noted] == ["lgwan~0 #4", "lgwan #4", "lgwan~0 #5"]


def test_bundles_and_people_of_an_entry() -> None:
    entry = noted(
        "lgwan", 0, Event.MEDIUM_ISSUED, bundle=BUNDLE, bundles=[OTHER], bundle_count=1,
        second="officer-2", holder="clerk-2", approvers=["officer-3"], holders=["holder-1"],
        signers=["officer-4"], key="officer-5",
    ).entry  # fmt: skip
    assert list(lives.bundles_of(entry)) == [BUNDLE, OTHER]
    assert list(lives.people_of(entry)) == [
        "clerk-1", "officer-2", "clerk-2", "officer-3", "holder-1", "officer-4",
    ]  # fmt: skip
