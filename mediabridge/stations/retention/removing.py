"""Taking away what is over: the entry in the log first, then the thing, one after the other.

Whatever the station dies at, a thing is there as a whole, or it is gone and the log says so: what
the log has announced and is still there goes with the next removal. A folder leaves its place by
one rename into ``work``, which every command empties.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from mediabridge.durable import move_durably, sync_folder
from mediabridge.locale import n_
from mediabridge.stations.retention.settled import Over
from mediabridge.stations.station import OpenStation
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event


def remove(station: OpenStation, over: Sequence[Over], *, operator: str) -> None:
    """Remove what is *over*; *operator* stands in the log.

    Raises:
        LogAlarmError: an entry could not be stored; what it speaks of is still there.
        OSError: the disk or its owner does not allow it; what was removed before stays removed.
    """
    note_doubt(station)
    station.home.empty_work()
    station.progress.start(n_("Removing what is over"), max(len(over), 1))
    for each in over:
        if not each.announced:
            station.record(Event.KEPT_REMOVED, actor=operator, **each.facts)
        _take_away(station, each)
        station.progress.advance(1)
    station.progress.finish()
    station.home.empty_work()


def _take_away(station: OpenStation, each: Over) -> None:
    for path in each.paths:
        if path.is_dir() and not path.is_symlink():
            gone = station.home.work / path.name
            move_durably(path, gone)
            shutil.rmtree(gone)
        else:
            path.unlink()
    # Once the next entry is on the disk, this name is off it.
    sync_folder(each.paths[0].parent)
