"""The way in for clerks and officers: a process that pkexec gave the station's account.

``pkexec`` has cleaned the environment, closed every descriptor but three, and asked polkit. What
it leaves to us, by measuring (``docs/adr/0025-separate-accounts-by-pkexec.md``):

* The umask is still that of the caller.
* The words of the command come on standard input, each ended by a zero byte: what stands on the
  command line, pkexec writes into the system's log, a card number among it.
* So the answers are read from the terminal on which the questions stand, and that terminal has
  to be the person's own: who owns it reads and types everything there.
"""

from __future__ import annotations

import os
import pwd
import sys
from typing import TYPE_CHECKING, Final

from mediabridge.accounts import Layout, Role, roles_of
from mediabridge.config import WORDS_BYTES
from mediabridge.errors import AccountsBrokenError, ForeignTerminalError, UsageError
from mediabridge.locale import text

if TYPE_CHECKING:
    from mediabridge.cli._roles import Desk

ROLE: Final = "MEDIABRIDGE_ROLE"
"""Set by ``as-clerk`` and ``as-officer``; in any other account it only forbids."""
_CALLER: Final = "PKEXEC_UID"
_UMASK: Final = 0o077
_INPUT, _ERRORS = 0, 2


def desk_of_process(layout: Layout) -> Desk | None:
    """Return who works through this process; None where it is its own account's.

    Raises:
        AccountsBrokenError: it was not started by pkexec, in the station's account, for one of
            the role's group who is in no other.
        ForeignTerminalError: the terminal is another account's.
    """
    named = os.environ.get(ROLE)
    if named is None:
        return None
    from mediabridge.cli._roles import Desk

    os.umask(_UMASK)
    role, caller = Role.of(named), _caller()
    _require_owner(layout)
    _require_role(role, caller.pw_name)
    _require_terminal(caller)
    return Desk(role, caller.pw_name, layout)


def words_of_process() -> list[str]:
    """Return the words of the command: those that were typed, in the own account.

    From the launcher they are read to their end, and the terminal takes its place.

    Raises:
        UsageError: they are too long, or not ended.
    """
    if ROLE not in os.environ:
        return sys.argv[1:]
    if os.isatty(_INPUT):
        # Nobody hands anything over: started past the launcher, this would wait for ever.
        raise UsageError(detail=text("its words are not what mediabridge hands over"))
    given = b""
    while len(given) <= WORDS_BYTES and (more := os.read(_INPUT, WORDS_BYTES)):
        given += more
    _answer_at_terminal()
    *words, rest = given.split(b"\0")
    if rest or len(given) > WORDS_BYTES:
        raise UsageError(detail=text("its words are not what mediabridge hands over"))
    return [os.fsdecode(word) for word in words]


def _caller() -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(int(os.environ[_CALLER]))
    except (KeyError, ValueError):
        raise AccountsBrokenError(detail=text("nobody came through pkexec")) from None


def _require_owner(layout: Layout) -> None:
    if layout.home.stat().st_uid != os.geteuid():
        raise AccountsBrokenError(detail=text("the station belongs to another account"))


def _require_role(role: Role, account: str) -> None:
    found = roles_of(account)
    if role.other in found:
        raise AccountsBrokenError(detail=text("an account is a clerk's and an officer's at once"))
    if role not in found:
        raise AccountsBrokenError(
            detail=text("the account is not in the group {group}", group=role.group)
        )


def _require_terminal(caller: pwd.struct_passwd) -> None:
    if os.isatty(_ERRORS) and os.fstat(_ERRORS).st_uid != caller.pw_uid:
        raise ForeignTerminalError(account=caller.pw_name)


def _answer_at_terminal() -> None:
    if os.isatty(_ERRORS):
        os.dup2(_ERRORS, _INPUT)
        return
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _INPUT)
    os.close(nothing)
