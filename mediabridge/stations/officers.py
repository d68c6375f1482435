"""Whose key it is: a person of this city, or this station, by the trust data in force."""

from __future__ import annotations

from mediabridge.bundle import layout, sshsig
from mediabridge.errors import (
    MediaNotAllowedError,
    NotForRoleError,
    SignerRevokedError,
    SignerRoleError,
    SignerUnknownError,
)
from mediabridge.locale import text
from mediabridge.stations.expiry import check_trust_in_time
from mediabridge.stations.station import OpenStation
from mediabridge.trust.signers import Signer
from mediabridge.trust.trust_data import Duty, Person, Station
from mediabridge.verify.signatures import check_validity


def officer_of(station: OpenStation, officer: Signer, *, also_at: str | None = None) -> Person:
    """Return the officer of the trust data whose key was opened, and counts now.

    *also_at* is another time at which it has to be valid, as when the bundle was made.

    Raises:
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError: it does not count.
        TrustInvalidError: the trust data has run out.
    """
    holder = _holder_of(station, officer)
    if not isinstance(holder, Person) or holder.role != "officer":
        raise SignerRoleError(
            signer=holder.label,
            got=Duty.of(holder.role),
            name=text("an approval"),
            wanted=Duty.OFFICER,
        )
    check_validity(holder, station.now())
    if also_at is not None:
        check_validity(holder, also_at)
    return holder


def require_officer(station: OpenStation, name: str, command: str) -> None:
    """Accept *name*, whom trust data knows, for a *command* of officers, before a key is asked for.

    Raises:
        NotForRoleError: it is somebody else's number; nobody has typed a PIN for nothing.
    """
    duty = Duty.of(next(each.role for each in station.seen_trust.people if each.label == name))
    if duty is not Duty.OFFICER:
        role, whose = (text(each.sentence) for each in (duty, Duty.OFFICER))
        raise NotForRoleError(command=command, role=role, whose=whose)


def person_of(station: OpenStation, signer: Signer) -> Person:
    """Return the person of the trust data, clerk or officer, whose key was opened and counts now.

    Raises:
        SignerUnknownError, SignerRoleError: the key is not that of a person.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError: it does not count.
        TrustInvalidError: the trust data has run out.
    """
    holder = _holder_of(station, signer)
    if not isinstance(holder, Person):
        raise SignerRoleError(
            signer=holder.label,
            got=Duty.of(holder.role),
            name=text("what somebody does at the desk"),
            wanted=Duty.CLERK,
        )
    check_validity(holder, station.now())
    return holder


def _holder_of(station: OpenStation, signer: Signer) -> Person | Station:
    check_trust_in_time(station)
    fingerprint = sshsig.fingerprint(signer.public_key)
    holder = station.trust.holder_of(fingerprint)
    if holder is None:
        raise SignerUnknownError(name=signer.id, fingerprint=fingerprint)
    if station.trust.is_revoked(fingerprint):
        raise SignerRevokedError(signer=holder.label, name=signer.id)
    return holder


def registrar_of(station: OpenStation, officer: Signer) -> Person:
    """Return the officer whose key was opened, and who may say who a medium is.

    Raises:
        MediaNotAllowedError: an officer, but none of those who register media.
        SignerUnknownError, SignerRoleError, SignerRevokedError: as :func:`officer_of`.
        SignerExpiredError, SignerNotYetValidError, TrustInvalidError: as :func:`officer_of`.
    """
    person = officer_of(station, officer)
    if not station.trust.registers_media(person):
        wanted = ", ".join(station.trust.media_officers)
        raise MediaNotAllowedError(person=person.name, wanted=wanted)
    return person


def own_signer(station: OpenStation) -> Signer:
    """Return the key this station signs bundles with, which everybody will accept now.

    Raises:
        SignerUnknownError: trust data has another key for this station, or none.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError: it does not count.
        TrustInvalidError: the trust data has run out.
    """
    check_trust_in_time(station)
    signer = station.signer
    fingerprint = sshsig.fingerprint(signer.public_key)
    holder = station.trust.holder_of(fingerprint)
    if holder is None or holder.label != station.id:
        raise SignerUnknownError(name=layout.STATION_SIGNATURE, fingerprint=fingerprint)
    if station.trust.is_revoked(fingerprint):
        raise SignerRevokedError(signer=station.id, name=layout.STATION_SIGNATURE)
    check_validity(holder, station.now())
    return signer
