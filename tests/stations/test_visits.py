"""One stick's visit: who may come in, what goes wrong, and when it may be pulled out."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from stations.sticks import SIZE, Stick, Town, other, usb

from mediabridge.bundle import layout
from mediabridge.errors import (
    BadFilesystemError,
    FakeCapacityError,
    MediabridgeError,
    MediumBusyError,
    MediumError,
    MediumFullError,
    MediumIoError,
    PulledOutError,
    ReadBackError,
    ReadOnlyMediumError,
    SequenceGapError,
)
from mediabridge.media.device import Interface, UsbDevice, Volume
from mediabridge.media.exfat import VolumeFlag
from mediabridge.media.policy import Use
from mediabridge.media.states import MediumState
from mediabridge.stations.sticks import custody, enrolling, losing, visits
from mediabridge.stations.sticks.visits import Visit
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

MEDIUM = "USB-001"
BACK = [("registry-01", "lgwan-01")]
OUT = Use(writes=True, sender="lgwan-01", receiver="registry-01")


def with_volumes(*volumes: Volume) -> UsbDevice:
    (disk,) = usb().disks
    return other(usb(), disks=(replace(disk, volumes=volumes),))


def write_protected() -> UsbDevice:
    (disk,) = usb().disks
    return other(usb(), disks=(replace(disk, read_only=True),))


def spoilt(stick: Stick, name: str) -> None:
    """Change one byte that somebody signed."""
    path = stick.folder / layout.ROOT / name
    data = path.read_bytes()
    path.write_bytes(data.replace(b"S-0001", b"S-0002"))


# --- refused: each state once, in the log and on the screen -------------------------------


def _nobody(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, Stick(stick.folder.parent, usb("S-0002")), "USB-002")


def _unfinished(here: Town, stick: Stick) -> None:
    _nobody(here, stick)
    here.register(here.lgwan, stick)
    with here.lgwan.books.transaction():
        here.lgwan.books._db.execute("DELETE FROM media WHERE medium = ?", (MEDIUM,))
    (stick.folder / layout.ROOT / layout.MEDIUM_SIGNATURE).unlink()


def _forged(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    stick.device = usb("S-0002")
    spoilt(stick, layout.MEDIUM)


def _linked(here: Town, stick: Stick) -> None:
    _nobody(here, stick)
    (stick.folder / "elsewhere").mkdir()
    (stick.folder / layout.ROOT).symlink_to(stick.folder / "elsewhere")


def _copied_identity(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    stick.device = usb("S-0002")


def _copied_serial(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    stick.device = usb(size=2 * SIZE)


def _copied_serial_alone(here: Town, stick: Stick) -> None:
    """A copy that has nothing on it yet."""
    here.register(here.lgwan, stick)
    stick.device, stick.folder = usb(size=2 * SIZE), stick.folder / "empty"
    stick.folder.mkdir()


def _reformatted(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    stick.device = usb(uuid="FFFF-0000")


def _emptied(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    stick.folder /= "empty"
    stick.folder.mkdir()


def _lost(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    losing.report_lost(here.lgwan, MEDIUM, operator="clerk-1")


def _lost_and_emptied(here: Town, stick: Stick) -> None:
    _emptied(here, stick)
    losing.report_lost(here.lgwan, MEDIUM, operator="clerk-1")


def _retired(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    custody.retire(here.lgwan, MEDIUM, here.key("officer-1"))


def _replaced(here: Town, stick: Stick) -> None:
    """Its number was given to another device."""
    here.register(here.lgwan, stick)
    folder = stick.folder / "other"
    folder.mkdir()
    here.register(here.lgwan, Stick(folder, usb("S-0002")), replacing=True)


def _keyboard(_here: Town, stick: Stick) -> None:
    stick.device = other(usb(), interfaces=(Interface(8), Interface(3)))


def _ntfs(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    stick.device = with_volumes(Volume("/dev/sdz1", 4096, "ntfs"))


def _two_partitions(_here: Town, stick: Stick) -> None:
    stick.device = with_volumes(*(Volume(f"/dev/sdz{n}", 4096, "vfat") for n in (1, 2)))


def _failing(error: MediumError) -> Callable[[Town, Stick], None]:
    def prepare(here: Town, stick: Stick) -> None:
        def fail(_call: str) -> None:
            raise error

        here.register(here.lgwan, stick)
        stick.at_mount = fail

    return prepare


Prepare = Callable[[Town, Stick], None]
REFUSED: dict[str, tuple[Prepare, MediumState, str | None]] = {
    "nobody": (_nobody, MediumState.UNREGISTERED, None),
    "unfinished": (_unfinished, MediumState.UNREGISTERED, None),
    "forged": (_forged, MediumState.UNREGISTERED, None),
    "linked": (_linked, MediumState.UNREGISTERED, None),
    "copied identity": (_copied_identity, MediumState.IDENTITY_COPIED, MEDIUM),
    "copied serial": (_copied_serial, MediumState.SERIAL_COPIED, MEDIUM),
    "copied serial alone": (_copied_serial_alone, MediumState.SERIAL_COPIED, MEDIUM),
    "reformatted": (_reformatted, MediumState.REFORMATTED, MEDIUM),
    "emptied": (_emptied, MediumState.REFORMATTED, MEDIUM),
    "lost": (_lost, MediumState.REPORTED_LOST, MEDIUM),
    "lost and emptied": (_lost_and_emptied, MediumState.REPORTED_LOST, MEDIUM),
    "retired": (_retired, MediumState.RETIRED, MEDIUM),
    "replaced": (_replaced, MediumState.RETIRED, MEDIUM),
    "keyboard": (_keyboard, MediumState.NOT_STORAGE_ONLY, None),
    "ntfs": (_ntfs, MediumState.BAD_FILESYSTEM, None),
    "two partitions": (_two_partitions, MediumState.BAD_FILESYSTEM, None),
    "damaged": (_failing(BadFilesystemError(detail="x")), MediumState.BAD_FILESYSTEM, None),
    "failing": (_failing(MediumIoError(detail="EIO")), MediumState.IO_ERROR, None),
    "gone": (_failing(PulledOutError()), MediumState.PULLED_OUT, None),
}


def assert_refused_once(
    here: Town, stick: Stick, state: MediumState, medium: str | None, doing: Callable[[], object]
) -> None:
    """The error, the log, the screen and whoever watches say the same thing, once."""
    told, before = here.told(here.lgwan), here.log(here.lgwan)
    with pytest.raises(MediumError) as refusal:
        doing()
    assert refusal.value.reason == state
    (entry,) = here.log(here.lgwan)[len(before) :]
    assert entry.event is Event.MEDIUM_REFUSED
    assert stick.device is not None
    wanted = {"reason": str(state), "device_sha256": stick.device.sha256}
    assert entry.facts == (wanted if medium is None else {**wanted, "medium": medium})
    assert [each.state for each in told] == [state]
    assert told[0].facts == refusal.value.facts
    assert here.shown(here.lgwan)["state"] == state


@pytest.mark.parametrize("case", REFUSED)
def test_refused_stick_is_logged_and_told_once(here: Town, stick: Stick, case: str) -> None:
    prepare, state, medium = REFUSED[case]
    prepare(here, stick)
    assert_refused_once(here, stick, state, medium, lambda: visits.recognise(here.lgwan, stick))


def test_second_device_of_one_identity_is_refused(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    twin = other(usb(), path="/sys/y")
    stick.calls.clear()
    assert_refused_once(
        here,
        stick,
        MediumState.SERIAL_COPIED,
        MEDIUM,
        lambda: visits.recognise(here.lgwan, stick, others=[usb(), twin]),
    )
    assert stick.calls == []


@pytest.mark.parametrize(("prepare", "times"), [(_keyboard, 0), (_ntfs, 0), (_copied_identity, 1)])
def test_only_a_disk_is_mounted_and_only_to_be_read(
    here: Town, stick: Stick, prepare: Prepare, times: int
) -> None:
    """Claim C48."""
    prepare(here, stick)
    stick.calls.clear()
    with pytest.raises(MediumError):
        visits.recognise(here.lgwan, stick)
    assert stick.calls == ["read"] * times


@pytest.mark.parametrize("case", REFUSED)
def test_looking_leaves_no_trace(here: Town, stick: Stick, case: str) -> None:
    prepare, state, _medium = REFUSED[case]
    prepare(here, stick)
    told, before = here.told(here.lgwan), here.log(here.lgwan)
    seen, visit = visits.look(here.lgwan, stick)
    assert (seen.state, visit) == (state, None)
    assert (told, here.log(here.lgwan)) == ([], before)


# --- welcome --------------------------------------------------------------------------------


def test_registered_stick_is_welcome_and_not_logged(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    told, before = here.told(here.lgwan), here.log(here.lgwan)
    visit = visits.recognise(here.lgwan, stick)
    assert (visit.medium, visit.shown, visit.facts) == (MEDIUM, MEDIUM, {"medium": MEDIUM})
    assert [(each.state, each.facts) for each in told] == [(MediumState.READY, {"medium": MEDIUM})]
    assert here.log(here.lgwan) == before
    stick.calls.clear()
    assert visits.recognise(here.lgwan, visit) is visit
    assert (stick.calls, len(told)) == ([], 1)


def test_stick_of_the_other_station_becomes_known(here: Town, stick: Stick) -> None:
    row = here.register(here.lgwan, stick)
    visits.recognise(here.registry, stick)
    assert here.registry.books.media.row(MEDIUM) == row
    # From now on a copy is found out here too.
    stick.device = usb("S-0002")
    with pytest.raises(MediumError) as refusal:
        visits.recognise(here.registry, stick)
    assert refusal.value.reason == MediumState.IDENTITY_COPIED


def test_own_register_is_not_overwritten_by_the_stick(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    with here.lgwan.books.transaction():
        here.lgwan.books.media.note_written(MEDIUM, 1000, 5)
    row = here.lgwan.books.media.row(MEDIUM)
    visits.recognise(here.lgwan, stick)
    assert here.lgwan.books.media.row(MEDIUM) == row


def test_overdue_stick_may_be_used(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    custody.issue(here.lgwan, MEDIUM, to="clerk-1", minutes=30)
    told = here.told(here.lgwan)
    here.clock.move(30)
    visits.recognise(here.lgwan, stick)
    here.clock.move(1)
    visits.recognise(here.lgwan, stick)
    assert [each.state for each in told] == [MediumState.READY, MediumState.OVERDUE]


def test_folder_is_welcome_only_before_there_are_sticks(here: Town, stick: Stick) -> None:
    folder = stick.folder / "folder"
    folder.mkdir()
    visit = visits.recognise(here.lgwan, folder)
    assert (visit.medium, visit.facts, visit.shown) == ("", {}, "(folder)")
    here.register(here.lgwan, stick)
    with pytest.raises(MediumError) as refusal:
        visits.recognise(here.lgwan, folder)
    assert refusal.value.reason == MediumState.UNREGISTERED
    assert here.last(here.lgwan).facts == {"reason": "UNREGISTERED"}


# --- allowed for what -----------------------------------------------------------------------


def test_wrong_direction_is_refused_once(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick, directions=BACK)
    visit = visits.recognise(here.lgwan, stick)
    state = MediumState.WRONG_DIRECTION
    assert_refused_once(
        here, stick, state, MEDIUM, lambda: visits.allow(here.lgwan, visit, OUT)
    )  # fmt: skip
    visits.allow(here.lgwan, visit, Use(receiver="lgwan-01"))


def test_write_protected_stick_may_be_read(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    stick.device = write_protected()
    visit = visits.recognise(here.lgwan, stick)
    visits.allow(here.lgwan, visit, Use(receiver="lgwan-01"))
    state = MediumState.READ_ONLY
    assert_refused_once(
        here, stick, state, MEDIUM, lambda: visits.allow(here.lgwan, visit, OUT)
    )  # fmt: skip


@pytest.mark.parametrize("directions", [[], [("lgwan-01", "registry-01")]])
def test_allowed_use_leaves_no_trace(
    here: Town, stick: Stick, directions: list[tuple[str, str]]
) -> None:
    here.register(here.lgwan, stick, directions=directions)
    visit = visits.recognise(here.lgwan, stick)
    told, before = here.told(here.lgwan), here.log(here.lgwan)
    visits.allow(here.lgwan, visit, OUT)
    assert (told, here.log(here.lgwan)) == ([], before)


# --- watched --------------------------------------------------------------------------------


@pytest.fixture
def visit(here: Town, stick: Stick) -> Visit:
    here.register(here.lgwan, stick)
    return visits.recognise(here.lgwan, stick)


def doing(here: Town, visit: Visit, error: BaseException) -> None:
    """Write to the stick, until *error*."""
    with visits.watched(here.lgwan, visit, MediumState.WRITING, bundle="ab" * 16):
        raise error


@pytest.mark.parametrize(
    "error",
    [
        BadFilesystemError(detail="x"),
        FakeCapacityError(claimed=2, got=1),
        MediumBusyError(),
        MediumFullError(got=1, wanted=2, trash=""),
        MediumIoError(detail="EIO"),
        PulledOutError(),
        ReadBackError(name="x"),
        ReadOnlyMediumError(),
    ],
    ids=lambda error: error.reason,
)
def test_failure_is_logged_and_told_once(here: Town, visit: Visit, error: MediumError) -> None:
    told, before = here.told(here.lgwan), here.log(here.lgwan)
    with pytest.raises(type(error)):
        doing(here, visit, error)
    (entry,) = here.log(here.lgwan)[len(before) :]
    assert entry.event is Event.MEDIUM_FAILED
    assert entry.facts == {"reason": error.reason, "medium": MEDIUM, "bundle": "ab" * 16}
    assert [each.state for each in told] == [MediumState.WRITING, MediumState(error.reason)]
    assert told[-1].facts == {"medium": MEDIUM, **error.facts}
    assert "?" not in told[-1].sentence
    assert here.shown(here.lgwan)["state"] == error.reason


@pytest.mark.parametrize(
    ("error", "column"),
    [
        (MediumIoError(detail="EIO"), "io_errors"),
        (ReadBackError(name="x"), "mismatches"),
        (PulledOutError(), "pulled_out"),
    ],
)
def test_failure_counts_for_the_health(
    here: Town, visit: Visit, error: MediumError, column: str
) -> None:
    for times in (1, 2):
        with pytest.raises(type(error)):
            doing(here, visit, error)
        row = here.lgwan.books.media.row(MEDIUM)
        assert row is not None
        counted = {name: getattr(row, name) for name in ("io_errors", "mismatches", "pulled_out")}
        assert counted == {**dict.fromkeys(counted, 0), column: times}


@pytest.mark.parametrize(
    "error",
    [
        MediumIoError(detail="EIO"),
        ReadBackError(name="x"),
        BadFilesystemError(detail="x"),
        MediumBusyError(),
        SequenceGapError(got=3, wanted=2, route="a/b", sender="a"),
    ],
    ids=lambda error: error.reason,
)
def test_error_of_a_stick_that_went_away_is_a_pull(
    here: Town, stick: Stick, visit: Visit, error: MediabridgeError
) -> None:
    told, before = here.told(here.lgwan), here.log(here.lgwan)
    stick.present = False
    with pytest.raises(PulledOutError) as raised:
        doing(here, visit, error)
    assert raised.value.__cause__ is error
    assert [each.facts["reason"] for each in here.log(here.lgwan)[len(before) :]] == ["PULLED_OUT"]
    assert told[-1].state is MediumState.PULLED_OUT
    row = here.lgwan.books.media.row(MEDIUM)
    assert row is not None
    assert (row.pulled_out, row.io_errors, row.mismatches) == (1, 0, 0)


@pytest.mark.parametrize(
    "error",
    [
        SequenceGapError(got=3, wanted=2, route="a/b", sender="a"),
        OSError(errno.ENOENT, "x"),
        KeyboardInterrupt(),
    ],
)
def test_other_errors_say_nothing_about_the_stick(
    here: Town, visit: Visit, error: BaseException
) -> None:
    told, before = here.told(here.lgwan), here.log(here.lgwan)
    with pytest.raises(type(error)):
        doing(here, visit, error)
    assert here.log(here.lgwan) == before
    assert [each.state for each in told] == [MediumState.WRITING]


class _Finished:
    """Progress of which only the end is noted."""

    ends = 0

    def start(self, label_msgid: str, total: int, *, counted: bool = False) -> None:
        """Ignore the step."""

    def advance(self, n: int) -> None:
        """Ignore the units."""

    def finish(self) -> None:
        self.ends += 1


def test_progress_ends_whatever_happens(here: Town, visit: Visit) -> None:
    here.lgwan.progress = ended = _Finished()
    with visits.watched(here.lgwan, visit):
        pass
    with pytest.raises(KeyboardInterrupt):
        doing(here, visit, KeyboardInterrupt())
    assert ended.ends == 2


def test_folder_fails_without_a_number(here: Town, tmp_path: Path) -> None:
    visit = visits.recognise(here.lgwan, tmp_path)
    with pytest.raises(MediumIoError):
        doing(here, visit, MediumIoError(detail="EIO"))
    assert here.last(here.lgwan).facts == {"reason": "IO_ERROR", "bundle": "ab" * 16}


# --- let go ---------------------------------------------------------------------------------


def test_safe_when_it_is_switched_off(here: Town, stick: Stick, visit: Visit) -> None:
    told = here.told(here.lgwan)
    assert visits.finish(here.lgwan, visit)
    assert stick.calls[-1] == "eject"
    assert [(each.state, each.facts) for each in told] == [
        (MediumState.SAFE_TO_REMOVE, {"medium": MEDIUM})
    ]


def test_folder_is_never_said_to_be_safe(here: Town, tmp_path: Path) -> None:
    visit = visits.recognise(here.lgwan, tmp_path)
    told = here.told(here.lgwan)
    assert not visits.finish(here.lgwan, visit)
    assert told == []
    assert here.shown(here.lgwan)["state"] == "READY"


def test_slot_that_is_not_sure_is_not_said_to_be_safe(
    here: Town, stick: Stick, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stick, "eject", lambda: False)
    told = here.told(here.lgwan)
    assert not visits.finish(here.lgwan, visit)
    assert told == []


@pytest.mark.parametrize(
    ("busy", "present", "state"),
    [(True, True, MediumState.MEDIUM_BUSY), (False, False, MediumState.PULLED_OUT),
     (True, False, MediumState.PULLED_OUT)],
)  # fmt: skip
def test_failing_switch_off_never_says_safe(
    here: Town, stick: Stick, visit: Visit, *, busy: bool, present: bool, state: MediumState
) -> None:
    """Claim C45."""
    stick.busy, stick.present = busy, present
    told = here.told(here.lgwan)
    with pytest.raises(MediumError) as refusal:
        visits.finish(here.lgwan, visit)
    assert refusal.value.reason == state
    assert [each.state for each in told] == [state]
    assert here.shown(here.lgwan)["state"] == state
    assert here.last(here.lgwan).event is Event.MEDIUM_FAILED
    stick.busy, stick.present = False, True
    assert visits.finish(here.lgwan, visit)
    assert told[-1].state is MediumState.SAFE_TO_REMOVE


# --- what its file system warns of ----------------------------------------------------------


FLAGS = [
    frozenset({VolumeFlag.VOLUME_DIRTY}),
    frozenset({VolumeFlag.MEDIA_FAILURE}),
    frozenset(VolumeFlag),
]


@pytest.mark.parametrize("flags", FLAGS)
def test_flags_of_the_volume_are_said_and_logged_and_the_stick_is_used(
    here: Town, stick: Stick, flags: frozenset[VolumeFlag]
) -> None:
    here.register(here.lgwan, stick)
    stick.warnings = flags
    told = here.told(here.lgwan)
    assert visits.recognise(here.lgwan, stick).medium == MEDIUM
    warned = [MediumState(each) for each in sorted(flags)]
    assert [each.state for each in told] == [*warned, MediumState.READY]
    logged = [each.facts for each in here.log(here.lgwan) if each.event == Event.MEDIUM_FLAGGED]
    assert logged == [{"medium": MEDIUM, "reason": each} for each in warned]


def test_volume_without_flags_is_not_mentioned(here: Town, stick: Stick) -> None:
    here.register(here.lgwan, stick)
    visits.recognise(here.lgwan, stick)
    assert Event.MEDIUM_FLAGGED not in [each.event for each in here.log(here.lgwan)]


def test_flags_are_said_before_a_stick_is_registered(here: Town, stick: Stick) -> None:
    stick.warnings = frozenset({VolumeFlag.MEDIA_FAILURE})
    told = here.told(here.lgwan)
    with pytest.raises(NotImplementedError):  # a folder has no disk to be probed
        enrolling.enrol(here.lgwan, stick, MEDIUM, "A", here.key("officer-1"), quick=True)
    assert [each.state for each in told][:1] == [MediumState.MEDIA_FAILURE]
    assert stick.device is not None
    (flagged,) = [each for each in here.log(here.lgwan) if each.event == Event.MEDIUM_FLAGGED]
    assert flagged.facts == {"device_sha256": stick.device.sha256, "reason": "MEDIA_FAILURE"}
