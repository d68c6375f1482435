"""A file system that a pull left unsound is repaired before anything else is done with it.

FAT has no journal: a stick that was pulled out while it was written may not even let its
folders be read when it is back (measured: EIO, "corrupted directory"). This station knows
from its books on which sticks a journey of its own broke off.
"""

from __future__ import annotations

from contextlib import suppress

from mediabridge.errors import MediumError
from mediabridge.media import policy
from mediabridge.media.slot import Slot
from mediabridge.media.trips import CarriageState
from mediabridge.stations.books import BundleState
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.translog.recovery import Recovery


def mend_interrupted(station: OpenStation, slot: Slot) -> None:
    """Repair the stick in *slot* if a journey of this station broke off on it.

    What cannot be repaired is left to whoever looks at the stick next: its state says so.
    """
    device = slot.device
    known = station.books.media.by_device(device.sha256) if device else None
    if device is None or known is None or policy.judge_device(device) is not None:
        return
    if _broke_off(station, known.medium):
        with suppress(MediumError):
            if slot.mend():
                note_mended(station, known.medium)


def note_mended(station: OpenStation, medium: str) -> None:
    """Note in log and health that the file system of *medium* was repaired; "" for a folder."""
    facts = {"medium": medium} if medium else {}
    station.record(Event.JOURNEY_RECOVERED, reason=Recovery.FILESYSTEM_REPAIRED, **facts)
    if medium:
        with station.books.transaction():
            station.books.media.note_repair(medium)


def _broke_off(station: OpenStation, medium: str) -> bool:
    """Tell whether a copy on *medium* was not finished, or not erased though it has arrived."""
    copies = station.books.media.not_erased(medium)
    if any(copy.state.is_unfinished for copy in copies):
        return True
    rows = [
        station.books.bundle(copy.bundle) for copy in copies if copy.state is CarriageState.WRITTEN
    ]
    return any(row is not None and row.state is BundleState.DELIVERED for row in rows)
