"""A shutdown, or a closed window, at every effect of a command: it ends like Ctrl-C."""

import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World
from journeys.conftest import STAGES
from journeys.death import moments
from stations.days import Day, on
from stations.sticks import Stick, other, usb

from mediabridge import stopping
from mediabridge.cli._app import run
from mediabridge.errors import AlreadyAppliedError, ExitCode
from mediabridge.media import detect, tree, watching
from mediabridge.media.detect import UsbBus
from mediabridge.media.device import UsbDevice
from mediabridge.stations.books import BundleState
from mediabridge.stations.sticks import finding
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

Before = Callable[[str], World]
LGWAN, REGISTRY = "lgwan-01", "registry-01"
DEVICE = other(usb("S-0001", uuid="ABCD-0001"), path="/sys/1")
"""The first stick of a day, as udev sees it."""


def stopped(
    before: Before,
    stage: str,
    station: str,
    *words: str,
    ready: Callable[[World], object] = lambda world: world,
) -> Iterator[World]:
    """Stop a command at each of its effects, by turns with either signal; yield the world.

    *ready* prepares the world before the stage. Words that begin with ``@`` lie in it.
    """

    def fresh() -> Path:
        world = before(stage)
        ready(world)
        for folder in (world.city.folder, world.home(station).root):
            path = folder / "passphrase.training"
            path.write_text("training\n")
            path.chmod(0o600)
        return world.root

    def command(root: Path) -> None:
        home = str(World(root).home(station).root)
        given = [str(root / word[1:]) if word.startswith("@") else word for word in words]
        sys.exit(run(["--home", home, "--lang", "en", *given]))

    for root, code in moments(fresh, command, [signal.SIGTERM, signal.SIGHUP]):
        assert code == ExitCode.TERMINATED
        world = World(root)
        assert nothing_left(world, station)
        yield world


def nothing_left(world: World, station: str) -> bool:
    """Tell whether the work folder is empty, no draft lies about, and no stick is mounted."""
    home = world.home(station)
    drafts = [path for path in home.root.rglob(".*") if path.parent != home.trust_cache]
    work = list(home.work.iterdir()) if home.work.exists() else []
    return not (drafts or work or mark_of(world.root).exists())


def interrupted(world: World, station: str) -> list[object]:
    entries = world.log(station)
    return [e.facts["reason"] for e in entries if e.event is Event.JOURNEY_INTERRUPTED]


def mark_of(root: Path) -> Path:
    """Return the folder that is there while the stick of the world at *root* is mounted."""
    return root.parent / f"mounted-{root.name}"


class Tracked(Stick):
    """A stick of which it is still known after a process's end whether it was unmounted."""

    @contextmanager
    def mounted(self, *, write: bool = False) -> Iterator[Path]:
        mark = mark_of(self.folder.parent)
        with super().mounted(write=write) as folder:
            mark.mkdir()
            try:
                yield folder
            finally:
                mark.rmdir()


class OneStick:
    """A machine into which the first stick of a world is plugged, for one tick of a watch."""

    def install(self, monkeypatch: pytest.MonkeyPatch, worlds: list[World]) -> None:
        """Take the place of udev and udisks2; the stick is that of the last of *worlds*."""

        def slots_for(devices: Iterable[UsbDevice]) -> list[Stick]:
            return [Tracked(worlds[-1].root / "stick-1", DEVICE) for _each in devices]

        monkeypatch.setattr(detect, "context", lambda: self)
        monkeypatch.setattr(detect, "bus", lambda _udev: UsbBus.of((DEVICE,)))
        monkeypatch.setattr(watching, "_UdevEvents", lambda _udev: self)
        monkeypatch.setattr(finding, "slots_for", slots_for)

    def wait(self, _seconds: float | None) -> bool:
        """End the watch when the stick has been served: only what came before is of interest."""
        signal.raise_signal(signal.SIGINT)
        return False


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[World]]:
    """Give a list; the stick that is plugged in is that of the world added last."""
    worlds: list[World] = []
    OneStick().install(monkeypatch, worlds)
    # What a shell starts in the background is born deaf to Ctrl-C.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield worlds
    signal.signal(signal.SIGINT, heard)


def test_stopped_while_collecting_the_file_is_taken_in_whole_or_not(before: Before) -> None:
    """Claim C54."""

    def ready(world: World) -> None:
        (world.root / "isa.csv").write_bytes(isa_csv(*FIRST_NOTICES))

    logged = 0
    for world in stopped(before, "collect", LGWAN, "collect", "@isa.csv", ready=ready):
        logged += interrupted(world, LGWAN) == ["TERMINATED"]
        with world.lgwan() as station:
            station.collect(world.root / "isa.csv")
            assert [row.records for row in station.books.waiting_files()] == [3]
            assert len(list(station.home.inbox.iterdir())) == 1
    assert logged > 5


def test_stopped_while_approving_the_bundle_is_approved_or_waits(before: Before) -> None:
    """Claim C54."""
    logged = 0
    words = ("approve", "--key", "@city/keys/officer-1.json", "--yes")
    for world in stopped(before, "approve", LGWAN, *words):
        logged += interrupted(world, LGWAN) == ["TERMINATED"]
        with world.lgwan() as station:
            (row,) = station.books.bundles("out")
            if row.state is BundleState.SEALED:
                row = station.approve(row.bundle, world.key("officer-1"))
            assert row.state is BundleState.APPROVED
            station.write(row, world.medium)
    assert logged > 5


def with_copy(worlds: list[World]) -> Callable[[World], None]:
    """Return what writes the approved bundle to the stick that is plugged in."""

    def ready(world: World) -> None:
        worlds.append(world)
        day = Day(world)
        stick = day.stick()
        with world.lgwan() as station:
            (row,) = station.books.bundles("out")
        day.write(row.bundle, stick)

    return ready


def test_stopped_while_erasing_no_copy_is_left_by_the_next(
    before: Before, plugged: list[World]
) -> None:
    """Claim C54."""
    logged = 0
    words = ("media", "erase", "--key", "@city/keys/officer-1.json", "--yes")
    for world in stopped(before, "write", LGWAN, *words, ready=with_copy(plugged)):
        logged += interrupted(world, LGWAN) == ["TERMINATED"]
        key = str(world.city.key_path("officer-1"))
        home = str(world.home(LGWAN).root)
        assert run(["--home", home, "media", "erase", "--key", key, "--yes"]) == 0
        assert on(Stick(world.root / "stick-1")) == []
    assert logged > 10


def test_stopped_while_watching_over_a_writing(before: Before, plugged: list[World]) -> None:
    """Claim C54. What is on the stick is whole, or called unfinished and written anew."""

    def ready(world: World) -> None:
        plugged.append(world)
        Day(world).stick()

    logged = 0
    for world in stopped(before, "write", LGWAN, "watch", ready=ready):
        logged += interrupted(world, LGWAN) == ["TERMINATED"]
        day, stick = Day(world), Stick(world.root / "stick-1", DEVICE)
        assert day.serve(LGWAN, stick).safe
        assert day.books(LGWAN) == [("out", "written", 1)]
        (name,) = on(stick)
        assert not name.endswith(tree.PARTIAL)
    assert logged > 10


def test_stopped_while_watching_over_an_import(before: Before, plugged: list[World]) -> None:
    """Claim C54. Everything is applied once, however often it broke off."""
    logged = 0
    for world in stopped(before, "write", REGISTRY, "watch", ready=with_copy(plugged)):
        logged += interrupted(world, REGISTRY) == ["TERMINATED"]
        Day(world).serve(REGISTRY, Stick(world.root / "stick-1", DEVICE))
        with world.registry() as station:
            assert len(list(station.registry.journal())) == 1
    assert logged > 10


def test_nothing_decrypted_stays_when_an_import_is_stopped(before: Before) -> None:
    """Claim C54."""
    logged = 0
    for world in stopped(before, "import_", REGISTRY, "import", "--medium", "@medium", "--folder"):
        left = world.home(REGISTRY).work
        assert not left.exists() or list(left.iterdir()) == []
        logged += interrupted(world, REGISTRY) == ["TERMINATED"]
        with suppress(AlreadyAppliedError):
            STAGES["import_"](world)
        with world.registry() as station:
            assert len(list(station.registry.journal())) == 1
    assert logged > 10


@pytest.mark.parametrize(("stage", "word"), [("seal", "seal"), ("write", "write")])
def test_stopped_at_the_sending_side_the_command_is_repeated(
    before: Before, stage: str, word: str
) -> None:
    """Claim C54."""
    medium = ["--medium", "@medium", "--folder"] if word == "write" else []
    for world in stopped(before, stage, LGWAN, word, *medium):
        assert interrupted(world, LGWAN) in ([], ["TERMINATED"])
        home = world.home(LGWAN)
        assert not home.work.exists() or list(home.work.iterdir()) == []
        with world.lgwan() as station:
            assert len(station.books.bundles("out")) <= 1


def test_second_signal_does_not_break_off_the_wiping() -> None:
    wiped = []

    def wipe() -> None:
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.raise_signal(each)
            wiped.append(each)

    def command() -> None:
        with stopping.heard(), ExitStack() as stack:
            stack.callback(wipe)
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(stopping.Terminated):
        command()
    assert len(wiped) == 3
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


class StoppedWhileFinalised:
    """What udev's library has for each device: the signal comes while it is let go."""

    def __init__(self, number: signal.Signals, times: int) -> None:
        self.number = number
        self.times = times

    def __del__(self) -> None:
        if self.times > 1:
            # What is being finalised when the stop rises again drops it again.
            StoppedWhileFinalised(self.number, self.times - 1)
            time.sleep(1)
        signal.raise_signal(self.number)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_that_python_drops_is_not_lost(number: signal.Signals, times: int) -> None:
    stop = KeyboardInterrupt if number == signal.SIGINT else stopping.Terminated
    hook = sys.unraisablehook
    # What a shell starts in the background is born deaf.
    before = signal.signal(number, signal.default_int_handler)

    def command() -> None:
        with stopping.heard():
            StoppedWhileFinalised(number, times)
            time.sleep(60)

    with pytest.raises(stop):
        command()
    signal.signal(number, before)
    assert sys.unraisablehook is hook
    assert not any(signal.getitimer(signal.ITIMER_REAL))


def test_command_started_to_outlive_its_window_outlives_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping.heard():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
