"""Wrong passphrases of commands that open no station: at a station's desk its log knows of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.cli._about import whose_is
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station
from mediabridge.errors import (
    MediabridgeError,
    PassphraseError,
    TokenLockedError,
    TokenPinError,
)

if TYPE_CHECKING:
    from mediabridge.trust.passphrase import PassphraseSource
    from mediabridge.trust.token_uri import TokenUri


@contextmanager
def logged(context: Context, key: Path | TokenUri, source: PassphraseSource) -> Iterator[None]:
    """Let the block open *key* with *source*; what was wrong goes into the log of the station.

    The station is the one among whose keys *key* lies, or else the one of this desk. Where
    there is none, and where it cannot be opened, the count beside the key file is all that is kept.
    """
    try:
        yield
    except (PassphraseError, TokenPinError, TokenLockedError) as error:
        home = _station_of(context, key)
        if home is not None:
            # The station writes down whatever of this kind leaves it; this tells what it was.
            with (
                suppress(MediabridgeError),
                open_station(replace(context, home=home), source=source),
            ):
                raise error from None
        raise


def _station_of(context: Context, key: Path | TokenUri) -> Path | None:
    beside = [key.absolute().parent.parent] if isinstance(key, Path) else []
    return next((home for home in (*beside, context.home) if whose_is(home) is not None), None)
