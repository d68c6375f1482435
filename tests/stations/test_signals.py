"""The program for light or sound is told one word, and can do the work no harm."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mediabridge.config import HOOK_SECONDS, INSTALLED_HOME
from mediabridge.errors import SettingsError
from mediabridge.stations.home import Home
from mediabridge.stations.signals import Hook, Signal


def program(path: Path, *lines: str) -> str:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o700)
    return str(path)


def wait(hook: Hook) -> None:
    """Wait for the program's end, as the watching does not."""
    assert hook._running is not None
    hook._running.wait()


def test_program_is_told_one_word(tmp_path: Path) -> None:
    out = tmp_path / "out"
    hook = Hook((program(tmp_path / "p", f'echo "$@" >> {out}'), "a b; $(id)"), Home(tmp_path))
    for signal in Signal:
        hook.tell(signal)
        wait(hook)
    assert out.read_text().splitlines() == [f"a b; $(id) {each}" for each in Signal]


def test_program_knows_nothing_of_the_station(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C124. No variable, no descriptor, no folder."""
    monkeypatch.setenv("MEDIABRIDGE_HOME", str(tmp_path))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    out = tmp_path / "out"
    held = os.open(tmp_path, os.O_RDONLY)
    hook = Hook(
        (program(tmp_path / "p", f"{{ env; pwd; ls /proc/self/fd; }} > {out}"),), Home(tmp_path)
    )
    hook.tell(Signal.WORKING)
    wait(hook)
    os.close(held)
    said = out.read_text()
    assert str(tmp_path) not in said.replace(f"_={tmp_path}", "")
    assert str(held) not in said.splitlines()


@pytest.mark.parametrize("words", [("/nowhere/light",), ("/etc/passwd",), ("/bin/false",)])
def test_program_that_fails_is_nobodys_trouble(tmp_path: Path, words: tuple[str, ...]) -> None:
    hook = Hook(words, Home(tmp_path))
    for _ in range(3):
        hook.tell(Signal.REFUSED)
        hook.look()
    hook.end()


def test_program_that_hangs_is_ended_in_time(tmp_path: Path) -> None:
    """Claim C124."""
    now = 0.0
    words = (program(tmp_path / "p", "exec sleep 3600"),)
    hook = Hook(words, Home(tmp_path), seconds=lambda: now)
    hook.tell(Signal.WORKING)
    running = hook._running
    assert running is not None
    hook.look()
    assert running.poll() is None
    now += HOOK_SECONDS + 1
    hook.look()
    assert running.poll() is not None


def test_newer_word_ends_the_older_one(tmp_path: Path) -> None:
    hook = Hook((program(tmp_path / "p", "exec sleep 3600"),), Home(tmp_path))
    hook.tell(Signal.WORKING)
    first = hook._running
    hook.tell(Signal.TAKE_OUT)
    assert first is not None
    assert first.poll() is not None
    hook.end()
    assert hook._running is None


def test_nobody_but_root_writes_the_program_of_an_installed_station(tmp_path: Path) -> None:
    """Claim C124."""
    with pytest.raises(SettingsError, match=r"watch\.hook"):
        Hook((program(tmp_path / "p"),), Home(INSTALLED_HOME))
    Hook(("/bin/true",), Home(INSTALLED_HOME))
    assert stat.S_ISREG(Path("/bin/true").stat().st_mode)
