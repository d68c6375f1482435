"""What is unusual on a route: deletions always, figures once there is a custom."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from mediabridge.bundle.header import Route
from mediabridge.bundle.manifest import Summary
from mediabridge.stations.outgoing.usual import compared

Day = Mapping[str, Mapping[str, int]]


def summary(**events: int) -> Summary:
    return Summary(
        bundle="0" * 32,
        route=Route(sender="lgwan-01", receiver="registry-01"),
        seq=9,
        operator="clerk-1",
        records={"isa_notice": sum(events.values())},
        events=events,
        files=1,
        size=1,
        receipts=0,
        previous_records=0,
        content="0" * 64,
    )


def days(*events: Mapping[str, int]) -> list[Day]:
    return [{"records": {"isa_notice": sum(each.values())}, "events": each} for each in events]


USUAL = days({"N02": 40, "N09": 1}, {"N02": 50}, {"N02": 60, "N07": 2})


def test_usual_day_has_nothing_unusual_but_its_deletions() -> None:
    seen = compared(summary(N02=55, N09=2, N07=1), USUAL)
    assert (dict(seen.deleting), dict(seen.events), seen.records) == ({"N09": 2}, {}, None)
    assert seen.days == 3


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ({"N02": 121}, {"N02": (121, 60)}),
        ({"N02": 120}, {}),
        ({"N02": 50, "N09": 3}, {"N09": (3, 1)}),
        ({"N02": 50, "N01": 1}, {"N01": (1, 0)}),
    ],
    ids=str,
)
def test_reason_far_more_often_than_ever(
    events: dict[str, int], wanted: dict[str, tuple[int, int]]
) -> None:
    assert dict(compared(summary(**events), USUAL).events) == wanted


@pytest.mark.parametrize(
    ("count", "wanted"), [(19, (19, 41, 62)), (21, None), (124, None), (125, (125, 41, 62))]
)
def test_figures_far_outside(count: int, wanted: tuple[int, int, int] | None) -> None:
    assert compared(summary(N02=count), USUAL).records == wanted


def test_two_days_are_no_custom() -> None:
    seen = compared(summary(N02=1000, M06=1), USUAL[:2])
    assert (dict(seen.deleting), seen.days, seen.records) == ({"M06": 1}, 0, None)
