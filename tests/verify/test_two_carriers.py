"""Claim C107: a log that is told in two ways to two peers is found at the next trip, by either.

The station in the middle has two peers, and a carrier goes to each. It shows each of them what
the other one has cosigned. Keys, stores and the judgement are the program's own.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from attacks.world import scratch
from verify.simulation import Alarm, Play, Side
from verify.test_mirror_simulation import SEED, first_other

from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.verdicts import Verdict

pytestmark = pytest.mark.in_turns

HUB: Final = "registry-01"
PEERS: Final = ("lgwan-01", "lgwan-02")
SEEDS: Final = ("always", f"{SEED} 1", f"{SEED} 2")


@dataclass
class Triangle:
    """The station in the middle, its two peers, and a play with each of them."""

    one: Play
    two: Play
    chance: random.Random

    @property
    def told(self) -> Counter[str]:
        return self.one.told + self.two.told

    def hand_over(self) -> Alarm | None:
        return self.chance.choice((self.one, self.two)).hand_over()

    def exchange(self) -> Alarm | None:
        return self.one.exchange() or self.two.exchange()


@contextmanager
def triangle(folder: Path, seed: str) -> Iterator[Triangle]:
    """Give three stations of which all have exchanged once; the databases are in *folder*."""
    chance = random.Random(seed)  # noqa: S311 - what happens to sticks, repeatable
    middle = Side.make(HUB, PEERS[0], folder, chance)
    # The same station at its other route: one database, the same keys.
    also = Side(HUB, PEERS[1], middle.path, middle.log_key, middle.witness_key).reopened()
    peers = [Side.make(name, HUB, folder, chance) for name in PEERS]
    keys = [WitnessKey.of(each.witness_key) for each in peers]
    for this, that in ((0, 1), (1, 0)):
        (middle, also)[this].others = peers[this].others = [keys[that]]
    plays = [Play(one, two, chance) for one, two in zip((middle, also), peers, strict=True)]
    try:
        made = Triangle(*plays, chance)
        assert made.exchange() is None
        yield made
    finally:
        for side in (middle, also, *peers):
            side.open.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_honest_stations_never_alarm_each_other(seed: str) -> None:
    """Sticks are lost, late, in another order and come twice, on both routes."""
    with scratch() as root, triangle(Path(root), seed) as made:
        for _ in range(80):
            assert made.hand_over() is None, seed
        for _ in range(2):
            assert made.exchange() is None, seed
        assert {*made.told} & {*Verdict} == {Verdict.NEW, Verdict.STALE}
        for happened in ("lost", "reordered", "repeated"):
            assert made.told[happened]
        for play, other in ((made.one, made.two), (made.two, made.one)):
            # What the other one cosigned was shown, compared and kept beside the copy.
            play.two.mirror.check()
            kept = play.two.mirror.newest_cosigned(WitnessKey.of(other.two.witness_key).name)
            known = play.one.log.newest_cosigned(WitnessKey.of(other.two.witness_key).name)
            assert kept is not None
            assert known is not None
            assert 0 < kept.size <= known.size


def forked(made: Triangle, folder: Path, *, days: int = 3) -> None:
    """Let the station in the middle live on in two copies, one for each of its peers."""
    side = made.two.one
    twin = folder / "twin.db"
    shutil.copyfile(side.path, twin)
    side.path = twin
    side.reopened().life = 1
    for _ in range(days):
        assert made.exchange() is None


def shown(made: Triangle) -> list[bytes]:
    """Return what the second peer has cosigned of the log that it was told."""
    seen = made.two.one.log.newest_cosigned(WitnessKey.of(made.two.two.witness_key).name)
    assert seen is not None
    return [seen.note]


@pytest.mark.parametrize("days", [(2, 8), (8, 2)], ids=["more elsewhere", "less elsewhere"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_log_that_forks_between_two_carriers_is_found_on_the_next_trip(
    seed: str, days: tuple[int, int]
) -> None:
    """Shown to the first peer is what the second cosigned, of more entries or of fewer."""
    with scratch() as root, triangle(Path(root), seed) as made:
        for _ in range(made.chance.randrange(2, 12)):
            assert made.hand_over() is None
        assert made.exchange() is None
        # The first trips after the fork show what was cosigned before it: nothing is to be found.
        forked(made, Path(root), days=1)
        for play, more in zip((made.one, made.two), days, strict=True):
            for _ in range(more):
                assert play.exchange() is None
        sealed = replace(made.one.one.seal(made.one.two), elsewhere=shown(made))
        assert (int(shown(made)[0].split(b"\n")[1]) > len(sealed.whole)) is (days == (2, 8))
        held = list(made.one.two.mirror.entries())
        judged = made.one.two.take(made.one.one, sealed)
        other = [*made.two.one.log.entries()]
        truth = first_other(sealed.whole, other)
        assert judged.verdict is Verdict.FORK
        assert judged.place is not None
        assert judged.place.low <= truth <= judged.place.high
        # Nothing of it is kept, and what it had shown before narrows where it began.
        assert list(made.one.two.mirror.entries()) == held
        assert judged.place.low > 0
        (told,) = judged.elsewhere
        assert told.station == PEERS[1]
        assert judged.alarm is not None
        assert f"{PEERS[1]} has cosigned another" in str(judged.alarm.facts["where"])


def test_a_fork_that_is_shown_by_an_old_bundle_is_one_as_well() -> None:
    """The number of the bundle decides nothing about what others have cosigned."""
    with scratch() as root, triangle(Path(root), "old") as made:
        forked(made, Path(root))
        taken = replace(made.one.one.outbox[-1], elsewhere=shown(made))
        assert made.one.two.judge(made.one.one, taken).verdict is Verdict.FORK


def test_honest_copies_find_it_when_the_bundle_of_the_other_peer_comes_to_them() -> None:
    """The station in the middle itself finds it, as long as its program is honest."""
    with scratch() as root, triangle(Path(root), "back") as made:
        forked(made, Path(root))
        sealed = made.two.two.seal(made.two.one)
        one = made.one.one
        stale = Side(HUB, PEERS[1], one.path, one.log_key, one.witness_key).reopened()
        try:
            stale.seen = made.two.one.seen
            judged = stale.judge(made.two.two, sealed)
        finally:
            stale.open.close()
        assert judged.verdict in {Verdict.PEER_MIRROR_DIFFERS, Verdict.WITNESS_STATE_LOST}
