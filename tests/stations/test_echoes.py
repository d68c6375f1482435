"""The city's export holds what the agency told it; that stays here, and the rest goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attacks.records import csv_of, isa_csv, municipal_notice
from attacks.world import World

from mediabridge.cli._app import run
from mediabridge.kinds import Kind

ECHO = municipal_notice(1, 1) | {
    "event_code": "M11",
    "operation": "correction",
    "processed_at": "2026-05-02T10:00:00+09:00",
}
del ECHO["notified_on"]
MOVED = municipal_notice(2, 2)


@pytest.fixture
def city(world: World) -> World:
    """Give a city whose register has what the agency told about residents 1 and 2."""
    world.send(isa_csv((1, 1), (2, 2)))
    world.import_("registry-01")
    return world


def exported(world: World, *rows: dict[str, str]) -> Path:
    path = world.root / "municipal_notice.csv"
    path.write_bytes(csv_of(Kind.MUNICIPAL_NOTICE, rows))
    return path


def test_only_what_is_news_is_taken_in(city: World) -> None:
    path = exported(city, ECHO, MOVED)
    with city.registry() as station:
        done = station.collect(path)
        assert (done.records, done.echoes) == (1, ("M-0001",))
        (row,) = station.books.waiting_files()
        assert (row.records, row.events) == (1, {"M06": 1})
        assert station.seal().records == 1
    # The other side delivers what was sent, to the record.
    with city.registry() as station:
        (bundle,) = station.books.bundles("out")
        assert [record for _kind, record, *_ in station.books.records_of(bundle.bundle)] == [
            "M-0002"
        ]


def test_file_of_echoes_alone_leaves_nothing_behind(city: World) -> None:
    path = exported(city, ECHO)
    with city.registry() as station:
        logged = station.log.size()
        done = station.collect(path)
        assert (done.records, done.echoes) == (0, ("M-0001",))
        assert station.books.waiting_files() == []
        assert list(station.home.inbox.iterdir()) == []
        assert station.log.size() == logged


def test_nothing_is_an_echo_before_it_was_told(world: World) -> None:
    path = exported(world, ECHO, MOVED)
    with world.registry() as station:
        assert station.collect(path).echoes == ()


def test_command_says_what_it_left_out(city: World, capsys: pytest.CaptureFixture[str]) -> None:
    path = exported(city, ECHO, MOVED)
    home = ["--home", str(city.home("registry-01").root)]
    assert run(["--json", *home, "collect", str(path)]) == 0
    (taken,) = json.loads(capsys.readouterr().out)["data"]["taken"]
    assert (taken["records"], taken["echoes"]) == (1, ["M-0001"])
    assert run(["--lang", "en", *home, "collect", str(path)]) == 0
    assert "only repeat notices of the agency" in capsys.readouterr().out
