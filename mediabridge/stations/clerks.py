"""Who is at the desk, and what that person signs: having prepared, carried, received a bundle.

At a live station nobody seals, writes or takes in a bundle without the own key; who that is
says the trust data, not what was typed. In training a name is enough, and a key is used where
one is given. Each signature goes into the transfer log with the entry that precedes the effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediabridge.errors import (
    AccountDiffersError,
    ClerkDiffersError,
    ClerkKeyMissingError,
    StaffNumberUnknownError,
    UsageError,
)
from mediabridge.locale import text
from mediabridge.stations.station import OpenStation

if TYPE_CHECKING:
    from mediabridge.accounts import Role
    from mediabridge.bundle.statements import Deed, InHand
    from mediabridge.translog.events import Fact
    from mediabridge.trust.signers import Signer


@dataclass(frozen=True)
class AtDesk:
    """The person who does something at a station."""

    name: str
    signer: Signer | None = None
    """The own key, opened; None only in training."""


def at_desk(station: OpenStation, name: str | None) -> AtDesk:
    """Return who is at the desk: whoever's key it is, and the person called *name* if one is.

    Call it before anything is done: it asks for the PIN.

    Raises:
        ClerkKeyMissingError: the station is live, and nothing says where the key is.
        ClerkDiffersError: it is the key of somebody else than was named.
        UsageError: in training, nobody of that name, or several clerks and none named.
        SignerUnknownError, SignerRoleError: the key is not that of a person of this city.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError: it does not count.
        KeyFileError, PassphraseError, TokenError: it cannot be opened.
    """
    signer = station.clerk_signer(name)
    if signer is None:
        if station.config.mode == "live":
            raise ClerkKeyMissingError
        return AtDesk(station.operator(name))
    # Looking at a station needs nobody's key.
    from mediabridge.stations.officers import person_of  # noqa: PLC0415

    person = person_of(station, signer)
    if name not in (None, person.name):
        raise ClerkDiffersError(got=person.name, wanted=name)
    return AtDesk(person.name, signer)


def require_known(station: OpenStation, name: str) -> None:
    """Accept the *name* of somebody whom trust data knows, before a key is asked for.

    Raises:
        StaffNumberUnknownError: there is nobody of that name.
    """
    if name not in [person.label for person in station.seen_trust.people]:
        raise StaffNumberUnknownError


def require_account(
    station: OpenStation, name: str, *, account: str | None, role: Role | None
) -> None:
    """Accept *name*, whom trust data knows, at a screen in the *account* of a *role*.

    Of an account that is for all, both are None. One that is called like a person of the trust
    data is that person's; each is for people of its role.

    Raises:
        AccountDiffersError: it is somebody else's, or for another role.
    """
    roles = {person.label: person.role for person in station.seen_trust.people}
    if account in roles and account != name:
        detail = text("this account is that of {account}", account=account)
        raise AccountDiffersError(name=name, detail=detail)
    if role is not None and roles.get(name) != role.value:
        detail = text("this account is for a {role}", role=text(role.sentence))
        raise AccountDiffersError(name=name, detail=detail)


def asks_for_key(station: OpenStation) -> bool:
    """Tell whether nobody works here without the own key: in training a name is enough."""
    return station.config.mode == "live"


def collector(station: OpenStation, name: str | None) -> str:
    """Return who takes a file in, which leaves with what somebody signs for later.

    At a live station that is the station: a typed name would prove nothing.

    Raises:
        UsageError: a name at a live station; or in training, as :func:`at_desk`.
    """
    if station.config.mode != "live":
        return station.operator(name)
    if name is not None:
        detail = text("at a live station a name alone says nothing: leave --operator out")
        raise UsageError(detail=detail)
    return station.id


def signed(station: OpenStation, clerk: AtDesk, deed: Deed, statement: bytes) -> str | None:
    """Return the signature of *clerk* on *statement*; None where there is no key, in training.

    Raises:
        SignerUnknownError, SignerRevokedError, SignerExpiredError: newer trust data came in
            meanwhile, and the key counts no more.
        TokenError: the token is gone.
    """
    if clerk.signer is None:
        return None
    from mediabridge.bundle import sshsig  # noqa: PLC0415 - as above
    from mediabridge.bundle.statements import statement_namespace  # noqa: PLC0415
    from mediabridge.stations.officers import person_of  # noqa: PLC0415

    person_of(station, clerk.signer)
    namespace = statement_namespace(deed, station.config.city)
    return sshsig.sign(statement, namespace=namespace, signer=clerk.signer).decode("ascii")


def custody_facts(
    station: OpenStation, clerk: AtDesk, deed: Deed, what: InHand
) -> Mapping[str, Fact]:
    """Return what the log keeps of *clerk* having carried or received *what*.

    Raises:
        MediabridgeError: as :func:`signed`.
    """
    from mediabridge.bundle.statements import in_hand  # noqa: PLC0415 - as above

    signature = signed(station, clerk, deed, in_hand(deed, clerk.name, what))
    return {} if signature is None else {"signature": signature}
