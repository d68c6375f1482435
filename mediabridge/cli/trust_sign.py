"""``mediabridge trust sign``: one holder, on a machine and a day of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediabridge.cli._ceremony import (
    Folder,
    Yes,
    agreed,
    difference_data,
    differences_of,
    draft_lines,
    holder_signer,
    opened_folder,
    standing_data,
    standing_lines,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import PassphraseFile, Tokens
from mediabridge.cli._result import Result
from mediabridge.cli._station import all_keys
from mediabridge.locale import n_, text


def sign(
    context: Context,
    folder: Folder,
    *,
    key: Annotated[
        list[Path] | None,
        typer.Option(help=n_("The holder's key file; of a pair, given twice."), dir_okay=False),
    ] = None,
    token: Tokens = None,
    yes: Yes = False,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.trust.ceremony import signing
    from mediabridge.trust.ceremony.roles import Role

    keys = all_keys(key, token)
    opened = opened_folder(context, folder)
    draft = opened.wanted
    changes = difference_data(differences_of(opened))
    for line in (*draft_lines(opened), *standing_lines(signing.standings(draft, opened.published))):
        context.show(line)
    signed = []
    agreed(context, n_("Is this what shall be signed?"), yes=yes)
    for each in keys:
        signer = holder_signer(context, each, passphrase_file)
        role = signing.role_of(opened, signer.public_key.keyid)
        opened = signing.sign(opened, signer)
        signed.append(role)
    standings = signing.standings(opened.wanted, opened.published)
    lines = [
        *(text("Signed: {role}", role=Role.of(role)) for role in signed),
        *standing_lines(standings),
    ]
    data = {
        "version": draft.trust.version,
        "signed": signed,
        "changes": changes,
        "standing": standing_data(standings),
    }
    return Result(lines, data)
