"""Approve: an officer looks at what a bundle holds and signs its list of files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.header import Header, parse_header
from mediabridge.bundle.manifest import Summary
from mediabridge.bundle.sums import parse_sums
from mediabridge.durable import write_durably
from mediabridge.errors import (
    HashMismatchError,
    SamePersonError,
    SummaryMismatchError,
    UsageError,
)
from mediabridge.locale import text
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.officers import officer_of
from mediabridge.stations.outgoing.sealing import route_facts
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.trust.signers import Signer

Approver = Callable[[Summary], Signer]
"""Shows an officer the summary and returns the officer's key, or raises ApprovalDeclinedError."""


def summary_of(station: OpenStation, bundle: str) -> Summary:
    """Return what an officer has to look at before approving *bundle*.

    Raises:
        UsageError: no such outgoing bundle.
        SummaryMismatchError: the books do not match the sealed header; nothing to sign.
    """
    row = outgoing(station, bundle)
    summary = Summary.model_validate(row.summary)
    if summary.digest(row.salt) != _sealed_header(station, row).summary:
        raise SummaryMismatchError(detail="header.summary")
    return summary


def approve_bundle(station: OpenStation, bundle: str, officer: Signer) -> BundleRow:
    """Sign *bundle* as *officer*, who has seen :func:`summary_of` it.

    Raises:
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
        SamePersonError: the officer prepared the bundle.
    """
    row = outgoing(station, bundle)
    summary_of(station, bundle)
    person = officer_of(station, officer)
    if person.name == row.summary["operator"]:
        raise SamePersonError(person=person.name)
    folder = station.home.outbox / bundle
    sums = (folder / layout.SUMS).read_bytes()
    namespace = station.trust.approve_namespace
    signature = sshsig.sign(sums, namespace=namespace, signer=officer)
    station.record(Event.BUNDLE_APPROVED, actor=person.name, **route_facts(row))
    write_durably(folder / layout.approval_name(person.name), signature)
    _note_approvals(station, row)
    return outgoing(station, bundle)


def have_approved(station: OpenStation, bundle: str, approver: Approver) -> BundleRow:
    """Have *approver* look at *bundle* and sign it; as :func:`approve_bundle`."""
    return approve_bundle(station, bundle, approver(summary_of(station, bundle)))


def approved_by(station: OpenStation, bundle: str) -> list[str]:
    """Return who approved an outgoing bundle, by the signatures beside it."""
    folder = station.home.outbox / bundle
    if not folder.exists():
        return []
    names = (layout.approver(path.name) for path in folder.iterdir())
    return sorted(name for name in names if name)


def _sealed_header(station: OpenStation, row: BundleRow) -> Header:
    """Return the header that the officer's signature will cover, by way of the list."""
    folder = station.home.outbox / row.bundle
    sums, head = ((folder / name).read_bytes() for name in (layout.SUMS, layout.HEADER))
    if hashlib.sha256(head).hexdigest() != parse_sums(sums)[layout.HEADER]:
        raise HashMismatchError(name=layout.HEADER)
    return parse_header(head)


def _note_approvals(station: OpenStation, row: BundleRow) -> None:
    route = station.trust.route(row.sender, row.receiver)
    folder = station.home.outbox / row.bundle
    given = sum(layout.approver(path.name) is not None for path in folder.iterdir())
    if row.state is BundleState.SEALED and route and given >= route.approvals:
        with station.books.transaction():
            station.books.set_state(row.bundle, BundleState.APPROVED)


def outgoing(station: OpenStation, bundle: str) -> BundleRow:
    """Return the outgoing *bundle*; UsageError if this station never sealed it."""
    row = station.books.bundle(bundle)
    if row is None or row.direction != "out":
        raise UsageError(detail=text("there is no outgoing bundle {bundle}", bundle=bundle[:40]))
    return row
