"""While the server commits it dies, or its disk fails, at each call; then the command once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attacks.world import World, copy_of, scratch
from journeys.commands import COMMANDS
from journeys.commits import AtTheCommit
from journeys.conftest import Before
from journeys.disturbing import complete, play_each, ready
from journeys.on_server import CommandOnServer, Server, database_of
from journeys.strace import Point, undisturbed

from mediabridge.errors import ExitCode
from tests.apply.conftest import postgres_programs as postgres_programs  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.in_turns

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster

COMMITTING = ("import_", "resolve", "apply_population", "collect_changes")


@pytest.fixture(scope="module")
def mortal(postgres_programs: Path) -> Iterator[Cluster]:
    """A server that ends with any one of its processes, as if it had lost its power."""
    from tests.apply.postgres.cluster import running  # noqa: PLC0415 - needs libpq

    with running(postgres_programs, "restart_after_crash=off") as cluster:
        yield cluster


@pytest.fixture(scope="module", params=COMMITTING)
def command(
    request: pytest.FixtureRequest, day: Before, mortal: Cluster, strace_there: None
) -> Iterator[CommandOnServer]:
    del strace_there
    name, stage, server = request.param, COMMANDS[request.param], Server(mortal)
    with scratch() as folder:
        world = copy_of(day("collect"), Path(folder, "before"))
        server.begin(world, stage.follows or name)
        words = ready(world, stage)
        yield CommandOnServer(
            name=name, folder=Path(folder), before=world, words=words, server=server
        )
        server.drop(database_of(world))


@pytest.mark.heavy
@pytest.mark.parametrize("fault", ["killed", "EIO", "ENOSPC"])
def test_same_command_again_completes_it(
    command: CommandOnServer,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """Claims C77 and C79. A commit is in force as a whole or not at all, whoever is told."""
    from mediabridge.apply.postgres import session  # noqa: PLC0415 - needs libpq

    # Nobody waits for a server that does not come back by itself.
    monkeypatch.setattr(session, "SERVER_RETURN_SECONDS", 0)
    with command.fresh() as world:
        watched = _given(command, world)
        found = [point for point in watched.points() if point.can_end_with(fault)]
    what = f"{command.name}: at the server {fault}"
    play_each(what, found, partial(_ends_at, command, fault), record_property)


def _given(
    command: CommandOnServer, world: World, at: Point | None = None, fault: str = ""
) -> AtTheCommit:
    """Give the command through a relay that watches, or disturbs, whoever commits."""
    from tests.apply.postgres.relay import between  # noqa: PLC0415

    server, database = command.server, database_of(world)
    place = server.cluster.place()
    with between(place.host) as relay:
        watched = AtTheCommit(server.cluster, database, command.folder / "backend", at, fault)
        relay.cut_at = watched
        server.settle(world, database, host=str(relay.folder))
        code = undisturbed(command.in_(world), command.folder)
        assert code != ExitCode.INTERNAL, command.said()
    server.settle(world, database)
    return watched


def _ends_at(command: CommandOnServer, fault: str, point: Point) -> bool:
    """Disturb, repeat, compare; tell whether the server died of it."""
    with command.fresh() as world:
        watched = _given(command, world, point, fault)
        told = command.said()
        assert told.get("reason"), (command.name, str(point))
        died = watched.died()
        if died:
            command.server.cluster.come_back()
        complete(command, world, (command.name, fault, str(point), told))
        return died
