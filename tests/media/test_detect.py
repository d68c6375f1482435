"""What is plugged in, as udev would tell it; the tree of a bus stands in for sysfs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from mediabridge.errors import MediaServiceError
from mediabridge.media import detect, watching
from mediabridge.media.device import Disk, Interface, UsbDevice, Volume
from mediabridge.media.policy import judge_device
from mediabridge.media.states import MediumState

SECTORS = 2048
SIZE = SECTORS * 512
STORAGE, KEYS, HUB = Interface(8, 6, 80), Interface(3, 1, 1), Interface(9)


@dataclass(eq=False)
class Node:
    """One folder of sysfs with what udev knows of it, in pyudev's words."""

    sys_path: str
    subsystem: str
    device_type: str
    attributes: dict[str, bytes] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    device_node: str | None = None
    parent: Node | None = None
    below: list[Node] = field(default_factory=list)

    @property
    def children(self) -> Iterator[Node]:
        """Everything below, however deep; udev does not stop at the first level either."""
        for node in self.below:
            yield node
            yield from node.children

    def find_parent(self, subsystem: str, device_type: str) -> Node | None:
        above = self.parent
        while above and (above.subsystem, above.device_type) != (subsystem, device_type):
            above = above.parent
        return above

    def put(self, name: str, subsystem: str, kind: str, **attributes: bytes) -> Node:
        node = Node(f"{self.sys_path}/{name}", subsystem, kind, attributes, parent=self)
        self.below.append(node)
        return node

    def device(self, name: str, *functions: Interface, **attributes: bytes) -> Node:
        known = {"idVendor": b"46f4", "idProduct": b"0001", **attributes}
        device = self.put(name, "usb", "usb_device", **known)
        for number, each in enumerate(functions):
            device.put(f"{name}:1.{number}", "usb", "usb_interface", **codes(each))
        return device

    def disk(self, letter: str = "z", **attributes: bytes) -> Node:
        known = {"diskseq": b"7", "ro": b"0", "size": b"%d" % SECTORS, **attributes}
        (interface, *_) = (each for each in self.below if each.device_type == "usb_interface")
        host = interface.put("host0", "scsi", "scsi_host")
        disk = host.put(f"sd{letter}", "block", "disk", **known)
        disk.device_node = f"/dev/sd{letter}"
        return disk

    def partition(self, number: int = 1, size: int = SECTORS - 8, **properties: str) -> Node:
        name = f"{Path(self.sys_path).name}{number}"
        node = self.put(name, "block", "partition", size=b"%d" % size)
        node.device_node, node.properties = f"{self.device_node}{number}", properties
        return node


def codes(function: Interface) -> dict[str, bytes]:
    return {
        "bInterfaceClass": b"%02x" % function.usb_class,
        "bInterfaceSubClass": b"%02x" % function.subclass,
        "bInterfaceProtocol": b"%02x" % function.protocol,
    }


class Udev(Node):
    """The whole tree, asked as a ``pyudev.Context`` is."""

    def __init__(self) -> None:
        super().__init__("/sys", "", "")

    def list_devices(self, *, subsystem: str, DEVTYPE: str) -> Iterator[Node]:  # noqa: N803
        wanted = (subsystem, DEVTYPE)
        return (each for each in self.children if (each.subsystem, each.device_type) == wanted)


@pytest.fixture
def udev() -> Udev:
    return Udev()


def only(udev: Udev) -> UsbDevice:
    (found,) = detect.bus(udev).media
    return found


def named(udev: Udev) -> UsbDevice:
    """Return the one device there is, with a disk or still without."""
    bus = detect.bus(udev)
    (found,) = (*bus.media, *bus.empty)
    return found


def test_stick_with_partition(udev: Udev) -> None:
    names = {"manufacturer": b"QEMU", "product": b"HARDDISK", "serial": b"S-0001"}
    disk = udev.device("1-1", STORAGE, **names).disk()
    disk.partition(ID_FS_TYPE="vfat", ID_FS_UUID="ABCD-1234", ID_FS_LABEL_ENC="STICK")
    volume = Volume("/dev/sdz1", SIZE - 4096, "vfat", "ABCD-1234", "STICK")
    assert only(udev) == UsbDevice(
        "/sys/1-1", "46f4", "0001", "QEMU", "HARDDISK", "S-0001", (STORAGE,),
        (Disk("/dev/sdz", 7, SIZE, volumes=(volume,)),),
    )  # fmt: skip


def test_disk_without_partition_table_is_one_volume(udev: Udev) -> None:
    disk = udev.device("1-1", STORAGE).disk()
    disk.properties = {"ID_FS_TYPE": "exfat", "ID_FS_UUID": "1234-ABCD"}
    assert only(udev).disks[0].volumes == (Volume("/dev/sdz", SIZE, "exfat", "1234-ABCD"),)


def test_disk_without_anything_has_no_volume(udev: Udev) -> None:
    udev.device("1-1", STORAGE).disk()
    assert only(udev).disks == (Disk("/dev/sdz", 7, SIZE),)


def test_file_system_behind_the_partition_table_is_none(udev: Udev) -> None:
    """What udev still sees of an older file system of the whole disk is not used."""
    disk = udev.device("1-1", STORAGE).disk()
    disk.properties = {"ID_FS_TYPE": "vfat", "ID_FS_UUID": "OLD"}
    disk.partition()
    assert only(udev).disks[0].volumes == (Volume("/dev/sdz1", SIZE - 4096),)


def test_every_partition_is_seen_in_order(udev: Udev) -> None:
    disk = udev.device("1-1", STORAGE).disk()
    for number, kind in ((2, "ntfs"), (1, "vfat")):
        disk.partition(number, ID_FS_TYPE=kind)
    volumes = only(udev).disks[0].volumes
    assert [(each.node, each.filesystem) for each in volumes] == [
        ("/dev/sdz1", "vfat"), ("/dev/sdz2", "ntfs"),
    ]  # fmt: skip


def test_card_reader_keeps_its_empty_slots(udev: Udev) -> None:
    reader = udev.device("1-1", STORAGE)
    reader.disk("y", size=b"0")
    reader.disk("x").partition(ID_FS_TYPE="vfat")
    found = only(udev)
    assert [(disk.node, disk.size) for disk in found.disks] == [("/dev/sdx", SIZE), ("/dev/sdy", 0)]
    assert judge_device(found) is None


@pytest.mark.parametrize("letters", ["", "x", "xy"])
def test_card_reader_without_a_card_is_no_medium(udev: Udev, letters: str) -> None:
    reader = udev.device("1-1", STORAGE)
    for letter in letters:
        reader.disk(letter, size=b"0")
    bus = detect.bus(udev)
    assert (bus.media, bus.others) == ((), ())
    assert [each.path for each in bus.empty] == ["/sys/1-1"]


def test_keyboard_in_a_reader_without_a_card_is_not_overlooked(udev: Udev) -> None:
    """Claim C48."""
    udev.device("1-1", STORAGE, KEYS).disk(size=b"0")
    seen = judge_device(only(udev))
    assert seen is not None
    assert seen.state is MediumState.NOT_STORAGE_ONLY


def test_write_protection_is_seen(udev: Udev) -> None:
    udev.device("1-1", STORAGE).disk(ro=b"1")
    assert only(udev).disks[0].read_only


def test_every_interface_is_seen(udev: Udev) -> None:
    """Claim C48. Whether a driver took it or not; a stick with a keyboard is no stick."""
    udev.device("1-1", STORAGE, KEYS).disk().partition(ID_FS_TYPE="vfat")
    found = only(udev)
    assert found.interfaces == (STORAGE, KEYS)
    seen = judge_device(found)
    assert seen is not None
    assert seen.state is MediumState.NOT_STORAGE_ONLY


def test_disk_without_storage_interface_is_a_medium_all_the_same(udev: Udev) -> None:
    udev.device("1-1", Interface(0xFF)).disk()
    assert only(udev).disks[0].node == "/dev/sdz"
    assert not only(udev).has_storage


def test_hub_is_none_and_hides_nothing(udev: Udev) -> None:
    hub = udev.device("1-1", HUB)
    hub.device("1-1.1", STORAGE).disk()
    hub.device("1-1.2", KEYS)
    bus = detect.bus(udev)
    assert [each.path for each in bus.media] == ["/sys/1-1/1-1.1"]
    assert [each.path for each in bus.others] == ["/sys/1-1/1-1.2"]


def test_interfaces_behind_a_hub_belong_to_their_device(udev: Udev) -> None:
    """A keyboard plugged into the hub of a stick makes that stick no keyboard, nor hides it."""
    udev.device("1-1", STORAGE, HUB).device("1-1.1", KEYS)
    bus = detect.bus(udev)
    assert [each.interfaces for each in bus.media] == [(STORAGE, HUB)]
    assert [each.interfaces for each in bus.others] == [(KEYS,)]


def test_disk_goes_to_the_device_it_is_on(udev: Udev) -> None:
    for letter in "ba":
        udev.device(f"1-{letter}", STORAGE).disk(letter)
    found = detect.bus(udev).media
    assert [(each.path, each.disks[0].node) for each in found] == [
        ("/sys/1-a", "/dev/sda"), ("/sys/1-b", "/dev/sdb"),
    ]  # fmt: skip


def test_disk_of_the_machine_is_no_medium(udev: Udev) -> None:
    udev.put("nvme0n1", "block", "disk", size=b"8")
    assert detect.bus(udev) == detect.UsbBus((), ())


@pytest.mark.parametrize(
    ("encoded", "label"),
    [
        (r"MY\x20STICK", "MY STICK"),
        ("住民課\\x20１", "住民課 １"),
        (r"\xe4\xbd\x8f\xe6\xb0\x91", "住民"),
        (r"\x5cx20", r"\x20"),
        (r"a\x2fb\x0a", "a/b\n"),
        (r"\xff\xfe", r"\xff\xfe"),
        (r"\xzz\x4", r"\xzz\x4"),
        ("", ""),
    ],
)
def test_label_is_what_was_written(udev: Udev, encoded: str, label: str) -> None:
    disk = udev.device("1-1", STORAGE).disk()
    disk.partition(ID_FS_TYPE="vfat", ID_FS_LABEL="NOT_THIS", ID_FS_LABEL_ENC=encoded)
    assert only(udev).disks[0].volumes[0].label == label


def test_label_without_end_is_cut(udev: Udev) -> None:
    disk = udev.device("1-1", STORAGE).disk()
    disk.partition(ID_FS_TYPE="vfat", ID_FS_LABEL_ENC=r"\x41" * 100_000)
    label = only(udev).disks[0].volumes[0].label
    assert set(label) == {"A"}
    assert len(label) < 10_000


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (b"  S-0001\n", "S-0001"),
        (b"\x1b[2JS\x07-1", "[2JS-1"),
        ("\u202eS\u200b1".encode(), "S1"),
        ("媒体".encode(), "媒体"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"S" * 5000, "S" * 126),
        (b"\x00", ""),
    ],
)
def test_no_string_of_the_device_steers_the_screen(udev: Udev, given: bytes, shown: str) -> None:
    udev.device("1-1", STORAGE, serial=given, product=given, manufacturer=given)
    found = named(udev)
    assert (found.serial, found.product, found.vendor) == (shown,) * 3


def test_device_that_tells_nothing(udev: Udev) -> None:
    """A device that goes while it is looked at answers no question, and is no error."""
    device = udev.put("1-1", "usb", "usb_device")
    device.put("1-1:1.0", "usb", "usb_interface")
    disk = device.below[0].put("sdz", "block", "disk")
    disk.device_node = "/dev/sdz"
    unknown = Interface(0xFF, 0xFF, 0xFF)
    assert only(udev) == UsbDevice(
        "/sys/1-1", "", "", interfaces=(unknown,), disks=(Disk("/dev/sdz", 0, 0),)
    )


def test_device_without_configuration_is_told(udev: Udev) -> None:
    """Nothing is known of what it can do: it is no hub, and shown like a keyboard."""
    udev.device("1-1")
    assert [each.interfaces for each in detect.bus(udev).others] == [()]


def test_interface_that_lost_its_device_still_counts(udev: Udev) -> None:
    """Between two questions the device was pulled out; a keyboard is not overlooked for that."""
    udev.device("1-1", STORAGE, KEYS).below[1].parent = None
    assert only(udev).interfaces == (STORAGE, KEYS)


def test_disks_that_lost_their_names(udev: Udev) -> None:
    reader = udev.device("1-1", STORAGE)
    for letter in "xyz":
        disk = reader.disk(letter, size=b"0")
        disk.device_node = None if letter == "y" else disk.device_node
        for number in (1, 2):
            disk.partition(number).device_node = None
    assert [disk.node for disk in named(udev).disks] == ["", "/dev/sdx", "/dev/sdz"]


@pytest.mark.parametrize("number", [b"", b"many", b"0x10", b"\xff\xfe", b"1.5", b"9" * 5000])
def test_garbage_is_no_number(udev: Udev, number: bytes) -> None:
    disk = udev.device("1-1", STORAGE).disk(size=number, diskseq=number, ro=number)
    disk.partition()
    disk.below[0].attributes["size"] = number
    volume = Volume("/dev/sdz1", 0)
    assert named(udev).disks == (Disk("/dev/sdz", 0, 0, volumes=(volume,)),)


def test_huge_number_is_kept_as_it_is(udev: Udev) -> None:
    udev.device("1-1", STORAGE).disk(size=b"%d" % (2**64 - 1))
    assert only(udev).disks[0].size == (2**64 - 1) * 512


@pytest.mark.parametrize("code", [b"", b"zz", b"\xff"])
def test_unreadable_interface_is_not_taken_for_a_disk(udev: Udev, code: bytes) -> None:
    device = udev.device("1-1", STORAGE, STORAGE)
    device.below[1].attributes["bInterfaceClass"] = code
    assert only(udev).interfaces[1].usb_class == 0xFF
    assert not only(udev).is_storage_only


def test_machine_without_udev(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyudev", None)
    with pytest.raises(MediaServiceError):
        detect.devices()


def test_device_of_a_folder(udev: Udev, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "context", lambda: udev)
    for letter in "ab":
        udev.device(f"1-{letter}", STORAGE).disk(letter).partition(ID_FS_TYPE="vfat")
    assert detect.device_of(tmp_path) is None
    here = {"/dev/sdb1": tmp_path.stat().st_dev}
    monkeypatch.setattr(detect, "_number_of", here.get)
    found = detect.device_of(tmp_path)
    assert found is not None
    assert found.path == "/sys/1-b"


class Monitor:
    """Events as a ``pyudev.Monitor`` gives them, in the order of their arrival."""

    def __init__(self, *events: object) -> None:
        self.waiting = list(events)
        self.filters: list[str] = []

    def filter_by(self, subsystem: str) -> None:
        self.filters.append(subsystem)

    def start(self) -> None:
        assert self.filters == ["block", "usb"]

    def poll(self, _seconds: float | None) -> object:
        return self.waiting.pop(0) if self.waiting else None


def test_removal_that_names_nobody_is_seen(udev: Udev, monkeypatch: pytest.MonkeyPatch) -> None:
    """A removal has lost its serial number and all else: what is left is looked at anew."""
    udev.device("1-1", STORAGE).disk().partition(ID_FS_TYPE="vfat")
    udev.device("1-2", STORAGE).disk("y").partition(ID_FS_TYPE="vfat")
    monitor = Monitor(SimpleNamespace(action="remove", properties={}))
    faked = SimpleNamespace(
        Context=lambda: udev, Monitor=SimpleNamespace(from_netlink=lambda _udev: monitor)
    )
    monkeypatch.setitem(sys.modules, "pyudev", faked)
    seen = watching.watch()
    assert [each.path for each in next(seen).media] == ["/sys/1-1", "/sys/1-2"]
    del udev.below[0]
    assert [each.path for each in next(seen).media] == ["/sys/1-2"]
    assert monitor.waiting == []
