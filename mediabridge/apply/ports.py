"""What a registry has to do for us: the ports that every adapter fits.

Everyone but an adapter and :func:`~mediabridge.apply.opening.open_registry` knows a
registry by these only. What the signatures cannot say, the contract tests do
(``tests/apply/contract``): an adapter is one that passes them all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from mediabridge.apply.changes import Batch
    from mediabridge.apply.journal import (
        Arrival,
        Entered,
        FirstOutcome,
        HeldListed,
        HeldNotice,
        JournalEntry,
        Outcome,
        Resolution,
    )
    from mediabridge.apply.population.findings import (
        Extract,
        Finding,
        FindingKind,
        Judged,
        Open,
        Pair,
        Population,
        Settlement,
    )
    from mediabridge.apply.resident import Found, Resident
    from mediabridge.apply.rules import Change, Decision
    from mediabridge.apply.texts import NoticeTexts
    from mediabridge.records.changes import ChangeRow
    from mediabridge.records.model import IsaNotice, IsaPopulation
    from mediabridge.records.names import NamesTable
    from mediabridge.verify.order import RouteState


class BundleWriter(Protocol):
    """What one bundle writes; valid inside :meth:`Registry.write_bundle` only."""

    @property
    def hands_over(self) -> bool:
        """Whether another system judges and enters the notices: here they are handed over only."""

    def expect(self, notices: Sequence[NoticeTexts]) -> None:
        """Hear which notices come next, so that what they need is fetched at once.

        It changes nothing in what the other methods do; one that was not announced is
        written just as well.
        """

    def first_outcome(self, record_id: str, content: bytes) -> FirstOutcome | None:
        """Return how a notice with this id was decided, preferably for this *content*.

        That is a person's newest decision, where there is one, and what the rules said first
        otherwise. *content* is its :func:`~mediabridge.apply.journal.content_digest`.
        """

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to, as this bundle has left it so far."""

    def enter_plain(self, texts: NoticeTexts, content: bytes, change: Change) -> None:
        """Note that the bundle's next record is applied; make *change*, and keep it as history.

        The same as the two methods below do together.
        """

    def outcome(self, notice: IsaNotice, content: bytes, decision: Decision) -> None:
        """Note what becomes of the bundle's next record."""

    def carry_out(self, notice: IsaNotice, decision: Decision) -> None:
        """Make the change that *decision* has and keep it as history, or keep the notice."""

    def journal(self, entry: JournalEntry) -> None:
        """Note that the bundle was applied; a bundle id or number is entered once."""


class Finder(Protocol):
    """Finds whom a notice may be about."""

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""

    def find_by_birth(self, birth_date: str, nationality_region: str) -> list[Resident]:
        """Return the residents in force with exactly this date and nationality, by their id.

        At most :data:`~mediabridge.config.PERSONS_SHOWN` and one more, so that too many can be
        told. Nobody is identified by these alone: they are what a person is asked about.
        """

    def resident(self, number: int) -> Resident | None:
        """Return the resident record with this id."""


class FindingsOf(Finder, Protocol):
    """What is asked about populations, inside a decision as outside."""

    def populations(self) -> Iterable[Population]:
        """Yield every population that came, in the order of applying."""

    def findings(self, bundle_id: str, after: int = 0) -> Iterator[Open]:
        """Yield what waits of a population, each with whose card it is by now, in order.

        Only positions above *after*. They are fetched in pages: memory does not grow.
        """

    def finding(self, bundle_id: str, position: int) -> Open | None:
        """Return what was found at *position* of a population, if it waits."""


class DecisionWriter(FindingsOf, Protocol):
    """What one person's decision writes; valid inside :meth:`Registry.write_decision` only.

    What it finds is as of now: nobody else changes it before the decision is in force.
    """

    def held_record(self, record_id: str) -> HeldNotice | None:
        """Return the notice of this number that was held; the newest, if several were."""

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""

    def next_numbers(self, bundle_id: str) -> tuple[int, int]:
        """Return the next number of a decision, and the next supplement of the bundle."""

    def decide(self, held: HeldNotice, resolution: Resolution, change: Change | None) -> None:
        """Note *resolution* on *held*; make *change*, and keep it as history, if there is one."""

    def take_back(self, held: HeldNotice, entered: Entered) -> None:
        """Put the record back as it was before *entered*, card and note too."""

    def settle(self, settled: Sequence[Settlement]) -> None:
        """Note decisions on findings of one population; make their changes, kept as history."""


class ChangeTaker(Protocol):
    """Takes the city's own change rows; valid inside :meth:`Registry.take_changes` only."""

    @property
    def released(self) -> Sequence[str]:
        """The files, by their SHA-256, that this station took and never had in its books."""

    def count(self) -> int:
        """Return how many :meth:`rows` there are, to show how far one is with them."""

    def rows(self) -> Iterator[ChangeRow]:
        """Yield the rows that nobody has taken, in the order of their numbers.

        Whatever is written meanwhile is not among them, and no row with a lower number than one
        of these comes into being later.
        """

    def take(self, batch: Batch, echoes: Collection[int]) -> None:
        """Note that all of :meth:`rows` are taken, as *batch*; those of *echoes* are not sent."""


class PopulationWriter(Protocol):
    """What one population writes; valid inside :meth:`Registry.write_population` only.

    The methods are called in this order, the middle ones again for each batch of entries.
    """

    def prepare(self) -> None:
        """Make ready to take in entries."""

    def different(self, entries: Sequence[IsaPopulation], names: NamesTable) -> Sequence[Pair]:
        """Note that nothing is to be done for whoever is plainly the same; return the others.

        *entries* are the next of the bundle; each of those that come back has what is known of
        it here. *names* is the table of Notice 582 by which their kanji names are looked at.

        An entry may come back that is the same only by
        :func:`~mediabridge.apply.population.entering.says_the_same`; the rules find it.
        """

    def first_outcome(self, record_id: str, content: bytes) -> FirstOutcome | None:
        """Return how an entry with this id was decided, preferably for this *content*."""

    def compared(self, pair: Pair, judged: Judged) -> None:
        """Note what becomes of an entry, and what was found, if a person has to decide."""

    def find_extra(self, extract: Extract) -> int:
        """Keep whom no entry of *extract* names; return how many.

        As :func:`~mediabridge.apply.population.rules.is_extra` says it of one.
        """

    def population(self, extract: Extract, found: Mapping[FindingKind, int]) -> None:
        """Note which *extract* it was, and how much was found."""

    def journal(self, entry: JournalEntry) -> None:
        """Note that the bundle was applied; a bundle id or number is entered once."""


class Registry(FindingsOf, Protocol):
    """The residents, and the memory of what was applied to them; use in a ``with`` statement.

    Every method raises a RegistryError when the registry cannot be used, and names no
    data in it. A change is durable when its method, or its ``with`` block, has ended.
    """

    def __enter__(self) -> Self:
        """Return the registry, which is open already."""

    def __exit__(self, *exception: object) -> None:
        """Close it."""

    @property
    def keeps_people(self) -> bool:
        """Whether the residents are in it; otherwise nobody is found, and none can be loaded."""

    def close(self) -> None:
        """Close it; nothing of an unfinished bundle remains."""

    def count(self) -> int:
        """Return the number of residents whose record is in force."""

    def journal(self) -> Iterator[JournalEntry]:
        """Yield an entry for every bundle applied, in the order of applying."""

    def newest_bundles(self) -> Iterator[str]:
        """Yield the id of every bundle applied, the newest first."""

    def entry(self, bundle_id: str) -> JournalEntry | None:
        """Return the entry for one bundle, if it was applied."""

    def route_state(self, sender: str) -> RouteState:
        """Return what was taken from *sender* so far, for the check of the order."""

    def outcomes(self, bundle_id: str) -> Iterator[Outcome]:
        """Yield what became of each record of a bundle, in the order of applying."""

    def held(self) -> Iterator[HeldNotice]:
        """Yield the notices that wait for a person's decision, oldest bundle first."""

    def held_listed(self) -> Iterator[HeldListed]:
        """Yield the same for a list: nothing personal, and without a model of each notice."""

    def held_count(self) -> int:
        """Return how many notices wait, without reading them."""

    def findings_count(self) -> int:
        """Return how many findings of populations wait, without reading them."""

    def findings_about(self, cards: Collection[str]) -> Iterator[Finding]:
        """Yield what waits of populations and is about one of *cards*."""

    def cards_of(self, number: int) -> list[str]:
        """Return every card that the resident record with this id has or had."""

    def waiting_about(
        self, cards: Collection[str], born: tuple[str, str] | None = None
    ) -> Iterator[HeldNotice]:
        """Yield what waits and names one of *cards*, or somebody *born* so, oldest bundle first.

        *born* is a birth date and a nationality, both as they are spelt.
        """

    def held_record(self, record_id: str) -> HeldNotice | None:
        """Return the notice of this number that was held, decided or not; the newest of several."""

    def last_change(self, held: HeldNotice) -> Entered | None:
        """Return what the newest decision on *held* changed, if that decision changed anything."""

    def decisions(self, after: int = 0) -> Iterator[Resolution]:
        """Yield the decisions of people with a number above *after*, in their order."""

    def decisions_on(self, record_id: str) -> Iterator[Resolution]:
        """Yield the decisions on the record of this id, in their order."""

    def arrivals(self, record_id: str) -> Iterator[Arrival]:
        """Yield each time that a record of this id came, in the order of applying."""

    def changes_by(self, record_id: str) -> Iterator[Entered]:
        """Yield what the record of this id changed in the register, in the order of changing."""

    def read_back(
        self, now: datetime, decided_by: str, before_commit: Callable[[Resolution], None]
    ) -> int:
        """Take what another system says of notices handed over to it; return how many it settled.

        Each is a decision with a number and a supplement of its own. *before_commit* is called
        for each, when it is not in force yet. A registry that hands nothing over returns 0.
        """

    def fingerprint(self) -> str:
        """Return a SHA-256, in hex, over all content; it is the same when nothing changed."""

    def load_population(self, people: Iterable[Mapping[str, str | None]]) -> int:
        """Fill an empty registry from *people* and return how many there were.

        A row maps :data:`~mediabridge.apply.resident.POPULATION_COLUMNS` to text; an empty
        text is an absent item.

        Raises:
            RegistryRefusedError: residents are there already, or a row is not in the form
                of its columns or repeats a card; its number is named, nothing is kept.
        """

    def write_bundle(self) -> AbstractContextManager[BundleWriter]:
        """Take one bundle: everything done with the writer happens together, or not at all.

        Raises:
            RegistryRefusedError: the registry does not take a change; whatever is raised,
                nothing was changed.
        """

    def take_changes(self, known: int) -> AbstractContextManager[ChangeTaker]:
        """Take the city's own changes: everything done with the taker happens together.

        Batches of this station with a serial above *known* never got into its books, by a crash
        or by a backup that was restored: they are released, and their rows wait again. Nobody
        else takes rows meanwhile; writing new ones waits for nobody.

        Raises:
            RegistryWithoutChangesError: the residents are in another system.
            RegistryRefusedError: the registry does not take a change; whatever is raised,
                nothing was changed.
        """

    def write_population(self) -> AbstractContextManager[PopulationWriter]:
        """Take one population: everything done with the writer happens together, or not at all.

        Raises:
            PopulationElsewhereError: there is nobody here with whom it could be compared.
            RegistryRefusedError: the registry does not take it; nothing was changed.
        """

    def write_decision(self) -> AbstractContextManager[DecisionWriter]:
        """Take one decision: everything done with the writer happens together, or not at all.

        Nobody else decides or applies meanwhile; what the writer finds holds until the end.

        Raises:
            RegistryRefusedError: the registry does not take a change; whatever is raised,
                nothing was changed.
        """
