"""Two commits side by side: each from its own folder, in turns, and by medians."""

import subprocess
from pathlib import Path

import pytest

from mediabridge.bench.spent import CommandFailedError, processor_seconds
from mediabridge.cli._table import COMMANDS
from tools import compare
from tools.compare import Build, Compared
from tools.compared import JOURNEY, Step

STEPS = (
    Step("first", lambda _folder: ["first"]),
    Step("new", lambda _folder: ["new"], needed=False),
    Step("last", lambda folder: ["last", folder.name]),
)


def program(folder: Path, name: str, *, has_new: bool = True) -> Build:
    """Return a build that notes what it was asked, where, and by which name."""
    path = folder / name
    code = int(not has_new)
    path.write_text(
        f"#!/bin/sh\necho {name} $1 >> {folder}/asked\n"
        f"[ -e {name} ] || [ $1 = first ] || exit 9\ntouch {name}\n[ $1 != new ] || exit {code}\n"
    )
    path.chmod(0o755)
    return Build(name, path)


def test_builds_take_turns_each_in_a_folder_of_its_own(tmp_path: Path) -> None:
    builds = program(tmp_path, "old", has_new=False), program(tmp_path, "new")
    found = compare.compare(*builds, STEPS, 2, lambda _: None)
    assert [each.step for each in found] == ["first", "last"]
    asked = (tmp_path / "asked").read_text().splitlines()
    steps = ["first", "new", "last"]
    assert asked == [
        *(f"{name} {step}" for step in steps for name in ("old", "new")),
        *(f"{name} {step}" for step in steps for name in ("new", "old")),
    ]


def test_commit_beside_itself_shows_what_chance_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times, folders = iter([2.0, 3.0]), []

    def spent(_words: list[str], folder: Path, **_more: object) -> float:
        folders.append(folder)
        return next(times)

    monkeypatch.setattr(compare, "processor_seconds", spent)
    old, new = Build("HEAD", tmp_path), Build("HEAD", tmp_path)
    assert compare.compare(old, new, STEPS[:1], 1, lambda _: None) == [Compared("first", 2.0, 3.0)]
    assert len(set(folders)) == 2


@pytest.mark.parametrize("words", [["--only", "seal,aprove"], ["--rounds", "0"]])
def test_what_would_print_nothing_is_refused_before_anything_is_built(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit):
        compare.main(["nowhere", "nowhere", *words])
    assert words[-1].removeprefix("seal,") in capsys.readouterr().err


def test_step_that_others_need_must_not_fail(tmp_path: Path) -> None:
    builds = program(tmp_path, "old"), Build("new", Path("/bin/false"))
    with pytest.raises(CommandFailedError, match="first ended with 1"):
        compare.compare(*builds, STEPS, 1, lambda _: None)


def test_ratio_is_that_of_the_medians(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rounds: the old one takes 2, 9 and 4 seconds, the new one 3, 1 and 2."""
    times = iter([2.0, 3.0, 1.0, 9.0, 4.0, 2.0])
    monkeypatch.setattr(compare, "processor_seconds", lambda *_, **__: next(times))
    old, new = Build("old", tmp_path), Build("new", tmp_path)
    (found,) = compare.compare(old, new, STEPS[:1], 3, lambda _: None)
    assert found == Compared("first", 4.0, 2.0)
    assert found.ratio == 0.5
    heading, line = compare.table([found])
    assert line.split() == ["first", "4000", "2000", "0.50"]
    assert len(heading) == len(line)


def test_worktrees_hold_what_each_commit_held(tmp_path: Path) -> None:
    repository, trees = tmp_path / "repository", tmp_path / "trees"

    def git(*words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@a.example")
        subprocess.run(["git", "-C", repository, *who, *words], check=True, capture_output=True)

    repository.mkdir()
    git("init")
    for content in ("old", "new"):
        (repository / "file").write_text(content)
        git("add", "file")
        git("commit", "-m", content)
    found = {commit: compare.worktree(commit, trees, repository) for commit in ("HEAD~1", "HEAD")}
    assert [(tree / "file").read_text() for tree in found.values()] == ["old", "new"]
    # It is used again, and a branch stays free to be checked out elsewhere.
    assert compare.worktree("HEAD", trees, repository) == found["HEAD"]
    with pytest.raises(subprocess.CalledProcessError):
        compare.worktree("nowhere", trees, repository)


def test_time_is_that_of_the_child_and_of_what_it_waited_for(tmp_path: Path) -> None:
    busy = "i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done"
    assert processor_seconds(["sh", "-c", busy], tmp_path) > 0
    waiting = f"sh -c '{busy}; times > spent'; exit 3"
    nested = processor_seconds(["sh", "-c", waiting], tmp_path, codes={3})
    # What the inner one says of itself, user and system.
    inner, _its_children = (tmp_path / "spent").read_text().splitlines()
    told = sum(float(each.partition("m")[2].rstrip("s")) for each in inner.split())
    assert nested >= told > 0
    with pytest.raises(CommandFailedError, match="said so"):
        processor_seconds(["sh", "-c", "echo said so; exit 1"], tmp_path)


def test_journey_gives_only_commands_that_there_are(tmp_path: Path) -> None:
    """A command that was renamed would pass for one that old commits do not have."""
    known = {entry.name for entry in COMMANDS if entry.module}
    (tmp_path / "files").mkdir()
    (tmp_path / "files/population.csv").write_text("card_number\nAB12345678CD\n")
    for step in JOURNEY:
        words = " ".join(step.words(tmp_path))
        assert any(f" {name} " in f" {words} " for name in known), words


def test_each_step_can_be_chosen_by_its_name() -> None:
    """Commas part the names, which nothing else tells apart."""
    names = [step.name for step in JOURNEY]
    assert len(set(names)) == len(names)
    assert not [name for name in names if "," in name]
