"""Every command of a clerk on a full or protected disk, and after somebody ran one as root.

Whatever the machine does, the answer is a reason with a next step, and its own exit code;
nothing that was durable is lost: with room, or its files given back, the station goes on.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import World, copy_of
from cli.plugged import Plugged
from stations.days import Day
from storage.machine import (
    NOBODY,
    Disk,
    become_nobody,
    open_folder,
    require_root,
    small_disk,
)

from mediabridge import errors
from mediabridge.cli._app import run
from mediabridge.errors import ExitCode, MediabridgeError

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
NOTICES = isa_csv((1, 1), (2, 2))
KNOWN = {
    each.reason: each.exit_code
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, MediabridgeError) and each.reason
}
OFFICER = ("--key", "@officer-1.json", "--passphrase-file", "@passphrase")


def nothing(_day: Day) -> None:
    """Begin the day."""


def collected(day: Day) -> None:
    with day.at(LGWAN) as station:
        station.collect(day.world.root / "isa.csv")


def sealed(day: Day) -> None:
    collected(day)
    with day.at(LGWAN) as station:
        station.seal()


def packed(day: Day) -> None:
    sealed(day)
    with day.at(LGWAN) as station:
        (row,) = station.books.bundles("out")
    day.approve(row.bundle)


def sent(day: Day) -> None:
    packed(day)
    with day.at(LGWAN) as station:
        (row,) = station.books.bundles("out")
        station.write(row, day.world.medium)


@dataclass(frozen=True)
class Task:
    """A command of a clerk, and how far the day has come by then."""

    words: tuple[str, ...]
    before: Callable[[Day], None] = nothing
    at: str = LGWAN


MEDIUM = ("--medium", "@medium", "--folder")
TASKS = {
    "status": Task(("status",)),
    "collect": Task(("collect", "@isa.csv")),
    "seal": Task(("seal",), collected),
    "approve": Task(("approve", *OFFICER, "--yes"), sealed),
    "write": Task(("write", *MEDIUM), packed),
    "import": Task(("import", *MEDIUM), sent, REGISTRY),
    "export": Task(("export", *MEDIUM, *OFFICER, "--yes"), collected),
    "watch": Task(("watch",), packed),
    "media list": Task(("media", "list")),
}


@dataclass
class Answer:
    """What a command said, and how it ended."""

    code: int
    said: list[dict[str, Any]]

    @property
    def reasons(self) -> set[str]:
        """Every reason but that all went well."""
        return {each["reason"] for each in self.said if "reason" in each} - {"DONE"}


def answer(code: int, out: str, err: str) -> Answer:
    """Return what was said; each refusal is one that is known, and says what to do."""
    assert "Traceback" not in err
    given = Answer(code, [json.loads(line) for line in out.splitlines()])
    end = given.said[-1]
    assert end["code"] == code
    assert KNOWN.get(end["reason"], ExitCode.DONE) == code
    assert "INTERNAL" not in given.reasons
    for each in given.said:
        if "reason" in each and not each.get("ok"):
            sentence, hint = each.get("message", each.get("sentence")), each["hint"]
            assert sentence
            assert hint
            assert "?" not in sentence
            assert "station init" not in hint
    return given


@dataclass
class Clerk:
    """Gives one command at a station whose folder may lie anywhere."""

    day: Day
    task: Task
    bus: Plugged
    capsys: pytest.CaptureFixture[str]
    home: Path

    def begin(self) -> None:
        """Take the steps of the day before this one."""
        self.task.before(self.day)
        if self.task.words == ("watch",):
            self.bus.sticks = [self.day.stick()]

    def words(self) -> list[str]:
        root = self.day.world.root
        given = [str(root / each[1:]) if each.startswith("@") else each for each in self.task.words]
        return ["--home", str(self.home), "--json", *given]

    def give(self) -> Answer:
        self.capsys.readouterr()
        code = run(self.words())
        shown = self.capsys.readouterr()
        return answer(code, shown.out, shown.err)

    def give_as_nobody(self) -> Answer:
        """Give it in a process of another user."""
        ours, theirs = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=self._as_nobody, args=(theirs,))
        child.start()
        theirs.close()
        try:
            return answer(*ours.recv())
        finally:
            child.join()

    def _as_nobody(self, answer: Connection) -> None:
        become_nobody()
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(self.words())
        answer.send((code, out.getvalue(), err.getvalue()))


@pytest.fixture(params=TASKS)
def clerk(
    request: pytest.FixtureRequest,
    city: World,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Clerk]:
    """Give a clerk with each of the commands, at a station where it is next."""
    task = TASKS[request.param]
    with open_folder() as folder:
        world = copy_of(city, folder / "world")
        day = Day(world)
        (world.root / "isa.csv").write_bytes(NOTICES)
        (world.root / "passphrase").write_bytes(b"training\n")
        shutil.copy(world.city.key_path("officer-1"), world.root)
        for name in ("passphrase", "officer-1.json"):
            (world.root / name).chmod(0o600)
        bus = Plugged(day, capsys)
        bus.install(monkeypatch)
        # What a shell starts in the background is born deaf to Ctrl-C.
        heard = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield Clerk(day, task, bus, capsys, world.home(task.at).root)
        signal.signal(signal.SIGINT, heard)


def moved(clerk: Clerk, disk: Disk) -> None:
    """Have the station's folder on the disk, as it is before the command."""
    clerk.begin()
    clerk.home = Path(shutil.copytree(clerk.home, disk.folder / "home", symlinks=True))


def test_machine_in_good_health(clerk: Clerk) -> None:
    """The control: each command has something to do, and does it."""
    clerk.begin()
    assert (clerk.give().code, clerk.give().reasons - AGAIN) == (0, set())


WRITES = {each.words for name, each in TASKS.items() if name not in {"status", "media list"}}
"""What cannot be done without a log entry."""

AGAIN = {"ALREADY_APPLIED", "NOTHING_TO_SEAL", "NO_BUNDLE_WAITING"}
"""What a command says that has nothing more to do."""


@pytest.mark.parametrize("leave", [0, 4096, 16384, 65536, 262144])
def test_full_disk(clerk: Clerk, tmp_path: Path, leave: int) -> None:
    with small_disk(tmp_path / "disk", kib=16384, inodes=1000) as disk:
        moved(clerk, disk)
        disk.fill(leave=leave)
        first = clerk.give()
        assert first.reasons <= FULL
        assert first.reasons or leave or clerk.task.words not in WRITES
        disk.make_room()
        assert clerk.give().reasons <= (set() if first.reasons else AGAIN)


def test_disk_without_room_for_another_file(clerk: Clerk, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kib=16384, inodes=1000) as disk:
        moved(clerk, disk)
        disk.crowd()
        first = clerk.give()
        assert first.reasons <= FULL
        disk.make_room()
        assert clerk.give().reasons <= (set() if first.reasons else AGAIN)


FULL = {"DISK_FULL", "BOOKS_FULL", "LOG_FULL", "REGISTRY_FULL"}
PROTECTED = {"DISK_READ_ONLY", "BOOKS_READ_ONLY", "LOG_READ_ONLY", "REGISTRY_READ_ONLY"}


def test_protected_disk(clerk: Clerk, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kib=16384, inodes=1000) as disk:
        moved(clerk, disk)
        disk.protect()
        first = clerk.give()
        assert first.reasons <= PROTECTED
        assert first.reasons or clerk.task.words not in WRITES


def give_away(path: Path) -> None:
    """Make *path*, and all below it, nobody's."""
    for each in [path, *path.rglob("*")]:
        os.chown(each, NOBODY, NOBODY, follow_symlinks=False)


def test_station_of_another_user(clerk: Clerk) -> None:
    require_root()
    clerk.begin()
    assert clerk.give_as_nobody().reasons == {"STATION_WRONG_OWNER"}


def test_after_the_steps_before_were_run_as_root(clerk: Clerk) -> None:
    """Whatever root left behind is named; given back to the station's user it goes on."""
    require_root()
    give_away(clerk.day.world.root)
    # The clerk has worked here before, so that it is not already the lock that is root's.
    assert replace(clerk, task=TASKS["status"]).give_as_nobody().code == 0
    clerk.begin()
    got = clerk.give_as_nobody()
    assert got.reasons <= {"FILE_NOT_ALLOWED"}
    give_away(clerk.day.world.root)
    assert clerk.give_as_nobody().reasons <= (set() if got.reasons else AGAIN)
