"""Separate accounts: who works at a station through which account, and where files change hands.

The station's folder belongs to the account :data:`SERVICE`, in which nobody logs in. Members of
two groups reach it through ``pkexec``, each by a script of their own (``system/accounts/``); what
they give to the station lies in a tray, and what they get of it in another. The reasons:
``docs/adr/0025-separate-accounts-by-pkexec.md``. Owner and mode of each folder:
``docs/operations/accounts.md``.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from dataclasses import dataclass
from enum import unique
from pathlib import Path
from typing import Final

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken

SERVICE: Final = "mediabridge"
"""The account that owns the station."""


@unique
class Role(Spoken):
    """As what a person works at the station."""

    CLERK = "clerk", n_("clerk")
    OFFICER = "officer", n_("officer")

    @property
    def group(self) -> str:
        """The group whose members work so."""
        return f"{SERVICE}-{self.value}"

    @property
    def other(self) -> Role:
        """The role that nobody may have beside this one."""
        return Role.OFFICER if self is Role.CLERK else Role.CLERK


@dataclass(frozen=True)
class Place:
    """A folder or file on which the separation rests: whose it is, and its mode."""

    path: Path
    owner: str
    group: str
    mode: int


@dataclass(frozen=True)
class Layout:
    """Where a station with separate accounts keeps what; only tests have another *root*."""

    root: Path = Path("/")

    @property
    def home(self) -> Path:
        """The station's folder."""
        return self.root / "var/lib/mediabridge"

    @property
    def desk(self) -> Path:
        """The trays."""
        return self.root / "var/lib/mediabridge-desk"

    def given(self, role: Role) -> Path:
        """Where people of *role* lay files for the station."""
        return self._of(role) / "in"

    def made(self, role: Role) -> Path:
        """Where the station lays files for people of *role*."""
        return self._of(role) / "out"

    def _of(self, role: Role) -> Path:
        return self.desk if role is Role.CLERK else self.desk / role.value

    @property
    def taken(self) -> Path:
        """Copies of what was given, while a command reads them."""
        return self.desk / "taken"

    def keys(self, role: Role) -> Path:
        """The key files of people of *role*, each under the passphrase of its owner."""
        return self.root / "var/lib/mediabridge-people" / role.value

    @property
    def media(self) -> tuple[Path, ...]:
        """Below which a medium may be mounted by hand."""
        return tuple(self.root / name for name in ("media", "mnt", "run/media"))

    def places(self) -> tuple[Place, ...]:
        """Return all on which the separation rests: the page's table, but for the kernel's."""
        people = self.root / "var/lib/mediabridge-people"
        closed = (self.home, people, *map(self.keys, Role), self.taken)
        programs = self.root / "usr/lib/mediabridge"
        rule = self.root / "usr/share/polkit-1/rules.d/51-mediabridge-accounts.rules"
        policy = self.root / "usr/share/polkit-1/actions/org.mediabridge.accounts.policy"
        scripts = (*(f"as-{role.value}" for role in Role), "enter")
        return (
            *(Place(path, SERVICE, SERVICE, 0o700) for path in closed),
            *(Place(path, "root", "root", 0o755) for path in (self.desk, self.desk / "officer")),
            *(Place(self.given(role), SERVICE, role.group, 0o3770) for role in Role),
            *(Place(self.made(role), SERVICE, role.group, 0o2750) for role in Role),
            *(Place(programs / name, "root", "root", 0o755) for name in scripts),
            *(Place(path, "root", "root", 0o644) for path in (policy, rule)),
        )


def roles_of(account: str) -> set[Role]:
    """Return the roles of *account*, by its groups; there should be one at most.

    Raises:
        KeyError: there is no such account.
    """
    own = pwd.getpwnam(account)
    numbers = set(os.getgrouplist(account, own.pw_gid))
    return {role for role in Role if _number(role.group) in numbers}


def members_of(role: Role) -> set[str]:
    """Return the accounts that work as *role*, the station's own left out."""
    try:
        group = grp.getgrnam(role.group)
    except KeyError:
        return set()
    first = {each.pw_name for each in pwd.getpwall() if each.pw_gid == group.gr_gid}
    return (first | set(group.gr_mem)) - {SERVICE}


def _number(group: str) -> int | None:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        return None


def is_separate(home: Path) -> bool:
    """Tell whether the station in *home* belongs to an account that nobody works in."""
    try:
        return home.stat().st_uid == pwd.getpwnam(SERVICE).pw_uid
    except (KeyError, OSError):
        return False


def is_systems(path: Path) -> bool:
    """Tell whether nobody but root can have put what stands at *path* there.

    Every folder on the way belongs to root as well, and nobody else may write to any of them.
    What is not there, somebody else may put there.
    """
    there = Path(os.path.realpath(path))
    try:
        return all(_is_roots(each.stat()) for each in (there, *there.parents))
    except OSError:
        return False


def _is_roots(status: os.stat_result) -> bool:
    shared = stat.S_IWGRP | stat.S_IWOTH
    # In a sticky folder, as /tmp is, anybody may put a file of a name that is free.
    return status.st_uid == 0 and not status.st_mode & shared
