"""A population and its working days, all from a seed.

People are numbered. The first ones, the *cast*, have parts to play: on the first day
every event happens to someone of the cast, and every day some notices are about
people who moved away, contradict the registry, or are about nobody at all, so that
the registry has something to hold. To everybody else events happen by chance, in an
order in which nobody comes up twice before all have.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mediabridge.errors import UsageError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.records.events import IsaEvent, MunicipalEvent
from mediabridge.records.load import Loader
from mediabridge.records.model import IsaNotice, MunicipalNotice
from mediabridge.records.tables import RuleTables
from mediabridge.records.values import Category, Operation
from mediabridge.sample import isa, municipal, statistics
from mediabridge.sample.draw import chance
from mediabridge.sample.isa import Happening, Letter
from mediabridge.sample.person import Person, card_number, derive

LEAST_RESIDENTS: Final = 40
_CAST: Final = 400
_ROLES: Final = 10
_CONTRADICTED: Final = 8
_MOVED_AWAY: Final = 9
_NEXT_MUNICIPALITY: Final = {False: "112038", True: "131016"}
_SNAPSHOT_BEFORE: Final = timedelta(days=10)
_STRANGERS: Final = 50_000_000
_DOUBLE_EVERY: Final = 20
_SATURDAY: Final = 5


@dataclass(frozen=True)
class Day:
    """The notices of one working day."""

    number: int
    date: date
    isa_notices: list[IsaNotice]
    municipal_notices: list[MunicipalNotice]


class Population:
    """The foreign residents of one invented municipality."""

    def __init__(
        self,
        residents: int,
        seed: int,
        municipality: str,
        start_date: date,
        *,
        tables: RuleTables,
        peak: float = 1.0,
        at_least: int = 40,
        held: float = 0.05,
    ) -> None:
        """Describe a population; nothing is generated yet.

        The notices are judged by *tables*. *peak* multiplies the notices of an ordinary
        day, of which there are *at_least* so many; *held* is the share of them that the
        registry cannot simply apply.

        Raises:
            UsageError: fewer than 40 residents, or no municipality that keeps records then.
        """
        if residents < LEAST_RESIDENTS:
            raise UsageError(
                detail=text("a population has at least {least} residents", least=LEAST_RESIDENTS)
            )
        self.residents = residents
        self.seed = seed
        self.municipality = municipality
        self.place = tables.office(municipality, start_date).name
        self.isa_loader = Loader(Kind.ISA_NOTICE, tables)
        self.municipal_loader = Loader(Kind.MUNICIPAL_NOTICE, tables)
        self.start_date = start_date
        self._cast = min(_CAST, residents // 4)
        self._isa_daily = _daily(residents, statistics.ISA_NOTICES_PER_RESIDENT, peak, at_least)
        self._municipal_daily = _daily(
            residents, statistics.MUNICIPAL_NOTICES_PER_RESIDENT, peak, at_least
        )
        self._held = max(2, round(self._isa_daily * held / 3))

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield what the registry holds before the first day, as text by column."""
        for number in range(self.residents):
            yield self.person(number).row()

    def person(self, number: int) -> Person:
        """Return resident *number* as of before the first day."""
        on = self.snapshot_day
        if number >= self._cast:
            return derive(self.seed, number, on, self.place)
        role = number % _ROLES
        category = Category(str(role + 1)) if role < len(Category) else Category.MID_LONG_TERM
        person = derive(self.seed, number, on, self.place, category)
        if self.state(number) != "moved_out":
            return person
        code = _NEXT_MUNICIPALITY[self.municipality == _NEXT_MUNICIPALITY[False]]
        return person._replace(state="moved_out", next_municipality=code)

    def state(self, number: int) -> str:
        """Return whether resident *number* lives here, as of before the first day."""
        away = number < self._cast and number % _ROLES == _MOVED_AWAY
        return "moved_out" if away else "resident"

    @property
    def snapshot_day(self) -> date:
        """The day of which :meth:`person` tells."""
        return self.start_date - _SNAPSHOT_BEFORE

    def days(self, count: int) -> Iterator[Day]:
        """Yield the first *count* working days.

        Memory grows with the notices yielded: whoever an event happened to is kept.
        """
        walk = _Walk(self)
        day = self.start_date
        for number in range(1, count + 1):
            yield walk.day(number, day)
            day += timedelta(days=1)
            while day.weekday() >= _SATURDAY:
                day += timedelta(days=1)

    @property
    def cast(self) -> range:
        """The numbers of the people who have parts to play."""
        return range(self._cast)

    @property
    def daily(self) -> tuple[int, int, int]:
        """ISA and municipal notices by chance per day, and held ones of each sort."""
        return self._isa_daily, self._municipal_daily, self._held


class _Walk:
    """The days one after the other, with what has become of the people so far."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._changed: dict[int, Person] = {}
        self._isa_position = 0
        self._municipal_position = 0
        self._isa_sequence = 0
        self._municipal_sequence = 0
        self._strangers = 0
        others = range(population.cast.stop, population.residents)
        self._isa_pool = _Shuffled(range(others.start, others.stop, 2))
        self._municipal_pool = _Shuffled(range(others.start + 1, others.stop, 2))

    def day(self, number: int, on: date) -> Day:
        isa_daily, municipal_daily, held = self._population.daily
        evening = on - timedelta(days=1)
        notices = list(self._first_day(evening)) if number == 1 else []
        for _ in range(isa_daily):
            notices.extend(self._by_chance(evening))
        notices.extend(self._to_be_held(number, evening, held))
        counter = list(self._counter(number, on, municipal_daily))
        return Day(number, on, notices, counter)

    # --- 法務省通知 -----------------------------------------------------------------

    def _first_day(self, evening: date) -> Iterator[IsaNotice]:
        """Let every event happen to somebody of the cast."""
        free = list(self._population.cast)[: len(self._population.cast) // 2]
        # N12 twice: it concerns two categories, and the next in line is of the other one.
        for event in (*IsaEvent, IsaEvent.N12):
            number = next((each for each in free if self._plays(each, event)), None)
            if number is not None:
                free.remove(number)
                rng = chance(self._population.seed, "first-day", number)
                day = evening - timedelta(days=1)
                yield self._tell(isa.happen(rng, event, self._now(number), day), evening)

    def _plays(self, number: int, event: IsaEvent) -> bool:
        if number % _ROLES in {_CONTRADICTED, _MOVED_AWAY}:
            return False
        person = self._now(number)
        return _category_before(event, person.category) and isa.fits(event, person)

    def _by_chance(self, evening: date) -> Iterator[IsaNotice]:
        position = self._isa_position
        self._isa_position += 1
        person = self._now(self._isa_pool[position])
        if person.state != "resident":
            return
        rng = chance(self._population.seed, "event", position)
        day = evening - timedelta(days=rng.randrange(4))
        happening = isa.happen(rng, isa.choose(rng, person, day), person, day)
        yield self._tell(happening, evening)
        twice = position % _DOUBLE_EVERY == 0 and happening.operation is Operation.CORRECTION
        if twice and happening.after.category is Category.MID_LONG_TERM:
            again = isa.happen(rng, IsaEvent.N07, happening.after, day)
            yield self._tell(again, evening)

    def _to_be_held(self, number: int, evening: date, each: int) -> Iterator[IsaNotice]:
        """Write notices about people who moved, about contradictions, and about nobody."""
        cast = len(self._population.cast)
        for turn in range(each):
            tens = ((number * each + turn) * _ROLES) % max(cast - _ROLES, 1) // _ROLES * _ROLES
            day = evening - timedelta(days=1)
            yield self._tell(self._reissue(tens + _MOVED_AWAY, day), evening)
            yield self._tell(
                self._reissue(tens + _CONTRADICTED, day), evening, birth_date="1901-01-01"
            )
            stranger = self._reissue(tens + _CONTRADICTED, day)
            self._strangers += 1
            yield self._tell(
                stranger,
                evening,
                prior_card_number=card_number(_STRANGERS + self._strangers, 0),
                card_number=card_number(_STRANGERS + self._strangers, 1),
            )

    def _reissue(self, number: int, day: date) -> Happening:
        person = self._population.person(number)
        rng = chance(self._population.seed, "reissue", number)
        return isa.happen(rng, isa.reissue(person, day), person, day)

    def _tell(self, happening: Happening, evening: date, **changed: str) -> IsaNotice:
        if not changed:
            self._changed[happening.after.number] = happening.after
        self._isa_sequence += 1
        number = self._isa_sequence
        loader = self._population.isa_loader
        return isa.write_notice(happening, self._letter("N", number, evening), loader, **changed)

    # --- 市町村通知 -----------------------------------------------------------------

    def _counter(self, number: int, on: date, daily: int) -> Iterator[MunicipalNotice]:
        population = self._population
        if number == 1:
            playing = iter(population.cast[len(population.cast) // 2 :])
            for event in MunicipalEvent:
                if event in municipal.ARRIVALS:
                    yield self._notify(event, self._arrival(event, on), on)
                elif (leaver := next(filter(self._may_leave, playing), None)) is not None:
                    yield self._notify(event, self._now(leaver), on)
        for _ in range(daily):
            yield self._at_the_counter(on)

    def _may_leave(self, number: int) -> bool:
        return number % _ROLES not in {_CONTRADICTED, _MOVED_AWAY}

    def _at_the_counter(self, on: date) -> MunicipalNotice:
        position = self._municipal_position
        self._municipal_position += 1
        rng = chance(self._population.seed, "counter", position)
        event = statistics.MUNICIPAL_EVENTS.draw(rng)
        person = self._now(self._municipal_pool[position])
        if event in municipal.ARRIVALS or person.state != "resident":
            event = event if event in municipal.ARRIVALS else MunicipalEvent.M02
            return self._notify(event, self._arrival(event, on), on)
        return self._notify(event, person, on)

    def _arrival(self, event: MunicipalEvent, on: date) -> Person:
        """Return somebody whom the registry did not hold before."""
        self._strangers += 1
        category = {
            MunicipalEvent.M07: Category.TRANSITIONAL_BIRTH,
            MunicipalEvent.M08: Category.TRANSITIONAL_NATIONALITY_LOSS,
        }.get(event, Category.MID_LONG_TERM)
        number = _STRANGERS + self._strangers
        population = self._population
        return derive(population.seed, number, on, population.place, category)

    def _notify(self, event: MunicipalEvent, person: Person, on: date) -> MunicipalNotice:
        if event in {MunicipalEvent.M05, MunicipalEvent.M06, MunicipalEvent.M09}:
            self._changed[person.number] = person._replace(state="moved_out")
        self._municipal_sequence += 1
        number = self._municipal_sequence
        rng = chance(self._population.seed, "notify", number)
        letter = self._letter("M", number, on)
        population, loader = self._population, self._population.municipal_loader
        return municipal.write_notice(rng, event, person, letter, population.place, loader=loader)

    # --- both -----------------------------------------------------------------------

    def _now(self, number: int) -> Person:
        return self._changed.get(number) or self._population.person(number)

    def _letter(self, sort: str, number: int, day: date) -> Letter:
        municipality = self._population.municipality
        name = f"{sort}-{municipality}-{day:%Y%m%d}-{number:07d}"
        return Letter(name, number, municipality, isa.issued(day, number))


class _Shuffled:
    """The numbers of a range in an order of their own, again and again, without a list."""

    def __init__(self, numbers: range) -> None:
        self._numbers = numbers
        step = max(int(len(numbers) * 0.618), 1)
        while math.gcd(step, len(numbers)) != 1:
            step += 1
        self._step = step

    def __getitem__(self, position: int) -> int:
        return self._numbers[position * self._step % len(self._numbers)]


def _daily(residents: int, per_year: float, peak: float, at_least: int) -> int:
    return max(at_least, round(residents * per_year / statistics.WORKING_DAYS * peak))


def _category_before(event: IsaEvent, category: Category) -> bool:
    """Tell whether people of *category* are whom *event* usually happens to."""
    refuge = {Category.TEMPORARY_REFUGE, Category.PROVISIONAL_STAY}
    born = {Category.TRANSITIONAL_BIRTH, Category.TRANSITIONAL_NATIONALITY_LOSS}
    usual = {
        IsaEvent.N04: born,
        IsaEvent.N11: refuge,
        IsaEvent.N12: refuge,
        IsaEvent.N13: born,
        IsaEvent.N14: {Category.SPECIAL_PERMANENT},
    }
    return category in usual.get(event, {Category.MID_LONG_TERM})
