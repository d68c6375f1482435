"""The door of a live station: what comes is the station's doing, what is sealed a person's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import World, make_world, scratch
from stations.transport.conftest import Entrance

from mediabridge.translog.events import Event


@pytest.fixture
def live() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root, "world"), mode="live")


def test_clerk_whose_key_the_watch_has_signs_what_it_seals(live: World) -> None:
    entrance = Entrance(live, rules='[watch]\nseal = "sequential"\n', operator="clerk-1")
    entrance.bring("isa.csv", isa_csv((1, 1)))
    assert entrance.look() == ["collected", "sealed 1"]
    actors = {entry.event: entry.actor for entry in live.log("lgwan-01")}
    assert actors[Event.FILE_COLLECTED] == "lgwan-01"
    assert actors[Event.BUNDLE_SEALED] == "clerk-1"
