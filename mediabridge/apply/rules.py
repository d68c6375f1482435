"""The rules: may this notice change this resident record, and into what?

:data:`RULES` is the table. The first row that holds decides; where none holds, the notice is
applied, on the article of its event (:data:`~mediabridge.records.events.ISA_EVENTS`). The rows
are pure functions over one notice and one record. Doubt never becomes a guess: whatever does
not fit is held for a person.

People are told apart by card number (:mod:`~mediabridge.apply.plan`), never by name; but a
name that is altogether different says that the card, or the name, is somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

from mediabridge.apply import comparing
from mediabridge.apply.changing import entered
from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Resident, State
from mediabridge.locale import n_
from mediabridge.records.events import ISA_EVENTS, IsaEvent
from mediabridge.records.model import IsaNotice, Result
from mediabridge.records.values import Category, Operation


class Change(NamedTuple):
    """What happens to one resident record; a note leaves *after* equal to *before*."""

    operation: Operation
    before: Resident
    after: Resident


class Decision(NamedTuple):
    """The outcome of one record; only ``applied`` has a change and no reason."""

    result: Result
    reason: ApplyReason | None = None
    change: Change | None = None
    next_municipality_code: str | None = None


class Case(NamedTuple):
    """One notice, and what is known here of its number and of the person it names."""

    notice: IsaNotice
    resident: Resident | None
    """Whom one of its card numbers belongs, or belonged, to; None for nobody."""
    several: bool = False
    """Its two card numbers belong to different residents."""
    superseded: bool = False
    """It speaks of a card which a later one has replaced."""
    reused: bool = False
    """A notice with its number and other content was received before."""
    not_seiji: bool = False
    """It enters a kanji name that is not all 正字; *notice* is without that name."""

    @property
    def known(self) -> Resident:
        """The resident, in a row that stands below those for nobody."""
        assert self.resident is not None  # noqa: S101 - a row above holds where it is None
        return self.resident


_IDENTITY: Final = frozenset(
    {
        ApplyReason.BIRTH_DATE_DIFFERS,
        ApplyReason.SEX_DIFFERS,
        ApplyReason.NATIONALITY_DIFFERS,
        ApplyReason.NAME_DIFFERS,
    }
)
_CARD: Final = frozenset({ApplyReason.CARD_DIFFERS})
_PERIOD: Final = _CARD | {ApplyReason.PERIOD_DIFFERS}
_STATUS: Final = _PERIOD | {ApplyReason.STATUS_DIFFERS}
_EVERYTHING: Final = _STATUS | _IDENTITY
_NOTHING: Final[frozenset[ApplyReason]] = frozenset()

MAY_DIFFER: Final = {
    IsaEvent.N01: _STATUS,
    IsaEvent.N02: _PERIOD,
    IsaEvent.N03: _STATUS,
    IsaEvent.N04: _STATUS,
    IsaEvent.N05: _CARD | _IDENTITY,
    IsaEvent.N06: _CARD,
    IsaEvent.N07: _CARD,
    IsaEvent.N08: _STATUS,
    IsaEvent.N09: _NOTHING,
    IsaEvent.N10: _STATUS,
    IsaEvent.N11: _STATUS,
    IsaEvent.N12: _PERIOD,
    IsaEvent.N13: _STATUS,
    IsaEvent.N14: _CARD | _IDENTITY,
    IsaEvent.N15: _NOTHING,
    IsaEvent.N16: _CARD | {ApplyReason.NAME_DIFFERS},
    IsaEvent.N17: _EVERYTHING,
    IsaEvent.N18: _NOTHING,
}
"""The contradictions that are the very point of an event: they hold no notice of it back."""

_STEPS: Final = {
    IsaEvent.N04: {Category.TRANSITIONAL_BIRTH, Category.TRANSITIONAL_NATIONALITY_LOSS},
    IsaEvent.N10: set(Category) - {Category.SPECIAL_PERMANENT},
    IsaEvent.N11: {Category.TEMPORARY_REFUGE, Category.PROVISIONAL_STAY},
    IsaEvent.N12: {Category.TEMPORARY_REFUGE, Category.PROVISIONAL_STAY},
    IsaEvent.N13: set(Category),
    IsaEvent.N17: set(Category),
}
"""Categories from which an event can lead to the category of its notice; others keep theirs."""

FIRST_CARD_EVENTS: Final = frozenset({IsaEvent.N04, IsaEvent.N10, IsaEvent.N11, IsaEvent.N13})
"""Events that may give a card to someone who never had one, such as a newborn."""

_IDENTITY_ITEMS: Final = {
    ApplyReason.BIRTH_DATE_DIFFERS: (comparing.birth_dates_contradict, ("birth_date",)),
    ApplyReason.SEX_DIFFERS: (comparing.sexes_contradict, ("sex",)),
    ApplyReason.NATIONALITY_DIFFERS: (comparing.nationalities_contradict, ("nationality_region",)),
    ApplyReason.NAME_DIFFERS: (comparing.names_contradict, ("name_roman", "name_kanji")),
}


def _without_card(case: Case) -> bool:
    return case.resident is None and case.notice.prior_card_number is None


def _has_no_number(case: Case) -> bool:
    return _without_card(case) and case.notice.get("card_number") is None


def _gives_first_card(case: Case) -> bool:
    return _without_card(case) and case.notice.event_code in FIRST_CARD_EVENTS


def _contradiction(
    reason: ApplyReason, contradict: Callable[[IsaNotice, Resident], bool]
) -> Callable[[Case], bool]:
    """Return a row's condition: it contradicts the record, and its event is not about that."""

    def holds(case: Case) -> bool:
        return reason not in MAY_DIFFER[case.notice.event_code] and contradict(
            case.notice, case.known
        )

    return holds


def _other_item(
    reason: ApplyReason, contradict: Callable[[IsaNotice, Resident], bool]
) -> Callable[[Case], bool]:
    """Return the same for an item of a category: where that changes, the old ones end."""
    holds = _contradiction(reason, contradict)
    return lambda case: (
        case.notice.art30_45_category == case.known.art30_45_category and holds(case)
    )


def _is_gone(case: Case) -> bool:
    return case.known.state == State.DELETED


def _deletes_again(case: Case) -> bool:
    return _is_gone(case) and case.notice.operation_hint is Operation.DELETION


def _happened_before(case: Case) -> bool:
    # An error may be corrected long after later events were entered.
    return case.notice.event_code is not IsaEvent.N17 and comparing.happened_before(
        case.notice, case.known
    )


def _does_not_go_with_its_event(case: Case) -> bool:
    return case.notice.operation_hint not in ISA_EVENTS[case.notice.event_code].operations


def _leads_elsewhere(case: Case) -> bool:
    event = case.notice.event_code
    before, after = case.known.art30_45_category, case.notice.art30_45_category
    step_possible = before == after or before in _STEPS.get(event, ())
    return after not in ISA_EVENTS[event].categories or not step_possible


class Rule(NamedTuple):
    """One row: where *when* holds, the outcome is *result*, for *reason*; *basis* says why."""

    reason: ApplyReason
    when: Callable[[Case], bool]
    result: Result
    basis: str
    """The article, or else why it is like this; a message id."""


_SURE = n_("A card number is the only sure sign of a person; nobody is chosen by a guess.")
_IDENTITY_IS_SURE = n_(
    "Article 30-50 lets a notice change what its event is about; another person may be meant."
)
_ONE_ITEM = n_("Article 30-50 lets a notice change what its event is about, and nothing else.")
_TABLE_30_45 = n_("Table of Article 30-45: each category has its own items and its own way in.")

RULES: Final = (
    # --- which notice, and who is meant?
    Rule(ApplyReason.RECORD_ID_REUSED, lambda case: case.reused, Result.REJECTED,
         n_("One number is one notice; its sender has to send it again under another.")),
    Rule(ApplyReason.TWO_PERSONS, lambda case: case.several, Result.HELD, _SURE),
    Rule(ApplyReason.NO_CARD_NUMBER, _has_no_number, Result.HELD, _SURE),
    Rule(ApplyReason.FIRST_CARD, _gives_first_card, Result.HELD,
         n_("Articles 22-2, 22-3 and others: the first card of a person, such as a newborn.")),
    Rule(ApplyReason.NO_MATCH, lambda case: case.resident is None, Result.HELD, _SURE),
    # --- is it this person?
    Rule(ApplyReason.BIRTH_DATE_DIFFERS, _contradiction(
        ApplyReason.BIRTH_DATE_DIFFERS, comparing.birth_dates_contradict),
        Result.HELD, _IDENTITY_IS_SURE),
    Rule(ApplyReason.SEX_DIFFERS, _contradiction(
        ApplyReason.SEX_DIFFERS, comparing.sexes_contradict), Result.HELD, _IDENTITY_IS_SURE),
    Rule(ApplyReason.NATIONALITY_DIFFERS, _contradiction(
        ApplyReason.NATIONALITY_DIFFERS, comparing.nationalities_contradict),
        Result.HELD, _IDENTITY_IS_SURE),
    Rule(ApplyReason.NAME_DIFFERS, _contradiction(
        ApplyReason.NAME_DIFFERS, comparing.names_contradict), Result.HELD, _IDENTITY_IS_SURE),
    # --- is the record in force, and is it still news?
    Rule(ApplyReason.MOVED_OUT, lambda case: case.known.state == State.MOVED_OUT,
         Result.MOVED_OUT,
         n_("Article 24: who moved out is on record where they live now.")),
    Rule(ApplyReason.OLDER_THAN_RECORD,
         lambda case: comparing.is_older(case.notice, case.known), Result.SUPERSEDED,
         n_("Every notice has all items of its day; the later one has been entered.")),
    Rule(ApplyReason.ALREADY_DELETED, _deletes_again, Result.HELD,
         n_("Article 8: why the record was deleted before is known at the desk only.")),
    Rule(ApplyReason.RECORD_DELETED, _is_gone, Result.HELD,
         n_("Article 8: only the city brings back a record that it deleted.")),
    Rule(ApplyReason.CARD_SUPERSEDED, lambda case: case.superseded, Result.HELD,
         n_("A card that was replaced does not come back into force by itself.")),
    Rule(ApplyReason.EVENT_BEFORE_RECORD, _happened_before, Result.HELD,
         n_("Later news of an earlier event may be late, or may be wrong.")),
    # --- does it fit the record?
    Rule(ApplyReason.OPERATION_IMPOSSIBLE, _does_not_go_with_its_event, Result.HELD,
         n_("The article of the event says whether it corrects or deletes.")),
    Rule(ApplyReason.CATEGORY_IMPOSSIBLE, _leads_elsewhere, Result.HELD, _TABLE_30_45),
    Rule(ApplyReason.STATUS_DIFFERS, _other_item(
        ApplyReason.STATUS_DIFFERS, comparing.statuses_contradict), Result.HELD, _ONE_ITEM),
    Rule(ApplyReason.PERIOD_DIFFERS, _other_item(
        ApplyReason.PERIOD_DIFFERS, comparing.periods_contradict), Result.HELD, _ONE_ITEM),
    Rule(ApplyReason.CARD_DIFFERS, _other_item(
        ApplyReason.CARD_DIFFERS, comparing.cards_contradict), Result.HELD, _ONE_ITEM),
    # --- can its name be entered?
    Rule(ApplyReason.KANJI_NOT_SEIJI, lambda case: case.not_seiji, Result.HELD,
         n_("Ministry of Justice Notice 582: a kanji name is entered in 正字, of its proposals.")),
)  # fmt: skip
"""In the order in which they are asked; the tests have a case for each row.

Where a row may hold, :mod:`~mediabridge.apply.plainly` has to doubt: it is asked first.
``tests/apply/test_plainly.py`` holds it to that, if it plays what breaks the row.
"""


FITTING: Final = frozenset(
    (event, operation, category)
    for event, facts in ISA_EVENTS.items()
    for operation in facts.operations
    for category in facts.categories
)
"""Which events go with which operations, and lead to which categories."""


def judge(case: Case, *, but: Collection[ApplyReason] = _NOTHING) -> Decision:
    """Return what the first row that holds says of *case*; applied where none holds.

    The rows of the reasons in *but* are passed over: a person has answered what they ask.
    """
    for rule in RULES:
        if rule.reason not in but and rule.when(case):
            moved = rule.result is Result.MOVED_OUT
            code = case.known.next_municipality_code if moved else None
            return Decision(rule.result, rule.reason, next_municipality_code=code)
    return Decision(Result.APPLIED, change=change_by(case.notice, case.known))


def change_by(notice: IsaNotice, resident: Resident) -> Change:
    """Return the change of *resident* that *notice* asks for, whatever the rules say of it."""
    return Change(notice.operation_hint, resident, entered(notice, resident))


def forced(notice: IsaNotice, resident: Resident) -> Change:
    """Return the change of *resident* by a person's decision, against what the rules say.

    Identity items that contradict stay as the register has them: a decision on one notice
    makes no other person of anybody. For that there are notices about identity.
    """
    change = change_by(notice, resident)
    kept: dict[str, Any] = {}
    for reason, (contradict, names) in _IDENTITY_ITEMS.items():
        if reason not in MAY_DIFFER[notice.event_code] and contradict(notice, resident):
            kept |= {name: getattr(resident, name) for name in names}
    return change._replace(after=change.after._replace(**kept))


def repeated(first: Decision) -> Decision:
    """Return what a record gets when it is delivered again: its outcome so far, without effect."""
    if first.result is Result.APPLIED:
        return Decision(Result.ALREADY_APPLIED)
    return first


def handed_over(*, reused: bool, not_seiji: bool) -> Decision:
    """Return what a new record gets where another system judges it; *reused* is its number.

    A name that is *not_seiji* has nobody here who could decide on it, so it goes back.
    """
    if reused:
        return Decision(Result.REJECTED, ApplyReason.RECORD_ID_REUSED)
    if not_seiji:
        return Decision(Result.REJECTED, ApplyReason.KANJI_NOT_SEIJI)
    return Decision(Result.HANDED_OVER)
