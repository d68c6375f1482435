"""Mounting as an unprivileged user, with the rules that come with the product."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
INSTALL = f"""
groupadd --system mediabridge && useradd -m -G mediabridge station && useradd -m other
install -m644 {ROOT}/system/polkit/50-mediabridge.rules /etc/polkit-1/rules.d/
install -m644 {ROOT}/system/udev/70-mediabridge.rules /etc/udev/rules.d/
udevadm control --reload && systemctl restart polkit
"""
GUARD = f"""
install -d -m700 /etc/usbguard/rules.d
install -m600 {ROOT}/system/usbguard/mediabridge.conf /etc/usbguard/rules.d/
systemctl unmask usbguard && systemctl start usbguard
"""
SLOT = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from mediabridge.errors import MediabridgeError
from mediabridge.media.device import Disk, Interface, UsbDevice, Volume
from mediabridge.media.usb import UsbSlot
node, filesystem = sys.argv[1:]
seq = int(Path("/sys/class/block", Path(node).name, "diskseq").read_text())
volume = Volume(node + "1", 1 << 26, filesystem)
disk = Disk(node, seq, 1 << 26, volumes=(volume,))
storage = (Interface(8, 6, 80),)
slot = UsbSlot(UsbDevice("/sys/x", "46f4", "0001", interfaces=storage, disks=(disk,)))
def journey():
"""
END = """
try:
    journey()
except MediabridgeError as error:
    print("raised", error.reason)
"""
CYCLE = """
    with slot.mounted(write=True) as folder:
        (folder / "a").write_text("written")
    with slot.mounted() as folder:
        print((folder / "a").read_text())
        print("read-only", bool(os.statvfs(folder).f_flag & os.ST_RDONLY))
    with slot.raw(write=True) as descriptor:
        print("raw", descriptor > 2)
    print("safe", slot.eject(), slot.is_present())
"""
READ_BACK = """
    with slot.mounted(write=True) as folder:
        (folder / "a").write_bytes(b"GENUINE!" * 8192)
        print((folder / "a").read_bytes()[:8])
    print("distort now", flush=True)
    while not Path("/tmp/distorted").exists():
        pass
    with slot.mounted() as folder:
        print("now", (folder / "a").read_bytes()[:8])
"""
PULL = """
    with slot.mounted(write=True) as folder, open(folder / "big", "wb") as big:
        for _ in range(200):
            big.write(os.urandom(1 << 16))
        big.flush()
        os.fsync(big.fileno())
"""
FLAGS = """
    print(*sorted(slot.flags()), sep=" ")
"""
WRITE = """
    with slot.mounted(write=True) as folder:
        (folder / "a").write_text("written")
"""


def program(body: str) -> str:
    return SLOT + body + END


def station_start(machine: Any, body: str, *words: str, user: str = "station") -> Any:
    machine.check("cat > /tmp/program.py", stdin=program(body).encode())
    python = f"runuser -u {user} -- {sys.executable} /tmp/program.py"
    return machine.start(f"{python} {' '.join(words)}")


@pytest.fixture
def desk(bench: Any) -> Any:
    machine = bench.machine("desk", shares={str(ROOT): ROOT})
    machine.boot()
    machine.check(INSTALL)
    return machine


def plug(desk: Any, stick: Any, filesystem: str) -> str:
    node: str = desk.plug(stick)
    if filesystem == "ext4":  # Files on ext4 have owners; media are prepared for the station's.
        desk.check(f"mount {node}1 /mnt && chown station /mnt && umount /mnt")
    return node


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", ["vfat", "exfat", "ext4"])
def test_member_of_group_mounts_writes_and_switches_off(
    bench: Any, desk: Any, filesystem: str
) -> None:
    node = plug(desk, bench.stick("blue", filesystem=filesystem), filesystem)
    result = station_start(desk, CYCLE, node, filesystem).wait(90)
    assert result.stdout.splitlines() == [
        "written",
        "read-only True",
        "raw True",
        "safe True False",
    ], result.stderr


def test_user_outside_group_is_refused(bench: Any, desk: Any) -> None:
    node = desk.plug(bench.stick("blue", filesystem="vfat"))
    result = station_start(desk, CYCLE, node, "vfat", user="other").wait(90)
    assert result.stdout == "raised MEDIA_SERVICE\n", result.stderr


def test_desktop_is_told_not_to_mount(bench: Any, desk: Any) -> None:
    node = desk.plug(bench.stick("blue", filesystem="vfat"))
    assert "HintAuto:                   false" in desk.check(f"udisksctl info -b {node}1")


def test_second_mount_reads_from_the_device(bench: Any, desk: Any) -> None:
    stick = bench.stick("blue", filesystem="vfat")
    node = desk.plug(stick)
    running = station_start(desk, READ_BACK, node, "vfat")
    running.wait_for("distort now", 90)
    stick.distort = lambda _offset, data: data.replace(b"GENUINE!", b"CHANGED!")
    desk.check("touch /tmp/distorted")
    result = running.wait(90)
    assert "now b'CHANGED!'" in result.stdout, result.stderr
    assert "b'GENUINE!'\ndistort" in result.stdout


@pytest.mark.drawn(over=["filesystem"])
@pytest.mark.parametrize("filesystem", ["vfat", "exfat", "ext4"])
def test_pull_while_writing_leaves_no_mount(bench: Any, desk: Any, filesystem: str) -> None:
    stick = bench.stick("blue", filesystem=filesystem)
    node = plug(desk, stick, filesystem)
    freeze = stick.freeze_at_write(30)
    running = station_start(desk, PULL, node, filesystem)
    freeze.wait(90)
    desk.unplug(stick)
    assert running.wait(90).stdout == "raised PULLED_OUT\n"
    assert desk.run(f"findmnt -n {node}1; ls /media/station").stdout == ""


def test_exfat_that_was_pulled_out_says_so_from_then_on(bench: Any, desk: Any) -> None:
    """The kernel marks the volume while it is written, and keeps a mark that it found."""
    stick = bench.stick("blue", filesystem="exfat")
    node = desk.plug(stick)
    both = station_start(desk, WRITE + FLAGS, node, "exfat").wait(90)
    assert both.stdout == "\n", both.stderr
    freeze = stick.freeze_at_write(30)
    running = station_start(desk, PULL, node, "exfat")
    freeze.wait(90)
    desk.unplug(stick)
    assert running.wait(90).stdout == "raised PULLED_OUT\n"
    node = desk.plug(stick)
    for body in (FLAGS, WRITE + FLAGS):
        seen = station_start(desk, body, node, "exfat").wait(90)
        assert seen.stdout == "VOLUME_DIRTY\n", seen.stderr
    # What the page says of the tool that one would ask instead.
    desk.check(f"fsck.exfat -n {node}1 | grep clean")


def test_write_protected_stick_is_named(bench: Any, desk: Any) -> None:
    node = desk.plug(bench.stick("blue", filesystem="vfat", read_only=True))
    result = station_start(desk, CYCLE, node, "vfat").wait(90)
    assert result.stdout == "raised READ_ONLY\n", result.stderr


def test_usbguard_allows_stick_and_rejects_badusb(bench: Any, desk: Any) -> None:
    from rig import UsbIdentity

    desk.check(GUARD)
    node = desk.plug(bench.stick("blue", filesystem="vfat"))
    result = station_start(desk, CYCLE, node, "vfat").wait(90)
    assert "safe True False" in result.stdout, result.stderr
    evil = bench.stick("evil", filesystem="vfat")
    desk.plug_gadget(UsbIdentity("1234", "abcd"), storage=evil, keyboard=True)
    # Its arrival is waited for first: what has not come yet is not bound either.
    log = "/var/log/usbguard/usbguard-audit.log"
    judged = f"grep Policy.Device.Update {log} | grep 1234:abcd"
    wait = f"for i in $(seq 300); do {judged} && exit 0; sleep .1; done; exit 1"
    decisions = desk.check(wait).splitlines()
    assert ["target.new='reject'" in line for line in decisions] == [True] * len(decisions)
    # A rejected device is removed from the tree of USB devices altogether.
    there = "grep -lx 1234 /sys/bus/usb/devices/*/idVendor"
    assert desk.run(f"udevadm settle; sleep 2; {there}").stdout == ""
    assert desk.run("ls /dev/input/by-id/*-kbd").code != 0
