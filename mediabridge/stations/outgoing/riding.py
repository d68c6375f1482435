"""What has no receipt yet rides again, on every medium that is written: all that fits.

A stick may be lost without anybody knowing it. So its bundles are not sent again on demand: they
go once more with the next stick, and with the one after that, until the receipt is in. To the
receiver a copy too many is a repetition, and costs nothing but the room.
"""

from __future__ import annotations

import shutil

from mediabridge.errors import MediabridgeError, MediumError
from mediabridge.media import policy, tree, writing
from mediabridge.media.policy import Use
from mediabridge.media.space import RESERVE_BYTES
from mediabridge.stations import compared
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.outgoing.releasing import examine, size_of, write_bundle
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks.visits import Visit


def ride_again(
    station: OpenStation, visit: Visit, clerk: AtDesk, *, named: str | None = None
) -> list[BundleRow]:
    """Write to the stick what went with another one and has no receipt; oldest first, all that fit.

    What is whole on this stick stays as it is. One that its receiver would not take any more,
    as after its last day, stays behind: only issuing it anew helps then. So does what goes by the
    line, unless its receiver was *named*.

    Raises:
        MediumError: the stick failed; what was written before stays written.
    """
    gone = station.books.bundles_in(BundleState.WRITTEN)
    meant = (row for row in gone if station.by_stick(row.receiver, named))
    waiting = [row for row in meant if _may(station, row)]
    allowed = [row for row in waiting if _may_carry(visit, row)]
    if not allowed:
        return []
    with visit.slot.mounted() as folder:
        there, free = set(tree.whole_on(folder)), shutil.disk_usage(folder).free
    written = []
    room = free - RESERVE_BYTES - writing.tree_size(station.trust_copy)
    for row in allowed:
        size = size_of(station.home.outbox / row.bundle)
        if row.bundle not in there and size <= room:
            room -= size
            written.append(write_bundle(station, row, visit, clerk))
    return written


def _may(station: OpenStation, row: BundleRow) -> bool:
    """Tell whether the receiver would still take it, as far as can be seen here."""
    try:
        compared.require_compared(station, row.receiver)
        examine(station, row)
    except MediumError:
        raise
    except MediabridgeError:
        return False
    return True


def _may_carry(visit: Visit, row: BundleRow) -> bool:
    use = Use(writes=True, sender=row.sender, receiver=row.receiver)
    return policy.judge_use(visit.identity, visit.slot.device, use) is None
