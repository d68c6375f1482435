"""Whether an officer of this city vouches for a stick (medium.md, section 2).

The stick's own files only claim. Who may sign, and whose key must not be believed any
more, comes from trust data.
"""

from __future__ import annotations

from typing import Final

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.medium import MediumIdentity, medium_namespace, parse_identity
from mediabridge.clock import from_rfc3339
from mediabridge.errors import (
    SignatureInvalidError,
    SignatureMalformedError,
    UnregisteredMediumError,
)
from mediabridge.locale import n_, translate
from mediabridge.trust.trust_data import Person, TrustData

_OTHER_MODE: Final = {
    "live": n_("it is registered for live work, not for training"),
    "training": n_("it is registered for training, not for live work"),
}


def verify_identity(data: bytes, signature: bytes, trust: TrustData) -> MediumIdentity:
    """Return what medium.json says, when an officer of this city signed exactly these bytes.

    Raises:
        UnregisteredMediumError: nobody who may signed it; the detail says why.
    """
    signed = _signature(data, signature, trust)  # 1
    # A good signature by anybody is easily had: nothing of a stranger's document is parsed.
    officer = _officer(signed, trust)  # 2
    identity = parse_identity(data)  # 3
    if identity.city != trust.city:
        raise _refusal(n_("it belongs to another city"))
    if identity.mode != trust.mode:
        raise _refusal(_OTHER_MODE[identity.mode])
    if officer.name != identity.registered_by:
        raise _refusal(n_("it is signed by somebody else than it says"))
    # The key may have run out since: a stick does not become bad by lying in a drawer.
    valid = from_rfc3339(officer.valid_from), from_rfc3339(officer.valid_until)
    if not valid[0] <= from_rfc3339(identity.registered) <= valid[1]:
        raise _refusal(n_("the officer's key was not valid on the day of registration"))
    return identity


def _signature(data: bytes, signature: bytes, trust: TrustData) -> sshsig.SshSignature:
    """Check the signature itself before anything of what it covers is read."""
    name = layout.MEDIUM_SIGNATURE
    try:
        parsed = sshsig.parse(signature, name=name)
        if parsed.namespace != medium_namespace(trust.city):
            raise _refusal(n_("its signature was made for another purpose or city"))
        parsed.verify(data, name=name)
    except SignatureMalformedError:
        raise _refusal(n_("its signature is damaged")) from None
    except SignatureInvalidError:
        raise _refusal(n_("medium.json was changed after it was signed")) from None
    return parsed


def _officer(signed: sshsig.SshSignature, trust: TrustData) -> Person:
    fingerprint = sshsig.fingerprint(signed.public_key)
    holder = trust.holder_of(fingerprint)
    if trust.is_revoked(fingerprint):
        raise _refusal(n_("the key that signed it was revoked"))
    if not isinstance(holder, Person) or holder.role != "officer":
        raise _refusal(n_("it is not signed by an officer of this city"))
    if not trust.registers_media(holder):
        raise _refusal(n_("the officer who signed it may not register media"))
    return holder


def _refusal(detail: str) -> UnregisteredMediumError:
    return UnregisteredMediumError(detail=translate(detail))
