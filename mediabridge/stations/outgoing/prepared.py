"""Who prepared a sealed bundle, by the signature that the log kept of it.

The signature is inside the bundle, which its sender cannot open. So the station asks its own
log before an officer approves and before anything is written: what the receiver would refuse
for its clerk, such as one whose key was revoked meanwhile, is sent back in time.
"""

from __future__ import annotations

from mediabridge.bundle.header import Header
from mediabridge.errors import LogCorruptError, NotPreparedError
from mediabridge.stations.books import BundleRow
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event
from mediabridge.verify.statements import check_signature


def check(station: OpenStation, row: BundleRow, header: Header) -> None:
    """Refuse at a live station a bundle whose receivers would refuse it for its clerk.

    Raises:
        NotPreparedError: nobody signed for having prepared it.
        SignerUnknownError, SignerRevokedError, SignerRoleError, SignatureInvalidError: what was
            signed does not count, or not any more.
        LogCorruptError: the log cannot be read.
    """
    if station.config.mode != "live":
        return
    operator = str(row.summary["operator"])
    signature = _signature_in_log(station, row)
    if signature is None:
        raise NotPreparedError(person=operator)
    check_signature(operator, header, signature, station.trust)


def _signature_in_log(station: OpenStation, row: BundleRow) -> str | None:
    found = station.log.newest_of(Event.BUNDLE_SEALED, bundle=row.bundle)
    if found is None:
        return None
    try:
        entry = events.parse(found, station.id)
    except ValueError as error:
        raise LogCorruptError(detail=str(error)) from None
    signature = entry.facts.get("signature")
    return signature if isinstance(signature, str) else None
