"""The approvals beside a sealed bundle: those that hold count, others are taken off.

A file's name is only a claim, and a signature that held yesterday may not hold today:
trust data that arrives on a stick revokes keys. A bundle with one approval that does not
hold is refused by its receiver however many good ones are beside it, so it waits for
approval again instead of being carried.
"""

from __future__ import annotations

import hashlib
import shutil

from mediabridge.bundle import layout
from mediabridge.errors import MediabridgeError, OutboxChangedError, SamePersonError
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.outgoing import outbox, prepared
from mediabridge.stations.outgoing.sealing import route_facts
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event, Fact
from mediabridge.verify.signatures import check_approval, check_validity


def settle(station: OpenStation, row: BundleRow) -> BundleRow:
    """Take off the approvals of *row* that do not hold, and return it in its right state.

    A list that is not the one in the books is left alone: nothing is known of its approvals,
    and whoever shows or writes the bundle says so.
    """
    sums = _sums(station, row)
    route = station.trust.route(row.sender, row.receiver)
    if sums is None or route is None:
        return row
    good = 0
    for name in outbox.approvals_in(station, row.bundle):
        try:
            _check(station, row, name, sums)
        except MediabridgeError as error:
            _take_off(station, row, name, error)
        else:
            good += 1
    return _in_state(
        station, row, enough=good >= route.approvals_for(prepared.summary_of(row).carried)
    )


def approved_by(station: OpenStation, bundle: str) -> list[str]:
    """Return whose approvals of an outgoing bundle hold, by the signatures beside it."""
    row = station.books.bundle(bundle)
    sums = None if row is None else _sums(station, row)
    if row is None or sums is None:
        return []
    names = []
    for name in outbox.approvals_in(station, bundle):
        try:
            names.append(_check(station, row, name, sums))
        except MediabridgeError:
            continue
    return names


def _sums(station: OpenStation, row: BundleRow) -> bytes | None:
    try:
        sums = outbox.read(station, row.bundle, layout.SUMS)
    except OutboxChangedError:
        return None
    return sums if hashlib.sha256(sums).hexdigest() == row.sums_sha256 else None


def _check(station: OpenStation, row: BundleRow, name: str, sums: bytes) -> str:
    """Return who approved, checked as the receiver will (steps 3, 4 and 7).

    An approval of what nobody prepared, as the receiver sees it, is one of nothing.
    """
    person = check_approval(name, sums, outbox.read(station, row.bundle, name), station.trust)
    check_validity(person, row.created)
    if person.name == prepared.summary_of(row).operator:
        raise SamePersonError(person=person.name)
    prepared.check(station, row)
    return person.name


def _take_off(station: OpenStation, row: BundleRow, name: str, error: MediabridgeError) -> None:
    known = {person.name for person in station.trust.people}
    claimed = [who for who in [layout.approver(name)] if who in known]
    facts: dict[str, Fact] = {**route_facts(row), "signers": claimed, "reason": error.reason}
    station.record(Event.APPROVAL_REMOVED, actor=station.id, **facts)
    path = outbox.folder(station, row.bundle) / name
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _in_state(station: OpenStation, row: BundleRow, *, enough: bool) -> BundleRow:
    state = row.state
    if enough and state is BundleState.SEALED:
        state = BundleState.APPROVED
    elif not enough and state in {BundleState.APPROVED, BundleState.WRITTEN}:
        state = BundleState.SEALED
    if state is row.state:
        return row
    with station.books.transaction():
        station.books.set_state(row.bundle, state)
    return station.books.bundle(row.bundle) or row
