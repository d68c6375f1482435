"""``mediabridge station restore``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._options import PassphraseFile
from mediabridge.cli._result import Result
from mediabridge.cli._shares import escrow_of
from mediabridge.cli._station import passphrases
from mediabridge.errors import UsageError
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
    share: Annotated[
        list[Path] | None,
        typer.Option(help=n_("A holder's share; given once for each holder."), dir_okay=False),
    ] = None,
    escrow_key: Annotated[
        Path | None,
        typer.Option(
            help=n_("In place of shares: the whole escrow key, as a training city has it."),
            dir_okay=False,
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.config import LIMITS
    from mediabridge.plainfile import open_given
    from mediabridge.stations.backups.restoring import restore as make

    with open_given(root) as file:
        bootstrap = file.read(LIMITS.trust_file_bytes)
    if bool(share) == bool(escrow_key):
        raise UsageError(detail=text("either --share, once for each holder, or --escrow-key"))
    restored = make(
        context.home,
        backup,
        bootstrap,
        lambda city: _escrow(context, share or [], escrow_key, passphrase_file, city),
        clock=context.clock,
        progress=context.progress,
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
        text("Then have its witness key retired by a ceremony: mediabridge station witness."),
    ]
    return Result(lines, {**asdict(restored), "folder": str(context.home)})


def _escrow(
    context: Context, shares: list[Path], key: Path | None, file: Path | None, city: str
) -> MLKEM1024P384PrivateKey:
    """Return the private key of the escrow of *city*, from its shares or from its key file."""
    from mediabridge.trust.signers import open_recipient_key, recipient_key

    if key is None:
        return recipient_key(escrow_of(context, shares, file, city))
    source = passphrases(context, file, key.absolute().parent.parent)
    return open_recipient_key(key, source(key.stem))
