"""Receipts from their issue to the end of the day: what is answered, and what is not."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import pytest
from attacks.records import isa_csv
from attacks.world import FIRST_NOTICES, World

from mediabridge.errors import NothingToSealError, ReceiptChangedError
from mediabridge.stations.books import BundleState


@pytest.fixture
def bundle(world: World) -> str:
    """Return a bundle on the stick."""
    return world.send(isa_csv(*FIRST_NOTICES))


def forth_and_back(world: World) -> None:
    """Take what is on the stick in at the registry, and its receipt home."""
    world.import_("registry-01")
    world.send(station="registry-01")
    world.import_("lgwan-01")


def test_record_collected_twice_is_answered_twice(world: World) -> None:
    """Today's file holds yesterday's notices again; one bundle carries both."""
    with world.lgwan() as station:
        for number, rows in enumerate((((21, 1),), ((21, 1), (22, 2)))):
            path = world.root / f"file-{number}.csv"
            path.write_bytes(isa_csv(*rows))
            station.collect(path)
        bundle = station.seal().bundle
        assert [times for *_, times in station.books.carried_by(bundle)] == [2, 1]
        station.approve(bundle, world.key("officer-1"))
        row = station.books.bundle(bundle)
        assert row is not None
        station.write(row, world.medium)
    forth_and_back(world)
    with world.lgwan() as station:
        answered = station.books.bundle(bundle)
        assert answered is not None
        assert answered.state is BundleState.DELIVERED


@pytest.mark.parametrize(
    "fault", ["held becomes applied", "gone", "the books know no digest", "the books agree"]
)
@pytest.mark.usefixtures("bundle")
def test_receipt_edited_before_it_is_sealed(world: World, fault: str) -> None:
    """Claim C43. The receipt that goes is the one that was issued, whatever the books say."""
    world.import_("registry-01")
    with world.registry() as station:
        (path,) = station.home.receipts.iterdir()
        if fault == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes().replace(b"held", b"applied"))
        if fault.startswith("the books"):
            edited = hashlib.sha256(path.read_bytes()).hexdigest()
            with closing(sqlite3.connect(station.home.books)) as books, books:
                books.execute(
                    "UPDATE receipts SET sha256 = ?", (edited if "agree" in fault else None,)
                )
        with pytest.raises(ReceiptChangedError):
            station.seal()
        assert list(station.home.outbox.iterdir()) == []
        assert station.books.due_receipts("lgwan-01")


@pytest.mark.usefixtures("bundle")
def test_receipt_alone_is_not_acknowledged(world: World) -> None:
    """The day is over when the receipt is home; nothing is owed for it."""
    with world.lgwan() as station:
        assert not station.status().done
    forth_and_back(world)
    with world.lgwan() as station:
        assert station.books.due_receipts("registry-01") == []
        assert station.status().done
        with pytest.raises(NothingToSealError):
            station.seal()
    with world.registry() as station:
        assert station.status().done
        assert station.status().overdue == []


@pytest.mark.usefixtures("bundle")
def test_bundle_of_receipts_is_closed_by_the_log(world: World) -> None:
    """What comes from there next says, in its log, that the receipts arrived."""
    forth_and_back(world)
    with world.registry() as station:
        (answer,) = station.books.bundles_in(BundleState.WRITTEN)
    world.send(isa_csv((31, 1)))
    world.import_("registry-01")
    with world.registry() as station:
        closed = station.books.bundle(answer.bundle)
        assert closed is not None
        assert closed.state is BundleState.DELIVERED


@pytest.mark.usefixtures("bundle")
def test_empty_bundle_is_answered(world: World) -> None:
    """A bundle that says "nothing today" is answered, so that its sender knows that it came."""
    forth_and_back(world)
    empty = world.send()
    world.import_("registry-01")
    with world.registry() as station:
        assert [due.bundle for due in station.books.due_receipts("lgwan-01")] == [empty]
