"""What runs out: keys of stations and people, and the trust data itself; said in good time.

Renewing any of it takes a ceremony and a trip, so nobody may learn of it at the desk on the
morning it has happened: 60, 30 and 7 days before, ``status`` says so, and in the last week
every command of the station does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from mediabridge.clock import from_rfc3339, to_rfc3339
from mediabridge.config import EXPIRY_DAYS
from mediabridge.errors import (
    ConfigurationError,
    ExpiredError,
    ExpiresSoonError,
    TrustInvalidError,
)
from mediabridge.locale import n_, text
from mediabridge.stations.station import OpenStation
from mediabridge.trust import keytext, recognised
from mediabridge.trust.seen import SeenPerson, SeenStation, SeenTrust

KINDS: Final[Mapping[str, str]] = {
    "station": n_("key of the station {name}"),
    "officer": n_("key of the officer {name}"),
    "clerk": n_("key of the clerk {name}"),
    "trust-data": n_("trust data ({name})"),
}
"""What can run out, as a person reads it; messages for :func:`mediabridge.locale.text`."""


@dataclass(frozen=True)
class Expiring:
    """Something that runs out soon, or has."""

    kind: str
    """One of :data:`KINDS`."""
    name: str
    """The station, the person, or the TUF role."""
    until: str
    days: int
    """Whole days that are left; negative when it has run out."""
    level: int
    """The narrowest of the warnings it falls into, in days: 60, 30 or 7; 0 when it has run out."""

    @property
    def is_urgent(self) -> bool:
        """Whether it falls into the narrowest warning, or has run out."""
        return self.level <= min(EXPIRY_DAYS)

    def as_dict(self) -> dict[str, Any]:
        """Return it for ``--json``."""
        return asdict(self)


def expiring(trust: SeenTrust, metadata: Mapping[str, datetime], now: datetime) -> list[Expiring]:
    """Return what runs out within the widest warning after *now*, the earliest first.

    *metadata* is when each TUF role's metadata expires.
    """
    found = []
    for kind, name, until in _all(trust, metadata):
        left = until - now
        level = next((days for days in sorted(EXPIRY_DAYS) if left.days < days), None)
        if level is not None:
            level = level if left.total_seconds() >= 0 else 0
            found.append(Expiring(kind, name, to_rfc3339(until), left.days, level))
    return sorted(found, key=lambda each: (each.until, each.kind, each.name))


def expiring_at(station: OpenStation) -> list[Expiring]:
    """Return what runs out soon of all that *station* works with."""
    metadata = recognised.expires(station.home.trust_cache)
    return expiring(station.seen_trust, metadata, station.clock.now())


def warnings_at(station: OpenStation) -> list[ConfigurationError]:
    """Return what has run out, or will within the narrowest warning, as what to say of it."""
    return [warning_of(each) for each in expiring_at(station) if each.is_urgent]


def urgent_of(found: Iterable[Expiring]) -> ConfigurationError | None:
    """Return what to say of the most urgent of *found*; None when nothing runs out this week."""
    return next((warning_of(each) for each in found if each.is_urgent), None)


def warning_of(expiring: Expiring) -> ConfigurationError:
    """Return the reason and the sentence of something that runs out."""
    what = text(KINDS[expiring.kind], name=expiring.name)
    until = expiring.until
    if expiring.level == 0:
        return ExpiredError(what=what, until=until)
    return ExpiresSoonError(what=what, until=until, days=expiring.days)


def check_trust_in_time(station: OpenStation) -> None:
    """Refuse to rely on trust data that has run out by the time this station goes by.

    Raises:
        TrustInvalidError: it has expired; newer trust data can still be taken.
    """
    # Signatures bear on this; whoever asks decides by the answer.
    from mediabridge.trust import accepted  # noqa: PLC0415 - which looking does not need

    if min(accepted.expires(station.home.trust_cache).values()) <= station.clock.now():
        raise TrustInvalidError(detail=text("it has expired, or this station's clock is wrong"))


def _all(trust: SeenTrust, metadata: Mapping[str, datetime]) -> Iterator[tuple[str, str, datetime]]:
    holders: list[tuple[str, SeenStation | SeenPerson]] = [
        *(("station", each) for each in trust.stations),
        *((each.role, each) for each in trust.people),
    ]
    for kind, holder in holders:
        # A revoked key is gone for other reasons; its date surprises nobody.
        if not trust.is_revoked(keytext.fingerprint(holder.key)):
            yield kind, holder.label, from_rfc3339(holder.valid_until)
    for role, until in metadata.items():
        yield "trust-data", role, until
