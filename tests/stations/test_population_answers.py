"""Entries of a full population are closed at home as other records are: each by a receipt."""

from __future__ import annotations

from collections import Counter

import pytest
from attacks.records import entries_csv
from attacks.world import World

from mediabridge.apply import AppliedBundleInfo, Outcome
from mediabridge.bundle.header import Route
from mediabridge.cli._app import run
from mediabridge.kinds import Kind
from mediabridge.records.model import Result
from mediabridge.stations import rerouting
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.incoming import receipts
from mediabridge.stations.outgoing import sealing
from mediabridge.translog.events import Event

LGWAN, REGISTRY = "lgwan-01", "registry-01"
HELD, OLDER = "NAME_DIFFERS", "OLDER_THAN_RECORD"
Said = dict[str, tuple[Result, str | None]]
SAID: Said = {
    "E-0001": (Result.ALREADY_APPLIED, None),
    "E-0002": (Result.SUPERSEDED, OLDER),
    "E-0003": (Result.HELD, HELD),
    "E-0004": (Result.HELD, HELD),
}


def send(world: World) -> BundleRow:
    """Send four entries, by two officers."""
    bundle = world.send(entries_csv(1, 2, 3, 4), officers=("officer-1", "officer-2"))
    with world.lgwan() as station:
        row = station.books.bundle(bundle)
    assert row is not None
    return row


def answer(world: World, row: BundleRow, said: Said, supplement: int = 0) -> None:
    """Have the registry say what became of the entries; what it made of them is not asked here."""
    route = Route(sender=row.sender, receiver=row.receiver)
    bundle = AppliedBundleInfo(row.bundle, route, row.seq, row.sums_sha256)
    outcomes = [Outcome(name, Kind.ISA_POPULATION, *each, None) for name, each in said.items()]
    counts = Counter(result.value for result, _ in said.values())
    with world.registry() as station:
        if not supplement:
            station.record(
                Event.BUNDLE_APPLIED,
                actor="clerk-1",
                bundle=row.bundle,
                seq=row.seq,
                records=len(said),
                applied=counts["applied"],
                held=counts["held"],
            )
            receipts.issue(station, bundle, outcomes, counts, operator="clerk-1")
            return
        (result,) = counts
        station.record(
            Event.RECORD_DECIDED,
            actor="clerk-1",
            bundle=row.bundle,
            supplement=supplement,
            result=result,
        )
        head = receipts._head(
            bundle, counts, decided_at=station.now(), decided_by="clerk-1", supplement=supplement
        )
        due = receipts._write(station, head, outcomes)
        with station.books.transaction():
            station.books.add_receipt(due, sender=row.sender)


def carry_home(world: World) -> None:
    world.send(station=REGISTRY)
    world.import_(LGWAN)


def closed(world: World, row: BundleRow) -> dict[str, tuple[str | None, str | None]]:
    with world.lgwan() as station:
        found = list(station.books.records_of(row.bundle))
    return {record: (result, reason) for _kind, record, result, reason in found}


def test_each_entry_is_closed_by_its_own_outcome(world: World) -> None:
    row = send(world)
    assert closed(world, row) == dict.fromkeys(SAID, (None, None))
    answer(world, row, SAID)
    carry_home(world)
    assert closed(world, row) == {
        name: (result.value, reason) for name, (result, reason) in SAID.items()
    }
    with world.lgwan() as station:
        now = station.books.bundle(row.bundle)
        assert now is not None
        assert now.state is BundleState.DELIVERED
        assert station.books.outcome_counts() == {"already_applied": 1, "held": 2, "superseded": 1}
    # The plain file of a whole city is not kept longer than it is needed.
    assert not list(world.home(LGWAN).inbox.iterdir())


def test_later_decisions_close_what_was_held(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    row = send(world)
    answer(world, row, SAID)
    carry_home(world)
    answer(world, row, {"E-0003": (Result.APPLIED, None)}, supplement=1)
    answer(world, row, {"E-0004": (Result.REJECTED, HELD)}, supplement=2)
    carry_home(world)
    assert closed(world, row)["E-0003"] == ("applied", None)
    assert closed(world, row)["E-0004"] == ("rejected", HELD)
    with world.lgwan() as station:
        assert [each.own.record for each in rerouting.returned(station)] == ["E-0004"]
    home = str(world.home(LGWAN).root)
    assert run(["--home", home, "--lang", "en", "outcomes"]) == 0
    shown = capsys.readouterr().out
    assert "Ask the city why, and send what is right." in shown
    assert run(["--home", home, "--lang", "en", "explain", "E-0003"]) == 0


def test_more_decisions_than_a_bundle_holds_go_in_several(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever decides on thousands of differences in a day must not stop the station."""
    row = send(world)
    answer(world, row, SAID)
    answer(world, row, {"E-0003": (Result.APPLIED, None)}, supplement=1)
    answer(world, row, {"E-0004": (Result.APPLIED, None)}, supplement=2)
    small = sealing.LIMITS.__class__(inner_files=3)
    monkeypatch.setattr(sealing, "LIMITS", small)
    with world.registry() as station:
        done = station.export(lambda: world.medium, approver=lambda _: world.key("officer-1"))
        assert [each.summary["receipts"] for each in done.written] == [2, 1]
        assert not station.books.due_receipts(LGWAN)
    world.import_(LGWAN)
    assert [result for result, _ in closed(world, row).values()] == [
        "already_applied", "superseded", "applied", "applied",
    ]  # fmt: skip


def test_entry_under_a_number_that_was_used_before_needs_one_of_its_own(world: World) -> None:
    row = send(world)
    answer(world, row, {**SAID, "E-0004": (Result.REJECTED, "POPULATION_ID_REUSED")})
    carry_home(world)
    with world.lgwan() as station:
        steps = {each.own.record: each.next_step for each in rerouting.returned(station)}
    assert steps == {"E-0004": "Send it once more under a number of its own."}
