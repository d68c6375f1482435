"""As ``test_every_call``, with the registry on a server: also each order to it, and each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attacks.world import copy_of, scratch
from journeys.commands import COMMANDS
from journeys.conftest import Before
from journeys.disturbing import play, ready, whose_turn
from journeys.on_server import CommandOnServer, Server, database_of
from journeys.strace import FAULTS

from tests.apply.conftest import cluster as cluster  # noqa: PLC0414 - a fixture
from tests.apply.conftest import postgres_programs as postgres_programs  # noqa: PLC0414

pytestmark = pytest.mark.in_turns

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster

ASKING_THE_REGISTRY = (
    "import_", "import_void", "import_parked", "resolve", "resolve_again",
    "import_population", "apply_population", "reject_population", "seal_answer", "lookup",
    "collect_changes",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Server:
    return Server(cluster)


@pytest.fixture(scope="module", params=whose_turn(ASKING_THE_REGISTRY))
def command(
    request: pytest.FixtureRequest, day: Before, server: Server, strace_there: None
) -> Iterator[CommandOnServer]:
    del strace_there
    name, stage = request.param, COMMANDS[request.param]
    with scratch() as folder:
        world = copy_of(day("collect"), Path(folder, "before"))
        server.begin(world, stage.follows or name)
        words = ready(world, stage)
        yield CommandOnServer(
            name=name, folder=Path(folder), before=world, words=words, server=server
        )
        server.drop(database_of(world))


@pytest.mark.heavy
@pytest.mark.parametrize("fault", FAULTS)
def test_same_command_again_completes_it(
    command: CommandOnServer, fault: str, record_property: Callable[[str, object], None]
) -> None:
    """Claims C77 and C79. Books, registry, log, outbox and stick agree."""
    play(command, fault, record_property)
