"""Approve: an officer looks at what a bundle holds and signs its list of files.

The list and the header are read once. What is shown is bound to exactly these bytes, and
exactly these are signed; if the outbox holds others by then, nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.header import Header, parse_header
from mediabridge.bundle.manifest import Summary
from mediabridge.bundle.sums import parse_sums
from mediabridge.durable import write_durably
from mediabridge.errors import (
    BundleUnknownError,
    HashMismatchError,
    OutboxChangedError,
    SamePersonError,
    SignerNotSenderError,
    SummaryMismatchError,
)
from mediabridge.locale import text, translate
from mediabridge.stations import compared
from mediabridge.stations.books import BundleRow
from mediabridge.stations.officers import officer_of
from mediabridge.stations.outgoing import approvals, outbox, prepared
from mediabridge.stations.outgoing.sealing import route_facts
from mediabridge.stations.outgoing.usual import Unusual, unusual
from mediabridge.stations.station import OpenStation
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer
from mediabridge.verify.contents import FIGURES
from mediabridge.verify.signatures import check_station


@dataclass(frozen=True)
class Shown:
    """A sealed bundle as it was read once: what is shown of it, and what will be signed."""

    row: BundleRow
    summary: Summary
    header: bytes
    sums: bytes
    """The bytes of SHA256SUMS. They hold the hash of ``header``, which holds the summary's."""
    unusual: Unusual
    exceptions: Mapping[str, int]
    """What this station accepted and found worth a look when it was collected, code to count."""
    needed: int
    """How many officers have to approve it."""
    usually: int
    """How many officers a day's notices of the route take."""


Approver = Callable[[Shown], Signer]
"""Shows an officer the summary and returns the officer's key, or raises ApprovalDeclinedError."""


def look_at(station: OpenStation, bundle: str) -> Shown:
    """Return what an officer has to look at before approving *bundle*.

    Raises:
        UsageError: no such outgoing bundle.
        OutboxChangedError: the bundle in the outbox is not the one in the books.
        SignatureInvalidError, SignerNotSenderError: the list is not this station's.
        HashMismatchError: the header is not the one of the list.
        SummaryMismatchError: the books do not match the sealed header; nothing to sign.
    """
    note_doubt(station)
    row = outgoing(station, bundle)
    sums, head = (outbox.read(station, bundle, name) for name in (layout.SUMS, layout.HEADER))
    if hashlib.sha256(sums).hexdigest() != row.sums_sha256:
        raise OutboxChangedError(bundle=bundle, name=layout.SUMS)
    _check_own(station, bundle, sums)
    if hashlib.sha256(head).hexdigest() != parse_sums(sums)[layout.HEADER]:
        raise HashMismatchError(name=layout.HEADER)
    summary = prepared.summary_of(row)
    _check_bound(row, summary, parse_header(head))
    exceptions = station.books.notices_in(bundle)
    route = station.trust.route(row.sender, row.receiver)
    return Shown(
        row,
        summary,
        head,
        sums,
        unusual(station, row, summary),
        exceptions,
        needed=route.approvals_for(summary.carried) if route else 0,
        usually=route.approvals if route else 0,
    )


def approve_shown(station: OpenStation, shown: Shown, officer: Signer) -> BundleRow:
    """Sign as *officer* the very bytes that were *shown*.

    Raises:
        StationRestoredError, StationSetBackError: the number may have been given out already.
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError: it does not count now,
            or did not when the bundle was made.
        SamePersonError: the officer prepared the bundle.
        NotPreparedError, PreparedInvalidError: at a live station nobody signed for having
            prepared it, or what was signed does not count any more.
        OutboxChangedError: the outbox holds another bundle by now; nothing was signed.
    """
    row = shown.row
    compared.require_compared(station, row.receiver)
    person = officer_of(station, officer, also_at=row.created)
    if person.name == shown.summary.operator:
        raise SamePersonError(person=person.name)
    check_unchanged(station, shown)
    prepared.check(station, row)
    namespace = station.trust.approve_namespace
    signature = sshsig.sign(shown.sums, namespace=namespace, signer=officer)
    station.record(Event.BUNDLE_APPROVED, actor=person.name, **route_facts(row))
    folder = outbox.folder(station, row.bundle)
    write_durably(folder / layout.approval_name(person.name), signature)
    return approvals.settle(station, outgoing(station, row.bundle))


def have_approved(station: OpenStation, bundle: str, approver: Approver) -> BundleRow:
    """Have *approver* look at *bundle* and sign what was shown; as :func:`approve_shown`."""
    shown = look_at(station, bundle)
    return approve_shown(station, shown, approver(shown))


def approve_bundle(station: OpenStation, bundle: str, officer: Signer) -> BundleRow:
    """Sign *bundle* as *officer*, to whom nothing has to be shown any more."""
    return have_approved(station, bundle, lambda _shown: officer)


def outgoing(station: OpenStation, bundle: str) -> BundleRow:
    """Return the outgoing *bundle*; UsageError if this station never sealed it."""
    row = station.books.bundle(bundle)
    if row is None or row.direction != "out":
        raise BundleUnknownError(bundle=bundle[:40])
    return row


def _check_own(station: OpenStation, bundle: str, sums: bytes) -> None:
    name = layout.STATION_SIGNATURE
    signer = check_station(sums, {name: outbox.read(station, bundle, name)}, station.trust)
    if signer.id != station.id:
        raise SignerNotSenderError(got=signer.id, wanted=station.id)


def _check_bound(row: BundleRow, summary: Summary, header: Header) -> None:
    """Accept *summary* only if *header* is about the bundle in the books and binds it."""
    place = (row.bundle, row.sender, row.receiver, row.seq)
    for name, each in (("header.json", header), (text("summary"), summary)):
        if (each.bundle, each.route.sender, each.route.receiver, each.seq) != place:
            raise SummaryMismatchError(detail=name)
    if summary.digest(row.salt) != header.summary:
        raise SummaryMismatchError(detail=translate(FIGURES["header.summary"]))


def check_unchanged(station: OpenStation, shown: Shown) -> None:
    """Accept only what is still in the outbox and in the books as it was shown.

    Raises:
        OutboxChangedError: it is another one.
    """
    bundle = shown.row.bundle
    for name, wanted in ((layout.SUMS, shown.sums), (layout.HEADER, shown.header)):
        if outbox.read(station, bundle, name) != wanted:
            raise OutboxChangedError(bundle=bundle, name=name)
    now = outgoing(station, bundle)
    if (now.sums_sha256, now.summary) != (shown.row.sums_sha256, shown.row.summary):
        raise OutboxChangedError(bundle=bundle, name="station.db")
