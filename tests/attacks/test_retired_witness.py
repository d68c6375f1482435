"""Claim C111: a witness key that was retired says nothing any more, and the new one begins anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from attacks.forge import Forge
from attacks.refusals import assert_refused
from attacks.test_attack_on_witness import HELD, READER, SENDER, newest, own_word, seal, seen_here
from attacks.world import CITY_DOMAIN, World
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge import errors
from mediabridge.bundle import layout
from mediabridge.clock import SystemClock, from_rfc3339
from mediabridge.stations import retired
from mediabridge.stations.retiring import ask_for_witness
from mediabridge.translog import cosignature
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.trust import keytext, requests, trust_data
from mediabridge.trust.ceremony import entries
from mediabridge.trust.ceremony.entries import Validity
from mediabridge.trust.trust_data import TrustData

NOW = from_rfc3339("2026-12-01T00:00:00Z")
VALID = Validity(NOW, datetime.max.replace(tzinfo=NOW.tzinfo))


def retire(world: World, station: str) -> Ed25519Signer:
    """Have *station* cosign by another key, as the reader knows from here on; return that key."""
    signer = Ed25519Signer(
        cosignature.witness_of(CITY_DOMAIN, station), Ed25519PrivateKey.generate()
    )
    key = WitnessKey.of(signer).encode()
    stations = tuple(
        each.model_copy(update={"witness_key": key}) if each.id == station else each
        for each in world.city.trust.stations
    )
    world.publish(stations=stations)
    with world.registry() as reader:
        reader.accept_trust(layout.trust_folder(world.medium))
    return signer


def by(signer: Any, signed: bytes) -> bytes:
    return cosignature.cosign(signed, signer, SystemClock().now())


@pytest.fixture
def told(world: World, forge: Forge) -> World:
    """A world in which the sender has cosigned two sizes of the reader's log by its old key."""
    world.import_()
    for _ in range(2):
        world.send(station=READER)
        signed, size = newest(world)
        seal(world, forge, by(forge.signer(f"{SENDER}-witness"), signed), size)
        world.import_()
    return world


def test_the_old_key_is_refused_from_then_on(told: World, forge: Forge) -> None:
    """Claim C111. Whoever has it, and whatever it had seen before."""
    before = seen_here(told)
    retire(told, SENDER)
    signed, size = newest(told)
    seal(told, forge, by(forge.signer(f"{SENDER}-witness"), signed), size)
    assert_refused(told, errors.CosignatureError)
    assert seen_here(told) == before


def test_the_new_key_has_not_seen_what_the_old_one_had(told: World, forge: Forge) -> None:
    """Claim C111. Less is no alarm once; from what it says itself on, less is one again."""
    before, signer = seen_here(told), retire(told, SENDER)
    seal(told, forge, None, 0)
    told.import_()
    # What the old one cosigned stays, and is the newest that is kept.
    assert seen_here(told) == before
    (entry,) = [each for each in told.log(READER) if each.event is Event.WITNESS_KEY_RETIRED]
    assert entry.facts["log_size"] == before
    assert entry.facts["witness_sha256"] == retired.digest(WitnessKey.of(signer).encode())
    told.send(station=READER)
    signed, size = newest(told)
    seal(told, forge, by(signer, signed), size)
    told.import_()
    assert seen_here(told) == size > before
    seal(told, forge, None, 0)
    assert_refused(told, errors.WitnessStateLostError)


def test_a_proof_by_a_key_of_ours_that_was_retired_is_none(world: World, forge: Forge) -> None:
    """Claim C111. What it acknowledged may be more than is known here; all is told anew."""
    world.import_()
    word = own_word(forge, HELD)
    retire(world, READER)
    seal(world, forge, start=HELD, proof=word)
    assert_refused(world, errors.LogSectionError)
    seal(world, forge, start=0)
    world.import_()


# --- the ceremony -------------------------------------------------------------------


def asked(world: World) -> requests.Request:
    with world.lgwan() as station:
        _, data = ask_for_witness(station, operator="clerk-1")
    return requests.read(data, name="request.json")


def test_the_ceremony_enters_the_new_key_and_revokes_the_old_one(world: World) -> None:
    """Claim C111. Nothing else changes, and the old key does not come back."""
    before, request = world.city.trust, asked(world)
    after = entries.added(before, request, VALID)
    was, now = before.station(SENDER), after.station(SENDER)
    assert was is not None
    assert now == was.model_copy(update={"witness_key": request.keys["witness"]})
    (gone,) = after.revoked
    assert gone.key == keytext.witness_fingerprint(was.witness_key)
    assert (gone.reason, gone.at) == ("REPLACED", "2026-12-01T00:00:00Z")
    assert after.model_copy(update={"stations": before.stations, "revoked": ()}) == before
    again = request.model_copy(update={"keys": {**request.keys, "witness": was.witness_key}})
    for trust, wrong in ((before, again), (after, again), (after, request)):
        with pytest.raises(errors.UsageError):
            entries.added(trust, wrong, VALID)


def test_trust_data_that_names_a_key_that_was_revoked_is_none(world: World) -> None:
    """Claim C111."""
    after = entries.added(world.city.trust, asked(world), VALID)
    back = TrustData.model_construct(
        **{**after.__dict__, "stations": world.city.trust.stations}
    ).dump()
    with pytest.raises(errors.TrustInvalidError, match="the witness key of lgwan-01 is revoked"):
        trust_data.parse(back)


def test_nobody_asks_for_another_station(world: World) -> None:
    """Claim C111. The key for bundles vouches for it, as it is listed."""
    request = asked(world)
    other = world.city.trust.station(READER)
    assert other is not None
    for changed in (
        {"id": READER, "role": other.role},
        {"id": "lgwan-09"},
        {"keys": {**request.keys, "ssh": other.key}},
    ):
        with pytest.raises(errors.UsageError):
            entries.added(world.city.trust, request.model_copy(update=changed), VALID)


def test_what_is_asked_for_is_logged_and_the_old_key_serves_on(world: World) -> None:
    """Claim C111. Until the trust data names the new one, whoever asked goes on as before."""
    request = asked(world)
    (entry,) = [each for each in world.log(SENDER) if each.event is Event.WITNESS_KEY_REQUESTED]
    assert entry.facts == {"witness_sha256": retired.digest(request.keys["witness"])}
    world.import_()
    world.send()
    world.import_()
