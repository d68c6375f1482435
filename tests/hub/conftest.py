from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from required import REQUIRE_ALL, missing

from mediabridge.bench.programs import server_programs
from tests.hub import stores, town
from tests.hub.processes import SETTINGS, Process

if TYPE_CHECKING:
    from mediabridge.hub.callers import Caller
    from mediabridge.hub.database import Database
    from tests.apply.postgres.cluster import Cluster
    from tests.hub.stores import ObjectStore


def _missing() -> str:
    """Return the first library of the hub that cannot be had here, or nothing."""
    for name in ("botocore", "fastapi", "jinja2", "psycopg_pool", "asn1crypto"):
        try:
            importlib.import_module(name)
        except ImportError:
            return name
    return ""


class _OutOfReach(pytest.Module):
    """A file that cannot even be imported without the hub's libraries."""

    def collect(self) -> NoReturn:
        pytest.skip(f"{_missing()} is not installed")


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Have such a file say why it is skipped; where nothing may be, its import says what fails."""
    if REQUIRE_ALL or not _missing():
        return None
    return _OutOfReach.from_parent(parent, path=module_path)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> town.Town:
    """Give the town that is copied for whoever changes it."""
    folder = tmp_path_factory.mktemp("town")
    city = town.make(folder / "city")
    certificate, _key = town.hub_certificate(folder)
    served = folder / "cities/131041"
    served.mkdir(parents=True)
    shutil.copyfile(city.folder / "root.json", served / "root.json")
    (served / "trust").symlink_to(city.repository)
    return town.Town(city, folder / "cities", certificate)


@pytest.fixture
def own(made: town.Town, tmp_path: Path) -> town.Town:
    """Give a town of the test's own, whose trust data it may change."""
    shutil.copytree(made.cities.parent, tmp_path / "town", symlinks=True)
    city = town.City(tmp_path / "town/city", made.trust)
    link = tmp_path / "town/cities/131041/trust"
    link.unlink()
    link.symlink_to(city.repository)
    return town.Town(city, tmp_path / "town/cities", tmp_path / "town/hub.pem")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Give a PostgreSQL server."""
    programs = server_programs()
    if programs is None:
        missing("no PostgreSQL server is installed")
    from tests.apply.postgres.cluster import running  # noqa: PLC0415 - needs libpq

    with running(programs) as started:
        yield started


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """Give a store that speaks S3."""
    if not stores.is_installed():
        missing("no OpenStack Swift is installed")
    started = stores.ObjectStore(tmp_path_factory.mktemp("store"))
    yield started
    started.stop()


def settings_file(made: town.Town, folder: Path, database: str, more: str = "") -> Path:
    path = folder / "hub.toml"
    values = {
        "cities": made.cities, "certificate": made.authority,
        "key": made.authority.with_suffix(".key"), "database": database, "more": more,
    }  # fmt: skip
    path.write_text(SETTINGS.format(**values))
    return path


def in_postgres(cluster: Cluster, folder: Path) -> str:
    place = cluster.place(folder)
    lines = {
        "adapter": "postgresql", "host": place.host, "database": place.database,
        "user": place.user, "schema": place.schema_,
    }  # fmt: skip
    return "\n".join(f'{name} = "{value}"' for name, value in lines.items())


@pytest.fixture(params=["sqlite", "postgresql", "s3"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        from mediabridge.hub.in_sqlite import InSqlite  # noqa: PLC0415 - one of two

        yield InSqlite(tmp_path / "hub.db")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    from mediabridge.hub.in_postgres import InPostgres  # noqa: PLC0415 - needs libpq

    opened = InPostgres(cluster.place(tmp_path))
    if request.param == "s3":
        from mediabridge.hub.hub import open_store  # noqa: PLC0415 - needs fastapi

        found: ObjectStore = request.getfixturevalue("object_store")
        opened.store = open_store(found.place(), opened)
    yield opened
    opened.close()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def ends(made: town.Town, now: datetime) -> tuple[Caller, Caller]:
    from mediabridge.hub.callers import Caller  # noqa: PLC0415 - needs asn1crypto
    from mediabridge.hub.cities import Cities  # noqa: PLC0415 - as above

    (city,) = Cities(made.cities).look(now)
    stations = [city.trust.station(name) for name in ("lgwan-01", "lgwan-02")]
    sender, receiver = (Caller(city, station) for station in stations if station)
    return sender, receiver


@pytest.fixture(scope="module")
def settings(made: town.Town, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hub")
    return settings_file(made, folder, in_postgres(cluster, folder))


@pytest.fixture(scope="module")
def two(settings: Path) -> Iterator[tuple[Process, Process]]:
    """Give two hub processes on one database."""
    first, second = Process(settings), Process(settings)
    yield first, second
    assert first.stop() == second.stop() == 0


@pytest.fixture(scope="module")
def used(
    made: town.Town, two: tuple[Process, Process], tmp_path_factory: pytest.TempPathFactory
) -> int:
    """Use the hub as stations do; return the port of the operators."""
    folder = tmp_path_factory.mktemp("callers")
    sender, receiver = (
        town.Caller(made, name, two[0].port, folder) for name in ("lgwan-01", "lgwan-02")
    )
    first, second = made.bundle(1), made.bundle(2)
    for sent in (first, second):
        sender.send(sent)
    assert receiver.ask("GET", "waiting", Mediabridge_Version="7.8.9")[0] == 200
    for name in first.files:
        assert receiver.ask("GET", f"bundles/{first.id}/files/{name}")[0] == 200
    assert receiver.ask("POST", f"bundles/{first.id}/taken")[0] == 200
    assert receiver.ask("POST", "faults", town.REPORT)[0] == 204
    # A version that is none is not taken in; what could come in nevertheless is another test.
    assert receiver.ask("GET", "waiting", Mediabridge_Version="<script>")[0] == 400
    for each in (sender, receiver):
        each.close()
    return two[1].operators_port


@pytest.fixture
def call(
    made: town.Town, two: tuple[Process, Process], tmp_path: Path
) -> Iterator[Callable[..., town.Caller]]:
    """Give a way to call one of the two as a station."""
    opened: list[town.Caller] = []

    def calling(station: str = "lgwan-01", process: int = 0, **other: str) -> town.Caller:
        opened.append(town.Caller(made, station, two[process].port, tmp_path, **other))
        return opened[-1]

    yield calling
    for caller in opened:
        caller.close()
