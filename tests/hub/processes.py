"""Hub processes of the tests: the real command, killed or told to stop as the test likes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]

SETTINGS = """
cities = "{cities}"
[listen]
address = "127.0.0.1"
port = 0
certificate = "{certificate}"
key = "{key}"
[operators]
port = 0
[database]
{database}
{more}
"""


class Process:
    """One ``mediabridge hub serve``; what it says is kept."""

    def __init__(self, settings: Path, ahead: Path | None = None) -> None:
        """Start it; its clock is as far ahead of this machine's as the file *ahead* says."""
        program = ["mediabridge"]
        if ahead is not None:
            program = ["tests.hub.week.put_forward", str(ahead)]
        words = ("-m", *program, "--lang", "en", "hub", "serve", "--settings", str(settings))
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PG")
        }
        self.said: list[dict[str, Any]] = []
        self._started, self._process = threading.Event(), subprocess.Popen(
            [sys.executable, *words],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=_ROOT,
            env=environment,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._started.wait(60)
        started = next((line for line in self.said if line["event"] == "started"), None)
        if started is None:
            self.kill()
            raise AssertionError(self.said)
        self.port, self.operators_port = started["port"], started["operators_port"]

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            said = {"event": line.decode()} if line[:1] != b"{" else json.loads(line)
            self.said.append(said)
            if said["event"] == "started":
                self._started.set()
        self._started.set()

    def wait_for(self, event: str, **facts: Any) -> None:
        """Wait until the process has said so."""
        while not any(line.items() >= {"event": event, **facts}.items() for line in self.said):
            assert self._process.poll() is None, self.said
            time.sleep(0.02)

    def tell(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        status = self._process.wait(60)
        self._reader.join()
        return status

    def kill(self) -> None:
        self._process.kill()
        self.wait()

    def stop(self) -> int:
        self.tell(signal.SIGTERM)
        return self.wait()
