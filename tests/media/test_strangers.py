"""Foreign things in the exchange folder: found as a receiver finds them, moved, erased."""

from __future__ import annotations

import errno
import os
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from mediabridge.bundle import layout
from mediabridge.config import FOREIGN_SHOWN
from mediabridge.errors import ForeignFilesError, MediumIoError, TreeLinkError, TreeTooLargeError
from mediabridge.media import erasing, strangers, tree

ONE = "ab" * 16
OURS = b"not to be drawn as noise"
"""What each file of the bundle holds: too long for an overwriting to be the same by chance."""


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    """Give a medium with one bundle that is whole as far as its names go."""
    folder = layout.bundles_folder(tmp_path / "medium") / ONE
    folder.mkdir(parents=True)
    for name in [*layout.listed_files(2), layout.SUMS, layout.STATION_SIGNATURE]:
        (folder / name).write_bytes(OURS)
    return tmp_path / "medium"


def put(medium: Path, *paths: str) -> None:
    for path in paths:
        place = medium / layout.ROOT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"secret")


def found(medium: Path) -> tuple[list[str], list[str]]:
    seen = strangers.found_on(medium)
    return sorted(map(str, seen.foreign)), sorted(map(str, seen.droppings))


def test_whole_bundle_is_no_stranger(medium: Path) -> None:
    assert found(medium) == ([], [])
    assert strangers.check(medium) == strangers.Strangers()


def test_medium_without_exchange_folder_has_none(tmp_path: Path) -> None:
    assert found(tmp_path) == ([], [])


def test_foreign_things_are_found_at_every_level(medium: Path) -> None:
    foreign = ["memo.txt", "bundles/photo.jpg", f"bundles/{ONE}/copy of header.json"]
    left = [".DS_Store", "bundles/._x", f"bundles/{ONE}/Thumbs.db"]
    put(medium, *foreign, *left)
    assert found(medium) == (sorted(foreign), sorted(left))


@pytest.mark.parametrize("what", ["missing", "link", "large", "file"])
def test_bundle_that_would_be_refused_is_foreign_as_a_whole(medium: Path, what: str) -> None:
    folder = layout.bundles_folder(medium) / ONE
    header = folder / layout.HEADER
    header.unlink()
    if what == "link":
        header.symlink_to(folder / layout.KEYS)
    if what == "large":
        header.touch()
        os.truncate(header, 2**20 + 1)
    if what == "file":
        folder.rename(medium / "elsewhere")
        folder.write_bytes(b"x")
    put(medium, "memo.txt")
    if what != "file":
        put(medium, f"bundles/{ONE}/extra")
    seen = strangers.found_on(medium)
    assert [str(path) for path in seen.foreign] == ["memo.txt", f"bundles/{ONE}"]
    assert seen.bundles() == [ONE]
    assert found(medium)[0] == sorted(["memo.txt", f"bundles/{ONE}"])
    assert strangers.found_on(medium, besides={ONE}).bundles() == []


def test_error_names_the_first_and_counts_all(medium: Path) -> None:
    put(medium, *(f"memo-{number:02}.txt" for number in range(FOREIGN_SHOWN + 1)))
    with pytest.raises(ForeignFilesError) as refusal:
        strangers.check(medium)
    assert refusal.value.facts["count"] == FOREIGN_SHOWN + 1
    names = [f"memo-{number:02}.txt" for number in range(FOREIGN_SHOWN)]
    assert refusal.value.facts["names"] == ", ".join([*names, "..."])


def test_droppings_are_shown_by_the_table_alone(medium: Path) -> None:
    """What follows ``._`` may be a person's name."""
    put(medium, "._法務 太郎.csv", "._2", "fsck0001.rec", "thumbs.DB")
    assert strangers.found_on(medium).shown_droppings == "._*, FSCKnnnn.REC, Thumbs.db"


# --- putting aside --------------------------------------------------------------------------


def aside(medium: Path) -> dict[str, bytes]:
    """Return what lies aside, by name: the folders between have names of chance."""
    files = [path for path in (medium / layout.ASIDE).rglob("*") if path.is_file()]
    assert all(len(path.relative_to(medium).parts) >= 3 for path in files)
    return {path.name: path.read_bytes() for path in files}


def test_what_is_put_aside_lies_outside_and_is_whole(medium: Path) -> None:
    put(medium, "memo.txt", "folder/inner.txt", "bundles/photo.jpg", f"bundles/{ONE}/extra")
    strangers.put_aside(medium, strangers.found_on(medium).foreign)
    names = ["memo.txt", "inner.txt", "photo.jpg", "extra"]
    assert aside(medium) == dict.fromkeys(names, b"secret")
    assert found(medium) == ([], [])
    strangers.check(medium)


def test_things_of_one_name_do_not_meet(medium: Path) -> None:
    for _ in range(2):
        put(medium, "memo.txt", "bundles/memo.txt", f"bundles/{ONE}/memo.txt")
        strangers.put_aside(medium, strangers.found_on(medium).foreign)
    lying = list((medium / layout.ASIDE).rglob("memo.txt"))
    assert len(lying) == 6
    assert found(medium) == ([], [])


@pytest.mark.parametrize("kind", ["link", "file"])
def test_nothing_is_moved_through_a_link(medium: Path, tmp_path: Path, kind: str) -> None:
    put(medium, "memo.txt")
    (tmp_path / "station").mkdir()
    place = medium / layout.ASIDE
    place.symlink_to(tmp_path / "station") if kind == "link" else place.write_bytes(b"")
    with pytest.raises(TreeLinkError):
        strangers.put_aside(medium, strangers.found_on(medium).foreign)
    assert list((tmp_path / "station").iterdir()) == []
    assert found(medium) == (["memo.txt"], [])


def test_link_is_moved_and_not_what_it_leads_to(medium: Path, tmp_path: Path) -> None:
    (tmp_path / "station").mkdir()
    (medium / layout.ROOT / ".DS_Store").symlink_to(tmp_path / "station")
    strangers.put_aside(medium, [PurePosixPath(".DS_Store")])
    (moved,) = (medium / layout.ASIDE).glob("*/.DS_Store")
    assert moved.readlink() == tmp_path / "station"
    assert (tmp_path / "station").is_dir()


# --- erasing --------------------------------------------------------------------------------


def erase(medium: Path) -> int:
    return strangers.remove(medium, strangers.found_on(medium), erasing.erase_name)


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Give a set of names that belong to another account, which alone may open them."""
    owned: set[str] = set()
    real = os.open

    def opening(path: Any, *more: Any, **options: Any) -> int:
        if Path(os.fsdecode(path)).name in owned:
            raise PermissionError(errno.EACCES, "denied")
        return real(path, *more, **options)

    monkeypatch.setattr(os, "open", opening)
    return owned


def test_what_another_account_left_on_ext4(medium: Path, others: set[str]) -> None:
    """Its name goes, or it stays where it does no harm; what is foreign is not called erased."""
    put(medium, ".directory", ".Trash-1000/file", "memo.txt")
    others |= {".directory", ".Trash-1000", "memo.txt"}
    assert erase(medium) == 0
    assert found(medium) == ([], [".Trash-1000"])
    put(medium, "folder/file")
    others.add("folder")
    with pytest.raises(MediumIoError):
        erase(medium)


def test_bundle_with_another_accounts_droppings_is_erased(medium: Path, others: set[str]) -> None:
    put(medium, f"bundles/{ONE}/.directory", f"bundles/{ONE}/.Trash-1000/file")
    others |= {".directory", ".Trash-1000"}
    assert erasing.erase(medium, [ONE]) == len(OURS) * (len(layout.listed_files(2)) + 2)
    # What cannot be emptied is put aside under a name at which no reader looks.
    (kept,) = layout.bundles_folder(medium).iterdir()
    assert kept.name.endswith(tree.PARTIAL)
    assert (kept / ".Trash-1000" / "file").read_bytes() == b"secret"
    assert all(path.read_bytes() != OURS for path in kept.iterdir() if path.is_file())
    assert tree.bundles_on(medium) == []


def test_two_copies_with_folders_in_them_are_erased(medium: Path) -> None:
    put(medium, f"bundles/{ONE}.partial/.fseventsd/0001", f"bundles/{ONE}/.fseventsd/0001")
    erasing.erase(medium, [ONE])
    assert list(layout.bundles_folder(medium).iterdir()) == []


def test_all_of_it_is_overwritten_and_deleted(medium: Path) -> None:
    put(medium, "memo.txt", "folder/deep/inner.txt", "bundles/.DS_Store", ".fseventsd/0001")
    put(medium, f"bundles/{ONE}/Thumbs.db")
    places = [path for path in medium.rglob("*") if path.is_file() and path.stat().st_size == 6]
    opened = [path.open("rb") for path in places]
    assert erase(medium) == 6 * len(places) == 30
    assert [file.read() == b"secret" for file in opened] == [False] * 5
    assert found(medium) == ([], [])
    assert {path.name for path in (medium / layout.ROOT).iterdir()} == {"bundles"}
    strangers.check(medium)


def test_nothing_is_erased_through_a_link(medium: Path, tmp_path: Path) -> None:
    """Claim C6. Not one in a foreign folder, either."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_bytes(b"kept")
    put(medium, "folder/inner.txt")
    (medium / layout.ROOT / "folder" / "there").symlink_to(tmp_path / "kept")
    (medium / layout.ROOT / "Thumbs.db").symlink_to(tmp_path / "kept" / "file")
    assert erase(medium) == 6
    assert (tmp_path / "kept" / "file").read_bytes() == b"kept"
    assert found(medium) == ([], [])


def test_endless_folders_are_not_entered(medium: Path) -> None:
    """Claim C9."""
    put(medium, "/".join("x" * 20) + "/end")
    with pytest.raises(TreeTooLargeError):
        erase(medium)
