"""Whose key it is: an officer of this city, by the trust data in force."""

from __future__ import annotations

from mediabridge.bundle import sshsig
from mediabridge.errors import SignerRoleError, SignerUnknownError
from mediabridge.stations.station import OpenStation
from mediabridge.trust.signers import Signer
from mediabridge.trust.trust_data import Person


def officer_of(station: OpenStation, officer: Signer) -> Person:
    """Return the officer of the trust data whose key was opened.

    Raises:
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
    """
    fingerprint = sshsig.fingerprint(officer.public_key)
    holder = station.trust.holder_of(fingerprint)
    if holder is None or station.trust.is_revoked(fingerprint):
        raise SignerUnknownError(name=officer.id, fingerprint=fingerprint)
    if not isinstance(holder, Person) or holder.role != "officer":
        raise SignerRoleError(
            signer=holder.label, got=holder.role, name="approval", wanted="officer"
        )
    return holder
