"""``mediabridge demo``: one day's exchange, for real, in a scratch folder."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.locale import n_, text


def demo(
    context: Context,
    *,
    residents: Annotated[int, typer.Option(help=n_("Residents of the ward."), min=200)] = 2000,
    seed: Annotated[int, typer.Option(help=n_("The same seed invents the same people."))] = 1,
    hub: Annotated[
        bool,
        typer.Option("--hub", help=n_("One agency and three offices, with a hub between them.")),
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(help=n_("Keep everything in this new folder."), file_okay=False)
    ] = None,
) -> Result:
    from mediabridge.cli._demo import Story
    from mediabridge.errors import UsageError

    with ExitStack() as scratch:
        if keep is None:
            folder = Path(scratch.enter_context(tempfile.TemporaryDirectory(prefix="mediabridge-")))
        else:
            folder = keep.absolute()
            if folder.exists() and any(folder.iterdir()):
                raise UsageError(detail=text("--keep needs a new or empty folder"))
        if hub:
            from mediabridge.cli._demo_hub import HubStory

            return HubStory(context, folder, residents, seed).tell()
        story = Story(context, folder, residents, seed, kept=keep is not None)
        return story.tell()
