"""What a person may do who works through the station's account, and with which files.

The account could read and write everything here, and would do so for whoever names a path. So
every command says in the table whose it is, and every option that names a file, a key or a
library says in :data:`~mediabridge.cli._doors.DOORS` where that may lie:

1. A command of another role is refused before anything of it runs.
2. What is given comes from the tray, is copied into a folder of the station's own, and the
   command sees the copy alone: nobody exchanges it between two readings.
3. What is made appears in the other tray, and is opened to its group when the command ends.
4. No option leads anywhere else.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from mediabridge import plainfile
from mediabridge.accounts import Layout, Role, is_systems
from mediabridge.cli._doors import DOORS, GLOBAL_SHUT, OWN_DOORS, Door
from mediabridge.cli._table import Entry
from mediabridge.config import GIVEN_FILE_BYTES
from mediabridge.durable import new_file
from mediabridge.errors import (
    ModuleNotSystemsError,
    NotForAccountsError,
    NotForRoleError,
    NotInTrayError,
    NotMountedError,
    OptionNotForRoleError,
    TrayFileError,
)
from mediabridge.locale import text
from mediabridge.trust import token_uri

_TO_GROUP: Final = {True: 0o750, False: 0o640}
"""The modes of a folder and of a file that were made for people."""


@dataclass(frozen=True)
class Desk:
    """Who works through the station's account."""

    role: Role
    account: str
    """The own account; nothing of it is written down but where trust data knows that name."""
    layout: Layout = field(default_factory=Layout)

    def require_options(self, given: Mapping[str, Any]) -> None:
        """Refuse what leads past the account, of the options that are everywhere.

        Raises:
            OptionNotForRoleError: one of them was given.
        """
        for name in GLOBAL_SHUT:
            self._require_unset(name, given[name])

    @contextmanager
    def admitted(self, entry: Entry, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Give the *options* as the command shall see them, or refuse.

        Raises:
            NotForRoleError, NotForAccountsError: the command is not this role's.
            OptionNotForRoleError: an option is not.
            NotInTrayError, NotMountedError: a path leads elsewhere.
            TrayFileError: a file that was given cannot be taken.
            ModuleNotSystemsError: not only root can have written a token's library.
        """
        self._require_command(entry)
        with ExitStack() as held:
            doors = _Doors(self, held)
            yield {name: doors.through(entry.name, name, found) for name, found in options.items()}

    def _require_command(self, entry: Entry) -> None:
        allowed = entry.by or frozenset()
        if self.role in allowed:
            return
        if not allowed:
            raise NotForAccountsError(command=entry.name)
        whose = ", ".join(text(each.sentence) for each in Role if each in allowed)
        raise NotForRoleError(command=entry.name, role=text(self.role.sentence), whose=whose)

    def _require_unset(self, name: str, found: object) -> None:
        # Descriptor 0 equals False and is given.
        if found is None or found is False or found == []:
            return
        option = f"--{name.replace('_', '-')}"
        raise OptionNotForRoleError(option=option, role=text(self.role.sentence))


class _Doors:
    """The options of one command, and what has to be undone when it has ended."""

    def __init__(self, desk: Desk, held: ExitStack) -> None:
        self._desk = desk
        self._layout = desk.layout
        self._held = held
        self._copies: Path | None = None

    def through(self, command: str, name: str, found: Any) -> Any:
        door = OWN_DOORS.get((command, name)) or DOORS.get(name)
        if door is None and _names_path(found):
            # Of an option that nobody thought of: closed until somebody does.
            door = Door.SHUT
        if door in {None, Door.WORD} or found is None:
            return found
        if door is Door.SHUT:
            self._desk._require_unset(name, found)  # noqa: SLF001 - one thing in two classes
            return found
        ways: dict[Door, Callable[[Any], Any]] = {
            Door.GIVEN: self._given,
            Door.MADE: self._made,
            Door.MADE_ANYWHERE: self._made_anywhere,
            Door.MEDIUM: self._medium,
            Door.KEY: self._key,
            Door.SPELT_KEY: self._spelt_key,
            Door.TOKEN: self._token,
        }
        way = ways[door]
        return [way(each) for each in found] if isinstance(found, list) else way(found)

    def _given(self, path: Path) -> Path:
        tray = self._layout.given(self._desk.role)
        name = _only_name(path, tray)
        if self._copies is None:
            self._copies = self._held.enter_context(_own_folder(self._layout.taken))
        copy = self._copies / str(len(list(self._copies.iterdir()))) / name
        copy.parent.mkdir(mode=0o700)
        try:
            with plainfile.open_folder(tray) as folder:
                _copy(name, folder, copy)
        except OSError as error:
            raise TrayFileError(name=name, tray=tray, detail=error.strerror) from None
        except ValueError as error:
            raise TrayFileError(name=name, tray=tray, detail=str(error)) from None
        return copy

    def _made(self, path: Path) -> Path:
        tray = self._layout.made(self._desk.role)
        target = tray / _only_name(path, tray)
        self._held.callback(_open_to_group, target)
        return target

    def _made_anywhere(self, path: Path) -> Path:
        with suppress(NotMountedError):
            return self._on_medium(path)
        return self._made(path)

    def _medium(self, path: Path) -> Path:
        there = self._on_medium(path)
        if not there.is_mount():
            raise NotMountedError(name=path)
        return there

    def _key(self, path: Path) -> Path:
        with suppress(NotMountedError):
            return self._on_medium(path)
        tray = self._layout.keys(self._desk.role)
        return tray / _only_name(path, tray)

    def _spelt_key(self, spelt: str) -> str:
        if spelt.startswith(token_uri.SCHEME):
            return self._token(spelt)
        return os.fspath(self._key(Path(spelt)))

    def _token(self, uri: str) -> str:
        # What is no such URI is said by the command.
        with suppress(ValueError):
            module = token_uri.parse(uri).module
            if not is_systems(module):
                raise ModuleNotSystemsError(module=module)
        return uri

    def _on_medium(self, path: Path) -> Path:
        """Return *path* without a link in it, if it lies on something mounted as media are."""
        there = Path(os.path.realpath(path))
        for each in (there, *there.parents):
            inside = any(each.is_relative_to(root) for root in self._layout.media)
            if path.is_absolute() and inside and each.is_mount():
                return there
        raise NotMountedError(name=path)


def _names_path(found: object) -> bool:
    return any(isinstance(each, Path) for each in (found if isinstance(found, list) else [found]))


def _only_name(path: Path, tray: Path) -> str:
    """Return the name of what lies directly in *tray*."""
    if path.name in {"", ".."} or path.parent not in {Path(), tray}:
        raise NotInTrayError(name=path, tray=tray)
    return path.name


def _copy(name: str, folder: int, copy: Path) -> None:
    source = plainfile.open_plain(name, GIVEN_FILE_BYTES, folder=folder, one_name=True)
    with os.fdopen(source, "rb") as given, new_file(copy, flush=False) as taken:
        shutil.copyfileobj(given, taken)


@contextmanager
def _own_folder(taken: Path) -> Iterator[Path]:
    """Give a folder for copies that is gone afterwards; what a power cut left goes before."""
    with TemporaryDirectory(dir=taken) as name, plainfile.open_folder(name) as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        for each in taken.iterdir():
            _remove_unless_held(each)
        yield Path(name)


def _remove_unless_held(folder: Path) -> None:
    # Gone meanwhile, or another command's, which holds its lock as long as it runs.
    with suppress(OSError), plainfile.open_folder(folder) as old:
        fcntl.flock(old, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)


def _open_to_group(made: Path) -> None:
    """Let the group of the tray read what was *made*; nobody else gets at the tray."""
    if not made.exists():
        return
    for each in (made, *made.rglob("*")):
        each.chmod(_TO_GROUP[each.is_dir()])
