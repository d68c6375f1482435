"""What a person reads of a scan, and a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import clamav
import pytest
from attacks.records import isa_csv
from clamav import MARK, Daemon
from stations.days import Day

from mediabridge.cli._app import run
from mediabridge.records import codes


@pytest.fixture(scope="module")
def daemon(clamd: str) -> Iterator[Daemon]:
    with clamav.running(clamd) as running:
        yield running


def at(day: Day, daemon: Daemon, **lines: object) -> list[str]:
    """Give the station the scanner; return the words that name the station."""
    home = day.world.home("lgwan-01")
    home.settings_file.write_text(daemon.toml(**lines), "utf-8")
    home.settings_file.chmod(0o600)
    return ["--home", str(home.root), "--lang", "en"]


def file_of(day: Day, name: str, content: bytes) -> Path:
    path = day.world.root / name
    path.write_bytes(content)
    return path


def test_collect_says_what_the_scanner_said(
    day: Day, daemon: Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = file_of(day, "honest.csv", isa_csv((1, 1)))
    assert run([*at(day, daemon), "collect", str(honest)]) == 0
    assert "Virus scanner: nothing was found (signatures of 20" in capsys.readouterr().out
    other = file_of(day, "other.csv", isa_csv((2, 2)))
    nobody = at(day, daemon, socket=str(daemon.folder / "nobody"), down="warn")
    assert run([*nobody, "--json", "collect", str(other)]) == 0
    (taken,) = json.loads(capsys.readouterr().out)["data"]["taken"]
    assert (taken["scanner"]["scan"], taken["scanner"]["warned"]) == (
        "not-scanned",
        ["SCANNER_DOWN"],
    )


def test_warning_stands_on_the_screen(
    day: Day, daemon: Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = file_of(day, "honest.csv", isa_csv((1, 1)))
    nobody = at(day, daemon, socket=str(daemon.folder / "nobody"), down="warn")
    assert run([*nobody, "collect", str(honest)]) == 0
    said = capsys.readouterr().out
    assert "Virus scanner: not scanned" in said
    assert "! The virus scanner at" in said


def test_infected_file_ends_the_command_and_what_came_before_it_is_said(
    day: Day, daemon: Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [
        file_of(day, "honest.csv", isa_csv((1, 1))),
        file_of(day, "infected.csv", MARK),
        file_of(day, "never.csv", isa_csv((2, 2))),
    ]
    assert run([*at(day, daemon), "--json", "collect", *map(str, files)]) == 40
    answer = json.loads(capsys.readouterr().out)
    assert answer["reason"] == "FILE_INFECTED"
    assert [each["file"] for each in answer["data"]["taken"]] == ["honest.csv"]
    assert len(day.world.home("lgwan-01").collected()) == 1


def test_table_is_shown_to_the_scanner_before_it_is_loaded(
    day: Day, daemon: Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C108. It has no entry in the log; it is refused all the same."""
    shipped = Path(codes.__file__).with_name("data") / "sex.tsv"
    table = file_of(day, "sex.tsv", shipped.read_bytes() + b"# " + MARK + b"\n")
    assert run([*at(day, daemon), "--json", "codes", "load", str(table)]) == 40
    assert json.loads(capsys.readouterr().out)["reason"] == "FILE_INFECTED"
    assert not day.world.home("lgwan-01").tables.exists()
