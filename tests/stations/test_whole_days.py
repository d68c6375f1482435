"""Days on end: order, receipts, trust that travels, and books that close per record."""

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World

from mediabridge.errors import AlreadyAppliedError, BundleParkedError
from mediabridge.stations.books import BundleState
from mediabridge.translog.events import Event


def _answer(world: World) -> None:
    path = world.root / "municipal.csv"
    path.write_bytes(municipal_csv((1, 1)))
    with world.registry() as station:
        station.collect(path)
        row = station.seal()
        station.approve(row.bundle, world.key("officer-2"))
        station.write(row, world.medium)


def test_receipt_closes_each_record(sent_world: World) -> None:
    sent_world.import_()
    _answer(sent_world)
    (taken,) = sent_world.import_("lgwan-01")
    assert (taken.outcomes, taken.receipts) == ({"applied": 1}, 1)
    with sent_world.lgwan() as station:
        (row,) = station.books.bundles("out")
        outcomes = list(station.books.records_of(row.bundle))
        assert row.state is BundleState.DELIVERED
        assert sorted(result for _k, _r, result, _why in outcomes) == [
            "applied", "applied", "held",
        ]  # fmt: skip
        assert {why for _k, _r, result, why in outcomes if result != "applied"} == {"NO_MATCH"}
    delivered = list(sent_world.home("lgwan-01").delivered.rglob("*.csv"))
    assert len(delivered) == 1


def test_plaintext_goes_with_receipt(sent_world: World) -> None:
    inbox = sent_world.home("lgwan-01").inbox
    assert len(list(inbox.iterdir())) == 1
    sent_world.import_()
    _answer(sent_world)
    sent_world.import_("lgwan-01")
    assert not list(inbox.iterdir())
    assert Event.BUNDLE_DELIVERED in [entry.event for entry in sent_world.log("lgwan-01")]


def test_several_bundles_in_order(sent_world: World) -> None:
    for number in (11, 12, 13):
        sent_world.send(isa_csv((number, number)))
    assert [taken.seq for taken in sent_world.import_()] == [1, 2, 3, 4]
    with pytest.raises(AlreadyAppliedError):
        sent_world.import_()


def test_gap_stops_but_keeps_earlier(sent_world: World) -> None:
    second = sent_world.send(isa_csv((11, 11)))
    sent_world.send(isa_csv((12, 12)))
    hidden = sent_world.bundles / second
    hidden.rename(sent_world.root / second)
    with pytest.raises(BundleParkedError):
        sent_world.import_()
    (sent_world.root / second).rename(hidden)
    assert [taken.seq for taken in sent_world.import_()] == [2, 3]


def test_empty_bundle_is_taken(sent_world: World) -> None:
    sent_world.send()
    first, second = sent_world.import_()
    assert (sum(first.outcomes.values()), second.outcomes) == (3, {})


def test_newer_trust_travels(sent_world: World) -> None:
    sent_world.publish()
    sent_world.import_()
    with sent_world.registry() as station:
        assert station.trust.version == 2
    events = [entry.event for entry in sent_world.log()]
    assert events.count(Event.TRUST_UPDATED) == 1


def test_log_of_peer_is_mirrored(sent_world: World) -> None:
    sent_world.import_()
    _answer(sent_world)
    sent_world.import_("lgwan-01")
    ((_origin, held),) = sent_world.mirrors("lgwan-01")
    ours = sent_world.log_bytes("registry-01")
    assert 0 < held <= len(ours)
    sent_world.send(isa_csv((21, 21)))
    sent_world.import_()
    ((_origin, more),) = sent_world.mirrors("registry-01")
    assert more <= len(sent_world.log_bytes("lgwan-01"))


def test_bundle_taken_from_any_copy(sent_world: World) -> None:
    other = sent_world.root / "second-stick"
    sent_world.medium.rename(other)
    sent_world.medium.mkdir()
    with sent_world.lgwan() as station:
        (row,) = station.books.bundles("out")
        station.write(row, sent_world.medium)
    sent_world.import_()
    with sent_world.registry() as station, pytest.raises(AlreadyAppliedError):
        station.import_(other, note=print)
