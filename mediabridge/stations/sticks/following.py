"""What the other station's transfer log says about media, taken into this register.

Registrations, trips, losses and retirements travel as log entries, which every bundle
carries anyway (medium.md, section 4). They were checked and kept by the time they are
read here; how far they were followed is in the books, in the same transaction as what
follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from mediabridge.media.register import (
    MediaRegister,
    MediumRow,
    ServiceState,
    Trip,
)
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Entry, Event


def follow_all(station: OpenStation) -> None:
    """Follow every station that sends here; for what a power cut left unfollowed."""
    for route in station.seen_trust.routes:
        if route.receiver == station.id:
            follow(station, route.sender)


def follow(station: OpenStation, peer: str) -> None:
    """Take what is new in the copy of *peer*'s log into the register; again is harmless."""
    mirror, fact = station.mirror(peer), f"followed-{peer}"
    start, end = station.books.fact(fact), mirror.size()
    if start >= end:
        return
    with station.books.transaction():
        for data in mirror.entries(start, end):
            apply_entry(station.books.media, events.parse(data, peer))
        station.books.set_fact(fact, end)


def apply_entry(register: MediaRegister, entry: Entry) -> None:
    """Apply one entry of the other station; one that says nothing about media is passed over."""
    rule = _RULES.get(entry.event)
    if rule is not None and "medium" in entry.facts:
        rule(register, entry, dict(entry.facts))


def _registered(register: MediaRegister, entry: Entry, facts: dict[str, Any]) -> None:
    number, device = facts["medium"], facts.get("device_sha256", "")
    row = register.row(number)
    if row is not None and _is_newer(row, entry):
        if device != row.device_sha256:
            register.put_former(device, number, ServiceState.RETIRED, entry.time)
        return
    same = row is not None and row.device_sha256 == device
    found = MediumRow(
        medium=number,
        device_sha256=device,
        state=ServiceState.IN_SERVICE,
        state_at=entry.time,
        registered_at=entry.time,
        registered_by=entry.actor,
        medium_sha256=facts.get("medium_sha256", ""),
        capacity=facts.get("capacity"),
    )
    if row is not None and same:
        # What this station measured on the device stays true, whoever registers it again.
        found = replace(
            found, bytes_written=row.bytes_written, writes=row.writes, repairs=row.repairs
        )
        if found.medium_sha256 == row.medium_sha256:
            # The very registration that its first visit here showed: nothing began anew.
            found = replace(
                found,
                io_errors=row.io_errors,
                mismatches=row.mismatches,
                pulled_out=row.pulled_out,
                mended=row.mended,
            )
    register.put(found)


def _is_newer(row: MediumRow, entry: Entry) -> bool:
    """Tell whether what is known here is newer; a loss is undone only by what came after it."""
    listed = row.state is not ServiceState.IN_SERVICE and row.state_at >= entry.time
    return row.registered_at > entry.time or listed


def _lost(register: MediaRegister, entry: Entry, facts: dict[str, Any]) -> None:
    _list(register, entry, facts, ServiceState.LOST)


def _retired(register: MediaRegister, entry: Entry, facts: dict[str, Any]) -> None:
    _list(register, entry, facts, ServiceState.RETIRED)


def _list(
    register: MediaRegister, entry: Entry, facts: dict[str, Any], state: ServiceState
) -> None:
    number, device = facts["medium"], facts.get("device_sha256", "")
    row = register.row(number)
    if row is None:
        register.put(
            MediumRow(number, device, state, entry.time, entry.time, registered_by=entry.actor)
        )
    elif device not in {"", row.device_sha256}:
        # The number is borne by another device here; the one that is meant stays refused.
        register.put_former(device, number, state, entry.time)
    elif not _was_registered_since(row, entry, facts):
        register.set_state(number, state, entry.time)


def _was_registered_since(row: MediumRow, entry: Entry, facts: dict[str, Any]) -> bool:
    """Tell whether the entry speaks of an earlier registration of the same device."""
    meant = facts.get("medium_sha256", row.medium_sha256)
    return meant != row.medium_sha256 and row.registered_at > entry.time


def _issued(register: MediaRegister, entry: Entry, facts: dict[str, Any]) -> None:
    number, sender, trip = facts["medium"], facts.get("route_from", ""), facts.get("trip", 0)
    # A trip begins where it is issued; nobody issues one for somebody else.
    if not trip or sender != entry.station or register.trip(number, sender, trip) is not None:
        return
    issued = Trip(
        medium=number,
        route_from=sender,
        route_to=facts.get("route_to", ""),
        trip=trip,
        holder=facts.get("holder"),
        issued_at=entry.time,
        planned_minutes=facts.get("planned_minutes"),
    )
    # The first issue that is new here is that of the trip which arrived before its entry.
    early = register.trip(number, sender, 0)
    if early is not None:
        register.drop_trip(early)
        issued = replace(
            issued,
            arrived_at=early.arrived_at,
            arrived_at_station=early.arrived_at_station,
            returned_at=early.returned_at,
            bundles=early.bundles,
        )
    register.put_trip(issued)


def _handed_over(register: MediaRegister, entry: Entry, facts: dict[str, Any]) -> None:
    trip = _meant(register, facts)
    if trip is not None:
        holder = facts.get("holder", trip.holder)
        register.put_trip(replace(trip, holder=holder, handed_over_at=entry.time))


def _arrived(register: MediaRegister, entry: Entry, facts: dict[str, Any]) -> None:
    trip = _meant(register, facts)
    if trip is not None and trip.arrived_at is None:
        bundles = tuple(dict.fromkeys([*trip.bundles, *facts.get("bundles", [])]))
        register.put_trip(
            replace(trip, arrived_at=entry.time, arrived_at_station=entry.station, bundles=bundles)
        )


def _returned(register: MediaRegister, entry: Entry, facts: dict[str, Any]) -> None:
    trip = _meant(register, facts)
    if trip is not None and trip.returned_at is None:
        register.put_trip(replace(trip, returned_at=entry.time))


def _repaired(register: MediaRegister, _entry: Entry, facts: dict[str, Any]) -> None:
    if register.row(facts["medium"]) is not None:
        register.note_mended(facts["medium"])


def _meant(register: MediaRegister, facts: dict[str, Any]) -> Trip | None:
    """Return the trip that is meant: by its number, or the one under way on the route."""
    number, sender = facts["medium"], facts.get("route_from", "")
    if "trip" in facts:
        return register.trip(number, sender, facts["trip"])
    return register.open_trip(number, sender)


_Rule = Callable[[MediaRegister, Entry, dict[str, Any]], None]
_RULES: Final[Mapping[Event, _Rule]] = MappingProxyType(
    {
        Event.MEDIUM_REGISTERED: _registered,
        Event.MEDIUM_LOST: _lost,
        Event.MEDIUM_RETIRED: _retired,
        Event.MEDIUM_ISSUED: _issued,
        Event.BUNDLE_REPAIRED: _repaired,
        Event.MEDIUM_HANDED_OVER: _handed_over,
        Event.MEDIUM_ARRIVED: _arrived,
        Event.MEDIUM_RETURNED: _returned,
    }
)
