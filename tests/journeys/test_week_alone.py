"""``watch`` alone does a week with accidents, and the books of both sides balance.

Two real processes; what people do is to carry sticks, to approve once a day at each station, and
to decide on what is held. Nothing else is done by hand but what a hint names.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import drawing
import pytest
from attacks.world import World, copy_of, make_untyped_world, scratch
from journeys.balance import SIDES
from journeys.ledger import balance
from journeys.resting import open_at, told
from journeys.week import ACCIDENTS, Week
from storage.machine import small_disk

from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

WEEKS = int(os.environ.get("MEDIABRIDGE_WEEKS", "1"))
"""How many are played; ``make test-week``."""

SEED = drawing.seed_of(
    os.environ.get("MEDIABRIDGE_WEEK_SEED", drawing.COMMIT), Path(__file__).parent
)
DAYS = 7
ACCIDENTS_A_DAY = 2


@pytest.fixture(scope="module")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield make_untyped_world(Path(root, "world"))


@pytest.mark.parametrize("number", range(WEEKS))
def test_week_unattended(pristine: World, number: int) -> None:
    """Claims C78, C121, C126."""
    with scratch() as folder, ExitStack() as held:
        world = copy_of(pristine, Path(folder, "world"))
        disks = {}
        for side in SIDES:
            home = world.home(side).root
            aside = home.rename(home.with_name(f"{side}-aside"))
            disks[side] = held.enter_context(small_disk(home, kib=48 * 1024, inodes=20_000))
            shutil.copytree(aside, home, symlinks=True, dirs_exist_ok=True)
            home.chmod(0o700)
        week = Week(world, seed=f"{SEED} {number}", disks=disks)
        try:
            for _day in range(DAYS):
                week.day_passes(ACCIDENTS_A_DAY)
            week.comes_to_rest()
        finally:
            for post in week.posts.values():
                post.stop()
            sys.stdout.write(week.tally.told(1, week.seed))
        assert open_at(week) == {}, told(week)
        balance(week)
        for side in SIDES:
            _is_in_order(week, side)
        sys.stdout.write(f"  said at the desks: {dict(_said(week))}\n")


def _is_in_order(week: Week, side: str) -> None:
    """Every file is in one place and was taken in once; nothing waits without a next step."""
    right, spoilt = week.brought[side], week.spoilt[side]
    assert week.lies(side) == {"in": 0, "taken": 0, "done": right, "failed": spoilt}
    with week.at(side) as station:
        status = station.status()
    assert (status.to_approve, status.door_waiting, status.door_failed) == (0, 0, spoilt)
    assert [each.reason for each in status.attention if not each.hint] == []
    assert "Traceback" not in week.posts[side].shown.read_text()
    said = _lines(week, side)
    assert [each for each in said if each.get("reason") == "INTERNAL"] == []
    assert [each for each in said if each.get("event") == "refused" and not each["hint"]] == []
    decided = {Event.BUNDLE_REJECTED, Event.VOID_DECLARED, Event.MEDIUM_RETIRED}
    assert {entry.event for entry in week.world.log(side)} & decided == set()


def _lines(week: Week, side: str) -> list[dict[str, Any]]:
    """Return what the process at one desk said, from all its lives."""
    lines = week.posts[side].shown.read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def _said(week: Week) -> Counter[str]:
    """Return how often each thing was said at both desks, by reason or by event."""
    said = [each for side in SIDES for each in _lines(week, side) if "event" in each]
    return Counter(each.get("reason") or each["event"] for each in said)


def test_every_accident_is_one() -> None:
    assert all(callable(getattr(Week, name)) for name in ACCIDENTS)
