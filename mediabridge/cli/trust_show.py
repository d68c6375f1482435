"""``mediabridge trust show``: trust data in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._ceremony import (
    difference_data,
    differences_of,
    draft_lines,
    first_root_lines,
    opened_folder,
    standing_data,
    standing_lines,
)
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.trust.ceremony.folder import Opened


def show(
    context: Context,
    folder: Annotated[
        Path | None,
        typer.Argument(
            help=n_("The folder of a ceremony; the station otherwise."), file_okay=False
        ),
    ] = None,
    *,
    diff: Annotated[
        bool, typer.Option("--diff", help=n_("Only what the draft, or the medium, changes."))
    ] = False,
    medium: Annotated[
        Path | None,
        typer.Option(help=n_("A medium whose trust data is used."), file_okay=False),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(help=n_("The city's root.json, where there is no station."), dir_okay=False),
    ] = None,
) -> Result:
    if folder is not None:
        return _of_ceremony(opened_folder(context, folder), diff=diff)
    return _of_station(context, medium, root, diff=diff)


def _of_ceremony(opened: Opened, *, diff: bool) -> Result:
    from mediabridge.trust.ceremony import differences, signing

    last, lines = opened.published, list[str]()
    data: dict[str, object] = {
        "published": last.trust.version if last else None,
        "first_root": last.first_root if last else None,
    }
    if last is not None and not diff:
        lines += [
            text("Version {version} is in force", version=last.trust.version),
            *first_root_lines(last.first_root),
            *(each.line for each in differences.of_root(None, last.root)),
            *(each.line for each in differences.of_trust(None, last.trust)),
        ]
        data["trust"] = last.trust.model_dump(mode="json")
    if opened.draft is None:
        return Result([*lines, text("There is no draft of a next version.")], data)
    standings = signing.progress(opened.draft, opened.published)
    lines += [*draft_lines(opened), *standing_lines(standings)]
    data["draft"] = opened.draft.trust.version
    data["changes"] = difference_data(differences_of(opened))
    data["standing"] = standing_data(standings)
    return Result(lines, data)


def _of_station(context: Context, medium: Path | None, root: Path | None, *, diff: bool) -> Result:
    from mediabridge.stations.home import Home
    from mediabridge.stations.verifying import trust_for, trust_on
    from mediabridge.trust.ceremony import differences

    home = Home(context.home)
    own = trust_for(home, medium, root)
    shown = own if medium is None or root is not None else trust_on(home, medium)
    changes = differences.of_trust(own if diff else None, shown)
    lines = [
        text("Version {version} of {city}", version=shown.version, city=shown.city),
        *(each.line for each in changes),
    ]
    if not changes:
        lines.append(text("(it says nothing else than what is in force here)"))
    data = {"version": shown.version, "changes": difference_data(changes)}
    if not diff:
        data["trust"] = shown.model_dump(mode="json")
    return Result(lines, data)
