"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediabridge.locale import n_

PassphraseFile = Annotated[
    Path | None,
    typer.Option(help=n_("A file with the passphrase in its one line; otherwise it is asked for.")),
]
Operator = Annotated[
    str | None, typer.Option(help=n_("Who is at the desk; may be left out with one clerk."))
]
To = Annotated[str | None, typer.Option(help=n_("The receiving station."))]
Medium = Annotated[
    Path | None,
    typer.Option(
        help=n_("The folder where the medium is mounted; otherwise the one that is plugged in."),
        file_okay=False,
    ),
]

OwnFolder = Annotated[
    bool,
    typer.Option("--folder", help=n_("With --medium: it may be a folder of this machine's disk.")),
]

OfficerKey = Annotated[
    Path | None, typer.Option(help=n_("The key file of an officer."), dir_okay=False)
]
OfficerToken = Annotated[
    str | None,
    typer.Option(
        metavar="URI",
        help=n_("An officer's key in a token: pkcs11:token=...;object=...?module-path=..."),
    ),
]

Tokens = Annotated[
    list[str] | None,
    typer.Option(
        metavar="URI",
        help=n_("A key in a token: pkcs11:token=...;object=...?module-path=..."),
    ),
]
