"""The commands of the register, and the CSV file that a city hall files."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from mediabridge.cli import _media_export
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.media.register import MediumRow, ServiceState, Trip
from mediabridge.stations.books import Books
from mediabridge.stations.home import Home
from mediabridge.stations.setup import init_station
from mediabridge.trust.city import create_city
from mediabridge.trust.keyfile import TRAINING_COST

AT = "2026-11-25T00:00:00Z"
ROW = MediumRow(
    "USB-001", "aa" * 32, ServiceState.IN_SERVICE, AT, AT, "officer-1", "bb" * 32, 1000,
    label="住民課 1", vendor="=HYPERLINK()", product="X", serial="＝S",
    write_speed=10, read_speed=10,
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    city = create_city(
        tmp_path / "city",
        city="city.training.example",
        municipality_code="131041",
        clock=SystemClock(),
        passphrase_for=lambda _key: b"training",
        cost=TRAINING_COST,
    )
    init_station(tmp_path / "home", city.folder, "lgwan-01", clock=SystemClock())
    (tmp_path / "city/passphrase.training").write_text("training\n")
    (tmp_path / "city/passphrase.training").chmod(0o600)
    books = books_of(tmp_path / "home")
    books.media.put(ROW)
    books.media.put(
        MediumRow("USB-002", "cc" * 32, ServiceState.IN_SERVICE, AT, AT, "officer-1", serial="S-2")
    )
    books.close()
    return tmp_path / "home"


def books_of(home: Path) -> Books:
    found = Home(home)
    return Books(found.books, found.config().owner)


def call(
    home: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0
) -> dict[str, Any]:
    assert run(["--home", str(home), "--json", "media", *words]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_trip_by_commands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("issue", "USB-001", "--to", "clerk-1", "--minutes", "30")
    issued = call(home, capsys, *words)["data"]["trip"]
    assert (issued["trip"], issued["holder"], issued["planned_minutes"]) == (1, "clerk-1", 30)
    call(home, capsys, *words, code=2)
    call(home, capsys, "hand-over", "USB-001", "--to", "officer-1")
    call(home, capsys, "arrive", "USB-001")
    back = call(home, capsys, "return", "USB-001")["data"]["trip"]
    assert back["arrived_at_station"] == "lgwan-01"
    assert back["returned_at"] is not None
    call(home, capsys, "return", "USB-001", code=2)
    call(home, capsys, "issue", "USB-404", "--to", "clerk-1", code=2)


def test_lost_and_retired(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lost = call(home, capsys, "lost", "USB-001")["data"]
    assert (lost["state"], lost["bundles"]) == ("lost", [])
    key = home.parent / "city/keys/officer-1.json"
    retired = call(home, capsys, "retire", "USB-002", "--key", str(key))["data"]
    assert retired["state"] == "retired"
    listed = call(home, capsys, "list")["data"]["media"]
    assert [each["state"] for each in listed] == ["lost", "retired"]


def test_overdue_only(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    books = books_of(home)
    books.media.put_trip(Trip("USB-002", "lgwan-01", "registry-01", 1, "clerk-1", AT, 1))
    books.close()
    listed = call(home, capsys, "list", "--overdue")["data"]["media"]
    assert [(each["medium"], each["trip"]["trip"]) for each in listed] == [("USB-002", 1)]


def test_show_says_all(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    books = books_of(home)
    books.media.note_failed("USB-001", "READ_BACK_MISMATCH")
    books.media.begin_carriage("ab" * 16, "USB-001", AT)
    books.close()
    data = call(home, capsys, "show", "USB-001")["data"]
    assert data["health"]["recommend_retire"] is True
    assert data["bundles"][0]["state"] == "writing"
    assert run(["--home", str(home), "--lang", "en", "media", "show", "USB-001"]) == 0
    shown = capsys.readouterr().out
    assert "should be taken out of service" in shown
    assert "gave back something else" in shown


def test_list_says_why_a_medium_should_go(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--home", str(home), "--lang", "en", "media", "list"]
    assert run(command) == 0
    assert "had to be repaired" not in capsys.readouterr().out
    books = books_of(home)
    books.media.note_mended("USB-002")
    books.close()
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert "USB-002  What it carried came damaged and had to be repaired." in shown


@pytest.fixture
def exported(home: Path, capsys: pytest.CaptureFixture[str]) -> bytes:
    books = books_of(home)
    trip = Trip("USB-001", "lgwan-01", "registry-01", 1, "clerk-1", AT, 1, bundles=("ab" * 16,))
    books.media.put_trip(trip)
    books.close()
    target = home.parent / "register.csv"
    assert run(["--home", str(home), "--lang", "en", "media", "export", str(target)]) == 0
    assert capsys.readouterr().out == "Lines written: 2\n"
    return target.read_bytes()


def test_export_is_for_excel(exported: bytes) -> None:
    assert exported.startswith(b"\xef\xbb\xbf")
    assert exported.count(b"\r\n") == exported.count(b"\n") == 4
    rows = list(csv.reader(io.StringIO(exported.decode("utf-8-sig"))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert rows[0][0] == "medium"
    assert [row[0] for row in rows[1:3]] == ["USB-001", "USB-002"]
    assert rows[1][8] == "1"
    assert rows[2][8] == ""
    assert all(
        cell.startswith('"') and cell.endswith('"')
        for cell in exported[3:].decode().split(",")[1:3]
    )


def test_formulas_are_harmless(exported: bytes) -> None:
    rows = list(csv.reader(io.StringIO(exported.decode("utf-8-sig"))))
    assert rows[1][3] == "'=HYPERLINK() X"
    assert rows[1][4] == "'＝S"
    assert "apostrophe" in rows[-1][0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_every_start_of_formula(start: str) -> None:
    assert _media_export.harmless(f"{start}1") == f"'{start}1"
    assert _media_export.harmless(f"1{start}") == f"1{start}"


def test_export_into_missing_folder(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = call(home, capsys, "export", str(tmp_path / "none" / "x.csv"), code=2)
    assert found["reason"] == "FILE_MISSING"


def test_export_onto_a_pipe(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "x.csv"
    os.mkfifo(pipe)
    found = call(home, capsys, "export", str(pipe), code=2)
    assert found["reason"] == "FILE_OF_WRONG_SORT"
    assert pipe.is_fifo()
