"""The agency, the LGWAN station and the registry, with folders that pose as media."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import entries_csv, isa_csv, municipal_csv
from attacks.world import World, copy_of, make_world, scratch

from mediabridge import errors
from mediabridge.bundle import layout
from mediabridge.media import tree
from mediabridge.stations import relaying
from mediabridge.stations.books import BundleState
from mediabridge.stations.outgoing import collecting
from mediabridge.stations.outgoing.exporting import Exported
from mediabridge.stations.transport.door import Door
from mediabridge.stations.transport.handing import put_out
from mediabridge.translog.events import Event

AGENCY, LGWAN, REGISTRY = "agency-01", "lgwan-01", "registry-01"
NOTICES = isa_csv((1, 1), (2, 2), (3, 99))
"""Two that can be applied, and one for a card that nobody here has."""


@pytest.fixture(scope="module")
def pristine() -> Iterator[World]:
    with scratch() as root:
        yield make_world(Path(root), agency=True)


@pytest.fixture
def world(pristine: World) -> Iterator[World]:
    with scratch() as root:
        yield copy_of(pristine, Path(root) / "world")


def folder(world: World, name: str) -> Path:
    path = world.root / name
    path.mkdir(exist_ok=True)
    return path


def export(world: World, station: str, medium: Path, receiver: str | None = None) -> Exported:
    with world.open(station) as opened:
        return opened.export(
            lambda: medium, approver=lambda _: world.key("officer-1"), receiver=receiver
        )


def take(world: World, station: str, medium: Path) -> None:
    with world.open(station) as opened:
        opened.import_(medium, note=lambda _: None)


def collect(world: World, station: str, content: bytes) -> None:
    path = world.root / "incoming.csv"
    path.write_bytes(content)
    with world.open(station) as opened:
        opened.collect(path)


def outcomes(world: World, station: str) -> dict[str, int]:
    with world.open(station) as opened:
        return opened.books.outcome_counts()


def files(world: World, station: str) -> list[str]:
    entries = [each for each in world.log(station) if each.event is Event.FILE_COLLECTED]
    return [str(each.facts["file_sha256"]) for each in entries]


def to_lgwan(world: World, content: bytes = NOTICES) -> Path:
    """Have the agency send *content*; return the folder with it."""
    collect(world, AGENCY, content)
    line = folder(world, "line")
    export(world, AGENCY, line, LGWAN)
    return line


def test_a_day_goes_both_ways_by_three_stations(world: World) -> None:
    """Every record has one outcome at each end, and nothing is left to carry."""
    line, stick = to_lgwan(world), folder(world, "stick")
    take(world, LGWAN, line)
    export(world, LGWAN, stick)
    take(world, REGISTRY, stick)
    collect(world, REGISTRY, municipal_csv((1, 4), (2, 5)))
    export(world, REGISTRY, stick)
    take(world, LGWAN, stick)
    export(world, LGWAN, line, AGENCY)
    take(world, AGENCY, line)
    export(world, AGENCY, line, LGWAN)
    take(world, LGWAN, line)
    export(world, LGWAN, stick)
    take(world, REGISTRY, stick)
    assert outcomes(world, AGENCY) == {"applied": 3}
    assert outcomes(world, LGWAN) == {"applied": 4, "held": 1}
    assert outcomes(world, REGISTRY) == {"applied": 2}
    for station in (AGENCY, LGWAN, REGISTRY):
        with world.open(station) as opened:
            assert opened.status().done
            assert not list(opened.home.inbox.iterdir())
    # One file, whichever log speaks of it.
    (sent,), (told,) = files(world, AGENCY), files(world, REGISTRY)
    assert files(world, LGWAN) == [sent, told]


def test_a_full_population_goes_on_alone_and_waits_for_its_officers(world: World) -> None:
    collect(world, AGENCY, entries_csv(1, 2, 3))
    with world.agency() as agency:
        row = agency.seal()
        assert row.state is BundleState.SEALED
        for officer in ("officer-1", "officer-2"):
            agency.approve(row.bundle, world.key(officer))
        agency.write(agency.books.bundle(row.bundle) or row, folder(world, "line"))
    take(world, LGWAN, folder(world, "line"))
    with world.lgwan() as lgwan:
        row = lgwan.seal()
        assert (row.receiver, row.summary["records"]) == (REGISTRY, {"isa_population": 3})
        assert row.state is BundleState.SEALED


def test_what_goes_by_the_line_goes_onto_no_stick_unless_it_is_named(world: World) -> None:
    take(world, LGWAN, to_lgwan(world))
    stick = folder(world, "stick")
    with world.lgwan() as lgwan:
        assert lgwan.peer() == REGISTRY
        lgwan.seal(receiver=AGENCY)
    done = export(world, LGWAN, stick)
    assert [row.receiver for row in done.written] == [REGISTRY]
    assert not done.waiting
    written = len(tree.whole_on(stick))
    with world.lgwan() as lgwan:
        # Nor with those that have no receipt, at the next stick.
        (row,) = lgwan.books.bundles_in(BundleState.APPROVED)
        lgwan.write(row, folder(world, "line"))
    export(world, LGWAN, stick)
    assert len(tree.whole_on(stick)) == written
    done = export(world, LGWAN, folder(world, "other"), AGENCY)
    assert not done.written
    assert not done.again


def test_the_oldest_that_write_takes_is_one_for_a_stick(world: World) -> None:
    from mediabridge.stations import bundles  # noqa: PLC0415

    take(world, LGWAN, to_lgwan(world))
    with world.lgwan() as lgwan:
        by_line = lgwan.seal(receiver=AGENCY)
        with pytest.raises(errors.NoBundleWaitingError):
            bundles.chosen(lgwan, None, BundleState.APPROVED)
        named = bundles.chosen(lgwan, by_line.bundle[:8], BundleState.APPROVED)
        assert named.receiver == AGENCY


def test_a_crash_before_passing_on_is_put_right_when_the_station_opens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = to_lgwan(world)
    with monkeypatch.context() as dying:
        dying.setattr(relaying, "pass_on", lambda _station: None)
        take(world, LGWAN, line)
    assert files(world, LGWAN) == []
    with world.lgwan() as lgwan:
        assert lgwan.waiting_kinds() == {"isa_notice": 3}
    with world.lgwan() as lgwan:
        assert lgwan.waiting_kinds() == {"isa_notice": 3}
    assert len(files(world, LGWAN)) == 1


def test_a_crash_after_collecting_collects_nothing_twice(world: World) -> None:
    take(world, LGWAN, to_lgwan(world))
    with world.lgwan() as lgwan, lgwan.books.transaction():
        lgwan.books.set_fact(f"passed-on-{AGENCY}", 1)
    with world.lgwan() as lgwan:
        assert lgwan.books.fact(f"passed-on-{AGENCY}") == 2
        assert lgwan.waiting_kinds() == {"isa_notice": 3}
    assert len(files(world, LGWAN)) == 1


def test_what_cannot_go_on_is_said_until_it_can(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken, and its receipt goes back; it goes on as soon as it can."""
    line = to_lgwan(world)
    with monkeypatch.context() as full:

        def refuse(*_: object, **__: object) -> None:
            raise errors.DiskFullError(name="lgwan-01", detail="")

        full.setattr(collecting, "collect_file", refuse)
        take(world, LGWAN, line)
        with world.lgwan() as lgwan:
            (told,) = lgwan.status().attention
            assert isinstance(told, errors.NotPassedOnError)
            assert told.facts == {"sender": AGENCY, "seq": 1, "why": "DISK_FULL"}
    with world.lgwan() as lgwan:
        assert lgwan.status().attention == []
        assert lgwan.waiting_kinds() == {"isa_notice": 3}


def test_what_goes_on_is_not_put_out_for_another_system(world: World, tmp_path: Path) -> None:
    """What came before there was an agency's station stays with whoever fetched it."""
    take(world, LGWAN, to_lgwan(world))
    door = Door(tmp_path / "door")
    (tmp_path / "door").mkdir()
    door.make()
    with world.lgwan() as lgwan:
        assert list(put_out(lgwan, door)) == []


def test_a_way_begins_where_trust_data_names_it() -> None:
    """Of a city whose agency gets a station later, nothing goes there that had gone before."""
    with scratch() as root:
        world = make_world(Path(root), agency=True)
        whole = world.city.trust
        old = [each for each in whole.routes if AGENCY not in {each.sender, each.receiver}]
        world.publish(2, routes=tuple(old))
        for number in (1, 2):
            if number == 2:
                world.publish(3, routes=whole.routes)
            collect(world, REGISTRY, municipal_csv((number, number)))
            with world.registry() as registry:
                if number == 1:
                    registry.accept_trust(layout.trust_folder(world.medium))
            export(world, REGISTRY, world.medium)
            if number == 2:
                world.carry_trust()
            take(world, LGWAN, world.medium)
            with world.lgwan() as lgwan:
                wanted = {} if number == 1 else {"municipal_notice": 1}
                assert lgwan.waiting_kinds() == wanted


def test_the_agency_and_a_registry_have_no_way_past_lgwan(world: World) -> None:
    from mediabridge.trust.ceremony import entries  # noqa: PLC0415

    trust = entries.routed_throughout(world.city.trust, 1)
    pairs = {(each.sender, each.receiver) for each in trust.routes}
    assert {(AGENCY, LGWAN), (LGWAN, AGENCY), (LGWAN, REGISTRY), (REGISTRY, LGWAN)} <= pairs
    assert not {(AGENCY, REGISTRY), (REGISTRY, AGENCY)} & pairs
    for pair in ((AGENCY, REGISTRY), (REGISTRY, AGENCY)):
        with pytest.raises(errors.UsageError, match="by the LGWAN station"):
            entries.routed(trust, *pair, 1)


def test_the_same_stick_once_more_passes_nothing_on_twice(world: World) -> None:
    line = to_lgwan(world)
    take(world, LGWAN, line)
    with pytest.raises(errors.AlreadyAppliedError):
        take(world, LGWAN, line)
    with world.lgwan() as lgwan:
        assert lgwan.waiting_kinds() == {"isa_notice": 3}
    refused = json.dumps([str(path) for path in world.home(LGWAN).refused.iterdir()])
    assert refused == "[]"
