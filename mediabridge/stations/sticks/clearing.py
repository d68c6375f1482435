"""Putting aside what does not belong in a stick's exchange folder: an officer's decision.

Nothing is opened or deleted: it is moved to a folder of the same stick at which no reader
looks, so that somebody can still find out what it is and how it came there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mediabridge.bundle import layout
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.media import strangers, tree
from mediabridge.media.policy import Use
from mediabridge.media.states import MediumState
from mediabridge.media.strangers import Strangers
from mediabridge.stations.officers import officer_of
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import returning, tidying
from mediabridge.stations.sticks.visits import Visit, allow, finish, watched
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer

ASIDE: Final = layout.ASIDE
"""The folder of the stick into which things are moved."""


def put_aside(
    station: OpenStation,
    find: Callable[[], Visit],
    officer: Signer,
    *,
    agreed: Callable[[Visit, Strangers], bool],
) -> tuple[Visit, Strangers, bool]:
    """Move out of the exchange folder what a receiver would refuse everything for; let it go.

    Returns:
        The stick that *find* found, what was found on it, and whether it may be pulled out.

    Raises:
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
        ApprovalDeclinedError: there is something to move, and it was not *agreed* to.
        TreeLinkError, TreeTooLargeError: a folder of the tree is a link, or crowded.
        MediumError: the stick cannot be written, or failed.
    """
    person = officer_of(station, officer)
    visit = find()
    allow(station, visit, Use(writes=True))
    tidying.mend(station, visit)
    with visit.slot.mounted() as folder:
        tree.check_folders(folder)
        found = strangers.found_on(folder)
    if found.foreign:
        if not agreed(visit, found):
            raise ApprovalDeclinedError
        _move(station, visit, found, person.name)
    return visit, found, finish(station, visit)


def _move(station: OpenStation, visit: Visit, found: Strangers, officer: str) -> None:
    """Log how much is moved, never what it is called; then move it, then tell the books."""
    count = len(found.foreign)
    station.record(Event.FOREIGN_PUT_ASIDE, actor=officer, foreign=count, **visit.facts)
    with watched(station, visit, MediumState.WRITING), visit.slot.mounted(write=True) as folder:
        tree.check_folders(folder)
        strangers.put_aside(folder, found.foreign)
    with station.books.transaction():
        for bundle in found.bundles():
            # The stick has not forgotten it, as it would seem at its next visit.
            station.books.media.erase_carriage(bundle, visit.medium, station.now())
            returning.await_writing(station, bundle)
