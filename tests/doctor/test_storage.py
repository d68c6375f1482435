"""Where the station lies: room, kind and encryption of the disk, owners and modes."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from mediabridge.config import DOCTOR_FREE_BYTES
from mediabridge.doctor import State, storage


def mounts(root: Path, *lines: tuple[str, str, str]) -> Path:
    """Make a ``mountinfo`` in which (point, kind, source) are mounted."""
    (root / "proc/self").mkdir(parents=True)
    text = "".join(
        f"{n} 1 8:{n} / {point} rw - {kind} {source} rw\n"
        for n, (point, kind, source) in enumerate(lines, 20)
    )
    (root / "proc/self/mountinfo").write_text(text)
    return root


@pytest.mark.parametrize(
    ("kind", "state"),
    [("ext4", State.OK), ("xfs", State.OK), ("tmpfs", State.WRONG), ("cifs", State.WRONG)],
)
def test_disk_that_forgets_or_is_elsewhere_is_found(
    tmp_path: Path, kind: str, state: State
) -> None:
    root = mounts(tmp_path, ("/", "ext4", "/dev/sda1"), ("/srv", kind, "/dev/sdb1"))
    (found,) = storage.kind_of_disk(Path("/srv/station"), root)
    assert (found.state, kind in found.found) == (state, True)


def test_mount_is_the_innermost_and_its_name_may_hold_a_space(tmp_path: Path) -> None:
    root = mounts(
        tmp_path,
        ("/", "ext4", "/dev/sda1"),
        ("/srv/a\\040b", "xfs", "/dev/sdb1"),
        ("/srv/a", "btrfs", "/dev/sdc1"),
        ("/srv/住民課", "ext4", "/dev/sdd1"),
    )
    assert storage.mount_of(Path("/srv/住民課/home"), root).source == "/dev/sdd1"
    assert storage.mount_of(Path("/srv/a b/home"), root).source == "/dev/sdb1"
    assert storage.mount_of(Path("/srv/a/home"), root).source == "/dev/sdc1"
    assert storage.mount_of(Path("/srv/ab"), root).source == "/dev/sda1"


@pytest.mark.parametrize(("uuid", "state"), [("CRYPT-LUKS2-x", State.OK), ("LVM-x", State.LOOK)])
def test_encryption_is_known_by_the_device_mapper(tmp_path: Path, uuid: str, state: State) -> None:
    root = mounts(tmp_path, ("/", "ext4", "/dev/dm-0"))
    (root / "sys/class/block/dm-0/dm").mkdir(parents=True)
    (root / "sys/class/block/dm-0/dm/uuid").write_text(uuid)
    (found,) = storage.encryption(Path("/srv"), root)
    assert found.state is state


def test_little_space_is_said_before_the_next_journey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for blocks, state in ((DOCTOR_FREE_BYTES, State.OK), (DOCTOR_FREE_BYTES - 1, State.LOOK)):
        free = SimpleNamespace(f_bavail=blocks, f_frsize=1)
        monkeypatch.setattr(os, "statvfs", lambda _path, free=free: free)
        (found,) = storage.space(tmp_path)
        assert found.state is state


def home(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    (root / "keys").mkdir(parents=True)
    root.chmod(0o700)
    (root / "keys/a.json").touch(mode=0o600)
    (root / "station.db").touch(mode=0o644)
    return root


def test_home_or_key_that_others_can_read_is_named(tmp_path: Path) -> None:
    root = home(tmp_path)
    assert [each.state for each in storage.ownership(root)] == [State.OK, State.OK]
    (root / "keys/a.json").chmod(0o640)
    _owner, modes = storage.ownership(root)
    assert (modes.state, "home/keys/a.json" in modes.found) == (State.WRONG, True)
    (root / "keys/a.json").chmod(0o600)
    root.chmod(0o750)
    _owner, modes = storage.ownership(root)
    assert modes.state is State.WRONG


def test_file_of_another_account_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, own = home(tmp_path), os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    owner, _modes = storage.ownership(root)
    assert owner.state is State.WRONG
    assert owner.found.endswith(", ...")
