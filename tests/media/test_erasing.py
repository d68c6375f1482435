"""Erasing: overwritten and gone; half erased is never a bundle and hides no other one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mediabridge.bundle import layout
from mediabridge.config import LIMITS
from mediabridge.errors import MediumIoError, ReadBackError, TreeTooLargeError
from mediabridge.media import direct, erasing, tree
from mediabridge.media.tree import PARTIAL

ONE, OTHER = "ab" * 16, "cd" * 16
CONTENT = b"q" * 1_500_000


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    for bundle in (ONE, OTHER):
        folder = layout.bundles_folder(tmp_path) / bundle
        folder.mkdir(parents=True)
        (folder / "header.json").write_bytes(b"{}")
        (folder / "part-0000.cob").write_bytes(CONTENT)
    return tmp_path


def test_only_the_named_bundle_goes(medium: Path) -> None:
    told: list[int] = []
    assert erasing.size_of(medium, [ONE]) == 2 * (len(CONTENT) + 2)
    assert erasing.erase(medium, [ONE], progress=told.append) == len(CONTENT) + 2
    assert sum(told) == 2 * (len(CONTENT) + 2)
    assert tree.copies_on(medium) == [OTHER]


def test_content_is_overwritten_in_place(medium: Path) -> None:
    """A second name, which no stick has, shows what became of the blocks."""
    part = layout.bundles_folder(medium) / ONE / "part-0000.cob"
    with part.open("rb") as kept:
        erasing.erase(medium, [ONE])
        left = kept.read()
    assert len(left) == len(CONTENT)
    assert b"q" * 64 not in left


def test_interrupted_erasing_is_no_bundle(medium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_arguments: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(direct, "write_all", failing)
        with pytest.raises(MediumIoError):
            erasing.erase(medium, [ONE])
    assert tree.bundles_on(medium) == [OTHER]
    assert tree.copies_on(medium) == [ONE, OTHER]
    erasing.erase(medium, [ONE])
    assert tree.copies_on(medium) == [OTHER]


def test_medium_that_keeps_the_old_content(medium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "write_all", lambda *_arguments: None)
    with pytest.raises(ReadBackError):
        erasing.erase(medium, [ONE])


def test_unfinished_copy_beside_a_whole_one(medium: Path) -> None:
    partial = layout.bundles_folder(medium) / (ONE + PARTIAL)
    partial.mkdir()
    (partial / "header.json").write_bytes(b"{}")
    erasing.erase(medium, [ONE])
    assert tree.copies_on(medium) == [OTHER]


def test_link_leads_nowhere(medium: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.write_bytes(b"kept")
    (layout.bundles_folder(medium) / ONE / "link").symlink_to(target)
    os.mkfifo(layout.bundles_folder(medium) / ONE / "pipe")
    erasing.erase(medium, [ONE])
    assert target.read_bytes() == b"kept"
    assert tree.copies_on(medium) == [OTHER]


@pytest.mark.parametrize("suffix", ["", PARTIAL])
@pytest.mark.parametrize("look", [erasing.size_of, erasing.erase])
def test_folder_of_very_many_names(
    medium: Path, look: Callable[[Path, list[str]], int], suffix: str
) -> None:
    """No bundle has that many; they are not read to the end, and nothing is erased."""
    folder = layout.bundles_folder(medium) / (ONE + suffix)
    folder.mkdir(exist_ok=True)
    for number in range(LIMITS.names_in_folder + 1):
        (folder / f"{number}").touch()
    with pytest.raises(TreeTooLargeError):
        look(medium, [ONE])
    assert tree.copies_on(medium) == [ONE, OTHER]
    part = layout.bundles_folder(medium) / OTHER / "part-0000.cob"
    assert part.read_bytes() == CONTENT


def test_nothing_to_erase(medium: Path) -> None:
    assert erasing.erase(medium, []) == 0
    assert erasing.erase(medium, ["ef" * 16]) == 0
