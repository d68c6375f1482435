"""What is counted is told as it is taken, in a few parts however much there is."""

from __future__ import annotations

import pytest

from mediabridge.progress import counting


class Heard:
    """Progress that keeps all that it was told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def start(self, label_msgid: str, total: int, *, counted: bool = False) -> None:
        self.told.append((label_msgid, total, counted))

    def advance(self, n: int) -> None:
        self.told.append(n)

    def finish(self) -> None:
        self.told.append("end")


@pytest.mark.parametrize(("total", "parts"), [(0, []), (3, [1, 1, 1]), (1000, [5] * 200)])
def test_counted_things_are_told_in_parts(total: int, parts: list[int]) -> None:
    heard = Heard()
    assert list(counting(range(total), heard, "Things", total)) == list(range(total))
    assert heard.told == [("Things", total, True), *parts, "end"]


def test_nothing_is_told_before_it_was_taken() -> None:
    heard = Heard()
    things = counting(range(2), heard, "Things", 2)
    next(things)
    assert heard.told == [("Things", 2, True)]
