"""``mediabridge station enrol`` and ``station form``: the first root, and the paper it is on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._fingerprints import compared, words_table
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import open_station
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.stations.joining import Confirm
    from mediabridge.trust.fingerprint import Fingerprint
    from mediabridge.trust.paper import Form

Root = Annotated[
    Path | None,
    typer.Option(
        help=n_("The city's first root.json; otherwise that of the medium."), dir_okay=False
    ),
]


def enrol(
    context: Context,
    *,
    medium: Annotated[
        Path, typer.Option(help=n_("The medium with the city's trust data."), file_okay=False)
    ],
    root: Root = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(help=n_("The whole SHA-256 of the paper form, such as a camera reads it.")),
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help=n_("The holders of its root are gone: take another first root.")
        ),
    ] = False,
) -> Result:
    from mediabridge.stations.home import Home
    from mediabridge.stations.joining import join

    def confirm(offered: Fingerprint) -> bool:
        if fingerprint is not None:
            return offered.is_hex(fingerprint)
        return compared(context, offered)

    home = Home(context.home)
    if again:
        return _again(context, medium, root, confirm)
    trust = join(home, medium, root=root, confirm=confirm, clock=context.clock)
    station = home.config().station
    lines = [
        text("The first root was confirmed and is kept from here on."),
        text("Station {station} is ready in {folder}.", station=station, folder=context.home),
    ]
    return Result(lines, {"station": station, "trust_version": trust.version})


def _again(context: Context, medium: Path, root: Path | None, confirm: Confirm) -> Result:
    from mediabridge.stations.rerooting import take_root

    with open_station(context) as station:
        trust = take_root(station, medium, root=root, confirm=confirm)
        name = station.id
    lines = [
        text("The first root was confirmed and takes the place of the old one."),
        text("Version {version} is in force here from now on.", version=trust.version),
    ]
    return Result(lines, {"station": name, "trust_version": trust.version})


def form(
    context: Context,
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help=n_("The HTML file to write."), dir_okay=False)
    ],
    root: Annotated[
        Path | None,
        typer.Option(help=n_("A first root.json; otherwise that of this station."), dir_okay=False),
    ] = None,
) -> Result:
    from mediabridge.durable import write_durably
    from mediabridge.stations.forms import form_of
    from mediabridge.stations.home import Home
    from mediabridge.trust.paper import page

    made: Form = form_of(Home(context.home), root)
    write_durably(out.absolute(), page(made).encode(), mode=0o644)
    lines: list[str | Table] = [
        text("{title}: {file}", title=made.title, file=out),
        words_table(context, made.fingerprint),
        text("Open it in a browser and print it."),
    ]
    data = {
        "file": str(out),
        "sha256": made.fingerprint.hex,
        "words": list(made.fingerprint.words(context.lang)),
    }
    return Result(lines, data)
