"""``mediabridge keys``: key files, before anybody signs with them."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._ask import passphrase as ask
from mediabridge.cli._context import Context
from mediabridge.cli._options import PassphraseFile
from mediabridge.cli._result import Result
from mediabridge.cli._station import passphrases, pins_from, read_once, token_key
from mediabridge.cli._tried import logged
from mediabridge.config import KIB
from mediabridge.errors import PassphraseDiffersError
from mediabridge.locale import n_, text, translate
from mediabridge.trust.purposes import Purpose

if TYPE_CHECKING:
    from mediabridge.trust.keyfile import PublicHalf
    from mediabridge.trust.passphrase import PassphraseSource

WrapToken = Annotated[
    str | None,
    typer.Option(
        metavar="URI",
        help=n_("An AES key in a token that opens the file, in place of a passphrase."),
    ),
]

_OPENED_BY = {"passphrase": n_("A passphrase opens it."), "token": n_("A token opens it.")}

KeyFile = Annotated[Path, typer.Argument(help=n_("The key file."), dir_okay=False)]


def new(
    context: Context,
    key_id: Annotated[str, typer.Argument(metavar="ID", help=n_("What the key is called."))],
    *,
    kind: Annotated[Purpose, typer.Option(help=n_("What the key is for."))],
    out: Annotated[
        Path, typer.Option("--out", "-o", help=n_("The key file to make."), dir_okay=False)
    ],
    origin: Annotated[
        str | None,
        typer.Option(
            help=n_(
                "Of a log key, the origin of its log; of a witness key, the name it signs under."
            )
        ),
    ] = None,
    token: WrapToken = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.trust import keyfile, tokens
    from mediabridge.trust.keymaking import new_key
    from mediabridge.trust.passphrase import CREDENTIAL

    key = new_key(kind, key_id, origin=origin)
    keyfile.require_free(out)
    if token is not None:
        pins = passphrases(context, passphrase_file, context.home)
        keyfile.save_wrapped(out, key, tokens.open_wrap(token_key(token), pins))
        return _shown(out, keyfile.describe(out))
    source = source_of_new(context, passphrase_file, context.passphrase_fd, CREDENTIAL)
    keyfile.save(out, key, strong(source, key_id))
    return _shown(out, keyfile.describe(out))


def show(context: Context, file: KeyFile) -> Result:  # noqa: ARG001 - every command takes one
    from mediabridge.trust import keyfile

    return _shown(file, keyfile.describe(file))


def passphrase(
    context: Context,
    file: KeyFile,
    *,
    passphrase_file: PassphraseFile = None,
    new_passphrase_file: Annotated[
        Path | None,
        typer.Option(help=n_("A file with the new passphrase in its one line."), dir_okay=False),
    ] = None,
    new_passphrase_fd: Annotated[
        int | None,
        typer.Option(help=n_("An open file descriptor with the new passphrase in its one line.")),
    ] = None,
    token: WrapToken = None,
) -> Result:
    from mediabridge.trust import keyfile, tokens
    from mediabridge.trust.passphrase import NEW_CREDENTIAL

    key_id = keyfile.describe(file).id
    source = passphrases(context, passphrase_file, file.parent.parent)
    # The new one is asked for when the old one was right.
    with logged(context, file, source):
        key = keyfile.load(file, source(key_id))
    if token is not None:
        # The PIN is what opens the file from now on: it comes from where a new passphrase does.
        pins = pins_from(context, new_passphrase_file, new_passphrase_fd)
        keyfile.save_wrapped(file, key, tokens.open_wrap(token_key(token), pins), replace=True)
        line = text("A token opens the key {key}; copies of the file keep the old.", key=key_id)
    else:
        fresh = source_of_new(context, new_passphrase_file, new_passphrase_fd, NEW_CREDENTIAL)
        keyfile.save(file, key, strong(fresh, key_id), replace=True)
        line = text(
            "The key {key} has a new passphrase; copies of the file keep the old.", key=key_id
        )
    return Result([line], {"id": key_id, "file": str(file)})


def source_of_new(
    context: Context, file: Path | None, descriptor: int | None, credential: str
) -> PassphraseSource:
    """Return where a new passphrase comes from; a person types it twice."""
    from mediabridge.trust import passphrase as sources

    if file is not None:
        return sources.from_file(file)
    if descriptor is not None:
        return read_once(context, descriptor)
    return sources.from_credentials(os.environ, credential) or sources.from_prompt(
        lambda key_id: _asked_twice(context, key_id)
    )


def _asked_twice(context: Context, key_id: str) -> str:
    first = ask(context, n_("New passphrase of the key {key}"), key=key_id)
    if ask(context, n_("The same once more")) != first:
        raise PassphraseDiffersError
    return first


def strong(source: PassphraseSource, key_id: str) -> bytes:
    """Return the new passphrase of *source*, when it is hard to guess."""
    from mediabridge.trust.passphrase import require_strong

    chosen = source(key_id)
    require_strong(chosen, key_id)
    return chosen


def _shown(file: Path, key: PublicHalf) -> Result:
    from mediabridge.trust.keytext import fingerprint_of

    fingerprint = fingerprint_of(key.public)
    lines = [
        text("Id: {id}", id=key.id),
        text("Kind: {kind}", kind=key.kind),
        text("Public half: {public}", public=key.public),
        text("Fingerprint: {fingerprint}", fingerprint=fingerprint),
        translate(_OPENED_BY[key.opened_by]),
    ]
    if key.kind == "hpke-mlkem1024p384":
        lines.insert(-1, text("Private keys in the file: {count}", count=key.keys))
    if key.cost is not None:
        lines.append(
            text(
                "A guess at it costs Argon2id with {memory} MiB, passes: {passes}, lanes: {lanes}.",
                memory=key.cost.memory_kib // KIB,
                passes=key.cost.iterations,
                lanes=key.cost.lanes,
            )
        )
    data = {
        "file": str(file),
        "id": key.id,
        "kind": key.kind,
        "public": key.public,
        "fingerprint": fingerprint,
        "opened_by": key.opened_by,
        "keys": key.keys,
        "cost": None if key.cost is None else asdict(key.cost),
    }
    return Result(lines, data)
