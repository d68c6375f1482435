"""``mediabridge trust request``: a person, or a holder, asks to be put into the trust data."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.bundle.header import Mode
from mediabridge.cli._ceremony import grouped
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._station import PassphraseFile, passphrases
from mediabridge.clock import to_rfc3339
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.trust.keyfile import StoredKey


class Asked(StrEnum):
    """The roles that a person or a holder can ask for; a station asks by a command of its own."""

    OFFICER = "officer"
    CLERK = "clerk"
    ROOT = "root"
    TARGETS = "targets"
    SNAPSHOT = "snapshot"
    TIMESTAMP = "timestamp"
    ESCROW = "escrow"


def request(
    context: Context,
    name: Annotated[str, typer.Argument(help=n_("The name in the trust data, such as officer-1."))],
    role: Annotated[Asked, typer.Argument(help=n_("What is asked for."))],
    *,
    key: Annotated[
        list[Path],
        typer.Option(help=n_("A key file; given once for each key."), dir_okay=False),
    ],
    city: Annotated[str, typer.Option(help=n_("The domain of the city."))],
    mode: Annotated[Mode, typer.Option(help=n_("Whether it is about residents or for training."))],
    out: Annotated[
        Path, typer.Option("--out", "-o", help=n_("The request file to write."), dir_okay=False)
    ],
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.durable import write_durably
    from mediabridge.trust import keyfile, requests, signers, tuf_keys

    keys = {}
    for path in key:
        stored = keyfile.load(
            path, passphrases(context, passphrase_file, path.parent.parent)(path.stem)
        )
        keys[_purpose(stored)] = stored
    asked = requests.ask(
        request="person" if role in {Asked.OFFICER, Asked.CLERK} else "holder",
        id=name,
        role=role.value,
        city=city,
        mode=mode.value,
        keys={purpose: each.public for purpose, each in keys.items()},
        created=to_rfc3339(context.clock.now()),
    )
    data = requests.make(
        asked,
        ssh=signers.signer(keys["ssh"]) if "ssh" in keys else None,
        tuf=[tuf_keys.signer(each) for purpose, each in keys.items() if purpose.startswith("tuf-")],
    )
    write_durably(out.absolute(), data)
    lines = [
        text("The request is in {file}; it holds no secret.", file=out),
        text("Write its digest on paper: {digest}", digest=grouped(asked.digest)),
    ]
    return Result(lines, {"file": str(out), "digest": asked.digest})


def _purpose(key: StoredKey) -> str:
    names = {"ssh-ed25519": "ssh", "hpke-mlkem1024p384": "recipient", "log-ed25519": "log"}
    return names.get(key.kind, key.kind)
