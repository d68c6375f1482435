from __future__ import annotations

import itertools
import tracemalloc
from collections import Counter
from datetime import date
from functools import partial

import pytest

from mediabridge.apply import POPULATION_COLUMNS
from mediabridge.config import MIB
from mediabridge.errors import UsageError
from mediabridge.records import names
from mediabridge.records.events import IsaEvent, MunicipalEvent
from mediabridge.records.tables import shipped
from mediabridge.records.values import Category
from mediabridge.sample import Day, Population

pytestmark = pytest.mark.in_turns

check = partial(names.check, table=names.table())
convert = partial(names.convert, table=names.table())

START = date(2026, 11, 20)
WARD = Population(2000, 7, "131041", START, tables=shipped())


@pytest.fixture(scope="module")
def days() -> list[Day]:
    return list(WARD.days(5))


def test_same_seed_same_people(days: list[Day]) -> None:
    again = Population(2000, 7, "131041", START, tables=shipped())
    assert list(again.rows()) == list(WARD.rows())
    assert list(again.days(5)) == days


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("999999", "there is no municipality"),
        ("010006", "keeps no resident records"),
        ("011002", "keeps no resident records"),
        ("221317", "is not in force on 2026-11-20"),
    ],
)
def test_no_people_live_where_no_office_keeps_their_records(code: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Population(2000, 7, code, START, tables=shipped())
    assert Population(2000, 7, "221384", START, tables=shipped()).place == "浜松市中央区"


def test_other_seed_other_people() -> None:
    other = Population(2000, 8, "131041", START, tables=shipped())
    assert list(itertools.islice(other.rows(), 50)) != list(itertools.islice(WARD.rows(), 50))


def test_registry_knows_the_columns() -> None:
    assert set(next(WARD.rows())) <= set(POPULATION_COLUMNS)


def test_no_two_people_share_a_card(days: list[Day]) -> None:
    cards = [row["card_number"] for row in WARD.rows() if row["card_number"]]
    assert len(set(cards)) == len(cards)
    replaced = [n.get("card_number") for n in days[0].isa_notices if n.prior_card_number]
    assert not set(cards) & set(replaced)


def test_every_category_appears(days: list[Day]) -> None:
    assert {row["art30_45_category"] for row in WARD.rows()} == set(Category)
    told = {n.art30_45_category for day in days for n in day.isa_notices}
    told |= {n.art30_45_category for day in days for n in day.municipal_notices}
    assert told == set(Category)


def test_every_event_appears_on_the_first_day(days: list[Day]) -> None:
    assert {notice.event_code for notice in days[0].isa_notices} == set(IsaEvent)
    assert {notice.event_code for notice in days[0].municipal_notices} == set(MunicipalEvent)


def test_shares_are_those_of_the_statistics() -> None:
    people = list(Population(20_000, 1, "131041", START, tables=shipped()).rows())
    categories = Counter(row["art30_45_category"] for row in people)
    assert 0.05 < categories["2"] / len(people) < 0.09
    nationalities = Counter(row["nationality_region"] for row in people)
    assert 0.18 < nationalities["CHN"] / len(people) < 0.28
    statuses = Counter(row["status_of_residence"] for row in people if row["status_of_residence"])
    assert 0.22 < statuses["601"] / statuses.total() < 0.30


def test_numbers_of_notices_follow_population() -> None:
    (day,) = Population(47_000, 3, "131041", START, peak=8.0, tables=shipped()).days(1)
    assert 700 < len(day.isa_notices) < 1100
    assert 850 < len(day.municipal_notices) < 1050


def test_some_notices_must_be_held(days: list[Day]) -> None:
    rows = {row["card_number"]: row for row in WARD.rows() if row["card_number"]}
    for day in days:
        matched = [(n, rows[n.prior_card_number or ""]) for n in day.isa_notices
                   if n.prior_card_number in rows]  # fmt: skip
        moved = [n for n, row in matched if row["state"] == "moved_out"]
        contradictory = [n for n, row in matched if n.birth_date != row["birth_date"]]
        unknown = [n for n in day.isa_notices
                   if n.prior_card_number and n.prior_card_number not in rows]  # fmt: skip
        assert min(len(moved), len(contradictory), len(unknown)) >= 2
        assert len(moved) + len(contradictory) < len(day.isa_notices) / 4


def test_notices_of_half_a_year_are_right() -> None:
    """Whose stay has run out by then has no card reissued: such a notice is refused."""
    village = Population(300, 3, "131041", START, tables=shipped(), at_least=60)
    assert sum(1 for _ in village.days(130)) == 130


def test_other_notices_fit_the_registry(days: list[Day]) -> None:
    rows = {row["card_number"]: row for row in WARD.rows() if row["card_number"]}
    identity_events = {"N05", "N17"}
    fitting = 0
    for notice in days[0].isa_notices:
        row = rows.get(notice.prior_card_number or notice.get("card_number") or "")
        if row is None or row["state"] != "resident" or notice.birth_date == "1901-01-01":
            continue
        if notice.event_code not in identity_events:
            told = (notice.birth_date, notice.sex, notice.nationality_region)
            assert told == (row["birth_date"], row["sex"], row["nationality_region"])
            fitting += 1
    assert fitting > len(days[0].isa_notices) / 2


def test_same_day_double_events(days: list[Day]) -> None:
    doubles = 0
    for day in days:
        issued = {n.get("card_number") for n in day.isa_notices} - {None}
        doubles += sum(1 for n in day.isa_notices if n.prior_card_number in issued)
    assert 5 <= doubles <= 25


def test_sequences_have_no_gap(days: list[Day]) -> None:
    isa = [notice.sequence for day in days for notice in day.isa_notices]
    city = [notice.sequence for day in days for notice in day.municipal_notices]
    assert isa == list(range(1, len(isa) + 1))
    assert city == list(range(1, len(city) + 1))
    numbers = [notice.notice_id for day in days for notice in day.isa_notices]
    assert len(set(numbers)) == len(numbers)


def test_days_are_working_days() -> None:
    (first, *others) = [day.date for day in WARD.days(4)]
    assert first == START
    assert others == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)]


def test_a_long_year_stays_right() -> None:
    small = Population(60, 5, "131041", START, tables=shipped())
    notices = [notice for day in small.days(60) for notice in day.isa_notices]
    assert len(notices) > 500


def test_names_are_invented_and_allowed() -> None:
    kanji_only = roman_only = original = 0
    for row in WARD.rows():
        roman, kanji = row["name_roman"], row["name_kanji"]
        assert roman.startswith("X") or not roman
        assert kanji.startswith(("例", "試", "仮", "練")) or not kanji
        assert not list(check(kanji)) if kanji else roman
        kanji_only += not roman
        roman_only += not kanji
    for number in range(500):
        name = WARD.person(number).name
        if name.kanji_original and "{" not in name.kanji_original:
            original += 1
            assert convert(name.kanji_original).converted == name.kanji
    assert min(kanji_only, roman_only, original) > 5


def test_people_stream_in_bounded_memory() -> None:
    nation = Population(4_000_000, 7, "131041", START, peak=0.01, tables=shipped())
    list(itertools.islice(nation.rows(), 10))
    tracemalloc.start()
    for row in itertools.islice(nation.rows(), 3000):
        assert row["birth_date"]
    assert nation.person(3_999_999).card_number != nation.person(3_999_998).card_number
    next(nation.days(1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * MIB


@pytest.mark.parametrize(("residents", "municipality"), [(39, "131041"), (100, "131042")])
def test_impossible_population_refused(residents: int, municipality: str) -> None:
    with pytest.raises(UsageError):
        Population(residents, 1, municipality, START, tables=shipped())


def test_notices_of_a_day_are_in_the_order_of_their_numbers() -> None:
    (day,) = Population(20_000, 7, "131041", START, tables=shipped(), at_least=7500).days(1)
    moments = [(each.issued_at, each.sequence) for each in day.isa_notices]
    assert len(moments) > 7300
    assert moments == sorted(moments)
