"""What one batch of notices needs to know: fetched at once, and kept as the batch changes it.

It is the same in every adapter that has tables; how these are asked is its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from mediabridge.apply import rows
from mediabridge.apply.journal import FirstOutcome
from mediabridge.apply.resident import Found, Resident, preferred
from mediabridge.apply.rules import Decision


class Lookups(Protocol):
    """The three questions of a batch, each for many at once."""

    def holders(self, numbers: Collection[str]) -> Iterable[rows.Row]:
        """Return the cards among *numbers* with the id of each resident that has or had one."""

    def residents(self, ids: Collection[int]) -> Iterable[rows.Row]:
        """Return the resident records with these *ids*, in the order of their fields."""

    def outcomes(self, records: Collection[str]) -> Iterable[rows.Row]:
        """Return how the records of these ids were decided, oldest first.

        A row is a record id, a content digest and what :func:`~rows.decision` takes; a
        person's newest decision stands above what the rules said.
        """


class Known:
    """People by their cards, and first outcomes by record, as far as they were asked for."""

    def __init__(self, lookups: Lookups) -> None:
        """Know nothing yet."""
        self._lookups = lookups
        self._holders: dict[str, set[int]] = {}
        self._residents: dict[int, Resident] = {}
        self._outcomes: dict[str, list[tuple[bytes, Decision]]] = {}

    def fetch_cards(self, numbers: Collection[str]) -> None:
        """Learn whom each of *numbers* belongs or belonged to."""
        self._holders |= {number: set() for number in numbers}
        for number, resident in self._lookups.holders(numbers):
            self._holders[number].add(resident)
        missing = set().union(*(self._holders[number] for number in numbers))
        missing -= self._residents.keys()
        if missing:
            found = map(Resident._make, self._lookups.residents(sorted(missing)))
            self._residents |= {resident.id: resident for resident in found}

    def fetch_outcomes(self, records: Collection[str]) -> None:
        """Learn how each of *records* was first decided."""
        self._outcomes |= {record: [] for record in records}
        for record, content, *taken in self._lookups.outcomes(records):
            self._outcomes[record].append((content, rows.decision(*taken)))

    def find_by_card(self, number: str) -> Found | None:
        """Return whom *number* belongs or belonged to; current cards and residents first."""
        if number not in self._holders:
            self.fetch_cards([number])
        holders = [self._residents[resident] for resident in self._holders[number]]
        found = [Found(each, each.card_number == number) for each in holders]
        # Nearly every card is one person's: nothing to prefer.
        return found[0] if len(found) == 1 else preferred(found)

    def first_outcome(self, record: str, content: bytes) -> FirstOutcome | None:
        """Return how *record* was first decided, preferably for this *content*."""
        if record not in self._outcomes:
            self.fetch_outcomes([record])
        return FirstOutcome.among(self._outcomes[record], content)

    def decided(self, record: str, content: bytes, taken: Decision) -> None:
        """Remember what became of *record* just now."""
        if record in self._outcomes:
            if taken.change is not None:
                taken = Decision(taken.result, taken.reason, None, taken.next_municipality_code)
            self._outcomes[record].append((content, taken))

    def changed(self, after: Resident) -> None:
        """Remember what a resident became just now."""
        self._residents[after.id] = after
        if after.card_number in self._holders:
            self._holders[after.card_number].add(after.id)
