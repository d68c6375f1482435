"""The line with the hub itself: the command ``hub serve``, its TLS, and stations' own settings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import municipal_csv
from attacks.world import World
from line.over import AGENCY, LGWAN, NOTICES, REGISTRY
from required import require_library

from mediabridge.errors import LineDownError, LineRefusedError
from mediabridge.stations.line.syncing import Synced, sync

require_library("fastapi")
require_library("psycopg_pool")

from line.served_city import city_hub, connect_to  # noqa: E402 - needs them

from tests.hub.processes import Process  # noqa: E402


@pytest.fixture
def settings(world: World) -> Path:
    return city_hub(world)


@pytest.fixture
def hub(settings: Path) -> Iterator[Process]:
    process = Process(settings)
    yield process
    process.stop()


def synced(world: World, station: str) -> Synced:
    done = sync(lambda: world.open(station))
    assert done.problems == []
    return done


def collect(world: World, station: str, content: bytes) -> None:
    path = world.root / "incoming.csv"
    path.write_bytes(content)
    with world.open(station) as opened:
        opened.collect(path)


def carry(world: World, sender: str, receiver: str) -> None:
    stick = world.root / "stick"
    stick.mkdir(exist_ok=True)
    with world.open(sender) as opened:
        opened.export(lambda: stick, approver=lambda _: world.key("officer-1"))
    with world.open(receiver) as opened:
        opened.import_(stick, note=lambda _: None)


def test_a_day_by_the_hub_and_a_stick(world: World, hub: Process) -> None:
    connect_to(world, hub.port)
    collect(world, AGENCY, NOTICES)
    assert [row.seq for row in synced(world, AGENCY).sent.written] == [1]
    assert [each.outcomes for each in synced(world, LGWAN).fetched.taken] == [{"applied": 3}]
    carry(world, LGWAN, REGISTRY)
    collect(world, REGISTRY, municipal_csv((1, 4), (2, 5)))
    carry(world, REGISTRY, LGWAN)
    for station in (LGWAN, AGENCY, LGWAN, AGENCY):
        synced(world, station)
    carry(world, LGWAN, REGISTRY)
    counted = {}
    for station in (AGENCY, LGWAN, REGISTRY):
        with world.open(station) as opened:
            counted[station] = opened.books.outcome_counts()
            assert opened.status().done
    assert counted == {
        AGENCY: {"applied": 3},
        LGWAN: {"applied": 4, "held": 1},
        REGISTRY: {"applied": 2},
    }
    assert synced(world, LGWAN).is_empty


def test_hub_that_is_killed_is_gone_on_with(world: World, settings: Path) -> None:
    first = Process(settings)
    connect_to(world, first.port)
    collect(world, AGENCY, NOTICES)
    synced(world, AGENCY)
    first.kill()
    assert isinstance(sync(lambda: world.open(LGWAN)).cut, LineDownError)
    second = Process(settings)
    try:
        connect_to(world, second.port)
        assert [each.seq for each in synced(world, LGWAN).fetched.taken] == [1]
        assert synced(world, LGWAN).is_empty
    finally:
        second.stop()


def test_city_that_the_hub_does_not_know_is_refused(world: World, settings: Path) -> None:
    folder = settings.parent / "cities"
    shutil.move(folder / "131041", settings.parent / "not-served")
    process = Process(settings)
    try:
        connect_to(world, process.port)
        collect(world, AGENCY, NOTICES)
        done = sync(lambda: world.open(AGENCY))
        assert isinstance(done.cut, LineDownError | LineRefusedError)
        assert done.sent.written == []
    finally:
        process.stop()


def test_trust_data_laid_at_the_hub_comes_to_the_stations(world: World, settings: Path) -> None:
    version = world.publish(2).version
    process = Process(settings)
    try:
        connect_to(world, process.port)
        assert synced(world, LGWAN).fetched.trust == version
        assert synced(world, LGWAN).is_empty
    finally:
        process.stop()
