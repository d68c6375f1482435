"""One invented person, derived from the seed and a number alone."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Final, NamedTuple, TypedDict

from mediabridge.records.codes import permitted_periods, table
from mediabridge.records.types import INDEFINITE
from mediabridge.records.values import CardType, Category
from mediabridge.sample import statistics
from mediabridge.sample.draw import Chance, Weighted, chance, day_between, later
from mediabridge.sample.names import Name, invent

Period = tuple[int, int, int]

_LAW_IN_FORCE: Final = date(2012, 7, 9)
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_CARD_NUMBERS: Final = 10**8
_CARD_STEP: Final = 38_196_601  # no factor of 10, so that no two people share a number
_DESIGNATED: Final = ((1, 0, 0), (0, 6, 0), (2, 0, 0), (4, 3, 0), (0, 4, 0))
_SHORT: Final = 90
_SEXES: Final = Weighted({"1": 495, "2": 500, "9": 5})


class Person(NamedTuple):
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
        years, months, days = self._period()
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
            "period_years": years,
            "period_months": months,
            "period_days": days,
            "period_of_stay_expiration_date": _text(self.expiry),
            "landing_period_until": until if refuge else "",
            "provisional_stay_until": "" if refuge else until,
            "address": self.address,
            "foreign_resident_since": _text(self.since),
            "next_municipality_code": self.next_municipality or "",
        }

    def _period(self) -> tuple[str, str, str]:
        """Return years, months and days of the period of stay as text."""
        if self.status is None:
            return "", "", ""
        if self.period is None:
            return INDEFINITE, "", ""
        years, months, days = self.period
        return str(years), str(months), str(days)


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
    return Person(
        number=number,
        category=category,
        name=invent(rng, nationality, kanji_only=special and rng.random() < 0.5),  # noqa: PLR2004
        birth_date=_partly_unknown(rng, birth),
        sex=_SEXES.draw(rng),
        nationality=nationality,
        address=address(rng, place),
        since=since,
        # Last: what is drawn depends on the order.
        **_stay(rng, category, on),
    )


def address(rng: Chance, place: str) -> str:
    """Return an address in a part of *place* that does not exist."""
    street = f"{place}見本町{rng.choice('一二三四五六七')}丁目"
    house = f"{1 + rng.below(39)}番{1 + rng.below(29)}号"
    flat = f" サンプルハイツ{1 + rng.below(8)}0{1 + rng.below(8)}"
    return street + house + (flat if rng.random() < 0.6 else "")  # noqa: PLR2004


def draw_period(rng: Chance, status: str) -> Period | None:
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


def _dates(rng: Chance, category: Category, on: date) -> tuple[date, date]:
    if category is Category.TRANSITIONAL_BIRTH:
        birth = day_between(rng, on - timedelta(days=50), on - timedelta(days=15))
        return birth, birth
    age = int(rng.triangular(0, 90, 28) * 365)
    birth = on - timedelta(days=max(age, 100))
    return birth, day_between(rng, max(_LAW_IN_FORCE, birth), on - timedelta(days=30))


def _partly_unknown(rng: Chance, birth: date) -> str:
    draw = rng.random()
    if draw < 0.002:  # noqa: PLR2004
        return f"{birth.year:04d}-00-00"
    if draw < 0.005:  # noqa: PLR2004
        return f"{birth:%Y-%m}-00"
    return birth.isoformat()


class _Stay(TypedDict, total=False):
    """What a category has beside what everybody has."""

    status: str
    period: Period
    expiry: date
    until: date


def _stay(rng: Chance, category: Category, on: date) -> _Stay:
    if category in {Category.TEMPORARY_REFUGE, Category.PROVISIONAL_STAY}:
        return {"until": on + timedelta(days=rng.randrange(30, 180))}
    if category is not Category.MID_LONG_TERM:
        return {}
    status = statistics.STATUSES.draw(rng)
    period = draw_period(rng, status)
    if period is None:
        return {"status": status}
    end = later(on, *period)
    expiry = day_between(rng, on + timedelta(days=20), max(end, on + timedelta(days=21)))
    return {"status": status, "period": period, "expiry": expiry}


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()
