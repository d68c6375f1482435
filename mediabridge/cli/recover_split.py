"""``mediabridge recover split``: the escrow key, in the hands of several people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.bundle.terms import Mode
from mediabridge.cli._ceremony import grouped, say_mode
from mediabridge.cli._context import Context
from mediabridge.cli._fingerprints import words_table
from mediabridge.cli._options import PassphraseFile
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import passphrases
from mediabridge.cli.keys import source_of_new, strong
from mediabridge.config import ESCROW_NEEDED
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.trust.keyfile import StoredKey


def split(
    context: Context,
    *,
    holder: Annotated[
        list[str], typer.Option(help=n_("Who gets a share; given once for each holder."))
    ],
    city: Annotated[str, typer.Option(help=n_("The domain of the city."))],
    mode: Annotated[Mode, typer.Option(help=n_("Whether it is about residents or for training."))],
    out: Annotated[
        Path, typer.Option("--out", "-o", help=n_("The folder to make for the shares."))
    ],
    needed: Annotated[
        int, typer.Option(help=n_("How many holders it takes to open a bundle."))
    ] = ESCROW_NEEDED,
    key: Annotated[
        Path | None,
        typer.Option(help=n_("An escrow key that is in one file; otherwise one is made.")),
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.clock import check_built, to_rfc3339
    from mediabridge.stations.recovery import splitting
    from mediabridge.trust import keyfile
    from mediabridge.trust.fingerprint import Fingerprint
    from mediabridge.trust.passphrase import CREDENTIAL

    say_mode(context, mode.value, city)
    now = context.clock.now()
    check_built(now)
    whole: StoredKey | None = None
    if key is not None:
        key_id = keyfile.describe(key).id
        source = passphrases(context, passphrase_file, key.absolute().parent.parent)
        whole = keyfile.load(key, source(key_id))
    new = source_of_new(context, passphrase_file, context.passphrase_fd, CREDENTIAL)
    made = splitting.split(
        out.absolute(),
        city=city,
        mode=mode,
        holders=holder,
        needed=needed,
        whole=whole,
        now=to_rfc3339(now),
        passphrase_for=lambda name: strong(new, name),
    )
    lines: list[str | Table] = [
        text(
            "The escrow key needs {needed} of: {holders}",
            needed=needed,
            holders=", ".join(made.holders),
        ),
        text("Its fingerprint: {fingerprint}", fingerprint=made.fingerprint),
    ]
    if made.digest is not None:
        digest = grouped(made.digest)
        lines += [
            text("Write these words, or the digest, on paper: {digest}", digest=digest),
            words_table(context, Fingerprint(bytes.fromhex(made.digest))),
        ]
    data = {
        "folder": str(out),
        "holders": made.holders,
        "needed": needed,
        "fingerprint": made.fingerprint,
        "digest": made.digest,
    }
    return Result(lines, data)
