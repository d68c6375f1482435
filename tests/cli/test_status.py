"""``status``: what is late and what is out, said to a person and to monitoring."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import World, copy_of, make_world, scratch

from mediabridge import errors
from mediabridge.cli._app import run
from mediabridge.cli._result import Table
from mediabridge.cli.import_ import taken_lines
from mediabridge.clock import to_rfc3339
from mediabridge.media.register import MediumRow, ServiceState, Trip
from mediabridge.stations.books import BundleState


@pytest.fixture(scope="module")
def untouched() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root))


@pytest.fixture
def world(untouched: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(untouched, Path(root) / "world")


def _status(
    world: World, capsys: pytest.CaptureFixture[str], name: str = "lgwan-01"
) -> dict[str, Any]:
    code = run(["--home", str(world.home(name).root), "--json", "status"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert answer["code"] == code
    return answer


def _ago(**units: int) -> str:
    return to_rfc3339(datetime.now(UTC) - timedelta(**units))


def _send(world: World, *, days_ago: int) -> str:
    """Write a bundle that is sealed so many days ago, as far as the books know."""
    bundle = world.send(isa_csv((1, 1)))
    with world.lgwan() as station, station.books.transaction():
        row = station.books.bundle(bundle)
        assert row is not None
        assert row.state is BundleState.WRITTEN
        station.books._db.execute(
            "UPDATE bundles SET created = ? WHERE bundle = ?", (_ago(days=days_ago), bundle)
        )
    return bundle


def _issue(world: World, *, minutes_ago: int) -> None:
    at = _ago(minutes=minutes_ago)
    row = MediumRow("USB-001", "aa" * 32, ServiceState.IN_SERVICE, at, at, "officer-1")
    trip = Trip("USB-001", "lgwan-01", "registry-01", 1, "clerk-1", at, 60)
    with world.lgwan() as station, station.books.transaction():
        station.books.media.put(row)
        station.books.media.put_trip(trip)


def test_quiet_station_exits_with_0(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    answer = _status(world, capsys)
    assert (answer["code"], answer["ok"]) == (0, True)
    data = answer["data"]
    assert data["attention"] == []
    assert (data["outstanding"], data["media_out"], data["last_receipt"]) == (0, [], None)
    assert data["trust"]["version"] == 1
    assert data["trust"]["days"] == 0


def test_table_without_a_line_is_not_shown(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither of a station that sent nothing, nor of a bundle that held receipts alone."""
    words = ["--home", str(world.home("lgwan-01").root), "--lang", "en", "status"]
    run(words)
    before = capsys.readouterr().out
    world.send(isa_csv((1, 1)))
    run(words)
    assert "Own records:" in capsys.readouterr().out
    world.import_()
    world.send(station="registry-01")
    (taken,) = world.import_("lgwan-01")
    tables = [each for each in taken_lines(taken) if isinstance(each, Table)]
    assert all(each.rows for each in tables)
    assert "Own records:" not in before


def test_bundle_on_its_way_is_outstanding_and_not_overdue(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = _send(world, days_ago=1)
    answer = _status(world, capsys)
    assert answer["code"] == 0
    assert answer["data"]["outstanding"] == 1
    assert [each["bundle"] for each in answer["data"]["under_way"]] == [bundle]
    assert answer["data"]["overdue"] == []


def test_receipt_that_does_not_come_is_told_to_monitoring(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = _send(world, days_ago=3)
    answer = _status(world, capsys)
    assert (answer["code"], answer["reason"]) == (11, "RECEIPT_OVERDUE")
    assert answer["data"]["attention"] == ["RECEIPT_OVERDUE"]
    run(["--home", str(world.home("lgwan-01").root), "--lang", "en", "status"])
    shown = capsys.readouterr().out
    assert "! Bundles without a receipt for longer than their route allows: 1." in shown
    assert f"mediabridge write {bundle[:8]}" in shown


@pytest.mark.parametrize(("days", "code"), [(4, 0), (2, 11)])
def test_limit_is_that_of_the_route(
    world: World, capsys: pytest.CaptureFixture[str], days: int, code: int
) -> None:
    _send(world, days_ago=3)
    settings = world.home("lgwan-01").settings_file
    settings.write_text(f"[overdue]\nregistry-01 = {days}\n", "utf-8")
    settings.chmod(0o600)
    assert _status(world, capsys)["code"] == code


@pytest.mark.parametrize("limit", ["0", "31", '"2"', "2.0", "true"])
def test_limit_that_makes_no_sense_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    settings = world.home("lgwan-01").settings_file
    settings.write_text(f"[overdue]\nregistry-01 = {limit}\n", "utf-8")
    settings.chmod(0o600)
    answer = _status(world, capsys)
    assert answer["reason"] == errors.SettingsError.reason


def test_receipt_that_came_ends_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    _send(world, days_ago=3)
    world.import_()
    world.send(station="registry-01")
    world.import_("lgwan-01")
    answer = _status(world, capsys)
    assert (answer["code"], answer["data"]["outstanding"]) == (0, 0)
    assert answer["data"]["last_receipt"] >= _ago(minutes=10)


@pytest.mark.parametrize(("minutes", "late"), [(30, []), (90, ["USB-001"])])
def test_medium_that_is_out(
    world: World, capsys: pytest.CaptureFixture[str], minutes: int, late: list[str]
) -> None:
    _issue(world, minutes_ago=minutes)
    answer = _status(world, capsys)
    assert [trip["medium"] for trip in answer["data"]["media_out"]] == ["USB-001"]
    assert answer["data"]["media_overdue"] == late
    assert answer["reason"] == ("MEDIUM_OVERDUE" if late else "DONE")
    assert answer["code"] == (30 if late else 0)
    run(["--home", str(world.home("lgwan-01").root), "--lang", "en", "status"])
    assert ("overdue" in capsys.readouterr().out) is bool(late)


def test_most_urgent_reason_decides(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A bundle that is late comes before a stick that is, and both before what will run out."""
    _send(world, days_ago=3)
    _issue(world, minutes_ago=90)
    soon = to_rfc3339(datetime.now(UTC) + timedelta(days=3))
    people = tuple(
        each.model_copy(update={"valid_until": soon}) if each.name == "officer-2" else each
        for each in world.city.trust.people
    )
    world.publish(people=people)
    with world.lgwan() as station:
        station.accept_trust(world.medium / "MEDIABRIDGE" / "trust")
    answer = _status(world, capsys)
    assert answer["data"]["attention"] == ["RECEIPT_OVERDUE", "MEDIUM_OVERDUE", "EXPIRES_SOON"]
    assert answer["code"] == 11
    assert answer["data"]["trust"]["version"] == 2


def test_key_that_has_run_out_comes_first(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    _send(world, days_ago=3)
    past = to_rfc3339(datetime.now(UTC) - timedelta(minutes=1))
    early = to_rfc3339(datetime.now(UTC) - timedelta(days=30))
    people = tuple(
        each.model_copy(update={"valid_from": early, "valid_until": past})
        if each.name == "officer-2"
        else each
        for each in world.city.trust.people
    )
    world.publish(people=people)
    with world.lgwan() as station:
        station.accept_trust(world.medium / "MEDIABRIDGE" / "trust")
    answer = _status(world, capsys)
    assert answer["data"]["attention"] == ["EXPIRED", "RECEIPT_OVERDUE"]
    assert answer["code"] == 70


def test_gap_is_told_to_monitoring_until_it_is_closed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first = world.send(isa_csv((1, 1)))
    aside = (world.bundles / first).rename(world.root / "aside")
    second = world.send(isa_csv((2, 2)))
    with pytest.raises(errors.BundleParkedError):
        world.import_()
    answer = _status(world, capsys, "registry-01")
    assert (answer["code"], answer["reason"]) == (11, "BUNDLE_PARKED")
    assert answer["data"]["parked"] == [["lgwan-01", 2]]
    aside.rename(world.bundles / first)
    taken = world.import_()
    assert [each.bundle for each in taken] == [first, second]
    answer = _status(world, capsys, "registry-01")
    assert (answer["code"], answer["data"]["parked"]) == (0, [])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_station_is_named_once(
    world: World, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    run(["--home", str(world.home("lgwan-01").root), "--lang", language, "status"])
    shown = capsys.readouterr()
    assert (shown.err + shown.out).count("lgwan-01") == 1


@pytest.mark.parametrize("words", [("media", "list"), ("media", "list", "--overdue")])
def test_empty_register_says_what_to_do(
    world: World, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(["--home", str(world.home("lgwan-01").root), "--lang", "en", *words]) == 0
    shown = capsys.readouterr().out
    wanted = "No medium is overdue." if "--overdue" in words else "mediabridge media register"
    assert wanted in shown
