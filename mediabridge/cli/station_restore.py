"""``mediabridge station restore``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._station import PassphraseFile, passphrases
from mediabridge.locale import moment, n_, text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey


def restore(
    context: Context,
    backup: Annotated[Path, typer.Argument(help=n_("The folder that station backup made."))],
    *,
    root: Annotated[
        Path, typer.Option(help=n_("The city's root.json, as it was given to the station by hand."))
    ],
    escrow_key: Annotated[Path, typer.Option(help=n_("The key file of the escrow."))],
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.config import LIMITS
    from mediabridge.plainfile import open_given
    from mediabridge.stations.backups.restoring import restore as make

    with open_given(root) as file:
        bootstrap = file.read(LIMITS.trust_file_bytes)
    key = _escrow(context, escrow_key, passphrase_file)
    restored = make(
        context.home, backup, bootstrap, key, clock=context.clock, progress=context.progress
    )
    lines = [
        text(
            "Station {station} is restored in {folder}, as of {time}. Entries of its log: {size}",
            station=restored.station,
            folder=context.home,
            time=moment(restored.created),
            size=restored.log_size,
        ),
        text(
            "Nothing is signed until a newly sealed bundle of each of these was imported: {peers}",
            peers=", ".join(restored.compare_with),
        ),
    ]
    return Result(lines, {**asdict(restored), "folder": str(context.home)})


def _escrow(context: Context, key: Path, file: Path | None) -> MLKEM1024P384PrivateKey:
    """Return the escrow's private key from its key file, as a training city has one."""
    from mediabridge.trust.signers import open_recipient_key

    return open_recipient_key(key, passphrases(context, file, key.parent.parent)(key.stem))
