from pathlib import Path

from mediabridge.bench import lookup


def test_every_figure_stands_beside_its_floor(tmp_path: Path) -> None:
    told: list[str] = []
    figures = lookup.run(tmp_path, 1_000, tell=told.append)
    assert [figure.unit for figure in figures] == ["ms", "µs"]
    assert all(figure.measured > 0 and figure.floor > 0 for figure in figures)
    assert [figure.bound for figure in figures] == [1.0, None]
    assert figures[0].floor == lookup.BOUND_MS
    assert told == ["a register of 1000 residents", "200 questions"]
