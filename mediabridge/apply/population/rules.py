"""The rules of comparing: what becomes of one entry of a population?

:data:`POPULATION_RULES` is the table. The first row that holds decides; where none holds, the
entry has other items than the register, and a person decides. No row applies anything: an
extract says what was so at one time, and tells no event on whose article a record could be
changed. The rows are pure functions over one entry and one record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from mediabridge.apply import comparing
from mediabridge.apply.naming import comparable
from mediabridge.apply.population.entering import is_later, says_the_same
from mediabridge.apply.population.findings import Extract, FindingKind, Judged
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Found, Resident, State
from mediabridge.apply.rules import Decision
from mediabridge.locale import n_
from mediabridge.records.model import IsaPopulation, Result
from mediabridge.records.names import NamesTable

_IDENTITY: Final = (
    comparing.birth_dates_contradict,
    comparing.sexes_contradict,
    comparing.nationalities_contradict,
    comparing.names_contradict,
)


class Case(NamedTuple):
    """One entry, and what is known here of the person it names; see :func:`case_of`."""

    entry: IsaPopulation
    found: Found | None
    """Whose card it has or had; None for nobody."""
    alike: Sequence[Resident] = ()
    """Nobody has the card, or the entry has none: who in force has all identity items."""
    unfit: bool = False
    """Its kanji name, which is not all 正字, was taken out of *entry*: it tells nobody apart."""
    reused: bool = False
    """An entry with its number and other content was received before."""

    @property
    def known(self) -> Resident:
        """The resident, in a row that stands below those for nobody."""
        assert self.found is not None  # noqa: S101 - a row above holds where it is None
        return self.found.resident


def _is_in_force(case: Case) -> bool:
    return case.known.state == State.RESIDENT


def _is_the_same(case: Case) -> bool:
    return _is_in_force(case) and says_the_same(case.entry, case.known)


def _is_the_same_without_card(case: Case) -> bool:
    """Tell whether nothing is to be done: one person has every item, and no card either."""
    if case.entry.get("card_number") is not None or len(case.alike) != 1:
        return False
    return says_the_same(case.entry, case.alike[0])


def _is_replaced(case: Case) -> bool:
    assert case.found is not None  # noqa: S101 - a row above holds where it is None
    return not case.found.current


def _is_another_person(case: Case) -> bool:
    return any(contradict(case.entry, case.known) for contradict in _IDENTITY)


class Rule(NamedTuple):
    """One row: where *when* holds, *result* for *reason*; *basis* says why."""

    reason: ApplyReason | None
    """None where the two sides say the same."""
    when: Callable[[Case], bool]
    result: Result
    kind: FindingKind | None
    """Of the finding that a person decides on; None where there is nothing to decide."""
    basis: str
    """The article, or else why it is like this; a message id."""


_SURE: Final = n_("A card number is the only sure sign of a person; nobody is chosen by a guess.")
_OWN: Final = n_("Article 8: the city enters of its own motion, after an inquiry of its own.")

POPULATION_RULES: Final = (
    # --- which entry, and who is meant?
    Rule(ApplyReason.POPULATION_ID_REUSED, lambda case: case.reused, Result.REJECTED, None,
         n_("One number is one entry; its sender has to send it again under another.")),
    Rule(None, _is_the_same_without_card, Result.ALREADY_APPLIED, None,
         n_("Both sides say the same of the one person who has all identity items.")),
    Rule(ApplyReason.POPULATION_NO_CARD, lambda case: case.entry.get("card_number") is None,
         Result.HELD, FindingKind.UNCLEAR, _SURE),
    Rule(ApplyReason.POPULATION_PERSON_LIKE, lambda case: case.found is None and bool(case.alike),
         Result.HELD, FindingKind.UNCLEAR,
         n_("A second record of one person would be worse than none; a new card may be meant.")),
    Rule(ApplyReason.POPULATION_NOT_SEIJI, lambda case: case.found is None and case.unfit,
         Result.HELD, FindingKind.UNCLEAR,
         n_("Notice 582: what such a name is entered as, a person chooses by the character.")),
    Rule(ApplyReason.POPULATION_MISSING, lambda case: case.found is None,
         Result.HELD, FindingKind.MISSING, _OWN),
    # --- is there a difference, and is it news?
    Rule(ApplyReason.MOVED_OUT, lambda case: case.known.state == State.MOVED_OUT,
         Result.MOVED_OUT, None,
         n_("Article 24: who moved out is on record where they live now.")),
    Rule(None, _is_the_same, Result.ALREADY_APPLIED, None,
         n_("Both sides say the same.")),
    Rule(ApplyReason.POPULATION_OLDER,
         lambda case: is_later(case.known, Extract.of(case.entry)), Result.SUPERSEDED, None,
         n_("An extract is as of one time; what was entered later stands above it.")),
    Rule(ApplyReason.POPULATION_DELETED, lambda case: not _is_in_force(case),
         Result.HELD, FindingKind.UNCLEAR,
         n_("Article 8: only the city brings back a record that it deleted.")),
    Rule(ApplyReason.POPULATION_OLD_CARD, _is_replaced, Result.HELD, FindingKind.UNCLEAR,
         n_("A card that was replaced does not come back into force by itself.")),
    # --- is it this person?
    Rule(ApplyReason.POPULATION_IDENTITY, _is_another_person, Result.HELD, FindingKind.UNCLEAR,
         n_("Article 30-50: identity is changed by the notice of an event, never by an extract.")),
    Rule(ApplyReason.POPULATION_DIFFERS, lambda _case: True,
         Result.HELD, FindingKind.DIFFERENT, _OWN),
)  # fmt: skip
"""In the order in which they are asked; the tests have a case for each row. The last one holds."""


def case_of(
    entry: IsaPopulation,
    found: Found | None,
    alike: Sequence[Resident],
    names: NamesTable,
    *,
    reused: bool = False,
) -> Case:
    """Return the case of *entry*, as it can be compared by *names*, the table of Notice 582."""
    fit = comparable(entry, names)
    unfit = fit.name_kanji != entry.name_kanji
    return Case(fit, found, alike, unfit=unfit, reused=reused)


def judge(case: Case) -> Judged:
    """Return what the first row that holds says of *case*."""
    rule = next(each for each in POPULATION_RULES if each.when(case))
    moved = rule.result is Result.MOVED_OUT
    code = case.known.next_municipality_code if moved else None
    decision = Decision(rule.result, rule.reason, next_municipality_code=code)
    return Judged(decision, rule.kind, case.alike)


def is_extra(resident: Resident, extract: Extract) -> bool:
    """Tell whether *resident*, whom *extract* does not name, should have been in it.

    Not who has no card, such as a newborn: the extract could not name them so; nor whoever
    came, or was entered anew, after it was made.
    """
    in_force = resident.state == State.RESIDENT and resident.card_number is not None
    return in_force and not is_later(resident, extract)
