"""Logs that continue themselves, signed by their stations, and tell another story than what came.

Each bundle here is right in everything, its log section included, but that one fact of one entry
is another than what the bundle carries, or than what the reader's own books hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from attacks.forge import Document, Forge, Inner, Rewrite, changed, collected, isa_file, same
from attacks.records import isa_csv
from attacks.refusals import assert_refused
from attacks.world import World

from mediabridge.errors import CollectedChangedError, LogSaysOtherwiseError
from mediabridge.stations.books import BundleRow
from mediabridge.translog import events
from mediabridge.translog.events import Event, Fact

READER, SENDER = "registry-01", "lgwan-01"
DIGEST = "0" * 64
CARRIED = isa_file((11, 1), (12, 2))


def entry(event: Event, station: str = SENDER, **facts: Fact) -> bytes:
    return events.build(
        event, time="2026-05-02T09:00:00Z", station=station, actor=station, facts=facts
    )


def numbered(seq: int, *, previous: int, **told: object) -> Rewrite:
    """Return the rewrite of a manifest that is the *seq*-th of its route."""

    def rewrite(document: Document) -> Document:
        document["summary"].update(seq=seq, previous_records=previous)
        return {**document, "log": {**document["log"], **told}}

    return rewrite


def next_one(
    world: World,
    forge: Forge,
    said: Sequence[bytes],
    *,
    files: Sequence[Inner] = (CARRIED,),
    collected: bool = True,
    **told: object,
) -> None:
    """Seal the sender's next bundle with *said* at the end of its log.

    *told* is what it says of the reader's log.
    """
    with world.registry() as station:
        state = station.route_state(SENDER)
        taken = station.records_taken(SENDER, state.seq)
    header: Rewrite = changed(seq=state.next_seq, prev=state.sums_sha256)
    log = forge.log()
    forge.seal(
        files=files,
        header=header if state.seq else same,
        manifest=numbered(state.next_seq, previous=taken, **told),
        log=replace(log, entries=[*log.entries, *said], collected=collected),
    )


# --- what the bundle carries -----------------------------------------------------------


@pytest.mark.parametrize(
    "lies",
    [{"records": 1}, {"file_bytes": 1}, {"kind": "municipal_notice"}, {"file_sha256": DIGEST}],
    ids=str,
)
def test_file_was_collected_otherwise(world: World, forge: Forge, lies: dict[str, Fact]) -> None:
    """Claim C103."""
    next_one(world, forge, [collected(CARRIED, **lies)], collected=False)
    assert_refused(world, LogSaysOtherwiseError)


def test_file_was_never_collected(world: World, forge: Forge) -> None:
    """Claim C103. Nothing without an entry has an effect, at the other station neither."""
    next_one(world, forge, [], collected=False)
    refusal = assert_refused(world, LogSaysOtherwiseError)
    assert CARRIED.name in str(refusal)
    assert refusal.verdict
    assert refusal.verdict.codes()[-1] == "8.3:fail"


def test_file_of_which_the_log_is_silent_but_for_its_digest(world: World, forge: Forge) -> None:
    """An entry need not hold every fact: those that it holds are right."""
    digest = collected(CARRIED).partition(b'"file_sha256":"')[2][:64].decode()
    next_one(world, forge, [entry(Event.FILE_COLLECTED, file_sha256=digest)], collected=False)
    assert len(world.import_()) == 1


@pytest.mark.parametrize("lies", [{}, {"records": 1}], ids=str)
def test_file_that_waited_while_another_bundle_left(
    world: World, forge: Forge, lies: dict[str, Fact]
) -> None:
    """Claim C103. Its entry came with an earlier bundle, and is only in the reader's copy."""
    log = forge.log()
    log = replace(log, entries=[*log.entries, collected(CARRIED, **lies)], collected=False)
    forge.seal(files=[], log=log)
    world.import_()
    after = replace(log, entries=[*forge.told, entry(Event.CLOCK_DOUBTED)], start=len(log.entries))
    with world.registry() as station:
        state = station.route_state(SENDER)
    forge.seal(
        files=[CARRIED],
        header=changed(seq=2, prev=state.sums_sha256),
        manifest=numbered(2, previous=0),
        log=after,
    )
    if lies:
        assert_refused(world, LogSaysOtherwiseError)
    else:
        assert len(world.import_()) == 1


# --- what is known of bundles that came before ------------------------------------------

OF_A_BUNDLE = [{"seq": 2}, {"sums": DIGEST}, {"route_to": "lgwan-02"}, {"route_from": "lgwan-02"}]


def true_facts(row: BundleRow) -> dict[str, Fact]:
    return {
        "bundle": row.bundle,
        "route_from": row.sender,
        "route_to": row.receiver,
        "seq": row.seq,
        "sums": row.sums_sha256,
    }


def taken_row(world: World) -> BundleRow:
    """Take the first bundle and return what the reader's books hold of it."""
    world.import_()
    with world.registry() as station:
        return station.books.bundles("in")[0]


@pytest.mark.parametrize(
    "event", [Event.BUNDLE_SEALED, Event.BUNDLE_APPROVED, Event.BUNDLE_RELEASED,
              Event.BUNDLE_CARRIED, Event.BUNDLE_WRITTEN],
)  # fmt: skip
@pytest.mark.parametrize("lies", OF_A_BUNDLE, ids=str)
def test_bundle_was_sealed_otherwise(
    world: World, forge: Forge, event: Event, lies: dict[str, Fact]
) -> None:
    """Claim C103. The reader has taken it, and the sender's log tells of another."""
    facts = true_facts(taken_row(world))
    next_one(world, forge, [entry(event, **facts | lies)])
    assert_refused(world, LogSaysOtherwiseError)


def test_bundle_was_sealed_with_more_records(world: World, forge: Forge) -> None:
    """Claim C103."""
    row = taken_row(world)
    said = entry(Event.BUNDLE_SEALED, **true_facts(row), records=row.records + 1)
    next_one(world, forge, [said])
    assert_refused(world, LogSaysOtherwiseError)


@pytest.mark.parametrize("about", ["the truth", "a bundle of nobody", "another event"])
def test_what_does_not_contradict_is_taken(world: World, forge: Forge, about: str) -> None:
    """The control: an entry about what is not known here, or not about it, says nothing of it."""
    row = taken_row(world)
    facts = {**true_facts(row), "records": row.records}
    said = {
        "the truth": entry(Event.BUNDLE_SEALED, **facts),
        "a bundle of nobody": entry(Event.BUNDLE_SEALED, **facts | {"bundle": "0" * 32, "seq": 7}),
        "another event": entry(Event.BUNDLE_VERIFIED, **facts | {"seq": 7}),
    }
    next_one(world, forge, [said[about]])
    assert len(world.import_()) == 1


# --- what the other station says of what went there -------------------------------------


def answer(forge: Forge, *said: bytes) -> None:
    """Seal an empty bundle of the registry whose log ends with *said*."""
    log = forge.log(READER)
    forge.seal(
        station=READER,
        recipients=[SENDER, "escrow"],
        files=[],
        log=replace(log, entries=[*log.entries, *said]),
    )


@pytest.mark.parametrize(
    "event",
    [Event.BUNDLE_PARKED, Event.BUNDLE_VERIFIED, Event.BUNDLE_OPENED, Event.BUNDLE_APPLIED],
)
@pytest.mark.parametrize("lies", [*OF_A_BUNDLE, {"records": 2}], ids=str)
def test_bundle_arrived_otherwise(
    world: World, forge: Forge, event: Event, lies: dict[str, Fact]
) -> None:
    """Claim C103. The sender's own books know what it sent."""
    with world.lgwan() as station:
        (row,) = station.books.bundles("out")
    answer(forge, entry(event, READER, **true_facts(row) | {"records": 3} | lies))
    assert_refused(world, LogSaysOtherwiseError, station=SENDER)
    answer(forge, entry(event, READER, **true_facts(row), records=3))
    assert len(world.import_(SENDER)) == 1


@pytest.mark.parametrize(
    "lies",
    [
        {"receipt_sha256": DIGEST},
        {"records": 2},
        {"seq": 2},
        {"bundle": "0" * 32},
        {"supplement": 1},
    ],
    ids=str,
)
def test_receipt_arrived_otherwise(world: World, forge: Forge, lies: dict[str, Fact]) -> None:
    """Claim C103. Whoever issued a receipt knows what it said."""
    taken_row(world)
    with world.registry() as station:
        (due,) = station.books.due_receipts(SENDER)
    facts: dict[str, Fact] = {
        "receipt": due.receipt,
        "receipt_sha256": str(due.sha256),
        "bundle": due.bundle,
        "seq": due.seq,
        "records": due.lines,
        "supplement": 0,
    }
    next_one(world, forge, [entry(Event.RECEIPT_ACCEPTED, **facts | lies)])
    assert_refused(world, LogSaysOtherwiseError)
    next_one(world, forge, [entry(Event.RECEIPT_ACCEPTED, **facts)])
    assert len(world.import_()) == 1


def test_another_root_was_cosigned(world: World, forge: Forge) -> None:
    """Claim C103. What a station says it has cosigned is what it did cosign."""
    world.import_()
    world.send(station=READER)
    world.import_(SENDER)
    world.send(isa_csv((21, 1)))
    world.import_()
    with world.registry() as station:
        seen = station.log.newest_cosigned(f"city.training.example/witness/{SENDER}")
        assert seen
        root = station.log.root(seen.size).hex()
    lie, truth = (
        entry(Event.BUNDLE_SEALED, peer_size=seen.size, peer_root=each) for each in (DIGEST, root)
    )
    told = {"peer_size": seen.size, "peer_checkpoint": seen.note.decode()}
    next_one(world, forge, [lie], files=[], **told)
    assert_refused(world, LogSaysOtherwiseError)
    # What is sealed for a third station tells of its log, whatever that has at this size.
    third = entry(Event.BUNDLE_SEALED, peer_size=seen.size, peer_root=DIGEST, route_to="lgwan-02")
    next_one(world, forge, [truth, third], files=[], **told)
    assert len(world.import_()) == 1


# --- before it leaves -------------------------------------------------------------------


def test_file_that_only_books_and_folder_know(world: World) -> None:
    """Claim C103. Whoever exchanges a file and its row has no entry; nothing is sealed of it."""
    path = world.root / "file.csv"
    path.write_bytes(isa_csv((21, 1)))
    with world.lgwan() as station:
        station.collect(path)
        (row,) = station.books.waiting_files()
        other = isa_file((22, 2))
        digest = collected(other).partition(b'"file_sha256":"')[2][:64].decode()
        (station.home.inbox / f"{row.file}.csv").unlink()
        (station.home.inbox / f"{digest}.csv").write_bytes(other.plain)
        with station.books.transaction():
            station.books.remove_file(row.file)
            exchanged = replace(row, file=digest)
            station.books.add_file(exchanged, collected_at=station.now(), actor="clerk-1")
        with pytest.raises(CollectedChangedError, match="log of this station"):
            station.seal()
        assert station.books.waiting_files() == []
