"""What both stations and the stick look like once everything has come to rest."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import asdict

from attacks.world import STATIONS, World, tree_of

from mediabridge.apply import Registry
from mediabridge.errors import NoMediumError
from mediabridge.media.tree import bundles_on
from mediabridge.stations.desk import Desk
from mediabridge.stations.incoming import parking
from mediabridge.stations.population.looking import came
from mediabridge.translog.events import Event
from tests.apply.contract.adapters import ADAPTERS, population

COUNTED = (
    Event.BUNDLE_APPLIED, Event.BUNDLE_PARKED, Event.BUNDLE_REJECTED,
    Event.RECEIPT_ISSUED, Event.RECEIPT_ACCEPTED,
    Event.RECORD_DECIDED, Event.VOID_DECLARED, Event.VOID_ACCEPTED,
    Event.MEDIUM_ISSUED, Event.MEDIUM_ARRIVED, Event.MEDIUM_RETURNED,
    Event.MEDIUM_LOST, Event.MEDIUM_RETIRED,
)  # fmt: skip
"""What must be noted of as many things as it happened to.

Of one thing twice is right: an entry comes before its effect, and that may have broken off.
"""

_ABOUT = ("bundle", "supplement", "first", "last", "medium", "trip")
"""The facts that say of what it was noted."""

_TAKEN = "SELECT number, serial, fate FROM municipal_taken ORDER BY number"


def settled(world: World) -> dict[str, object]:
    """Return what has to be the same however often the day was disturbed.

    Checks on the way that each log is whole and agrees with the books, that no work is
    left lying about, and that every copy on the stick is complete.
    """
    kept: dict[str, object] = {}
    for name in STATIONS:
        with world.open(name) as station:
            station.log.check()
            rows = station.books.bundles()
            kept[name] = {
                "bundles": sorted(
                    (row.direction, str(row.state), row.seq, row.records) for row in rows
                ),
                "outcomes": station.books.outcome_counts(),
                "waiting": [row.records for row in station.books.waiting_files()],
                "due": sum(len(station.books.due_receipts(peer)) for peer in STATIONS),
                "void": _void(station),
                "parked": [(str(header.route), header.seq) for header in parking.kept(station)],
                "media": _media(station),
                "trust": station.trust.version,
            }
            own = [row.bundle for row in rows if row.direction == "out"]
        _folders_agree(world, name, own)
        kept[f"log of {name}"] = _noted(world, name)
    kept["registry"] = _registry(world)
    kept["medium"] = len(_copies(world))
    return kept


def _folders_agree(world: World, name: str, own: list[str]) -> None:
    home = world.home(name)
    if home.work.exists():
        assert list(home.work.iterdir()) == []
    assert {folder.name for folder in home.outbox.iterdir()} <= set(own)


def _void(station: Desk) -> list[tuple[int, int, int]]:
    routes = ((here, there) for here in STATIONS for there in STATIONS)
    said = (each.statement for route in routes for each in station.books.voids(*route))
    return [(each.first, each.last, each.replaced_by) for each in said]


def _media(station: Desk) -> dict[str, object]:
    """Return everything that the register says, without the times."""
    register = station.books.media
    return {
        row.medium: (
            str(row.state),
            [_trip(asdict(trip)) for trip in register.trips(row.medium)],
            Counter(str(each.state) for each in register.carriages(medium=row.medium)),
        )
        for row in register.all()
    }


def _trip(trip: dict[str, object]) -> dict[str, object]:
    """Return *trip* with each time as whether there is one, and each bundle as one more."""
    told = {name: bool(value) if name.endswith("_at") else value for name, value in trip.items()}
    return {**told, "bundles": len(trip["bundles"])}  # type: ignore[arg-type]


def _noted(world: World, name: str) -> dict[str, int]:
    """Return of how many different things each event that counts is in the log."""
    noted = {
        (entry.event, *(str(entry.facts.get(fact)) for fact in _ABOUT))
        for entry in world.log(name)
        if entry.event in COUNTED
    }
    return dict(sorted(Counter(str(event) for event, *_about in noted).items()))


def _registry(world: World) -> dict[str, object]:
    with world.registry() as station:
        registry = station.registry
        journal = list(registry.journal())
        return {
            "journal": [(entry.bundle.sender, entry.bundle.seq) for entry in journal],
            "results": Counter(
                str(outcome.result)
                for entry in journal
                for outcome in registry.outcomes(entry.bundle.bundle_id)
            ),
            "held": len(list(registry.held())),
            "decisions": [
                (each.number, each.supplement, str(each.outcome.result), each.seconded_by)
                for each in registry.decisions()
            ],
            "populations": [(each.seq, each.found, each.waiting) for each in came(station)],
            "people": _people(registry),
            "changes": list(ADAPTERS[type(registry).__name__].query(registry, _TAKEN)),
        }


def _people(registry: Registry) -> list[tuple[object, ...]]:
    """Return every row about people; a resident's number is which of them it is.

    A server passes over a number that it gave to somebody who was not entered after all.
    """
    rows = population(registry)
    numbers = [row[0] for row in rows if isinstance(row[0], int)]
    which = {number: place for place, number in enumerate(numbers)}
    return [
        (which[row[0]], *row[1:])
        if isinstance(row[0], int)
        else (row[0], which.get(row[1], row[1]), *row[2:])
        for row in rows
    ]


def _copies(world: World) -> list[str]:
    """Return the bundles on the stick; a copy that its sender still has is the very same."""
    there: list[str] = []
    with suppress(NoMediumError):
        there = bundles_on(world.medium)
    for name in there:
        for station in STATIONS:
            own = world.home(station).outbox / name
            if own.is_dir():
                assert tree_of(world.bundles / name) == tree_of(own)
    return there
