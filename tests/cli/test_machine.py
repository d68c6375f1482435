"""What the station's own machine refuses is told as what it is, with a next step."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from attacks.records import isa_csv
from stations.days import Day

from mediabridge.cli import _screen
from mediabridge.cli._app import run
from mediabridge.errors import MediabridgeError, machine_error
from mediabridge.locale import set_language
from mediabridge.media.states import MediumState

LGWAN = "lgwan-01"


def home(day: Day) -> Path:
    return day.world.home(LGWAN).root


def reason(day: Day, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    run(["--home", str(home(day)), "--json", *words])
    shown = json.loads(capsys.readouterr().out)
    assert "?" not in shown.get("message", "")
    return str(shown["reason"])


def make_folder(path: Path) -> None:
    path.mkdir()


MADE: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path, "FILE_MISSING"),
    (os.mkfifo, "FILE_OF_WRONG_SORT"),
    (lambda path: path.symlink_to("/dev/null"), "FILE_OF_WRONG_SORT"),
    (lambda path: path.symlink_to(path), "FILE_OF_WRONG_SORT"),
]


@pytest.mark.parametrize(("make", "wanted"), MADE)
def test_input_that_is_no_file_is_named(
    day: Day,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Path], object],
    wanted: str,
) -> None:
    make(tmp_path / "in.csv")
    for options in [], ["--check"], ["--kind", "isa_notice"]:
        assert reason(day, capsys, "collect", *options, str(tmp_path / "in.csv")) == wanted


@pytest.mark.parametrize("make", [make for make, wanted in MADE if wanted == "FILE_OF_WRONG_SORT"])
@pytest.mark.parametrize("words", [["codes", "load"], ["names", "table", "load"]], ids=" ".join)
def test_table_that_is_no_file_is_not_read(
    day: Day,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Path], object],
    words: list[str],
) -> None:
    """A pipe would have kept the command for ever, and a device has no end."""
    make(tmp_path / "in.tsv")
    set_language("en")
    assert run(["--home", str(home(day)), *words, str(tmp_path / "in.tsv")]) != 0
    said = capsys.readouterr().err
    assert "not a plain file" in said or "symbolic links" in said


@pytest.mark.parametrize(("make", "wanted"), MADE)
def test_first_root_that_is_no_file_is_named(
    day: Day,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Path], object],
    wanted: str,
) -> None:
    make(tmp_path / "root.json")
    medium = str(day.world.medium)
    words = ["verify", medium, "--medium", medium, "--root", str(tmp_path / "root.json")]
    day.seal(content=isa_csv((1, 1)))
    assert reason(day, capsys, *words) == wanted


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (errno.EACCES, "FILE_NOT_ALLOWED"),
        (errno.EPERM, "FILE_NOT_ALLOWED"),
        (errno.ENOSPC, "DISK_FULL"),
        (errno.EDQUOT, "DISK_FULL"),
        (errno.EROFS, "DISK_READ_ONLY"),
        (errno.EIO, "DISK_FAILED"),
        (errno.ENOENT, "STATION_DAMAGED"),
        (errno.EISDIR, "STATION_DAMAGED"),
        (errno.ELOOP, "STATION_DAMAGED"),
    ],
)
def test_error_within_the_station_has_its_reason(day: Day, number: int, wanted: str) -> None:
    path = home(day) / "inbox" / "x.csv"
    error = machine_error(OSError(number, os.strerror(number), str(path)), home(day))
    assert error.reason == wanted
    assert "x.csv" in str(error)
    assert "station init" not in error.render(error.hint)


def test_disk_that_is_full_is_no_internal_error(
    day: Day, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "isa.csv"
    path.write_bytes(isa_csv((1, 1)))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    run(["--home", str(home(day)), "--json", "collect", str(path)])
    assert json.loads(capsys.readouterr().out)["reason"] == "DISK_FULL"


@pytest.mark.parametrize("damage", ["gone", "folder"])
def test_folder_restored_without_links_is_called_damaged(
    day: Day, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    link = day.world.home(LGWAN).trust_cache / "current"
    target = link.resolve()
    link.unlink()
    if damage == "folder":
        shutil.copytree(target, link)
    assert reason(day, capsys, "status") == "STATION_DAMAGED"


@pytest.mark.parametrize("content", [None, b"{}", b"not JSON"])
def test_station_with_a_bad_file_is_not_to_be_set_up_again(
    day: Day, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = day.world.home(LGWAN).config_file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert reason(day, capsys, "status") == "STATION_DAMAGED"


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ("bundles SET created = 'today'", "BOOKS_CORRUPT"),
        ("bundles SET salt = 'none'", "BOOKS_CORRUPT"),
        ("bundles SET summary = 'none'", "BOOKS_CORRUPT"),
        ("bundles SET summary = '[1]'", "BOOKS_CORRUPT"),
        ("bundles SET summary = '{}'", "SUMMARY_MISMATCH"),
        ("""bundles SET summary = '{"operator": "clerk-1", "records": {}}'""", "SUMMARY_MISMATCH"),
        ("inbox SET notices = 'none'", "BOOKS_CORRUPT"),
        ("inbox SET notices = '[1]'", "BOOKS_CORRUPT"),
    ],
)
def test_books_edited_by_hand_are_called_damaged(
    day: Day, capsys: pytest.CaptureFixture[str], change: str, wanted: str
) -> None:
    day.seal(content=isa_csv((1, 1)))
    with closing(sqlite3.connect(home(day) / "station.db")) as books, books:
        books.execute(f"UPDATE {change}")
    key = str(day.world.city.key_path("officer-1"))
    assert reason(day, capsys, "approve", "--yes", "--key", key) == wanted


@pytest.mark.parametrize(
    "change",
    [
        "bundles SET summary = '{}'",
        """bundles SET summary = '{"route": 1}'""",
        "bundles SET summary = json_set(summary, '$.records.isa_notice', 99)",
    ],
)
def test_edited_summary_of_a_bundle_that_has_left_is_not_shown(
    day: Day, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    bundle = day.world.send(isa_csv((1, 1)))
    with closing(sqlite3.connect(home(day) / "station.db")) as books, books:
        books.execute(f"UPDATE {change}")
    assert reason(day, capsys, "bundles", "show", bundle) == "SUMMARY_MISMATCH"


def test_collected_rows_edited_by_hand_are_called_damaged(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(isa_csv((1, 1)))
    assert run(["--home", str(home(day)), "collect", str(file)]) == 0
    with closing(sqlite3.connect(home(day) / "station.db")) as books, books:
        books.execute("UPDATE inbox SET events = 'none'")
    capsys.readouterr()
    assert reason(day, capsys, "seal") == "BOOKS_CORRUPT"


def test_hint_for_screens_stops_no_journey(day: Day) -> None:
    day.world.home(LGWAN).medium_state.unlink(missing_ok=True)
    day.world.home(LGWAN).medium_state.mkdir()
    with day.at(LGWAN) as station:
        station.tell(MediumState.NO_MEDIUM)


def test_wide_modes_of_the_folder_are_mended(day: Day) -> None:
    home(day).chmod(0o755)
    with day.at(LGWAN):
        pass
    assert home(day).stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_full_screen_is_no_failure_of_the_work(day: Day, tmp_path: Path) -> None:
    path = tmp_path / "isa.csv"
    path.write_bytes(isa_csv((1, 1)))
    command = [sys.executable, "-m", "mediabridge", "--home", str(home(day)), "--lang", "en"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*command, "collect", str(path)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, b"the work is done" in done.stderr) == (0, True)
    assert b"Traceback" not in done.stderr
    with day.at(LGWAN) as station:
        assert len(station.books.waiting_files()) == 1


STEERING = "\x1b[2J\u202egnp.\u200b\x9b\udc80\r"


def test_outside_text_is_printable_wherever_it_appears(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C47."""
    name = f"/nowhere/{STEERING}.csv"
    assert run(["--home", str(home(day)), "--lang", "en", "collect", name]) == 2
    shown = capsys.readouterr()
    assert not set(STEERING) & (set(shown.out + shown.err) & set("\x1b\u202e\u200b\x9b\udc80\r"))
    assert "\\x1b[2J\\u202egnp" in shown.err


def test_name_with_a_line_feed_makes_no_line_of_its_own(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "/nowhere/a\nmediabridge: hint: pull it out.csv"
    run(["--home", str(home(day)), "--lang", "en", "collect", name])
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_names_and_japanese_stay_as_they_are() -> None:
    line = "髙橋 﨑 ﾀﾛｳ e\u0301 葛\U000e0100 100%"
    assert _screen.printable(line) == line


def test_every_reason_of_the_machine_is_a_mediabridge_error(tmp_path: Path) -> None:
    for number in errno.errorcode:
        error = machine_error(OSError(number, os.strerror(number), "x"), tmp_path)
        assert isinstance(error, MediabridgeError)
        assert error.reason != "INTERNAL"
