"""Void: officers sign that numbers of a route will never come, or come again under another one.

There is no other way past a number that its receiver lacks. The statement is drawn up and
shown first, signed then, and in the log before it counts. It travels in the folder of every
bundle of the route until the receiver's log says that it has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mediabridge.bundle import sshsig
from mediabridge.bundle.header import Route
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.config import FORMAT
from mediabridge.errors import NotVoidableError
from mediabridge.locale import text
from mediabridge.stations import compared
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.exchanged import is_exchanged
from mediabridge.stations.officers import officer_of
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event, Fact
from mediabridge.trust.signers import Signer
from mediabridge.verify import RouteState
from mediabridge.verify.void import (
    LogHead,
    SignedVoid,
    VoidReason,
    VoidStatement,
    check_statement,
    officers_needed,
)


@dataclass(frozen=True)
class Draft:
    """What officers are about to sign, and the bundles here that it is about."""

    statement: VoidStatement
    rows: list[BundleRow]
    needed: int
    """How many officers it takes."""


def route_state(station: OpenStation, peer: str) -> RouteState:
    """Return how far the route to *peer* has come, by the books of its sender.

    Of what came before, it has the newest only: a sender numbers, it does not receive.
    """
    voids = (each.statement.on_route for each in station.books.voids(station.id, peer))
    # A void one is passed by its statement: what follows may continue another chain.
    newest = station.books.newest_on_route(station.id, peer, besides=BundleState.VOID)
    return RouteState.of([(newest.seq, newest.sums_sha256)] if newest else [], voids)


def draft(
    station: OpenStation, row: BundleRow, last: int, reason: VoidReason, *, anew: bool
) -> Draft:
    """Draw up the statement that the numbers of *row* to *last* are void.

    *anew* says whether what they held will come again, under the next number. A statement that
    is signed a second time, as when its officer has left, says what it said before.

    What the receiver has taken is void only if it comes again, and only as long as the receiver
    has another key and has not answered: then it may have come from a backup, and have lost it.

    Raises:
        NotVoidableError: one of them is no bundle of this station, has its receipt, was
            taken by the receiver as its log says, or comes again by a statement on others.
        StationRestoredError, StationSetBackError: what the books say may not be all there was.
    """
    compared.require_compared(station, row.receiver)
    rows = _range(station, row, last)
    promised = _promised(station, row, last)
    lost_there = reason is VoidReason.UNREADABLE and bool(anew or promised)
    if not (lost_there and is_exchanged(station, row.receiver)):
        _require_not_taken(station, rows, reason)
    following = route_state(station, row.receiver).next_seq if anew else promised
    statement = _statement(
        station,
        row.receiver,
        first=row.seq,
        last=last,
        replaced_by=following,
        prev=rows[-1].sums_sha256,
        log=None,
        reason=reason,
    )
    return Draft(statement, rows, officers_needed(station.trust, statement.route))


def _require_not_taken(station: OpenStation, rows: Sequence[BundleRow], reason: VoidReason) -> None:
    for each in rows:
        if each.state is BundleState.DELIVERED or _taken_there(station, each):
            detail = text("the receiver has taken it")
            if reason is VoidReason.UNREADABLE:
                detail = text(
                    "the receiver has taken it; where it has lost that, another recipient key of"
                    " {receiver} comes first (mediabridge station recipient there), and then what"
                    " the number held is issued anew",
                    receiver=each.receiver,
                )
            raise NotVoidableError(seq=each.seq, detail=detail)


def draft_restored(
    station: OpenStation, peer: str, numbers: tuple[int, int], prev: str, log_size: int
) -> Draft:
    """Draw up what lets a restored station go on: *numbers* are void, and the log goes on.

    *prev* is the head of the chain that *peer* has; *log_size* how long the log was in the
    backup. Bundles that were sealed here since under those numbers are void with them.
    """
    first, last = numbers
    newest = station.books.newest_on_route(station.id, peer)
    last = max(last, newest.seq if newest else 0)
    rows = station.books.between(station.id, peer, first, last)
    head = LogHead(size=log_size, root=station.log.root(log_size).hex())
    if prev == FIRST_PREV:
        # Only number 1 may continue nothing; what follows it gets a head that nobody has.
        prev = head.root
    statement = _statement(
        station,
        peer,
        first=first,
        last=last,
        replaced_by=last + 1,
        prev=prev,
        log=head,
        reason=VoidReason.STATION_RESTORED,
    )
    return Draft(statement, rows, officers_needed(station.trust, statement.route))


def declare(station: OpenStation, drawn: Draft, officers: Sequence[Signer]) -> SignedVoid:
    """Have *officers* sign; from then on the numbers are void here, too.

    The receipts that the bundles carried are due again. Of what came from a restored station's
    own hand since, and of what is to come anew, the content waits to be sealed again. What a
    receiver had answered that has lost it is open again.

    Raises:
        SignerUnknownError, SignerRoleError: one of the keys is not that of an officer.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError: one does not count now.
        VoidNotApprovedError: fewer different officers than it takes; nothing was changed.
    """
    people = [officer_of(station, each) for each in officers]
    data, namespace = drawn.statement.dump(), station.trust.void_namespace
    signatures = {
        f"{number}-{person.name}": sshsig.sign(data, namespace=namespace, signer=each)
        for number, (person, each) in enumerate(zip(people, officers, strict=True), 1)
    }
    signed = check_statement(data, signatures, station.trust)
    station.record(Event.VOID_DECLARED, actor=people[0].name, **facts(signed))
    with station.books.transaction():
        station.books.add_void(signed, accepted=False)
        for row in drawn.rows:
            if row.state is BundleState.DELIVERED:
                station.books.reopen_records(row.bundle)
            station.books.set_state(row.bundle, BundleState.VOID)
            station.books.free_receipts(row.bundle)
            if drawn.statement.replaced_by:
                station.books.free_content(row.bundle)
    return signed


def in_words(first: int, last: int) -> str:
    """Return the numbers *first* to *last* as a person reads them; there may be one only."""
    if first == last:
        return text("number {seq}", seq=first)
    return text("numbers {first} to {last}", first=first, last=last)


def free(station: OpenStation, row: BundleRow) -> None:
    """Let what the void bundle *row* held wait to be sealed again."""
    with station.books.transaction():
        station.books.free_content(row.bundle)


def is_owed(station: OpenStation, row: BundleRow) -> bool:
    """Tell whether a statement on *row* names the number that follows, and it is not sealed yet."""
    named = (
        each.statement.replaced_by
        for each in station.books.voids(station.id, row.receiver)
        if each.statement.on_route.covers(row.seq)
    )
    return max(named, default=0) >= route_state(station, row.receiver).next_seq


def facts(signed: SignedVoid) -> dict[str, Fact]:
    """Return the log facts of a statement."""
    statement = signed.statement
    log = statement.log
    return {
        "route_from": statement.route.sender,
        "route_to": statement.route.receiver,
        "first": statement.first,
        "last": statement.last,
        "seq": statement.replaced_by,
        "sums": statement.prev,
        "reason": statement.reason.value,
        "signers": sorted(signed.signatures),
        "file_sha256": hashlib.sha256(signed.data).hexdigest(),
        **({"log_size": log.size, "log_root": log.root} if log else {}),
    }


def _statement(station: OpenStation, peer: str, **said: Any) -> VoidStatement:
    """Return a statement on the route to *peer* as of now; *said* are its other members."""
    return VoidStatement(
        format=FORMAT,
        city=station.trust.city,
        mode=station.trust.mode,
        route=Route(sender=station.id, receiver=peer),
        time=station.now(),
        **said,
    )


def _range(station: OpenStation, row: BundleRow, last: int) -> list[BundleRow]:
    rows = station.books.between(row.sender, row.receiver, row.seq, last)
    if [each.seq for each in rows] != list(range(row.seq, last + 1)) or not rows:
        raise NotVoidableError(seq=last, detail=text("it was never sealed here"))
    return rows


def _promised(station: OpenStation, row: BundleRow, last: int) -> int:
    """Return the number with which *row* to *last* come again by an earlier statement, or 0."""
    for each in station.books.voids(row.sender, row.receiver):
        earlier = each.statement
        if earlier.log or not earlier.replaced_by or last < earlier.first or earlier.last < row.seq:
            continue
        first, end = earlier.first, earlier.last
        if (first, end) != (row.seq, last):
            detail = text(
                "what {numbers} held comes again by a statement of its own",
                numbers=in_words(first, end),
            )
            raise NotVoidableError(seq=max(first, row.seq), detail=detail)
        return earlier.replaced_by
    return 0


def _taken_there(station: OpenStation, row: BundleRow) -> bool:
    """Tell whether the log of the receiver of *row* says that it was applied there."""
    mirror = station.mirror(row.receiver)
    return mirror.newest_of(Event.BUNDLE_APPLIED, bundle=row.bundle) is not None
