"""A file for many offices, each of which has a station in the agency's folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attacks.records import csv_of
from attacks.world import passphrase_for
from line.offices import NOTICES, OFFICES
from records_xml.documents import document, record

from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.errors import ExitCode
from mediabridge.kinds import Kind
from mediabridge.stations.agency import AgencyStation
from mediabridge.stations.outgoing import collecting
from mediabridge.translog.events import Event


def given(folder: Path, content: bytes) -> Path:
    path = folder.parent / "notices"
    path.write_bytes(content)
    return path


def collect(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, Any]]:
    path = given(folder, content)
    capsys.readouterr()
    words = ["--home", str(folder.parent / "none"), "--json"]
    code = run([*words, "agency", "collect", str(path), "--to", str(folder), *more])
    return code, json.loads(capsys.readouterr().out)


def kept(folder: Path) -> dict[str, tuple[int, int]]:
    """Return how many records wait at each station, and how many files its log says it took."""
    found = {}
    for office in OFFICES:
        root = folder / office
        with AgencyStation(root, clock=SystemClock(), passphrases=passphrase_for) as station:
            waiting = sum(station.waiting_kinds().values())
            found[office] = waiting, len(list(station.log.all_of(Event.FILE_COLLECTED)))
    return found


NOTHING = dict.fromkeys(OFFICES, (0, 0))
ALL = {OFFICES[0]: (2, 1), OFFICES[1]: (1, 1), OFFICES[2]: (1, 1)}
AS_CSV = csv_of(Kind.ISA_NOTICE, NOTICES)
AS_XML = document(*(record(each) for each in NOTICES))


@pytest.mark.parametrize("content", [AS_CSV, AS_XML], ids=["csv", "xml"])
def test_each_office_gets_its_own_and_once(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = collect(folder, content, capsys, "--check")
    assert (code, told["data"]["there"], kept(folder)) == (ExitCode.DONE, 0, NOTHING)
    code, told = collect(folder, content, capsys)
    assert (code, kept(folder)) == (ExitCode.DONE, ALL)
    assert (told["data"]["records"], told["data"]["there"]) == (4, 4)
    assert [each["records"] for each in told["data"]["offices"]] == [2, 1, 1]
    # Either format makes the same parts.
    for again in (content, AS_CSV):
        code, told = collect(folder, again, capsys)
        assert [each["known"] for each in told["data"]["offices"]] == [True] * 3
        assert (code, kept(folder)) == (ExitCode.DONE, ALL)
    assert sorted(path.name for path in folder.iterdir()) == sorted(OFFICES)


@pytest.mark.parametrize("content", [AS_CSV, AS_XML], ids=["csv", "xml"])
def test_all_errors_are_said_and_nothing_is_taken(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """An office without a station, and in the part of another a number that is used twice."""
    shutil.rmtree(folder / OFFICES[1])
    wrong = content.replace(b"N-0004", b"N-0001")
    code, told = collect(folder, wrong, capsys)
    assert (code, told["reason"], told["data"]["count"]) == (
        *(ExitCode.RECORDS, "OFFICES_REFUSED", 2),
    )
    first = 2 if content is AS_CSV else 1
    named = [(each["row"], each["code"]) for each in told["data"]["errors"]]
    assert named == [(first + 1, "OFFICE_UNKNOWN"), (first + 3, "RECORD_REPEATED")]
    shutil.copytree(folder / OFFICES[0], folder / OFFICES[1], symlinks=True)
    assert kept(folder) == NOTHING


def test_a_person_reads_the_row_and_the_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder / OFFICES[1])
    path = given(folder, AS_CSV)
    words = ["--lang", "en", "agency", "collect", str(path), "--to", str(folder)]
    assert run(words) == ExitCode.RECORDS
    said = capsys.readouterr().err
    assert f"{OFFICES[1]}, and of that office there is no station" in said
    assert "row 3" in said


def test_a_crash_between_two_offices_neither_doubles_nor_loses(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, taken = given(folder, AS_CSV), collecting.collect_file

    def killed(station: Any, *args: Any, **options: Any) -> Any:
        if station.config.municipality_code == OFFICES[1]:
            os.kill(os.getpid(), signal.SIGKILL)
        return taken(station, *args, **options)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(collecting, "collect_file", killed)
        run(["agency", "collect", str(path), "--to", str(folder)])
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert (folder / ".work").exists()
    assert kept(folder) == {**NOTHING, OFFICES[0]: (2, 1)}
    code, told = collect(folder, AS_CSV, capsys)
    assert (code, told["data"]["there"], kept(folder)) == (ExitCode.DONE, 4, ALL)
    assert [each["known"] for each in told["data"]["offices"]] == [True, False, False]
    assert not (folder / ".work").exists()


def test_one_stations_fault_stops_no_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = folder / OFFICES[1] / "station.json"
    right = config.read_bytes()
    config.write_bytes(b"{}")
    code, told = collect(folder, AS_CSV, capsys)
    assert code == ExitCode.CONFIGURATION
    assert [each["taken"] for each in told["data"]["offices"]] == [True, False, True]
    assert (told["data"]["records"], told["data"]["there"]) == (4, 3)
    config.write_bytes(right)
    code, told = collect(folder, AS_CSV, capsys)
    assert (code, kept(folder)) == (ExitCode.DONE, ALL)


def test_a_folder_of_another_office_is_given_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder / OFFICES[1])
    shutil.copytree(folder / OFFICES[0], folder / OFFICES[1], symlinks=True)
    code, told = collect(folder, AS_CSV, capsys)
    assert told["reason"] == "OFFICES_FOLDER_INVALID"
    assert kept(folder) == {**ALL, OFFICES[1]: (0, 0)}
    code, told = collect(folder / OFFICES[0] / "keys", AS_CSV, capsys)
    assert (code, told["reason"]) == (ExitCode.CONFIGURATION, "OFFICES_FOLDER_INVALID")


def test_a_count_that_differs_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = collecting.collect_file
    monkeypatch.setattr(
        *(collecting, "collect_file"), lambda *a, **o: replace(taken(*a, **o), records=7)
    )
    _code, told = collect(folder, AS_CSV, capsys)
    assert told["reason"] == "OFFICE_COUNT_DIFFERS"
