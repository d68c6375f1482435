"""The day in stages: a world before each, made once, and copied for every test."""

from collections.abc import Callable, Iterator
from itertools import count, pairwise
from pathlib import Path

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import FIRST_NOTICES, World, copy_of, make_world, scratch

STAGES: dict[str, Callable[[World], object]] = {}
"""What turns the world before a stage into the world after it, in the order of the day."""


def stage(action: Callable[[World], object]) -> Callable[[World], object]:
    """Enter *action* as the next stage of the day."""
    STAGES[action.__name__] = action
    return action


@stage
def collect(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv(*FIRST_NOTICES))
    with world.lgwan() as station:
        station.collect(path)


@stage
def seal(world: World) -> None:
    with world.lgwan() as station:
        station.seal()


@stage
def approve(world: World) -> None:
    with world.lgwan() as station:
        (row,) = station.books.bundles("out")
        station.approve(row.bundle, world.key("officer-1"))


@stage
def write(world: World) -> None:
    with world.lgwan() as station:
        (row,) = station.books.bundles("out")
        station.write(row, world.medium)


@stage
def import_(world: World) -> None:
    world.import_()


@stage
def collect_answer(world: World) -> None:
    path = world.root / "municipal.csv"
    path.write_bytes(municipal_csv((1, 1)))
    with world.registry() as station:
        station.collect(path)


@stage
def seal_answer(world: World) -> None:
    with world.registry() as station:
        station.seal()


@stage
def write_answer(world: World) -> None:
    with world.registry() as station:
        (row,) = station.books.bundles("out")
        row = station.approve(row.bundle, world.key("officer-1"))
        station.write(row, world.medium)


@stage
def import_answer(world: World) -> None:
    world.import_("lgwan-01")


@pytest.fixture(scope="session")
def strace_there(require_tool: Callable[[str], str]) -> None:
    """Need strace."""
    require_tool("strace")


Before = Callable[[str], World]


@pytest.fixture(scope="session")
def day() -> Iterator[Before]:
    """Give the world as it is before a stage, or after all with ``end``; not to be changed."""
    with scratch() as root:
        made = {"collect": make_world(Path(root, "start"))}

        def reach(name: str) -> World:
            names = [*STAGES, "end"]
            for earlier, later in pairwise(names):
                if name in made:
                    break
                if later not in made:
                    made[later] = copy_of(made[earlier], Path(root, f"before-{later}"))
                    STAGES[earlier](made[later])
            return made[name]

        yield reach


@pytest.fixture
def before(day: Before) -> Iterator[Before]:
    """Give fresh copies of the world as it is before a stage, or after all with ``end``."""
    numbers = count()
    with scratch() as root:
        yield lambda name: copy_of(day(name), Path(root, str(next(numbers))))


@pytest.fixture
def root_before(before: Before) -> Callable[[str], Callable[[], Path]]:
    """Give, for a stage, a maker of fresh roots."""
    return lambda name: lambda: before(name).root
