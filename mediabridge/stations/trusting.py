"""Trust data on its way: from a ceremony onto a medium, and from a medium to this station."""

from __future__ import annotations

from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.errors import TrustOlderError
from mediabridge.locale import n_
from mediabridge.media import tree, writing
from mediabridge.media.slot import Slot
from mediabridge.media.states import MediumState
from mediabridge.progress import Progress
from mediabridge.stations.expiry import check_trust_in_time
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import visits
from mediabridge.stations.sticks.visits import Visit
from mediabridge.trust.trust_data import TrustData


def put_on(slot: Slot, repository: Path, progress: Progress) -> bool:
    """Write *repository* onto the medium, mount it anew and read it back.

    Returns whether the medium may be pulled out now.

    Raises:
        ReadBackError: the medium holds something else.
        MediumError: it cannot be used.
    """
    size = writing.tree_size(repository)
    with slot.mounted(write=True) as folder:
        progress.start(n_("Writing to the medium"), size)
        writing.write_tree(repository, folder)
    with slot.mounted() as folder:
        progress.start(n_("Reading back from the medium"), size)
        writing.read_back_tree(repository, folder)
    return slot.eject()


def take_over(station: OpenStation, visit: Visit) -> tuple[TrustData, TrustData]:
    """Take over the trust data of the stick, as an import does; return what was and what is.

    A stick that is genuine and older than what this station has changes nothing.

    Raises:
        TrustRollbackError, TrustInvalidError: it is not in order; nothing has changed.
        MediumError: the stick cannot be read.
    """
    before = station.trust
    with visits.watched(station, visit, MediumState.CHECKING), visit.slot.mounted() as folder:
        tree.check_folders(folder)
        try:
            station.accept_trust(layout.trust_folder(folder))
        except TrustOlderError:
            return before, before
    check_trust_in_time(station)
    return before, station.trust
