"""The private keys a station works with, each from its key file or a token, as settings say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.durable import move_durably
from mediabridge.errors import KeyFileError, TokenKeyError
from mediabridge.locale import text
from mediabridge.stations import settings
from mediabridge.stations.home import Home
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.trust import keyfile, signers, tokens
from mediabridge.trust.keyfile import STANDARD_COST, Cost, StoredKey
from mediabridge.trust.passphrase import PassphraseSource
from mediabridge.trust.ring import Ring
from mediabridge.trust.signers import Signer
from mediabridge.trust.token_uri import TokenUri

_ED25519_BYTES: Final = 32


@dataclass(frozen=True)
class ClerkKey:
    """Where the key of the person at the desk is, and who knows its passphrase or PIN."""

    passphrases: PassphraseSource
    place: Path | TokenUri | None = None
    """None: where the settings say."""


def open_signer(place: Path | TokenUri, passphrases: PassphraseSource) -> Signer:
    """Return somebody's key, from its file or a token.

    Raises:
        KeyFileError, PassphraseError, TokenError: it cannot be opened.
    """
    if isinstance(place, Path):
        return signers.open_signer(place, passphrases(place.stem))
    return tokens.open_signer(place, passphrases)


def require_named(signer: Signer, wanted: str) -> None:
    """See that *signer* is the witness that trust data names.

    Raises:
        KeyFileError: it is another one.
    """
    if WitnessKey.of(signer).encode() != wanted:
        detail = text(
            "it is not the witness key that the trust data names; have another one entered:"
            " mediabridge station witness"
        )
        raise KeyFileError(name=signer.name, detail=detail)


class Keyring:
    """Opens the keys of one station; each is opened when it is asked for."""

    def __init__(self, home: Home, station: str, passphrases: PassphraseSource) -> None:
        """Prepare to open the keys of *station*; PINs come from *passphrases*, too.

        Raises:
            SettingsError: the settings cannot be used.
        """
        self._home = home
        self._station = station
        self._passphrases = passphrases
        found = settings.load(home.settings_file)
        self._places = found.keys
        self._clerks = found.clerks

    def keep(self, new: Iterable[StoredKey], *, cost: Cost = STANDARD_COST) -> None:
        """Write the key files of a new station; what its settings put into a token gets none.

        Raises:
            KeyFileError, TokenError: one cannot be written, or not be wrapped.
        """
        in_token = self._places.by_id(self._station)
        for key in new:
            path = self._path(key.id)
            if key.kind == "hpke-mlkem1024p384" and self._places.recipient is not None:
                wrap = tokens.open_wrap(self._places.recipient, self._passphrases)
                keyfile.save_wrapped(path, key, wrap, replace=True)
            elif key.id not in in_token:
                passphrase = self._passphrases(key.id)
                keyfile.save(path, key, passphrase, cost=cost, replace=True)

    def signer(self) -> Signer:
        """Return the key for bundles.

        Raises:
            KeyFileError, PassphraseError, TokenError: it cannot be opened.
        """
        if self._places.station is not None:
            return tokens.open_signer(self._places.station, self._passphrases)
        return self._from_file(self._station)

    def log_signer(self, origin: str) -> Signer:
        """Return the key for the transfer log, whose checkpoints bear the name *origin*.

        Raises:
            KeyFileError, PassphraseError, TokenError: it cannot be opened, or is not Ed25519.
        """
        return self._signer_of_notes(self._places.log, f"{self._station}-log", origin)

    def witness_signer(self, name: str, wanted: str | None = None) -> Signer:
        """Return the key that cosigns the logs of others under *name*.

        *wanted* is the one that trust data names; another one is not given out, since the peers
        would refuse what it signs. None: there is no trust data yet.

        Raises:
            KeyFileError, PassphraseError, TokenError: it cannot be opened, or is not Ed25519, or
                not the one that is *wanted*.
        """
        self.settle_witness(wanted)
        signer = self._signer_of_notes(self._places.witness, f"{self._station}-witness", name)
        if wanted is not None:
            require_named(signer, wanted)
        return signer

    def keep_next_witness(self, key: StoredKey) -> None:
        """Write a witness key beside the one in use, in the place of one that waited.

        Raises:
            KeyFileError: it cannot be written.
        """
        passphrase = self._passphrases(key.id)
        keyfile.save(self._next_witness, key, passphrase, cost=STANDARD_COST, replace=True)

    def settle_witness(self, wanted: str | None) -> None:
        """Let the key beside take the place of the witness key in use, if it is the *wanted* one.

        The old one is gone with that. Nothing happens where it is not, none waits, or the one in
        use is in a token.
        """
        beside = self._next_witness
        if (
            not self.witness_in_token
            and beside.exists()
            and keyfile.describe(beside).public == wanted
        ):
            move_durably(beside, self._path(f"{self._station}-witness"))

    @property
    def witness_in_token(self) -> bool:
        """Whether the witness key is in a token."""
        return self._places.witness is not None

    @property
    def _next_witness(self) -> Path:
        return self._path(f"{self._station}-witness-next")

    def recipient_keys(self) -> Ring:
        """Return the keys that open bundles.

        Raises:
            KeyFileError, PassphraseError, TokenError: they cannot be opened.
        """
        key_id = f"{self._station}-recipient"
        if self._places.recipient is None:
            return Ring(keyfile.load_kept(self._path(key_id), self._passphrases(key_id)))
        wrap = tokens.open_wrap(self._places.recipient, self._passphrases)
        return Ring(keyfile.load_wrapped_kept(self._path(key_id), wrap))

    def clerk_signer(self, clerk: ClerkKey | None, name: str | None) -> Signer | None:
        """Return the key of the person at the desk; None where nothing says where it is.

        Without *clerk* it is where the settings say, and without a *name* that of the only
        person in them.

        Raises:
            KeyFileError, PassphraseError, TokenError: it cannot be opened.
        """
        clerk = clerk or ClerkKey(self._passphrases)
        place = clerk.place or self._place_of(name)
        if place is None:
            return None
        return open_signer(place, clerk.passphrases)

    def _place_of(self, name: str | None) -> Path | TokenUri | None:
        if name is not None or len(self._clerks) != 1:
            return self._clerks.get(name or "")
        return next(iter(self._clerks.values()))

    def _signer_of_notes(self, place: TokenUri | None, key_id: str, name: str) -> Signer:
        if place is None:
            return self._from_file(key_id)
        signer = tokens.open_signer(place, self._passphrases, name=name)
        if len(signer.public_key) != _ED25519_BYTES:
            detail = text("logs are signed, and cosigned, with Ed25519 only")
            raise TokenKeyError(key=place.key, token=place.token, detail=detail)
        return signer

    def _from_file(self, key_id: str) -> Signer:
        return signers.open_signer(self._path(key_id), self._passphrases(key_id))

    def _path(self, key_id: str) -> Path:
        return self._home.keys / f"{key_id}.json"
