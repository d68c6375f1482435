"""Claim C58. "Written and read back" is said only of a stick that the receiver would take."""

from __future__ import annotations

from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import scratch
from stations.days import Day, before_reading_back, on
from stations.sticks import Stick
from storage.machine import refused_to_nobody

from mediabridge.bundle import layout
from mediabridge.errors import (
    ApprovalDeclinedError,
    ExitCode,
    ForeignFilesError,
    TreeLinkError,
    TreeUnexpectedError,
)
from mediabridge.locale import Language, hint_of, sentence_of, set_language
from mediabridge.media import strangers
from mediabridge.media.states import MediumState
from mediabridge.media.strangers import Strangers
from mediabridge.stations.sticks import clearing, returning, tidying, visits
from mediabridge.stations.sticks.visits import Visit
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
ONE = "USB-001"
MEMO = "山田太郎の件.txt"
"""What no log may hold."""


def put(stick: Stick, *paths: str) -> None:
    for path in paths:
        place = stick.folder / layout.ROOT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")


def nothing_logged_by_name(day: Day, name: str = LGWAN) -> bool:
    logged = b"\n".join(day.world.log_bytes(name))
    return not any(word in logged for word in (b"txt", b"\\u5c71", MEMO.encode()))


# --- the sender -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [MEMO, f"bundles/{MEMO}", "autorun.inf", "bundles/" + "ef" * 16])
def test_foreign_thing_is_named_before_anything_is_written(
    day: Day, usb_stick: Stick, path: str
) -> None:
    bundle = day.pack()
    put(usb_stick, path)
    before = sorted(usb_stick.folder.rglob("*"))
    with pytest.raises(ForeignFilesError) as refusal:
        day.write(bundle, usb_stick)
    assert refusal.value.exit_code is ExitCode.MEDIUM
    assert refusal.value.facts == {"count": 1, "names": path}
    assert sorted(usb_stick.folder.rglob("*")) == before
    assert day.books(LGWAN) == [("out", "approved", 1)]
    assert day.states[-1] is MediumState.FOREIGN_FILES
    assert MediumState.CHECKING not in day.states
    (failed,) = day.entries(LGWAN, Event.MEDIUM_FAILED)
    assert failed.facts == {"reason": "FOREIGN_FILES", "medium": ONE, "bundle": bundle}
    assert day.entries(LGWAN, Event.BUNDLE_WRITTEN) == []
    assert nothing_logged_by_name(day)
    # Nobody interrupted it: there is nothing to put right the next time.
    assert day.carriages()[bundle, ONE].state == "failed"
    assert day.health().repairs == 0


def test_officer_is_told_what_helps(day: Day, usb_stick: Stick) -> None:
    put(usb_stick, MEMO)
    with pytest.raises(ForeignFilesError) as refusal:
        day.write(day.pack(), usb_stick)
    for language, words in ((Language.EN, "security officer"), (Language.JA, "管理者")):
        set_language(language)
        assert MEMO in sentence_of(refusal.value)
        assert words in hint_of(refusal.value)
        assert "media put-aside" in hint_of(refusal.value)


def test_foreign_thing_that_comes_while_it_is_written(day: Day, usb_stick: Stick) -> None:
    """After writing, the stick is looked at with the receiver's eyes once more."""
    bundle = day.pack()
    usb_stick.at_mount = before_reading_back(usb_stick, lambda: put(usb_stick, MEMO))
    with pytest.raises(ForeignFilesError):
        day.write(bundle, usb_stick)
    assert day.books(LGWAN) == [("out", "approved", 1)]
    assert day.entries(LGWAN, Event.BUNDLE_WRITTEN) == []
    # A copy that nobody could take does not stay on it.
    assert on(usb_stick) == []


def test_link_that_comes_while_it_is_written(day: Day, usb_stick: Stick) -> None:
    """Claim C6. The same check as the receiver's, for the trust data's folders as well."""
    trust = usb_stick.folder / layout.ROOT / "trust"

    def link() -> None:
        trust.rename(usb_stick.folder / "moved")
        trust.symlink_to(usb_stick.folder / "moved")

    usb_stick.at_mount = before_reading_back(usb_stick, link)
    with pytest.raises(TreeLinkError):
        day.write(day.pack(), usb_stick)
    assert day.books(LGWAN) == [("out", "approved", 1)]


def test_foreign_file_in_an_earlier_bundle(day: Day, usb_stick: Stick) -> None:
    first, second = (day.pack(content=isa_csv((number, number))) for number in (11, 12))
    day.write(first, usb_stick)
    put(usb_stick, f"bundles/{first}/{MEMO}")
    with pytest.raises(ForeignFilesError) as refusal:
        day.write(second, usb_stick)
    assert refusal.value.facts["names"] == f"bundles/{first}/{MEMO}"


def test_own_broken_copy_is_replaced_and_not_foreign(day: Day, usb_stick: Stick) -> None:
    """A pull may leave the final name on a folder that lacks files, also of the next bundle."""
    first, second = (day.pack(content=isa_csv((number, number))) for number in (11, 12))
    for bundle in (first, second):
        day.write(bundle, usb_stick)
    for bundle in (first, second):
        (layout.bundles_folder(usb_stick.folder) / bundle / layout.HEADER).unlink()
        with day.at(LGWAN) as station:
            station.books.media.fail_carriage(bundle, ONE, station.now(), "IO_ERROR")
            returning.await_writing(station, bundle)
    day.write(first, usb_stick)
    day.write(second, usb_stick)
    assert day.books(LGWAN) == [("out", "written", 1), ("out", "written", 2)]


def test_droppings_are_shown_and_counted(day: Day, usb_stick: Stick) -> None:
    put(usb_stick, ".DS_Store", "._山田太郎.txt", "bundles/Thumbs.db")
    day.write(day.pack(), usb_stick)
    (noted,) = day.entries(LGWAN, Event.DROPPINGS_PASSED)
    assert noted.facts == {"medium": ONE, "droppings": 3}
    (told,) = (each for each in day.told if each.state is MediumState.DROPPINGS)
    assert told.facts["names"] == ".DS_Store, ._*, Thumbs.db"
    assert nothing_logged_by_name(day)


def test_desktop_that_looks_while_it_is_written(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    left = f"bundles/{bundle}/.directory"
    usb_stick.at_mount = before_reading_back(usb_stick, lambda: put(usb_stick, left))
    assert day.write(bundle, usb_stick).state == "written"
    assert len(day.entries(LGWAN, Event.DROPPINGS_PASSED)) == 1


# --- the whole day ------------------------------------------------------------------------------


def test_day_with_droppings(day: Day, usb_stick: Stick) -> None:
    """Each desktop that the stick meets leaves something, at every level, before each step."""
    bundle = day.pack(content=isa_csv((11, 1)))
    put(usb_stick, ".DS_Store", "bundles/desktop.ini")
    day.serve(LGWAN, usb_stick)
    put(usb_stick, "Thumbs.db", f"bundles/{bundle}/._header.json")
    (usb_stick.folder / layout.ROOT / "System Volume Information").mkdir()
    day.serve(REGISTRY, usb_stick)
    day.pack(REGISTRY)
    put(usb_stick, "bundles/FSCK0000.000")
    assert day.go_on(REGISTRY).safe
    assert day.serve(LGWAN, usb_stick).safe
    assert day.books(LGWAN) == [("in", "taken", 1), ("out", "delivered", 1)]
    assert day.books(REGISTRY) == [("in", "taken", 1), ("out", "written", 1)]
    assert MediumState.DROPPINGS in day.states
    assert day.entries(REGISTRY, Event.DROPPINGS_PASSED)[0].facts["droppings"] == 5
    assert bundle not in on(usb_stick)


# --- an officer -----------------------------------------------------------------------------


def put_aside(
    day: Day, stick: Stick, *, agrees: bool = True, name: str = LGWAN
) -> tuple[list[str], list[str]]:
    """Have the officer asked; return what the officer was shown, and what was moved."""
    shown: list[str] = []

    def agreed(_visit: Visit, found: Strangers) -> bool:
        shown.extend(map(str, found.foreign))
        return agrees

    day.told.clear()
    with day.at(name) as station:
        _visit, found, _safe = clearing.put_aside(
            station,
            lambda: visits.recognise(station, stick),
            day.world.key("officer-1"),
            agreed=agreed,
        )
    return shown, [str(path) for path in found.foreign]


def test_put_aside_and_written(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    put(usb_stick, MEMO, ".DS_Store")
    with pytest.raises(ForeignFilesError):
        day.write(bundle, usb_stick)
    assert put_aside(day, usb_stick) == ([MEMO], [MEMO])
    (entry,) = day.entries(LGWAN, Event.FOREIGN_PUT_ASIDE)
    assert (entry.actor, entry.facts) == ("officer-1", {"medium": ONE, "foreign": 1})
    assert nothing_logged_by_name(day)
    (moved,) = (usb_stick.folder / layout.ASIDE).rglob(MEMO)
    assert moved.read_bytes() == b"x"
    day.write(bundle, usb_stick)
    assert [taken.seq for taken in day.serve(REGISTRY, usb_stick).taken] == [1]


def test_officer_who_says_no(day: Day, usb_stick: Stick) -> None:
    put(usb_stick, MEMO)
    with pytest.raises(ApprovalDeclinedError):
        put_aside(day, usb_stick, agrees=False)
    assert (usb_stick.folder / layout.ROOT / MEMO).exists()
    assert day.entries(LGWAN, Event.FOREIGN_PUT_ASIDE) == []
    assert "write" not in usb_stick.calls


def test_nothing_foreign_is_nothing_to_ask(day: Day, usb_stick: Stick) -> None:
    put(usb_stick, ".DS_Store")
    assert put_aside(day, usb_stick, agrees=False) == ([], [])
    assert "write" not in usb_stick.calls
    assert day.entries(LGWAN, Event.FOREIGN_PUT_ASIDE) == []


def test_receiver_says_what_helps_and_it_does(day: Day, usb_stick: Stick) -> None:
    """What was dropped on the way refuses everything, until an officer there puts it aside."""
    day.write(day.pack(), usb_stick)
    put(usb_stick, f"bundles/{MEMO}")
    with pytest.raises(TreeUnexpectedError) as refusal:
        day.serve(REGISTRY, usb_stick)
    assert "media put-aside" in hint_of(refusal.value)
    assert nothing_logged_by_name(day, REGISTRY)
    put_aside(day, usb_stick, name=REGISTRY)
    assert [taken.seq for taken in day.serve(REGISTRY, usb_stick).taken] == [1]


def test_bundle_put_aside_was_not_forgotten_by_the_stick(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    day.write(bundle, usb_stick)
    (layout.bundles_folder(usb_stick.folder) / bundle / layout.KEYS).unlink()
    assert put_aside(day, usb_stick)[1] == [f"bundles/{bundle}"]
    assert day.books(LGWAN) == [("out", "approved", 1)]
    day.serve(LGWAN, usb_stick)
    assert day.books(LGWAN) == [("out", "written", 1)]
    assert day.health().mismatches == 0
    assert [taken.seq for taken in day.serve(REGISTRY, usb_stick).taken] == [1]


# --- erasing -----------------------------------------------------------------------------------


def test_erasing_takes_all_of_it_along(day: Day, usb_stick: Stick) -> None:
    bundle = day.pack()
    day.write(bundle, usb_stick)
    put(usb_stick, MEMO, "bundles/Thumbs.db", "notes/inner.txt", f"bundles/{bundle}/.DS_Store")
    asked: list[tuple[int, int]] = []

    def agreed(erasable: tidying.Erasable) -> bool:
        found = erasable.strangers
        asked.append((len(found.foreign), len(found.droppings)))
        return True

    with day.at(LGWAN) as station:
        tidying.erase_all(
            station,
            lambda: visits.recognise(station, usb_stick),
            day.world.key("officer-1"),
            agreed=agreed,
        )
    assert asked == [(2, 1)]
    kept = [path.name for path in (usb_stick.folder / layout.ROOT).rglob("*") if path.is_file()]
    assert not {MEMO, "Thumbs.db", "inner.txt", ".DS_Store"} & set(kept)
    assert on(usb_stick) == []
    for entry in day.entries(LGWAN, Event.MEDIUM_ERASING, Event.MEDIUM_ERASED):
        assert (entry.facts["foreign"], entry.facts["droppings"]) == (2, 1)
        assert entry.facts["bundles"] == [bundle]
    assert nothing_logged_by_name(day)


def test_folder_that_nobody_may_enter_is_passed_over() -> None:
    with scratch() as root:
        medium = Path(root)
        medium.chmod(0o755)
        closed = medium / layout.ROOT / "System Volume Information"
        closed.parent.mkdir()
        closed.mkdir(mode=0)

        def refused_unless_passed_over() -> None:
            with pytest.raises(PermissionError):
                list(closed.iterdir())
            assert [path.name for path in strangers.check(medium).droppings] == [closed.name]

        assert refused_to_nobody(refused_unless_passed_over) is None
