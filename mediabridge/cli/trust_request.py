"""``mediabridge trust request``: a person, or a holder, asks to be put into the trust data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.bundle.terms import Mode
from mediabridge.cli._ceremony import grouped, say_mode
from mediabridge.cli._context import Context
from mediabridge.cli._fingerprints import words_table
from mediabridge.cli._options import PassphraseFile, Tokens
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import all_keys, passphrases
from mediabridge.cli._tried import logged
from mediabridge.clock import check_built, to_rfc3339
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from securesystemslib.signer import Signer as TufSigner

    from mediabridge.trust.keyfile import StoredKey
    from mediabridge.trust.signers import Signer
    from mediabridge.trust.token_uri import TokenUri


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
    city: Annotated[str, typer.Option(help=n_("The domain of the city."))],
    mode: Annotated[Mode, typer.Option(help=n_("Whether it is about residents or for training."))],
    out: Annotated[
        Path, typer.Option("--out", "-o", help=n_("The request file to write."), dir_okay=False)
    ],
    key: Annotated[
        list[Path] | None,
        typer.Option(help=n_("A key file; given once for each key."), dir_okay=False),
    ] = None,
    token: Tokens = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.durable import write_durably
    from mediabridge.trust import keyfile, requests
    from mediabridge.trust.fingerprint import Fingerprint

    now = context.clock.now()
    check_built(now)
    say_mode(context, mode.value, city)
    if mode is Mode.LIVE:
        for each in key or ():
            # Before anybody types its passphrase.
            keyfile.require_live(each)
    opened = [_opened(context, each, role, passphrase_file) for each in all_keys(key, token)]
    keys = {each.purpose: each for each in opened}
    asked = requests.ask(
        request="person" if role in {Asked.OFFICER, Asked.CLERK} else "holder",
        id=name,
        role=role.value,
        city=city,
        mode=mode.value,
        keys={purpose: each.public for purpose, each in keys.items()},
        created=to_rfc3339(now),
    )
    data = requests.make(
        asked,
        ssh=next((each.ssh for each in keys.values() if each.ssh is not None), None),
        tuf=[each.tuf for each in keys.values() if each.tuf is not None],
    )
    write_durably(out.absolute(), data)
    lines: list[str | Table] = [
        text("The request is in {file}; it holds no secret.", file=out),
        text("Write these words, or the digest, on paper: {digest}", digest=grouped(asked.digest)),
        words_table(context, Fingerprint(bytes.fromhex(asked.digest))),
    ]
    return Result(lines, {"file": str(out), "digest": asked.digest})


@dataclass(frozen=True)
class _Opened:
    """A key of whoever asks: what it is for, its public half, and what signs with it, if it can."""

    purpose: str
    public: str
    ssh: Signer | None = None
    tuf: TufSigner | None = None


def _opened(
    context: Context, key: Path | TokenUri, role: Asked, passphrase_file: Path | None
) -> _Opened:
    from mediabridge.trust import keyfile

    if not isinstance(key, Path):
        return _in_token(context, key, role, passphrase_file)
    source = passphrases(context, passphrase_file, key.parent.parent)
    with logged(context, key, source):
        return _in_file(keyfile.load(key, source(key.stem)))


def _in_file(key: StoredKey) -> _Opened:
    from mediabridge.trust import signers, tuf_keys

    purpose = _purpose(key)
    if purpose == "ssh":
        return _Opened(purpose, key.public, ssh=signers.signer(key))
    if purpose.startswith("tuf-"):
        return _Opened(purpose, key.public, tuf=tuf_keys.signer(key))
    return _Opened(purpose, key.public)


def _in_token(context: Context, key: TokenUri, role: Asked, file: Path | None) -> _Opened:
    from mediabridge.bundle import sshsig
    from mediabridge.trust import tokens, tuf_tokens

    source = passphrases(context, file, context.home)
    with logged(context, key, source):
        signer = tokens.open_signer(key, source)
    if role in {Asked.OFFICER, Asked.CLERK, Asked.ESCROW}:
        return _Opened("ssh", sshsig.openssh_key(signer.public_key), ssh=signer)
    purpose, public = tuf_tokens.public_text(signer)
    return _Opened(purpose, public, tuf=tuf_tokens.TufTokenSigner(signer))


def _purpose(key: StoredKey) -> str:
    names = {
        "ssh-ed25519": "ssh",
        "hpke-mlkem1024p384": "recipient",
        "log-ed25519": "log",
        "witness-ed25519": "witness",
    }
    return names.get(key.kind, key.kind)
