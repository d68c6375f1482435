"""``watch`` by itself: the door, the schedule, and what it says where nobody looks at a screen."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest
from attacks.records import isa_csv, isa_notice
from cli.plugged import Plugged, Step, done, nothing
from stations.days import Day
from stations.sticks import Stick, usb

from mediabridge.cli import _journal
from mediabridge.cli._journal import Priority, line_of
from mediabridge.stations.signals import Signal

LGWAN, REGISTRY = "lgwan-01", "registry-01"
NOTICES = isa_csv((1, 1), (2, 2))


@pytest.fixture
def door(day: Day, tmp_path: Path) -> Path:
    """Give the folder of a door at the LGWAN station, which seals at once; the hook notes words."""
    root = day.world.root / "door"
    root.mkdir()
    light = tmp_path / "light"
    light.write_text(f"#!/bin/sh\necho $1 >> {tmp_path}/words\n")
    light.chmod(0o700)
    settings = day.world.home(LGWAN).settings_file
    settings.write_text(
        f'[transport]\nfolder = "{root}"\n[watch]\nseal = "sequential"\nhook = ["{light}"]\n'
    )
    settings.chmod(0o600)
    return root


def bring(door: Path, content: bytes = NOTICES, name: str = "isa.csv") -> None:
    draft = door / name
    draft.write_bytes(content)
    draft.rename(door / "in" / name)


def test_file_becomes_a_bundle_on_the_stick_with_one_word_of_an_officer(
    day: Day, plugged: Plugged, stick: Stick, door: Path
) -> None:
    """Nobody types anything but the officer, whose word nothing takes the place of."""

    def approve() -> None:
        with day.at(LGWAN) as station:
            (row,) = station.status().under_way
        day.approve(row.bundle)

    steps = (nothing, lambda: bring(door), nothing, nothing, plugged.plug(stick), nothing)
    events = plugged.watch(*steps, approve, nothing)
    assert done(events) == ["collected", "sealed", "done", "written", "done"]
    assert [each["safe"] for each in events if each.get("event") == "done"] == [False, True]
    collected, sealed = (e for e in events if e.get("event") in {"collected", "sealed"})
    assert (collected["records"], collected["known"]) == (2, False)
    assert (sealed["seq"], sealed["state"]) == (1, "sealed")
    assert day.books(LGWAN) == [("out", "written", 1)]


def test_refused_file_is_told_without_its_name(plugged: Plugged, door: Path) -> None:
    events = plugged.watch(nothing, lambda: bring(door, b"x", "Taro.csv"), nothing, nothing)
    (failed,) = (e for e in events if e.get("event") == "failed")
    assert failed["reason"] == "RECORDS_REFUSED"
    assert "Taro" not in json.dumps(events)


@pytest.mark.parametrize(("lang", "words"), [("en", "taken in; records: 2"), ("ja", "2")])
def test_person_reads_what_was_done(plugged: Plugged, door: Path, lang: str, words: str) -> None:
    plugged.steps = [nothing, lambda: bring(door), nothing, nothing]
    shown = plugged.call("watch", lang=lang)
    assert words in shown
    assert "{" not in shown


def test_status_says_what_was_done_and_what_waits_for_a_person(
    plugged: Plugged, door: Path
) -> None:
    plugged.watch(
        nothing, lambda: bring(door), lambda: bring(door, b"x", "b.csv"), nothing, nothing
    )
    shown = plugged.call("status")
    assert "Waiting for an officer's approval: 1" in shown
    assert "Files of the door that were refused: 1" in shown
    assert "Done last by mediabridge watch:" in shown
    told = json.loads(plugged.call("status", "--json"))["data"]
    assert (told["to_approve"], told["door_waiting"], told["door_failed"]) == (1, 0, 1)
    assert told["watched"]["event"] in {"failed", "sealed"}


def test_light_is_told_what_to_show(
    day: Day, plugged: Plugged, stick: Stick, door: Path, tmp_path: Path
) -> None:
    """A newer word ends the older one's program; the last is what the light shows."""
    words = tmp_path / "words"

    def shows(word: str) -> Step:
        def read() -> None:
            # The program is another process; it was started, and will write.
            while not words.exists() or words.read_text().splitlines()[-1:] != [word]:
                pass

        return read

    stranger = Stick(day.world.medium, usb("S-0009"))
    steps = (
        plugged.plug(stranger), shows("refused"), plugged.plug(stick), shows("take-out"),
        plugged.plug(), lambda: bring(door), nothing, shows("attention"),
    )  # fmt: skip
    plugged.watch(*steps)
    assert set(words.read_text().split()) <= {*Signal}


# --- the journal -------------------------------------------------------------------------


LINE = re.compile(r"<[3-6]>[a-z_=A-Z]+( [a-z]+=[A-Za-z0-9_.-]+)*")


def test_journal_has_one_line_for_each_thing_and_no_name(
    day: Day, plugged: Plugged, stick: Stick, door: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C125."""
    monkeypatch.setattr(_journal, "is_journal", lambda _stream: True)
    day.stick(2)
    stranger = Stick(day.world.medium, usb("S-0009"))
    row = isa_notice(1, 1)
    plugged.steps = [
        nothing, lambda: bring(door, name="Taro-19800101.csv"), nothing, nothing,
        lambda: bring(door, NOTICES.replace(b"M", b"m"), row["name_roman"]), nothing, nothing,
        plugged.plug(stranger), nothing, plugged.plug(), plugged.plug(stick), nothing,
    ]  # fmt: skip
    out = plugged.call("watch")
    assert out == "Watching has ended.\n"
    lines = [line for line in plugged.err.splitlines() if line.startswith("<")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert [line for line in lines if "Taro" in line or row["name_roman"] in line] == []
    assert "<4>failed reason=RECORDS_REFUSED" in " ".join(lines)
    assert [line for line in lines if line.startswith("<5>sealed bundle=")]
    assert "<3>refused reason=UNREGISTERED" in lines
    assert "<6>state=READY medium=USB-001" in lines


def test_value_of_another_shape_does_not_get_in() -> None:
    """Claim C125."""
    data = {"reason": "A_CODE", "medium": "USB 1", "seq": "1", "bundle": 7, "name": "Taro"}
    assert line_of("refused", data) == "refused reason=A_CODE"


def test_journal_is_where_systemd_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "err").open("w") as stream:
        status = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        assert _journal.is_journal(stream)
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino + 1}")
        assert not _journal.is_journal(stream)
        monkeypatch.delenv("JOURNAL_STREAM")
        assert not _journal.is_journal(stream)
    assert not _journal.is_journal(sys.stdin)


def test_priorities_are_those_of_syslog() -> None:
    assert [each.value for each in Priority] == [3, 4, 5, 6]
