"""Recipient keys rotate with every round trip, and what is past cannot be opened any more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv, municipal_csv
from attacks.world import World, copy_of, make_world, passphrase_for, scratch
from stations.rotating import (
    BOTH,
    can_open,
    carry,
    exchange,
    keys_at,
    opens,
    renew,
    ring,
    two_stations,
)
from stations.test_backups import save
from stations.test_setback import clear_stick, set_back

from mediabridge import errors
from mediabridge.bundle import layout, wraps
from mediabridge.bundle.announcement import Announcement
from mediabridge.stations import exchanged
from mediabridge.stations.outgoing.rejection import Rejection
from mediabridge.stations.rotation import own
from mediabridge.translog.events import Event
from mediabridge.trust import signers
from mediabridge.trust.trust_data import Recipient

pytestmark = pytest.mark.in_turns


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with scratch() as root:
        yield two_stations(Path(root, "world"))


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return copy_of(made, tmp_path / "world")


def keep(world: World, bundle: str) -> Path:
    """Keep a copy of a bundle on the stick, as whoever had it for a while could."""
    return shutil.copytree(world.bundles / bundle, world.root / "kept" / bundle)


def facts(world: World, station: str, event: Event) -> list[object]:
    """Return the keys that the log of *station* names with *event*."""
    return [e.facts["recipient_sha256"] for e in world.log(station) if e.event is event]


@pytest.mark.parametrize("sender", BOTH)
def test_an_old_stick_and_the_importer_as_it_is_later_open_nothing(
    world: World, sender: str
) -> None:
    """Claim C86. Each stick is copied; the key file is read as it is after the next trip."""
    receiver = next(name for name in BOTH if name != sender)
    content = isa_csv if sender == "lgwan-01" else municipal_csv
    copies: list[Path] = []
    for number in range(1, 5):
        copies.append(keep(world, world.send(content((number, 1)), station=sender)))
        assert can_open(world, receiver, copies[-1])
        world.import_(receiver)
        clear_stick(world)
        assert [each for each in copies[:-1] if can_open(world, receiver, each)] == []
        carry(world, receiver)
    assert [keys_at(world, name) for name in BOTH] == [2, 2]


def test_lost_ways_back_make_no_more_keys(world: World) -> None:
    """Claim C88. The same key is announced until it was used; the sender seals to what it knows."""
    for _trip in range(4):
        carry(world)
        world.send(station="registry-01")
        clear_stick(world)
    assert keys_at(world, "registry-01") == 2
    announced = [e for e in world.log() if e.event is Event.RECIPIENT_KEY_ANNOUNCED]
    assert [entry.facts["seq"] for entry in announced] == [1]


def test_key_of_the_trust_data_waits_for_every_sender(tmp_path: Path) -> None:
    """Claim C88. The other LGWAN station has heard of no newer one, and is still to come."""
    world = make_world(tmp_path / "world")
    for _trip in range(3):
        carry(world)
        carry(world, "registry-01")
    bundle = keep(world, world.send(station="lgwan-02"))
    assert can_open(world, "registry-01", bundle)
    assert [each.seq for each in world.import_()] == [1]


def test_an_older_announcement_and_a_repeated_one_change_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C87. The older one comes as a station that was put back by hand would send it."""
    known: list[Announcement | None] = []
    for _trip in range(2):
        carry(world)
        carry(world, "registry-01")
        with world.lgwan() as station:
            known.append(exchanged.announced_by(station, "registry-01"))
    accepted = facts(world, "lgwan-01", Event.RECIPIENT_KEY_ACCEPTED)
    assert len(accepted) == 2
    for announced in known:
        with monkeypatch.context() as patch:
            patch.setattr(own, "announcement", lambda *_, told=announced: told)
            carry(world, "registry-01")
        with world.lgwan() as station:
            assert exchanged.announced_by(station, "registry-01") == known[-1]
    assert facts(world, "lgwan-01", Event.RECIPIENT_KEY_ACCEPTED) == accepted


def test_the_log_tells_of_every_key(world: World) -> None:
    for _trip in range(3):
        carry(world)
        carry(world, "registry-01")
    announced = facts(world, "registry-01", Event.RECIPIENT_KEY_ANNOUNCED)
    assert len(set(announced)) == 3
    assert facts(world, "lgwan-01", Event.RECIPIENT_KEY_ACCEPTED) == announced
    # The first to go was that of the trust data; the last two are in use.
    assert facts(world, "registry-01", Event.RECIPIENT_KEY_ERASED)[1:] == announced[:-2]


def test_an_answer_sent_back_by_the_officer_announces_the_same_key_again(world: World) -> None:
    carry(world)
    with world.registry() as station:
        row = station.seal()
        first = own.announcement(station, "lgwan-01", row.seq + 1)
        station.have_rejected(
            row.bundle, lambda _shown: world.key("officer-1"), Rejection.OTHER, "again"
        )
        assert own.announcement(station, "lgwan-01", row.seq) == first
    carry(world, "registry-01")
    carry(world)


def test_a_key_of_the_trust_data_that_was_never_here_is_sealed_to_as_well(world: World) -> None:
    """A spare machine's key, say: no announcement stands in its place."""
    spare = signers.new_recipient_key("spare")
    named = Recipient(id="spare", station="registry-01", key=spare.public)
    renew(world, recipients=(*world.city.trust.recipients, named))
    carry(world)
    carry(world, "registry-01")
    bundle = keep(world, world.send())
    assert opens(signers.recipient_key(spare), bundle)
    # The announced one, the spare one, and that of the escrow.
    assert len(wraps.parse_wraps((bundle / layout.KEYS).read_bytes())) == 3


def test_officers_end_every_announcement_by_another_key(world: World) -> None:
    """Claim C87. What a thief of the present keys has opens nothing of what is sealed then."""
    for _trip in range(2):
        carry(world)
        carry(world, "registry-01")
    stolen = shutil.copytree(world.home("registry-01").keys, world.root / "stolen")
    exchange(world, "registry-01")
    bundle = keep(world, world.send())
    thief = ring(stolen, "registry-01")
    assert [key for key in thief.keys if opens(key.private, bundle)] == []
    world.import_()
    clear_stick(world)
    for _trip in range(2):
        carry(world, "registry-01")
        carry(world)
    assert keys_at(world, "registry-01") == 2


def test_an_announcement_from_before_the_exchange_brings_no_old_key_back(world: World) -> None:
    """Claim C87. The stick with it was on its way while the officers exchanged the key."""
    carry(world)
    world.send(station="registry-01")
    exchange(world, "registry-01")
    world.import_("lgwan-01")
    clear_stick(world)
    for _trip in range(2):
        carry(world)
        carry(world, "registry-01")


def test_a_receiver_from_an_older_backup_says_what_to_do(world: World) -> None:
    """Claim C88. The one case in which only the escrow opens a bundle, and the way out of it."""
    carry(world)
    carry(world, "registry-01")
    save(world, "registry-01", "registry-backup")
    second = keep(world, world.send(isa_csv((1, 1))))
    world.import_()
    clear_stick(world)
    carry(world, "registry-01")
    third = keep(world, world.send(isa_csv((2, 1))))
    set_back(world, "registry-01")
    # What it forgot comes once more, and opens: it was sealed to a key that the backup has.
    shutil.copytree(second, world.bundles / second.name)
    with pytest.raises(errors.RecipientKeyGoneError) as refusal:
        world.import_()
    assert refusal.value.facts == {"seq": 3, "sender": "lgwan-01"}
    assert not can_open(world, "registry-01", third)
    escrow = world.city.key_path("escrow-recipient")
    assert opens(signers.open_recipient_key(escrow, passphrase_for("escrow")), third)
    exchange(world, "registry-01")
    assert can_open(world, "registry-01", keep(world, world.send()))


def test_a_restored_sender_learns_the_newest_key_before_it_seals(world: World) -> None:
    """Claim C88. It waits for a bundle of its peer anyway, and that one brings the key."""
    carry(world)
    carry(world, "registry-01")
    save(world, "lgwan-01", "lgwan-backup")
    with world.lgwan() as station:
        first = exchanged.announced_by(station, "registry-01")
    set_back(world, "lgwan-01")
    with world.lgwan() as station, pytest.raises(errors.StationRestoredError):
        station.seal(empty=True)
    carry(world, "registry-01")
    with world.lgwan() as station:
        assert exchanged.announced_by(station, "registry-01") == first
    for _trip in range(2):
        carry(world)
        carry(world, "registry-01")
