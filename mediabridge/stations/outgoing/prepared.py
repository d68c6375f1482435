"""Who prepared a sealed bundle, by the signature that the log kept of it.

The signature is inside the bundle, which its sender cannot open. So the station asks its own
log before an officer approves and before anything is written: what the receiver would refuse
for its clerk, such as one whose key was revoked meanwhile, is sent back in time.
"""

from __future__ import annotations

from collections.abc import Mapping

from mediabridge.bundle.header import Route
from mediabridge.bundle.manifest import Summary
from mediabridge.bundle.statements import prepared
from mediabridge.errors import (
    BundleError,
    LogCorruptError,
    NotPreparedError,
    PreparedInvalidError,
    SummaryMismatchError,
)
from mediabridge.locale import sentence_of, text
from mediabridge.stations.books import BundleRow
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event, Fact
from mediabridge.verify.statements import made_by


def check(station: OpenStation, row: BundleRow) -> None:
    """Refuse at a live station a bundle whose receivers would refuse it for its clerk.

    Raises:
        NotPreparedError: nobody signed for having prepared it.
        PreparedInvalidError: what was signed does not count, or not any more.
        LogCorruptError: the log cannot be read.
    """
    if station.config.mode != "live":
        return
    operator = summary_of(row).operator
    signature = _signature_in_log(station, row)
    if signature is None:
        raise NotPreparedError(person=operator)
    try:
        made_by(operator, _statement(operator, row), signature, station.trust, at=row.created)
    except BundleError as error:
        raise PreparedInvalidError(person=operator, detail=sentence_of(error)) from error


def summary_of(row: BundleRow) -> Summary:
    """Return the summary of a sealed bundle, by the books.

    Raises:
        SummaryMismatchError: what they hold of it is no summary.
    """
    try:
        return Summary.model_validate(row.summary)
    except ValueError:
        raise SummaryMismatchError(detail=text("summary")) from None


def sealed_summary(station: OpenStation, row: BundleRow) -> Summary:
    """Return the summary of a sealed bundle, by the books and as *station*'s log has it.

    For what is shown or printed of it where no officer's approval is compared.

    Raises:
        SummaryMismatchError: the books hold no summary, or another than was sealed.
        LogCorruptError: the log cannot be read.
    """
    summary, said = summary_of(row), _sealed_as(station, row)
    known = {"records": sum(summary.records.values()), "summary": summary.digest(row.salt)}
    if any(said.get(name, known[name]) != known[name] for name in known):
        raise SummaryMismatchError(detail=text("summary"))
    return summary


def _statement(operator: str, row: BundleRow) -> bytes:
    """Return what was signed, by the books; what is shown and sealed is held against them."""
    return prepared(
        operator,
        bundle=row.bundle,
        route=Route(sender=row.sender, receiver=row.receiver),
        seq=row.seq,
        summary=summary_of(row).digest(row.salt),
    )


def _signature_in_log(station: OpenStation, row: BundleRow) -> str | None:
    signature = _sealed_as(station, row).get("signature")
    return signature if isinstance(signature, str) else None


def _sealed_as(station: OpenStation, row: BundleRow) -> Mapping[str, Fact]:
    """Return what the log says of how the bundle was sealed; nothing where it does not say it."""
    found = station.log.newest_of(Event.BUNDLE_SEALED, bundle=row.bundle)
    if found is None:
        return {}
    try:
        return events.parse(found, station.id).facts
    except ValueError as error:
        raise LogCorruptError(detail=str(error)) from None
