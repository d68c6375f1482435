"""Step 3: who signed, and whether they may (format 1, section 6).

Names, roles, keys, validity and the number of approvals come from trust data; the
bundle only claims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Final

from mediabridge.bundle import layout, sshsig
from mediabridge.clock import from_rfc3339
from mediabridge.errors import (
    ApprovalMissingError,
    ApprovalsTooFewError,
    SignatureNamespaceError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerRevokedError,
    SignerRoleError,
    SignerUnknownError,
)
from mediabridge.trust.trust_data import Duty, Person, Station, TrustData

RECIPIENT: Final = "recipient"
"""The member of the inner manifest that holds a signature, as a refusal names it."""


def check_station(sums: bytes, signatures: Mapping[str, bytes], trust: TrustData) -> Station:
    """Return the station whose signature on *sums* is good."""
    name = layout.STATION_SIGNATURE
    return _check_station(name, sums, signatures[name], trust, trust.bundle_namespace)


def check_backup(sums: bytes, signatures: Mapping[str, bytes], trust: TrustData) -> Station:
    """Return the station whose signature on the list of a backup is good."""
    name = layout.STATION_SIGNATURE
    return _check_station(name, sums, signatures[name], trust, trust.backup_namespace)


def check_recipient(message: bytes, data: bytes, trust: TrustData) -> Station:
    """Return the station whose signature *data* on the announcement of a recipient key is good."""
    return _check_station(RECIPIENT, message, data, trust, trust.recipient_namespace)


def _check_station(
    name: str, message: bytes, data: bytes, trust: TrustData, namespace: str
) -> Station:
    holder = _check_one(name, message, data, trust, namespace)
    if not isinstance(holder, Station):
        raise SignerRoleError(
            signer=holder.label, got=Duty.of(holder.role), name=name, wanted=Duty.STATION
        )
    return holder


def check_approvals(
    sums: bytes, signatures: Mapping[str, bytes], trust: TrustData
) -> tuple[Person, ...]:
    """Return the officers whose approvals of *sums* are good, each once, sorted by name."""
    names = sorted(name for name in signatures if layout.approver(name))
    return tuple(check_approval(name, sums, signatures[name], trust) for name in names)


def check_count(approvers: Sized, needed: int) -> None:
    """Refuse fewer *approvers*, each a person once, than *needed*.

    Raises:
        ApprovalMissingError: nobody approved though somebody has to.
        ApprovalsTooFewError: some, but not enough people approved.
    """
    if needed and not approvers:
        raise ApprovalMissingError(wanted=needed)
    if len(approvers) < needed:
        raise ApprovalsTooFewError(got=len(approvers), wanted=needed)


def check_validity(holder: Station | Person, created: str) -> None:
    """Refuse a key that was not valid when the bundle was made.

    The bundle's own time is taken, not the reader's: a bundle does not become bad by
    lying in a drawer while a key is renewed. So an expired key could back-date a bundle;
    a key that may be in wrong hands has to be revoked (threat model, C28).

    Raises:
        SignerNotYetValidError, SignerExpiredError: before its first or after its last day.
    """
    at = from_rfc3339(created)
    if at < from_rfc3339(holder.valid_from):
        raise SignerNotYetValidError(signer=holder.label, got=created, wanted=holder.valid_from)
    if at > from_rfc3339(holder.valid_until):
        raise SignerExpiredError(signer=holder.label, got=created, wanted=holder.valid_until)


def check_approval(name: str, sums: bytes, data: bytes, trust: TrustData) -> Person:
    """Return the officer whose good approval of *sums* is the file *name*, which holds *data*."""
    officer = check_officer(name, sums, data, trust, trust.approve_namespace)
    # The file name is only a claim: one officer must not count twice under two names.
    if officer.name != layout.approver(name):
        raise SignerRoleError(
            signer=officer.name, got=officer.name, name=name, wanted=layout.approver(name)
        )
    return officer


def check_officer(
    name: str, message: bytes, data: bytes, trust: TrustData, namespace: str
) -> Person:
    """Return the officer whose good signature on *message* is *data*, the file *name*."""
    holder = _check_one(name, message, data, trust, namespace)
    if not isinstance(holder, Person) or holder.role != "officer":
        raise SignerRoleError(
            signer=holder.label, got=Duty.of(holder.role), name=name, wanted=Duty.OFFICER
        )
    return holder


def check_person_is(
    wanted: str, *, name: str, message: bytes, data: bytes, trust: TrustData, namespace: str
) -> Person:
    """Return the person *wanted* whose good signature on *message* is *data*, called *name*."""
    holder = _check_one(name, message, data, trust, namespace)
    if not isinstance(holder, Person):
        raise SignerRoleError(
            signer=holder.label, got=Duty.of(holder.role), name=name, wanted=Duty.CLERK
        )
    if holder.name != wanted:
        raise SignerRoleError(signer=holder.name, got=holder.name, name=name, wanted=wanted)
    return holder


def _check_one(
    name: str, sums: bytes, data: bytes, trust: TrustData, namespace: str
) -> Station | Person:
    signature = sshsig.parse(data, name=name)
    fingerprint = sshsig.fingerprint(signature.public_key)
    holder = trust.holder_of(fingerprint)
    if holder is None:
        raise SignerUnknownError(name=name, fingerprint=fingerprint)
    if trust.is_revoked(fingerprint):
        raise SignerRevokedError(signer=holder.label, name=name)
    if signature.namespace != namespace:
        raise SignatureNamespaceError(name=name, got=signature.namespace[:100], wanted=namespace)
    signature.verify(sums, name=name)
    return holder
