"""A bundle says what its sender has seen of the reader's own log; here it lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attacks.forge import Document, Forge, Rewrite, changed
from attacks.refusals import assert_refused
from attacks.world import CITY_DOMAIN, World
from logkeys import root_of

from mediabridge import errors
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock, from_rfc3339
from mediabridge.stations.outgoing import elsewhere
from mediabridge.stations.witnessed import others_of
from mediabridge.translog import checkpoint, cosignature, merkle, note
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event

READER, SENDER = "registry-01", "lgwan-01"
WITNESS = cosignature.witness_of(CITY_DOMAIN, SENDER)
Lie = Callable[[World, Forge], tuple[bytes | None, int]]


@pytest.fixture
def told(world: World) -> World:
    """A world in which the reader has given a checkpoint of its log to the sender."""
    world.import_()
    world.send(station=READER)
    return world


def newest(world: World) -> tuple[bytes, int]:
    """Return the reader's newest checkpoint, as it was sent, and its size."""
    with world.registry() as station:
        signed = station.log.newest_checkpoint()
        assert signed is not None
        key = note.Vkey.of(station.log_signer)
    return signed, checkpoint.open_checkpoint(signed, key).size


def promise(world: World, forge: Forge, size: int, root: bytes | None = None) -> bytes:
    """Sign *size* entries of the reader's log with its own key, elsewhere than at the reader."""
    with world.registry() as station:
        true = station.log.root(min(size, station.log.size()))
    log = forge.signer(f"{READER}-log")
    return checkpoint.sign(checkpoint.Checkpoint(log.name, size, root or true), log)


def cosigned(forge: Forge, signed: bytes, key: str = f"{SENDER}-witness") -> bytes:
    return cosignature.cosign(signed, forge.signer(key), SystemClock().now())


def seal(
    world: World,
    forge: Forge,
    peer: bytes | None = None,
    size: int = 0,
    *,
    start: int = 1,
    proof: bytes | None = None,
    elsewhere: Sequence[bytes] | None = None,
    begun: Sequence[Mapping[str, Any]] = ({},),
    more: str = "",
) -> None:
    """Seal the sender's next bundle, right in everything but perhaps in what is given."""
    with world.registry() as station:
        state = station.route_state(SENDER)
        taken = station.records_taken(SENDER, state.seq)
    seen = {"peer_checkpoint": peer.decode() if peer is not None else None, "peer_size": size}
    proved: Document = {} if proof is None else {"acknowledged": proof.decode()}
    if elsewhere is not None:
        proved["elsewhere"] = [each.decode() for each in elsewhere]

    def rewrite(document: Document) -> Document:
        document["summary"].update(seq=state.next_seq, previous_records=taken)
        signed = {"checkpoint": document["log"]["checkpoint"] + more}
        return {**document, "log": {**document["log"], **signed, **seen, **proved}}

    # Between two sealings the log has grown by the first.
    with world.open(SENDER) as station:
        station.record(Event.BUNDLE_SEALED, actor="clerk-1", seq=state.next_seq - 1)
    header: Rewrite = changed(seq=state.next_seq, prev=state.sums_sha256)
    forge.seal(files=[], header=header, manifest=rewrite, log=forge.log(start=start, begun=begun))
    with world.open(SENDER) as station:
        station.log.append(forge.told[-1])


def seen_here(world: World) -> int:
    with world.registry() as station:
        seen = station.log.newest_cosigned(WITNESS)
    return seen.size if seen else 0


def test_the_truth_is_taken_and_kept(told: World, forge: Forge) -> None:
    """The control: nothing but the lies below refuses such a bundle."""
    signed, size = newest(told)
    for _ in range(2):
        seal(told, forge, cosigned(forge, signed), size)
        (taken,) = told.import_()
        check = next(each for each in taken.verdict.checks if each.name == "cosignature")
        assert check.passed
        assert check.got.startswith(f"{size}, 20")
    assert seen_here(told) == size
    with told.registry() as station:
        kept = station.log.newest_cosigned(WITNESS)
        assert kept is not None
        key = WitnessKey.of(forge.signer(f"{SENDER}-witness"))
        assert cosignature.open_cosigned(kept.note, key).checkpoint.root == station.log.root(size)


def _stranger(world: World, forge: Forge) -> tuple[bytes | None, int]:
    signed, size = newest(world)
    signer = replace(forge.signer("nobody"), name=WITNESS)
    return cosignature.cosign(signed, signer, SystemClock().now()), size


def _other_witness(world: World, forge: Forge) -> tuple[bytes | None, int]:
    signed, size = newest(world)
    return cosigned(forge, signed, "lgwan-02-witness"), size


def _reader_itself(world: World, forge: Forge) -> tuple[bytes | None, int]:
    signed, size = newest(world)
    return cosigned(forge, signed, f"{READER}-witness"), size


def _own_log_key(world: World, forge: Forge) -> tuple[bytes | None, int]:
    signed, size = newest(world)
    signer = replace(forge.signer(f"{SENDER}-log"), name=WITNESS)
    return cosignature.cosign(signed, signer, SystemClock().now()), size


def _nobody(world: World, _forge: Forge) -> tuple[bytes | None, int]:
    return newest(world)


def _left_out(world: World, _forge: Forge) -> tuple[bytes | None, int]:
    return None, newest(world)[1]


def _size_left_out(world: World, forge: Forge) -> tuple[bytes | None, int]:
    return cosigned(forge, newest(world)[0]), 0


def _senders_own_log(world: World, forge: Forge) -> tuple[bytes | None, int]:
    with world.lgwan() as station:
        signed = station.log.newest_checkpoint()
    assert signed is not None
    size = int(signed.split(b"\n")[1])
    return cosigned(forge, signed), size


def _not_a_note(_world: World, _forge: Forge) -> tuple[bytes | None, int]:
    return b"a note\n", 1


def _no_time(world: World, forge: Forge) -> tuple[bytes | None, int]:
    signed, size = newest(world)
    made = cosigned(forge, signed)
    text, lines = note.parse(made)
    timeless = lines[1]._replace(signature=bytes(8) + lines[1].signature[8:])
    return note.assemble(text, lines[0], timeless), size


@pytest.mark.parametrize(
    "lie",
    [
        _stranger,
        _other_witness,
        _reader_itself,
        _own_log_key,
        _nobody,
        _left_out,
        _size_left_out,
        _senders_own_log,
        _not_a_note,
        _no_time,
    ],
)
def test_what_the_sender_has_not_seen_with_its_own_key(told: World, forge: Forge, lie: Lie) -> None:
    """Claim C80."""
    seal(told, forge, *lie(told, forge))
    assert_refused(told, errors.CosignatureError)
    assert seen_here(told) == 0


@pytest.mark.parametrize(
    "named", [f"{READER}-log", f"{READER}-witness", f"{SENDER}-log", "lgwan-02-witness"]
)
def test_lines_that_nobody_verified_go_no_further(
    *, told: World, forge: Forge, named: str, tmp_path: Path
) -> None:
    """Claim C80. Kept, they would spoil the pack for good, and what other peers are shown."""
    signed, size = newest(told)
    made, kind = cosigned(forge, signed), WitnessKey if named.endswith("witness") else note.Vkey
    key = kind.of(forge.signer(named))
    seal(told, forge, made + note.Line(key.name, key.key_id, bytes(72)).encode(), size)
    told.import_()
    with told.registry() as station:
        kept = station.log.newest_cosigned(WITNESS)
        assert kept is not None
        assert kept.note == made
        log, others = note.Vkey.of(station.log_signer), others_of(station.trust.witnesses, READER)
        (shown,) = elsewhere.shown(station, "lgwan-02")["elsewhere"]
    assert checkpoint.open_checkpoint(shown.encode(), log).size == size
    assert [key.name for key in others if key.name in shown] == [WITNESS]
    home, pack = str(told.home(READER).root), str(tmp_path / "pack")
    assert run(["--home", home, "audit", "export", pack]) == 0
    assert run(["--json", "audit", "verify", pack]) == 0


def _another_history(world: World, forge: Forge) -> tuple[bytes | None, int]:
    size = newest(world)[1]
    return cosigned(forge, promise(world, forge, size, b"\1" * 32)), size


def _more_than_there_is(world: World, forge: Forge) -> tuple[bytes | None, int]:
    return cosigned(forge, promise(world, forge, 10**6)), 10**6


def _true_but_never_signed(world: World, forge: Forge) -> tuple[bytes | None, int]:
    size = newest(world)[1] - 1
    return cosigned(forge, promise(world, forge, size)), size


def _signed_by_another_key(world: World, forge: Forge) -> tuple[bytes | None, int]:
    signed, size = newest(world)
    text = note.parse(signed).text
    name = text.partition("\n")[0]
    forged = note.sign(text, replace(forge.signer("nobody"), name=name))
    return cosigned(forge, forged), size


@pytest.mark.parametrize(
    "lie",
    [_another_history, _more_than_there_is, _true_but_never_signed, _signed_by_another_key],
)
def test_a_log_that_the_reader_never_signed(told: World, forge: Forge, lie: Lie) -> None:
    """Claim C81. Somebody uses the log key of the reader elsewhere, or the reader was put back."""
    seal(told, forge, *lie(told, forge))
    assert_refused(told, errors.PeerMirrorDiffersError)
    assert seen_here(told) == 0


@pytest.mark.parametrize("less", ["none", "smaller"])
def test_a_witness_that_has_forgotten(told: World, forge: Forge, less: str) -> None:
    """Claim C82."""
    first, small = newest(told)
    told.send(station=READER)
    second, large = newest(told)
    assert large > small
    seal(told, forge, cosigned(forge, second), large)
    told.import_()
    seal(told, forge, *((None, 0) if less == "none" else (cosigned(forge, first), small)))
    assert_refused(told, errors.WitnessStateLostError)
    assert seen_here(told) == large


@pytest.mark.parametrize("time", ["2000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_time_of_a_witness_decides_nothing(told: World, forge: Forge, time: str) -> None:
    """Claim C80. Whatever the sender's clock says, it is a hint, and not that of the reader."""
    signed, size = newest(told)
    signer = forge.signer(f"{SENDER}-witness")
    seal(told, forge, cosignature.cosign(signed, signer, from_rfc3339(time)), size)
    told.import_()
    with told.registry() as station:
        kept = station.log.newest_cosigned(WITNESS)
        assert kept is not None
        assert kept.time == time
        assert station.clock.newest.time != time
        assert station.clock.doubt() is None


@pytest.mark.parametrize("named", [f"{SENDER}-witness", f"{READER}-witness", f"{READER}-log"])
def test_a_checkpoint_fresh_from_its_log_has_no_line_of_anybody_else(
    world: World, forge: Forge, named: str
) -> None:
    """Claim C80. It would spoil the reader's pack for good; a key nobody knows says nothing."""
    world.import_()
    kind = WitnessKey if named.endswith("witness") else note.Vkey
    key, nobody = kind.of(forge.signer(named)), WitnessKey.of(forge.signer("nobody"))
    for each, refused in ((nobody, False), (key, True)):
        line = note.Line(each.name, each.key_id, bytes(72)).encode().decode()
        seal(world, forge, more=line)
        if refused:
            facts = assert_refused(world, errors.LogSectionError).facts
            assert key.name in facts["detail"]
        else:
            world.import_()


# --- where the section of the sender's log starts -----------------------------------


@pytest.fixture
def acknowledged(world: World) -> World:
    """A world in which the reader holds three entries of the sender's log."""
    world.import_()
    return world


HELD = 3


def own_word(forge: Forge, size: int, **lies: Any) -> bytes:
    """Cosign *size* entries of the sender's log as the reader does, but for *lies*."""
    entries = [merkle.leaf_hash(each) for each in forge.log().entries[:size]]
    truth = {"root": root_of(entries), "log": f"{SENDER}-log", "by": f"{READER}-witness"}
    told = truth | {"origin": forge.signer(f"{SENDER}-log").name} | lies
    log = replace(forge.signer(told["log"]), name=told["origin"])
    signed = checkpoint.sign(checkpoint.Checkpoint(log.name, size, told["root"]), log)
    witness = replace(
        forge.signer(told["by"]), name=told.get("name", forge.signer(told["by"]).name)
    )
    return cosignature.cosign(signed, witness, SystemClock().now())


def test_our_own_word_is_taken_and_cannot_be_left_out_later(
    acknowledged: World, forge: Forge
) -> None:
    """Claim C106. A sender of before, which proves nothing, is taken until it has proved once."""
    seal(acknowledged, forge, start=HELD)
    assert acknowledged.import_()[0].outcomes == {}
    for _ in range(2):
        seal(acknowledged, forge, start=HELD, proof=own_word(forge, HELD))
        assert acknowledged.import_()[0].outcomes == {}
    seal(acknowledged, forge, start=HELD)
    refusal = assert_refused(acknowledged, errors.LogSectionError)
    assert "since its number 3, is missing" in refusal.facts["detail"]


def test_from_the_start_there_is_nothing_to_prove(acknowledged: World, forge: Forge) -> None:
    """Claim C106."""
    seal(acknowledged, forge, start=HELD, proof=own_word(forge, HELD))
    acknowledged.import_()
    seal(acknowledged, forge, start=0)
    assert acknowledged.import_()[0].outcomes == {}


@pytest.mark.parametrize(
    ("size", "lies", "said"),
    [
        (HELD, {"by": "nobody", "name": f"{CITY_DOMAIN}/witness/{READER}"}, "signatures of"),
        (HELD, {"by": f"{SENDER}-witness"}, "signatures of"),
        (HELD, {"by": "lgwan-02-witness"}, "signatures of"),
        (HELD, {"by": f"{READER}-log", "name": f"{CITY_DOMAIN}/witness/{READER}"}, "signatures of"),
        (HELD, {"log": "nobody"}, ""),
        (HELD, {"log": "lgwan-02-log", "origin": f"{CITY_DOMAIN}/log/lgwan-02"}, ""),
        (HELD - 1, {}, "entries: 2, should be 3"),
        (HELD + 1, {}, "entries: 4, should be 3"),
    ],
)
def test_what_is_not_our_own_word(
    *, acknowledged: World, forge: Forge, size: int, lies: dict[str, str], said: str
) -> None:
    """Claim C106. Forged, another's, an older or a newer one."""
    seal(acknowledged, forge, start=HELD, proof=own_word(forge, size, **lies))
    refusal = assert_refused(acknowledged, errors.LogSectionError)
    assert refusal.facts["detail"].startswith("the proof of what was acknowledged: ")
    assert said in refusal.facts["detail"]


def test_our_own_word_for_another_history(acknowledged: World, forge: Forge) -> None:
    """Claim C106. The entries continue what is held here, but another beginning was cosigned."""
    seal(acknowledged, forge, start=HELD, proof=own_word(forge, HELD, root=b"\1" * 32))
    assert_refused(acknowledged, errors.LogRewrittenError)


def test_our_own_word_for_more_than_there_is(acknowledged: World, forge: Forge) -> None:
    """Claim C106. What we signed shows that we lost it; what only the sender says shows nothing."""
    seal(acknowledged, forge, start=HELD + 1)
    assert_refused(acknowledged, errors.LogSectionError)
    seal(acknowledged, forge, start=HELD + 1, proof=own_word(forge, HELD + 1))
    facts = assert_refused(acknowledged, errors.WitnessStateLostError).facts
    assert {"witness": READER, "got": HELD, "wanted": HELD + 1}.items() <= facts.items()


# --- what others have cosigned ----------------------------------------------------------


def other_word(forge: Forge, size: int, **lies: Any) -> bytes:
    """Cosign *size* entries of the sender's log as its other peer does, but for *lies*."""
    return own_word(forge, size, **{"by": "lgwan-02-witness"} | lies)


def seen_elsewhere(world: World) -> int:
    with world.registry() as station:
        name = cosignature.witness_of(CITY_DOMAIN, "lgwan-02")
        seen = station.mirror(SENDER).newest_cosigned(name)
    return seen.size if seen else 0


def test_what_another_has_cosigned_is_kept_and_grows(acknowledged: World, forge: Forge) -> None:
    """Claim C107. The control; what is less, and fits, is no fault: trips differ."""
    for size, kept in ((2, 2), (3, 3), (2, 3)):
        seal(acknowledged, forge, elsewhere=[other_word(forge, size)])
        assert acknowledged.import_()[0].outcomes == {}
        assert seen_elsewhere(acknowledged) == kept


@pytest.mark.parametrize("size", [1, 2, 3])
def test_another_history_was_cosigned_elsewhere(
    acknowledged: World, forge: Forge, size: int
) -> None:
    """Claim C107. Of fewer entries than the copy has, of as many, and of those that came now."""
    seal(acknowledged, forge, start=1, elsewhere=[other_word(forge, size, root=b"\1" * 32)])
    facts = assert_refused(acknowledged, errors.LogForkedError).facts
    assert "lgwan-02 has cosigned another" in str(facts["where"])
    assert facts["entry"] == (0 if size == 1 else None)
    assert seen_elsewhere(acknowledged) == 0


def test_more_was_cosigned_elsewhere_than_the_sender_tells(
    acknowledged: World, forge: Forge
) -> None:
    """Claim C107. What had come back to the sender when it sealed is in what it sealed."""
    seal(acknowledged, forge, elsewhere=[other_word(forge, 30)])
    assert_refused(acknowledged, errors.LogForkedError)


@pytest.mark.parametrize(
    "lies",
    [
        {"by": "nobody", "name": f"{CITY_DOMAIN}/witness/nobody"},
        {"by": f"{READER}-witness"},
        {"by": f"{SENDER}-witness"},
    ],
    ids=["nobody", "the reader", "the sender"],
)
def test_who_is_no_other_witness_says_nothing(
    acknowledged: World, forge: Forge, lies: dict[str, str]
) -> None:
    """Claim C107. The sender may go by other trust data; that is no fault, and no evidence."""
    seal(acknowledged, forge, elsewhere=[other_word(forge, 2, **lies)])
    assert acknowledged.import_()[0].outcomes == {}
    assert seen_elsewhere(acknowledged) == 0


@pytest.mark.parametrize(
    ("lies", "said"),
    [
        ({"log": "nobody"}, "not signed by"),
        ({"log": "lgwan-02-log", "origin": f"{CITY_DOMAIN}/log/lgwan-02"}, "not signed by"),
        ({"log": f"{READER}-log", "origin": f"{CITY_DOMAIN}/log/{READER}"}, "not signed by"),
        ({"spoilt": True}, "does not belong to this text"),
    ],
    ids=["a stranger's log", "another's log", "the reader's log", "a bad line"],
)
def test_what_is_not_of_the_senders_log_or_not_by_the_other(
    *, acknowledged: World, forge: Forge, lies: dict[str, Any], said: str
) -> None:
    """Claim C107."""
    told = other_word(forge, 2, **{name: lie for name, lie in lies.items() if name != "spoilt"})
    if "spoilt" in lies:
        text, (log, line) = note.parse(told)
        spoilt = line._replace(signature=line.signature[:-1] + bytes([line.signature[-1] ^ 1]))
        told = note.assemble(text, log, spoilt)
    seal(acknowledged, forge, elsewhere=[told])
    facts = assert_refused(acknowledged, errors.LogSectionError).facts
    assert facts["detail"].startswith("what another station has cosigned: ")
    assert said in facts["detail"]


def test_one_witness_stands_there_once(acknowledged: World, forge: Forge) -> None:
    """Claim C107."""
    twice = [other_word(forge, 1), other_word(forge, 2)]
    seal(acknowledged, forge, elsewhere=twice)
    assert (
        "stands there twice" in assert_refused(acknowledged, errors.LogSectionError).facts["detail"]
    )


@pytest.mark.parametrize("count", [0, 17])
def test_none_at_all_is_left_out_and_many_are_too_many(
    acknowledged: World, forge: Forge, count: int
) -> None:
    """Claim C107. One spelling, and a bound."""
    seal(acknowledged, forge, elsewhere=[other_word(forge, 1)] * count)
    assert_refused(acknowledged, errors.ManifestMalformedError)
