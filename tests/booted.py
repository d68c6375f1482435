"""A machine that is switched on: systemd of its own runs in it, with what the package brings."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.terminal import Terminal, at_terminal
from packaged import System

_PATH: Final = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
_IS_UP: Final = "systemctl is-system-running --wait"
_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Booted:
    """What runs in it is given by its process 1; it sees no network."""

    leader: int

    def words(self, command: str, account: str = "root") -> list[str]:
        """Return the command line that runs the shell's *command* as *account*, logged in."""
        inside = ["nsenter", f"--target={self.leader}", "--all", "env", "-i", "TERM=xterm", _PATH]
        return [*inside, "runuser", "--login", account, "--command", command]

    def run(self, command: str, account: str = "root") -> subprocess.CompletedProcess[str]:
        """Run *command* as *account*, with nothing to read."""
        words = self.words(command, account)
        quiet = {"stdin": subprocess.DEVNULL, "capture_output": True}
        return subprocess.run(words, check=False, text=True, **quiet)

    def check(self, command: str, account: str = "root") -> str:
        """Run *command*, which succeeds, and return what it prints."""
        done = self.run(command, account)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def wait_for(self, command: str) -> None:
        """Return once *command* succeeds; what never comes, the test's own limit ends."""
        while self.run(command).returncode != 0:
            time.sleep(_PAUSE_SECONDS)

    @contextmanager
    def terminal(self, command: str, account: str) -> Iterator[Terminal]:
        """Run *command* at a terminal of *account*."""
        line = f"script -qec {shlex.quote(command)} /dev/null"
        with at_terminal(self.words(line, account)) as at:
            yield at


@contextmanager
def switched_on(nspawn: str, system: System) -> Iterator[Booted]:
    """Boot *system*; at the end it is switched off without a warning."""
    words = [nspawn, "--quiet", f"--directory={system.root}", "--private-network", "--boot"]
    # Of the machine that it runs on it asks nothing: neither a bus nor a place among its services.
    words += ["--register=no", "--keep-unit", "--console=pipe"]
    running = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with running:
        leader = _leader(running)
        try:
            booted = Booted(leader)
            booted.wait_for(f"{_IS_UP} | grep -qE 'running|degraded'")
            yield booted
        finally:
            # With process 1 the kernel ends all that is in it, at once.
            os.kill(leader, signal.SIGKILL)


def _leader(running: subprocess.Popen[bytes]) -> int:
    """Return process 1 of the machine that *running* holds."""
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while True:
        for each in children.read_text().split():
            if Path(f"/proc/{each}/comm").read_text().strip() == "systemd":
                return int(each)
        assert running.poll() is None, "it did not come up"
        time.sleep(_PAUSE_SECONDS)
