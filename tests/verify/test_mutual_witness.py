"""Claims C81 and C82, at random: honest stations never alarm each other, others always do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from attacks.world import scratch
from verify.mutual import Side, begin, copy_of, forget_mirror, put_back

from mediabridge import errors

pytestmark = pytest.mark.in_turns

HONEST, INJECTED, HAND_OVERS = range(30), range(24), 30


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch() as root:
        yield Path(root)


@pytest.mark.parametrize("seed", HONEST)
def test_honest_stations_never_alarm_each_other(folder: Path, seed: int) -> None:
    play = begin(folder, seed)
    for _ in range(HAND_OVERS):
        play.hand_over()
    play.exchange()
    play.exchange()
    for side, other in ((play.one, play.two), (play.two, play.one)):
        with side.opened() as (log, mirror), other.opened() as (_, copy):
            log.check()
            mirror.check()
            seen = log.newest_cosigned(other.witness_key.name)
            assert seen is not None
            assert 0 < seen.size <= copy.size() <= log.size()
            assert seen.note.startswith(log.checkpoints(seen.size)[0])


def database_put_back(side: Side, _other: Side, kept: Path) -> None:
    put_back(side, kept)


def mirror_put_back(side: Side, _other: Side, kept: Path) -> None:
    forget_mirror(side, kept)


def forked(side: Side, other: Side, _kept: Path) -> None:
    """Show the peer another history of *side* than it has itself, signed with its key."""
    elsewhere = side.path.with_name("elsewhere.db")
    shutil.copyfile(copy_of(side), elsewhere)
    elsewhere.chmod(0o600)
    twin = replace(side, path=elsewhere, outbox=[*side.outbox], life=99)
    twin.seal(other)
    other.take(twin)
    # A number that the peer has taken is told by its list: nothing of the true bundle is read.
    side.seal(other)


REASONS = {
    database_put_back: {
        "LOG_CORRUPT",
        "LOG_FORKED",
        "LOG_REWRITTEN",
        "LOG_TRUNCATED",
        "PEER_MIRROR_DIFFERS",
        "WITNESS_STATE_LOST",
    },
    mirror_put_back: {"WITNESS_STATE_LOST"},
    forked: {"LOG_FORKED", "LOG_REWRITTEN", "LOG_TRUNCATED", "PEER_MIRROR_DIFFERS"},
}
"""What the next exchange finds, whichever side comes first."""


@pytest.mark.parametrize("seed", INJECTED)
@pytest.mark.parametrize("tampering", REASONS)
def test_what_went_back_or_apart_is_found_by_the_next_exchange(
    folder: Path, seed: int, tampering: Callable[[Side, Side, Path], None]
) -> None:
    play = begin(folder, seed)
    side, other = play.chance.sample((play.one, play.two), 2)
    for _ in range(play.chance.randrange(HAND_OVERS)):
        play.hand_over()
    kept = copy_of(side)
    for _ in range(2):
        play.exchange()
    tampering(side, other, kept)
    with pytest.raises(errors.LogAlarmError) as alarm:
        play.exchange()
    assert alarm.value.reason in REASONS[tampering]
