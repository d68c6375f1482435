"""``mediabridge media erase``: an officer has everything this station knows taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._options import Medium, OfficerKey, OfficerToken, OwnFolder, PassphraseFile
from mediabridge.cli._result import Result
from mediabridge.cli._station import officer_key, one_key, open_station, own_folder_agreed
from mediabridge.locale import n_, text
from mediabridge.shown.media import strangers_lines

if TYPE_CHECKING:
    from mediabridge.stations.sticks.tidying import Erasable


def erase(
    context: Context,
    *,
    key: OfficerKey = None,
    token: OfficerToken = None,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Erase without being asked."))] = False,
    medium: Medium = None,
    folder: OwnFolder = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.sticks import tidying
    from mediabridge.stations.sticks.finding import the_visit

    chosen = one_key(key, token)
    with open_station(context, passphrase_file) as station:
        erased, safe = tidying.erase_all(
            station,
            lambda: the_visit(station, medium, agreed=own_folder_agreed(context, given=folder)),
            officer_key(context, chosen, passphrase_file),
            agreed=lambda erasable: yes or _agreed(context, erasable),
        )
    line = text("Bundles erased and read back as erased: {count}", count=len(erased.bundles))
    data = {
        "bundles": erased.bundles,
        "foreign": [str(path) for path in erased.strangers.foreign],
        "droppings": len(erased.strangers.droppings),
        "medium": erased.visit.medium,
        "safe": safe,
    }
    return Result([line, *strangers_lines(erased.strangers)], data)


def _agreed(context: Context, erasable: Erasable) -> bool:
    beside = strangers_lines(erasable.strangers)
    for line in [*beside, text("This is erased as well.")] if beside else []:
        context.show(line)
    facts = {"count": len(erasable.bundles), "medium": erasable.visit.shown}
    if not erasable.on_their_way:
        return confirm(context, n_("Erase the bundles ({count}) from medium {medium}?"), **facts)
    question = n_(
        "Erase the bundles ({count}) from medium {medium}?"
        " Not arrived yet: {open}; what is on no other medium will be written again."
    )
    return confirm(context, question, open=erasable.on_their_way, **facts)
