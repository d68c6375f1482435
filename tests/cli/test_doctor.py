"""``doctor`` as a person and as a monitor see it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from stations.days import Day

from mediabridge.errors import ExitCode

pytestmark = pytest.mark.in_turns


def doctor(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run it where a crash might leave a copy of the memory, as far as the account may."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    return subprocess.run(
        [sys.executable, "-m", "mediabridge", "--home", os.fspath(home), *words, "doctor"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)),
    )


def findings(answer: subprocess.CompletedProcess[str]) -> Mapping[str, Mapping[str, Any]]:
    return {each["check"]: each for each in json.loads(answer.stdout)["data"]["findings"]}


def test_every_finding_that_is_not_well_has_a_next_step(day: Day) -> None:
    answer = doctor(day.world.home("lgwan-01").root, "--json")
    found = findings(answer)
    assert {"cryptography", "trust", "keys", "databases"} <= found.keys()
    for each in found.values():
        assert bool(each["advice"]) is (each["state"] != "ok"), each


def test_monitor_learns_from_code_and_reason(day: Day) -> None:
    home = day.world.home("lgwan-01")
    (home.keys / "lgwan-01.json").unlink()
    answer = doctor(home.root, "--json")
    said = json.loads(answer.stdout)
    assert (answer.returncode, said["ok"]) == (ExitCode.CONFIGURATION, False)
    assert said["reason"] == "DOCTOR_FOUND"
    assert said["data"]["wrong"] >= 1


def test_program_leaves_no_copy_of_its_memory(day: Day) -> None:
    answer = doctor(day.world.home("lgwan-01").root, "--json")
    assert findings(answer)["core-dumps"]["state"] == "ok"


def test_person_reads_it_in_japanese_without_a_station(tmp_path: Path) -> None:
    answer = doctor(tmp_path / "nowhere", "--lang", "ja")
    assert answer.returncode == ExitCode.CONFIGURATION
    assert "異常" in answer.stdout
    assert "mediabridge station init" in answer.stdout
