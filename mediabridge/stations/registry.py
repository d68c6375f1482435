"""The registry station: applies what the agency notified, sends the answer back.

Its journeys are those of every :class:`~mediabridge.stations.desk.Desk`. In the morning
``import_`` brings the agency's notices, which are applied to the registry in one
transaction with its journal entry; in the evening ``export`` carries the receipt and the
city's own notices back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from mediabridge import apply
from mediabridge.errors import ManifestMismatchError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.records.result import Result
from mediabridge.stations import incoming, outgoing, settings
from mediabridge.stations.clerks import collector
from mediabridge.stations.desk import Desk
from mediabridge.translog.events import Event

if TYPE_CHECKING:
    from mediabridge.apply import ApplyReason, Counts, Registry
    from mediabridge.apply.journal import Resolution
    from mediabridge.apply.population.casework import Chosen, Seen
    from mediabridge.apply.population.deciding import FindingsDecided
    from mediabridge.apply.resolve import Choice, Deciders
    from mediabridge.apply.texts import NoticeTexts
    from mediabridge.bundle.stages import OpenedBundle
    from mediabridge.records.model import IsaPopulation, Record
    from mediabridge.stations.ordering import InOrder
    from mediabridge.stations.outgoing.changes import CollectedChanges
    from mediabridge.verify import RouteState


class RegistryStation(Desk):
    """The station beside the resident registry; it never touches LGWAN."""

    def _put_right(self) -> None:
        """Issue, besides, the receipts that a power cut may have kept back."""
        super()._put_right()
        incoming.receipts.issue_missing(self, self.registry)
        self.registry.read_back(self.clock.now(), self.id, self._announce_decision)
        incoming.receipts.issue_supplements(self, self.registry)

    @cached_property
    def registry(self) -> Registry:
        """The registry that ``station.toml`` names; closed with the station."""
        place = settings.load(self.home.settings_file).registry
        # One that has taken nothing may be begun anew, in another place as well.
        if place.adapter != "postgresql" and self.books.has_taken():
            self.home.require(self.home.registry)
        return self.closing(apply.open_registry(self.home.registry, self.config.owner, place))

    def route_state(self, sender: str) -> RouteState:
        """Return what the registry's journal says was applied from *sender*, and what is void."""
        return self.registry.route_state(sender).passing(incoming.voids.on_route(self, sender))

    def take(self, opened: OpenedBundle, notices: InOrder, operator: str) -> dict[str, int]:
        """Apply all notices in one transaction, then issue the receipt (step 10).

        A population is compared with the register instead, which it does not change.
        """
        bundle = apply.AppliedBundleInfo.of(opened.verified)
        here: dict[str, Any] = {
            "now": self.clock.now(),
            "decided_by": operator,
            "voids": incoming.voids.on_route(self, bundle.sender),
            "before_commit": partial(self._announce, opened, operator=operator),
        }
        if opened.manifest.records.get(Kind.ISA_POPULATION):
            # What only looks at the station applies and decides nothing: here and below.
            from mediabridge.apply.population.taking import apply_population  # noqa: PLC0415

            entries = self._entries(opened)
            applied = apply_population(
                self.registry, bundle, entries, names=self.tables.names, **here
            )
        else:
            coming = self._in_order(opened, notices)
            applied = apply.apply_bundle(
                self.registry, bundle, coming, names=self.tables.names, **here
            )
        counts = {str(result): n for result, n in applied.counts.by_result.items() if n}
        outcomes = self.registry.outcomes(bundle.bundle_id)
        incoming.receipts.conclude(self, opened, outcomes, counts, operator=operator)
        return counts

    def takes_changes(self) -> bool:
        """Tell whether the residents are here, and notices of the city are sent from here."""
        sent = outgoing.collecting.kinds_sent(self)
        return self.registry.keeps_people and outgoing.changes.KIND in sent

    def collect_changes(
        self, *, operator: str | None = None, check: bool = False
    ) -> CollectedChanges:
        """Take in what the city's own system wrote; see :func:`changes.collect_changes`."""
        operator = collector(self, operator)
        return outgoing.changes.collect_changes(self, self.registry, operator=operator, check=check)

    def held(self) -> int:
        """Return how many notices the registry holds for a person's decision."""
        return self.registry.held_count()

    def findings(self) -> int:
        """Return how many findings of populations wait for a person's decision."""
        return self.registry.findings_count()

    def decide(self, choice: Choice, deciders: Deciders) -> Resolution:
        """Take a person's decision on a held record; the next bundle carries the answer.

        Raises:
            CommandLineError: see :func:`~mediabridge.apply.resolve.resolve`; nothing was changed.
        """
        from mediabridge.apply.resolve import resolve  # noqa: PLC0415

        decided = resolve(
            self.registry,
            choice,
            deciders,
            now=self.clock.now(),
            before_commit=self._announce_decision,
            names=self.tables.names,
        )
        incoming.receipts.issue_supplements(self, self.registry)
        return decided

    def _announce_decision(self, decided: Resolution) -> None:
        """Leave the log entry before the commit: no name, and not the number of the notice."""
        facts: dict[str, str | int] = {
            "bundle": decided.bundle_id,
            "supplement": decided.supplement,
            "result": decided.outcome.result.value,
        }
        if decided.outcome.reason is not None:
            facts["reason"] = decided.outcome.reason
        if decided.seconded_by is not None:
            facts["second"] = decided.seconded_by
        self.record(Event.RECORD_DECIDED, actor=decided.decided_by, **facts)

    def decide_findings(
        self, chosen: Chosen, seen: Seen, because: ApplyReason | None, deciders: Deciders
    ) -> FindingsDecided:
        """Take a person's decision on findings of a population; the next bundle answers.

        Raises:
            MediabridgeError: see :func:`mediabridge.apply.population.deciding.decide`; nothing
                was changed.
        """
        from mediabridge.apply.population import deciding  # noqa: PLC0415

        decided = deciding.decide(
            self.registry,
            chosen,
            seen,
            because,
            deciders,
            names=self.tables.names,
            now=self.clock.now(),
            before_commit=self._announce_findings,
            progress=self.progress,
        )
        incoming.receipts.issue_supplements(self, self.registry)
        return decided

    def _announce_findings(self, decided: FindingsDecided) -> None:
        """Leave the log entry before the commit: how many, and nobody's number."""
        facts: dict[str, str | int] = {
            "bundle": decided.bundle_id,
            "supplement": decided.supplement,
            "result": decided.result.value,
            "records": decided.count,
        }
        if decided.reason is not None:
            facts["reason"] = decided.reason.value
        if decided.deciders.second is not None:
            facts["second"] = decided.deciders.second
        self.record(Event.RECORD_DECIDED, actor=decided.deciders.first, **facts)

    hears_echoes = True

    def is_echo(self, record: Record) -> bool:
        """Tell whether a notice of the city only repeats one of the agency that was applied."""
        from mediabridge.apply.echo import is_echo  # noqa: PLC0415
        from mediabridge.records.model import MunicipalNotice  # noqa: PLC0415

        number = record.get("card_number")
        if not isinstance(record, MunicipalNotice) or number is None:
            return False
        found = self.registry.find_by_card(number)
        return found is not None and is_echo(record, found.resident)

    def load_population(self, rows: Iterable[Mapping[str, str | None]]) -> int:
        """Fill the empty registry from a snapshot; return the number of residents."""
        return self.registry.load_population(rows)

    def _announce(self, opened: OpenedBundle, counts: Counts, *, operator: str) -> None:
        """Leave the log entry before the commit; without it nothing is applied."""
        header = opened.verified.header
        self.record(
            Event.BUNDLE_APPLIED,
            actor=operator,
            bundle=header.bundle,
            seq=header.seq,
            records=counts.records,
            applied=counts[Result.APPLIED],
            held=counts[Result.HELD],
        )

    def _in_order(self, opened: OpenedBundle, notices: InOrder) -> Iterator[NoticeTexts]:
        for kind, count in opened.manifest.records.items():
            if count and kind != Kind.ISA_NOTICE:
                raise _not_applicable(Kind(kind))
        yield from notices.as_issued(self.progress)

    def _entries(self, opened: OpenedBundle) -> Iterator[IsaPopulation]:
        # Reading brings every format; what only looks at the station needs none.
        from mediabridge.records.model import IsaPopulation  # noqa: PLC0415
        from mediabridge.stations.reading import records_of  # noqa: PLC0415

        for kind, _identity, record in records_of(
            opened, self.config.municipality_code, self.progress, tables=self.tables
        ):
            if not isinstance(record, IsaPopulation):
                raise _not_applicable(kind)
            yield record


def _not_applicable(kind: Kind) -> ManifestMismatchError:
    """Return the refusal of a *kind* that a route may name, and nobody can apply.

    It must not pass for applied.
    """
    detail = text("the registry cannot apply records of the kind {kind}", kind=kind)
    return ManifestMismatchError(name="records", detail=detail)
