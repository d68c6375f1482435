"""What was seen in a file: many values at once are all new, or none of them is entered."""

from __future__ import annotations

import pytest

from mediabridge.stations.seen import Seen


def test_all_are_new() -> None:
    seen = Seen()
    assert seen.enter_all(ids=["A-1", "007", "1e3"], sequences=[1, 2**53 - 1])
    assert seen.enter_all(ids=["A-2"], sequences=[0])
    assert sorted(seen.ids()) == ["007", "1e3", "A-1", "A-2"]
    assert not any(seen.enter("ids", each) for each in ["A-1", "007", "1e3", "A-2"])
    assert not any(seen.enter("sequences", each) for each in [0, 1, 2**53 - 1])


@pytest.mark.parametrize(
    ("ids", "sequences"),
    [
        (["A-2", "A-1"], [2, 3]),
        (["A-2", "A-2"], [2, 3]),
        (["A-2", "A-3"], [2, 1]),
        (["A-2", "A-3"], [2, 2]),
    ],
)
def test_one_is_not_new(ids: list[str], sequences: list[int]) -> None:
    seen = Seen()
    assert seen.enter_all(ids=["A-1"], sequences=[1])
    assert not seen.enter_all(ids=ids, sequences=sequences)
    assert list(seen.ids()) == ["A-1"]
    assert seen.enter("sequences", 2)
