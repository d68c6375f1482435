"""Every fault of the simulated stick on real ones: the same table says what must come of it.

Claims C45, C51. ``journeys/test_simulated_stick.py`` holds the simulated stick to the table;
here a real kernel has its say, for each file system. Then a stick that works brings
everything right.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from faults import FAULTS, Fault
from harness import (
    NOW,
    NUMBERS,
    PATIENCE,
    Desk,
    Watching,
    encrypted,
    flip,
    io_error,
    on_read_back,
)
from medium import Stick
from moments import FILESYSTEMS
from prepared import Prepared, stick_of
from rig import StickBench

Happening = Callable[[], object]
"""What happens to a stick after it was plugged in."""


class OnRig:
    """The faults of the table, given to a real stick: one method each."""

    def __init__(self, desk: Desk, prepared: Prepared, stick: Stick, filesystem: str) -> None:
        self.desk, self.prepared, self.stick, self.filesystem = desk, prepared, stick, filesystem

    def none(self) -> None:
        """Leave it as it is."""

    def write_errors(self) -> None:
        self.stick.fail_writes(after=12)

    def read_errors_while_read_back(self) -> None:
        on_read_back(self.stick, io_error)

    def bits_flipped_while_read_back(self) -> None:
        on_read_back(self.stick, flip)

    def fake_capacity(self) -> None:
        """Keep nothing from where the bundle's content begins on an undisturbed stick."""
        before, after = (
            self.prepared.image(self.filesystem, each).read_bytes() for each in ("write", "import")
        )
        self.stick.real_size = next(
            place
            for place in range(2**20, len(after), 4096)
            if before[place : place + 4096] != after[place : place + 4096]
            and encrypted(after[place : place + 4096])
        )

    def cache_that_lies(self) -> None:
        self.stick.volatile_writes, self.stick.honours_flush = 10**6, False

    def write_protected(self) -> None:
        self.stick.read_only = True

    def full(self) -> None:
        """Fill it to the last byte, with what nobody threw away."""
        self._as_root("mount DEVICE1 /mnt; cat /dev/zero > /mnt/film || sync; umount /mnt")

    def one_percent_free(self) -> None:
        """Fill it up to one percent, in a trash folder."""
        fill = (
            "set -- $(df -B1 --output=size,avail /mnt | tail -1);"
            "mkdir /mnt/.Trash-1000; head -c $(($2 - $1 / 100)) /dev/zero > /mnt/.Trash-1000/film"
        )
        self._as_root(f"mount DEVICE1 /mnt; {fill}; sync; df /mnt; umount /mnt")

    def worn_out_midway(self) -> Happening:
        """Have the kernel remount it read-only while it is written, and fail from then on."""
        self.stick.bytes_per_second = 300_000

        def wear() -> None:
            found = "findmnt -rno TARGET,OPTIONS | grep '^/media/station/.* rw' | cut -d' ' -f1"
            remount = f't=$({found}) && [ -n "$t" ] && mount -o remount,ro $t'
            # Only between two files: while one is open for writing, it is refused.
            script = f"until {remount}; do sleep 0.02; done"
            self.desk.machine.check(script, PATIENCE)
            self.stick.fail_writes()

        return wear

    def pulled_out_midway(self) -> Happening:
        middle = self.prepared.counted(self.filesystem, "write").writes // 2

        def pull() -> None:
            self.stick.freeze_at_write(middle).wait(PATIENCE)
            self.desk.machine.unplug(self.stick)

        return pull

    def _as_root(self, script: str) -> None:
        """Run *script* with the stick plugged in; DEVICE is its node."""
        device = self.desk.machine.plug(self.stick)
        self.desk.machine.check(f"set -e; {script.replace('DEVICE', device)}", PATIENCE)
        self.desk.machine.unplug(self.stick)


def _method(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_")


def test_every_fault_is_tried() -> None:
    tried = {name for name in vars(OnRig) if not name.startswith("_")}
    assert tried == {_method(name) for name in FAULTS}


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", FILESYSTEMS)
@pytest.mark.parametrize("name", FAULTS)
def test_fault(
    desk: Desk, prepared: Prepared, bench: StickBench, name: str, filesystem: str
) -> None:
    fault = FAULTS[name]
    desk.restore(f"{filesystem}-write")
    registry = desk.registry()
    stick = stick_of(bench, prepared, filesystem, "write")
    happening = getattr(OnRig(desk, prepared, stick, filesystem), _method(name))()
    watching = desk.watch("lgwan")
    watching.until_state("NO_MEDIUM")
    watching.forget()
    desk.machine.plug(stick, wait=happening is None)
    if happening:
        happening()
    watching.until_event("done", "refused")
    _as_in_the_table(desk, fault, watching, NUMBERS[filesystem])
    watching.order.stop()
    desk.take_out(stick)
    _receiver(desk, prepared, fault, stick, registry)
    if fault.written and not fault.taken:
        _is_found_out_when_it_comes_back(desk, stick)
    if not fault.taken:
        _another_copy_works(desk, stick_of(bench, prepared, filesystem, "write", "new"))


def _as_in_the_table(desk: Desk, fault: Fault, watching: Watching, number: str) -> None:
    """State, words, log and books of the sender are what the table says."""
    states = watching.states()
    assert fault.states & set(states), watching.said()
    assert ("SAFE_TO_REMOVE" in states) == fault.written
    told = watching.report(next(iter(fault.states & set(states))))
    assert told["sentence"]
    assert all(word in told["hint"] for word in fault.hint)
    assert desk.books("lgwan") == [("out", "written" if fault.written else "approved", 1)]
    if fault.written:
        assert desk.log("lgwan")[-1]["event"] == "bundle-written"
        assert told["facts"]["medium"] == number
    else:
        assert fault.states & set(desk.failures("lgwan"))


def _receiver(desk: Desk, prepared: Prepared, fault: Fault, stick: Stick, registry: str) -> None:
    """The receiver takes from the stick, as it is now, what the table says."""
    watching = desk.visit("registry", stick)
    assert ("taken" in watching.events()) == fault.taken, watching.said()
    assert desk.books("registry") == ([("in", "taken", 1)] if fault.taken else [])
    assert desk.registry() == (prepared.registry if fault.taken else registry)


def _is_found_out_when_it_comes_back(desk: Desk, stick: Stick) -> None:
    """A stick that forgot what had been read back is told, and the bundle is to be written."""
    watching = desk.visit("lgwan", stick)
    assert watching.report("READ_BACK_MISMATCH")["sentence"]
    assert desk.failures("lgwan") == ["READ_BACK_MISMATCH"]
    assert desk.books("lgwan") == [("out", "approved", 1)]


def _another_copy_works(desk: Desk, stick: Stick) -> None:
    watching = desk.visit("lgwan", stick)
    assert watching.states()[-1] == "SAFE_TO_REMOVE"
    assert desk.books("lgwan") == [("out", "written", 1)]
    assert desk.log("lgwan")[-1]["event"] == "bundle-written"


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", FILESYSTEMS)
def test_stick_that_forgets_never_gets_past_its_registration(
    desk: Desk, bench: StickBench, filesystem: str
) -> None:
    """What says who it is goes with its power, so nothing is ever written to it."""
    desk.restore(f"{filesystem}-write")
    stick = bench.stick("bad", "48M", filesystem, serial="RIGBAD1")
    stick.volatile_writes, stick.honours_flush = 10**6, False
    device = desk.machine.plug(stick)
    if filesystem == "ext4":
        desk.machine.check(f"mount {device}1 /mnt && chown station /mnt && umount /mnt")
    key = ("--key", f"{NOW}/city/keys/officer-1.json", "--quick")
    desk.check("lgwan", "media", "register", "MB-009", "--label", "9", *key)
    desk.machine.unplug(stick)
    watching = desk.visit("lgwan", stick)
    assert "forgets what is written to it" in watching.report("REFORMATTED")["sentence"]
    assert desk.failures("lgwan") == ["REFORMATTED"]
    assert desk.books("lgwan") == [("out", "approved", 1)]
