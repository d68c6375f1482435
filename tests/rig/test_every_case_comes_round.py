"""Whatever a run on real USB leaves out, another commit's run plays."""

from drawing import Family, drawn_of


def test_every_case_comes_round(families: dict[str, Family]) -> None:
    runs = [drawn_of(families, f"commit {number}") for number in range(200)]
    everything = set().union(*(family.cases for family in families.values()))
    assert set().union(*runs) == everything
