"""A bundle is followed through the logs of both stations, from either of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import World, copy_of, make_world, scratch
from stations.test_backups import save
from stations.test_continuing import signed, told
from stations.test_setback import evening, morning, set_back

from mediabridge import errors
from mediabridge.stations import tracing
from mediabridge.translog.events import Event
from mediabridge.translog.finding import Wanted
from mediabridge.translog.lives import Life, people_of

LGWAN, REGISTRY = "lgwan-01", "registry-01"

pytestmark = pytest.mark.in_turns


@pytest.fixture(scope="module")
def carried() -> Iterator[World]:
    """Give a world after a day, a backup, and a morning that it lacks; not to be changed."""
    with scratch() as root:
        world = make_world(Path(root, "world"))
        morning(world, 1)
        evening(world)
        save(world, LGWAN, "lgwan-backup")
        morning(world, 2)
        yield world


@pytest.fixture
def world(carried: World, tmp_path: Path) -> World:
    return copy_of(carried, tmp_path / "world")


def life(world: World, station: str, seq: int) -> Life:
    with world.open(station) as opened:
        (row,) = opened.books.between(LGWAN, REGISTRY, seq, seq)
        return tracing.life_of(opened, tracing.chosen(opened, row.bundle[:8]))


def said(told: Life) -> list[tuple[str, Event]]:
    return [(each.station, each.entry.event) for each in told.noted]


THERE = [
    (REGISTRY, Event.BUNDLE_VERIFIED),
    (REGISTRY, Event.BUNDLE_OPENED),
    (REGISTRY, Event.BUNDLE_APPLIED),
    (REGISTRY, Event.RECEIPT_ISSUED),
]
SENT = [
    (LGWAN, Event.FILE_COLLECTED),
    (LGWAN, Event.BUNDLE_SEALING),
    (LGWAN, Event.BUNDLE_SEALED),
    (LGWAN, Event.BUNDLE_APPROVED),
    (LGWAN, Event.BUNDLE_RELEASED),
    (LGWAN, Event.BUNDLE_WRITTEN),
]
BACK = [(LGWAN, Event.RECEIPT_ACCEPTED), (LGWAN, Event.BUNDLE_DELIVERED)]


def test_the_sender_sees_all_of_an_answered_bundle(world: World) -> None:
    told = life(world, LGWAN, 1)
    assert said(told) == [*SENT, *THERE, *BACK]
    assert told.unknown == (Event.MEDIUM_ARRIVED,)
    with world.open(LGWAN) as opened:
        entries = list(opened.log.entries())
        sealed = told.of(Event.BUNDLE_SEALED)[0]
        assert f'"{told.bundle}"'.encode() in entries[sealed.index]
        assert opened.books.files_in(told.bundle) == [told.noted[0].entry.facts["file_sha256"]]


def test_the_receiver_sees_what_the_sender_has_shown(world: World) -> None:
    assert said(life(world, REGISTRY, 1)) == [*SENT, *THERE, *BACK]
    # What the sender wrote after the section was cut out comes with its next bundle.
    told = life(world, REGISTRY, 2)
    assert said(told)[-len(THERE) :] == THERE
    assert {Event.BUNDLE_WRITTEN, *(event for _, event in BACK)} < {*told.unknown}


def test_bundles_are_chosen_by_what_every_log_knows(world: World) -> None:
    with world.open(LGWAN) as opened:
        bundles = {row.bundle for row in opened.books.bundles()}
        assert {tracing.chosen(opened, bundle) for bundle in bundles} == bundles
        taken = {bundle[0] for bundle in bundles}
        beyond = next(each for each in "0123456789abcdef" if each not in taken)
        for start in (beyond, "", "zz", "\u00e9", f"{min(bundles)}0"):
            with pytest.raises(errors.BundleUnknownError):
                tracing.chosen(opened, start)
        opened.books._db.execute("DELETE FROM bundles WHERE sender = ?", (REGISTRY,))
        # The mirror of the peer names what the books have lost.
        assert {tracing.chosen(opened, bundle) for bundle in bundles} == bundles


def test_one_of_several_has_to_be_meant(world: World) -> None:
    number = 3
    while True:
        with world.open(LGWAN) as opened:
            starts = [row.bundle[0] for row in opened.books.bundles()]
            if len(set(starts)) < len(starts):
                twice = next(each for each in starts if starts.count(each) > 1)
                with pytest.raises(errors.BundleAmbiguousError):
                    tracing.chosen(opened, twice)
                return
        morning(world, number)
        number += 1


def test_filters_combine_and_only_the_newest_are_kept(world: World) -> None:
    with world.open(LGWAN) as opened:
        own, peer = tracing.found(opened, Wanted(person="officer-1"), 10)
        assert own.whole
        events = [each.entry.event for each in own.newest]
        # Two bundles from here, and the one that came from there.
        assert sorted({*events}) == [
            Event.BUNDLE_APPROVED, Event.BUNDLE_OPENED, Event.BUNDLE_VERIFIED,
        ]  # fmt: skip
        assert events.count(Event.BUNDLE_APPROVED) == 2
        assert own.newest == sorted(own.newest, key=lambda each: each.index)
        assert all("officer-1" in people_of(each.entry) for each in peer.newest)
        last, bundle = own.newest[-1], str(own.newest[-1].entry.facts["bundle"])
        own, _ = tracing.found(opened, Wanted(person="officer-1"), 1)
        assert (own.newest, own.whole) == ([last], False)
        for wanted in (
            Wanted(person="officer-1", bundle=bundle),
            Wanted(person="officer-1", since=last.entry.time),
        ):
            own, _ = tracing.found(opened, wanted, 10)
            assert last in own.newest
        for wanted in (
            Wanted(person="officer-1", until="2026-01-01T00:00:00Z"),
            Wanted(person="officer-1", medium="USB-001"),
            Wanted(person="officer-1", reason="CANCELLED"),
            Wanted(person='officer-1","event'),
        ):
            assert [each.newest for each in tracing.found(opened, wanted, 10)] == [[], []]


def test_a_branch_that_a_restored_peer_left_is_followed(world: World) -> None:
    set_back(world)
    told(world)
    signed(world)
    world.send(isa_csv((3, 1)))
    world.import_()
    with world.open(REGISTRY) as opened:
        own, now, left = tracing.logs(opened)
        assert (own.left, now.left, left.left, left.first) == (None, None, 0, left.first)
        shared = list(left.log.entries(0, left.first))
        assert shared == list(now.log.entries(0, left.first))
        after = slice(left.first, left.first + 1)
        assert list(left.log.entries())[after] != list(now.log.entries())[after]
        found = tracing.found(opened, Wanted(), 1000)
        assert [len(each.newest) for each in found] == [
            own.log.size(), now.log.size(), left.log.size() - left.first,
        ]  # fmt: skip
        assert found[2].newest[0].place == f"{LGWAN}~0 #{left.first}"
