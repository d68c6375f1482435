"""The registry station's commands, with its registry on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, takewhile
from typing import TYPE_CHECKING

from attacks.records import population
from attacks.world import RESIDENTS, World
from journeys.conftest import STAGES
from journeys.disturbing import Command
from journeys.happenings import REGISTRY

from mediabridge.apply.places import PostgresPlace
from mediabridge.stations import settings

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster

SCHEMA = "registry"


@dataclass(frozen=True)
class Server:
    """Gives each world a database of its own."""

    cluster: Cluster
    _numbers: Iterator[int] = field(default_factory=count)

    def make(self, template: str = "template0") -> str:
        """Make a database as *template* is, and return its name."""
        name = f"{self.cluster.place().database}_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} OWNER {self.cluster.place().user} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever is still in it."""
        self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def _do(self, order: str) -> None:
        with self.cluster.as_superuser("postgres") as connection:
            connection.execute(order.encode())

    def settle(self, world: World, database: str, **other: str) -> None:
        """Have the registry of *world* in *database*, by the settings of its station."""
        place = self.cluster.place(database=database, schema=SCHEMA, **other)
        path = world.home(REGISTRY).settings_file
        lines = place.model_dump(mode="json", by_alias=True, exclude_none=True)
        path.write_text("[registry]\n" + "".join(f"{key} = {lines[key]!r}\n" for key in lines))
        path.chmod(0o600)

    def begin(self, world: World, until: str) -> None:
        """Play the day in *world*, which has seen nothing yet, up to the stage *until*."""
        world.home(REGISTRY).registry.unlink()
        self.settle(world, self.make())
        with world.registry() as station:
            station.load_population(population(RESIDENTS))
        for stage in takewhile(lambda stage: stage != until, STAGES):
            STAGES[stage](world)


def database_of(world: World) -> str:
    """Return the database in which the registry of *world* is."""
    place = settings.load(world.home(REGISTRY).settings_file).registry
    assert isinstance(place, PostgresPlace)
    return place.database


@dataclass(frozen=True, kw_only=True)
class CommandOnServer(Command):
    """One command, in a world and a database of its own each time."""

    server: Server

    @contextmanager
    def fresh(self) -> Iterator[World]:
        """Give the world as it is before the command; it is taken away afterwards."""
        with super().fresh() as world:
            database = self.server.make(template=database_of(self.before))
            self.server.settle(world, database)
            try:
                yield world
            finally:
                self.server.drop(database)
