"""``mediabridge media erase``: an officer has everything this station knows taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._medium import the_visit
from mediabridge.cli._result import Result
from mediabridge.cli._station import Medium, OfficerKey, PassphraseFile, officer_key, open_station
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.stations.desk import Desk
    from mediabridge.stations.sticks.visits import Visit


def erase(
    context: Context,
    key: OfficerKey,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Erase without being asked."))] = False,
    medium: Medium = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    """Overwrite and delete every bundle on the medium, received or not, and read that back."""
    from mediabridge.media import tree
    from mediabridge.media.policy import Use
    from mediabridge.stations.outgoing.approving import officer_of
    from mediabridge.stations.sticks import tidying, visits

    with open_station(context, passphrase_file) as station:
        officer = officer_of(station, officer_key(context, key, passphrase_file))
        visit = the_visit(station, medium)
        visits.allow(station, visit, Use(writes=True))
        # An erasing that broke off may have left folders that cannot be read.
        tidying.mend(station, visit)
        with visit.slot.mounted() as folder:
            bundles = tree.copies_on(folder)
        if bundles and not yes and not _agreed(context, station, visit, bundles):
            raise ApprovalDeclinedError
        tidying.erase(station, visit, bundles, operator=officer.name)
        safe = station.finish(visit)
    line = text("Bundles erased and read back as erased: {count}", count=len(bundles))
    return Result([line], {"bundles": bundles, "medium": visit.medium, "safe": safe})


def _agreed(context: Context, station: Desk, visit: Visit, bundles: list[str]) -> bool:
    """Ask; say how many of this station's own have not arrived as far as it knows."""
    from mediabridge.stations.books import BundleState

    on_their_way = {row.bundle for row in station.books.bundles_in(BundleState.WRITTEN)}
    facts = {"count": len(bundles), "medium": visit.shown}
    open_ones = len(on_their_way.intersection(bundles))
    if not open_ones:
        return confirm(context, n_("Erase {count} bundles from medium {medium}?"), **facts)
    question = n_(
        "Erase {count} bundles from medium {medium}?"
        " {open} of them have not arrived; what is on no other medium will be written again."
    )
    return confirm(context, question, open=open_ones, **facts)
