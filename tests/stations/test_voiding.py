"""Void and issued anew: by officers only, in the log first, and never two of the same in force."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from attacks.records import entries_csv, isa_csv, municipal_csv
from attacks.world import World
from stations.test_backups import save
from stations.test_setback import clear_stick, evening, set_back

from mediabridge import errors
from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.stations import voiding
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.outgoing import attaching, reissuing
from mediabridge.translog.events import Event
from mediabridge.trust import keytext
from mediabridge.trust.trust_data import Revocation
from mediabridge.verify.void import SignedVoid, VoidReason

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"


def row_of(station: object, seq: int) -> BundleRow:
    rows = station.books.bundles("out")  # type: ignore[attr-defined]
    return next(row for row in rows if row.seq == seq)


def void(
    world: World,
    first: int,
    last: int | None = None,
    *,
    anew: bool = False,
    by: str = "officer-1",
    at: str = LGWAN,
) -> SignedVoid:
    with world.open(at) as station:
        row = row_of(station, first)
        drawn = voiding.draft(station, row, last or first, VoidReason.MEDIUM_LOST, anew=anew)
        return voiding.declare(station, drawn, [world.key(by)])


def anew(world: World, number: int, at: str = LGWAN) -> BundleRow:
    with world.open(at) as station:
        row = reissuing.seal_again(station, row_of(station, number), AtDesk("clerk-1"))
        station.approve(row.bundle, world.key("officer-1"))
        station.write(station.books.bundle(row.bundle) or row, world.medium)
        return row


def issue_anew(world: World, number: int, at: str = LGWAN) -> None:
    """Declare a number void, seal what it held again, and put that onto the stick."""
    void(world, number, anew=True, at=at)
    anew(world, number, at)


def lose(world: World) -> Path:
    """Take the stick away; return where it lies."""
    lost = world.root / f"lost-{len(list(world.root.glob('lost-*')))}"
    shutil.copytree(world.bundles, lost)
    clear_stick(world)
    return lost


def rewrite(world: World, *numbers: int) -> None:
    """Write bundles that are sealed already to the stick."""
    with world.lgwan() as station:
        for number in numbers:
            station.write(row_of(station, number), world.medium)


def put_back(world: World, lost: Path) -> None:
    clear_stick(world)
    world.bundles.rmdir()
    shutil.copytree(lost, world.bundles)


def test_void_closes_the_gap_for_what_follows(world: World) -> None:
    """Claim C91."""
    world.send(isa_csv((1, 1)))
    lost = lose(world)
    world.send(isa_csv((2, 2)))
    with pytest.raises(errors.BundleParkedError) as early:
        world.import_()
    assert early.value.facts["missing"] == "1"
    statement = void(world, 1).statement
    assert (statement.first, statement.last, statement.replaced_by) == (1, 1, 0)
    rewrite(world, 2)
    assert [taken.seq for taken in world.import_()] == [2]
    put_back(world, lost)
    with pytest.raises(errors.NumberVoidError):
        world.import_()
    evening(world)
    with world.lgwan() as station:
        states = {row.seq: row.state for row in station.books.bundles("out")}
        assert states == {1: BundleState.VOID, 2: BundleState.DELIVERED}
        assert station.books.voids(LGWAN, REGISTRY, waiting=True) == []


def test_old_copy_of_a_void_number_keeps_nothing_from_the_receiver(world: World) -> None:
    """Claim C91: it is refused and said, and what comes after it on the stick is taken."""
    world.send(isa_csv((1, 1)))
    lost = lose(world)
    void(world, 1)
    world.send(isa_csv((2, 2)))
    assert [taken.seq for taken in world.import_()] == [2]
    put_back(world, lost)
    world.send(isa_csv((3, 3)))
    with pytest.raises(errors.NumberVoidError):
        world.import_()
    with world.registry() as station:
        assert station.route_state(LGWAN).seq == 3
    refused = [each for each in world.log(REGISTRY) if each.event is Event.BUNDLE_REFUSED]
    assert [each.facts["reason"] for each in refused] == ["NUMBER_VOID"]


@pytest.mark.parametrize("confirmed", [False, True])
def test_more_statements_than_one_bundle_holds_go_with_the_next_ones(
    world: World, monkeypatch: pytest.MonkeyPatch, *, confirmed: bool
) -> None:
    """Claim C91: none of them waits for ever, and the number before a bundle is always told."""
    monkeypatch.setattr(attaching, "LIMITS", replace(LIMITS, void_files=6))
    with world.lgwan() as station:
        for _each in range(5):
            station.seal(empty=True)
    for number in range(1, 6):
        void(world, number)
    with world.lgwan() as station:
        assert attaching.bundles_for(station, REGISTRY) == 3
    world.send(isa_csv((1, 1)))
    assert len(list(world.bundle.glob("void-*.json"))) == 3
    assert (world.bundle / layout.void_name(5, 5)).is_file()
    with pytest.raises(errors.BundleParkedError):
        world.import_()
    clear_stick(world)
    if confirmed:
        evening(world)
        world.send()
    else:
        world.send()
        world.send()
    assert world.import_()[0].outcomes == {"applied": 1}
    with world.registry() as station:
        assert station.route_state(LGWAN).seq == (7 if confirmed else 8)


def test_reissue_carries_the_same_under_the_next_number(world: World) -> None:
    """Claim C91: void 1, replaced by 3."""
    world.send(isa_csv((1, 1)))
    lose(world)
    world.send(isa_csv((2, 2)))
    assert void(world, 1, anew=True).statement.replaced_by == 3
    assert anew(world, 1).seq == 3
    rewrite(world, 2)
    taken = world.import_()
    assert [each.seq for each in taken] == [2, 3]
    assert [each.outcomes for each in taken] == [{"applied": 1}, {"applied": 1}]
    clear_stick(world)
    evening(world)
    with world.lgwan() as station:
        assert station.books.outcome_counts() == {"applied": 2}


def test_reissue_of_what_had_arrived_after_all_changes_nothing_twice(world: World) -> None:
    """The stick turned up before the statement: the number stays applied, and is named."""
    world.send(isa_csv((1, 1)))
    lost = lose(world)
    void(world, 1, anew=True)
    anew(world, 1)
    second = lose(world)
    put_back(world, lost)
    world.import_()
    put_back(world, second)
    (taken,) = world.import_()
    assert taken.outcomes == {"already_applied": 1}
    (entry,) = [each for each in world.log(REGISTRY) if each.event is Event.VOID_ACCEPTED]
    assert entry.facts["bundle_count"] == 1
    clear_stick(world)
    evening(world)
    with world.lgwan() as station:
        # Both receipts are in: what was applied first is what counts.
        assert station.books.outcome_counts() == {"applied": 1}


def test_reissue_that_was_interrupted_is_done_again(world: World) -> None:
    world.send(isa_csv((1, 1)))
    lose(world)
    void(world, 1, anew=True)
    with world.lgwan() as station:
        assert [row.records for row in station.books.waiting_files()] == [1]
        assert reissuing.seal_again(station, row_of(station, 1), AtDesk("clerk-1")).seq == 2
        assert station.books.waiting_files() == []
        before = world.log_bytes(LGWAN)
        with pytest.raises(errors.NotVoidableError):
            reissuing.seal_again(station, row_of(station, 1), AtDesk("clerk-1"))
        assert world.log_bytes(LGWAN) == before


def test_reissue_of_what_held_nothing_still_gives_the_number(world: World) -> None:
    """The statement names the number that follows, so a bundle has to bear it."""
    world.send()
    lose(world)
    assert void(world, 1, anew=True).statement.replaced_by == 2
    with world.lgwan() as station:
        assert reissuing.seal_again(station, row_of(station, 1), AtDesk("clerk-1")).seq == 2


def test_receipts_of_a_void_bundle_travel_with_the_next(world: World) -> None:
    world.send(isa_csv((1, 1)))
    path = world.root / "municipal.csv"
    path.write_bytes(municipal_csv((1, 1)))
    world.import_()
    clear_stick(world)
    world.send(path.read_bytes(), station=REGISTRY)
    clear_stick(world)
    with world.registry() as station:
        row = row_of(station, 1)
        drawn = voiding.draft(station, row, 1, VoidReason.UNREADABLE, anew=True)
        voiding.declare(station, drawn, [world.key("officer-1")])
        again = reissuing.seal_again(station, row_of(station, 1), AtDesk("clerk-1"))
        station.approve(again.bundle, world.key("officer-1"))
        station.write(station.books.bundle(again.bundle) or again, world.medium)
    (taken,) = world.import_(LGWAN)
    assert (taken.seq, taken.receipts, taken.outcomes) == (2, 1, {"applied": 1})


def test_what_the_receiver_has_taken_is_not_void(world: World) -> None:
    world.send(isa_csv((1, 1)))
    world.import_()
    clear_stick(world)
    evening(world)
    before = world.log_bytes(LGWAN)
    with pytest.raises(errors.NotVoidableError):
        void(world, 1)
    assert world.log_bytes(LGWAN) == before


def test_what_was_never_sealed_is_not_void(world: World) -> None:
    world.send(isa_csv((1, 1)))
    with pytest.raises(errors.NotVoidableError):
        void(world, 1, 2)


def test_only_what_is_void_is_issued_anew(world: World) -> None:
    world.send(isa_csv((1, 1)))
    with world.lgwan() as station, pytest.raises(errors.NotVoidableError):
        reissuing.seal_again(station, row_of(station, 1), AtDesk("clerk-1"))


def test_log_comes_before_the_effect(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.send(isa_csv((1, 1)))
    with world.lgwan() as station:
        row = row_of(station, 1)
        drawn = voiding.draft(station, row, 1, VoidReason.MEDIUM_LOST, anew=False)

        def fails(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr(station, "record", fails)
        with pytest.raises(OSError, match="full"):
            voiding.declare(station, drawn, [world.key("officer-1")])
        assert row_of(station, 1).state is BundleState.WRITTEN
        assert station.books.voids(LGWAN, REGISTRY) == []


def test_statement_of_an_officer_who_left_is_signed_again(world: World) -> None:
    """Nothing goes out under a signature that its receiver will refuse."""
    world.send(isa_csv((1, 1)))
    lose(world)
    void(world, 1, by="officer-2")
    officer = next(each for each in world.city.trust.people if each.name == "officer-2")
    key = keytext.fingerprint(officer.key)
    world.publish(revoked=(Revocation(key=key, at="2026-01-01T00:00:00Z", reason="LEFT_OFFICE"),))
    with world.lgwan() as station:
        station.accept_trust(layout.trust_folder(world.medium))
        row = station.seal(empty=True)
        station.approve(row.bundle, world.key("officer-1"))
        with pytest.raises(errors.SignerRevokedError):
            station.write(row, world.medium)
    void(world, 1)
    rewrite(world, 2)
    assert [taken.seq for taken in world.import_()] == [2]


def test_statement_that_is_signed_again_still_names_the_number_that_follows(world: World) -> None:
    """The officers would be told that it does not come again, although it is sealed already."""
    world.send(isa_csv((1, 1)))
    lose(world)
    assert void(world, 1, anew=True).statement.replaced_by == 2
    anew(world, 1)
    assert void(world, 1).statement.replaced_by == 2
    with world.lgwan() as station:
        (known,) = station.books.voids(LGWAN, REGISTRY)
        assert known.statement.replaced_by == 2
        assert station.books.waiting_files() == []


def test_what_comes_again_is_not_void_without_it_beside_other_numbers(world: World) -> None:
    world.send(isa_csv((1, 1)))
    lose(world)
    void(world, 1, anew=True)
    anew(world, 1)
    before = world.snapshot(LGWAN)
    with pytest.raises(errors.NotVoidableError, match="what number 1 held"):
        void(world, 1, 2)
    assert world.snapshot(LGWAN) == before
    assert void(world, 2).statement.replaced_by == 0


@pytest.mark.parametrize("file", ["statement", "signature", "other numbers"])
def test_statement_that_was_changed_on_the_stick_is_refused(world: World, file: str) -> None:
    """Claim C91."""
    world.send(isa_csv((1, 1)))
    lose(world)
    void(world, 1)
    world.send(isa_csv((2, 2)))
    statement = world.bundle / layout.void_name(1, 1)
    if file == "statement":
        statement.write_bytes(statement.read_bytes().replace(b"MEDIUM_LOST", b"UNREADABLE"))
    elif file == "signature":
        (world.bundle / layout.void_signature_name(statement.name, "officer-1")).unlink()
    else:
        for path in list(world.bundle.glob("void-1-1*")):
            path.rename(path.with_name(path.name.replace("void-1-1", "void-1-2")))
    before = world.snapshot(REGISTRY)
    with pytest.raises(errors.MediabridgeError) as refused:
        world.import_()
    assert isinstance(
        refused.value,
        errors.SignatureInvalidError | errors.VoidNotApprovedError | errors.VoidStatementError,
    )
    assert world.snapshot(REGISTRY) == before


def test_a_restored_receiver_is_told_again(world: World) -> None:
    """It forgot what it had confirmed, so the statement lies beside the number that follows."""
    world.send(isa_csv((1, 1)))
    lose(world)
    save(world, REGISTRY, "registry-backup")
    void(world, 1)
    world.send(isa_csv((2, 2)))
    world.import_()
    clear_stick(world)
    evening(world)
    set_back(world, REGISTRY)
    rewrite(world, 2)
    assert [taken.seq for taken in world.import_()] == [2]


@pytest.mark.parametrize("lost", [b"news", b"population"])
def test_reissue_seals_what_the_number_held_whatever_else_waits(world: World, lost: bytes) -> None:
    news, population = isa_csv((1, 1)), entries_csv(1, 2, 3)
    held, other = (news, population) if lost == b"news" else (population, news)
    path = world.root / "incoming.csv"
    with world.lgwan() as station:
        path.write_bytes(held)
        station.collect(path)
        station.seal()
        path.write_bytes(other)
        station.collect(path)
    void(world, 1, anew=True)
    with world.lgwan() as station:
        again = reissuing.seal_again(station, row_of(station, 1), AtDesk("clerk-1"))
        assert again.summary["records"] == row_of(station, 1).summary["records"]
        assert station.seal().summary["records"] != again.summary["records"]
