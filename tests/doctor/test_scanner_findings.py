"""Doctor tries the real scanner out, and reads how far it looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import clamav
import pytest
from clamav import Daemon

from mediabridge.config import MIB, SCANNER_LEAST_BYTES
from mediabridge.doctor.finding import Finding, State
from mediabridge.doctor.scanning import examine, limits_in
from mediabridge.scanner import ScannerSettings

pytestmark = pytest.mark.in_turns

LARGE = ("StreamMaxLength 1000M", "MaxFileSize 1000M", "MaxScanSize 2000M")


@pytest.fixture(scope="module")
def daemon(clamd: str) -> Iterator[Daemon]:
    with clamav.running(clamd, *LARGE) as running:
        yield running


def found(settings: ScannerSettings | None, mode: str = "live") -> list[Finding]:
    return list(examine(settings, datetime.now(UTC), mode))


def states(settings: ScannerSettings | None, mode: str = "live") -> list[State]:
    return [each.state for each in found(settings, mode)]


def test_scanner_that_can_be_relied_on(daemon: Daemon) -> None:
    (finding,) = found(daemon.settings())
    assert finding.state is State.OK
    assert "ClamAV" in finding.found


def test_station_without_one_says_so() -> None:
    assert states(None) == [State.LOOK]
    assert states(None, "training") == [State.OK]
    assert "not scanned" in found(None, "training")[0].found


def test_lenient_settings_are_to_look_at(daemon: Daemon) -> None:
    assert states(daemon.settings(old="warn", down="warn")) == [State.OK, State.LOOK]


def test_nobody_behind_the_socket(daemon: Daemon) -> None:
    nobody = daemon.settings().model_copy(update={"socket": daemon.folder / "nobody"})
    assert states(nobody)[0] is State.WRONG


@pytest.mark.parametrize(
    ("lines", "made", "wanted"),
    [
        ((*LARGE, "AlertExceedsMax no"), timedelta(), [State.WRONG]),
        ((*LARGE, "ScanArchive no"), timedelta(), [State.WRONG]),
        (LARGE, timedelta(days=30), [State.WRONG]),
        (LARGE, None, [State.WRONG]),
        (("StreamMaxLength 25M",), timedelta(), [State.OK, State.LOOK]),
    ],
    ids=["silent", "no archives", "old", "no date", "small"],
)
def test_scanner_that_cannot(
    daemon: Daemon, lines: tuple[str, ...], made: timedelta | None, wanted: list[State]
) -> None:
    daemon.restart(*lines, made=made)
    try:
        assert states(daemon.settings()) == wanted
    finally:
        daemon.restart(*LARGE)


def test_limits_are_read_as_the_daemon_reads_them() -> None:
    said = "#MaxFileSize 1M\nMaxFileSize 300m\nStreamMaxLength 2048K\nUser clamav\nMaxScanSize 7\n"
    assert limits_in(said) == {
        "MaxFileSize": 300 * MIB, "StreamMaxLength": 2 * MIB, "MaxScanSize": 7,
    }  # fmt: skip
    assert limits_in("")["MaxFileSize"] < SCANNER_LEAST_BYTES
