"""What the real daemon says of a file, and what the settings make of it."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clamav import EICAR, MARK, Daemon

from mediabridge.errors import (
    FileInfectedError,
    FileNotScannedError,
    MediabridgeError,
    ScannerDownError,
    ScannerOldError,
    ScannerUnfitError,
)
from mediabridge.scanner import Scanned, Scanner, ScannerSettings, scan
from mediabridge.scanner.trying import test_file as eicar
from mediabridge.translog.events import fits
from mediabridge.translog.scan import Scan

HONEST = b"a,b,c\r\n1,2,3\r\n"
SMALL = ("MaxFileSize 1M", "StreamMaxLength 4M")
OVER_FILE, OVER_STREAM = b"a" * 2_000_000, b"a" * 6_000_000


def look(settings: ScannerSettings, data: bytes, **more: Any) -> Scanned:
    now = more.pop("now", datetime.now(UTC))
    return Scanner(settings, now).look(io.BytesIO(data), name="file.csv")


def refused_for(settings: ScannerSettings, data: bytes, **more: Any) -> type[MediabridgeError]:
    return type(look(settings, data, **more).refusal)


@pytest.fixture(scope="module", autouse=True)
def small(daemon: Daemon) -> None:
    daemon.restart(*SMALL)


def test_honest_file_passes_with_what_the_log_needs(daemon: Daemon) -> None:
    scanned = scan(io.BytesIO(HONEST), daemon.settings(), name="file.csv", now=datetime.now(UTC))
    assert (scanned.scan, scanned.warnings) == (Scan.CLEAN, ())
    assert scanned.sha256 == hashlib.sha256(HONEST).hexdigest()
    assert scanned.size == len(HONEST)
    assert scanned.is_relied_on
    assert {*scanned.facts()} == {"scan", "engine", "signatures"}
    assert fits(scanned.facts())


@pytest.mark.parametrize(
    "data",
    [EICAR, HONEST + EICAR, MARK + OVER_FILE[:900_000]],
    ids=["alone", "within", "large"],
)
def test_what_is_found_is_refused_whatever_the_settings(daemon: Daemon, data: bytes) -> None:
    lenient = daemon.settings(down="warn", old="warn", over_limit="warn")
    with pytest.raises(FileInfectedError, match=r"Test\.(Eicar|Marker)"):
        scan(io.BytesIO(data), lenient, name="file.csv", now=datetime.now(UTC))
    scanned = look(lenient, data)
    assert (scanned.scan, scanned.facts()["reason"]) == (Scan.INFECTED, "FILE_INFECTED")
    assert fits(scanned.facts())


@pytest.mark.parametrize(
    ("data", "limit"), [(OVER_FILE, "MaxFileSize"), (OVER_STREAM, "StreamMaxLength")]
)
def test_file_over_a_limit(daemon: Daemon, data: bytes, limit: str) -> None:
    scanned = look(daemon.settings(), data)
    assert isinstance(scanned.refusal, FileNotScannedError)
    assert (scanned.scan, scanned.size) == (Scan.OVER_LIMIT, len(data))
    assert scanned.sha256 == hashlib.sha256(data).hexdigest()
    assert limit in str(scanned.refusal)
    passed = look(daemon.settings(over_limit="warn"), data)
    assert passed.refusal is None
    assert passed.facts()["warned"] == ["FILE_NOT_SCANNED"]


def test_nobody_is_there(daemon: Daemon, tmp_path: Path) -> None:
    nobody = daemon.settings().model_copy(update={"socket": tmp_path / "none"})
    scanned = look(nobody, HONEST)
    assert isinstance(scanned.refusal, ScannerDownError)
    assert (scanned.scan, scanned.size) == (Scan.NOT_SCANNED, len(HONEST))
    assert scanned.facts() == {"scan": "not-scanned", "reason": "SCANNER_DOWN"}
    passed = look(nobody.model_copy(update={"down": "warn"}), HONEST)
    assert passed.facts() == {"scan": "not-scanned", "warned": ["SCANNER_DOWN"]}


class Slow(io.BytesIO):
    """A file in whose middle something happens."""

    def __init__(self, data: bytes, happens: Callable[[], None]) -> None:
        super().__init__(data)
        self._happens = happens

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        if piece and self.tell() > len(self.getbuffer()) // 2:
            self._happens()
            self._happens = lambda: None
        return piece


def test_killed_in_the_middle(daemon: Daemon) -> None:
    scanner = Scanner(daemon.settings(), datetime.now(UTC))
    data = os.urandom(900_000)
    try:
        scanned = scanner.look(Slow(data, daemon.kill), name="file.csv")
        assert isinstance(scanned.refusal, ScannerDownError)
        assert scanned.scan is Scan.NOT_SCANNED
        assert scanned.sha256 == hashlib.sha256(data).hexdigest()
        # Its socket is still there, and nobody behind it.
        assert refused_for(daemon.settings(), HONEST) is ScannerDownError
    finally:
        daemon.restart(*SMALL)


@pytest.mark.parametrize(
    ("made", "warned"), [(timedelta(days=8), "SCANNER_OLD"), (None, "SCANNER_OLD")]
)
def test_old_signatures(daemon: Daemon, made: timedelta | None, warned: str) -> None:
    daemon.restart(made=made)
    try:
        assert refused_for(daemon.settings(), HONEST) is ScannerOldError
        passed = look(daemon.settings(old="warn"), HONEST)
        assert (passed.scan, passed.facts()["warned"]) == (Scan.CLEAN, [warned])
        assert ("signatures" in passed.facts()) == (made is not None)
        if made is not None:
            assert refused_for(daemon.settings(old_days=9), HONEST) is type(None)
        assert refused_for(daemon.settings(old="warn"), EICAR) is FileInfectedError
    finally:
        daemon.restart(*SMALL)


def test_signatures_of_the_future_are_of_no_known_age(daemon: Daemon) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    assert refused_for(daemon.settings(), HONEST, now=long_ago) is ScannerOldError


def test_daemon_that_is_silent_on_limits_is_not_relied_on(daemon: Daemon) -> None:
    daemon.restart(*SMALL, "AlertExceedsMax no")
    try:
        assert refused_for(daemon.settings(), HONEST) is ScannerUnfitError
        passed = look(daemon.settings(down="warn"), OVER_FILE)
        # The daemon calls it clean, and that is what the program says it cannot believe.
        assert passed.facts()["warned"] == ["SCANNER_UNFIT"]
        assert not passed.is_relied_on
    finally:
        daemon.restart(*SMALL)


HASTY = b"at once: "
"""Before an answer that comes without having listened to more than the command."""


def _hear(connection: socket.socket, *, hasty: bool) -> None:
    with connection.makefile("rb") as heard:
        command = b""
        while (byte := heard.read(1)) not in {b"\0", b""}:
            command += byte
        while (
            not hasty and command == b"zINSTREAM" and (size := int.from_bytes(heard.read(4), "big"))
        ):
            heard.read(size)


@pytest.fixture
def pretender(tmp_path: Path) -> Iterator[Callable[..., ScannerSettings]]:
    """Give settings for a socket at which somebody answers so, and from the last on the same."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "said"))
    listening.listen()
    answers: list[bytes] = []

    def answer() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                _hear(connection, hasty=answers[0].startswith(HASTY))
                connection.sendall(
                    (answers.pop(0) if len(answers) > 1 else answers[0]).removeprefix(HASTY)
                )

    thread = threading.Thread(target=answer)
    thread.start()

    def saying(*said: bytes) -> ScannerSettings:
        answers[:] = said
        return ScannerSettings(socket=tmp_path / "said")

    yield saying
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\0", b"ClamAV 1.4.6", b"nonsense\0", b"stream: OK\0", b"x" * 100_000,
        b"ClamAV 1.4.6/1/Sat Xxx 28 08:00:00 2026\0", b"ClamAV 1.4.6/1/Sat Nov 99 08:00:00 2026\0",
        b"ClamAV 99999999.1.2\0",
    ],
)  # fmt: skip
def test_answers_of_a_stranger_are_no_verdict(
    pretender: Callable[..., ScannerSettings], said: bytes
) -> None:
    assert refused_for(pretender(said), HONEST) is ScannerDownError


@pytest.mark.parametrize(
    "said",
    [
        b"stream: OK",
        b"stream: OK\n",
        b"stream: OK FOUND ERROR\0",
        b"\0",
        b"stream: OK\0stream: Test.Marker FOUND\0",
    ],
)
def test_verdict_that_ends_early_is_none(
    pretender: Callable[..., ScannerSettings], said: bytes
) -> None:
    today = datetime.now(UTC)
    version = f"ClamAV 1.4.6/27000/{today:%a %b %d %H:%M:%S %Y}\0".encode()
    limit = b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0"
    assert refused_for(pretender(version, limit, b"stream: OK\0"), HONEST) is type(None)
    assert refused_for(pretender(version, limit, said), HONEST) is ScannerDownError


def test_clean_is_no_verdict_on_what_was_not_listened_to(
    pretender: Callable[..., ScannerSettings],
) -> None:
    today = datetime.now(UTC)
    version = f"ClamAV 1.4.6/27000/{today:%a %b %d %H:%M:%S %Y}\0".encode()
    limit = b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0"
    large = os.urandom(8_000_000)
    assert refused_for(pretender(version, limit, b"stream: OK\0"), large) is type(None)
    hasty = pretender(version, limit, HASTY + b"stream: OK\0")
    assert refused_for(hasty, large) is ScannerDownError
    assert look(hasty.model_copy(update={"down": "warn"}), large).scan is Scan.NOT_SCANNED


def test_test_file_is_the_one_of_eicar() -> None:
    # The digest that EICAR's file is known by; the text itself stands nowhere.
    assert hashlib.md5(eicar()).hexdigest() == "44d88612fea8a8f36de82e1278abb02f"  # noqa: S324
