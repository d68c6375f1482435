"""``mediabridge media put-aside``: an officer has foreign things moved out of the way."""

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
    from mediabridge.media.strangers import Strangers
    from mediabridge.stations.sticks.visits import Visit


def put_aside(
    context: Context,
    *,
    key: OfficerKey = None,
    token: OfficerToken = None,
    yes: Annotated[bool, typer.Option("--yes", help=n_("Move without being asked."))] = False,
    medium: Medium = None,
    folder: OwnFolder = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.stations.sticks import clearing
    from mediabridge.stations.sticks.finding import the_visit

    chosen = one_key(key, token)
    with open_station(context, passphrase_file) as station:
        visit, found, safe = clearing.put_aside(
            station,
            lambda: the_visit(station, medium, agreed=own_folder_agreed(context, given=folder)),
            officer_key(context, chosen, passphrase_file),
            agreed=lambda visit, found: yes or _agreed(context, visit, found),
        )
    count = len(found.foreign)
    line = text(
        "Moved to the folder {name} of the medium: {count}", name=clearing.ASIDE, count=count
    )
    data = {
        "foreign": [str(path) for path in found.foreign],
        "droppings": len(found.droppings),
        "medium": visit.medium,
        "safe": safe,
    }
    return Result([line, *strangers_lines(found)], data)


def _agreed(context: Context, visit: Visit, found: Strangers) -> bool:
    from mediabridge.stations.sticks.clearing import ASIDE

    for line in strangers_lines(found):
        context.show(line)
    question = n_(
        "Move what does not belong there ({count}) out of the exchange folder of medium {medium}?"
        " It stays on the medium, in the folder {name}."
    )
    return confirm(context, question, count=len(found.foreign), medium=visit.shown, name=ASIDE)
