"""A file for many offices is shown to the first station's scanner before anything reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import clamav
import pytest
from attacks.records import csv_of
from clamav import MARK, Daemon
from line.offices import NOTICES, OFFICES
from line.test_offices import ALL, AS_CSV, NOTHING, collect, given, kept

from mediabridge.errors import ExitCode
from mediabridge.kinds import Kind
from mediabridge.scanner import Scanned, Scanner
from mediabridge.scanner.clamd import Readable

INFECTED = csv_of(Kind.ISA_NOTICE, [each | {"remarks": MARK.decode()} for each in NOTICES])


@pytest.fixture(scope="module")
def daemon(clamd: str) -> Iterator[Daemon]:
    with clamav.running(clamd) as running:
        yield running


@pytest.fixture
def scanned(folder: Path, daemon: Daemon) -> Path:
    """Give a folder of which the first office's station alone has a scanner."""
    settings = folder / OFFICES[0] / "station.toml"
    settings.write_text(daemon.toml(), "utf-8")
    settings.chmod(0o600)
    return folder


def test_what_is_found_keeps_the_file_from_every_office(
    scanned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C108."""
    code, told = collect(scanned, INFECTED, capsys)
    assert (code != ExitCode.DONE, told["reason"]) == (True, "FILE_INFECTED")
    assert kept(scanned) == NOTHING
    assert not (scanned / ".work").exists()


def test_what_was_scanned_is_what_is_split(
    scanned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C108. Another program writes to the file as soon as the scanner has seen it."""
    look = Scanner.look

    def look_then_change(scanner: Scanner, stream: Readable, *, name: str) -> Scanned:
        seen = look(scanner, stream, name=name)
        given(scanned, INFECTED)
        return seen

    monkeypatch.setattr(Scanner, "look", look_then_change)
    code, _ = collect(scanned, AS_CSV, capsys)
    assert (code, kept(scanned)) == (ExitCode.DONE, ALL)
    there = [path for office in OFFICES for path in (scanned / office / "inbox").iterdir()]
    assert len(there) == len(OFFICES)
    assert not any(MARK in path.read_bytes() for path in there)
