"""Wherever the process dies that looks after the door, each file is taken in once."""

from __future__ import annotations

import os
from hashlib import sha256
from itertools import count
from pathlib import Path

import drawing
import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World, copy_of, scratch
from journeys.death import killed_at
from stations.transport.conftest import Entrance

pytestmark = pytest.mark.in_turns

STEP = 5
"""Of so many moments one is played, others for each commit."""

SEED = drawing.seed_of(os.environ.get("MEDIABRIDGE_TURNS", drawing.COMMIT), Path(__file__).parent)
FIRST = int(sha256(SEED.encode()).hexdigest(), 16) % STEP
RULES = '[watch]\nseal = "sequential"\n'


def test_each_file_is_taken_in_once(world: World) -> None:
    """Claim C121."""
    entrance = Entrance(world, rules=RULES)
    entrance.look()
    entrance.bring("1.csv", isa_csv(*FIRST_NOTICES))
    entrance.bring("2.csv", b"spoilt")
    died = 0
    for moment in count(FIRST, STEP):
        with scratch() as folder:
            root = copy_of(world, Path(folder, "world")).root
            if not killed_at(root, lambda at: Entrance(World(at), rules=RULES).look(3), moment):
                break
            died += 1
            after = Entrance(World(root), rules=RULES)
            after.look(3)
            assert after.lies() == {"done": ["1.csv"], "failed": ["2.csv"]}
            with after.station() as station:
                held = [row.records for row in station.books.bundles("out")]
                assert [*held, *(r.records for r in station.books.waiting_files())] == [3]
    assert died > len(FIRST_NOTICES)
