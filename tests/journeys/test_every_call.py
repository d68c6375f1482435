"""Each command, with each of its system calls failing in turn; then the same command again.

One run plays a few of the some seventeen thousand points, of a third of the commands, others for
each commit; ``make test-crash`` plays all. How many there were is printed, for each command and
all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attacks.world import copy_of, scratch
from journeys.commands import COMMANDS
from journeys.conftest import Before
from journeys.disturbing import Command, play, ready, whose_turn
from journeys.strace import FAULTS


@pytest.fixture(scope="module", params=whose_turn(COMMANDS))
def command(request: pytest.FixtureRequest, day: Before, strace_there: None) -> Iterator[Command]:
    del strace_there
    stage = COMMANDS[request.param]
    with scratch() as folder:
        world = copy_of(day(stage.follows or request.param), Path(folder, "before"))
        words = ready(world, stage)
        yield Command(name=request.param, folder=Path(folder), before=world, words=words)


@pytest.mark.heavy
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "ECONNRESET"])
def test_same_command_again_completes_it(
    command: Command, fault: str, record_property: Callable[[str, object], None]
) -> None:
    """Claim C77. Books, registry, log, outbox and stick agree, as if nothing had happened."""
    play(command, fault, record_property)
