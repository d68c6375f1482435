"""Whatever a run on real USB leaves out, another commit's run plays."""

from collections.abc import Callable


def test_every_case_comes_round(cases: set[str], played: Callable[[str], set[str]]) -> None:
    assert set().union(*(played(f"commit {number}") for number in range(1200))) == cases
