"""The table of the rules, row by row: what comes, what stands in the register, what follows.

One line is one case of an office's year. A case is a register, the notices in the order of
their issue, what becomes of each, and what the register says of the person at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from mediabridge.apply import ApplyReason
from mediabridge.apply.population.rules import POPULATION_RULES
from mediabridge.apply.resident import State
from mediabridge.apply.rules import RULES
from mediabridge.records.model import IsaNotice
from tests.apply.contract.adapters import population
from tests.apply.contract.conftest import Make
from tests.apply.people import (
    NEW_CARD,
    NEWER_CARD,
    OLD_CARD,
    RESIDENT,
    SPECIAL_PERMANENT,
    notice,
    results,
    same_stay,
    unchanged,
    without_category_1,
)

pytestmark = pytest.mark.in_turns

Row = dict[str, Any]
MOVED: Row = RESIDENT | {"state": "moved_out", "next_municipality_code": "112038"}
BACK: Row = RESIDENT | {"address": "4-5-6 Example-cho"}
GONE: Row = RESIDENT | {"state": "deleted"}
BABY: Row = {
    "art30_45_category": "5",
    "name_roman": "EXAMPLE BABY",
    "birth_date": "2026-11-01",
    "sex": "1",
    "nationality_region": "USA",
}
FIRST = {"name_roman": "EXAMPLE BABY", "birth_date": "2026-11-01", "sex": "1"}

DECIDED_ON_FINDINGS = {
    # Whom no entry names is no record with an outcome; the others are what people decide.
    ApplyReason.POPULATION_EXTRA,
    ApplyReason.POPULATION_SETTLED,
    ApplyReason.REGISTER_CONFIRMED,
    ApplyReason.NEWER_EXTRACT,
    ApplyReason.BEING_INQUIRED,
}


def then(number: int, **items: Any) -> IsaNotice:
    """The notice of that number, issued that many seconds later than the first."""
    at = f"2026-11-22T09:00:{number:02d}+09:00"
    values: dict[str, Any] = {"notice_id": f"N-{number:04d}", "sequence": number, "issued_at": at}
    return notice(**(values | items))


def reissued(number: int, old: str, new: str) -> IsaNotice:
    """N07: the card *old* became *new*, and nothing else changed."""
    return same_stay(
        "N07", notice_id=f"N-{number:04d}", sequence=number,
        issued_at=f"2026-11-22T09:00:{number:02d}+09:00", prior_card_number=old, card_number=new,
    )  # fmt: skip


def named(number: int, name: str) -> IsaNotice:
    """N17: the name was wrong, and is *name*."""
    return then(number, event_code="N17", prior_card_number=None, card_number=OLD_CARD,
                name_roman=name, period_of_stay_expiration_date="2026-12-01")  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    what: str
    register: list[Row]
    notices: list[IsaNotice]
    wanted: list[str]
    finally_: Row = field(default_factory=dict)
    """What the register says at the end of whom :attr:`card` finds."""
    card: str = OLD_CARD


TWO = [RESIDENT, RESIDENT | {"card_number": NEW_CARD}]
CASES = [
    # --- who is meant
    Case("found by the card before", [RESIDENT], [then(1)], ["applied"],
         {"card_number": NEW_CARD}),
    Case("found by the new card, entered by the city already",
         [RESIDENT | {"card_number": NEW_CARD}], [then(1)], ["applied"], {}, NEW_CARD),
    Case("two people by two cards", TWO, [then(1)], ["TWO_PERSONS"]),
    Case("nobody by card, however like the name", [RESIDENT],
         [then(1, prior_card_number=NEW_CARD, card_number=NEWER_CARD)], ["NO_MATCH"]),
    Case("a newborn's first card is asked about", [BABY],
         [then(1, event_code="N04", prior_card_number=None, **FIRST)], ["FIRST_CARD"]),
    Case("a newborn who is not entered yet", [RESIDENT],
         [then(1, event_code="N04", prior_card_number=None, **FIRST)], ["FIRST_CARD"]),
    Case("no card at all", [RESIDENT],
         [without_category_1(event_code="N12", art30_45_category="4", card_type=None,
                             provisional_stay_until="2027-01-01", prior_card_number=None,
                             card_number=None)], ["NO_CARD_NUMBER"]),
    Case("one number for two notices", [RESIDENT],
         [then(1), then(1, prior_card_number=NEW_CARD, card_number=NEWER_CARD)],
         ["applied", "RECORD_ID_REUSED"], {"card_number": NEW_CARD}),
    Case("the same notice twice", [RESIDENT], [then(1), then(1)], ["applied", "already_applied"],
         {"card_number": NEW_CARD}),
    # --- who moved, died or became Japanese
    Case("moved out yesterday", [MOVED], [then(1)], ["MOVED_OUT"], {"card_number": OLD_CARD}),
    Case("moves in tomorrow", [], [then(1)], ["NO_MATCH"]),
    Case("out and in on one day", [MOVED, BACK], [then(1)], ["applied"],
         {"address": "4-5-6 Example-cho", "state": State.RESIDENT}, NEW_CARD),
    Case("in and out on one day, entered the other way about", [BACK, MOVED], [then(1)],
         ["applied"], {"address": "4-5-6 Example-cho", "state": State.RESIDENT}, NEW_CARD),
    Case("in and out again: nobody is left", [MOVED, MOVED], [then(1)], ["MOVED_OUT"],
         {"state": State.MOVED_OUT}),
    Case("died, or became Japanese", [GONE], [then(1)], ["RECORD_DELETED"],
         {"state": State.DELETED}),
    Case("died, and the card is no longer valid", [GONE], [unchanged("N09", "deletion")],
         ["ALREADY_DELETED"], {"state": State.DELETED}),
    # --- what is still news
    Case("older after newer", [RESIDENT], [then(9), then(5, period_years=1)],
         ["applied", "OLDER_THAN_RECORD"], {"period_years": "3", "card_number": NEW_CARD}),
    Case("older after newer, about the card before", [RESIDENT],
         [then(9), reissued(5, OLD_CARD, NEWER_CARD)], ["applied", "OLDER_THAN_RECORD"],
         {"card_number": NEW_CARD}),
    Case("older after the record was deleted", [RESIDENT],
         [unchanged("N09", "deletion", issued_at="2026-11-22T09:00:30+09:00"), then(5)],
         ["applied", "OLDER_THAN_RECORD"], {"state": State.DELETED}),
    Case("older, but for another person", [RESIDENT], [then(9), then(5, sex="1")],
         ["applied", "SEX_DIFFERS"], {"sex": "2"}),
    Case("later news of an earlier event", [RESIDENT],
         [then(1), then(2, event_date="2026-11-01", prior_card_number=NEW_CARD)],
         ["applied", "EVENT_BEFORE_RECORD"]),
    Case("an earlier error is corrected later", [RESIDENT],
         [then(1), then(2, event_code="N17", event_date="2026-11-01",
                        prior_card_number=NEW_CARD, card_number=NEW_CARD)],
         ["applied", "applied"], {"last_event_date": "2026-11-21"}),
    # --- chains
    Case("a chain of cards, in its order", [RESIDENT],
         [reissued(1, OLD_CARD, NEW_CARD), reissued(2, NEW_CARD, NEWER_CARD)],
         ["applied", "applied"], {"card_number": NEWER_CARD}),
    Case("a chain of cards without its first link", [RESIDENT],
         [reissued(2, NEW_CARD, NEWER_CARD)], ["NO_MATCH"], {"card_number": OLD_CARD}),
    Case("a chain of cards, the last link first", [RESIDENT],
         [reissued(2, NEW_CARD, NEWER_CARD), reissued(1, OLD_CARD, NEW_CARD)],
         ["NO_MATCH", "applied"], {"card_number": NEW_CARD}),
    Case("a card that was replaced comes up again", [RESIDENT],
         [reissued(1, OLD_CARD, NEW_CARD), reissued(2, NEW_CARD, OLD_CARD)],
         ["applied", "CARD_SUPERSEDED"], {"card_number": NEW_CARD}),
    Case("a correction", [RESIDENT], [named(1, "EXAMPLE ALICIA")], ["applied"],
         {"name_roman": "EXAMPLE ALICIA"}),
    Case("a correction of the correction", [RESIDENT],
         [named(1, "EXAMPLE ALICIA"), named(2, "EXAMPLE ALICE")], ["applied", "applied"],
         {"name_roman": "EXAMPLE ALICE"}),
    Case("a correction that the correction overtook", [RESIDENT],
         [named(2, "EXAMPLE ALICE"), named(1, "EXAMPLE ALICIA")],
         ["applied", "OLDER_THAN_RECORD"], {"name_roman": "EXAMPLE ALICE"}),
    # --- who it is
    Case("another birth date", [RESIDENT], [then(1, birth_date="1990-05-18")],
         ["BIRTH_DATE_DIFFERS"]),
    Case("another sex", [RESIDENT], [then(1, sex="1")], ["SEX_DIFFERS"]),
    Case("another nationality", [RESIDENT], [then(1, nationality_region="CAN")],
         ["NATIONALITY_DIFFERS"]),
    Case("another name", [RESIDENT], [then(1, name_roman="EXAMPLE BEATRICE")], ["NAME_DIFFERS"]),
    # --- whether it fits
    Case("a change that is no deletion", [RESIDENT], [then(1, operation_hint="deletion")],
         ["OPERATION_IMPOSSIBLE"]),
    Case("becomes a special permanent resident", [RESIDENT],
         [without_category_1(event_code="N13", art30_45_category="2", card_type="2")],
         ["applied"], {"art30_45_category": "2", "status_of_residence": None}),
    Case("and does not cease to be one by an extension", [SPECIAL_PERMANENT],
         [then(1, birth_date="1960-01-01", nationality_region="KOR")], ["CATEGORY_IMPOSSIBLE"]),
    Case("another status by an extension", [RESIDENT], [then(1, status_of_residence="211")],
         ["STATUS_DIFFERS"]),
    Case("another period by a reissue", [RESIDENT], [then(1, event_code="N07")],
         ["PERIOD_DIFFERS"]),
    Case("another card by a deletion", [RESIDENT],
         [same_stay("N09", operation_hint="deletion")], ["CARD_DIFFERS"]),
    # --- can its name be entered
    Case("a kanji that is no 正字", [RESIDENT], [then(1, name_kanji="例张")], ["KANJI_NOT_SEIJI"]),
    Case("another form of the kanji on record", [RESIDENT | {"name_kanji": "例張"}],
         [then(1, name_kanji="例张")], ["KANJI_NOT_SEIJI"]),
    Case("a 正字 that is elsewhere a simplified form", [RESIDENT],
         [then(1, name_kanji="例刘云")], ["applied"], {"name_kanji": "例刘云"}, NEW_CARD),
    Case("a note writes no name", [RESIDENT | {"name_kanji": "例張"}],
         [unchanged("N18", "note", name_kanji="例张")], ["applied"], {"name_kanji": "例張"}),
    Case("a deletion writes no name", [RESIDENT],
         [unchanged("N09", "deletion", name_kanji="例张")], ["applied"], {"name_kanji": None}),
    Case("no 正字, for who moved out yesterday", [MOVED], [then(1, name_kanji="例张")],
         ["MOVED_OUT"]),
    Case("no 正字, and older than what was entered", [RESIDENT],
         [then(9), then(5, name_kanji="例张")], ["applied", "OLDER_THAN_RECORD"]),
    Case("no 正字, and another birth date", [RESIDENT],
         [then(1, name_kanji="例张", birth_date="1990-05-18")], ["BIRTH_DATE_DIFFERS"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_case_of_the_table(registry_of: Make, case: Case) -> None:
    with registry_of(*case.register) as registry:
        before = population(registry)
        assert results(registry, *case.notices) == case.wanted
        if "applied" not in case.wanted:
            assert population(registry) == before
        found = registry.find_by_card(case.card)
        known = {} if found is None else found.resident._asdict()
        assert {name: known[name] for name in case.finally_} == case.finally_


def test_every_row_of_the_rules_has_a_case() -> None:
    tried = {reason for case in CASES for reason in case.wanted}
    assert {str(rule.reason) for rule in RULES} <= tried
    assert len({rule.reason for rule in RULES}) == len(RULES)


def test_every_row_says_why() -> None:
    assert all(rule.basis.endswith(".") for rule in RULES)
    # What another system answers has no row: it is that system's rules that speak.
    reasons = {rule.reason for rule in (*RULES, *POPULATION_RULES)} - {None}
    assert reasons == set(ApplyReason) - {ApplyReason.RECEIVING_SYSTEM, *DECIDED_ON_FINDINGS}
