"""Power goes at any moment; the command is repeated; nothing is lost, doubled or unlogged."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest
from attacks.world import World, copy_of
from journeys.conftest import STAGES
from journeys.death import deaths

from mediabridge.bundle import layout
from mediabridge.errors import (
    AlreadyAppliedError,
    MediabridgeError,
    NoMediumError,
    NothingToSealError,
)
from mediabridge.media.tree import bundles_on
from mediabridge.stations.books import BundleState
from mediabridge.stations.outgoing.approvals import approved_by
from mediabridge.translog.events import Event

pytestmark = pytest.mark.in_turns

Roots = Callable[[str], Callable[[], Path]]


def _deaths(root_before: Roots, stage: str) -> Iterator[World]:
    for root in deaths(root_before(stage), lambda root: STAGES[stage](World(root))):
        yield World(root)


def _repeat(world: World, stage: str, *harmless: type[MediabridgeError]) -> None:
    """Give the same command again; it may find that nothing is left to do."""
    with suppress(*harmless):
        STAGES[stage](world)


def _events(world: World, station: str) -> Counter[Event]:
    return Counter(entry.event for entry in world.log(station))


def _logged(world: World, station: str, event: Event, **facts: object) -> bool:
    """Tell whether the log of *station* has such an entry."""
    return any(
        entry.event is event and facts.items() <= dict(entry.facts).items()
        for entry in world.log(station)
    )


def _log_is_whole(world: World, station: str) -> None:
    with world.open(station) as opened:
        opened.log.check()


def test_death_while_collecting(root_before: Roots) -> None:
    """Claim C41."""
    for world in _deaths(root_before, "collect"):
        collected = list(world.home("lgwan-01").inbox.glob("*.csv"))
        for path in collected:
            assert _logged(world, "lgwan-01", Event.FILE_COLLECTED, file_sha256=path.stem)
        _repeat(world, "collect")
        with world.lgwan() as station:
            (row,) = station.books.waiting_files()
            assert row.records == 3
            assert station.books.outcome_counts() == {"open": 3}
        assert len(list(world.home("lgwan-01").inbox.glob("*.csv"))) == 1
        _log_is_whole(world, "lgwan-01")


def _assert_sealed_once(world: World, station: str, stage: str, *, records: int) -> None:
    """After death while sealing: what is in the outbox was announced; repeating gives one."""
    outbox = world.home(station).outbox
    for folder in outbox.iterdir():
        assert _logged(world, station, Event.BUNDLE_SEALED, bundle=folder.name)
    _repeat(world, stage, NothingToSealError)
    with world.open(station) as opened:
        (row,) = opened.books.bundles("out")
        assert (row.seq, row.records) == (1, records)
        assert opened.books.waiting_files() == []
        assert opened.books.due_receipts("lgwan-01") == []
    assert [folder.name for folder in outbox.iterdir()] == [row.bundle]
    sealed = [e for e in world.log(station) if e.event is Event.BUNDLE_SEALED]
    assert sealed[-1].facts["sums"] == row.sums_sha256
    begun = [e.facts for e in world.log(station) if e.event is Event.BUNDLE_SEALING]
    given_up = [e.facts["bundle"] for e in world.log(station) if e.event is Event.JOURNEY_RECOVERED]
    assert [facts["bundle"] for facts in begun] == [*given_up, row.bundle]
    assert {facts["seq"] for facts in begun} == {1}
    assert list(world.home(station).work.iterdir()) == []
    _log_is_whole(world, station)


def test_death_while_sealing(root_before: Roots) -> None:
    """Claim C41."""
    for world in _deaths(root_before, "seal"):
        _assert_sealed_once(world, "lgwan-01", "seal", records=3)


def _promised(world: World, station: str) -> list[int]:
    """Return the sizes of the peer's log that *station* noted before it cosigned them."""
    with closing(sqlite3.connect(world.home(station).log)) as connection:
        found = connection.execute("SELECT size FROM promise ORDER BY rowid")
        return [size for (size,) in found]


def test_death_while_sealing_answer(root_before: Roots) -> None:
    """Claims C41 and C83. What was cosigned is on the disk, whatever became of the bundle."""
    for world in _deaths(root_before, "seal_answer"):
        before = _promised(world, "registry-01")
        if list(world.home("registry-01").outbox.iterdir()):
            assert before
        _assert_sealed_once(world, "registry-01", "seal_answer", records=1)
        after = _promised(world, "registry-01")
        with world.registry() as station:
            assert set(after) == {station.mirror("lgwan-01").size()}
        assert after[: len(before)] == before


def test_death_while_approving(root_before: Roots) -> None:
    """Claim C41."""
    for world in _deaths(root_before, "approve"):
        (folder,) = world.home("lgwan-01").outbox.iterdir()
        if (folder / layout.approval_name("officer-1")).exists():
            assert _logged(world, "lgwan-01", Event.BUNDLE_APPROVED, bundle=folder.name)
        _repeat(world, "approve")
        with world.lgwan() as station:
            (row,) = station.books.bundles("out")
            assert row.state is BundleState.APPROVED
            assert approved_by(station, row.bundle) == ["officer-1"]
        # Nothing stays in the folder that would make the receiver refuse it.
        STAGES["write"](world)
        assert world.import_()[0].outcomes["applied"] == 2


def test_death_while_writing(root_before: Roots) -> None:
    """Claim C41."""
    for world in _deaths(root_before, "write"):
        try:
            there = bundles_on(world.medium)
        except NoMediumError:
            there = []
        if there:
            assert _logged(world, "lgwan-01", Event.BUNDLE_RELEASED, bundle=there[0])
            # What stands under its final name is whole.
            copy = {path.name: path.read_bytes() for path in (world.bundles / there[0]).iterdir()}
            own = world.home("lgwan-01").outbox / there[0]
            assert copy == {path.name: path.read_bytes() for path in own.iterdir()}
        _repeat(world, "write")
        with world.lgwan() as station:
            (row,) = station.books.bundles("out")
            assert row.state is BundleState.WRITTEN
        assert _logged(world, "lgwan-01", Event.BUNDLE_WRITTEN, bundle=row.bundle)
        assert [path.name for path in world.bundles.iterdir()] == [row.bundle]


def test_death_while_importing(root_before: Roots) -> None:
    """Claim C41."""
    for world in _deaths(root_before, "import_"):
        name = world.bundle.name
        applied_before = _logged(world, "registry-01", Event.BUNDLE_APPLIED, bundle=name)
        with world.registry() as station:
            journal = list(station.registry.journal())
        assert len(journal) <= int(applied_before)
        _repeat(world, "import_", AlreadyAppliedError)
        with world.registry() as station:
            (entry,) = station.registry.journal()
            results = Counter(each.result for each in station.registry.outcomes(name))
            assert results == {"applied": 2, "held": 1}
            (due,) = station.books.due_receipts("lgwan-01")
            assert (due.bundle, due.lines) == (name, 3)
            (row,) = station.books.bundles("in")
            assert (row.seq, row.sums_sha256) == (1, entry.bundle.sums_sha256)
        assert list(world.home("registry-01").work.iterdir()) == []
        receipts = [path.stem for path in world.home("registry-01").receipts.iterdir()]
        assert due.receipt in receipts
        for receipt in receipts:
            assert _logged(world, "registry-01", Event.RECEIPT_ISSUED, receipt=receipt)
        _log_is_whole(world, "registry-01")


def test_death_while_importing_answer(root_before: Roots) -> None:
    """Claims C41 and C82. What the peer has seen is kept before anything of its bundle is."""
    for world in _deaths(root_before, "import_answer"):
        with world.lgwan() as station:
            if station.books.bundles("in") or station.books.outcome_counts() != {"open": 3}:
                assert station.status().witnessed[0].seen
        _repeat(world, "import_answer", AlreadyAppliedError)
        with world.lgwan() as station:
            (sent,) = station.books.bundles("out")
            assert sent.state is BundleState.DELIVERED
            assert station.books.outcome_counts() == {"applied": 2, "held": 1}
            (taken,) = station.books.bundles("in")
            (due,) = station.books.due_receipts("registry-01")
            assert due.bundle == taken.bundle
            (witnessed,) = station.status().witnessed
            assert witnessed.seen == max(_promised(world, "registry-01"))
        home = world.home("lgwan-01")
        (delivery,) = home.delivered.iterdir()
        assert [path.name for path in delivery.iterdir()] == ["municipal_notice-0001.csv"]
        assert list(home.inbox.iterdir()) == []
        assert _logged(world, "lgwan-01", Event.BUNDLE_APPLIED, bundle=taken.bundle)
        _log_is_whole(world, "lgwan-01")


def test_death_leaves_work_that_is_swept(before: Callable[[str], World]) -> None:
    """Plaintext that a killed import left in quarantine is gone when the station opens."""
    world = before("import_")
    work = world.home("registry-01").work
    (work / "quarantine").mkdir()
    (work / "quarantine" / "isa_notice-0001.csv").write_bytes(b"a name")
    with world.registry():
        assert list(work.iterdir()) == []


def test_trust_taken_over_is_logged(before: Callable[[str], World]) -> None:
    """Also when power goes between taking over newer trust data and the entry."""
    published = before("import_")
    published.publish()
    copies = count()

    def fresh() -> Path:
        return copy_of(published, published.root.with_name(f"published-{next(copies)}")).root

    def take_over(root: Path) -> None:
        world = World(root)
        with world.registry() as station:
            station.accept_trust(layout.trust_folder(world.medium))

    for root in deaths(fresh, take_over):
        world = World(root)
        with world.registry() as station:
            taken_over = station.trust.version == 2
        if taken_over:
            assert _logged(world, "registry-01", Event.TRUST_UPDATED, trust_version=2)
        take_over(root)
        assert _logged(world, "registry-01", Event.TRUST_UPDATED, trust_version=2)
