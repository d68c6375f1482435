"""Step 8: what the entries of a log say against what is at hand (transfer-log.md, section 6).

A log that continues itself may still tell of other files, bundles and receipts than those that
came. So each fact of an entry whose subject is known here is compared with it. An entry need
not hold a fact, but what it holds has to be right; only what a bundle carries has to have been
collected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mediabridge.errors import LogSaysOtherwiseError
from mediabridge.locale import text
from mediabridge.translog.events import Event, Fact

Facts = Mapping[str, Fact]

BY_ITS_SENDER: Final = frozenset(
    {
        Event.BUNDLE_SEALING,
        Event.BUNDLE_SEALED,
        Event.BUNDLE_APPROVED,
        Event.BUNDLE_RELEASED,
        Event.BUNDLE_CARRIED,
        Event.BUNDLE_WRITTEN,
    }
)
"""What the log of its sender tells of a bundle."""

BY_ITS_RECEIVER: Final = frozenset(
    {
        Event.BUNDLE_PARKED,
        Event.BUNDLE_VERIFIED,
        Event.BUNDLE_OPENED,
        Event.BUNDLE_APPLIED,
    }
)
"""What the log of its receiver tells of a bundle."""


def check_entry(event: Event, said: Facts, known: Facts) -> None:
    """Accept an entry about *event* only if *said*, its facts, are those *known* here.

    Raises:
        LogSaysOtherwiseError: one of them is another.
    """
    for name in sorted(said.keys() & known.keys()):
        if said[name] != known[name]:
            detail = text(
                "{event}, {name}: {got} there, {wanted} here",
                event=event.value,
                name=name,
                got=said[name],
                wanted=known[name],
            )
            raise LogSaysOtherwiseError(detail=detail)


def check_collected(name: str, said: Facts | None, known: Facts) -> None:
    """Accept the carried file *name* only if it was collected as *known*; *said* is the entry's.

    Raises:
        LogSaysOtherwiseError: the log knows no such file (None), or says otherwise of it.
    """
    if said is None:
        detail = text("{name} is in the bundle, and was never collected", name=name)
        raise LogSaysOtherwiseError(detail=detail)
    check_entry(Event.FILE_COLLECTED, said, known)
