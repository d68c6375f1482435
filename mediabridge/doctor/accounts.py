"""Whether clerk, officer and station have accounts of their own, and whether that holds."""

from __future__ import annotations

import grp
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mediabridge.accounts import SERVICE, Layout, Place, Role, is_separate, members_of, roles_of
from mediabridge.doctor.finding import Check, Finding, State, fine
from mediabridge.locale import n_, text

_PAGE: Final = n_("Let the IT staff do what docs/operations/accounts.md says.")
_TYPING: Final = Path("proc/sys/dev/tty/legacy_tiocsti")
_EVERY_GROUP: Final = 2**32 - 1
_SEEN: Final = Path("/proc/self/gid_map")
_UNSEEN: Final = Path("/proc/sys/kernel/overflowgid")
"""Which groups this process sees, and the number that stands for others (user_namespaces(7))."""


def separation(home: Path, *, live: bool, layout: Layout | None = None) -> Iterator[Finding]:
    """One account for all is for training; separate ones have to be so everywhere."""
    layout = layout or Layout()
    if not is_separate(home):
        yield _single(live=live)
        return
    wrong = [*_misplaced(layout), *_mixed()]
    for found in wrong:
        yield Finding(Check.ACCOUNTS, State.WRONG, found, text(_PAGE))
    if not wrong:
        yield fine(Check.ACCOUNTS, n_("clerk, officer and station have accounts of their own"))
    yield from _nobody()
    yield from _typing(layout.root)


def _single(*, live: bool) -> Finding:
    if not live:
        return fine(Check.ACCOUNTS, n_("one account for all: for training"))
    found = text("one account for all: whoever has it can change what an officer approves")
    return Finding(Check.ACCOUNTS, State.LOOK, found, text(_PAGE))


def _misplaced(layout: Layout) -> Iterator[str]:
    for place in layout.places():
        found = _found(place)
        if found is not None and found != place:
            yield text(
                "{path} is {found}, and has to be {wanted}",
                path=place.path,
                found=_spelt(found),
                wanted=_spelt(place),
            )


def _found(place: Place) -> Place | None:
    """Return what is where *place* has to be; None where this account may not look.

    A service with PrivateUsers= sees no group but its own. Of any other it says nothing; whoever
    gives the command sees it.
    """
    path = place.path
    try:
        status = path.lstat()
    except FileNotFoundError:
        return Place(path, "-", "-", 0)
    except PermissionError:
        return None
    mode = stat.S_IMODE(status.st_mode)
    group = place.group if _is_unseen(status.st_gid) else _group(status.st_gid)
    return Place(path, _account(status.st_uid), group, mode)


def _is_unseen(number: int) -> bool:
    shown = sum(int(line.split()[2]) for line in _SEEN.read_text().splitlines())
    return shown < _EVERY_GROUP and number == int(_UNSEEN.read_text())


def _spelt(place: Place) -> str:
    if place.owner == "-":
        return text("not there")
    return f"{place.owner}:{place.group} {place.mode:04o}"


def _account(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _mixed() -> Iterator[str]:
    both = members_of(Role.CLERK) & members_of(Role.OFFICER)
    if both:
        yield text("accounts of a clerk and an officer at once: {count}", count=len(both))
    for role in Role:
        if role not in roles_of(SERVICE):
            yield text("the station's account is not in the group {group}", group=role.group)


def _nobody() -> Iterator[Finding]:
    """As the package leaves it: the groups are there, and nobody is in them."""
    for role in Role:
        if not members_of(role):
            found = text("nobody is in the group {group}", group=role.group)
            advice = text(
                "Let the IT staff add who works here: adduser NAME {group}. They log in again.",
                group=role.group,
            )
            yield Finding(Check.ACCOUNTS, State.LOOK, found, advice)


def _typing(root: Path) -> Iterator[Finding]:
    """Where the kernel can forbid it, no program types at a terminal for its owner."""
    try:
        allowed = (root / _TYPING).read_text().strip() != "0"
    except OSError:
        return
    if allowed:
        found = text("programs may type at a terminal in place of its owner (TIOCSTI)")
        advice = text("Let the IT staff set {name} to 0.", name="dev.tty.legacy_tiocsti")
        yield Finding(Check.ACCOUNTS, State.LOOK, found, advice)
