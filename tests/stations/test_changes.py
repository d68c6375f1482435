"""What the city's own system writes beside the register is collected like a file, and once."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from attacks.records import csv_of, isa_csv, municipal_notice
from attacks.world import World, copy_of, scratch
from journeys.death import deaths

from mediabridge.bench.remaining import Watched
from mediabridge.cli._app import run
from mediabridge.errors import ChangesRefusedError, ExitCode, KindNotCarriedError
from mediabridge.kinds import Kind
from mediabridge.translog.events import Event
from tests.stations.test_echoes import ECHO

pytestmark = pytest.mark.in_turns


def write(world: World, *rows: dict[str, Any] | str | None, withdraws: int | None = None) -> None:
    """Write change rows as a program beside the station does: one transaction, then gone."""
    with closing(sqlite3.connect(world.home("registry-01").registry)) as connection, connection:
        for row in rows:
            text = row if row is None or isinstance(row, str) else json.dumps(row)
            connection.execute(
                "INSERT INTO municipal_change (notice, withdraws) VALUES (?, ?)", (text, withdraws)
            )


def collected(world: World) -> list[str]:
    """Return the ids of the notices that the books know, of every file of the inbox."""
    with world.registry() as station:
        files = [row.file for row in station.books.waiting_files()]
        paths = sorted(station.home.inbox.iterdir())
        assert [path.stem for path in paths] == sorted(files)
    return [row["notice_id"] for path in paths for row in csv.DictReader(path.open(newline=""))]


def test_rows_become_the_file_that_is_approved(world: World) -> None:
    moved = [municipal_notice(n, n) for n in (1, 2)]
    write(world, *moved)
    with world.registry() as station:
        done = station.collect_changes()
        assert (done.rows, done.records, done.withdrawn, done.echoes) == (2, 2, 0, ())
        (row,) = station.books.waiting_files()
        assert (row.file, row.records, row.events) == (done.file, 2, {"M06": 2})
        kept = (station.home.inbox / f"{row.file}.csv").read_bytes()
        assert station.seal().records == 2
    # To the byte what the same notices are as a file.
    with world.registry() as station:
        path = world.root / "export.csv"
        path.write_bytes(csv_of(Kind.MUNICIPAL_NOTICE, moved))
        same = station.collect(path)
        assert (same.file, same.known) == (row.file, True)
    assert kept.count(b"\r\n") == 3
    digests = [entry.facts.get("file_sha256") for entry in world.log("registry-01")]
    assert row.file in digests


def test_rows_are_counted_as_they_are_judged_and_entered(world: World) -> None:
    write(world, *(municipal_notice(n, n) for n in (1, 2, 3)))
    write(world, None, withdraws=2)
    with world.registry() as station:
        station.progress = heard = Watched(seconds=lambda: 0.0)
        station.collect_changes()
    assert [(step.total, step.ticks[-1][1]) for step in heard.steps] == [(4, 4), (2, 2)]


def test_nothing_waits(world: World) -> None:
    before = world.snapshot()
    with world.registry() as station:
        done = station.collect_changes()
    assert (done.rows, done.file) == (0, None)
    assert world.snapshot() == before


def test_values_may_be_whole_numbers_and_absent(world: World) -> None:
    write(world, municipal_notice(1, 1) | {"sequence": 1, "remarks": None, "name_kanji": ""})
    with world.registry() as station:
        assert station.collect_changes().records == 1


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (municipal_notice(1, 1) | {"sex": "M"}, "sex", "NOT_IN_LIST"),
        (municipal_notice(1, 1) | {"municipality_code": "131016"}, "municipality_code",
         "OTHER_MUNICIPALITY"),
        (municipal_notice(9, 1), "notice_id", "RECORD_REPEATED"),
        (municipal_notice(1, 1) | {"householder": "x"}, "householder", "FIELD_UNKNOWN"),
        (municipal_notice(1, 1) | {"sequence": True}, None, "CHANGE_NOT_ITEMS"),
        (municipal_notice(1, 1) | {"sequence": 1.0}, None, "CHANGE_NOT_ITEMS"),
        (municipal_notice(1, 1) | {"remarks": ["x"]}, None, "CHANGE_NOT_ITEMS"),
        (municipal_notice(1, 1) | {"remarks": "\ud800"}, None, "CHANGE_NOT_ITEMS"),
        ('{"sex": "1", "sex": "2"}', None, "CHANGE_NOT_ITEMS"),
        ("[" * 100_000, None, "CHANGE_NOT_ITEMS"),
        ("not JSON", None, "CHANGE_NOT_ITEMS"),
        ("NaN", None, "CHANGE_NOT_ITEMS"),
        ("[]", None, "CHANGE_NOT_ITEMS"),
        ('"' + "x" * 1024 * 1024 + '"', None, "CHANGE_TOO_LONG"),
        ("", None, "CHANGE_NOT_ITEMS"),
        (None, None, "CHANGE_EMPTY"),
    ],
)  # fmt: skip
def test_one_wrong_row_keeps_all(
    world: World, row: dict[str, str] | str | None, field: str | None, code: str
) -> None:
    write(world, municipal_notice(9, 2), row, municipal_notice(3, 3) | {"sex": "X"})
    before = world.snapshot()
    with world.registry() as station, pytest.raises(ChangesRefusedError) as refused:
        station.collect_changes()
    told = [(each.row, each.field, each.reason.value) for each in refused.value.errors]
    assert told == [(2, field, code), (3, "sex", "NOT_IN_LIST")]
    assert world.snapshot() == before
    assert world.log("registry-01")[-1].event is Event.FILE_REFUSED


@pytest.mark.parametrize("name", ["householder", "\x1b[31m", "k" * 100_000])
def test_screen_names_a_field_that_there_is_not(
    world: World, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    write(world, municipal_notice(1, 1) | {name: "x"})
    home = str(world.home("registry-01").root)
    assert run(["--lang", "en", "--home", home, "collect", "--from-registry"]) == ExitCode.RECORDS
    said = capsys.readouterr().err
    assert "This kind of record has no such field." in said
    assert "row 1: " + name.replace("\x1b", "\\u001b")[:40] + "\n" in said


def test_what_was_wrong_is_withdrawn_and_written_anew(world: World) -> None:
    write(world, municipal_notice(1, 1) | {"sex": "M"}, municipal_notice(2, 2))
    write(world, municipal_notice(1, 1), withdraws=1)
    with world.registry() as station:
        done = station.collect_changes()
    assert (done.rows, done.records, done.withdrawn) == (3, 2, 1)
    assert collected(world) == ["M-0002", "M-0001"]


def test_taken_row_cannot_be_withdrawn_but_the_way_out_is_another_row(world: World) -> None:
    write(world, municipal_notice(1, 1))
    with world.registry() as station:
        station.collect_changes()
    write(world, None, withdraws=1)
    with world.registry() as station, pytest.raises(ChangesRefusedError) as refused:
        station.collect_changes()
    (error,) = refused.value.errors
    assert (error.row, error.reason, error.facts) == (2, "CHANGE_TAKEN", {"earlier": 1})
    write(world, None, withdraws=2)
    with world.registry() as station:
        assert station.collect_changes().withdrawn == 2


def test_echoes_are_taken_and_not_sent(world: World) -> None:
    world.send(isa_csv((1, 1), (2, 2)))
    world.import_("registry-01")
    write(world, ECHO)
    with world.registry() as station:
        done = station.collect_changes()
        assert (done.records, done.echoes, done.file) == (0, ("M-0001",), None)
        assert station.books.waiting_files() == []
    write(world, municipal_notice(2, 2))
    with world.registry() as station:
        done = station.collect_changes()
        assert (done.rows, done.records, done.echoes) == (1, 1, ())


def test_check_takes_nothing(world: World) -> None:
    write(world, municipal_notice(1, 1))
    before, logged = world.snapshot(), len(world.log("registry-01"))
    with world.registry() as station:
        assert station.collect_changes(check=True).records == 1
    assert (world.snapshot(), len(world.log("registry-01"))) == (before, logged)


def test_other_side_has_no_register(world: World) -> None:
    with world.lgwan() as station, pytest.raises(KindNotCarriedError):
        station.collect_changes()


def make_ready(folder: Path, pristine: World) -> Callable[[], Path]:
    """Return what makes a fresh world in which three rows wait and one of them is withdrawn."""
    numbers = count()

    def make() -> Path:
        made = copy_of(pristine, folder / str(next(numbers)))
        write(made, *(municipal_notice(n, n) for n in (1, 2)))
        write(made, municipal_notice(3, 3), withdraws=2)
        return made.root

    return make


def take_changes(root: Path) -> None:
    with World(root).registry() as station:
        station.collect_changes()


def test_death_at_every_effect(quiet: World) -> None:
    """Claims C41 and C98. The same command again; what was written meanwhile comes along."""
    with scratch() as folder:
        for moment, root in enumerate(deaths(make_ready(Path(folder), quiet), take_changes)):
            world = World(root)
            in_inbox = {path.stem for path in world.home("registry-01").inbox.glob("*.csv")}
            assert in_inbox <= {e.facts.get("file_sha256") for e in world.log("registry-01")}
            if moment % 2:
                write(world, municipal_notice(4, 4))
            take_changes(root)
            wanted = ["M-0001", "M-0003", "M-0004"][: 3 if moment % 2 else 2]
            assert sorted(collected(world)) == wanted
            with world.registry() as station:
                assert station.books.outcome_counts() == {"open": len(wanted)}
        print(f"killed at {moment + 1} points")  # noqa: T201 - the figure is wanted
        assert moment > 10


def test_station_from_a_backup_takes_again_what_it_forgot(world: World, tmp_path: Path) -> None:
    """Claim C98. The registry, on a server for example, knows more than the books."""
    write(world, municipal_notice(1, 1))
    with world.registry() as station:
        station.collect_changes()
    saved = copy_of(world, tmp_path / "saved")
    write(world, municipal_notice(2, 2))
    with world.registry() as station:
        station.collect_changes()
    shutil.copy2(world.home("registry-01").registry, saved.home("registry-01").registry)
    write(saved, municipal_notice(3, 3))
    with saved.registry() as station:
        done = station.collect_changes()
    assert (done.rows, done.released) == (2, 1)
    assert sorted(collected(saved)) == ["M-0001", "M-0002", "M-0003"]


def test_registry_from_a_backup_brings_no_row_twice_into_the_books(
    world: World, tmp_path: Path
) -> None:
    write(world, municipal_notice(1, 1))
    saved = copy_of(world, tmp_path / "saved")
    with world.registry() as station:
        station.collect_changes()
    shutil.copy2(saved.home("registry-01").registry, world.home("registry-01").registry)
    with world.registry() as station:
        assert station.collect_changes().rows == 1
        assert station.books.outcome_counts() == {"open": 1}
    write(world, municipal_notice(2, 2))
    with world.registry() as station:
        done = station.collect_changes()
    assert (done.rows, done.released) == (1, 0)
    assert sorted(collected(world)) == ["M-0001", "M-0002"]


# --- the command --------------------------------------------------------------------


Give = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def give(world: World, capsys: pytest.CaptureFixture[str]) -> Give:
    def give(*words: str) -> tuple[int, dict[str, Any]]:
        home = ["--home", str(world.home("registry-01").root)]
        code = run(["--json", *home, "collect", *words])
        return code, json.loads(capsys.readouterr().out)

    return give


def test_command_takes_the_rows(world: World, give: Give) -> None:
    write(world, municipal_notice(1, 1))
    code, shown = give("--from-registry", "--check")
    assert (code, shown["data"]["changes"]["rows"]) == (0, 1)
    code, shown = give("--from-registry")
    changes = shown["data"]["changes"]
    assert (code, changes["records"], changes["released"]) == (0, 1, 0)
    code, shown = give("--from-registry")
    assert (code, shown["data"]["changes"]["rows"]) == (0, 0)


def test_command_names_the_rows_that_are_wrong(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    write(world, municipal_notice(1, 1), None, municipal_notice(2, 2) | {"sex": "M"})
    home = ["--home", str(world.home("registry-01").root)]
    assert run(["--lang", "en", *home, "collect", "--from-registry"]) == 40
    told = capsys.readouterr().err
    assert "row 2" in told
    assert "row 3: M" in told
    assert "none was taken" in told
    assert "withdraws" in told


@pytest.mark.parametrize(
    "words", [(), ("--from-registry", "a.csv"), ("--from-registry", "--kind", "municipal_notice")]
)
def test_one_source_is_named(give: Give, words: tuple[str, ...]) -> None:
    code, shown = give(*words)
    assert (code, shown["reason"]) == (2, "USAGE")
