"""One command at a time, and no effect without a log entry."""

import sqlite3

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World

from mediabridge.bundle import layout
from mediabridge.errors import (
    BooksCorruptError,
    BooksNewerError,
    LogFullError,
    ManifestMismatchError,
    StationBusyError,
    StationDamagedError,
    StationError,
)
from mediabridge.kinds import Kind
from mediabridge.stations.home import Home
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.translog.events import Event
from mediabridge.translog.recovery import Recovery


def test_second_command_is_refused(world: World) -> None:
    with world.lgwan(), pytest.raises(StationBusyError), world.lgwan():
        pass
    with world.lgwan() as station:
        assert station.id == "lgwan-01"


def test_folder_without_station(world: World) -> None:
    with pytest.raises(StationError):
        Home(world.root / "city").config()


def _fill_log(station: LgwanStation) -> None:
    for _ in range(200):
        station.record(Event.JOURNEY_RECOVERED, reason=Recovery.FILESYSTEM_REPAIRED)


def test_full_log_stops_collecting(world: World) -> None:
    path = world.root / "isa.csv"
    path.write_bytes(isa_csv((1, 1)))
    with world.lgwan() as station:
        pages = station._connection.execute("PRAGMA page_count").fetchone()[0]
        station._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LogFullError):
            _fill_log(station)
        with pytest.raises(LogFullError):
            station.collect(path)
        assert station.books.waiting_files() == []
        assert not list(station.home.inbox.iterdir())


def test_full_log_stops_applying(sent_world: World) -> None:
    before = sent_world.fingerprint()
    with sent_world.registry() as station:
        real = station.record

        def record(event: Event, **facts: object) -> None:
            if event is Event.BUNDLE_APPLIED:
                raise LogFullError(name="log.db")
            real(event, **facts)  # type: ignore[arg-type]

        station.record = record  # type: ignore[method-assign]
        with pytest.raises(LogFullError):
            station.import_(sent_world.medium, note=print)
    assert sent_world.fingerprint() == before
    (taken,) = sent_world.import_()
    assert taken.outcomes["applied"] == 2


def test_private_files_are_private(world: World) -> None:
    home = world.home("lgwan-01")
    for path in home.keys.iterdir():
        assert path.stat().st_mode & 0o077 == 0
    assert home.root.stat().st_mode & 0o077 == 0


def test_damaged_books_are_said(world: World) -> None:
    world.home("lgwan-01").books.write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(BooksCorruptError), world.lgwan():
        pass


@pytest.mark.parametrize("name", ["station.db", "log.db", "registry.db"])
def test_database_that_is_gone_is_never_begun_anew(sent_world: World, name: str) -> None:
    """Claim C70. Empty books would give the numbers out again, and an empty log has no past."""
    sent_world.import_()
    home = sent_world.home("registry-01")
    (home.root / name).unlink()
    for _ in range(2):
        with pytest.raises(StationDamagedError, match=name), sent_world.registry():
            pass
    assert not (home.root / name).exists()


def test_newer_books_are_refused(world: World) -> None:
    connection = sqlite3.connect(world.home("lgwan-01").books)
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(BooksNewerError, match="99"), world.lgwan():
        pass


def test_kind_that_nobody_can_apply_is_refused(world: World) -> None:
    """A route may name it, by a slip of the city; nothing of it may pass for applied."""
    routes = [
        each.model_copy(update={"kinds": tuple(Kind)}) if each.sender == "lgwan-01" else each
        for each in world.city.trust.routes
    ]
    world.publish(2, routes=tuple(routes))
    with world.lgwan() as station:
        station.accept_trust(layout.trust_folder(world.medium))
    world.send(municipal_csv((1, 1), (2, 2)))
    before = world.fingerprint()
    with pytest.raises(
        ManifestMismatchError, match="cannot apply records of the kind notice of a muni"
    ):
        world.import_()
    assert world.fingerprint() == before
    assert Event.BUNDLE_APPLIED not in [entry.event for entry in world.log()]
