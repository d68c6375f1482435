"""Bundles whose log does not end with their own sealing, or not with what is in them.

Each is signed and right in everything, its log included, but for what the log tells of the
sealing of this very bundle, which the checkpoint that travels has to cover.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from attacks.forge import Forge, Log, changed, same
from attacks.refusals import assert_refused
from attacks.test_attack_on_log_entries import DIGEST, READER, SENDER, entry, numbered
from attacks.test_attack_on_witness import cosigned, newest
from attacks.test_attack_on_witness import seal as seal_seen
from attacks.world import World

from mediabridge.errors import LogSaysOtherwiseError
from mediabridge.translog import events
from mediabridge.translog.events import Event

Lies = dict[str, Any]


def next_one(
    world: World,
    forge: Forge,
    entries: list[bytes],
    begun: Sequence[Lies] = ({},),
    *,
    after: Sequence[bytes] = (),
) -> list[bytes]:
    """Seal the sender's next bundle, with no records in it; return its whole log.

    To *entries* come those on sealing it, true but for what each of *begun* lies, and *after*.
    """
    with world.registry() as station:
        state = station.route_state(SENDER)
        taken = station.records_taken(SENDER, state.seq)
    forge.seal(
        files=[],
        header=changed(seq=state.next_seq, prev=state.sums_sha256) if state.seq else same,
        manifest=numbered(state.next_seq, previous=taken),
        log=Log(entries, begun=begun, after=after),
    )
    return forge.told


def refused(world: World) -> str:
    """Require that the bundle is refused for what its log says, and return that."""
    refusal = assert_refused(world, LogSaysOtherwiseError)
    assert refusal.verdict
    assert refusal.verdict.codes()[-1] == "8.3:fail"
    return str(refusal.facts["detail"])


def begins_from(world: World) -> int:
    with world.registry() as station:
        return station.books.fact(f"begins-from-{SENDER}")


def of_before(entries: list[bytes]) -> list[bytes]:
    """Return *entries* as a program writes them that knows no ``bundle-sealing``."""
    return [each for each in entries if b'"bundle-sealing"' not in each]


def test_the_sealing_is_under_the_checkpoint_that_travels(world: World, forge: Forge) -> None:
    """The control, and what a station's own bundle holds: the last entry is about itself."""
    name = world.bundle.name
    world.import_()
    assert begins_from(world) == 1
    with world.registry() as station:
        mirror = station.mirror(SENDER)
        (last,) = mirror.entries(mirror.size() - 1)
    told = events.parse(last, SENDER)
    assert (told.event, told.facts["bundle"], told.facts["seq"]) == (Event.BUNDLE_SEALING, name, 1)
    assert told.facts["kinds"] == ["isa_notice:3"]
    # Of a sealing that came to nothing the number is used again, under another bundle.
    next_one(world, forge, forge.log().entries, [{"bundle": "0" * 32}, {}])
    assert len(world.import_()) == 1
    assert begins_from(world) == 1


@pytest.mark.parametrize(
    "lies",
    [
        {"bundle": "0" * 32},
        {"seq": 2},
        {"prev": "a" * 64},
        {"route_to": "lgwan-02"},
        {"route_from": "lgwan-02"},
        {"records": 3},
        {"kinds": ["isa_notice:1", "isa_population:1"]},
        {"files": 2},
        {"content": DIGEST},
        {"receipts": 1},
        {"actor": "clerk-2"},
    ],
    ids=str,
)
def test_sealing_of_something_else(world: World, forge: Forge, lies: Lies) -> None:
    """Claim C114. Of a sender's first bundle as well, before it is known to say such things."""
    forge.seal(log=forge.log(begun=[lies]))
    assert f"bundle-sealing, {min(lies)}: " in refused(world)


@pytest.mark.parametrize("name", ["bundle", "seq", "kinds", "content"])
def test_sealing_that_says_less(world: World, forge: Forge, name: str) -> None:
    """Claim C114. Of this entry every fact has to be there."""
    forge.seal(log=forge.log(begun=[{name: None}]))
    assert f"bundle-sealing, {name}: nothing there" in refused(world)


@pytest.mark.parametrize(
    "lies", [{"peer_size": 1}, {"peer_root": DIGEST}, {"peer_root": None}], ids=str
)
def test_sealing_that_saw_another_log(world: World, forge: Forge, lies: Lies) -> None:
    """Claim C114. What was cosigned of the reader's log is in the bundle, too."""
    world.import_()
    world.send(station=READER)
    signed, size = newest(world)
    peer = cosigned(forge, signed)
    seal_seen(world, forge, peer, size, begun=[lies])
    assert f"{min(lies)}: " in refused(world)
    seal_seen(world, forge, peer, size)
    assert len(world.import_()) == 1


def test_sender_of_before_is_taken_until_it_has_said_it_once(world: World, forge: Forge) -> None:
    """Claim C114. What an earlier program sealed may still be on the way."""
    entries = next_one(world, forge, of_before(forge.log().entries), begun=())
    assert len(world.import_()) == 1
    assert begins_from(world) == 0
    entries = next_one(world, forge, [*entries, entry(Event.CLOCK_DOUBTED)])
    assert len(world.import_()) == 1
    assert begins_from(world) == 2
    # Nothing of it comes again in this section, and it is known all the same.
    next_one(world, forge, [*entries, entry(Event.CLOCK_DOUBTED)], begun=())
    assert "does not end with the sealing of this bundle" in refused(world)


def test_left_out_beside_those_of_others(world: World, forge: Forge) -> None:
    """Claim C114. A log that tells of any sealing like that tells of this one."""
    next_one(world, forge, forge.log().entries, begun=())
    assert begins_from(world) == 0
    assert "does not end with the sealing of this bundle" in refused(world)


def test_not_the_last_word_before_the_section_is_cut(world: World, forge: Forge) -> None:
    """Claim C114."""
    next_one(world, forge, forge.log().entries, after=[entry(Event.CLOCK_DOUBTED)])
    assert "does not end with the sealing of this bundle" in refused(world)


@pytest.mark.parametrize("lies", [{}, {"seq": 2}, {"content": DIGEST}], ids=str)
def test_two_sealings_of_one_bundle(world: World, forge: Forge, lies: Lies) -> None:
    """Claim C114. Two stories of one bundle, of which the last is true."""
    entries = forge.log().entries
    next_one(world, forge, entries, [lies, {}])
    assert refused(world).startswith(f"entry {len(entries) + 1} begins a sealing once more")


def test_sealing_of_a_bundle_that_was_taken(world: World, forge: Forge) -> None:
    """Claim C114. The second story comes with the next bundle."""
    world.import_()
    entries = forge.log().entries
    (told,) = (each for each in entries if b'"bundle-sealing"' in each)
    next_one(world, forge, [*entries, told])
    assert refused(world).startswith(f"entry {len(entries)} begins a sealing once more")
