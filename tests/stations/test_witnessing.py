"""Two stations are each other's witness: every bundle brings back what its sender has seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import CITY_DOMAIN, World, copy_of, make_world, passphrase_for, scratch
from stations.test_backups import save
from stations.test_setback import clear_stick, set_back
from stations.test_timekeeping import At

from mediabridge import errors
from mediabridge.cli._app import run
from mediabridge.clock import to_rfc3339
from mediabridge.stations import keyring
from mediabridge.stations.outgoing.acknowledged import proven
from mediabridge.stations.witnessed import Witnessed
from mediabridge.translog import cosignature
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.database import Seen
from mediabridge.translog.events import Event
from mediabridge.trust import keyfile, signers
from mediabridge.trust.keyfile import TRAINING_COST

pytestmark = pytest.mark.in_turns


@pytest.fixture(scope="module")
def carried() -> Iterator[World]:
    """Give a world in which one bundle has gone out and one has come back; not to be changed."""
    with scratch() as root:
        world = make_world(Path(root, "world"))
        morning(world, 1)
        evening(world, 1)
        yield world


@pytest.fixture
def world(carried: World, tmp_path: Path) -> World:
    return copy_of(carried, tmp_path / "world")


def morning(world: World, number: int) -> None:
    world.send(isa_csv((number, 1)))
    world.import_()
    clear_stick(world)


def evening(world: World, number: int) -> None:
    world.send(municipal_csv((number, 1)), station="registry-01")
    world.import_("lgwan-01")
    clear_stick(world)


def witnessed(world: World, station: str, peer: str) -> Witnessed:
    with world.open(station) as opened:
        return next(each for each in opened.status().witnessed if each.peer == peer)


def kept(world: World, station: str, peer: str) -> Seen:
    with world.open(station) as opened:
        found = opened.log.newest_cosigned(cosignature.witness_of(CITY_DOMAIN, peer))
    assert found is not None
    return found


def test_before_the_first_bundle_nothing_is_witnessed(tmp_path: Path) -> None:
    new = make_world(tmp_path / "new")
    assert witnessed(new, "lgwan-01", "registry-01") == Witnessed("registry-01", 0, 1, None)
    morning(new, 1)
    assert witnessed(new, "registry-01", "lgwan-01").seen == 0


def test_what_came_back_is_what_the_peer_holds(world: World) -> None:
    seen = kept(world, "lgwan-01", "registry-01")
    with world.registry() as registry:
        mirror = registry.mirror("lgwan-01")
        held, root, newest = mirror.size(), mirror.root(), mirror.newest_checkpoint()
    key = WitnessKey.of(world.key("registry-01-witness"))
    opened = cosignature.open_cosigned(seen.note, key)
    assert (seen.size, opened.checkpoint.size, opened.checkpoint.root) == (held, held, root)
    assert newest is not None
    assert seen.note.startswith(newest)
    shown = witnessed(world, "lgwan-01", "registry-01")
    assert (shown.seen, shown.time) == (held, seen.time)
    assert shown.entries > held


def test_the_log_of_the_witness_says_what_it_cosigned(world: World) -> None:
    seen = kept(world, "lgwan-01", "registry-01")
    sealed = [each for each in world.log("registry-01") if each.event is Event.BUNDLE_SEALED]
    with world.lgwan() as station:
        root = station.log.root(seen.size).hex()
    assert [(each.facts["peer_size"], each.facts["peer_root"]) for each in sealed] == [
        (seen.size, root)
    ]
    first = [each for each in world.log("lgwan-01") if each.event is Event.BUNDLE_SEALED]
    assert "peer_size" not in first[0].facts


def test_what_is_witnessed_grows_with_each_bundle(world: World) -> None:
    sizes = []
    for number in (2, 3):
        morning(world, number)
        evening(world, number)
        sizes += [kept(world, "lgwan-01", "registry-01").size]
        assert kept(world, "registry-01", "lgwan-01").size < sizes[-1] + 100
    assert sizes == sorted(set(sizes))
    for station in ("lgwan-01", "registry-01"):
        with world.open(station) as opened:
            opened.log.check()
            for peer in ("lgwan-01", "registry-01"):
                opened.mirror(peer).check()


def test_a_section_starts_where_the_peer_itself_said_that_it_is(world: World) -> None:
    """Claim C106. Its own word goes with it, and each side knows since when the other sends it."""
    seen = kept(world, "lgwan-01", "registry-01")
    with world.lgwan() as station:
        assert proven(station, "registry-01") == (seen.size, seen.note.decode())
    morning(world, 2)
    evening(world, 2)
    with world.registry() as registry, world.lgwan() as lgwan:
        assert registry.books.fact("proves-from-lgwan-01") == 2
        assert lgwan.books.fact("proves-from-registry-01") == 2


def test_what_a_peer_cannot_be_shown_is_told_from_the_start(world: World) -> None:
    """Claim C106. Of what it said under another key, or of less than it ever cosigned."""
    seen = kept(world, "lgwan-01", "registry-01")
    with world.lgwan() as station:
        fact = "acknowledged-by-registry-01"
        with station.books.transaction():
            station.books.set_fact(fact, seen.size - 1)
        assert proven(station, "registry-01") == (0, None)
        with station.books.transaction():
            station.books.set_fact(fact, seen.size)
        assert proven(station, "registry-01")[0] == seen.size
        with station.books.transaction():
            station.books.set_fact(fact, station.log.size() + 1)
        before = station.log.size()
        with pytest.raises(errors.LogCorruptError):
            station.seal(empty=True)
        # It would be as long as it should be with the entry on this very sealing.
        assert station.log.size() == before


def test_a_word_under_another_key_than_the_peer_has_now_is_not_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C106. Its witness key may have been exchanged since."""
    name = cosignature.witness_of(CITY_DOMAIN, "registry-01")
    other = signers.new_witness_key("registry-01-witness", name=name)
    with world.lgwan() as station:
        trusted = station.trust.station("registry-01")
        assert trusted is not None
        now = trusted.model_copy(update={"witness_key": other.public})
        monkeypatch.setattr(type(station.trust), "station", lambda _trust, _name: now)
        assert proven(station, "registry-01") == (0, None)


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_wrong_clock_is_in_no_cosignature(world: World, year: int) -> None:
    """The station goes by its held clock here as in everything that it signs."""
    before = kept(world, "lgwan-01", "registry-01").time
    morning(world, 2)
    path = world.root / "late.csv"
    path.write_bytes(municipal_csv((2, 1)))
    with world.registry(clock=At(datetime(year, 1, 2, tzinfo=UTC))) as registry:
        registry.collect(path)
        row = registry.seal()
        held = to_rfc3339(registry.clock.now())
        registry.approve(row.bundle, world.key("officer-1"))
        registry.write(registry.books.bundle(row.bundle) or row, world.medium)
    world.import_("lgwan-01")
    assert before <= kept(world, "lgwan-01", "registry-01").time == held


def test_a_station_with_another_witness_key_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claims C80, C111: it does not seal with it, and what another program seals is refused."""
    another_witness_key(world, "registry-01")
    with pytest.raises(errors.KeyFileError, match="station witness"):
        world.send(municipal_csv((2, 1)), station="registry-01")
    monkeypatch.setattr(keyring, "require_named", lambda *_: None)
    world.send(municipal_csv((2, 1)), station="registry-01")
    seen, entries = kept(world, "lgwan-01", "registry-01"), len(world.log("lgwan-01"))
    with pytest.raises(errors.CosignatureError) as refusal:
        world.import_("lgwan-01")
    assert refusal.value.verdict is not None
    assert refusal.value.verdict.codes()[-1] == "8.1:fail"
    assert kept(world, "lgwan-01", "registry-01") == seen
    refused = world.log("lgwan-01")[entries:][-1]
    assert (refused.event, refused.facts["reason"]) == (Event.BUNDLE_REFUSED, "COSIGNATURE_INVALID")


def another_witness_key(world: World, station: str) -> None:
    """Give *station* a witness key that the trust data does not name."""
    name = cosignature.witness_of(CITY_DOMAIN, station)
    other = signers.new_witness_key(f"{station}-witness", name=name)
    path = world.home(station).keys / f"{other.id}.json"
    keyfile.save(path, other, passphrase_for(other.id), cost=TRAINING_COST, replace=True)


def test_a_restored_station_believes_no_other_witness_either(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C80. It does not compare what it may have lost, but who signed is looked at."""
    monkeypatch.setattr(keyring, "require_named", lambda *_: None)
    save(world, "lgwan-01", "lgwan-backup")
    set_back(world)
    another_witness_key(world, "registry-01")
    world.send(municipal_csv((2, 1)), station="registry-01")
    with pytest.raises(errors.CosignatureError):
        world.import_("lgwan-01")


def test_nothing_is_sealed_when_the_copy_does_not_bear_it_out(world: World) -> None:
    """Claim C83."""
    with world.registry() as registry:
        connection = registry._connection
        connection.execute("DROP TRIGGER node_update")
        connection.execute("UPDATE node SET digest = zeroblob(32) WHERE origin LIKE '%/lgwan-01'")
        before = registry.books.bundles("out")
        with pytest.raises(errors.LogCorruptError):
            registry.seal(empty=True)
        assert registry.books.bundles("out") == before
    assert {path.name for path in world.home("registry-01").outbox.iterdir()} == {
        row.bundle for row in before
    }


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "registry-01 has witnessed our transfer log; entries: "),
        ("ja", "registry-01 がこの端末の授受記録を見ました。"),
    ],
)
def test_status_says_how_far_a_peer_has_seen(
    world: World, capsys: pytest.CaptureFixture[str], language: str, says: str
) -> None:
    home = str(world.home("lgwan-01").root)
    run(["--home", home, "--lang", language, "status"])
    shown = capsys.readouterr().out
    (line,) = (each for each in shown.splitlines() if says in each)
    seen = witnessed(world, "lgwan-01", "registry-01")
    assert str(seen.seen) in line
    assert str(seen.entries) in line
    run(["--home", home, "--json", "status"])
    data = json.loads(capsys.readouterr().out)["data"]["witnessed"]
    assert data[-1] == {
        "peer": "registry-01", "seen": seen.seen, "entries": seen.entries, "time": seen.time,
    }  # fmt: skip
