"""The story of one record: at the registry what it changed and why, on LGWAN how it was closed.

At the registry this shows items of residents. It is made for a screen there; nothing of it
goes into a log, a file or a receipt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mediabridge.apply.journal import Entered
from mediabridge.apply.population.rules import POPULATION_RULES
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.rules import RULES
from mediabridge.errors import RecordUnknownError
from mediabridge.records.events import ISA_EVENTS
from mediabridge.records.names.chosen import Naming
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.station import OpenStation

_BASES: Final = {rule.reason: rule.basis for rule in (*POPULATION_RULES, *RULES)}


@dataclass(frozen=True)
class Step:
    """One thing that happened to a record, or what it changed."""

    bundle: str
    seq: int
    at: str | None
    """When; None for a record that nobody has answered yet."""
    by: str | None
    """Who applied the bundle, or decided; None where only the other side knows."""
    second: str | None
    supplement: int
    """0: what the rules said when the bundle was taken; otherwise a person's decision."""
    result: str | None
    reason: str | None
    next_municipality: str | None
    changes: tuple[tuple[str, object, object], ...] = ()
    """Item, as it was, as it was since then."""
    event: str | None = None
    """The event on whose article it was changed."""
    naming: Naming | None = None
    """How a kanji name was entered that is not all 正字, by a person's choice."""

    @property
    def basis(self) -> str | None:
        """The message that says on what article, or why, it was decided so."""
        known = set(ApplyReason)
        if self.reason is None or self.reason not in known:
            return None
        return _BASES.get(ApplyReason[self.reason])

    @property
    def article(self) -> str | None:
        """The article of the event by which the record was changed."""
        # What an extract led to has no event: it is entered by the city's own decision.
        known = {str(code): event for code, event in ISA_EVENTS.items()}.get(self.event or "")
        return known.legal_base if known else None


def story(station: OpenStation, record: str) -> list[Step]:
    """Return all that this station knows of the record *record*, in its order.

    Raises:
        RecordUnknownError: it never came by here.
    """
    told = _of_registry(station, record) if isinstance(station, RegistryStation) else None
    steps = list(told if told is not None else _of_sender(station, record))
    if not steps:
        raise RecordUnknownError(record=record[:40])
    return steps


def _of_registry(station: RegistryStation, record: str) -> Iterator[Step]:
    registry = station.registry
    changes = {(each.bundle_id, each.supplement): each for each in registry.changes_by(record)}
    seqs = {}
    for each in registry.arrivals(record):
        seqs[each.bundle_id] = each.seq
        outcome = each.outcome
        yield Step(
            each.bundle_id, each.seq, each.applied_at, each.decided_by, None, 0,
            outcome.result, outcome.reason, outcome.next_municipality_code,
            *_changed(changes.pop((each.bundle_id, 0), None)),
        )  # fmt: skip
    before: dict[str, Entered | None] = {}
    for decided in registry.decisions_on(record):
        outcome, bundle = decided.outcome, decided.bundle_id
        entered, undone = changes.get((bundle, decided.supplement)), before.get(bundle)
        before[bundle] = entered
        yield Step(
            bundle, seqs[bundle], decided.decided_at, decided.decided_by,
            decided.seconded_by, decided.supplement,
            outcome.result, outcome.reason, outcome.next_municipality_code,
            *(_changed(entered) if undone is None else _put_back(undone)), decided.naming,
        )  # fmt: skip


def _changed(
    entered: Entered | None,
) -> tuple[tuple[tuple[str, object, object], ...], str | None]:
    if entered is None:
        return (), None
    after = entered.after
    items = tuple((name, before, after[name]) for name, before in entered.before.items())
    return items, entered.event_code


def _put_back(undone: Entered) -> tuple[tuple[tuple[str, object, object], ...], None]:
    """Return what goes back: the decision after one that changed something takes that back."""
    before = undone.before
    return tuple((name, value, before[name]) for name, value in undone.after.items()), None


def _of_sender(station: OpenStation, record: str) -> Iterator[Step]:
    for own in station.books.own_record(record):
        yield Step(
            own.bundle, own.seq, own.decided_at, None, None, own.supplement,
            own.result, own.reason, own.next_municipality,
        )  # fmt: skip
