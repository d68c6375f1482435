"""What a peer announced, and whether the officers have exchanged its key since."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediabridge.bundle.announcement import Announcement
    from mediabridge.stations.station import OpenStation
    from mediabridge.trust.trust_data import Recipient


def announced_by(station: OpenStation, receiver: str) -> Announcement | None:
    """Return the newest announcement of *receiver*, or None."""
    kept = station.books.peer_key(receiver)
    if kept is None:
        return None
    # Here, and not at the head: most of what asks has nothing to read.
    from mediabridge.bundle.announcement import Announcement  # noqa: PLC0415

    return Announcement.model_validate_json(kept.announcement)


def stands_for(announced: Announcement, listed: Recipient) -> bool:
    """Tell whether what was *announced* is sealed to in the place of the key that is *listed*."""
    from mediabridge.bundle.announcement import key_digest  # noqa: PLC0415 - as above

    return listed.station == announced.station and key_digest(listed.key) in announced.replaces


def is_exchanged(station: OpenStation, receiver: str) -> bool:
    """Tell whether trust data names another key of *receiver* than those it announced keys for.

    So it is from the ceremony on until the receiver answers: then it may be unable to open what
    was sealed to it before, as after it came from an old backup, and to know what it said.
    """
    announced = announced_by(station, receiver)
    if announced is None:
        return False
    return not any(stands_for(announced, each) for each in station.trust.recipients_for(receiver))
