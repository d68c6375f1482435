"""Who has which stick: registered, issued, handed over, arrived, returned, lost, retired.

Every step is checked, then an entry of the transfer log, then one transaction of the
books. The entry travels to the other station with the next bundle, which follows it
(:mod:`mediabridge.stations.sticks.following`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mediabridge.bundle.statements import Deed, InHand
from mediabridge.bundle.terms import NUMBER
from mediabridge.config import LIMITS, TRIP_MINUTES
from mediabridge.errors import (
    MediumNotedBeforeError,
    MediumNotOnTripError,
    MediumUnknownError,
    UsageError,
)
from mediabridge.locale import text
from mediabridge.media import tree
from mediabridge.media.register import CarriageState, MediumRow, ServiceState, Trip
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk, at_desk, custody_facts
from mediabridge.stations.officers import officer_of
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks.visits import Visit
from mediabridge.translog.events import Event, Fact
from mediabridge.trust.signers import Signer


def known(station: OpenStation, number: str) -> MediumRow:
    """Return the medium of this number.

    Raises:
        MediumUnknownError: there is none, neither here nor, as far as is known, at the other
            station; says which are on a trip.
    """
    row = station.books.media.row(number)
    if row is None:
        shown = number if NUMBER.fullmatch(number) else "?"
        out = tuple(each.medium for each in station.books.media.open_trips())
        raise MediumUnknownError(medium=shown, out=out or text("none"))
    return row


def issue(
    station: OpenStation,
    number: str,
    *,
    to: str,
    route: tuple[str, str] | None = None,
    minutes: int = TRIP_MINUTES,
) -> Trip:
    """Note that the medium goes on a trip with *to*, who is at the desk and signs as it is written.

    The trip leads along *route* and is planned to take *minutes*. A medium that another station
    registered may be new here; see :func:`known`.

    Raises:
        UsageError: it is lost, retired or on a trip; no such person; the route begins elsewhere.
    """
    trip = _planned(station, number, to, route, minutes)
    _take_step(station, Event.MEDIUM_ISSUED, trip, to, planned_minutes=minutes)
    return trip


def hand_out(
    station: OpenStation,
    number: str,
    *,
    to: str,
    route: tuple[str, str] | None = None,
    minutes: int = TRIP_MINUTES,
) -> Trip:
    """Issue the medium to *to*, who comes for it and signs for what is on it already.

    Raises:
        UsageError: as :func:`issue`.
        ClerkKeyMissingError, ClerkDiffersError: the station is live, and the key of the holder
            is not there.
    """
    trip = _planned(station, number, to, route, minutes)
    clerk = at_desk(station, to)
    for row in _to_carry(station, number):
        _sign_for(station, clerk, row, number)
    _take_step(station, Event.MEDIUM_ISSUED, trip, clerk.name, planned_minutes=minutes)
    return trip


def _planned(
    station: OpenStation, number: str, to: str, route: tuple[str, str] | None, minutes: int
) -> Trip:
    register = station.books.media
    holder = station.operator(to, "--to")
    row = register.row(number)
    if row is not None:
        _must_serve(row)
    under_way = register.open_trip(number)
    if under_way is not None:
        raise UsageError(
            detail=text(
                "medium {medium} is on trip {trip} to {receiver}, with {holder}",
                medium=number,
                trip=under_way.trip or "?",
                receiver=under_way.route_to,
                holder=under_way.holder or "?",
            )
        )
    sender, receiver = route or (station.id, station.peer())
    if sender != station.id or station.trust.route(sender, receiver) is None:
        raise UsageError(detail=text("no route leads from here to {receiver}", receiver=receiver))
    if not 0 < minutes <= LIMITS.trip_minutes:
        limit = LIMITS.trip_minutes
        raise UsageError(detail=text("a trip takes 1 to {limit} minutes", limit=limit))
    return Trip(
        medium=number,
        route_from=sender,
        route_to=receiver,
        trip=register.next_trip(number, sender),
        holder=holder,
        issued_at=station.now(),
        planned_minutes=minutes,
    )


def hand_over(station: OpenStation, number: str, *, to: str) -> Trip:
    """Note that the medium, on its trip, goes to the next holder, who signs for what is on it.

    Raises:
        MediumNotOnTripError: it is on no trip.
        UsageError: there is no such person.
        ClerkKeyMissingError, ClerkDiffersError: the station is live, and the key of the next
            holder is not there.
    """
    now = _under_way(station, number)
    clerk = at_desk(station, to)
    for row in _to_carry(station, number):
        _sign_for(station, clerk, row, number)
    trip = replace(now, holder=clerk.name, handed_over_at=station.now())
    _take_step(station, Event.MEDIUM_HANDED_OVER, trip, clerk.name)
    return trip


def arrive(
    station: OpenStation,
    number: str,
    *,
    operator: str | None = None,
    brought: Iterable[BundleRow] = (),
) -> Trip:
    """Note that the medium arrived here, and *brought* something.

    Raises:
        MediumNotOnTripError, MediumNotedBeforeError: it is on no trip, or has arrived before.
    """
    trip = _under_way(station, number)
    if trip.arrived_at is not None:
        detail = text("medium {medium} arrived at {time}", medium=number, time=trip.arrived_at)
        raise MediumNotedBeforeError(medium=number, detail=detail)
    bundles = (*trip.bundles, *(row.bundle for row in brought if row.sender == trip.route_from))
    trip = replace(
        trip,
        arrived_at=station.now(),
        arrived_at_station=station.id,
        # The trip may be known from an issue that came before there was anything to carry.
        bundles=tuple(dict.fromkeys(bundles)),
    )
    _take_step(station, Event.MEDIUM_ARRIVED, trip, station.operator(operator))
    return trip


def give_back(station: OpenStation, number: str, *, operator: str | None = None) -> Trip:
    """Note that the medium is back where it is kept; its trip is over.

    Raises:
        MediumNotOnTripError: it is on no trip.
    """
    trip = replace(_under_way(station, number), returned_at=station.now())
    _take_step(station, Event.MEDIUM_RETURNED, trip, station.operator(operator))
    return trip


def note_arrival(station: OpenStation, visit: Visit, *, operator: str) -> None:
    """Note what it means for its trip that a stick brought something here.

    Nothing happens twice. A trip is mostly issued after the bundle was sealed that it
    carries, so the entry of the issue comes only with the next bundle: until then the
    trip is known without its number.
    """
    if not visit.medium:
        return
    trip = station.books.media.open_trip(visit.medium)
    if trip is not None and trip.route_from == station.id:
        give_back(station, visit.medium, operator=operator)
    elif trip is None:
        brought = _brought(station, visit)
        if brought:
            _arrive_unannounced(station, visit.medium, brought, operator)
    elif trip.route_to == station.id and trip.arrived_at is None:
        arrive(station, visit.medium, operator=operator, brought=_brought(station, visit))


def note_missed_arrival(station: OpenStation, visit: Visit, *, operator: str) -> None:
    """Note the arrival of what was taken in before, if the power went before it was noted.

    A stick that never left, or whose arrival is noted, brings nothing younger than that.
    """
    if not visit.medium:
        return
    trip = station.books.media.open_trip(visit.medium)
    if trip is None:
        noted = station.books.media.newest_step(visit.medium)
    else:
        times = (trip.issued_at, trip.arrived_at, trip.returned_at)
        noted = max((time for time in times if time), default="")
    if any(row.created > noted for row in _brought(station, visit)):
        note_arrival(station, visit, operator=operator)


def retire(station: OpenStation, number: str, officer: Signer) -> MediumRow:
    """Take the medium out of service for good, as *officer*.

    Raises:
        MediumUnknownError, MediumNotedBeforeError: no such medium, or it was retired before.
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
    """
    person = officer_of(station, officer)
    row = known(station, number)
    if row.state is ServiceState.RETIRED:
        detail = text("medium {medium} was taken out of service before", medium=number)
        raise MediumNotedBeforeError(medium=number, detail=detail)
    list_as(station, row, ServiceState.RETIRED, person.name, [])
    return known(station, number)


def list_as(
    station: OpenStation, row: MediumRow, state: ServiceState, actor: str, bundles: list[str]
) -> None:
    """Leave the log entry that the medium is lost or retired, with *bundles*; then list it."""
    event = Event.MEDIUM_LOST if state is ServiceState.LOST else Event.MEDIUM_RETIRED
    station.record(event, actor=actor, **registration_facts(row), **_bundle_facts(bundles))
    with station.books.transaction():
        station.books.media.set_state(row.medium, state, station.now())


def registration_facts(row: MediumRow) -> dict[str, Fact]:
    """Return what log entries say about which registration of which device this is."""
    facts: dict[str, Fact] = {"medium": row.medium, "device_sha256": row.device_sha256}
    if row.medium_sha256:
        facts["medium_sha256"] = row.medium_sha256
    return facts


def _must_serve(row: MediumRow) -> None:
    if row.state is not ServiceState.IN_SERVICE:
        detail = text("medium {medium} is lost or out of service", medium=row.medium)
        raise MediumNotedBeforeError(medium=row.medium, detail=detail)


def _under_way(station: OpenStation, number: str) -> Trip:
    trip = station.books.media.open_trip(number)
    if trip is None:
        known(station, number)
        raise MediumNotOnTripError(medium=number)
    return trip


def _take_step(station: OpenStation, event: Event, trip: Trip, actor: str, **more: Fact) -> None:
    """Leave the log entry, then enter the trip as it is now."""
    facts: dict[str, Fact] = {
        "medium": trip.medium,
        "route_from": trip.route_from,
        "route_to": trip.route_to,
        **_bundle_facts(trip.bundles),
        **more,
    }
    if trip.trip:
        facts["trip"] = trip.trip
    if trip.holder:
        facts["holder"] = trip.holder
    station.record(event, actor=actor, **facts)
    with station.books.transaction():
        station.books.media.put_trip(trip)


def _bundle_facts(bundles: tuple[str, ...] | list[str]) -> dict[str, Fact]:
    listed = list(bundles)[: LIMITS.log_list_items]
    return {"bundles": listed, "bundle_count": len(bundles)} if bundles else {}


def _brought(station: OpenStation, visit: Visit) -> list[BundleRow]:
    """Return the bundles on the stick that were taken in here."""
    with visit.slot.mounted() as folder:
        rows = [station.books.bundle(name) for name in tree.copies_on(folder)]
    return [row for row in rows if row is not None and row.receiver == station.id]


def _arrive_unannounced(
    station: OpenStation, number: str, brought: list[BundleRow], operator: str
) -> None:
    newest = max(brought, key=lambda row: row.created)
    trip = Trip(
        medium=number,
        route_from=newest.sender,
        route_to=station.id,
        trip=0,
        arrived_at=station.now(),
        arrived_at_station=station.id,
        bundles=tuple(row.bundle for row in brought if row.sender == newest.sender),
    )
    _take_step(station, Event.MEDIUM_ARRIVED, trip, operator)


def _to_carry(station: OpenStation, number: str) -> list[BundleRow]:
    """Return the bundles of this station that are whole on the medium and not answered yet."""
    books = station.books
    copies = books.media.carriages(medium=number, state=CarriageState.WRITTEN)
    rows = [books.bundle(each.bundle) for each in copies]
    return [row for row in rows if row is not None and row.state is BundleState.WRITTEN]


def _sign_for(station: OpenStation, clerk: AtDesk, row: BundleRow, number: str) -> None:
    what = InHand(row.bundle, row.sums_sha256, number)
    signed = custody_facts(station, clerk, Deed.CARRIED, what)
    if not signed:
        return
    facts: dict[str, Fact] = {
        "bundle": row.bundle,
        "route_from": row.sender,
        "route_to": row.receiver,
        "seq": row.seq,
        "sums": row.sums_sha256,
        "medium": number,
        **signed,
    }
    station.record(Event.BUNDLE_CARRIED, actor=clerk.name, **facts)
