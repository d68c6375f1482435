"""Numbers that will never come: what the officers of the sender signed, held against trust data.

A number of a route is passed only by its bundle or by such a statement; there is no third
way. It is canonical JSON; each officer signs its exact bytes in a namespace of its own, so that
neither an approval nor the statement of a recovery passes for one (docs/format/void.md).
What a statement does to a route is decided in :mod:`mediabridge.verify.order`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import unique
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mediabridge import canonical
from mediabridge.bundle import layout
from mediabridge.bundle.header import Digest, Format, Route, Timestamp
from mediabridge.config import VOID_OFFICERS_LIVE
from mediabridge.errors import VoidNotApprovedError, VoidStatementError
from mediabridge.locale import n_, text
from mediabridge.locale.spoken import Spoken
from mediabridge.trust import keytext
from mediabridge.trust.fields import Domain
from mediabridge.trust.trust_data import TrustData
from mediabridge.validation import field_problems
from mediabridge.verify.order import RouteState, Void
from mediabridge.verify.signatures import check_officer, check_validity

Number = Annotated[int, Field(ge=1, le=2**31)]


@unique
class VoidReason(Spoken):
    """Why numbers are void: a closed list, which an auditor reads."""

    STATION_RESTORED = (
        "STATION_RESTORED",
        n_("The sending station came from an old backup and does not have them any more."),
    )
    MEDIUM_LOST = "MEDIUM_LOST", n_("The medium they were on is lost.")
    UNREADABLE = "UNREADABLE", n_("The receiver cannot read them, or they are out of date.")
    WRONG_CONTENT = "WRONG_CONTENT", n_("They hold something that must not be applied.")


class LogHead(BaseModel):
    """Up to where the log of a restored sender is the one that it had before."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    # Upwards the canonical form has a limit of its own.
    size: Annotated[int, Field(ge=1)]
    root: Digest


class VoidStatement(BaseModel):
    """What the officers sign; attribute names are the format's."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    format: Format
    city: Domain
    mode: Literal["live", "training"]
    route: Route
    first: Number
    last: Number
    replaced_by: Annotated[int, Field(ge=0, le=2**31)]
    """The number that carries their content again, or that the sender continues with; 0: none."""
    prev: Digest
    """``prev`` of the number after *last*: the head of the chain that is continued."""
    log: LogHead | None
    """Of a restored sender only."""
    reason: Annotated[VoidReason, Field(strict=False)]
    time: Timestamp

    def dump(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical.dump(self.model_dump(by_alias=True))

    @property
    def on_route(self) -> Void:
        """What it does to the order of its route."""
        return Void(self.first, self.last, self.replaced_by, self.prev)


@dataclass(frozen=True)
class SignedVoid:
    """A statement and the signatures on it, each by the name of its officer."""

    statement: VoidStatement
    data: bytes
    signatures: Mapping[str, bytes]


def officers_needed(trust: TrustData, route: Route) -> int:
    """Return how many officers have to sign that numbers of *route* are void.

    As many as approve a bundle of the route, and at least one. In live at least two, where
    the trust data has two whose keys are not revoked: to pass a number over is more than
    to approve one.
    """
    rule = trust.route(route.sender, route.receiver)
    officers = sum(
        person.role == "officer" and not trust.is_revoked(keytext.fingerprint(person.key))
        for person in trust.people
    )
    least = [1]
    if rule is not None:
        least.append(rule.approvals)
    if trust.mode == "live":
        least.append(min(VOID_OFFICERS_LIVE, officers))
    return max(least)


def check_statement(data: bytes, signatures: Mapping[str, bytes], trust: TrustData) -> SignedVoid:
    """Return the statement *data*, which enough officers signed.

    *signatures* are by what an error calls each of them; the outcome has them by officer.

    Raises:
        VoidStatementError: *data* is no statement, or is of another city or mode, or about no
            route of this city.
        SignerUnknownError, SignerRoleError, SignerRevokedError, SignerExpiredError,
        SignerNotYetValidError, SignatureInvalidError, SignatureNamespaceError: one of the
            signatures does not count.
        VoidNotApprovedError: fewer different officers than it takes.
    """
    statement = parse_statement(data)
    _check_about(statement, trust)
    counting = {}
    for name, signature in signatures.items():
        officer = check_officer(name, data, signature, trust, trust.void_namespace)
        check_validity(officer, statement.time)
        counting[officer.name] = signature
    needed = officers_needed(trust, statement.route)
    if len(counting) < needed:
        raise VoidNotApprovedError(got=len(counting), wanted=needed)
    return SignedVoid(statement, data, counting)


def check_carried(
    files: Mapping[str, bytes], route: Route, trust: TrustData
) -> tuple[SignedVoid, ...]:
    """Return the statements that a bundle of *route* carries, by number; every one has to hold.

    *files* are those of its folder that belong to statements, by name.

    Raises:
        VoidStatementError: a signature without its statement, a name that does not fit, or a
            statement about another route; otherwise as :func:`check_statement`.
    """
    found = []
    for name in sorted(name for name in files if layout.is_void_statement(name)):
        signatures = {each: files[each] for each in files if layout.void_of_signature(each) == name}
        signed = check_statement(files[name], signatures, trust)
        statement = signed.statement
        if name != layout.void_name(statement.first, statement.last):
            raise VoidStatementError(detail=text("its name is not that of its numbers"))
        if statement.route != route:
            raise VoidStatementError(detail=text("it is about another route"))
        found.append(signed)
    if any((layout.void_of_signature(name) or name) not in files for name in files):
        raise VoidStatementError(detail=text("a signature without its statement"))
    return tuple(sorted(found, key=lambda each: (each.statement.first, each.statement.last)))


def pass_over(state: RouteState, voids: Iterable[SignedVoid]) -> RouteState:
    """Return *state* with the numbers that *voids* let its receiver pass over.

    A restored sender has to know which bundle its receiver took last: else the receiver has
    numbers that the officers did not know of when they signed.

    Raises:
        VoidStatementError: the receiver has another one of the numbers last.
    """
    statements = [each.statement for each in voids]
    seq, sums = state.newest
    for statement in statements:
        if statement.log and statement.on_route.covers(seq) and statement.prev != sums:
            detail = text("number {seq}, which is taken here, was not known to them", seq=seq)
            raise VoidStatementError(detail=detail)
    return state.passing(statement.on_route for statement in statements)


def parse_statement(data: bytes) -> VoidStatement:
    """Read the exact bytes of a statement.

    Raises:
        VoidStatementError: not canonical JSON, or not these members and values.
    """
    try:
        document = canonical.load(data)
        statement = VoidStatement.model_validate(document, by_name=False)
    except ValidationError as error:
        raise VoidStatementError(detail=field_problems(error)) from None
    except ValueError as error:
        raise VoidStatementError(detail=str(error)) from None
    if statement.first > statement.last:
        raise VoidStatementError(detail=text("its first number comes after its last"))
    if 0 < statement.replaced_by <= statement.last:
        raise VoidStatementError(detail=text("it names a void number as the one that follows"))
    if (statement.log is not None) != (statement.reason is VoidReason.STATION_RESTORED):
        raise VoidStatementError(detail=text("log goes with STATION_RESTORED and nothing else"))
    return statement


def _check_about(statement: VoidStatement, trust: TrustData) -> None:
    if (statement.city, statement.mode) != (trust.city, trust.mode):
        raise VoidStatementError(detail=text("it is about another city or mode"))
    if trust.route(statement.route.sender, statement.route.receiver) is None:
        raise VoidStatementError(detail=text("it is about no route of this city"))
