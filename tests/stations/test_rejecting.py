"""An officer sends a bundle back: nothing of it travels, and whoever prepared it knows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from attacks.records import isa_csv
from attacks.world import World

from mediabridge.bundle import layout
from mediabridge.errors import (
    MayHaveLeftError,
    OutboxChangedError,
    SignerRoleError,
    SignerUnknownError,
)
from mediabridge.stations.books import BundleRow
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing import rejecting
from mediabridge.stations.outgoing.approving import approve_shown, look_at
from mediabridge.stations.outgoing.rejecting import reject_shown
from mediabridge.stations.outgoing.rejection import Rejection
from mediabridge.translog.events import Event

FIRST, SECOND = isa_csv((1, 1), (2, 2)), isa_csv((3, 99))


@pytest.fixture
def station(world: World) -> Iterator[LgwanStation]:
    with world.lgwan() as opened:
        yield opened


def collect(world: World, station: LgwanStation, content: bytes) -> str:
    path = world.root / "isa.csv"
    path.write_bytes(content)
    return station.collect(path).file


def seal(world: World, station: LgwanStation, content: bytes) -> BundleRow:
    collect(world, station, content)
    return station.seal(operator="clerk-1")


def reject(world: World, station: LgwanStation, row: BundleRow, remark: str = "") -> None:
    shown = look_at(station, row.bundle)
    reject_shown(station, shown, world.key("officer-1"), Rejection.WRONG_CONTENT, remark)


def rejected(world: World) -> list[tuple[object, object, str]]:
    return [
        (entry.facts["seq"], entry.facts["reason"], entry.actor)
        for entry in world.log("lgwan-01")
        if entry.event is Event.BUNDLE_REJECTED
    ]


def carry(world: World, station: LgwanStation) -> int:
    """Seal what waits and carry it over; return how many records the registry took."""
    row = station.seal(operator="clerk-1")
    station.approve(row.bundle, world.key("officer-1"))
    station.write(station.books.bundle(row.bundle) or row, world.medium)
    return sum(sum(each.outcomes.values()) for each in world.import_())


def test_its_number_is_used_again_by_the_right_one(world: World, station: LgwanStation) -> None:
    first = seal(world, station, FIRST)
    reject(world, station, first)
    assert not (station.home.outbox / first.bundle).exists()
    collect(world, station, SECOND)
    assert carry(world, station) == 1
    (second,) = station.books.bundles("out")
    assert (second.seq, second.bundle != first.bundle) == (1, True)
    assert rejected(world) == [(1, "WRONG_CONTENT", "officer-1")]


def test_its_files_are_set_aside_and_may_be_collected_anew(
    world: World, station: LgwanStation
) -> None:
    file = collect(world, station, FIRST)
    reject(world, station, station.seal(operator="clerk-1"))
    assert station.status().waiting_records == 0
    assert [path.name for path in station.home.refused.iterdir()] == [f"{file}.rejected.csv"]
    assert collect(world, station, FIRST) == file
    assert carry(world, station) == 2


def test_whoever_prepared_it_is_told_until_something_else_is_sealed(
    world: World, station: LgwanStation
) -> None:
    row = seal(world, station, FIRST)
    reject(world, station, row, remark="wrong day")
    (back,) = station.status().sent_back
    assert (back.bundle, back.seq, back.operator) == (row.bundle, 1, "clerk-1")
    assert (back.officer, back.reason, back.remark) == ("officer-1", "WRONG_CONTENT", "wrong day")
    seal(world, station, SECOND)
    assert station.status().sent_back == []


def test_remark_is_in_no_log(world: World, station: LgwanStation) -> None:
    reject(world, station, seal(world, station, FIRST), remark="wrong day")
    assert not any(b"wrong day" in entry for entry in world.log_bytes("lgwan-01"))


def test_what_was_built_on_it_waits_again(world: World, station: LgwanStation) -> None:
    first = seal(world, station, FIRST)
    second = seal(world, station, SECOND)
    reject(world, station, first)
    assert not (station.home.outbox / second.bundle).exists()
    assert rejected(world) == [
        (1, "WRONG_CONTENT", "officer-1"),
        (2, "FOLLOWS_REJECTED", "officer-1"),
    ]
    assert station.status().waiting_records == 1
    assert carry(world, station) == 1


def test_what_came_before_it_stays(world: World, station: LgwanStation) -> None:
    first = seal(world, station, FIRST)
    reject(world, station, seal(world, station, SECOND))
    assert [row.bundle for row in station.books.bundles("out")] == [first.bundle]
    assert (station.home.outbox / first.bundle / layout.SUMS).exists()


def test_record_that_another_file_holds_keeps_its_entry(
    world: World, station: LgwanStation
) -> None:
    reject(world, station, seal(world, station, FIRST))
    seal(world, station, FIRST)
    second = seal(world, station, isa_csv((1, 1)))
    reject(world, station, station.books.bundles("out")[1])
    collect(world, station, isa_csv((1, 1)))
    assert carry(world, station) == 1
    assert station.books.bundle(second.bundle) is None
    assert station.books.outcome_counts() == {"open": 1}


@pytest.mark.parametrize("later", [False, True], ids=["itself", "a later one"])
def test_what_may_have_left_is_not_sent_back(
    world: World, station: LgwanStation, *, later: bool
) -> None:
    first = seal(world, station, FIRST)
    left = seal(world, station, SECOND) if later else first
    for row in dict.fromkeys([first.bundle, left.bundle]):
        station.approve(row, world.key("officer-1"))
    with station.books.transaction():
        station.books.media.begin_carriage(left.bundle, "", station.now())
    with pytest.raises(MayHaveLeftError) as caught:
        reject(world, station, first)
    assert caught.value.facts == {"seq": left.seq}
    assert rejected(world) == []
    assert len(station.books.bundles("out")) == 1 + later


def test_what_was_begun_on_a_stick_and_removed_may_have_been_copied(
    world: World, station: LgwanStation
) -> None:
    row = seal(world, station, FIRST)
    with station.books.transaction():
        station.books.media.begin_carriage(row.bundle, "USB-001", station.now())
        station.books.media.erase_carriage(row.bundle, "USB-001", station.now())
    with pytest.raises(MayHaveLeftError):
        reject(world, station, row)


def test_clerk_cannot_reject(world: World, station: LgwanStation) -> None:
    shown = look_at(station, seal(world, station, FIRST).bundle)
    with pytest.raises(SignerRoleError):
        reject_shown(station, shown, world.key("clerk-1"), Rejection.OTHER)
    with pytest.raises(SignerUnknownError):
        reject_shown(station, shown, world.key("lgwan-01-log"), Rejection.OTHER)
    assert rejected(world) == []


def test_bundle_exchanged_while_the_officer_looked_stays(
    world: World, station: LgwanStation
) -> None:
    row = seal(world, station, FIRST)
    shown = look_at(station, row.bundle)
    with pytest.raises(OutboxChangedError):
        reject_shown(
            station,
            dataclasses.replace(shown, sums=b""),
            world.key("officer-1"),
            Rejection.OTHER,
        )
    assert station.books.bundle(row.bundle) == row


def test_approved_bundle_can_still_be_rejected(world: World, station: LgwanStation) -> None:
    row = seal(world, station, FIRST)
    shown = look_at(station, row.bundle)
    approve_shown(station, shown, world.key("officer-1"))
    reject(world, station, row)
    assert station.books.bundles("out") == []


def test_receipts_in_it_are_due_again(world: World) -> None:
    world.send(FIRST)
    world.import_()
    with world.registry() as station:
        row = station.seal(operator="clerk-1")
        assert station.status().due_receipts == 0
        shown = look_at(station, row.bundle)
        reject_shown(station, shown, world.key("officer-1"), Rejection.INCOMPLETE)
        assert station.status().due_receipts == 1


def test_power_cut_after_the_books_changed_is_put_right(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.lgwan() as station, monkeypatch.context() as cut:
        row = seal(world, station, FIRST)
        cut.setattr(rejecting, "finish_rejections", lambda _station: None)
        reject(world, station, row)
        assert (station.home.outbox / row.bundle).exists()
    with world.lgwan() as again:
        assert not (again.home.outbox / row.bundle).exists()
        assert list(again.home.inbox.iterdir()) == []
    recovered = [each for each in world.log("lgwan-01") if each.event is Event.JOURNEY_RECOVERED]
    assert recovered == []


def test_power_cut_before_the_books_changed_changes_nothing(
    world: World, station: LgwanStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = seal(world, station, FIRST)

    def dies(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(station.books, "take_apart", dies)
    with pytest.raises(KeyboardInterrupt):
        reject(world, station, row)
    assert station.books.bundle(row.bundle) == row
    assert station.status().sent_back == []
