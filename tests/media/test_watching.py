"""What is plugged in, once it has settled; no udev, and no time that really passes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mediabridge.config import MEDIA_ARRIVAL_SECONDS, MEDIA_QUIET_SECONDS, MEDIA_STORM_SECONDS
from mediabridge.media.detect import UsbBus
from mediabridge.media.device import Disk, Interface, UsbDevice, Volume
from mediabridge.media.watching import Snapshot, Watch

STORAGE, KEYS = (Interface(8, 6, 80),), (Interface(3, 1, 1),)


def stick(name: str = "1", filesystem: str = "vfat", sequence: int = 1) -> UsbDevice:
    disk = Disk("/dev/sdz", sequence, 10**8, volumes=(Volume("/dev/sdz1", 10**8, filesystem),))
    return UsbDevice(f"/sys/{name}", "46f4", "0001", interfaces=STORAGE, disks=(disk,))


def keyboard(name: str) -> UsbDevice:
    return UsbDevice(f"/sys/{name}", "046d", "c31c", interfaces=KEYS)


@dataclass
class Desk:
    """A bus whose content a test changes; waiting passes its time at once."""

    media: tuple[UsbDevice, ...] = ()
    others: tuple[UsbDevice, ...] = ()
    noise: int = 0
    """So many events still to come, one a second."""
    now: float = 0.0
    waited: list[float | None] = field(default_factory=list)

    def wait(self, seconds: float | None) -> bool:
        self.waited.append(seconds)
        if self.noise:
            self.noise -= 1
            self.now += 0.5
            return True
        self.now += seconds or 0
        return False

    def snapshots(self, tick: float | None = 2.0) -> Iterator[Snapshot]:
        look = lambda: UsbBus.of((*self.media, *self.others))  # noqa: E731 - as short as it gets
        return Watch(self, look, lambda: self.now).snapshots(tick)


def test_first_look_comes_at_once() -> None:
    desk = Desk(media=(stick(),))
    assert next(desk.snapshots()) == Snapshot((stick(),))
    assert desk.waited == []


def test_swapped_stick_is_another_snapshot() -> None:
    desk = Desk(media=(stick(),))
    seen = desk.snapshots()
    first = next(seen)
    desk.media = (stick(sequence=2),)
    assert next(seen) != first


def test_bus_is_looked_at_when_it_is_quiet() -> None:
    desk = Desk()
    seen = desk.snapshots()
    next(seen)
    desk.noise = 3
    desk.media = (stick(),)
    assert next(seen).media == (stick(),)
    assert desk.noise == 0


def test_storm_does_not_put_it_off_for_ever() -> None:
    desk = Desk()
    seen = desk.snapshots()
    next(seen)
    desk.noise = 10**6
    next(seen)
    assert desk.now <= MEDIA_STORM_SECONDS + 1


def test_stick_that_comes_in_pieces_is_waited_for() -> None:
    """First the device, then its disk, then its file system: one stick, and no refusal."""
    whole = stick()
    bare = UsbDevice(whole.path, "46f4", "0001", interfaces=STORAGE)
    desk = Desk(media=(bare,))
    seen = desk.snapshots()
    assert next(seen).media == ()
    desk.media = (stick(filesystem=""),)
    assert next(seen).media == ()
    desk.media = (whole,)
    assert next(seen).media == (whole,)


def test_stick_without_file_system_is_shown_after_a_while() -> None:
    bare = stick(filesystem="")
    desk = Desk(media=(bare,))
    for snapshot in desk.snapshots():
        if snapshot.media:
            break
    assert snapshot.media == (bare,)
    assert desk.now >= MEDIA_ARRIVAL_SECONDS


def reader(*disks: Disk) -> UsbDevice:
    return UsbDevice("/sys/1", "05e3", "0749", interfaces=STORAGE, disks=disks)


def test_empty_card_reader_is_no_medium_however_long_it_stays() -> None:
    desk = Desk(media=(reader(Disk("/dev/sdz", 1, 0)),))
    for snapshot in desk.snapshots():
        assert snapshot == Snapshot()
        if desk.now > 3 * MEDIA_ARRIVAL_SECONDS:
            break
    # A disk that comes without an event is looked for, but not for ever.
    assert desk.waited[0] == MEDIA_QUIET_SECONDS
    assert desk.waited[-1] == 2.0


def test_card_in_a_reader_of_the_desk_is_waited_for_like_a_stick() -> None:
    (disk,) = stick().disks
    desk = Desk(media=(reader(Disk("/dev/sdz", 1, 0)),))
    seen = desk.snapshots()
    while desk.now < 2 * MEDIA_ARRIVAL_SECONDS:
        next(seen)
    desk.media = (reader(replace(disk, sequence=2, volumes=())),)
    assert next(seen).media == ()
    desk.media = (reader(replace(disk, sequence=2)),)
    assert next(seen).media == desk.media
    desk.media = (reader(Disk("/dev/sdz", 3, 0)),)
    assert next(seen).media == ()


def test_attack_is_not_waited_for() -> None:
    """Claim C48. A device with a keyboard is shown at once, whatever else it will offer."""
    both = UsbDevice("/sys/1", "46f4", "0001", interfaces=STORAGE + KEYS)
    assert next(Desk(media=(both,)).snapshots()).media == (both,)


def test_newcomer_without_storage_is_named() -> None:
    """Claim C48. The keyboard of the desk is not; one that is plugged in again is."""
    desk = Desk(others=(keyboard("desk"),))
    seen = desk.snapshots()
    assert next(seen).newcomers == ()
    desk.others = (keyboard("desk"), keyboard("new"))
    assert next(seen).newcomers == (keyboard("new"),)
    desk.others = ()
    assert next(seen).newcomers == ()
    desk.others = (keyboard("desk"),)
    assert next(seen).newcomers == (keyboard("desk"),)
