"""Putting a stick in order: what was begun is finished or removed, and named; the rest stays."""

from __future__ import annotations

import pytest
from attacks.records import isa_csv
from stations.days import Day, failing, failing_to_read_back, half, on
from stations.sticks import Stick

from mediabridge.bundle import layout
from mediabridge.errors import (
    BadFilesystemError,
    MediumIoError,
    PulledOutError,
    TreeLinkError,
)
from mediabridge.media.states import MediumState
from mediabridge.stations.sticks import tidying, visits
from mediabridge.translog.events import Event

LGWAN = "lgwan-01"
ONE, OTHER = "USB-001", "USB-002"


def recovered(day: Day) -> list[dict[str, object]]:
    return [dict(entry.facts) for entry in day.entries(LGWAN, Event.JOURNEY_RECOVERED)]


def interrupt(day: Day, bundle: str, stick: Stick) -> None:
    """Write *bundle* as far as its copy, which is never read back."""
    stick.at_mount = failing_to_read_back(stick, PulledOutError())
    with pytest.raises(PulledOutError):
        day.write(bundle, stick)
    stick.at_mount = lambda _call: None


def tidy(day: Day, stick: Stick) -> list[str]:
    """Plug the stick in and have it put in order."""
    day.told.clear()
    with day.at(LGWAN) as station:
        return tidying.remove_unfinished(station, visits.recognise(station, stick))


def erase(day: Day, stick: Stick, bundles: list[str]) -> list[str]:
    day.told.clear()
    with day.at(LGWAN) as station:
        visit = visits.recognise(station, stick)
        return tidying.erase(station, visit, bundles, operator="officer-1")


# --- the file system --------------------------------------------------------------------------


def test_repair_is_logged_and_counted(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    usb_stick.unsound = True
    day.write(bundle, usb_stick)
    assert recovered(day) == [{"reason": "FILESYSTEM_REPAIRED", "medium": ONE}]
    assert day.health().repairs == 1
    assert usb_stick.calls.index("mend") < usb_stick.calls.index("write")
    day.write(bundle, usb_stick)
    assert len(recovered(day)) == 1
    assert day.health().repairs == 1


def test_folder_is_repaired_by_whoever_mounted_it(day: Day) -> None:
    day.write(day.pack(), folder := Stick(day.world.medium, None))
    assert recovered(day) == []
    assert on(folder) != []


def test_file_system_beyond_repair_is_not_written_to(
    day: Day, usb_stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beyond() -> bool:
        raise BadFilesystemError(detail="damaged")

    monkeypatch.setattr(usb_stick, "mend", beyond)
    with pytest.raises(BadFilesystemError):
        day.write(day.pack(), usb_stick)
    assert "write" not in usb_stick.calls
    assert day.states[-1] is MediumState.BAD_FILESYSTEM
    assert day.books(LGWAN) == [("out", "approved", 1)]
    assert day.entries(LGWAN, Event.BUNDLE_RELEASED) == []
    (failed,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert failed.facts == {"reason": "BAD_FILESYSTEM", "medium": ONE}


# --- what was begun -----------------------------------------------------------------------------


def test_interrupted_writing_is_mentioned_and_mended(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    interrupt(day, bundle, usb_stick)
    usb_stick.unsound = True
    usb_stick.calls.clear()
    day.write(bundle, usb_stick)
    # A pull may have left folders that cannot even be read: it is repaired before it is looked at.
    assert usb_stick.calls[:2] == ["mend", "read"]
    assert recovered(day) == [
        {"reason": "FILESYSTEM_REPAIRED", "medium": ONE},
        {"reason": "WRITE_INTERRUPTED", "bundle": bundle, "medium": ONE},
    ]
    known = day.health()
    assert (known.repairs, known.pulled_out) == (2, 1)
    assert day.carriages()[bundle, ONE].state == "written"
    assert on(usb_stick) == [bundle]


def test_each_interruption_is_mentioned_once(day: Day, usb_stick: Stick) -> None:
    bundle, others = day.pack(), [day.stick(2), day.stick(3)]
    for stick in (usb_stick, *others):
        interrupt(day, bundle, stick)
    day.write(bundle, usb_stick)
    day.write(bundle, others[0])
    mentioned = [facts["medium"] for facts in recovered(day)]
    assert mentioned == ["USB-001", "USB-002", "USB-003"]


def test_interrupted_folder_is_mentioned_without_a_number(day: Day) -> None:
    bundle, stick = day.pack(), Stick(day.world.medium, None)
    interrupt(day, bundle, stick)
    day.write(bundle, stick)
    assert recovered(day) == [{"reason": "WRITE_INTERRUPTED", "bundle": bundle}]


@pytest.mark.parametrize("left", ["half", "whole", "both", "nothing"])
def test_unfinished_copy_is_removed_when_the_stick_is_back(
    day: Day, usb_stick: Stick, left: str
) -> None:
    """The bundle went onto another stick; what a pull left of it here has any of these names."""
    bundle = day.pack()
    interrupt(day, bundle, usb_stick)
    day.write(bundle, day.stick(2))
    leave(bundle, usb_stick, left)
    before = len(recovered(day))
    assert tidy(day, usb_stick) == [bundle]
    assert on(usb_stick) == []
    assert day.carriages()[bundle, ONE].state == "erased"
    assert day.carriages()[bundle, OTHER].state == "written"
    removed = {"reason": "UNFINISHED_COPY_REMOVED", "bundle": bundle, "medium": ONE}
    assert recovered(day)[before:] == [removed]
    assert day.states == [MediumState.READY, MediumState.WRITING]
    assert tidy(day, usb_stick) == []
    assert len(recovered(day)) == before + 1


def leave(bundle: str, stick: Stick, left: str) -> None:
    """Leave of the whole copy on the stick what is named."""
    whole = layout.bundles_folder(stick.folder) / bundle
    if left in {"half", "nothing"}:
        whole.rename(whole.with_name(half(bundle)))
    if left == "both":
        whole.with_name(half(bundle)).mkdir()
    if left == "nothing":
        whole.with_name(half(bundle)).rename(stick.folder / "moved")


def test_copy_that_is_to_be_written_again_is_left_to_that(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    interrupt(day, bundle, usb_stick)
    usb_stick.calls.clear()
    assert tidy(day, usb_stick) == []
    assert usb_stick.calls == ["mend", "read"]
    assert on(usb_stick) == [bundle]
    assert recovered(day) == []


def test_stick_on_which_nothing_broke_off_is_only_looked_at(day: Day, usb_stick: Stick) -> None:
    day.write(day.pack(), usb_stick)
    usb_stick.calls.clear()
    usb_stick.unsound = True
    assert tidy(day, usb_stick) == []
    assert usb_stick.calls == ["read"]


def test_interrupted_stick_beyond_repair_is_looked_at_all_the_same(
    day: Day, usb_stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it is, is said by the look; a repair that failed is no reason of its own."""

    def beyond() -> bool:
        raise BadFilesystemError(detail="damaged")

    interrupt(day, day.pack(), usb_stick)
    monkeypatch.setattr(usb_stick, "mend", beyond)
    assert tidy(day, usb_stick) == []
    assert day.states == [MediumState.READY]
    assert recovered(day) == []


def test_only_the_unfinished_copy_goes(day: Day, usb_stick: Stick) -> None:
    finished, begun = (day.pack(content=isa_csv((number, number))) for number in (11, 12))
    day.write(finished, usb_stick)
    interrupt(day, begun, usb_stick)
    day.write(begun, day.stick(2))
    foreign = layout.bundles_folder(usb_stick.folder) / half("ef" * 16)
    foreign.mkdir()
    assert tidy(day, usb_stick) == [begun]
    assert on(usb_stick) == sorted([finished, foreign.name])


def test_removing_that_fails_is_done_next_time(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    interrupt(day, bundle, usb_stick)
    day.write(bundle, day.stick(2))
    usb_stick.at_mount = failing(MediumIoError(detail="EIO"), "write")
    with pytest.raises(MediumIoError):
        tidy(day, usb_stick)
    assert day.carriages()[bundle, ONE].state == "failed"
    assert day.states[-1] is MediumState.IO_ERROR
    assert tidy(day, usb_stick) == [bundle]
    assert on(usb_stick) == []


# --- erasing ------------------------------------------------------------------------------------


def test_erasing_is_logged_before_and_after(day: Day, usb_stick: Stick) -> None:
    bundles = [day.pack(content=isa_csv((number, number))) for number in (11, 12)]
    for bundle in bundles:
        day.write(bundle, usb_stick)
    folder = layout.bundles_folder(usb_stick.folder)
    size = sum(path.stat().st_size for path in (folder / bundles[0]).iterdir())
    assert erase(day, usb_stick, bundles[:1]) == bundles[:1]
    assert day.states == [MediumState.READY, MediumState.ERASING]
    assert on(usb_stick) == bundles[1:]
    before, after = day.entries(LGWAN, Event.MEDIUM_ERASING, Event.MEDIUM_ERASED)
    facts = {"medium": ONE, "bundles": bundles[:1], "bundle_count": 1}
    assert (before.event, before.actor, before.facts) == (Event.MEDIUM_ERASING, "officer-1", facts)
    assert (after.event, after.actor) == (Event.MEDIUM_ERASED, "officer-1")
    assert after.facts == {**facts, "bytes": size}
    assert [day.carriages()[bundle, ONE].state for bundle in bundles] == ["erased", "written"]


def test_nothing_to_erase_touches_nothing(day: Day, usb_stick: Stick) -> None:
    assert erase(day, usb_stick, []) == []
    assert usb_stick.calls == ["read"]
    assert day.entries(LGWAN, Event.MEDIUM_ERASING) == []


def test_entry_names_only_so_many_bundles(day: Day, usb_stick: Stick) -> None:
    bundles = [f"{number:032x}" for number in range(100)]
    layout.bundles_folder(usb_stick.folder).mkdir()
    erase(day, usb_stick, bundles)
    for entry in day.entries(LGWAN, Event.MEDIUM_ERASING, Event.MEDIUM_ERASED):
        assert (entry.facts["bundle_count"], entry.facts["bundles"]) == (100, bundles[:64])


def test_interrupted_erasing_is_completed(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    day.write(bundle, usb_stick)
    usb_stick.at_mount = failing(PulledOutError(), "write")
    with pytest.raises(PulledOutError):
        erase(day, usb_stick, [bundle])
    assert day.carriages()[bundle, ONE].state == "written"
    assert day.entries(LGWAN, Event.MEDIUM_ERASED) == []
    (failed,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert failed.facts == {"reason": "PULLED_OUT", "medium": ONE, "bundle_count": 1}
    erase(day, usb_stick, [bundle])
    assert on(usb_stick) == []
    assert day.carriages()[bundle, ONE].state == "erased"


def test_unsound_stick_is_repaired_before_erasing(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    day.write(bundle, usb_stick)
    usb_stick.unsound = True
    erase(day, usb_stick, [bundle])
    assert recovered(day) == [{"reason": "FILESYSTEM_REPAIRED", "medium": ONE}]
    assert usb_stick.calls[-2:] == ["mend", "write"]


def test_link_prepared_on_the_stick_is_not_erased_through(day: Day, usb_stick: Stick) -> None:
    """Claim C6. The folder of bundles leads to a folder of the station."""
    bundle = day.pack()
    day.write(bundle, usb_stick)
    outbox = day.world.home(LGWAN).outbox
    kept = sorted(path.name for path in (outbox / bundle).iterdir())
    folder = layout.bundles_folder(usb_stick.folder)
    folder.rename(usb_stick.folder / "moved")
    folder.symlink_to(outbox, target_is_directory=True)
    with pytest.raises(TreeLinkError):
        erase(day, usb_stick, [bundle])
    assert sorted(path.name for path in (outbox / bundle).iterdir()) == kept
    assert day.entries(LGWAN, Event.MEDIUM_ERASED) == []
