"""A station whose registry is on a server: what its clerk does when the server goes away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import population
from attacks.world import RESIDENTS, World, copy_of, make_sent_world, scratch

from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import session
from mediabridge.doctor.finding import State
from mediabridge.doctor.station import Patient
from mediabridge.errors import (
    AlreadyAppliedError,
    RegistryError,
    RegistryOutcomeUnknownError,
    RegistryUnreachableError,
    SettingsError,
)
from mediabridge.stations.backups.gathering import gathered
from mediabridge.stations.books import BundleState
from tests.apply.people import NOW
from tests.apply.postgres.relay import between
from tests.apply.postgres.test_crash import ends_a_commit


def settle(world: World, place: PostgresPlace) -> None:
    """Write where the registry is into the settings of the registry station."""
    lines = place.model_dump(mode="json", by_alias=True, exclude_none=True)
    path = world.home("registry-01").settings_file
    path.write_text("[registry]\n" + "".join(f"{key} = {lines[key]!r}\n" for key in lines))
    path.chmod(0o600)


@pytest.fixture(scope="module")
def sent() -> Iterator[World]:
    with scratch() as root:
        yield make_sent_world(Path(root))


@pytest.fixture
def world(sent: World, place: PostgresPlace) -> Iterator[World]:
    """A world with a bundle on the stick, and the people on the server."""
    with scratch() as root:
        made = copy_of(sent, Path(root, "world"))
        made.home("registry-01").registry.unlink()
        settle(made, place)
        with made.registry() as station:
            station.load_population(population(RESIDENTS))
        yield made


def is_answered_once(world: World) -> bool:
    with world.registry() as station:
        (entry,) = station.registry.journal()
        row = station.books.bundle(entry.bundle.bundle_id)
        return (
            row is not None
            and row.state is BundleState.TAKEN
            and len(list(station.home.receipts.iterdir())) == 1
        )


def test_whole_import(world: World) -> None:
    (taken,) = world.import_()
    assert taken.outcomes == {"applied": 2, "held": 1}
    assert is_answered_once(world)
    assert not world.home("registry-01").registry.exists()


@pytest.mark.parametrize("reaches_the_server", [True, False])
def test_same_command_after_a_lost_commit(
    world: World, place: PostgresPlace, monkeypatch: pytest.MonkeyPatch, reaches_the_server: bool
) -> None:
    """Claim C79."""
    monkeypatch.setattr(session, "SERVER_RETURN_SECONDS", 0)
    with between(place.host) as relay:
        settle(world, place.model_copy(update={"host": str(relay.folder)}))
        relay.cut_at = lambda _number, message: ends_a_commit(message)
        relay.pass_on = reaches_the_server
        with pytest.raises(RegistryOutcomeUnknownError):
            world.import_()
        with pytest.raises(RegistryUnreachableError):
            world.import_()
    settle(world, place)
    if reaches_the_server:
        with pytest.raises(AlreadyAppliedError):
            world.import_()
    else:
        world.import_()
    assert is_answered_once(world)


def test_used_embedded_registry_is_not_left(sent: World, place: PostgresPlace) -> None:
    with scratch() as root:
        world = copy_of(sent, Path(root, "world"))
        settle(world, place)
        with pytest.raises(SettingsError, match="keeps its registry"), world.registry():
            pass


def test_backup_leaves_the_server_out(world: World, place: PostgresPlace) -> None:
    with world.registry() as station:
        names = [member.name for member in gathered(station)]
    assert "station.toml" in names
    assert "registry.db" not in names
    assert place.host not in names


def test_doctor_asks_the_server(world: World, place: PostgresPlace, tmp_path: Path) -> None:
    home = world.home("registry-01")
    (finding,) = Patient(home, home.config(), NOW).databases()
    assert finding.state is State.OK
    assert place.name in finding.found
    settle(world, place.model_copy(update={"host": str(tmp_path)}))
    with pytest.raises(RegistryError):
        list(Patient(home, home.config(), NOW).databases())
