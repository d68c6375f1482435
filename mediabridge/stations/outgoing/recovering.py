"""What is put right with outgoing files and bundles whenever the station is opened.

Every command does this first, whatever it is for, and mostly there is nothing to do: so what
is needed to do it is imported only where there is something.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.durable import move_durably
from mediabridge.stations import outgoing
from mediabridge.stations.books import BundleState
from mediabridge.stations.outgoing import begun, outbox
from mediabridge.stations.outgoing.underway import under_way
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.translog.recovery import Recovery


def finish_rejections(station: OpenStation) -> None:
    """Finish on the disk what the books say of bundles that were sent back."""
    for path in station.home.collected():
        if station.books.is_set_aside(path.stem):
            move_durably(path, station.home.refused / f"{path.stem}.rejected{path.suffix}")
    for bundle in _unknown(station):
        if station.books.was_sent_back(bundle):
            shutil.rmtree(outbox.folder(station, bundle))


def undo_sealing(station: OpenStation) -> list[str]:
    """Undo what a power cut left half done; return the bundles concerned.

    A sealed folder that the books do not know was never given out: it is removed, and
    its number is used again. So is that of a sealing that did not even get so far. What is no
    bundle at all is nobody's business here.
    """
    lost = _unknown(station)
    for bundle in lost:
        station.record(Event.JOURNEY_RECOVERED, bundle=bundle, reason=Recovery.SEAL_INTERRUPTED)
        shutil.rmtree(outbox.folder(station, bundle))
    lost += begun.give_up(station)
    # Only what is not answered yet is ever changed, and so may have been left half changed.
    for row in under_way(station):
        if _is_folder(folder := outbox.folder(station, row.bundle)):
            _sweep(folder)
    station.home.empty_work()
    return lost


def _unknown(station: OpenStation) -> list[str]:
    """Return the sealed bundles on the disk that the books do not know."""
    # One look into the folder and one into the books, however many bundles are kept there.
    names = filter(layout.BUNDLE_ID.fullmatch, os.listdir(station.home.outbox))  # noqa: PTH208
    unknown = station.books.unknown_among(names)
    return [name for name in unknown if _is_folder(outbox.folder(station, name))]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def review_approvals(station: OpenStation) -> None:
    """Look at every bundle that has not left yet, and settle what its approvals come to."""
    for state in (BundleState.SEALED, BundleState.APPROVED):
        for row in station.books.bundles_in(state):
            outgoing.approvals.settle(station, row)


def _sweep(folder: Path) -> None:
    """Remove from a sealed bundle what is no file of it: left by a death, or by somebody."""
    for path in folder.iterdir():
        if layout.is_bundle_file(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
