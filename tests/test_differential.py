"""The same files with two builds: every one is played, and what differs is found."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import differential
from tools.compare import Build

HERE = Build("here", Path(sys.executable).with_name("mediabridge"))
FILES = 8


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(differential, "RESIDENTS", 300)
    folder = tmp_path / "cases"
    folder.mkdir()
    differential.draw(folder, FILES, 1)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


def test_one_seed_draws_the_same_files(cases: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    differential.draw(again, FILES, 1)
    assert contents(again) == contents(cases)
    assert sorted(name.rpartition(".")[2] for name in contents(cases)) == sorted(
        ["csv"] * 6 + ["xml"] * 3
    )


@pytest.mark.in_turns
def test_a_build_beside_itself_says_the_same_and_leaves_the_same(cases: Path) -> None:
    counts, found = differential.compared(HERE, HERE, cases)
    assert found == []
    assert sum(counts.values()) == FILES + counts["carried"]
    assert counts["DONE"] > 0
    assert counts["RECORDS_REFUSED"] > 0
    assert counts["carried"] > 0


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ({"case": "1", "code": 0}, {"case": "1", "code": 40}, ["code"]),
        ({"case": "1", "code": 0}, None, ["which answer it is"]),
        ({"case": "1", "code": 0}, {"carried": [], "registry": {}}, ["which answer it is"]),
        ({"registry": {"a.b": "1"}}, {"registry": {"a.b": "2", "a.new": "3"}}, ["a.b"]),
        ({"registry": {"a.gone": "1"}}, {"registry": {}}, []),
    ],
)
def test_what_differs_is_named(
    old: dict[str, object], new: dict[str, object] | None, named: list[str]
) -> None:
    assert differential.same(old, new) == named


def test_a_build_that_ends_early_is_no_agreement(
    cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Iterator[list[dict[str, object]]] = iter(
        [[{"case": "1", "reason": "DONE"}, {"case": "2", "reason": "DONE"}], []]
    )
    monkeypatch.setattr(differential, "play", lambda *_: next(told))
    monkeypatch.setattr(differential, "lines", iter)
    counts, found = differential.compared(HERE, HERE, cases)
    assert counts == Counter(missing=1)
    assert len(found) == 1
