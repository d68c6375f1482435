"""Wrong passphrases are counted beside the key file, and each makes the next try wait longer."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from mediabridge.config import (
    PASSPHRASE_FREE_TRIES,
    PASSPHRASE_UNCOUNTED_SECONDS,
    PASSPHRASE_WAIT_SECONDS,
)
from mediabridge.errors import KeyFileError, PassphraseError
from mediabridge.trust import keyfile, signers, tries
from mediabridge.trust.keyfile import Cost

RIGHT, WRONG = b"correct horse", b"wrong horse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "officer-1.json"
    keyfile.save(path, signers.new_ssh_key("officer-1"), RIGHT, cost=Cost(8, 1, 1))
    return path


def fail(path: Path, waited: list[float]) -> PassphraseError:
    with pytest.raises(PassphraseError) as caught:
        keyfile.load(path, WRONG, pause=waited.append)
    return caught.value


def test_the_wait_grows_to_its_bound(path: Path) -> None:
    """Claim C60."""
    waited: list[float] = []
    told = [fail(path, waited).facts for _ in range(PASSPHRASE_FREE_TRIES + 10)]
    assert waited[: PASSPHRASE_FREE_TRIES + 3] == [0] * PASSPHRASE_FREE_TRIES + [1, 2, 4]
    assert waited == sorted(waited)
    assert waited[-1] == PASSPHRASE_WAIT_SECONDS
    assert [each["wait"] for each in told[:-1]] == waited[1:]
    assert [each["wrong"] for each in told] == list(range(1, len(told) + 1))


def test_the_right_one_waits_too_and_clears_the_count(path: Path) -> None:
    waited: list[float] = []
    for _ in range(PASSPHRASE_FREE_TRIES + 2):
        fail(path, waited)
    keyfile.load(path, RIGHT, pause=waited.append)
    keyfile.load(path, RIGHT, pause=waited.append)
    assert waited[-2:] == [4, 0]
    assert list(path.parent.iterdir()) == [path]


def _try(path: Path) -> None:
    def die(seconds: float) -> None:
        if seconds:
            signal.raise_signal(signal.SIGKILL)

    keyfile.load(path, WRONG, pause=die)


def test_ending_the_program_saves_no_wait(path: Path) -> None:
    """Claim C60."""
    processes = multiprocessing.get_context("fork")
    for _ in range(PASSPHRASE_FREE_TRIES + 3):
        child = processes.Process(target=_try, args=(path,))
        child.start()
        child.join()
    assert child.exitcode == -signal.SIGKILL
    waited: list[float] = []
    keyfile.load(path, RIGHT, pause=waited.append)
    assert waited == [1]


def test_the_count_is_written_before_the_answer(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (flushed.append("fsync"), fsync(fd)))
    error = fail(path, [])
    assert error.facts["wrong"] == 1
    assert flushed == ["fsync", "fsync"]
    assert json.loads(tries.count_file(path).read_bytes()) == {"format": 1, "wrong": 1}


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{}",
        b"[]",
        b'{"format":1,"wrong":0}',
        b'{"format":1,"wrong":-5}',
        b'{"format":1,"wrong":true}',
        b'{"format":2,"wrong":1}',
        b'{"format":1,"wrong":"1"}',
        b'{"format":1, "wrong":1}',
        b'{"format":1,"wrong":9007199254740991}',
        b" " * 200,
    ],
)
def test_a_count_that_cannot_be_read_is_the_highest(path: Path, damaged: bytes) -> None:
    tries.count_file(path).write_bytes(damaged)
    waited: list[float] = []
    keyfile.load(path, RIGHT, pause=waited.append)
    assert waited == [PASSPHRASE_WAIT_SECONDS]
    keyfile.load(path, RIGHT, pause=waited.append)
    assert waited[1:] == [0]


def test_where_nothing_can_be_written_each_wrong_one_waits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def protected(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tries.durable, "write_durably", protected)
    waited: list[float] = []
    fail(path, waited)
    assert waited == [0, PASSPHRASE_UNCOUNTED_SECONDS]


def test_one_process_at_a_time_tries_a_key(path: Path) -> None:
    seen: list[bool] = []

    def look(_: float) -> None:
        with path.open("rb") as other:
            try:
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                seen.append(True)

    keyfile.load(path, RIGHT, pause=look)
    assert seen == [True]


def test_a_missing_file_is_no_try(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError):
        keyfile.load(tmp_path / "absent.json", WRONG)
    assert list(tmp_path.iterdir()) == []
