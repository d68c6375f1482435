from __future__ import annotations

from pathlib import Path

import pytest

from mediabridge.bench import growth
from mediabridge.bench.grown import Years
from mediabridge.bench.spent import CommandFailedError
from mediabridge.cli._station import TRAINING_PASSPHRASE

pytestmark = pytest.mark.in_turns


@pytest.mark.heavy
def test_command_at_grown_stations_stands_beside_the_same_at_fresh_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("status", "collect")
    monkeypatch.setattr(
        growth, "_COMMANDS", [each for each in growth._COMMANDS if each.name in names]
    )
    told: list[str] = []
    figures = list(growth.run(tmp_path, Years(5, 20), 1, TRAINING_PASSPHRASE, tell=told.append))
    assert [figure.name for figure in figures[::2]] == list(names)
    assert [figure.bound for figure in figures] == [growth.BOUND, growth.MEMORY_BOUND] * len(names)
    assert all(figure.measured > 0 and figure.floor > 0 for figure in figures)
    assert told[-1] == "round 1 of 1"


def test_command_that_fails_is_no_figure(tmp_path: Path) -> None:
    step = growth._Step("status", ["--home", "none", "no-such-command"])
    with pytest.raises(CommandFailedError, match="status ended with 2"):
        growth._measured(step, tmp_path)
