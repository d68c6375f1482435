"""The installed service alone does a week of days, with accidents, and the books balance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from days_alone import IN_THE_HAND, Alone
from first_day import LGWAN, REGISTRY
from installed_desk import Station
from kept_day import KeptDay
from rig import StickBench
from running import books, complaints, look, watch

pytestmark = pytest.mark.apart

ACCIDENTS: Final = (
    "", "pulled_out", "power_cut", "spoilt_file", "strange_stick", "switched_off", "",
)  # fmt: skip
"""One for each day of the week."""


@pytest.fixture
def week(kept_day: KeptDay, tmp_path: Path) -> Iterator[Alone]:
    with StickBench(tmp_path) as bench:
        yield Alone(kept_day.again(bench), bench.stick("strange", serial="STRANGE1"))


def test_week_unattended_balances(week: Alone) -> None:
    week.begin()
    for number, accident in enumerate(ACCIDENTS, 2):
        week.pass_by(number, accident)
    # The last receipt comes home.
    week.visits(LGWAN, "", IN_THE_HAND)
    week.day.carry(None)

    bundles = 1 + len(ACCIDENTS)
    lgwan, registry = (week.day.stations[name] for name in (LGWAN, REGISTRY))
    every = range(1, bundles + 1)
    assert books(lgwan) == [
        *(("in", "taken", seq) for seq in every), *(("out", "delivered", seq) for seq in every),
    ]  # fmt: skip
    assert books(registry) == [
        *(("in", "taken", seq) for seq in every),
        # What says that the last two arrived is sealed at the next mornings.
        *(("out", "delivered", seq) for seq in every[:-2]),
        *(("out", "written", seq) for seq in every[-2:]),
    ]
    # Every record went once, was decided on once, and its receipt is back.
    sent = _records(lgwan, "bundle-sealed")
    assert sent == _records(registry, "bundle-applied")
    assert len(sent) == bundles
    assert sorted(map(sum, (sent, _records(lgwan, "receipt-accepted")))) == [sum(sent)] * 2
    assert (week.lies("in"), week.lies("done"), week.lies("failed")) == (0, week.brought, 1)
    for station in (lgwan, registry):
        assert watch(station, "ActiveState") == "active"
        assert complaints(station) == []


def _records(station: Station, event: str) -> list[int]:
    """Return how many records each entry of *event* in the station's own log speaks of."""
    entries = (each for each in look(station, "log") if each["event"] == event)
    return [int(each["facts"]["records"]) for each in entries]
