"""What is put right with outgoing files and bundles whenever the station is opened.

Every command does this first, whatever it is for, and mostly there is nothing to do: so what
is needed to do it is imported only where there is something.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.durable import move_durably
from mediabridge.stations import outgoing
from mediabridge.stations.books import BundleState
from mediabridge.stations.outgoing import outbox
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.translog.recovery import Recovery


def finish_rejections(station: OpenStation) -> None:
    """Finish on the disk what the books say of bundles that were sent back."""
    for file in station.books.files_set_aside():
        path = station.home.inbox / f"{file}.csv"
        if path.exists():
            move_durably(path, station.home.refused / f"{file}.rejected.csv")
    for bundle in station.books.bundles_sent_back():
        folder = outbox.folder(station, bundle)
        if folder.exists():
            shutil.rmtree(folder)


def undo_sealing(station: OpenStation) -> list[str]:
    """Undo what a power cut left half done; return the bundles concerned.

    A sealed folder that the books do not know was never given out: it is removed, and
    its number is used again. What is no bundle at all is nobody's business here.
    """
    sealed = [
        path
        for path in station.home.outbox.iterdir()
        if layout.BUNDLE_ID.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    ]
    lost = [folder.name for folder in sealed if station.books.bundle(folder.name) is None]
    for bundle in lost:
        station.record(Event.JOURNEY_RECOVERED, bundle=bundle, reason=Recovery.SEAL_INTERRUPTED)
        shutil.rmtree(station.home.outbox / bundle)
    for folder in sealed:
        if folder.name not in lost:
            _sweep(folder)
    station.home.empty_work()
    return lost


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
