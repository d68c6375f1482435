"""``mediabridge hub …``: the medium that answers over TLS, and what its operators do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.errors import HubLibraryError
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.hub.database import Database
    from mediabridge.hub.settings import Settings

SettingsFile = Annotated[
    Path, typer.Option("--settings", help=n_("The settings of the hub."), dir_okay=False)
]
_USUAL = Path("/etc/mediabridge/hub.toml")


def serve(context: Context, *, settings: SettingsFile = _USUAL) -> Result:
    found, database = _opened(settings)
    from mediabridge.hub import logs, serving
    from mediabridge.hub.hub import Hub

    logs.begin()
    try:
        serving.serve(Hub(found, database, context.clock))
    finally:
        database.close()
    return Result([text("The hub has stopped.")])


Strays = Annotated[
    bool, typer.Option("--strays", help=n_("Also objects of which the database knows nothing."))
]


def purge(context: Context, *, settings: SettingsFile = _USUAL, strays: Strays = False) -> Result:
    found, database = _opened(settings)
    from dataclasses import asdict

    from mediabridge.hub import keeping

    try:
        gone = keeping.purge(database, found.keep, context.clock.now(), strays=strays)
    finally:
        database.close()
    lines = [
        text("Contents that their receivers have: {count}.", count=gone.taken),
        text("Contents that nobody fetched: {count}.", count=gone.waiting),
        text("Bundles that never became complete: {count}.", count=gone.arriving),
        text("Bundles that are not known any more: {count}.", count=gone.known),
        text("Objects of the store: {count}.", count=gone.objects),
    ]
    return Result([text("Let go at the hub:"), *lines], asdict(gone))


def _opened(path: Path) -> tuple[Settings, Database]:
    try:
        from mediabridge.hub import hub, serving, settings

        del serving
        found = settings.load(path)
        return found, hub.open_database(found)
    except ImportError as missing:
        # psycopg is there in the package, and says of libpq only that it found none.
        raise HubLibraryError(name=missing.name or "libpq") from None
