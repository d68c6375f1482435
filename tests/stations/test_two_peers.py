"""A station with two peers shows each of them what the other has cosigned of its log."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from attacks.world import CITY_DOMAIN, World, copy_of, make_untyped_world, scratch
from stations.test_backups import save
from stations.test_setback import clear_stick, set_back

from mediabridge import errors
from mediabridge.cli._app import run
from mediabridge.stations import alarms
from mediabridge.stations.outgoing import elsewhere
from mediabridge.translog import checking, cosignature
from mediabridge.translog.database import Seen
from mediabridge.trust import signers
from mediabridge.trust.trust_data import RouteRule

pytestmark = pytest.mark.in_turns

HUB, ONE, TWO = "registry-01", "lgwan-01", "lgwan-02"
BACK: Final = RouteRule(sender=HUB, receiver=TWO, approvals=1, kinds=("municipal_notice",))
ORIGIN: Final = f"{CITY_DOMAIN}/log/{HUB}"


def witness_of(station: str) -> str:
    return cosignature.witness_of(CITY_DOMAIN, station)


@pytest.fixture(scope="module")
def exchanged() -> Iterator[World]:
    """Give a world in which all have exchanged with the hub, both ways; not to be changed."""
    with scratch() as root:
        world = make_untyped_world(Path(root, "world"))
        world.publish(routes=(*world.city.trust.routes, BACK))
        for _ in range(2):
            for station in (ONE, TWO):
                trip(world, station)
        # What the second cosigned came to the hub after the first had left.
        bring(world, ONE)
        save(world, HUB, "registry-backup")
        yield world


@pytest.fixture
def world(exchanged: World, tmp_path: Path) -> World:
    return copy_of(exchanged, tmp_path / "world")


def trip(world: World, station: str) -> None:
    """Carry a bundle from *station* to the hub, and one back."""
    world.send(station=station)
    world.carry_trust()
    world.import_(HUB)
    clear_stick(world)
    bring(world, station)


def bring(world: World, station: str) -> None:
    """Carry a bundle of the hub to *station*."""
    write(world, station)
    world.import_(station)
    clear_stick(world)


def write(world: World, receiver: str) -> None:
    with world.registry() as hub:
        row = hub.seal(receiver=receiver, empty=True)
        hub.approve(row.bundle, world.key("officer-1"))
        hub.write(hub.books.bundle(row.bundle) or row, world.medium)


def known(world: World, station: str, witness: str) -> Seen | None:
    """Return what *station* knows that *witness* has seen of the hub's log."""
    with world.open(station) as opened:
        log = opened.log if station == HUB else opened.mirror(HUB)
        return log.newest_cosigned(witness_of(witness))


def test_each_peer_is_shown_what_the_other_has_cosigned(world: World) -> None:
    """Claim C107. It is kept beside the copy, byte by byte, and grows with each trip."""
    for station, other in ((ONE, TWO), (TWO, ONE)):
        at_hub, before = known(world, HUB, other), known(world, station, other)
        assert at_hub is not None
        assert before is not None
        bring(world, station)
        assert known(world, station, other) == at_hub
        trip(world, other)
        bring(world, station)
        after = known(world, station, other)
        assert after is not None
        assert after.size > at_hub.size >= before.size
        with world.open(station) as opened:
            opened.mirror(HUB).check()
            # Its own cosignature comes back as the proof, and is nobody else's.
            assert opened.mirror(HUB).newest_cosigned(witness_of(station)) is None


def test_status_says_how_far_others_have_seen_the_log_of_a_peer(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = known(world, ONE, TWO)
    assert seen is not None
    home = str(world.home(ONE).root)
    run(["--home", home, "--json", "status"])
    (told,) = json.loads(capsys.readouterr().out)["data"]["witnessed_elsewhere"]
    with world.lgwan() as station:
        entries = station.mirror(HUB).size()
    assert told == {
        "log": HUB, "witness": TWO, "seen": seen.size, "entries": entries, "time": seen.time,
    }  # fmt: skip
    run(["--home", home, "--lang", "en", "status"])
    says = f"{TWO} has witnessed the transfer log of {HUB}; entries: {seen.size} of {entries}"
    assert says in capsys.readouterr().out


def test_a_station_that_came_from_a_backup_alarms_neither_peer(world: World) -> None:
    """Claim C107: what was cosigned before the backup stands in both histories."""
    set_back(world, HUB)
    for _ in range(2):
        for station in (ONE, TWO):
            world.send(station=station)
            world.import_(HUB)
            clear_stick(world)
        for station in (ONE, TWO):
            bring(world, station)
    for station, other in ((ONE, TWO), (TWO, ONE)):
        told = known(world, station, other)
        assert told is not None
        with world.open(station) as opened:
            assert told.size > opened.mirror(HUB).size() // 2


def test_a_pack_has_the_lines_of_the_other_witness(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C107: an auditor who has one station's pack sees what the third one has witnessed."""
    seen = known(world, ONE, TWO)
    assert seen is not None
    pack = tmp_path / "pack"
    assert run(["--home", str(world.home(ONE).root), "audit", "export", str(pack)]) == 0
    packed = (pack / "logs" / HUB / "checkpoints" / str(seen.size)).read_bytes()
    assert packed == seen.note
    capsys.readouterr()
    assert run(["--json", "audit", "verify", str(pack)]) == 0
    logs = json.loads(capsys.readouterr().out)["data"]["logs"]
    (told,) = [each for each in logs if each["origin"] == ORIGIN]
    assert told["seen"] == {witness_of(TWO): seen.size}


def forked(world: World, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Let the hub live on in two copies, one for each peer, and hide nothing but that.

    Returns what the second peer has cosigned of the copy that it was told.
    """
    home = world.home(HUB).root
    mine, twin = home.with_name("mine"), home.with_name("twin")
    shutil.copytree(home, twin, symlinks=True)
    home.rename(mine)
    twin.rename(home)
    for _ in range(2):
        trip(world, TWO)
    seen = known(world, HUB, TWO)
    assert seen is not None
    home.rename(twin)
    mine.rename(home)
    trip(world, ONE)
    # Who keeps the machine writes past the program, and lets it look away.
    with closing(sqlite3.connect(world.home(HUB).log, isolation_level=None)) as connection:
        row = (ORIGIN, witness_of(TWO), seen.size, seen.time, seen.note)
        connection.execute("INSERT INTO cosigned VALUES (?, ?, ?, ?, ?)", row)
    monkeypatch.setattr(checking, "check_newest_promise", lambda _log: None)
    return seen


def test_a_log_that_was_told_in_two_ways_is_found_at_the_next_trip(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C107. All three stations are real; the one in the middle has two lives."""
    seen = forked(world, monkeypatch)
    write(world, ONE)
    before = known(world, ONE, TWO)
    with pytest.raises(errors.LogForkedError) as refusal:
        world.import_(ONE)
    assert before is not None
    assert f"{TWO} has cosigned another" in str(refusal.value.facts["where"])
    assert known(world, ONE, TWO) == before
    (alarm,) = alarms.kept(world.home(ONE))
    alarm.check()
    assert alarm.read(alarms.ELSEWHERE) == seen.note
    assert alarm.place is not None
    assert before.size <= alarm.place.low <= alarm.place.high <= seen.size
    capsys.readouterr()
    assert run(["--home", str(world.home(ONE).root), "--json", "audit", "alarms"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["data"]["alarms"]
    assert (told["verdict"], told["elsewhere"]["witness"]) == ("FORK", TWO)
    assert told["elsewhere"]["size"] == seen.size
    assert run(["--home", str(world.home(ONE).root), "--lang", "en", "audit", "alarms"]) == 0
    assert f"seen at {TWO}" in capsys.readouterr().out


def test_an_honest_program_signs_nothing_that_contradicts_what_was_cosigned(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same station, and its program as it is: nothing leaves it any more."""
    with monkeypatch.context() as dishonest:
        forked(world, dishonest)
    with pytest.raises(errors.LogCorruptError):
        write(world, ONE)


def test_what_a_witness_cosigned_under_another_key_is_not_shown(world: World) -> None:
    """Its key may have been exchanged since: nobody could tell its word from anybody's."""
    with world.registry() as hub:
        assert len(elsewhere.shown(hub, ONE)["elsewhere"]) == 1
        name = witness_of(TWO)
        other = signers.new_witness_key(f"{TWO}-witness", name=name)
        stations = [
            each.model_copy(update={"witness_key": other.public}) if each.id == TWO else each
            for each in hub.trust.stations
        ]
        hub.trust = hub.trust.model_copy(update={"stations": tuple(stations)})
        assert elsewhere.shown(hub, ONE) == {}
