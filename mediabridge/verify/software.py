"""What proves that officers approved a file of software, long after its bundle was taken.

No key is needed: the officers signed the list of files, the list has the hash of the header, the
header that of the approval summary, and the summary that of the file. So whoever trusts nothing
of the station's books checks the same once more (format 1, section 13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mediabridge import canonical
from mediabridge.bundle import layout
from mediabridge.bundle.header import Header, parse_header
from mediabridge.bundle.manifest import Summary
from mediabridge.bundle.software import Approved, Software
from mediabridge.bundle.sums import parse_sums
from mediabridge.bundle.terms import Mode
from mediabridge.errors import (
    HashMismatchError,
    ModeMismatchError,
    SamePersonError,
    SignerNotSenderError,
    SoftwareChangedError,
    SummaryMismatchError,
    WrongDestinationError,
)
from mediabridge.locale import n_, text, translate
from mediabridge.trust.trust_data import Person, Station, TrustData
from mediabridge.verify.contents import FIGURES
from mediabridge.verify.signatures import (
    check_approvals,
    check_count,
    check_station,
    check_validity,
)


@dataclass(frozen=True)
class Evidence:
    """The small files beside a staged file, as they were read once. Nothing of it is believed."""

    sums: bytes
    header: bytes
    approved: bytes
    """``approved.json``."""
    signatures: Mapping[str, bytes]
    """File name to bytes: the station's and the officers'."""


@dataclass(frozen=True)
class Proven:
    """What the evidence proves of one file."""

    header: Header
    software: Software
    approvers: tuple[str, ...]


@dataclass(frozen=True)
class Here:
    """Which machine this is."""

    station: str
    mode: Literal["live", "training"]


def check_evidence(evidence: Evidence, sha256: str, trust: TrustData, here: Here) -> Proven:
    """Accept that the file *sha256* was sent to the station *here*, approved as software has to be.

    Raises:
        BundleError: what is wrong with a signature, the list or the header, each by its reason.
        ApprovalMissingError, ApprovalsTooFewError: too few officers.
        SamePersonError: whoever prepared it is among them.
        SoftwareChangedError: it is not one of the files that were approved.
    """
    station = check_station(evidence.sums, evidence.signatures, trust)
    digests = parse_sums(evidence.sums)
    if hashlib.sha256(evidence.header).hexdigest() != digests[layout.HEADER]:
        raise HashMismatchError(name=layout.HEADER)
    header = parse_header(evidence.header)
    _check_header(header, station, trust, here)
    summary = _summary(evidence.approved, header, sha256)
    approvers = check_approvals(evidence.sums, evidence.signatures, trust)
    holders: tuple[Station | Person, ...] = (station, *approvers)
    for holder in holders:
        check_validity(holder, header.created)
    _check_approved(summary, header, approvers, trust)
    software = next((each for each in summary.software or () if each.sha256 == sha256), None)
    if software is None:
        raise _changed(sha256, text("the summary does not name it"))
    return Proven(header, software, tuple(person.name for person in approvers))


def _check_header(header: Header, station: Station, trust: TrustData, here: Here) -> None:
    if not header.mode == here.mode == trust.mode:
        raise ModeMismatchError(got=Mode.of(header.mode), wanted=Mode.of(here.mode))
    ends = header.route
    if ends.receiver != here.station or trust.route(ends.sender, ends.receiver) is None:
        raise WrongDestinationError(got=ends.receiver, wanted=here.station)
    if station.id != ends.sender:
        raise SignerNotSenderError(got=station.id, wanted=ends.sender)


def _summary(approved: bytes, header: Header, sha256: str) -> Summary:
    try:
        found = Approved.model_validate(canonical.load(approved))
        summary = Summary.model_validate(found.summary)
    except ValueError:
        raise _changed(sha256, text("approved.json is not in its one form")) from None
    if summary.digest(found.salt) != header.summary:
        raise SummaryMismatchError(detail=translate(FIGURES["header.summary"]))
    return summary


def _check_approved(
    summary: Summary, header: Header, approvers: tuple[Person, ...], trust: TrustData
) -> None:
    route = trust.route(header.route.sender, header.route.receiver)
    if route is None or not route.software:
        wanted = n_("a route that carries software")
        raise WrongDestinationError(got=header.route.receiver, wanted=wanted)
    check_count(approvers, route.approvals_for(summary.carried))
    if summary.operator in {person.name for person in approvers}:
        raise SamePersonError(person=summary.operator)


def _changed(sha256: str, detail: str) -> SoftwareChangedError:
    return SoftwareChangedError(name=sha256[:16], detail=detail)
