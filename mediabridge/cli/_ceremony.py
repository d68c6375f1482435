"""What the commands of a ceremony share: what is shown, what is asked, whose key it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediabridge.cli._ask import confirm
from mediabridge.cli._context import Context
from mediabridge.cli._fingerprints import words_table
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import passphrases
from mediabridge.cli._tried import logged
from mediabridge.clock import to_rfc3339
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import language, n_, text

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from mediabridge.trust.ceremony.differences import Difference
    from mediabridge.trust.ceremony.folder import Opened
    from mediabridge.trust.ceremony.signing import Standing
    from mediabridge.trust.requests import Request
    from mediabridge.trust.token_uri import TokenUri

Folder = Annotated[
    Path, typer.Argument(help=n_("The folder of the ceremony, as it travels."), file_okay=False)
]
Yes = Annotated[bool, typer.Option("--yes", help=n_("Do it without being asked."))]

_GROUP = 8


def read_request(path: Path) -> Request:
    """Return the request in the file *path*, whose proofs hold.

    Raises:
        RequestInvalidError: it is damaged, or one of its proofs does not hold.
        FileMissingError, NotAFileError: there is no such file.
    """
    from mediabridge.config import LIMITS
    from mediabridge.plainfile import open_given
    from mediabridge.trust import requests

    with open_given(path) as file:
        return requests.read(file.read(LIMITS.request_bytes + 1), name=path.name)


def grouped(digest: str) -> str:
    """Return *digest* in groups of eight, so that two people can compare it aloud."""
    return " ".join(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))


def request_lines(context: Context, request: Request) -> Iterator[str | Table]:
    """Return what a person reads about a request before it is taken in."""
    from mediabridge.trust.ceremony.roles import duty_of
    from mediabridge.trust.fingerprint import Fingerprint

    yield text(
        "Request of {name} ({role}), made on {created}",
        name=request.id,
        role=duty_of(request.role),
        created=request.created,
    )
    yield text("Its digest: {digest}", digest=grouped(request.digest))
    yield words_table(context, Fingerprint(bytes.fromhex(request.digest)))


def opened_folder(context: Context, path: Path) -> Opened:
    """Open the folder of a ceremony, and say before anything else whether it is a live one.

    Raises:
        As :func:`mediabridge.trust.ceremony.folder.open_folder`.
    """
    from mediabridge.trust.ceremony import folder

    opened = folder.open_folder(path)
    of = opened.draft or opened.published
    if of is not None:
        say_mode(context, of.trust.mode, of.trust.city)
    return opened


def say_mode(context: Context, mode: str, city: str) -> None:
    """Say above everything else, once, whether what is signed is for a live city."""
    if not context.json:
        context.about.elsewhere(n_("[{mode}] ceremony of {city}"), mode, city=city)


def differences_of(opened: Opened) -> list[Difference]:
    """Return what the draft in a folder changes since the last version."""
    from mediabridge.trust.ceremony import differences

    draft, last = opened.wanted, opened.published
    return [
        *differences.of_root(last.root if last else None, draft.authority(last)),
        *differences.of_trust(last.trust if last else None, draft.trust),
    ]


def first_root_lines(digest: str) -> Iterator[str]:
    """Return the first root's SHA-256 as it stands on the paper form, in figures and in words."""
    from mediabridge.trust.fingerprint import Fingerprint

    words = Fingerprint(bytes.fromhex(digest)).words(language())
    yield text("The first root of this city: {digest}", digest=grouped(digest))
    yield text("In the words of the paper form: {words}", words=" ".join(words))


def draft_lines(opened: Opened) -> Iterator[str]:
    """Return what the draft is about, everything that it changes, and how long it counts."""
    from mediabridge.trust.ceremony.roles import Role

    draft, last = opened.wanted, opened.published
    yield text(
        "Draft of version {version} for {city}", version=draft.trust.version, city=draft.trust.city
    )
    if last is None and draft.trust.version == 1:
        yield text("It is the first version; everything in it is new.")
    elif last is None:
        yield text("It begins anew, under another first root; everything in it is signed anew.")
    else:
        yield from first_root_lines(last.first_root)
        yield text("It changes, since version {version}:", version=last.trust.version)
    changes = differences_of(opened)
    yield from (each.line for each in changes)
    if not changes:
        yield text("(nothing but its dates)")
    for role, metadata in draft.metadata().items():
        end = to_rfc3339(metadata.signed.expires)
        yield text("{role}: valid until {end}", role=Role.of(role), end=end)


def standing_lines(standings: Sequence[Standing]) -> Iterator[str]:
    """Return how far each role has come, and who is still missing."""
    from mediabridge.trust.ceremony.roles import Role

    for each in standings:
        role, signed = Role.of(each.role), ", ".join(each.signed) or text("no one yet")
        if each.needed:
            yield text(
                "{role}: signed by {signed}; still needed: {count}, of: {missing}",
                role=role,
                signed=signed,
                count=each.needed,
                missing=", ".join(each.missing),
            )
        else:
            yield text("{role}: complete, signed by {signed}", role=role, signed=signed)


def standing_data(standings: Sequence[Standing]) -> list[dict[str, Any]]:
    """Return how far each role has come, for a program."""
    return [
        {
            "role": each.role,
            "signed": list(each.signed),
            "missing": list(each.missing),
            "needed": each.needed,
        }
        for each in standings
    ]


def difference_data(changes: Sequence[Difference]) -> list[dict[str, str]]:
    """Return what changes, for a program."""
    return [{"kind": each.kind, "what": each.what, "name": each.name} for each in changes]


def agreed(context: Context, question: str, *, yes: bool) -> None:
    """Ask *question*, a message id, unless *yes* was given.

    Raises:
        ApprovalDeclinedError: the answer is no.
    """
    if not yes and not confirm(context, question):
        raise ApprovalDeclinedError


def drafted(opened: Opened) -> Result:
    """Return the result of a command that changed the draft."""
    changes = differences_of(opened)
    line = text(
        "The draft of version {version} is in the folder; nothing published has changed.",
        version=opened.wanted.trust.version,
    )
    data = {"version": opened.wanted.trust.version, "changes": difference_data(changes)}
    return Result([line], data)


def holder_signer(context: Context, key: Path | TokenUri, file: Path | None) -> Signer:
    """Return the signer of a holder's key, in a file or a token, opened as every key is.

    Raises:
        KeyFileError, PassphraseError, PassphraseFileError, TokenError: it cannot be opened.
        NotInteractiveError: nobody is there to be asked.
    """
    from mediabridge.trust import keyfile, tokens, tuf_keys, tuf_tokens

    source = passphrases(
        context, file, key.parent.parent if isinstance(key, Path) else context.home
    )
    with logged(context, key, source):
        if isinstance(key, Path):
            return tuf_keys.signer(keyfile.load(key, source(key.stem)))
        return tuf_tokens.TufTokenSigner(tokens.open_signer(key, source))
