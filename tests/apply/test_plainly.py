"""What is applied by its texts is what the rules would apply, and nothing else is.

Some thousand pairs of a notice and a register, most of them nearly plain, at each run;
``MEDIABRIDGE_PLAIN=100000`` plays as many as a change of this path needs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import date
from random import Random

from mediabridge.apply.journal import content_digest
from mediabridge.apply.plainly import plain_change
from mediabridge.apply.plan import plan
from mediabridge.apply.resident import Found, Resident, preferred
from mediabridge.apply.rules import FITTING
from mediabridge.apply.texts import NoticeTexts
from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.model import Result, classes_of
from mediabridge.records.tables import shipped
from mediabridge.sample import Population
from tests.apply.people import NAMES
from tests.records.rows import RIGHT

CASES = int(os.environ.get("MEDIABRIDGE_PLAIN", "3000"))
CLASSES = {str(each): cls for each, cls in classes_of(Kind.ISA_NOTICE).items()}
CARD, ANOTHER = "AB00000001CD", "AB00000002CD"
NUMBERS = ("prior_card_number", "card_number")
OTHERS = {
    "state": ["moved_out", "deleted"],
    "name_roman": ["XOTHER NAME", None],
    "name_kanji": ["例示花子", "张伟", None],
    "birth_date": ["1990-05-00", "1971-01-01"],
    "sex": ["9", "1", "2"],
    "nationality_region": ["USA", "KOR"],
    "art30_45_category": ["1", "2", "3", "4", "5", "6"],
    "status_of_residence": ["226", None],
    "period_years": ["indefinite", "5", None],
    "period_months": ["3", None],
    "period_days": ["9", None],
    "period_of_stay_expiration_date": ["2031-02-28", None],
    "landing_period_until": ["2031-02-28", None],
    "provisional_stay_until": ["2031-02-28", None],
    "last_event_date": ["2026-11-30", "2026-11-17"],
    "last_issued_at": ["2026-11-30T00:00:00+09:00", "2026-11-19T17:05:00+09:00"],
    "last_sequence": ["1"],
    "event_code": [f"N{number:02d}" for number in range(1, 19)],
    "operation_hint": ["correction", "deletion", "note"],
}
"""What may be said instead of what a notice says, or the register."""


class Register:
    """People by their ids, and those that a card may name."""

    def __init__(self, people: dict[int, Resident], former: dict[str, int]) -> None:
        self._people = people
        self._former = former

    def find_by_card(self, number: str) -> Found | None:
        return preferred(
            Found(each, each.card_number == number)
            for each in self._people.values()
            if each.card_number == number or each.id == self._former.get(number)
        )


def resident(number: int, row: dict[str, str]) -> Resident:
    values = {name: row.get(name) or None for name in Resident._fields[1:]}
    return with_items(Resident(number, *[None] * 21), {"state": "resident", **values})  # type: ignore[arg-type]


def with_items(one: Resident, items: dict[str, str | None]) -> Resident:
    counts = ("period_months", "period_days", "last_sequence")
    given = {name: text for name, text in items.items() if text is not None or name != "state"}
    numbers = {name: int(text) for name, text in given.items() if name in counts and text}
    return one._replace(**given | numbers)  # type: ignore[arg-type]


def altered(texts: NoticeTexts, same: dict[str, str], chance: Random) -> NoticeTexts:
    """Return other texts of the right form: of its category, and of nothing besides."""
    said = dict(zip(FIELDS[Kind.ISA_NOTICE], texts, strict=True)) | same
    for name in chance.sample(sorted(OTHERS.keys() & said.keys()), chance.choice([0, 0, 0, 1, 2])):
        said[name] = chance.choice(OTHERS[name])
    for name in chance.sample(NUMBERS, chance.choice([0, 0, 0, 0, 0, 1])):
        said[name] = chance.choice([None, said["card_number"], said["prior_card_number"]])
    return of_its_category(said)


def of_its_category(said: dict[str, str | None]) -> NoticeTexts:
    items = CLASSES[str(said["art30_45_category"])].model_fields
    return NoticeTexts(text if name in items else None for name, text in said.items())


def cases() -> Iterator[tuple[NoticeTexts, Register]]:
    chance = Random(7)  # noqa: S311 - not for secrets
    people = Population(
        80, 3, "131041", date(2026, 11, 20), tables=shipped(), at_least=150, held=0.2
    )
    everybody = [resident(number, row) for number, row in enumerate(people.rows(), 1)]
    by_card = {each.card_number: each for each in everybody if each.card_number}
    names = sorted(OTHERS.keys() & set(Resident._fields))
    day = list(map(NoticeTexts.of, next(iter(people.days(1))).isa_notices))
    for _ in range(CASES):
        # What is no 正字 is no name for the register, even if it stands there.
        same = {"name_kanji": "张伟"} if chance.random() < 0.1 else {}
        texts = altered(chance.choice(day), same, chance)
        numbers = {texts.card_number, texts.prior_card_number} - {None}
        known = [by_card[number] for number in sorted(numbers & by_card.keys())]
        former = {number: chance.choice(everybody) for number in numbers if chance.random() < 0.1}
        for one in [*known, *former.values()]:
            said = chance.sample(names, chance.choice([0, 0, 0, 1, 2]))
            other = same | {name: chance.choice(OTHERS[name]) for name in said}
            known.append(with_items(one, other))
        yield (
            texts,
            Register(
                {each.id: each for each in known},
                {number: each.id for number, each in former.items()},
            ),
        )


def one_thing_other() -> Iterator[tuple[NoticeTexts, Register]]:
    """Yield for each event that goes with an operation and a category: all as before, but one."""
    of_category = {
        row["art30_45_category"]: row for kind, row in reversed(RIGHT) if kind is Kind.ISA_NOTICE
    }
    names = sorted(OTHERS.keys() & set(Resident._fields))
    for event, operation, category in sorted(FITTING):
        row = of_category[category.value]
        said = {name: row.get(name) or None for name in FIELDS[Kind.ISA_NOTICE]}
        said |= {"event_code": str(event), "operation_hint": operation.value}
        for number in (CARD, ANOTHER, None):
            cards = {"prior_card_number": CARD, "card_number": number}
            texts = of_its_category(said | cards)
            as_before = {name: said.get(name) or "" for name in Resident._fields[2:-3]}
            known = resident(1, as_before | {"state": "resident", "card_number": CARD})
            at_once = {"last_issued_at": said["issued_at"], "last_sequence": said["sequence"]}
            before = at_once | {"last_sequence": str(int(said["sequence"] or "") + 1)}
            single = [{name: value} for name in names for value in OTHERS[name]]
            for other in ({}, at_once, before, {"last_event_date": said["event_date"]}, *single):
                yield texts, Register({1: with_items(known, other)}, {})


def test_what_is_plain_changes_what_the_rules_would_change() -> None:
    applied = held_to_rules(cases())
    # Neither saying always no, nor a register that nothing fits, would show anything.
    assert CASES / 10 < applied < CASES * 9 / 10


def test_one_item_that_is_not_as_before_is_left_to_the_rules() -> None:
    assert held_to_rules(one_thing_other()) > 0


def held_to_rules(pairs: Iterable[tuple[NoticeTexts, Register]]) -> int:
    """Hold what is plain to the rules; return how many notices these apply."""
    applied = plain = 0
    for texts, register in pairs:
        by_rules = plan(texts.notice(), register.find_by_card, NAMES)
        found = plain_change(texts, register.find_by_card, NAMES)
        if found is not None:
            assert found == by_rules.change
            assert [type(each) for each in found.after] == [
                type(each) for each in by_rules.change.after
            ]
        applied += by_rules.result is Result.APPLIED
        plain += found is not None
    assert plain > applied / 2
    return applied


def test_texts_say_what_their_notice_says() -> None:
    for texts, _register in cases():
        notice = texts.notice()
        assert NoticeTexts.of(notice) == texts
        assert texts.digest() == content_digest(notice)
        assert texts.record_id == notice.record_id
        assert (texts.card_number, texts.prior_card_number) == (
            notice.get("card_number"), notice.prior_card_number
        )  # fmt: skip
        assert (texts.event_code, texts.event_date) == (
            notice.event_code.value, notice.event_date.isoformat()
        )  # fmt: skip
