"""One invented person, derived from the seed and a number alone."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Final

from mediabridge.records.codes import permitted_periods, table
from mediabridge.records.types import INDEFINITE, CardType, Category
from mediabridge.sample import statistics
from mediabridge.sample.draw import chance, day_between, later
from mediabridge.sample.names import Name, invent

Period = tuple[int, int, int]

_LAW_IN_FORCE: Final = date(2012, 7, 9)
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_CARD_NUMBERS: Final = 10**8
_CARD_STEP: Final = 38_196_601  # no factor of 10, so that no two people share a number
_DESIGNATED: Final = ((1, 0, 0), (0, 6, 0), (2, 0, 0), (4, 3, 0), (0, 4, 0))
_SHORT: Final = 90


@dataclass(frozen=True)
class Person:
    """What the registry holds about one person at one moment."""

    number: int
    category: Category
    name: Name
    birth_date: str
    sex: str
    nationality: str
    address: str
    since: date
    cards: int = 0
    """How many cards were issued before this one."""

    status: str | None = None
    period: Period | None = None
    """None for an indefinite period, and where there is no status."""

    expiry: date | None = None
    until: date | None = None
    """The end of a landing period or provisional stay."""

    state: str = "resident"
    next_municipality: str | None = None

    @property
    def card_type(self) -> CardType | None:
        """The kind of card this person holds, if any."""
        return _CARD_TYPES.get(self.category)

    @property
    def card_number(self) -> str | None:
        """The number of the present card, if any."""
        return None if self.card_type is None else card_number(self.number, self.cards)

    def row(self) -> dict[str, str]:
        """Return the row of the registry, as text by column; absent items are empty."""
        refuge = self.category is Category.TEMPORARY_REFUGE
        until = _text(self.until)
        return {
            "state": self.state,
            "card_number": self.card_number or "",
            "art30_45_category": self.category.value,
            "name_roman": self.name.roman or "",
            "name_kanji": self.name.kanji or "",
            "birth_date": self.birth_date,
            "sex": self.sex,
            "nationality_region": self.nationality,
            "status_of_residence": self.status or "",
            **self.period_items(),
            "period_of_stay_expiration_date": _text(self.expiry),
            "landing_period_until": until if refuge else "",
            "provisional_stay_until": "" if refuge else until,
            "address": self.address,
            "foreign_resident_since": _text(self.since),
            "next_municipality_code": self.next_municipality or "",
        }

    def period_items(self) -> dict[str, str]:
        """Return the three fields of the period of stay as text."""
        names = ("period_years", "period_months", "period_days")
        if self.status is None:
            return dict.fromkeys(names, "")
        if self.period is None:
            return dict(zip(names, (INDEFINITE, "", ""), strict=True))
        return dict(zip(names, map(str, self.period), strict=True))


_CARD_TYPES: Final = {
    Category.MID_LONG_TERM: CardType.RESIDENCE_CARD,
    Category.SPECIAL_PERMANENT: CardType.SPR_CERTIFICATE,
}


def card_number(number: int, issue: int) -> str:
    """Return the number of the *issue*-th card of person *number*; no two are the same."""
    digits = (number * _CARD_STEP + 1) % _CARD_NUMBERS
    after, before = divmod(issue, len(_LETTERS))
    tail = _LETTERS[before] + _LETTERS[(number // _CARD_NUMBERS + after) % len(_LETTERS)]
    return f"X{_LETTERS[number % len(_LETTERS)]}{digits:08d}{tail}"


def derive(
    seed: int, number: int, on: date, place: str, category: Category | None = None
) -> Person:
    """Return person *number* of the population of *seed*, resident of *place* on the day *on*."""
    rng = chance(seed, "person", number)
    category = category or statistics.CATEGORIES.draw(rng)
    special = category is Category.SPECIAL_PERMANENT
    nationalities = (
        statistics.SPECIAL_PERMANENT_NATIONALITIES if special else statistics.NATIONALITIES
    )
    nationality = nationalities.draw(rng)
    birth, since = _dates(rng, category, on)
    person = Person(
        number=number,
        category=category,
        name=invent(rng, nationality, kanji_only=special and rng.random() < 0.5),  # noqa: PLR2004
        birth_date=_partly_unknown(rng, birth),
        sex=rng.choices(("1", "2", "9"), weights=(495, 500, 5))[0],
        nationality=nationality,
        address=address(rng, place),
        since=since,
    )
    return _with_stay(rng, person, on)


def address(rng: random.Random, place: str) -> str:
    """Return an address in a part of *place* that does not exist."""
    street = f"{place}見本町{rng.choice('一二三四五六七')}丁目"
    house = f"{rng.randrange(1, 40)}番{rng.randrange(1, 30)}号"
    flat = f" サンプルハイツ{rng.randrange(1, 9)}0{rng.randrange(1, 9)}"
    return street + house + (flat if rng.random() < 0.6 else "")  # noqa: PLR2004


def draw_period(rng: random.Random, status: str) -> Period | None:
    """Return a period that *status* is granted for; None if it has no end."""
    periods = _periods(status)
    return rng.choice(periods) if periods else None


@cache
def _periods(status: str) -> tuple[Period, ...]:
    permitted = permitted_periods(table("status_of_residence").entries[status].extra["periods"])
    if permitted.indefinite:
        return ()
    fixed = sorted(period for period in permitted.fixed if _is_long(period))
    return tuple(fixed) or tuple(period for period in _DESIGNATED if permitted.allows(period))


def _is_long(period: Period) -> bool:
    years, months, days = period
    return bool(years) or months * 30 + days > _SHORT


def _dates(rng: random.Random, category: Category, on: date) -> tuple[date, date]:
    if category is Category.TRANSITIONAL_BIRTH:
        birth = day_between(rng, on - timedelta(days=50), on - timedelta(days=15))
        return birth, birth
    age = int(rng.triangular(0, 90, 28) * 365)
    birth = on - timedelta(days=max(age, 100))
    return birth, day_between(rng, max(_LAW_IN_FORCE, birth), on - timedelta(days=30))


def _partly_unknown(rng: random.Random, birth: date) -> str:
    draw = rng.random()
    if draw < 0.002:  # noqa: PLR2004
        return f"{birth.year:04d}-00-00"
    if draw < 0.005:  # noqa: PLR2004
        return f"{birth:%Y-%m}-00"
    return birth.isoformat()


def _with_stay(rng: random.Random, person: Person, on: date) -> Person:
    if person.category in {Category.TEMPORARY_REFUGE, Category.PROVISIONAL_STAY}:
        return replace(person, until=on + timedelta(days=rng.randrange(30, 180)))
    if person.category is not Category.MID_LONG_TERM:
        return person
    status = statistics.STATUSES.draw(rng)
    period = draw_period(rng, status)
    if period is None:
        return replace(person, status=status)
    end = later(on, *period)
    expiry = day_between(rng, on + timedelta(days=20), max(end, on + timedelta(days=21)))
    return replace(person, status=status, period=period, expiry=expiry)


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()
