"""Whether a bundle may be recovered: what two officers signed, held against the bundle.

The statement is canonical JSON; each officer signs its exact bytes, in a namespace of its
own, so that neither an approval nor a statement about another bundle opens this one
(docs/format/escrow.md, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import unique
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mediabridge import canonical
from mediabridge.bundle.header import BundleId, Digest, Format, Timestamp
from mediabridge.bundle.stages import VerifiedBundle
from mediabridge.config import ESCROW_NEEDED, FORMAT
from mediabridge.errors import RecoveryNotApprovedError, RecoveryStatementError
from mediabridge.locale import n_, text
from mediabridge.locale.spoken import Spoken
from mediabridge.trust.fields import Domain
from mediabridge.trust.trust_data import TrustData
from mediabridge.validation import field_problems
from mediabridge.verify.signatures import check_officer, check_validity


@unique
class RecoveryReason(Spoken):
    """Why a bundle is opened with the escrow key: a closed list, which an auditor reads."""

    STATION_LOST = "STATION_LOST", n_("The receiving station is lost, stolen or destroyed.")
    RECIPIENT_KEY_LOST = "RECIPIENT_KEY_LOST", n_("The receiving station cannot use its key.")
    INVESTIGATION = "INVESTIGATION", n_("An incident is being investigated.")
    DISCLOSURE = "DISCLOSURE", n_("The law, or the person concerned, asks what was carried.")


class Statement(BaseModel):
    """What the officers sign; attribute names are the format's."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    format: Format
    city: Domain
    bundle: BundleId
    sums_sha256: Digest
    reason: Annotated[RecoveryReason, Field(strict=False)]
    time: Timestamp

    def dump(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical.dump(self.model_dump(mode="json"))


def statement_for(
    verified: VerifiedBundle, trust: TrustData, reason: RecoveryReason, time: str
) -> bytes:
    """Return the statement that *verified* is opened for *reason*, as it is signed."""
    return Statement(
        format=FORMAT,
        city=trust.city,
        bundle=verified.header.bundle,
        sums_sha256=verified.sums_sha256,
        reason=reason,
        time=time,
    ).dump()


def check_statement(
    data: bytes, signatures: Mapping[str, bytes], verified: VerifiedBundle, trust: TrustData
) -> dict[str, bytes]:
    """Return the signatures that let *verified* be opened, by the name of each officer.

    *signatures* are by the name that an error gives them.

    Raises:
        RecoveryStatementError: *data* is no statement, or is about another bundle or city.
        SignerUnknownError, SignerRoleError, SignerRevokedError, SignerExpiredError,
        SignerNotYetValidError, SignatureInvalidError, SignatureNamespaceError: one of the
            signatures does not count.
        RecoveryNotApprovedError: fewer than two different officers signed.
    """
    statement = _parse(data)
    _check_about(statement, verified, trust)
    counting = {}
    for name, signature in signatures.items():
        officer = check_officer(name, data, signature, trust, trust.recover_namespace)
        check_validity(officer, statement.time)
        counting[officer.name] = signature
    if len(counting) < ESCROW_NEEDED:
        raise RecoveryNotApprovedError(got=len(counting), wanted=ESCROW_NEEDED)
    return counting


def _parse(data: bytes) -> Statement:
    try:
        canonical.load(data)
        return Statement.model_validate_json(data)
    except ValidationError as error:
        raise RecoveryStatementError(detail=field_problems(error)) from None
    except ValueError as error:
        raise RecoveryStatementError(detail=str(error)) from None


def _check_about(statement: Statement, verified: VerifiedBundle, trust: TrustData) -> None:
    if statement.city != trust.city:
        raise RecoveryStatementError(detail=text("it is about another city"))
    about = (statement.bundle, statement.sums_sha256)
    if about != (verified.header.bundle, verified.sums_sha256):
        raise RecoveryStatementError(detail=text("it is about another bundle"))
