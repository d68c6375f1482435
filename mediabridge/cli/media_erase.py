"""``mediabridge media erase``: an officer has everything this station knows taken off."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._medium import the_visit
from mediabridge.cli._result import Result
from mediabridge.cli._station import Medium, PassphraseFile, open_station, passphrases
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import n_, text


def erase(
    context: Context,
    key: Annotated[Path, typer.Option(help=n_("The key file of an officer."), dir_okay=False)],
    *,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Erase without being asked."))] = False,
    medium: Medium = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    """Overwrite and delete every bundle on the medium, received or not, and read that back."""
    from mediabridge.media import tree
    from mediabridge.media.policy import Use
    from mediabridge.stations import tidying, visits
    from mediabridge.stations.approving import officer_of
    from mediabridge.trust.signers import open_signer

    with open_station(context, passphrase_file) as station:
        source = passphrases(context, passphrase_file, key.parent.parent)
        officer = officer_of(station, open_signer(key, source(key.stem)))
        visit = the_visit(station, medium)
        visits.allow(station, visit, Use(writes=True))
        # An erasing that broke off may have left folders that cannot be read.
        tidying.mend(station, visit)
        with visit.slot.mounted() as folder:
            bundles = tree.copies_on(folder)
        if (
            bundles
            and not yes
            and not confirm(
                context,
                n_("Erase {count} bundles from medium {medium}?"),
                count=len(bundles),
                medium=visit.shown,
            )
        ):
            raise ApprovalDeclinedError
        tidying.erase(station, visit, bundles, operator=officer.name)
        safe = station.finish(visit)
    line = text("Bundles erased and read back as erased: {count}", count=len(bundles))
    return Result([line], {"bundles": bundles, "medium": visit.medium, "safe": safe})
