"""Points in time as a person reads them: local, with the zone named.

Files, the log and ``--json`` have UTC, in the one form of the bundle format. Until
:func:`show_times_in` is told a zone, that form stays as it is: what is said within the
program ends in ``--json`` or in a test. Only the command line, for a screen, names one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Final

_UTC_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

Zone = tzinfo | None
"""A zone; None is that of this machine."""


class _Shown:
    """The one zone of this process's screens, found when the first time is shown."""

    zone: Callable[[], Zone] | None = None


def show_times_in(zone: Callable[[], Zone] | None) -> None:
    """Show every time from now on in the zone that *zone* returns; None leaves UTC as it is."""
    _Shown.zone = None if zone is None else cache(zone)


def replaced(fact: str, moment: Callable[[str], str]) -> str:
    """Return *fact* with *moment* of each time in it that has the form of the files."""
    return _UTC_FORM.sub(lambda found: moment(found[0]), fact)


def local(utc: str) -> datetime | None:
    """Return *utc* in the zone of the screen, or None where there is none, or no such time."""
    if _Shown.zone is None:
        return None
    try:
        return datetime.fromisoformat(utc).astimezone(UTC).astimezone(_Shown.zone())
    except (ValueError, OverflowError):
        return None
