"""The flags of real exFAT volumes, which no check of theirs tells."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mediabridge.media.exfat import SECTOR, VolumeFlag, volume_flags

PLACE = 106
"""Of VolumeFlags in the boot sector, as Microsoft's specification has it (section 3.1)."""

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, require_tool: Callable[[str], str]) -> Make:
    def made(tool: str) -> Path:
        image = tmp_path / "stick.img"
        with image.open("wb") as new:
            new.truncate(16 * 1024 * 1024)
        subprocess.run([require_tool(tool), image], check=True, capture_output=True)
        return image

    return made


def flagged(image: Path, flags: int) -> frozenset[VolumeFlag]:
    with image.open("r+b") as device:
        device.seek(PLACE)
        device.write(flags.to_bytes(2, "little"))
        device.seek(0)
        return volume_flags(device.read(SECTOR))


def test_new_volume_warns_of_nothing(make: Make) -> None:
    assert volume_flags(make("mkfs.exfat").read_bytes()[:SECTOR]) == frozenset()


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (0x02, {VolumeFlag.VOLUME_DIRTY}),
        (0x04, {VolumeFlag.MEDIA_FAILURE}),
        (0x06, {VolumeFlag.VOLUME_DIRTY, VolumeFlag.MEDIA_FAILURE}),
        (0x09, set()),  # which of two tables is in use, and one that says nothing
        (0xFFF9, set()),
        (0x0207, {VolumeFlag.VOLUME_DIRTY, VolumeFlag.MEDIA_FAILURE}),
    ],
)
def test_flag_on_a_real_volume_is_seen(make: Make, flags: int, wanted: set[VolumeFlag]) -> None:
    assert flagged(make("mkfs.exfat"), flags) == wanted


@pytest.mark.parametrize("flags", [0x02, 0x04, 0x06])
def test_fsck_says_nothing_of_what_is_seen(
    make: Make, require_tool: Callable[[str], str], flags: int
) -> None:
    image = make("mkfs.exfat")
    assert flagged(image, flags)
    done = subprocess.run(
        [require_tool("fsck.exfat"), "-n", image], check=False, capture_output=True, text=True
    )
    if "clean" not in done.stdout:
        pytest.skip(f"this fsck.exfat looks at the flags by now: {done.stdout}")
    assert done.returncode == 0


@pytest.mark.parametrize("tool", ["mkfs.vfat", "mkfs.ext4"])
def test_other_file_system_has_no_such_flags(make: Make, tool: str) -> None:
    assert flagged(make(tool), 0xFFFF) == frozenset()


@pytest.mark.parametrize("sector", [b"", bytes(SECTOR), b"\xff" * SECTOR, b"\xff" * 20])
def test_what_is_no_boot_sector_warns_of_nothing(sector: bytes) -> None:
    assert volume_flags(sector) == frozenset()
