"""The slot of a USB stick against a small stand-in for udisks2 at the D-Bus layer."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from mediabridge.errors import (
    BadFilesystemError,
    MediabridgeError,
    MediaServiceError,
    MediumBusyError,
    MediumIoError,
    NotStorageOnlyError,
    PulledOutError,
    ReadOnlyMediumError,
)
from mediabridge.media import usb
from mediabridge.media.device import Disk, Interface, UsbDevice, Volume
from mediabridge.media.exfat import VolumeFlag
from mediabridge.media.udisks import BusError, Call, UDisks
from mediabridge.media.usb import UsbSlot
from mediabridge.stopping import Terminated

UDISKS_ERROR = "org.freedesktop.UDisks2.Error."


class Desk:
    """One stick: nodes and sysfs as files below *folder*, and what udisks2 answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.node = folder / "dev/sdz"
        self.sysfs = folder / "sys/sdz"
        self.part = folder / "sys/sdz1"
        self.mount_point = folder / "mnt"
        self.mounted = False
        self.calls: list[str] = []
        self.options: list[dict[str, Any]] = []
        self.failing: dict[str, BusError] = {}
        self.damages = 0
        for each in (self.node.parent, self.sysfs, self.part, self.mount_point):
            each.mkdir(parents=True)
        for name in ("sdz", "sdz1"):
            (self.node.parent / name).write_bytes(bytes(4096))
        for name, value in {"diskseq": 7, "ro": 0, "size": 8}.items():
            (self.sysfs / name).write_text(f"{value}\n")

    def pull(self) -> None:
        self.hide()
        for each in (self.part, self.sysfs):
            shutil.rmtree(each, ignore_errors=True)

    def hide(self) -> None:
        """Show none of the devices, as to a service with PrivateDevices."""
        for each in self.node.parent.iterdir():
            each.unlink()

    def send(self, call: Call) -> tuple[Any, ...]:
        if call.method == "Get":
            return (("v", self._property(call.body[1])),)
        self.calls.append(call.method)
        self.options.extend(call.body[-1:])
        if call.method in self.failing:
            raise self.failing[call.method]
        if call.method == "OpenDevice":
            return (os.open(self.node.parent / Path(call.path).name, os.O_RDWR),)
        return self._answer(call.method)

    def _property(self, name: str) -> Any:
        points = [os.fsencode(self.mount_point) + b"\0"] if self.mounted else []
        return {"MountPoints": points, "Drive": "/drive", "CanPowerOff": True}[name]

    def _answer(self, method: str) -> tuple[Any, ...]:
        if method == "Mount":
            self.mounted = True
            return (str(self.mount_point),)
        if method == "Unmount":
            self.mounted = False
        if method == "Check":
            return (self.damages == 0,)
        if method == "Repair":
            # fsck.fat leaves for its next pass what this one uncovers.
            self.damages -= 1
        if method == "PowerOff":
            self.pull()
        return ()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb, "MEDIA_GONE_SECONDS", 0)
    monkeypatch.setattr(usb, "MEDIA_SETTLE_SECONDS", 0)


def slot_of(desk: Desk, *filesystems: str, others: tuple[Interface, ...] = ()) -> UsbSlot:
    volumes = tuple(
        Volume(f"{desk.node}{number}", 4096, each) for number, each in enumerate(filesystems, 1)
    )
    device = UsbDevice(
        "/sys/x",
        "46f4",
        "0001",
        interfaces=(Interface(8, 6, 80), *others),
        disks=(Disk(str(desk.node), 7, 4096, volumes=volumes),),
    )
    return UsbSlot(device, UDisks(desk, desk.sysfs.parent), block=desk.sysfs.parent)


def test_what_nobody_can_check_is_no_stick_that_was_pulled_out_where_no_device_is_shown(
    desk: Desk,
) -> None:
    """In the sandbox of the watch there is no such node; udisks2 of Debian 12 checks no exFAT."""
    said = "Cannot check exfat filesystem on /dev/sdz1: filesystem 'exfat' is not supported."
    desk.failing["Check"] = BusError(f"{UDISKS_ERROR}Failed", said)
    desk.hide()
    assert slot_of(desk, "exfat").mend() is False
    desk.pull()
    with pytest.raises(PulledOutError):
        slot_of(desk, "exfat").mend()


@pytest.mark.parametrize(("write", "mode"), [(False, "ro"), (True, "rw")])
def test_mounts_without_programs_and_unmounts(desk: Desk, *, write: bool, mode: str) -> None:
    with slot_of(desk, "vfat").mounted(write=write) as folder:
        assert folder == desk.mount_point
        assert desk.mounted
    assert desk.calls == ["Mount", "Unmount"]
    assert desk.options[0]["options"] == ("s", f"{mode},nosuid,nodev,noexec")
    assert all(each["auth.no_user_interaction"] == ("b", True) for each in desk.options)


def test_stick_mounted_in_the_moment_of_a_shutdown_is_unmounted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C54."""

    def statvfs(_path: object) -> None:
        raise Terminated

    monkeypatch.setattr(usb.os, "statvfs", statvfs)
    with pytest.raises(Terminated), slot_of(desk, "vfat").mounted():
        pass
    assert not desk.mounted


def test_mount_of_the_desktop_is_ended_first(desk: Desk) -> None:
    desk.mounted = True
    with slot_of(desk, "vfat").mounted():
        pass
    assert desk.calls == ["Unmount", "Mount", "Unmount"]


@pytest.mark.parametrize("filesystems", [(), ("",), ("ntfs",), ("vfat", "vfat")])
def test_other_than_one_known_filesystem_never_mounted(
    desk: Desk, filesystems: tuple[str, ...]
) -> None:
    with pytest.raises(BadFilesystemError), slot_of(desk, *filesystems).mounted():
        pass
    assert desk.calls == []


def test_stick_with_keyboard_never_mounted(desk: Desk) -> None:
    slot = slot_of(desk, "vfat", others=(Interface(3, 1, 1),))
    with pytest.raises(NotStorageOnlyError), slot.mounted():
        pass
    assert desk.calls == []


def test_swapped_stick_not_touched(desk: Desk) -> None:
    (desk.sysfs / "diskseq").write_text("8\n")
    slot = slot_of(desk, "vfat")
    for use in (slot.mounted, slot.raw):
        with pytest.raises(PulledOutError), use():
            pass
    with pytest.raises(PulledOutError):
        slot.eject()
    assert desk.calls == []


def test_write_protected_disk_refused_before_mounting(desk: Desk) -> None:
    (desk.sysfs / "ro").write_text("1\n")
    with pytest.raises(ReadOnlyMediumError), slot_of(desk, "vfat").mounted(write=True):
        pass
    assert desk.calls == []


@pytest.mark.parametrize(
    ("name", "message", "wanted"),
    [
        (UDISKS_ERROR + "NotAuthorizedCanObtain", "", MediaServiceError),
        (UDISKS_ERROR + "DeviceBusy", "", MediumBusyError),
        (UDISKS_ERROR + "AlreadyMounted", "", MediumBusyError),
        (UDISKS_ERROR + "Failed", "wrong fs type, bad superblock", BadFilesystemError),
        (UDISKS_ERROR + "Failed", "Structure needs cleaning", BadFilesystemError),
        (UDISKS_ERROR + "Failed", "Input/output error", MediumIoError),
        (UDISKS_ERROR + "Failed", "is write-protected", ReadOnlyMediumError),
        ("org.freedesktop.DBus.Error.ServiceUnknown", "", MediaServiceError),
        ("org.freedesktop.DBus.Error.UnknownMethod", "No such interface", BadFilesystemError),
    ],
)
def test_error_of_the_service_has_our_name(
    desk: Desk, name: str, message: str, wanted: type[MediabridgeError]
) -> None:
    desk.failing["Mount"] = BusError(name, message)
    with pytest.raises(wanted), slot_of(desk, "vfat").mounted(write=True):
        pass


def test_service_that_is_there(desk: Desk) -> None:
    UDisks(desk).check()
    assert desk.calls == ["Ping"]


@pytest.mark.parametrize("name", ["ServiceUnknown", "Spawn.ChildExited", "NameHasNoOwner"])
def test_service_that_is_not_there(desk: Desk, name: str) -> None:
    desk.failing["Ping"] = BusError(f"org.freedesktop.DBus.Error.{name}")
    with pytest.raises(MediaServiceError):
        UDisks(desk).check()


@pytest.mark.parametrize("error", [OSError(errno.EIO, "EIO"), MediumIoError(detail="EIO")])
@pytest.mark.parametrize(("pulled", "wanted"), [(True, PulledOutError), (False, MediumIoError)])
def test_error_inside_named_by_its_cause(
    desk: Desk, error: Exception, *, pulled: bool, wanted: type[MediabridgeError]
) -> None:
    happens = desk.pull if pulled else list
    with pytest.raises(wanted), slot_of(desk, "vfat").mounted(write=True):  # noqa: PT012
        happens()
        raise error
    # What was pulled out is not unmounted by name: another stick may have taken it.
    assert desk.calls == (["Mount"] if pulled else ["Mount", "Unmount"])


def test_failing_unmount_never_hides_the_first_error(desk: Desk) -> None:
    desk.failing["Unmount"] = BusError(UDISKS_ERROR + "DeviceBusy")
    with pytest.raises(KeyError), slot_of(desk, "vfat").mounted():
        raise KeyError
    assert desk.calls == ["Mount", "Unmount"]


def test_busy_medium_is_not_said_to_be_left(desk: Desk) -> None:
    desk.failing["Unmount"] = BusError(UDISKS_ERROR + "DeviceBusy")
    with pytest.raises(MediumBusyError), slot_of(desk, "vfat").mounted():
        pass


def test_raw_disk_opened_past_the_cache_and_exclusively(desk: Desk) -> None:
    with slot_of(desk, "vfat").raw(write=True) as descriptor:
        assert len(os.pread(descriptor, 4096, 0)) == 4096
    assert desk.calls == ["OpenDevice", "Rescan"]
    assert desk.options[0]["flags"][1] & (os.O_DIRECT | os.O_EXCL) == os.O_DIRECT | os.O_EXCL


@pytest.mark.parametrize("damages", [0, 1, 3])
def test_repaired_until_it_is_sound(desk: Desk, damages: int) -> None:
    desk.damages = damages
    assert slot_of(desk, "vfat").mend() == (damages > 0)
    assert desk.calls == ["Check", *["Repair", "Check"] * damages]


def test_damage_without_end_is_told(desk: Desk) -> None:
    desk.damages = 1000
    with pytest.raises(BadFilesystemError):
        slot_of(desk, "vfat").mend()
    assert desk.calls.count("Repair") == 5


def test_switched_off_after_unmounting(desk: Desk) -> None:
    desk.mounted = True
    slot = slot_of(desk, "vfat")
    assert slot.eject()
    assert desk.calls == ["Unmount", "PowerOff"]
    assert not slot.is_present()


def test_not_safe_while_the_disk_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "pull", lambda: None)
    with pytest.raises(MediumBusyError):
        slot_of(desk, "vfat").eject()


def dirty_exfat(node: Path) -> None:
    sector = bytearray(4096)
    sector[3:11], sector[106:108], sector[510:512] = b"EXFAT   ", b"\x06\0", b"\x55\xaa"
    node.write_bytes(sector)


def test_flags_are_read_from_the_unmounted_volume(desk: Desk) -> None:
    dirty_exfat(desk.node.parent / "sdz1")
    desk.mounted = True
    slot = slot_of(desk, "exfat")
    assert slot.flags() == set(VolumeFlag)
    assert desk.calls == ["Unmount", "OpenDevice"]


@pytest.mark.parametrize("filesystem", ["vfat", "ext4"])
def test_flags_of_other_file_systems_are_not_looked_for(desk: Desk, filesystem: str) -> None:
    dirty_exfat(desk.node.parent / "sdz1")
    assert slot_of(desk, filesystem).flags() == frozenset()
    assert desk.calls == []


def test_pull_while_flags_are_read_is_a_pull(desk: Desk) -> None:
    desk.failing["OpenDevice"] = BusError(UDISKS_ERROR + "Failed", "No such device")
    slot = slot_of(desk, "exfat")
    desk.pull()
    with pytest.raises(PulledOutError):
        slot.flags()


def test_flags_that_cannot_be_read_are_an_error_of_the_medium(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worn(*_given: object) -> int:
        raise OSError(errno.EIO, "EIO")

    monkeypatch.setattr(usb.os, "preadv", worn)
    with pytest.raises(MediumIoError):
        slot_of(desk, "exfat").flags()
