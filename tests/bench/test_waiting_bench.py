from __future__ import annotations

from math import isfinite
from pathlib import Path

import pytest

from mediabridge.bench import waiting
from mediabridge.bench.remaining import BOUND, Step

pytestmark = pytest.mark.in_turns


def test_every_step_that_computes_has_its_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SEEN_SECONDS", 0.0)
    told: list[str] = []
    figures = list(waiting.run(tmp_path, 1000, 1, tell=told.append))
    journey = [
        "population",
        "collect",
        "lgwan-01: seal; registry-01: import",
        "registry-01: seal; lgwan-01: import",
    ]
    assert told == journey * waiting.ROUNDS
    assert list(tmp_path.iterdir()) == []
    assert {figure.name.partition(" (")[0] for figure in figures} == set(waiting.LOOKED_AT)
    # So few are over too soon for a promise.
    assert {figure.bound for figure in figures} == {None}
    # So few records are told a single time in some steps, of which nothing can be said.
    assert any(isfinite(figure.measured) for figure in figures)


def test_what_is_over_at_once_has_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SEEN_SECONDS", 3600.0)
    assert list(waiting.run(tmp_path, 100, 1, tell=lambda _line: None)) == []


@pytest.mark.parametrize(
    ("seconds", "bounds"),
    [
        (waiting.SEEN_SECONDS / 2, []),
        (waiting.SEEN_SECONDS, [None]),
        (waiting.LONG_SECONDS, [BOUND]),
    ],
)
def test_what_somebody_waits_for_is_promised(seconds: float, bounds: list[float | None]) -> None:
    step = Step("Decrypting", 2, ((seconds / 2, 1), (seconds, 2)), seconds)
    assert [each.bound for each in waiting._figures("lgwan-01", [(step,)])] == bounds


def test_the_round_counts_in_which_the_estimate_was_nearest() -> None:
    even = Step("Decrypting", 4, ((1.0, 1), (2.0, 2), (3.0, 3), (4.0, 4)), 4.0)
    slowed = Step("Decrypting", 4, ((1.0, 1), (2.0, 2), (6.0, 3), (7.0, 4)), 7.0)
    (figure,) = waiting._figures("lgwan-01", [(slowed, even)])
    assert figure.measured == 1.0
    (figure,) = waiting._figures("lgwan-01", [(slowed, slowed)])
    assert figure.measured > BOUND
