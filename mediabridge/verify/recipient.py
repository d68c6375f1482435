"""Step 7: the recipient key that a bundle announces (format 1, section 12).

It comes in a bundle that the same station signed. By its own signature, in a purpose of its own,
it can be kept and shown without the bundle; and no other signature can be taken for it.
"""

from __future__ import annotations

from mediabridge.bundle.announcement import SignedAnnouncement
from mediabridge.bundle.header import Header
from mediabridge.errors import RecipientKeyInvalidError
from mediabridge.locale import n_, text
from mediabridge.trust.trust_data import TrustData
from mediabridge.verify.signatures import check_recipient


def check_recipient_key(
    header: Header, signed: SignedAnnouncement | None, trust: TrustData
) -> None:
    """Accept the announcement of a bundle's sender for a bundle's receiver; None is none.

    Raises:
        SignatureMalformedError, SignatureInvalidError, SignatureNamespaceError: not a signature
            of this purpose on these bytes.
        SignerUnknownError, SignerRevokedError, SignerRoleError: not by a station that counts.
        RecipientKeyInvalidError: by or for another station, of another mode, or with a number
            that no bundle had yet.
    """
    if signed is None:
        return
    found = signed.announcement
    signer = check_recipient(found.to_bytes(), signed.signature.encode(), trust)
    agrees = {
        n_("another station signed it"): signer.id == found.station,
        n_("it is of another station"): found.station == header.route.sender,
        n_("it is for another station"): found.sender == header.route.receiver,
        n_("it is of another mode"): found.mode == header.mode,
        n_("its number is higher than the bundle's"): found.number <= header.seq,
    }
    for problem, holds in agrees.items():
        if not holds:
            raise RecipientKeyInvalidError(detail=text(problem))
