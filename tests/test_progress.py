"""What is counted is told as it is taken, in a few parts however much there is."""

from __future__ import annotations

import pytest

from mediabridge.progress import Parts, counting


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


@pytest.mark.parametrize(
    ("total", "parts"), [(0, []), (3, [1, 1, 1]), (1000, [5] * 200), (503, [2] * 251 + [1])]
)
def test_counted_things_are_told_in_parts(total: int, parts: list[int]) -> None:
    heard = Heard()
    assert list(counting(range(total), heard, "Things", total)) == list(range(total))
    assert heard.told == [("Things", total, True), *parts, "end"]


def test_nothing_is_told_before_it_was_taken() -> None:
    heard = Heard()
    things = counting(range(2), heard, "Things", 2)
    next(things)
    assert heard.told == [("Things", 2, True)]


def test_parts_take_their_shares_of_one_step() -> None:
    heard = Heard()
    parts = Parts(heard, "Things", [60, 30, 10])
    read = parts.next(6)
    read(3)
    read(3)
    # One that says nothing while it is done is told when the next one begins.
    parts.next(1)
    compared = parts.next(2)
    compared(1)
    parts.finish()
    assert heard.told == [("Things", 100, True), 30, 30, 30, 5, 5, "end"]


def test_parts_never_go_beyond_their_share_and_end_whole() -> None:
    heard = Heard()
    parts = Parts(heard, "Things", [10, 10])
    read = parts.next(2)
    read(1)
    read(5)
    read(5)
    nothing = parts.next(0)
    nothing(1)
    parts.finish()
    assert heard.told == [("Things", 20, True), 5, 5, 10, "end"]


def test_a_step_without_parts_ends_at_once() -> None:
    heard = Heard()
    Parts(heard, "Things", []).finish()
    assert heard.told == [("Things", 1, True), 1, "end"]
