"""Wherever the process dies that looks after the door, each file is taken in once."""

from __future__ import annotations

from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World, copy_of, scratch
from journeys.death import deaths
from stations.transport.conftest import Entrance

pytestmark = pytest.mark.in_turns


@pytest.mark.parametrize("rules", ["", '[watch]\nseal = "sequential"\n'])
def test_each_file_is_taken_in_once(world: World, rules: str) -> None:
    """Claim C151."""
    entrance = Entrance(world, rules=rules)
    entrance.look()
    entrance.bring("1.csv", isa_csv(*FIRST_NOTICES))
    entrance.bring("2.csv", b"spoilt")
    with scratch() as folder:
        roots = Path(folder)
        numbers = iter(range(10_000))

        def make() -> Path:
            return copy_of(world, roots / str(next(numbers))).root

        died = 0
        for root in deaths(make, lambda root: Entrance(World(root), rules=rules).look(3)):
            died += 1
            after = Entrance(World(root), rules=rules)
            after.look(3)
            assert after.lies() == {"done": ["1.csv"], "failed": ["2.csv"]}
            with after.station() as station:
                held = [row.records for row in station.books.bundles("out")]
                assert [*held, *(r.records for r in station.books.waiting_files())] == [3]
        assert died > len(FIRST_NOTICES)
