"""A file that somebody else put there is opened only when it is a plain one of allowed size."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from mediabridge import plainfile
from mediabridge.plainfile import FileTooLargeError, NotPlainFileError, open_plain, read_plain


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    path.chmod(0o600)
    return path


def test_plain_file_is_read(path: Path) -> None:
    assert read_plain(path, 7, one_name=True, private=True) == b"content"


def test_file_is_read_relative_to_an_open_folder(path: Path) -> None:
    with plainfile.open_folder(path.parent) as folder:
        assert read_plain(path.name, 7, folder=folder) == b"content"


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "socket"])
def test_anything_else_is_refused_and_not_waited_for(path: Path, kind: str) -> None:
    other = path.with_name(kind)
    with socket.socket(socket.AF_UNIX) as bound:
        {
            "link": lambda: other.symlink_to(path),
            "folder": other.mkdir,
            "pipe": lambda: os.mkfifo(other),
            "socket": lambda: bound.bind(os.fspath(other)),
        }[kind]()
        with pytest.raises(NotPlainFileError):
            read_plain(other, 100)


def test_second_name_is_refused_where_that_is_asked(path: Path) -> None:
    path.with_name("other").hardlink_to(path)
    assert read_plain(path, 7) == b"content"
    with pytest.raises(NotPlainFileError):
        read_plain(path, 7, one_name=True)


def test_file_open_to_others_is_refused_where_that_is_asked(path: Path) -> None:
    path.chmod(0o640)
    assert read_plain(path, 7) == b"content"
    with pytest.raises(NotPlainFileError, match="other users"):
        read_plain(path, 7, private=True)


@pytest.mark.parametrize(
    ("mode", "owner", "group", "good"),
    [
        (0o400, 1000, 1000, True),  # systemd 252, or a ramfs
        (0o440, 0, 0, True),  # systemd 255 on a tmpfs: the mask of an access control list
        (0o440, 1000, 1000, False),
        (0o440, 0, 1000, False),
        (0o460, 0, 0, False),
        (0o444, 0, 0, False),
    ],
)
def test_credential_is_as_systemd_hands_it_over(
    path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, owner: int, group: int, *, good: bool
) -> None:
    found = list(path.stat())
    found[0], found[4], found[5] = stat.S_IFREG | mode, owner, group
    monkeypatch.setattr(os, "stat", lambda *_, **__: os.stat_result(found))
    monkeypatch.setattr(os, "fstat", lambda *_: os.stat_result(found))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    if good:
        assert read_plain(path, 7, credential=True) == b"content"
        return
    with pytest.raises(NotPlainFileError, match="other"):
        read_plain(path, 7, credential=True)


def test_larger_file_is_refused_by_what_the_system_says(path: Path) -> None:
    with pytest.raises(FileTooLargeError, match="larger than 6 bytes") as refused:
        open_plain(path, 6)
    assert refused.value.got == 7


def test_file_that_grows_while_it_is_read_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fdopen = os.fdopen

    def growing(descriptor: int, *more: Any) -> Any:
        path.write_bytes(b"content and more")
        return fdopen(descriptor, *more)

    monkeypatch.setattr(os, "fdopen", growing)
    with pytest.raises(FileTooLargeError):
        read_plain(path, 7)


def test_file_exchanged_before_it_is_opened_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was looked at is not what was opened; and no descriptor stays open."""
    system, opened = os.open, []

    def exchanging(name: Any, flags: int, *more: Any, **options: Any) -> int:
        path.unlink()
        os.mkfifo(path)
        opened.append(system(name, flags, *more, **options))
        return opened[-1]

    monkeypatch.setattr(os, "open", exchanging)
    with pytest.raises(NotPlainFileError):
        read_plain(path, 7)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[-1])


def test_folder_behind_a_link_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(NotADirectoryError), plainfile.open_folder(tmp_path / "link"):
        pass


@pytest.mark.parametrize(
    ("mode", "owner", "problem"),
    [(0o660, 0, "write"), (0o602, 0, "write"), (0o600, 1500, "root")],
)
def test_file_that_not_only_root_can_have_written_is_refused_where_that_is_asked(
    path: Path, mode: int, owner: int, problem: str
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    path.chmod(0o644)
    assert read_plain(path, 7, of_root=True) == b"content"
    path.chmod(mode)
    os.chown(path, owner, -1)
    assert read_plain(path, 7) == b"content"
    with pytest.raises(NotPlainFileError, match=problem):
        read_plain(path, 7, of_root=True)
