"""The shares of the escrow key, as its holders bring them to a command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.cli._context import Context
from mediabridge.cli._station import passphrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.trust.keyfile import StoredKey


def share_in(context: Context, path: Path, file: Path | None) -> StoredKey:
    """Return the share in the file *path*, whose holder types the passphrase."""
    from mediabridge.trust import keyfile

    holder = keyfile.describe(path).id
    return keyfile.load(path, passphrases(context, file, path.absolute().parent.parent)(holder))


def escrow_of(context: Context, shares: Sequence[Path], file: Path | None, city: str) -> StoredKey:
    """Return the escrow key of *city* that *shares* open together.

    Nobody types a passphrase before the shares say that they are enough.

    Raises:
        SharesMixedError, SharesTooFewError: they do not open it.
        KeyFileError, PassphraseError, PassphraseFileError: one cannot be opened.
    """
    from mediabridge.trust import escrow, keyfile

    escrow.check(map(keyfile.describe, shares), city=city)
    return escrow.combine([share_in(context, path, file) for path in shares], city=city)
