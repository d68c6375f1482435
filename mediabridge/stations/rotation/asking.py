"""A station asks the ceremony for another recipient key, and for nothing else.

Needed where the keys do not rotate any more: a station that came from a backup older than the
newest key, or one whose opened keys somebody may have seen while its signing key is safe.
"""

from __future__ import annotations

from mediabridge.bundle import sshsig
from mediabridge.stations.officers import own_signer
from mediabridge.stations.rotation import own
from mediabridge.stations.station import OpenStation
from mediabridge.trust import requests
from mediabridge.trust.requests import Request


def ask_for_key(station: OpenStation, *, operator: str) -> tuple[Request, bytes]:
    """Make a recipient key here, and return the request for it, with its file.

    The key opens from now on, and older ones go on doing so until bundles arrive that were
    sealed to it: that is when its senders have the trust data that names it.

    Raises:
        KeyFileError, PassphraseError, TokenError: a key cannot be opened, or not be written.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError, SignerUnknownError: nobody
            would believe what this station signs now.
    """
    signer, config = own_signer(station), station.config
    made = own.new_trusted_key(station, operator=operator)
    request = requests.ask(
        request="recipient",
        id=station.id,
        role=config.role,
        city=config.city,
        mode=config.mode,
        keys={"ssh": sshsig.openssh_key(signer.public_key), "recipient": made.public},
        created=station.now(),
    )
    return request, requests.make(request, ssh=signer)
