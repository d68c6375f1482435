"""What commands that work on a station share: opening it, and its options."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.cli._about import whose_is
from mediabridge.cli._ask import confirm, passphrase
from mediabridge.cli._context import Context
from mediabridge.errors import NotInteractiveError, UsageError
from mediabridge.locale import n_, text
from mediabridge.trust.token_uri import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mediabridge.media.states import StateReport
    from mediabridge.stations.agency import AgencyStation
    from mediabridge.stations.keyring import ClerkKey
    from mediabridge.stations.lgwan import LgwanStation
    from mediabridge.stations.registry import RegistryStation
    from mediabridge.stations.station import OpenStation
    from mediabridge.trust.passphrase import PassphraseSource
    from mediabridge.trust.signers import Signer
    from mediabridge.trust.token_uri import TokenUri


TRAINING_PASSPHRASE = "passphrase.training"  # noqa: S105 - a file's name
"""Beside the keys of a training city; those keys protect nothing."""


def passphrases(
    context: Context, file: Path | None, folder: Path, *, credential: str | None = None
) -> PassphraseSource:
    """Return where passphrases come from.

    The first there is of: *file*, the descriptor, systemd, a training folder, the person. With
    *credential*, the name of another of systemd's, neither file nor descriptor are looked at.
    """
    from mediabridge.trust import passphrase as sources

    if file is not None:
        return sources.from_file(file)
    if credential is None and context.passphrase_fd is not None:
        return read_once(context, context.passphrase_fd)
    service = sources.from_credentials(os.environ, credential or sources.CREDENTIAL)
    if service is not None:
        return service
    asked = sources.from_prompt(lambda key_id: _asked(context, key_id))
    training = folder / TRAINING_PASSPHRASE
    whose = whose_is(context.home)
    # A file that came over from a training station opens nothing at a live one.
    if not training.exists() or (whose is not None and whose.mode == "live"):
        return asked
    kept = sources.from_file(training)
    # A token locks after a few wrong PINs: only what a person means as its PIN is tried.
    return lambda key_id: asked(key_id) if key_id.startswith(SCHEME) else kept(key_id)


def pins_from(context: Context, file: Path | None, descriptor: int | None) -> PassphraseSource:
    """Return where the PIN of a token comes from: *file*, *descriptor*, or the person."""
    from mediabridge.trust import passphrase as sources

    if file is not None:
        return sources.from_file(file)
    if descriptor is not None:
        return read_once(context, descriptor)
    return sources.from_prompt(lambda key_id: _asked(context, key_id))


def _asked(context: Context, key_id: str) -> str:
    if key_id.startswith(SCHEME):
        return passphrase(context, n_("PIN of the token {token}"), token=key_id)
    return passphrase(context, n_("Passphrase of the key {key}"), key=key_id)


def own_folder_agreed(context: Context, *, given: bool) -> Callable[[Path], bool]:
    """Return what agrees to a folder of this machine as a medium: *given*, or the person.

    Where nobody can be asked the answer is no; the refusal then names the option.
    """

    def agreed(folder: Path) -> bool:
        question = n_("{folder} lies on this station's own disk. Use it in place of a medium?")
        try:
            return given or confirm(context, question, folder=folder)
        except NotInteractiveError:
            return False

    return agreed


def read_once(context: Context, descriptor: int) -> PassphraseSource:
    """Return the source of the line that *descriptor* holds; it can be read only once.

    Raises:
        PassphraseFileError: it does not hold one line of UTF-8.
    """
    from mediabridge.trust import passphrase as sources

    if descriptor not in context.descriptors:
        context.descriptors[descriptor] = sources.from_descriptor(descriptor)
    return context.descriptors[descriptor]


def one_key(key: Path | None, token: str | None) -> Path | TokenUri:
    """Return where the officer's key is: in the file *key*, or in a token.

    Raises:
        UsageError: neither or both were given, or *token* is no URI of a key in a token.
    """
    if (key is None) == (token is None):
        raise UsageError(detail=text("an officer's key is needed: either --key or --token"))
    return key if key is not None else token_key(token or "")


def all_keys(keys: Sequence[Path] | None, tokens: Sequence[str] | None) -> list[Path | TokenUri]:
    """Return where the keys of one person are: in files, in tokens, or in both.

    Raises:
        UsageError: none was given, or one of *tokens* is no URI of a key in a token.
    """
    found: list[Path | TokenUri] = [*(keys or ()), *map(token_key, tokens or ())]
    if not found:
        raise UsageError(detail=text("a key is needed: --key or --token"))
    return found


def token_key(uri: str) -> TokenUri:
    """Return which key in which token *uri* names.

    Raises:
        UsageError: it is no such URI.
    """
    from mediabridge.trust import token_uri

    try:
        return token_uri.parse(uri)
    except ValueError as error:
        raise UsageError(detail=f"--token: {error}") from None


def officer_key(context: Context, key: Path | TokenUri, file: Path | None) -> Signer:
    """Return the officer's key, opened with the passphrase or the PIN from *file*.

    Without *file* it comes from where passphrases come from; a training city keeps its own
    beside the folder of the keys.

    Raises:
        KeyFileError, PassphraseError, PassphraseFileError, TokenError: it cannot be opened.
        NotInteractiveError: nobody is there to be asked.
    """
    from mediabridge.trust import signers, tokens

    if isinstance(key, Path):
        return signers.open_signer(key, passphrases(context, file, key.parent.parent)(key.stem))
    return tokens.open_signer(key, passphrases(context, file, context.home))


def open_station(
    context: Context,
    file: Path | None = None,
    *,
    clerk: ClerkKey | None = None,
    source: PassphraseSource | None = None,
    show: Callable[[StateReport], None] | None = None,
) -> AgencyStation | LgwanStation | RegistryStation:
    """Return the station in the home folder, of the class of its role; use with ``with``.

    *clerk* is where the key of the person at the desk is, for what has to be signed. *source*
    takes the place of the usual places a passphrase comes from; *show* is told the states of a
    medium, which go to stderr otherwise.
    """
    return _class_of(context.home)(
        context.home,
        clock=context.clock,
        passphrases=source or passphrases(context, file, context.home),
        clerk=clerk,
        progress=context.progress,
        show=show or (lambda seen: context.show(seen.sentence)),
        opened=lambda opened: _warn(context, opened),
        account=context.desk.account if context.desk else None,
    )


def _class_of(home: Path) -> type[AgencyStation | LgwanStation | RegistryStation]:
    from mediabridge.stations.home import Home

    role = Home(home).config().role
    # The one does not load what the others need.
    if role == "lgwan":
        from mediabridge.stations.lgwan import LgwanStation

        return LgwanStation
    if role == "agency":
        from mediabridge.stations.agency import AgencyStation

        return AgencyStation
    from mediabridge.stations.registry import RegistryStation

    return RegistryStation


def _warn(context: Context, station: OpenStation) -> None:
    """Say what nobody may be surprised by: a clock that cannot be right, what runs out."""
    from mediabridge.stations.expiry import warnings_at

    doubt = station.clock.doubt()
    for warning in (*([doubt] if doubt else []), *warnings_at(station)):
        context.warn(warning)
