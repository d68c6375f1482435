"""A witness that lost what it had seen: its key goes, and another one begins anew.

What a witness key signs says: of all that I ever saw of this log, this is the largest. After its
station came from a backup, or lost its copy, that is not true of the old key any more. So the
station asks for another one (:func:`ask_for_witness`), a ceremony enters that in the trust data
and revokes the old one, and each station that takes the trust data over leaves an entry: whose
key went, how far it had seen this station's log, and which holders signed for it
(:mod:`~mediabridge.stations.retired`). From then on the peers take cosignatures of the new key
only, and show it their logs from the beginning, since no word of the new key says that it knows
any of them.
"""

from __future__ import annotations

from mediabridge.bundle import sshsig
from mediabridge.errors import UsageError
from mediabridge.locale import text
from mediabridge.stations.officers import own_signer
from mediabridge.stations.retired import digest
from mediabridge.stations.station import OpenStation
from mediabridge.translog import cosignature, note
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.trust import requests, signers
from mediabridge.trust.requests import Request


def ask_for_witness(station: OpenStation, *, operator: str) -> tuple[Request, bytes]:
    """Have another witness key here, and return the request for it, with its file.

    The old one stays in use until trust data names the new one. In a token a person made it, and
    the settings name it already.

    Raises:
        KeyFileError, PassphraseError, TokenError: a key cannot be opened, or not be written.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError, SignerUnknownError: nobody
            would believe what this station signs now.
        UsageError: the one in the token is the one that trust data names.
    """
    signer, config = own_signer(station), station.config
    made = _another(station, operator)
    request = requests.ask(
        request="witness",
        id=station.id,
        role=config.role,
        city=config.city,
        mode=config.mode,
        keys={
            "ssh": sshsig.openssh_key(signer.public_key),
            "witness": WitnessKey.of(made).encode(),
        },
        created=station.now(),
    )
    return request, requests.make(request, ssh=signer, witness=made)


def _another(station: OpenStation, operator: str) -> note.Signer:
    """Return a witness key that trust data does not name; the log has it before the disk."""
    name, keyring = cosignature.witness_of(station.config.city, station.id), station.keyring
    known = station.trust.station(station.id)
    if keyring.witness_in_token:
        made = keyring.witness_signer(name)
        if known is not None and WitnessKey.of(made).encode() == known.witness_key:
            detail = text(
                "the witness key is in a token: make another one there, name it in station.toml,"
                " and give this command again"
            )
            raise UsageError(detail=detail)
        _requested(station, operator, WitnessKey.of(made).encode())
        return made
    key = signers.new_witness_key(f"{station.id}-witness", name=name)
    _requested(station, operator, key.public)
    keyring.keep_next_witness(key)
    return signers.signer(key)


def _requested(station: OpenStation, operator: str, vkey: str) -> None:
    station.record(Event.WITNESS_KEY_REQUESTED, actor=operator, witness_sha256=digest(vkey))
