"""Stations on real USB: what the tests of this folder are made of.

A :class:`Desk` is one machine of the rig with the project shared into it, the supplied
rules installed, and both stations' homes on a disk that survives a power cut. Commands
run as the unprivileged user ``station``. What a test begins with is prepared once, see
``prepared.py``.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from medium import Disk, Freeze, Stick
from rig import GuestProcess, StickBench, VirtualMachine

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
"""Debian's; it finds the project on its share, and its libraries on a disk that is fast."""
FORKS = "/run/forks"
STATE = "/srv/state"
LIBRARIES = "/srv/libraries"
NOW = f"{STATE}/now"
NUMBERS = {"vfat": "MB-001", "exfat": "MB-002", "ext4": "MB-003"}
PATIENCE = int(os.environ.get("MEDIABRIDGE_RIG_PATIENCE", "900"))
"""Seconds to wait for anything; nothing here asserts on time."""

INSTALL = f"""
groupadd -f mediabridge
useradd --create-home --groups mediabridge --uid 1500 station
cp {ROOT}/system/polkit/*.rules /etc/polkit-1/rules.d/
cp {ROOT}/system/udev/*.rules /etc/udev/rules.d/
udevadm control --reload
systemctl restart polkit
mkdir -p {FORKS} && chown station {FORKS} && mkfifo {FORKS}/orders
chown station {STATE}
"""


_NOT_NEEDED = (
    "*.dist-info", "*.a", "*_with_fuzzer.so", "*mypyc*", "*stubs", "_pytest", "atheris", "babel",
    "fontTools", "grimp", "hypothesis", "importlinter", "mypy", "pip", "pkg_resources",
    "pycountry", "pyte", "setuptools", "trove_classifiers", "typst", "wcwidth", "xdist",
    "xmlschema",
)  # fmt: skip
"""What only tests, lint, fuzzing and reports use: it would be copied for nothing."""


def libraries(folder: Path) -> Disk:
    """Return a disk with the libraries of this environment; a share takes twice as long."""
    if sys.version_info[:2] != (3, 11):
        pytest.fail(
            "the machines of the rig have Python 3.11: make test-rig PYTHON=/usr/bin/python3"
        )
    packages = Path(sysconfig.get_path("platlib"))
    chosen, image = folder / "libraries", folder / "libraries.img"
    skipped = shutil.ignore_patterns(*_NOT_NEEDED)
    shutil.copytree(
        packages,
        chosen,
        ignore=lambda at, names: skipped(at, names) if Path(at) == packages else set(),
    )
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", chosen, image, "256M"], check=True)
    shutil.rmtree(chosen)
    return Disk(image)


def copy_of(image: Path, target: Path) -> Path:
    """Copy an image, holes and all."""
    target.unlink(missing_ok=True)
    subprocess.run(["cp", "--sparse=always", image, target], check=True)
    return target


@dataclass
class Order:
    """A command that the fork server of a desk carries out."""

    desk: Desk
    number: int
    tail: GuestProcess | None = None

    @property
    def out(self) -> str:
        return self.desk.machine.check(f"cat {FORKS}/{self.number}.out")

    @property
    def err(self) -> str:
        return self.desk.machine.check(f"cat {FORKS}/{self.number}.err")

    def wait(self) -> int:
        """Wait for the end of the command and return its exit code."""
        path = f"{FORKS}/{self.number}.rc"
        wait = f"until [ -e {path} ]; do sleep 0.05; done; cat {path}"
        return int(self.desk.machine.check(wait, PATIENCE))

    def stop(self) -> None:
        """Interrupt the command as Ctrl-C does, and again if it does not listen."""
        ended, pid = f"[ -e {FORKS}/{self.number}.rc ]", f"$(cat {FORKS}/{self.number}.pid)"
        listen = f"for i in $(seq 100); do {ended} && break; sleep 0.05; done"
        self.desk.machine.check(f"until {ended}; do kill -INT {pid}; {listen}; done", PATIENCE)
        self.wait()
        if self.tail is not None:
            self.tail.signal()


class LateError(Exception):
    """What a test waited for never came; the rest is what was said instead."""

    def __str__(self) -> str:
        return "\n".join(str(each) for each in self.args)


@dataclass
class Watching:
    """A running ``mediabridge --json watch`` and what it has said so far."""

    order: Order
    seen: int = 0

    def said(self) -> list[dict[str, Any]]:
        """Return all it said, oldest first."""
        assert self.order.tail is not None
        lines = self.order.tail.stdout.splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def states(self) -> list[str]:
        """Return the states since the last :meth:`forget`."""
        return [each["state"] for each in self.said()[self.seen :] if "state" in each]

    def events(self) -> list[str]:
        """Return the other things it said since the last :meth:`forget`."""
        return [each["event"] for each in self.said()[self.seen :] if "event" in each]

    def forget(self) -> None:
        """Begin a new chapter: what was said before counts no more."""
        self.seen = len(self.said())

    def until(self, found: Callable[[], object], what: str) -> None:
        """Wait until *found* is true of what was said."""
        end = time.monotonic() + PATIENCE
        while not found():
            if time.monotonic() > end:
                said = json.dumps(self.said(), indent=1, ensure_ascii=False)
                journal = self.order.desk.machine.run("journalctl --no-pager -n 25").stdout
                raise LateError(what, said, self.order.err, journal)
            time.sleep(0.1)

    def until_state(self, *states: str) -> str:
        """Wait until one of *states* was told; return the last one told."""
        self.until(lambda: set(states) & set(self.states()), f"state {states}")
        return self.states()[-1]

    def until_event(self, *events: str) -> str:
        """Wait until one of *events* was told; return the last one told."""
        self.until(lambda: set(events) & set(self.events()), f"event {events}")
        return self.events()[-1]

    def until_frozen(self, freeze: Freeze) -> None:
        """Wait until the stick stands still.

        Raises:
            MissedError: what it was plugged in for was done before.
        """
        self.until(lambda: freeze.reached.is_set() or "done" in self.events(), "the moment")
        if not freeze.reached.is_set():
            raise MissedError

    def report(self, state: str) -> dict[str, Any]:
        """Return the last report of *state*."""
        found = [each for each in self.said() if each.get("state") == state]
        if not found:
            wanted, said = f"report of {state}", json.dumps(self.said(), indent=1)
            raise LateError(wanted, said, self.order.err)
        return found[-1]


@dataclass
class Desk:
    """One machine with both stations' homes; which one works is said for each command."""

    machine: VirtualMachine
    _orders: int = 0
    _server: GuestProcess | None = field(default=None, repr=False)

    @classmethod
    def on(cls, bench: StickBench, name: str, disk: Disk, outbox: Path | None = None) -> Desk:
        """Return a desk that is still off; *outbox* is a folder it may write to."""
        writable = {"/srv/out": outbox} if outbox else {}
        folder = bench.folder / f"{name}-files"
        folder.mkdir()
        machine = bench.machine(
            name,
            shares={str(ROOT): ROOT},
            writable_shares=writable,
            disks={STATE: disk, LIBRARIES: libraries(folder)},
        )
        return cls(machine)

    def switch_on(self) -> None:
        """Boot, install the rules, start the fork server."""
        self.machine.boot()
        self.machine.check(INSTALL, PATIENCE)
        script = ROOT / "tests" / "rig" / "forkserver.py"
        command = f"cd / && PYTHONPATH={ROOT}:{LIBRARIES} {PYTHON} {script} {FORKS}"
        self._server = self.machine.start(command)
        self._server.wait_for("ready", PATIENCE)

    def restore(self, stage: str) -> None:
        """Put both homes back to what they were at *stage*."""
        self.machine.check(f"rm -rf {NOW}; cp -a {STATE}/{stage} {NOW}", PATIENCE)

    def keep(self, stage: str) -> None:
        """Keep both homes as *stage*."""
        self.machine.check(f"rm -rf {STATE}/{stage}; cp -a {NOW} {STATE}/{stage}; sync", PATIENCE)

    def order(self, *words: str) -> Order:
        """Start a command as the user ``station``."""
        self._orders += 1
        order = {"id": self._orders, "words": list(words), "user": "station"}
        self.machine.check(f"cat > {FORKS}/orders", stdin=json.dumps(order).encode() + b"\n")
        return Order(self, self._orders)

    def run(self, station: str, *words: str) -> Order:
        """Run a command of *station* to its end."""
        order = self.order("--home", f"{NOW}/{station}", "--lang", "en", *words)
        order.wait()
        return order

    def check(self, station: str, *words: str) -> dict[str, Any]:
        """Run a command of *station* that has to succeed, and return its ``data``."""
        order = self.run(station, *words, "--json")
        result: dict[str, Any] = json.loads(order.out)
        assert result["ok"], (words, result, order.err)
        return dict(result["data"])

    def take_out(self, stick: Stick) -> None:
        """Unplug the stick unless a test that failed had it out already."""
        if stick in self.machine._plugged:
            self.machine.unplug(stick)

    def watch(self, station: str) -> Watching:
        """Start ``mediabridge watch`` at *station*."""
        order = self.order("--home", f"{NOW}/{station}", "--lang", "en", "--json", "watch")
        order.tail = self.machine.start(f"tail -n +1 -F {FORKS}/{order.number}.out 2>/dev/null")
        return Watching(order)

    def visit(self, station: str, stick: Stick) -> Watching:
        """Let *station* do what the stick came for, to its end or its refusal; pull it out."""
        watching = self.watch(station)
        self.machine.plug(stick)
        watching.until_event("done", "refused")
        watching.order.stop()
        self.machine.unplug(stick)
        return watching

    def log(self, station: str) -> list[dict[str, Any]]:
        """Return the entries of the transfer log of *station*, oldest first."""
        return [json.loads(line) for line in self._query(station, "log").splitlines()]

    def books(self, station: str) -> list[tuple[str, str, int]]:
        """Return direction, state and number of each bundle in the books of *station*."""
        rows = (json.loads(line) for line in self._query(station, "books").splitlines())
        return sorted((row[0], row[1], row[2]) for row in rows)

    def registry(self) -> str:
        """Return the fingerprint of what the registry holds."""
        return self._query("registry", "registry").strip()

    def _query(self, station: str, what: str) -> str:
        script = ROOT / "tests" / "rig" / "look.py"
        return self.machine.check(f"/usr/bin/python3 -S {script} {NOW}/{station} {what}")

    def failures(self, station: str) -> list[str]:
        """Return the reasons of media that failed or were refused, oldest first."""
        kinds = {"medium-failed", "medium-refused"}
        return [e["facts"]["reason"] for e in self.log(station) if e["event"] in kinds]


def stick_at(image: Path, folder: Path, name: str, serial: str, **options: Any) -> Stick:
    """Return a stick with a copy of *image* on it."""
    return Stick(copy_of(image, folder / f"{name}.img"), serial=serial, **options)


class MissedError(Exception):
    """The chapter was over before the moment came: it took fewer writes than the day before."""


def at_any_of(moments: Iterable[int], attempt: Callable[[int], None]) -> None:
    """Make *attempt* at the first of *moments* that comes; how many writes there are differs."""
    for moment in moments:
        try:
            return attempt(moment)
        except MissedError:
            continue
    raise MissedError


def spread(total: int, count: int) -> Iterator[int]:
    """Yield *count* numbers from 1 to *total*, evenly spread."""
    for index in range(count):
        yield 1 + index * max(total - 1, 1) // max(count - 1, 1)


def encrypted(data: bytes) -> bool:
    """Tell bundle content from what file systems write: it cannot be compressed."""
    return len(data) >= 512 and len(zlib.compress(data[:4096], 1)) >= min(len(data), 4096)


def content(data: bytes) -> bool:
    """Tell files of a bundle and of the trust repository from what file systems write."""
    return data.startswith((b"{", b"-----BEGIN")) or encrypted(data)


def written_since_now(stick: Stick) -> Callable[[int, bytes], bool]:
    """Return what tells reads of content that was written since now."""
    stick.record()

    def is_written(offset: int, data: bytes) -> bool:
        return content(data) and any(
            write.offset < offset + len(data) and offset < write.offset + len(write.data)
            for write in stick._journal or []
        )

    return is_written


def other_than(image: Path) -> Callable[[int, bytes], bool]:
    """Return what tells reads of content that *image* does not have at that place."""
    before = image.read_bytes()
    return lambda offset, data: content(data) and before[offset : offset + len(data)] != data


def freeze_at_read(stick: Stick, number: int, counts: Callable[[int, bytes], bool]) -> Freeze:
    """Answer this many more reads that count, then stand still until the stick is pulled out."""
    freeze = stick.freeze_at_write(sys.maxsize)
    left = number

    def distort(offset: int, data: bytes) -> bytes:
        nonlocal left
        left -= counts(offset, data)
        if left <= 0:
            freeze.reached.set()
        return data

    stick.distort = distort
    return freeze


def on_read_back(stick: Stick, answer: Callable[[bytes], bytes]) -> None:
    """Answer reads of bundle content that was written since now."""
    stick.record()

    def distort(offset: int, data: bytes) -> bytes:
        for write in stick._journal or []:
            end = write.offset + len(write.data)
            if write.offset < offset + len(data) and offset < end and encrypted(write.data):
                return answer(data)
        return data

    stick.distort = distort


def flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def io_error(_data: bytes) -> bytes:
    raise OSError(errno.EIO, "injected")
