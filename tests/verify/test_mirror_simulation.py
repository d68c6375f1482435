"""Claims C81, C82 and C83 at random: honest stations never alarm each other, others always do.

``make mirror-simulation`` plays 400 runs of honest stations and 1,200 injections and prints the
figures; a commit plays some of them, others for each commit beside those that are always the same.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import drawing
import pytest
from attacks.world import scratch
from verify.simulation import Alarm, Kept, Play, Sealed, Side, played
from verify.tampering import CAUGHT_BY, KINDS

from mediabridge.translog.section import LogSection
from mediabridge.translog.verdicts import Verdict

pytestmark = pytest.mark.in_turns

RUNS, INJECTIONS = map(int, os.environ.get("MEDIABRIDGE_MIRROR", "20:60").split(":"))
HAND_OVERS: Final = 60
PARTS: Final = 5
"""The honest runs are as many tests, so that they are played beside each other."""

SEED: Final = drawing.seed_of(
    os.environ.get("MEDIABRIDGE_MIRROR_SEED", drawing.COMMIT), Path(__file__).parent
)
"""Any word; the commit's hash draws other runs for each commit."""

THEIRS: Final = {Verdict.FORK, Verdict.REWRITE, Verdict.TRUNCATED}
"""Alarms about the log of the sender."""


def seeds(number: int, what: str) -> list[str]:
    """Return that many seeds: every third is always the same, the others are drawn."""
    return [f"{what} {each if each % 3 == 0 else f'{SEED} {each}'}" for each in range(number)]


def figures(what: str, told: Counter[str]) -> None:
    counts = ", ".join(f"{name} {told[name]}" for name in sorted(told))
    sys.stdout.write(f"{what}: {counts}\n")


@pytest.mark.parametrize("part", range(PARTS))
def test_honest_stations_never_alarm_each_other(part: int) -> None:
    """Claims C81 and C82."""
    told: Counter[str] = Counter()
    for seed in seeds(RUNS // PARTS, f"honest, part {part},"):
        with scratch() as root, played(Path(root), seed) as play:
            for _ in range(HAND_OVERS):
                assert play.hand_over() is None, seed
            for _ in range(2):
                assert play.exchange() is None, seed
            agree(play)
            told += play.told
    figures(f"{RUNS // PARTS} runs of {HAND_OVERS} hand-overs", told)
    assert set(told) & {*Verdict} == {Verdict.NEW, Verdict.STALE}
    for happened in ("lost", "reordered", "repeated"):
        assert told[happened]
    # And all of it by sections whose start is proved, but for the first of each side.
    assert told["proved"] > told["not proved"]
    # Whoever asked for the newest that the peer could know would have alarmed at each of these.
    assert told["not the newest"]


def agree(play: Play) -> None:
    """Both logs and both copies of them are whole, and the copies are of these logs."""
    for side, other in ((play.one, play.two), (play.two, play.one)):
        side.log.check()
        other.mirror.check()
        copy = list(other.mirror.entries())
        assert copy == list(side.log.entries())[: len(copy)]
        seen = side.log.newest_cosigned(other.witness_key.name)
        assert seen is not None
        assert 0 < seen.size <= len(copy) <= side.log.size()


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_injected_is_caught_and_its_place_named(kind: str) -> None:
    """Claims C81, C82 and C83."""
    told: Counter[str] = Counter()
    for seed in seeds(INJECTIONS // len(KINDS), kind):
        with scratch() as root, played(Path(root), seed) as play:
            caught = injected(play, kind, seed)
            assert caught in CAUGHT_BY[kind], (seed, caught)
            told[caught] += 1
    figures(f"{told.total()} {kind}", told)


def test_where_nothing_is_injected_nothing_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is the injection that is caught, and one that was not would be told."""
    monkeypatch.setitem(KINDS, "nothing", lambda *_: None)
    with scratch() as root, played(Path(root), "nothing") as play:
        told = injected(play, "nothing", "nothing")
    assert told == "not caught"


def injected(play: Play, kind: str, seed: str) -> str:
    """Inject one tampering after honest days; return the verdict that it was caught by."""
    side, other = play.sides()
    for _ in range(play.chance.randrange(2, 20)):
        assert play.hand_over() is None, seed
    kept = Kept.of(side)
    for _ in range(play.chance.randrange(2, 4)):
        assert play.exchange() is None, seed
    alarm = KINDS[kind](play, side, other, kept) or play.exchange() or play.exchange()
    if alarm is None:
        return "not caught"
    check_place(alarm, seed)
    return str(alarm.judged.verdict)


def first_other(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """Return the first entry that differs, or the first that one of them has alone."""
    pairs = enumerate(zip(one, other, strict=False))
    shorter = min(len(one), len(other))
    return next((index for index, (this, that) in pairs if this != that), shorter)


def check_place(alarm: Alarm, seed: str) -> None:
    """Compare what is named with both logs, entry by entry, as they were.

    A section holds what is new: where the difference lies before it, a range is named, and the
    entry itself as soon as the whole log is shown to the station that has the other copy.
    """
    judged, receiver, sender = alarm.judged, alarm.receiver, alarm.sender
    place, sealed = judged.place, alarm.sealed
    assert place is not None, seed
    if judged.verdict in THEIRS:
        truth = first_other(sealed.whole, list(receiver.mirror.entries()))
        assert named_by_all(receiver, sender, sealed) == truth, seed
    elif judged.verdict is Verdict.PEER_MIRROR_DIFFERS:
        truth = first_other(sealed.mirror, list(receiver.log.entries()))
        assert named_by_all(sender, receiver, receiver.seal(sender)) == truth, seed
    else:
        assert judged.verdict is Verdict.WITNESS_STATE_LOST, seed
        # What the witness lacks: our copy where the sender had seen more, else what it has of ours.
        lacks = sealed.section.start > receiver.mirror.size()
        truth = receiver.mirror.size() if lacks else len(sealed.mirror)
        assert place.first == truth, seed
    assert place.low <= truth <= place.high, (seed, judged.verdict, place, truth)


def named_by_all(judging: Side, shown: Side, sealed: Sealed) -> int | None:
    """Return the entry that *judging* names when the log of *shown* is there from its beginning."""
    section = LogSection(0, sealed.section.note, sealed.whole)
    place = judging.judge(shown, sealed, section).place
    return place.first if place else None
