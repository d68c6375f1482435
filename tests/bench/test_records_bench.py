import pytest

from mediabridge.bench import records

pytestmark = pytest.mark.in_turns


def test_every_figure_stands_beside_its_floor() -> None:
    figures = records.run(200, seed=1)
    assert [figure.unit for figure in figures] == ["µs/record", "µs/record", "MiB", "MiB"]
    assert all(figure.measured > 0 and figure.floor > 0 for figure in figures)
    assert [figure.bound for figure in figures] == [3.0, 2.3, 1.1, 1.1]
