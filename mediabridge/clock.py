"""Time is a parameter, never taken from the air.

Everything below the command line receives a :class:`Clock`; only the command
line itself creates a :class:`SystemClock`. A test brings one that says what it needs.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Protocol

from mediabridge import locale
from mediabridge.config import BUILT
from mediabridge.errors import ClockTooEarlyError
from mediabridge.locale import n_

JST = timezone(timedelta(hours=9), "JST")
"""Japan Standard Time; clerks and notices use it, the bundle format uses UTC."""

THE_PROGRAM: Final = n_("this program")
"""What :data:`~mediabridge.config.BUILT` is the time of."""


class Clock(Protocol):
    """Anything that can tell the time."""

    def now(self) -> datetime:
        """Return the current instant, timezone-aware, whole seconds, UTC."""


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock; a hint, not evidence: a flat battery must neither stop nor replay."""

    def now(self) -> datetime:
        """Return the machine's time in UTC, cut to whole seconds."""
        return datetime.fromtimestamp(int(time.time()), UTC)


def to_rfc3339(instant: datetime) -> str:
    """Write *instant* as ``YYYY-MM-DDTHH:MM:SSZ`` (bundle format, section 3)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_rfc3339(text: str) -> datetime:
    """Read exactly the form :func:`to_rfc3339` writes.

    Raises:
        ValueError: *text* has any other form, even an equivalent one.
    """
    # That reads other forms as well, at a tenth of what strptime takes; some are out of range here.
    with suppress(ValueError, OverflowError):
        instant = datetime.fromisoformat(text)
        if to_rfc3339(instant) == text:
            return instant
    msg = locale.text("not in the form YYYY-MM-DDTHH:MM:SSZ")
    raise ValueError(msg)


def check_built(now: datetime) -> None:
    """Refuse a clock that is earlier than this program, where no station knows more.

    To be called before anything that bears a time is signed, or drawn up to be.

    Raises:
        ClockTooEarlyError: whatever it is set to, that is wrong.
    """
    if now < from_rfc3339(BUILT):
        facts = {"got": to_rfc3339(now), "wanted": BUILT}
        raise ClockTooEarlyError(**facts, source=locale.translate(THE_PROGRAM))
