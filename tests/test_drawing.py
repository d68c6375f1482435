"""A change waits for four of the ninety moments; with time, every one is played."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import moments
import pytest
from drawing import (
    ALL,
    COMMIT,
    HALF,
    ONE_IN_32,
    TWENTIETH,
    Family,
    drawn_of,
    family_of,
    files_drawn,
    seed_of,
)
from moments import CUTS, PULLS, SHARE

COMMITS = [sha256(str(number).encode()).hexdigest()[:40] for number in range(200)]
HERE = Path(__file__).parent
NAMES = ("filesystem", "doing", "index", "count")
MOMENTS = [
    *(("pulled out", dict(zip(NAMES, each, strict=True))) for each in PULLS),
    *(("power cut", dict(zip(NAMES, each, strict=True))) for each in CUTS),
]


def name_of(test: str, parameters: dict[str, object]) -> str:
    return f"{test}[{'-'.join(map(str, parameters.values()))}]"


def families() -> dict[str, Family]:
    found: dict[str, Family] = {}
    for test, parameters in MOMENTS:
        name = family_of(test, parameters, moments.OVER)
        family = found.setdefault(name, Family(SHARE, file=test, turn=HALF))
        family.cases.add(name_of(test, parameters))
    return found


def drawn(seed: str) -> set[str]:
    return drawn_of(families(), seed, frozenset())


def test_there_are_ninety_moments() -> None:
    assert len({name_of(*each) for each in MOMENTS}) == len(MOMENTS) == 60 + 30


@pytest.mark.parametrize("commit", COMMITS[:10])
def test_half_of_what_is_done_is_disturbed(commit: str) -> None:
    assert len(families()) == 7
    disturbed = [name for name, each in families().items() if each.cases & drawn(commit)]
    assert len(disturbed) == 4
    assert 4 <= len(drawn(commit)) <= 5
    assert drawn(commit) == drawn(commit)


def test_every_moment_comes_round() -> None:
    times = {name_of(*each): 0 for each in MOMENTS}
    for commit in COMMITS:
        for case in drawn(commit):
            times[case] += 1
    assert min(times.values()) > 0, times


def test_other_commit_draws_others() -> None:
    assert len({frozenset(drawn(commit)) for commit in COMMITS}) == len(COMMITS)


def test_all_draws_all() -> None:
    assert len(drawn(ALL)) == 90


def test_one_is_drawn_of_the_smallest_family() -> None:
    family = Family(Fraction(0), {"vfat", "exfat", "ext4"})
    assert {min(family.drawn(commit)) for commit in COMMITS} == family.cases
    assert {len(family.drawn(commit)) for commit in COMMITS} == {1}


def test_eighth_of_the_tests_of_half_of_the_files_has_its_turn() -> None:
    one = {
        f"one {number}": Family(Fraction(1), {f"one {number}"}, "one.py") for number in range(16)
    }
    several = {"several": Family(Fraction(0), {"vfat", "exfat", "ext4"}, "several.py")}
    always = {"always": Family(Fraction(1, 9), {f"moment {number}" for number in range(18)})}
    families = one | several | always
    runs = [drawn_of(families, commit, frozenset()) for commit in COMMITS]
    counts = {(len(run & one.keys()), len(run & several["several"].cases)) for run in runs}
    assert counts == {(2, 0), (0, 1)}
    assert {len(run & always["always"].cases) for run in runs} == {2}
    assert set().union(*runs) == drawn_of(families, ALL, frozenset())
    assert len(drawn_of(families, ALL, frozenset())) == 16 + 3 + 18


def test_half_of_what_is_drawn_thinly_has_its_turn() -> None:
    families = {
        name: Family(Fraction(1, 20), {f"{name} {number}" for number in range(10)}, "f.py", HALF)
        for name in ("write", "read", "import", "erase")
    }
    runs = [drawn_of(families, commit, frozenset()) for commit in COMMITS]
    assert {len(run) for run in runs} == {2}
    assert len(set().union(*runs)) == 40


def test_case_that_needs_what_is_not_made_waits_for_another_commit() -> None:
    needs = {"one[a]": frozenset({"a"}), "one[b]": frozenset({"b"}), "two": frozenset({"a", "b"})}
    families = {
        "one": Family(Fraction(0), {"one[a]", "one[b]"}, "one.py", needs=needs),
        "two": Family(Fraction(1), {"two"}, "one.py", needs=needs),
        "three": Family(Fraction(1), {"three"}, "three.py", needs=needs),
    }
    only = [drawn_of(families, commit, frozenset({"b"})) for commit in COMMITS]
    assert set().union(*only) == {"one[b]", "three"}
    assert drawn_of(families, ALL, frozenset({"a", "b"})) == {*needs, "three"}


def test_commits_begin_on_every_file_system_in_turn() -> None:
    made = [moments.filesystems(commit) for commit in COMMITS]
    assert set().union(*made) == set(moments.FILESYSTEMS) == moments.filesystems(ALL)
    assert {len(each) for each in made} == {1, 2}


def test_what_is_played_seldom_is_played_whole_or_not_at_all() -> None:
    cases = {f"installed {number}" for number in range(9)}
    families = {each: Family(Fraction(1), {each}, "installed.py", seldom=True) for each in cases}
    runs = [drawn_of(families, commit, frozenset()) for commit in COMMITS]
    assert {frozenset(run) for run in runs} == {frozenset(), frozenset(cases)}
    # A twelfth of two hundred, with luck and without.
    assert 5 < sum(map(bool, runs)) < 40
    assert drawn_of(families, ALL, frozenset()) == cases


@pytest.fixture
def git(tmp_path: Path, require_tool: Callable[[str], str]) -> Callable[..., str]:
    """Run git in a folder of its own, whoever's machine this is."""
    identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid")

    def run(*words: str) -> str:
        command = [require_tool("git"), "-C", tmp_path, *identity, *words]
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
        return done.stdout.strip()

    return run


def test_seed_is_the_commit(tmp_path: Path, git: Callable[..., str]) -> None:
    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "one")
    assert seed_of(COMMIT, tmp_path) == git("rev-parse", "HEAD")


def test_in_no_repository_all_are_played(tmp_path: Path) -> None:
    assert seed_of(COMMIT, tmp_path) == ALL


def test_before_the_first_commit_all_are_played(tmp_path: Path, git: Callable[..., str]) -> None:
    git("init", "--quiet")
    assert seed_of(COMMIT, tmp_path) == ALL


def test_seed_by_hand(tmp_path: Path) -> None:
    assert seed_of("any word", tmp_path) == "any word"


def test_one_file_in_32_is_drawn_and_all_come_round() -> None:
    files = {f"tests/test_{number}.py" for number in range(48)}
    shares = [files_drawn(files, commit, ONE_IN_32) for commit in COMMITS]
    assert {len(share) for share in shares} == {2}
    assert set().union(*shares) == files
    assert len({frozenset(share) for share in shares}) > 150


def played(files: set[str], **environment: str) -> set[str]:
    """Return those of *files* that a run with *environment* plays."""
    words = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", *files]
    asked = subprocess.run(
        words, cwd=HERE.parent, env=os.environ | environment,
        check=True, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    return set(re.findall(r"^(tests/\S+\.py)", asked.stdout, re.MULTILINE))


def test_run_plays_the_files_that_it_draws() -> None:
    files = {f"tests/test_{name}.py" for name in ("canonical", "compare", "drawing", "one_place")}
    drawn = files_drawn(files, "a word", ONE_IN_32)
    assert len(drawn) == 1
    assert played(files, MEDIABRIDGE_ONE_IN_32="a word") == drawn


def test_run_plays_a_twentieth_of_the_files_that_take_long() -> None:
    long = {
        f"tests/{path.relative_to(HERE)}" for path in HERE.rglob("test_*.py") if takes_long(path)
    }
    quick = {"tests/test_drawing.py", "tests/test_canonical.py"}
    drawn = files_drawn(long, "a word", TWENTIETH)
    assert len(drawn) == round(len(long) / 20) > 1
    assert (
        played(long | quick, MEDIABRIDGE_ONE_IN_32="", MEDIABRIDGE_TURNS="a word") == drawn | quick
    )


def takes_long(path: Path) -> bool:
    return (
        "\npytestmark = " in (text := path.read_text(encoding="utf-8")) and "mark.in_turns" in text
    )
