"""Whatever a run on real USB leaves out, another commit's run plays."""

from collections.abc import Callable


def test_every_case_comes_round(cases: set[str], played: Callable[[str], set[str]]) -> None:
    assert set().union(*(played(f"commit {number}") for number in range(1200))) == cases


def test_what_others_begin_with_is_made_by_every_run(
    cases: set[str], played: Callable[[str], set[str]]
) -> None:
    made = {case for case in cases if case.endswith("test_prepared.py::test_every_chapter_is_kept")}
    # Who asks for this file alone has not collected it.
    for number in range(200):
        assert made <= played(f"commit {number}")
