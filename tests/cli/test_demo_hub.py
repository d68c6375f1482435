"""The demonstration with a hub: its power is cut, and in the end all books agree."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from required import require_library

from mediabridge.cli._app import run
from mediabridge.errors import ExitCode

require_library("fastapi")
require_library("psycopg_pool")

pytestmark = pytest.mark.in_turns


def test_all_books_agree_after_a_hub_that_lost_its_power(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "out"
    words = ["--json", "demo", "--hub", "--residents", "200", "--keep", os.fspath(kept)]
    assert run(words) == ExitCode.DONE
    data = json.loads(capsys.readouterr().out)["data"]
    assert data["cut"] == [None, "LINE_DOWN", "LINE_DOWN"]
    assert data["later"] == [0, 1, 1]
    assert data["agree"] is True
    sample = [
        len((kept / each["office"] / "sample/day-001/isa_notice.csv").read_bytes().splitlines()) - 1
        for each in data["offices"]
    ]
    assert min(sample) > 0
    for count, each in zip(sample, data["offices"], strict=True):
        assert (each["sent"], each["taken"], each["answered"]) == (count, count, count)
        assert each["told"] == each["came"] > 0
    assert len(data["offices"]) == 3
    assert not _running(kept)


def _running(folder: Path) -> list[str]:
    """Return the processes that still work below *folder*."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words and path.parent.name != str(os.getpid()):
            found.append(words)
    return found


def test_without_a_hubs_libraries_it_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter = tmp_path / "python"
    interpreter.write_text("#!/bin/sh\necho no hub here >&2\nexit 1\n")
    interpreter.chmod(0o700)
    monkeypatch.setattr(sys, "executable", os.fspath(interpreter))
    code = run(["--lang", "en", "demo", "--hub", "--residents", "200"])
    assert code == ExitCode.CONFIGURATION
    assert "no hub here" in capsys.readouterr().err
