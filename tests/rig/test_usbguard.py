"""What the USBGuard rules that come with the product let in, on a real kernel (claim C48).

The devices are played inside the machine: sticks with two storage interfaces, storage beside
a keyboard, and a device that lists no interface at all.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RULES = ROOT / "system" / "usbguard" / "mediabridge.conf"
GUARD = f"""
install -d -m700 /etc/usbguard/rules.d
install -m600 {RULES} /etc/usbguard/rules.d/50-mediabridge.conf
systemctl unmask usbguard && systemctl start usbguard
modprobe -a configfs libcomposite gadgetfs && modprobe dummy_hcd num=2
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
mkdir -p /run/gadgetfs
"""
GADGET = """
set -e
mkdir /sys/kernel/config/usb_gadget/evil && cd /sys/kernel/config/usb_gadget/evil
echo 0x1234 > idVendor && echo 0xabcd > idProduct && echo 0x0200 > bcdUSB
mkdir strings/0x409 configs/c.1 && echo S-1 > strings/0x409/serialnumber
{functions}
ls /sys/class/udc | tail -n 1 > UDC
"""
DISK = "head -c 16M /dev/zero > /tmp/disk.img && mkfs.vfat /tmp/disk.img > /dev/null"
FUNCTIONS = {
    "storage": f"""
{DISK}; mkdir functions/mass_storage.0
echo 1 > functions/mass_storage.0/lun.0/removable
echo /tmp/disk.img > functions/mass_storage.0/lun.0/file
ln -s functions/mass_storage.0 configs/c.1/""",
    "empty storage": """
mkdir functions/mass_storage.1
echo 1 > functions/mass_storage.1/lun.0/removable
ln -s functions/mass_storage.1 configs/c.1/""",
    "keyboard": """
mkdir functions/hid.0; echo 1 > functions/hid.0/protocol; echo 1 > functions/hid.0/subclass
echo 8 > functions/hid.0/report_length
printf '\\005\\001\\011\\006\\241\\001\\300' > functions/hid.0/report_desc
ln -s functions/hid.0 configs/c.1/""",
    "network": "mkdir functions/ecm.0\nln -s functions/ecm.0 configs/c.1/",
}
LOOK = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from mediabridge.media import detect
from mediabridge.media.policy import judge_device
for device in detect.devices():
    if device.vendor_id == "1234":
        seen = judge_device(device)
        kinds = [each.usb_class for each in device.interfaces]
        print(json.dumps([kinds, len(device.disks), seen and seen.state]))
"""
THERE = "grep -lx 1234 /sys/bus/usb/devices/*/idVendor"


@pytest.fixture
def desk(bench: Any) -> Any:
    machine = bench.machine("desk", shares={str(ROOT): ROOT})
    machine.boot()
    machine.check(GUARD, 120)
    return machine


def decision(desk: Any) -> str:
    """Return what USBGuard decided about the device 1234:abcd, once it has."""
    judged = "grep Policy.Device.Update /var/log/usbguard/usbguard-audit.log | grep 1234:abcd"
    wait = f"for i in $(seq 300); do {judged} && exit 0; sleep .1; done; exit 1"
    (line, *_) = desk.check(wait, 60).splitlines()
    return str(line.partition("target.new='")[2].partition("'")[0])


def plug(desk: Any, *functions: str) -> None:
    desk.check(GADGET.format(functions="\n".join(FUNCTIONS[each] for each in functions)), 120)


def test_stick_with_two_storage_interfaces_is_let_in_and_taken(desk: Any) -> None:
    plug(desk, "storage", "empty storage")
    assert decision(desk) == "allow"
    there = "for i in $(seq 100); do [ -e /dev/disk/by-id/usb-*:0 ] && break; sleep .1; done"
    desk.check(f"{there}; udevadm settle", 60)
    desk.check("cat > /tmp/look.py", stdin=LOOK.encode())
    found = [json.loads(line) for line in desk.check(f"{sys.executable} /tmp/look.py").splitlines()]
    assert found == [[[8, 8], 2, None]]


@pytest.mark.parametrize(
    "functions",
    [
        ("keyboard", "storage"),
        ("storage", "empty storage", "keyboard"),
        ("storage", "network"),
    ],
    ids=" + ".join,
)
def test_storage_beside_anything_else_is_rejected(desk: Any, functions: tuple[str, ...]) -> None:
    plug(desk, *functions)
    assert decision(desk) == "reject"
    # A rejected device is removed from the tree of USB devices altogether.
    assert desk.run(f"udevadm settle; sleep 2; {THERE}").stdout == ""
    assert desk.run("ls /dev/disk/by-id/usb-* /dev/input/by-id/*-kbd 2>/dev/null").stdout == ""


def test_device_that_lists_no_interface_is_not_let_in(desk: Any) -> None:
    desk.check("mount -t gadgetfs none /run/gadgetfs")
    device = desk.start(
        f"{sys.executable} {HERE}/bare_device.py /run/gadgetfs/dummy_udc* 1234 abcd"
    )
    assert decision(desk) == "block"
    assert desk.check(f"cat $(dirname $({THERE}))/authorized") == "0\n"
    device.signal()
