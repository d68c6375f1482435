"""Retention: what is settled goes by its rule, announced first; what may be needed stays."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World, copy_of, flip, scratch, tree_of
from journeys.death import deaths
from stations.rotating import exchange, other, two_stations
from stations.test_backups import save
from stations.test_setback import clear_stick, set_back
from stations.test_voiding import row_of, void

from mediabridge import errors
from mediabridge.bundle import layout
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.stations import removed, voiding
from mediabridge.stations.books import BundleState
from mediabridge.stations.outgoing import reissuing
from mediabridge.stations.retention.looking import Found, look
from mediabridge.stations.retention.removing import remove
from mediabridge.stations.settings import Retention
from mediabridge.translog.events import Event
from mediabridge.translog.removal import Removal

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"
AT_ONCE = Retention(sealed=0, delivered=0, receipts=0, refused=0, software=0)
"""Everything that is settled goes: what stays is what may be needed."""


def carried(world: World, sender: str, content: bytes | None = None) -> str:
    bundle = world.send(content, station=sender)
    world.import_(other(sender))
    clear_stick(world)
    return bundle


def day(world: World, number: int) -> None:
    carried(world, LGWAN, isa_csv((number, 1)))
    carried(world, REGISTRY, municipal_csv((number, 1)))


@pytest.fixture(scope="module")
def later() -> Iterator[World]:
    """Give two stations with two days behind them, and a notice that waits for a decision."""
    with scratch() as root:
        world = two_stations(Path(root, "world"))
        day(world, 1)
        save(world, LGWAN, "lgwan-backup")
        day(world, 2)
        carried(world, LGWAN, isa_csv((3, 99)))
        carried(world, REGISTRY)
        yield world


@pytest.fixture
def world(later: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(later, Path(root, "world"))


def found(world: World, at: str, rules: Retention = AT_ONCE) -> Found:
    with world.open(at) as station:
        return look(station, rules)


def over(world: World, at: str, rules: Retention = AT_ONCE) -> list[tuple[str, object]]:
    return [(each.why.value, each.facts.get("seq")) for each in found(world, at, rules).over]


def tidy(world: World, at: str) -> int:
    with world.open(at) as station:
        gone = look(station, AT_ONCE).over
        remove(station, gone, operator="clerk-1")
    return len(gone)


def said(world: World, at: str) -> list[dict[str, object]]:
    return [dict(each.facts) for each in world.log(at) if each.event is Event.KEPT_REMOVED]


class InTwoDays:
    def now(self) -> datetime:
        return SystemClock().now() + timedelta(days=2)


def test_what_is_settled_goes_and_what_waits_stays(world: World) -> None:
    """Claim C101: a notice is held, and nothing has said yet that the last answers arrived."""
    assert over(world, LGWAN) == [
        *(("SEALED_COPY_OVER", seq) for seq in (1, 2)),
        *(("DELIVERY_OVER", seq) for seq in (1, 2, 3)),
        *(("RECEIPT_OVER", seq) for seq in (1, 2)),
    ]
    settled = [(why, seq) for why in ("SEALED_COPY_OVER", "RECEIPT_OVER") for seq in (1, 2)]
    assert over(world, REGISTRY) == settled
    assert [tidy(world, LGWAN), tidy(world, REGISTRY)] == [7, 4]
    with world.lgwan() as station:
        held = row_of(station, 3).bundle
        assert station.books.outcome_counts(held) == {"held": 1}
    home = world.home(LGWAN)
    assert [path.name for path in home.outbox.iterdir()] == [held]
    assert [*home.delivered.iterdir(), *home.receipts.iterdir()] == []
    assert [len(list(world.home(REGISTRY).receipts.iterdir())), over(world, REGISTRY)] == [1, []]


@pytest.mark.heavy
def test_days_go_on_after_everything_settled_went(world: World) -> None:
    for name in (LGWAN, REGISTRY):
        tidy(world, name)
    day(world, 4)
    world.send()
    world.import_()
    for name in (LGWAN, REGISTRY):
        with world.open(name) as station:
            assert sum(station.status().outcomes.values()) == {LGWAN: 4, REGISTRY: 3}[name]
            assert "open" not in station.status().outcomes
            station.log.check()
            station.mirror(other(name)).check()


def test_entry_names_rule_and_nobody(world: World) -> None:
    tidy(world, LGWAN)
    sealed = said(world, LGWAN)[0]
    assert {"reason": "SEALED_COPY_OVER", "days": 0, "files": 1, "seq": 1}.items() <= sealed.items()
    kinds = {str(each["reason"]) for each in said(world, LGWAN)}
    assert kinds == {"SEALED_COPY_OVER", "DELIVERY_OVER", "RECEIPT_OVER"}


def test_nothing_goes_before_its_days(world: World) -> None:
    shortest = Retention(sealed=60, delivered=1, receipts=60, refused=1)
    assert over(world, LGWAN, Retention()) == over(world, LGWAN, shortest) == []
    with world.lgwan(clock=InTwoDays()) as station:
        gone = look(station, shortest).over
    assert {(each.why, each.facts["days"]) for each in gone} == {(Removal.DELIVERY_OVER, 1)}


def test_notices_stay_until_their_sender_has_the_receipt(world: World) -> None:
    """Claim C101."""
    carried(world, REGISTRY, municipal_csv((4, 1)))
    waiting = {("DELIVERY_OVER", 4), ("RECEIPT_OVER", 4)}
    assert not waiting & set(over(world, LGWAN))
    carried(world, LGWAN)
    assert not waiting & set(over(world, LGWAN))
    carried(world, REGISTRY)
    assert waiting <= set(over(world, LGWAN))


def test_void_number_stays(world: World) -> None:
    with world.lgwan() as station, station.books.transaction():
        station.books.set_state(row_of(station, 1).bundle, BundleState.VOID)
    assert ("SEALED_COPY_OVER", 2) in over(world, LGWAN)
    assert ("SEALED_COPY_OVER", 1) not in over(world, LGWAN)


def waits_for_void(world: World) -> None:
    world.send(isa_csv((4, 1)))
    void(world, 4)


def is_restored(world: World) -> None:
    set_back(world, LGWAN)


def is_exchanged(world: World) -> None:
    exchange(world, REGISTRY)


def parks(world: World) -> None:
    world.send(station=REGISTRY)
    clear_stick(world)
    world.send(station=REGISTRY)
    with pytest.raises(errors.BundleParkedError):
        world.import_(LGWAN)


@pytest.mark.parametrize("doubt", [waits_for_void, is_restored, is_exchanged, parks])
def test_nothing_goes_while_a_station_may_ask_again(
    world: World, doubt: Callable[[World], None]
) -> None:
    """Claim C101."""
    doubt(world)
    assert over(world, LGWAN) == []


def test_what_was_changed_is_evidence_and_stays(world: World) -> None:
    """Claim C101."""
    home = world.home(LGWAN)
    with world.lgwan() as station:
        sealed = home.outbox / row_of(station, 1).bundle / layout.SUMS
    receipt = found(world, LGWAN).over[-1].paths[0]
    flip(sealed)
    flip(receipt)
    (home.refused / f"{'0' * 64}.changed").write_text("x")
    left = [each for each in over(world, LGWAN) if each[0] != "DELIVERY_OVER"]
    assert left == [("SEALED_COPY_OVER", 2), ("RECEIPT_OVER", 1)]
    named = {str(sealed.relative_to(home.root)), str(receipt.relative_to(home.root))}
    assert set(found(world, LGWAN).changed) == named


def test_refused_file_goes_with_its_report_and_may_come_again(world: World) -> None:
    refused = world.home(LGWAN).refused
    for _again in range(2):
        path = world.root / "wrong.csv"
        path.write_bytes(isa_csv((9, 1)).replace(b"1990-04-05", b"1990-14-05"))
        with world.lgwan() as station, pytest.raises(errors.MediabridgeError):
            station.collect(path)
        assert len(list(refused.iterdir())) == 2
        assert over(world, LGWAN)[-1] == ("REFUSED_FILE_OVER", None)
        (refused / "note.txt").write_text("somebody's")
        tidy(world, LGWAN)
        assert [each.name for each in refused.iterdir()] == ["note.txt"]
        (refused / "note.txt").unlink()
    names = [each for each in said(world, LGWAN) if each["reason"] == "REFUSED_FILE_OVER"]
    assert [each["files"] for each in names] == [2, 2]


def tidy_few(root: Path) -> None:
    """Remove a folder and a file: the first thing that is over, and the last."""
    with World(root).lgwan() as station:
        gone = look(station, AT_ONCE).over
        remove(station, [gone[0], gone[-1]], operator="clerk-1")


@pytest.mark.heavy
def test_whatever_it_dies_at_a_thing_is_whole_or_gone_and_said(later: World) -> None:
    """Claim C101."""
    before = {each.name: each for each in found(later, LGWAN).over}
    ends, whole = [*before][:: len(before) - 1], tree_of(later.home(LGWAN).outbox)
    number = 0

    def make() -> Path:
        nonlocal number
        number += 1
        return copy_of(later, later.root.with_name(f"death-{number}")).root

    for root in deaths(make, tidy_few):
        world = World(root)
        told = {each.get("receipt", each["bundle"]) for each in said(world, LGWAN)}
        there = {each.name for each in found(world, LGWAN).over}
        assert {name for name in ends if name not in there} <= told
        left = tree_of(world.home(LGWAN).outbox)
        if ends[0] in there:
            assert left == whole
        assert all(whole[name] == digest for name, digest in left.items())
        tidy_few(root)
        assert list(world.home(LGWAN).work.iterdir()) == []
        assert len({str(each) for each in said(world, LGWAN)}) == len(said(world, LGWAN))
        assert not {each.name for each in found(world, LGWAN).over} & {ends[0]}


def test_folder_that_is_half_removed_is_not_in_its_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C101."""
    first, *_others = found(world, LGWAN).over
    really = shutil.rmtree

    def fail(folder: Path, **options: Any) -> None:
        if folder.name != first.name:
            really(folder, **options)
            return
        (folder / layout.SUMS).unlink()
        raise OSError(errno.EIO, "the disk failed")

    with monkeypatch.context() as failing:
        failing.setattr("shutil.rmtree", fail)
        with pytest.raises(OSError, match="failed"):
            tidy(world, LGWAN)
    assert not first.paths[0].exists()
    assert [each["bundle"] for each in said(world, LGWAN)] == [first.name]
    assert first.name not in {each.name for each in found(world, LGWAN).over}
    assert list(world.home(LGWAN).work.iterdir()) == []


def test_removal_that_was_announced_is_finished_by_a_longer_rule(world: World) -> None:
    with world.lgwan() as station:
        (first, *_others) = look(station, AT_ONCE).over
        station.record(Event.KEPT_REMOVED, **first.facts)
        assert removed.removed_at(station, row_of(station, 1)) is None
        (left,) = look(station, Retention()).over
        remove(station, [left], operator="clerk-1")
        assert removed.removed_at(station, row_of(station, 1)) is not None
    assert len(said(world, LGWAN)) == 1


def test_who_needs_it_is_told_that_a_rule_removed_it(world: World) -> None:
    """Claim C101: ``COPY_REMOVED``, never an alarm."""
    tidy(world, LGWAN)
    with world.lgwan() as station, pytest.raises(errors.CopyRemovedError) as written:
        station.write(row_of(station, 1), world.medium)
    assert written.value.facts["seq"] == 1
    exchange(world, REGISTRY)
    with world.lgwan() as station:
        row = row_of(station, 1)
        voiding.draft(station, row, 1, voiding.VoidReason.UNREADABLE, anew=True)
        with pytest.raises(errors.CopyRemovedError):
            reissuing.require_content(station, row)


def test_receipt_that_a_rule_removed_is_not_promised_again(world: World) -> None:
    """Claim C101: it could not be sealed again, so its number is not declared void."""
    with world.lgwan() as station:
        assert len(station.books.receipts_in(row_of(station, 3).bundle)) == 1
        with pytest.raises(errors.ContentNotKeptError):
            reissuing.require_content(station, row_of(station, 3))
    tidy(world, LGWAN)
    with world.lgwan() as station, pytest.raises(errors.CopyRemovedError):
        reissuing.require_content(station, row_of(station, 3))


def test_list_and_bundle_say_that_the_rule_removed_the_copy(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--home", str(world.home(LGWAN).root), "--lang", "en"]
    tidy(world, LGWAN)
    with world.lgwan() as station:
        gone, kept = row_of(station, 1).bundle, row_of(station, 3).bundle
    assert run([*command, "--json", "bundles", "list"]) == 0
    told = {each["bundle"]: each["removed"] for each in _data(capsys)["bundles"]}
    assert (told[gone][:2], told[kept]) == ("20", None)
    assert run([*command, "bundles", "list"]) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if gone in each]
    assert "copy removed by rule" in line
    assert run([*command, "bundles", "show", gone]) == 0
    out = capsys.readouterr().out
    assert ("was removed by the retention rule" in out, "Approved by" in out) == (True, False)
    assert run([*command, "bundles", "show", kept]) == 0
    assert "Approved by: officer-1" in capsys.readouterr().out


def _data(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    return data
