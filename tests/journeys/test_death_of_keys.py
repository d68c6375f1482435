"""Power goes while recipient keys pass: a key too many until the next trip, never one too few."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from attacks.world import World
from journeys.conftest import STAGES
from journeys.death import deaths
from stations.rotating import carry, ring
from stations.test_setback import clear_stick

from mediabridge.errors import AlreadyAppliedError, NothingToSealError
from mediabridge.stations.rotation import own

pytestmark = pytest.mark.in_turns

Roots = Callable[[str], Callable[[], Path]]
EVERY = 25
"""After how many deaths the day goes on, to see that everything still opens."""


def _on_disk(world: World, station: str) -> set[str]:
    return {key.digest for key in ring(world.home(station).keys, station).keys}


def _in_books(world: World, station: str) -> set[str]:
    with world.open(station) as opened:
        return {key.key for key in opened.books.own_keys() if not key.erased}


@pytest.mark.heavy
def test_death_while_a_key_is_made_and_another_erased(root_before: Roots) -> None:
    """Claim C86. Repeating the import puts the file and the books in step."""

    def second_trip(world: World) -> None:
        world.import_()

    def make() -> Path:
        world = World(root_before("import_answer")())
        world.import_("lgwan-01")
        clear_stick(world)
        world.send()
        return world.root

    for number, root in enumerate(deaths(make, lambda root: second_trip(World(root)))):
        world = World(root)
        assert _in_books(world, "registry-01") <= _on_disk(world, "registry-01")
        with suppress(AlreadyAppliedError):
            world.import_()
        assert _in_books(world, "registry-01") <= _on_disk(world, "registry-01")
        if number % EVERY == 0:
            clear_stick(world)
            for _trip in range(2):
                carry(world, "registry-01")
                carry(world)
            assert _in_books(world, "registry-01") == _on_disk(world, "registry-01")


def test_death_while_a_key_is_announced(root_before: Roots) -> None:
    """Claim C88. What is announced is on the disk before anything of it leaves."""
    action = STAGES["seal_answer"]
    for root in deaths(root_before("seal_answer"), lambda root: action(World(root))):
        world = World(root)
        with suppress(NothingToSealError):
            action(world)
        with world.registry() as station:
            announced = own.announcement(station, "lgwan-01", 2)
        assert announced is not None
        assert announced.number == 1
        assert announced.digest in _on_disk(world, "registry-01")
