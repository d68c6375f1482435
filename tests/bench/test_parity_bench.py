"""The bench of parity measures what it says, and its curve is that of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediabridge.bench.parity import PERCENTS, SHARES, curve, run
from mediabridge.config import KIB, MIB
from tools.parity_curve import BEGIN, END, PAGE, SIZES, page_with

pytestmark = pytest.mark.in_turns


def test_every_figure_stands_beside_the_same_without_parity(tmp_path: Path) -> None:
    told: list[str] = []
    figures = list(run(tmp_path, 2 * MIB, tell=told.append))
    assert told == ["encrypting", "staging"]
    assert all(figure.floor_name == "without parity" for figure in figures)
    (size,) = (figure for figure in figures if figure.unit == "MiB")
    assert 1.1 < size.ratio < 1.12
    assert size.holds


def test_curve_falls_with_the_damage_and_rises_with_the_parity() -> None:
    points = {
        (each.percent, each.scattered, each.share): each.saved
        for each in curve(seed=1, runs=3, sizes=(256 * KIB,))
    }
    assert len(points) == len(PERCENTS) * 2 * len(SHARES)
    # Less than one column in one piece is always saved, more than all parity never.
    assert points[5, False, 0.01] == points[50, False, 0.2] == 3
    assert points[5, False, 0.2] == points[5, True, 0.2] == 0
    assert next(iter(curve(1, 3, (256 * KIB,)))).saved == points[5, True, SHARES[0]]


def test_page_has_a_table_of_every_size_and_kind_of_damage() -> None:
    page = PAGE.read_text("utf-8")
    measured = page.partition(BEGIN)[2].partition(END)[0]
    assert measured.count("Bundle of ") == 2 * len(SIZES)
    assert measured.count("| 20 % |") == 2 * len(SIZES) * 2
    assert page_with([], page).count(BEGIN) == 1
