"""Whether a stick may be used: every state, in the order in which it is looked for."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mediabridge.bundle.medium import MediumIdentity
from mediabridge.media import policy
from mediabridge.media.device import Disk, Interface, UsbDevice, Volume
from mediabridge.media.policy import Use
from mediabridge.media.register import MENDED, SCHEMA, MediaRegister, MediumRow, ServiceState
from mediabridge.media.states import MediumState
from mediabridge.media.trips import Trip

SIZE = 64 * 2**20
STORAGE, KEYBOARD = Interface(8, 6, 80), Interface(3, 1, 1)


def volume(filesystem: str = "vfat", uuid: str = "AB12-CD34") -> Volume:
    return Volume("/dev/sdz1", SIZE - 4096, filesystem, uuid)


def device(**changes: Any) -> UsbDevice:
    plain = UsbDevice(
        path="/sys/usb1",
        vendor_id="46f4",
        product_id="0001",
        serial="S-1",
        interfaces=(STORAGE,),
        disks=(Disk("/dev/sdz", 7, SIZE, volumes=(volume(),)),),
    )
    return replace(plain, **changes)


def with_disk(**changes: Any) -> UsbDevice:
    return device(disks=(replace(device().disks[0], **changes),))


def identity(**changes: Any) -> MediumIdentity:
    document = {
        "format": 1,
        "city": "city.training.example",
        "mode": "training",
        "medium": "MB-001",
        "label": "青 𠮷",
        "vendor_id": "46f4",
        "product_id": "0001",
        "vendor": "",
        "product": "",
        "serial": "S-1",
        "filesystem": "vfat",
        "filesystem_uuid": "AB12-CD34",
        "capacity": SIZE,
        "directions": (),
        "write_speed": 10**7,
        "read_speed": 2 * 10**7,
        "probe": "quick",
        "registered": "2026-11-25T00:00:00Z",
        "registered_by": "officer-1",
    }
    return MediumIdentity.model_validate({**document, **changes})


@pytest.fixture
def register() -> Iterator[MediaRegister]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA + MENDED)
    yield MediaRegister(connection)
    connection.close()


def known(**changes: Any) -> MediumRow:
    return replace(MediumRow.of(identity(), "00" * 32, device().sha256), **changes)


def state(found: Any) -> MediumState | None:
    return found.state if found else None


@pytest.mark.parametrize(
    ("plugged", "wanted"),
    [
        (device(), None),
        (device(interfaces=(STORAGE, KEYBOARD)), MediumState.NOT_STORAGE_ONLY),
        (device(interfaces=(KEYBOARD,), disks=()), MediumState.NOT_STORAGE_ONLY),
        (device(interfaces=(STORAGE, Interface(0xFF))), MediumState.NOT_STORAGE_ONLY),
        (device(interfaces=()), MediumState.NOT_STORAGE_ONLY),
        (device(disks=()), MediumState.BAD_FILESYSTEM),
        (device(disks=(*device().disks, *device().disks)), MediumState.BAD_FILESYSTEM),
        (device(disks=(Disk("/dev/sdy", 8, 0), *device().disks)), None),
        (with_disk(volumes=()), MediumState.BAD_FILESYSTEM),
        (with_disk(volumes=(volume(), volume())), MediumState.BAD_FILESYSTEM),
        (with_disk(volumes=(volume("ntfs"),)), MediumState.BAD_FILESYSTEM),
        (with_disk(volumes=(volume(""),)), MediumState.BAD_FILESYSTEM),
        (with_disk(volumes=(volume("exfat"),)), None),
        (with_disk(volumes=(volume("ext4"),)), None),
    ],
)
def test_device_is_judged_as_a_whole(plugged: UsbDevice, wanted: MediumState | None) -> None:
    """Claim C48. Two slots of a card reader, one empty, are one disk; two disks are not."""
    assert state(policy.judge_device(plugged)) is wanted


def test_other_functions_are_named() -> None:
    """Claim C48."""
    seen = policy.judge_device(device(interfaces=(STORAGE, KEYBOARD, KEYBOARD)))
    assert seen is not None
    assert "a keyboard or mouse" in seen.sentence
    assert "ntfs" in str(policy.judge_device(with_disk(volumes=(volume("ntfs"),))))


def test_two_of_one_serial_number() -> None:
    """Claim C49. An exact copy shows only beside its original."""
    one, other = device(), device(path="/sys/usb2")
    assert state(policy.judge_copies(one, [one, other], "MB-001")) is MediumState.SERIAL_COPIED
    assert policy.judge_copies(one, [one], "MB-001") is None
    assert policy.judge_copies(one, [one, device(path="/sys/usb2", serial="S-2")], "?") is None


@pytest.mark.parametrize(
    ("plugged", "stated", "wanted"),
    [
        (device(), identity(), MediumState.READY),
        (device(serial="S-2"), identity(), MediumState.IDENTITY_COPIED),
        (device(product_id="0002"), identity(), MediumState.IDENTITY_COPIED),
        (with_disk(size=2 * SIZE), identity(), MediumState.SERIAL_COPIED),
        (with_disk(volumes=(volume(uuid="0000-0000"),)), identity(), MediumState.REFORMATTED),
        (with_disk(volumes=(volume("exfat"),)), identity(), MediumState.REFORMATTED),
        (device(), None, MediumState.UNREGISTERED),
        (None, None, MediumState.UNREGISTERED),
        (None, identity(), MediumState.READY),
    ],
)
def test_identity_without_register(
    register: MediaRegister,
    plugged: UsbDevice | None,
    stated: MediumIdentity | None,
    wanted: MediumState,
) -> None:
    """Claim C49. A station that never heard of the stick goes by the officer's statement."""
    assert policy.judge_medium(plugged, stated, "nothing", register).state is wanted


def test_known_stick_without_its_statement(register: MediaRegister) -> None:
    """Claim C49. Formatted again, or another stick that gives its serial number."""
    register.put(known())
    again = policy.judge_medium(device(), None, "nothing", register)
    assert (again.state, again.facts["medium"]) == (MediumState.REFORMATTED, "MB-001")
    other = policy.judge_medium(with_disk(size=2 * SIZE), None, "nothing", register)
    assert other.state is MediumState.SERIAL_COPIED


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [(ServiceState.LOST, MediumState.REPORTED_LOST), (ServiceState.RETIRED, MediumState.RETIRED)],
)
@pytest.mark.parametrize("stated", [identity(), None])
def test_listed_stick_is_known_by_its_device(
    register: MediaRegister,
    listed: ServiceState,
    wanted: MediumState,
    stated: MediumIdentity | None,
) -> None:
    """Claim C50. Also when it was formatted meanwhile."""
    register.put(known(state=listed))
    assert policy.judge_medium(device(), stated, "", register).state is wanted


@pytest.mark.parametrize(
    ("use", "wanted"),
    [
        (Use(), None),
        (Use(receiver="registry-01"), None),
        (Use(sender="lgwan-01", receiver="registry-01", writes=True), None),
        (Use(receiver="lgwan-01"), MediumState.WRONG_DIRECTION),
        (Use(sender="lgwan-02", receiver="registry-01"), MediumState.WRONG_DIRECTION),
    ],
)
def test_direction(use: Use, wanted: MediumState | None) -> None:
    allowed = identity(directions=({"from": "lgwan-01", "to": "registry-01"},))
    assert state(policy.judge_use(allowed, device(), use)) is wanted
    assert policy.judge_use(identity(), device(), use) is None


def test_write_protection_matters_for_writing_only() -> None:
    protected = with_disk(read_only=True)
    assert policy.judge_use(identity(), protected, Use()) is None
    found = policy.judge_use(identity(), protected, Use(writes=True))
    assert state(found) is MediumState.READ_ONLY


def test_overdue_trip_is_said(register: MediaRegister) -> None:
    register.put(known())
    register.put_trip(
        Trip("MB-001", "lgwan-01", "registry-01", 1, "clerk-1", "2026-11-25T00:00:00Z", 60)
    )
    early = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    late = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    assert policy.judge_trip(register, "MB-001", early) is None
    assert state(policy.judge_trip(register, "MB-001", late)) is MediumState.OVERDUE
