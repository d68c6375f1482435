"""A full population leaves in a bundle of its own, and more officers have to let it go."""

from __future__ import annotations

from pathlib import Path

import pytest
from attacks.records import csv_of, entries_csv, entry, isa_csv
from attacks.world import World
from stations.days import Day
from stations.sticks import Stick

from mediabridge.errors import ApprovalsTooFewError, KindNotCarriedError
from mediabridge.kinds import Kind
from mediabridge.stations.books import BundleState
from mediabridge.stations.outgoing.approving import look_at
from mediabridge.trust.ceremony import entries

LGWAN = "lgwan-01"
AS_OF = "2026-05-03T02:00:00+09:00"


def _collect(world: World, *contents: bytes) -> None:
    with world.lgwan() as station:
        for number, content in enumerate(contents):
            path = world.root / f"file-{number}.csv"
            path.write_bytes(content)
            station.collect(path)


def _files_of(world: World) -> list[dict[str, int]]:
    """Return what each sealed bundle holds, by number."""
    with world.lgwan() as station:
        rows = station.books.bundles("out")
    return [row.summary["records"] for row in sorted(rows, key=lambda each: each.seq)]


def test_population_is_sealed_alone_after_the_news(world: World) -> None:
    _collect(world, entries_csv(1, 2, 3), isa_csv((1, 1)), isa_csv((2, 2)))
    with world.lgwan() as station:
        assert station.still_waiting(station.seal())
        assert not station.still_waiting(station.seal())
    assert _files_of(world) == [{"isa_notice": 2}, {"isa_population": 3}]


def test_each_population_has_a_bundle_of_its_own(world: World) -> None:
    later = [entry(1, total=1, extract_id="X-2", entry_id="E-2-1")]
    _collect(world, entries_csv(1, 2, 3), csv_of(Kind.ISA_POPULATION, later))
    with world.lgwan() as station:
        assert station.still_waiting(station.seal())
        assert not station.still_waiting(station.seal())
    assert sorted(each["isa_population"] for each in _files_of(world)) == [1, 3]


def test_export_seals_all_and_waits_for_the_second_officer(world: World) -> None:
    _collect(world, entries_csv(1, 2, 3), isa_csv((1, 1)))
    with world.lgwan() as station:
        first = station.export(lambda: world.medium, approver=lambda _: world.key("officer-1"))
        assert [row.seq for row in first.written] == [1]
        assert [(row.seq, row.state) for row in first.waiting] == [(2, BundleState.SEALED)]
        second = station.export(lambda: world.medium, approver=lambda _: world.key("officer-2"))
        assert [row.seq for row in second.written] == [2]
    assert _files_of(world) == [{"isa_notice": 1}, {"isa_population": 3}]


def test_population_that_one_officer_approved_is_not_written(world: World) -> None:
    """Claim C96."""
    _collect(world, entries_csv(1, 2, 3))
    with world.lgwan() as station:
        row = station.approve(station.seal().bundle, world.key("officer-1"))
        assert row.state is BundleState.SEALED
        with pytest.raises(ApprovalsTooFewError):
            station.write(row, world.medium)
        assert not world.bundles.exists()
        row = station.approve(row.bundle, world.key("officer-2"))
        assert row.state is BundleState.APPROVED
        station.write(row, world.medium)
    assert world.bundle.name == row.bundle


def test_officer_is_told_what_it_is(world: World) -> None:
    _collect(world, entries_csv(1, 2, 3))
    with world.lgwan() as station:
        shown = look_at(station, station.seal().bundle)
    assert (shown.needed, shown.usually) == (2, 1)
    assert shown.summary.as_of == AS_OF
    assert shown.summary.records == {"isa_population": 3}
    assert shown.summary.events == {"1": 3}


def test_days_notices_say_nothing_of_an_extract(world: World) -> None:
    _collect(world, isa_csv((1, 1)))
    with world.lgwan() as station:
        row = station.seal()
        shown = look_at(station, row.bundle)
    assert "as_of" not in row.summary
    assert (shown.needed, shown.usually, shown.summary.as_of) == (1, 1, None)


def test_population_is_compared_with_the_one_before_it(world: World) -> None:
    few = [entry(1, total=1, extract_id="X-2", entry_id="E-2-1")]
    for content in (isa_csv((1, 1)), isa_csv((2, 2)), entries_csv(1, 2, 3)):
        _collect(world, content)
        with world.lgwan() as station:
            station.seal()
    _collect(world, csv_of(Kind.ISA_POPULATION, few))
    with world.lgwan() as station:
        seen = look_at(station, station.seal().bundle).unusual
    assert (seen.days, seen.records) == (1, (1, 3, 3))


def test_days_are_not_compared_with_populations(world: World) -> None:
    for content in (isa_csv((1, 1)), isa_csv((2, 2)), isa_csv((3, 3)), entries_csv(1, 2, 3, 4, 5)):
        _collect(world, content)
        with world.lgwan() as station:
            station.seal()
    _collect(world, isa_csv((4, 4)))
    with world.lgwan() as station:
        seen = look_at(station, station.seal().bundle).unusual
    assert (seen.days, seen.records, dict(seen.events)) == (3, None, {})


def test_route_of_an_earlier_day_carries_none_until_a_ceremony_says_so(
    world: World, tmp_path: Path
) -> None:
    trust = world.city.trust
    old = [
        each.model_copy(update={"kinds": (Kind.ISA_NOTICE,)}) if each.sender == LGWAN else each
        for each in trust.routes
    ]
    published = world.publish(routes=tuple(old))
    path = tmp_path / "population.csv"
    path.write_bytes(entries_csv(1))
    with world.lgwan() as station:
        station.accept_trust(world.medium / "MEDIABRIDGE" / "trust")
        with pytest.raises(KindNotCarriedError):
            station.collect(path)
    opened = entries.routed(published, LGWAN, "registry-01", 1, {"isa_population": 2})
    world.publish(version=3, routes=opened.routes)
    with world.lgwan() as station:
        station.accept_trust(world.medium / "MEDIABRIDGE" / "trust")
        assert station.collect(path).records == 1


def test_stick_that_is_plugged_in_takes_no_half_approved_population(
    day: Day, usb_stick: Stick
) -> None:
    """Claim C96."""
    day.approve(day.seal(content=entries_csv(1, 2)))
    day.serve(LGWAN, usb_stick)
    assert day.books(LGWAN) == [("out", "sealed", 1)]
