"""Whatever a run on real USB leaves out, another commit's run plays."""

from drawing import Family


def test_every_case_comes_round(families: dict[str, Family]) -> None:
    seeds = [f"commit {number}" for number in range(200)]
    for name, family in families.items():
        assert family.drawn(seeds[0]), name
        assert set().union(*map(family.drawn, seeds)) == family.cases, name
