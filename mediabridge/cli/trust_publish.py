"""``mediabridge trust publish`` at the ceremony, ``mediabridge trust update`` at a station."""

from __future__ import annotations

from mediabridge.cli._ceremony import (
    Folder,
    Yes,
    agreed,
    difference_data,
    draft_lines,
    first_root_lines,
    opened_folder,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import Medium, OwnFolder
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station, own_folder_agreed
from mediabridge.locale import n_, text


def publish(context: Context, folder: Folder, *, medium: Medium = None, yes: Yes = False) -> Result:
    from mediabridge.stations.sticks.finding import the_slot
    from mediabridge.stations.trusting import put_on
    from mediabridge.trust.ceremony import folder as folders
    from mediabridge.trust.ceremony import publishing, signing

    opened = opened_folder(context, folder)
    slot = the_slot(medium)
    if opened.draft is not None:
        signing.check_complete(signing.standings(opened.draft, opened.published))
        for line in draft_lines(opened):
            context.show(line)
        agreed(context, n_("Shall this be in force from now on?"), yes=yes)
        publishing.publish(opened)
    with publishing.in_force(opened.folder) as there:
        safe = put_on(slot, there, context.progress)
    published = folders.open_folder(folder).published
    version, first = (published.trust.version, published.first_root) if published else (0, "")
    lines = [
        text("Version {version} is in force and on the medium; it was read back.", version=version),
        *first_root_lines(first),
    ]
    return Result(lines, {"version": version, "first_root": first, "safe": safe})


def update(context: Context, *, medium: Medium = None, folder: OwnFolder = False) -> Result:
    from mediabridge.stations.sticks.finding import the_visit
    from mediabridge.stations.trusting import take_over
    from mediabridge.trust.ceremony import differences

    with open_station(context) as station:
        visit = the_visit(station, medium, agreed=own_folder_agreed(context, given=folder))
        before, after = take_over(station, visit)
    changes = differences.of_trust(before, after)
    if before.version == after.version:
        lines = [
            text(
                "Version {version} stays in force: the medium has none newer.",
                version=before.version,
            )
        ]
    else:
        lines = [
            text("Version {version} is in force here from now on.", version=after.version),
            *(each.line for each in changes),
        ]
    data = {"before": before.version, "version": after.version, "changes": difference_data(changes)}
    return Result(lines, data)
