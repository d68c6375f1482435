r"""The trust data in the files that OpenSSH's own ``ssh-keygen -Y verify`` reads.

An officer with nothing but OpenSSH can check a bundle folder::

    ssh-keygen -Y verify -f allowed_signers -r revoked_keys -I lgwan-01 \
        -n mediabridge-bundle-v1@<city> -s SHA256SUMS.station.sig < SHA256SUMS
"""

from __future__ import annotations

from mediabridge import clock
from mediabridge.bundle.medium import medium_namespace
from mediabridge.bundle.statements import Deed, statement_namespace
from mediabridge.trust import keytext
from mediabridge.trust.trust_data import Person, Station, TrustData


def allowed_signers(trust: TrustData) -> str:
    """Return the ``allowed_signers`` file: who may sign what, and when.

    Stations may sign bundles and backups of themselves, officers approvals, recoveries, what is
    to be installed and who a medium is, officers and clerks what they prepared, carried and
    received, each in the namespaces of those purposes only. Media are for those officers whom
    the trust data lets register them. Revoked keys are left out.
    """
    stations = f"{trust.bundle_namespace},{trust.backup_namespace}"
    entries: list[tuple[Station | Person, str]] = [
        *((station, stations) for station in trust.stations),
        *((person, _of_person(trust, person)) for person in trust.people),
    ]
    return "".join(
        _line(holder, namespaces)
        for holder, namespaces in entries
        if not trust.is_revoked(keytext.fingerprint(holder.key))
    )


def revoked_keys(trust: TrustData) -> str:
    """Return the revoked public keys, one a line, for ``ssh-keygen -Y verify -r``.

    The trust data names revoked keys by fingerprint; a key whose holder is no
    longer listed cannot be written out, and needs not: no allowed signer has it.
    """
    holders = (trust.holder_of(each.key) for each in trust.revoked)
    return "".join(f"{holder.key}\n" for holder in holders if holder is not None)


def _of_person(trust: TrustData, person: Person) -> str:
    purposes = [statement_namespace(deed, trust.city) for deed in Deed]
    if person.role == "officer":
        purposes += [trust.approve_namespace, trust.recover_namespace, trust.void_namespace]
        purposes.append(trust.install_namespace)
    if trust.registers_media(person):
        purposes.append(medium_namespace(trust.city))
    return ",".join(purposes)


def _line(holder: Station | Person, namespaces: str) -> str:
    options = (
        f'namespaces="{namespaces}"',
        f'valid-after="{_timestamp(holder.valid_from)}"',
        f'valid-before="{_timestamp(holder.valid_until)}"',
    )
    return f"{holder.label} {','.join(options)} {holder.key}\n"


def _timestamp(instant: str) -> str:
    return clock.from_rfc3339(instant).strftime("%Y%m%d%H%M%SZ")
