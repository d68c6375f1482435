"""Whatever keys are pressed, no traceback comes, and nothing is done that nobody has confirmed."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import drawing
import pytest
from kiosk.keys import Hand
from kiosk.seat import Port, Seat, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, REGISTRY
from stations.days import Day
from stations.sticks import Stick

from mediabridge.locale import Language

SEQUENCES = int(os.environ.get("MEDIABRIDGE_KEYS", "2"))
"""How many there are; ``make test-keys``."""

SEED = drawing.seed_of(
    os.environ.get("MEDIABRIDGE_KEYS_SEED", drawing.COMMIT), Path(__file__).parent
)
"""Any word; the commit's hash draws other sequences for each commit."""

AT_A_TIME = max(1, min(20, SEQUENCES // 4))
"""Sequences that one screen has to bear, one after the other."""
LENGTH = 20
LOTS = range(-(-SEQUENCES // AT_A_TIME))


def ready_day(day: Day, stick: Stick, at: str) -> None:
    """Let there be something to do at the station *at*, also for a stick that is plugged in."""
    day.pack(content=NOTICES)
    if at == REGISTRY:
        day.serve(LGWAN, stick)


@pytest.mark.parametrize("lot", LOTS)
def test_random_keys_do_nothing_that_was_not_meant(
    day: Day, port: Port, stick: Stick, lot: int
) -> None:
    at = (LGWAN, REGISTRY)[lot % 2]
    ready_day(day, stick, at)

    async def journey(seat: Seat) -> None:
        drawn = Random(f"{SEED} {lot}")  # noqa: S311 - to press keys
        hand = Hand(seat, day, at, port, stick, drawn)
        for _ in range(min(AT_A_TIME, SEQUENCES - lot * AT_A_TIME)):
            await hand.play(LENGTH)
        print(f"{at}: {hand.account()}")  # noqa: T201 - shown by make test-keys

    play(session_of(day, at), journey, lang=list(Language)[lot // 2 % 2])
