"""The key of the person at the desk: where it is, and who knows its passphrase or PIN."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._station import passphrases, read_once
from mediabridge.errors import UsageError
from mediabridge.locale import n_
from mediabridge.trust import token_uri

if TYPE_CHECKING:
    from mediabridge.stations.keyring import ClerkKey
    from mediabridge.trust.passphrase import PassphraseSource
    from mediabridge.trust.token_uri import TokenUri

ClerkPlace = Annotated[
    str | None,
    typer.Option(
        "--clerk-key",
        metavar="FILE|URI",
        help=n_("Your own key, with which you sign at a live station: a file or a token."),
    ),
]
ClerkPassphraseFile = Annotated[
    Path | None,
    typer.Option(help=n_("A file with the passphrase or PIN of your own key.")),
]
ClerkPassphraseFd = Annotated[
    int | None,
    typer.Option(help=n_("An open file descriptor with the passphrase or PIN of your own key.")),
]


def clerk_at(
    context: Context, place: str | None, file: Path | None, descriptor: int | None
) -> ClerkKey:
    """Return where the key of the person at the desk is, and where its passphrase comes from.

    That of the station is never tried for it: a token locks after a few wrong PINs.

    Raises:
        UsageError: *place* is no such URI.
        PassphraseFileError: *file* or *descriptor* does not hold one line.
    """
    from mediabridge.stations.keyring import ClerkKey

    return ClerkKey(_passphrases(context, file, descriptor), _place(place))


def _passphrases(context: Context, file: Path | None, descriptor: int | None) -> PassphraseSource:
    from mediabridge.trust import passphrase as sources

    if file is not None:
        return sources.from_file(file)
    if descriptor is not None:
        return read_once(context, descriptor)

    def at_home(key_id: str) -> bytes:
        # Looked for when it is needed: whose home it is, is found out first, and said better.
        source = passphrases(context, None, context.home, credential=sources.CLERK_CREDENTIAL)
        return source(key_id)

    return at_home


def _place(spelt: str | None) -> Path | TokenUri | None:
    try:
        return None if spelt is None else token_uri.place(spelt)
    except ValueError as error:
        raise UsageError(detail=f"--clerk-key: {error}") from None
