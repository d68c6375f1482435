"""Step 7: who prepared the bundle, by that person's own signature (format 1, section 7.1)."""

from __future__ import annotations

from collections.abc import Collection

from mediabridge.bundle.header import Header
from mediabridge.bundle.manifest import Manifest
from mediabridge.bundle.statements import Deed, prepared_of, statement_namespace
from mediabridge.errors import NotPreparedError, SamePersonError
from mediabridge.trust.trust_data import TrustData
from mediabridge.verify.signatures import check_person_is, check_validity


def check_prepared(
    manifest: Manifest, header: Header, trust: TrustData, approvers: Collection[str]
) -> None:
    """Accept that the ``operator`` prepared the bundle of *header*, and none of *approvers*.

    In a live city that rests on the own signature, never on the name alone.

    Raises:
        NotPreparedError: nobody signed, and the city is live.
        SignatureMalformedError, SignatureNamespaceError, SignatureInvalidError: not such a
            signature, or not about this bundle.
        SignerUnknownError, SignerRevokedError, SignerRoleError: of nobody who may sign it, or
            of somebody else than the ``operator``.
        SignerExpiredError, SignerNotYetValidError: the key was not valid when it was made.
        SamePersonError: whoever prepared the bundle also approved it.
    """
    if manifest.prepared is not None:
        statement = prepared_of(manifest.operator, header)
        made_by(manifest.operator, statement, manifest.prepared, trust, at=header.created)
    elif trust.mode == "live":
        raise NotPreparedError(person=manifest.operator)
    if manifest.operator in approvers:
        raise SamePersonError(person=manifest.operator)


def made_by(operator: str, statement: bytes, signature: str, trust: TrustData, *, at: str) -> None:
    """Accept *signature* only as that of *operator* on *statement*, of having prepared a bundle.

    *at* is when the bundle was made.

    Raises:
        BundleError: as :func:`check_prepared`.
    """
    person = check_person_is(
        operator,
        name=Deed.PREPARED,
        message=statement,
        data=signature.encode("utf-8"),
        trust=trust,
        namespace=statement_namespace(Deed.PREPARED, trust.city),
    )
    check_validity(person, at)
