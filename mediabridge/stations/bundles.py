"""Which bundle is meant, by the first characters of its id or by its turn, and who approved it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mediabridge.apply.reasons import ApplyReason
from mediabridge.config import BUNDLES_LISTED
from mediabridge.errors import BundleAmbiguousError, BundleUnknownError, NoBundleWaitingError
from mediabridge.locale import said
from mediabridge.records.result import Result
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event


def chosen(station: OpenStation, bundle: str | None, state: BundleState) -> BundleRow:
    """Return the bundle that *bundle* begins, or the oldest one in *state*.

    Raises:
        NoBundleWaitingError: none was named, and none is in *state*.
        BundleUnknownError, BundleAmbiguousError: none, or more than one, begins so.
    """
    if bundle is None:
        waiting = station.books.bundles_in(state)
        if state is BundleState.APPROVED:
            # Onto a stick goes what the line does not take; another one has to be named.
            waiting = [row for row in waiting if station.by_stick(row.receiver)]
        if not waiting:
            raise NoBundleWaitingError(state=state)
        return waiting[0]
    fitting = station.books.beginning(bundle)
    if not fitting:
        raise BundleUnknownError(bundle=bundle[:32])
    if len(fitting) > 1:
        raise BundleAmbiguousError(bundle=bundle[:32], count=len(fitting))
    return fitting[0]


def had_approved(station: OpenStation, bundle: str) -> list[str]:
    """Return whose approvals of an incoming *bundle* held when it was verified, by the log."""
    verified = station.log.newest_of(Event.BUNDLE_VERIFIED, bundle=bundle)
    facts: Mapping[str, Any] = events.parse(verified, station.id).facts if verified else {}
    return list(facts.get("approvers", ()))


def listed(station: OpenStation) -> tuple[list[BundleRow], bool]:
    """Return the newest bundles and what is not answered yet, newest first; and if that is all."""
    newest = station.books.newest(BUNDLES_LISTED + 1)
    shown = {row.bundle: row for row in [*newest[:BUNDLES_LISTED], *station.books.not_answered()]}
    rows = sorted(shown.values(), key=lambda row: (row.created, row.seq), reverse=True)
    return rows, len(newest) <= BUNDLES_LISTED


def outcome_said(result: str | None, reason: str | None = None) -> tuple[str, str]:
    """Return what a receipt's *result* and *reason* mean, in the language in use.

    A code that a newer station wrote is shown as it is: it is better than nothing.
    """
    result_known = result is not None and result in set(Result)
    reason_known = reason is not None and reason in set(ApplyReason)
    return (
        str(said(Result.of(result))) if result_known and result else result or "",
        str(said(ApplyReason.of(reason))) if reason_known and reason else reason or "",
    )
