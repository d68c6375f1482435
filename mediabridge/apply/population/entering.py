"""What a resident record says once an entry of a population is entered in it. Pure.

The items are those of a notice of the same person. The address is the city's own business:
the immigration side knows it from the city, so it is entered with a new record only.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any, Final

from mediabridge.apply.changing import all_items, better_known, with_items
from mediabridge.apply.comparing import birth_dates_contradict
from mediabridge.apply.population.findings import NOBODY, Extract
from mediabridge.apply.resident import Resident, State
from mediabridge.apply.rules import Change
from mediabridge.records.model import IsaPopulation
from mediabridge.records.values import Operation

ITEMS: Final = (
    "card_number",
    "art30_45_category",
    "name_roman",
    "name_kanji",
    "birth_date",
    "sex",
    "nationality_region",
    "status_of_residence",
    "period_years",
    "period_months",
    "period_days",
    "period_of_stay_expiration_date",
    "landing_period_until",
    "provisional_stay_until",
)
"""What an entry says of a person, and the register keeps."""

NUMBERS: Final = frozenset({"period_months", "period_days"})
"""Those of them that are numbers; absent is the same as none."""


_IN_ORDER: Final = itemgetter(*ITEMS)


def said(entry: IsaPopulation) -> tuple[Any, ...]:
    """Return what *entry* says of :data:`ITEMS`, in their order, in the register's spelling."""
    values: tuple[Any, ...] = _IN_ORDER(all_items(entry))
    return values


def told(entry: IsaPopulation) -> Resident:
    """Return what *entry* alone says, as a record that is not in the register yet."""
    return NOBODY._replace(id=0, state=State.RESIDENT.value, **all_items(entry))


def says_the_same(entry: IsaPopulation, resident: Resident) -> bool:
    """Tell whether entering *entry* would change nothing in *resident*.

    What the extract does not know, such as the day of a birth date, is no difference.
    """
    return not different_items(entry, resident)


def different_items(entry: IsaPopulation, resident: Resident) -> list[str]:
    """Return the items of *resident* that are other ones in *entry*."""
    after = _with(entry, resident)
    if birth_dates_contradict(entry, resident):
        # Of two dates that are known equally well the record keeps its own.
        after = after._replace(birth_date=str(entry.birth_date))
    return [name for name in ITEMS if _value(after, name) != _value(resident, name)]


def _with(entry: IsaPopulation, resident: Resident) -> Resident:
    return with_items(better_known(resident, entry), entry)


def _value(resident: Resident, name: str) -> object:
    value = getattr(resident, name)
    return value or 0 if name in NUMBERS else value


def corrected(entry: IsaPopulation, resident: Resident) -> Change:
    """Return the change of *resident* into what *entry* says."""
    after = _as_of(_with(entry, resident), Extract.of(entry))
    return Change(Operation.CORRECTION, resident, after)


def added(entry: IsaPopulation) -> Change:
    """Return the change by which whom *entry* names gets a record; the register numbers it."""
    after = told(entry)._replace(address=entry.get("address"))
    return Change(Operation.ENTRY, NOBODY, _as_of(after, Extract.of(entry)))


def removed(resident: Resident, extract: Extract) -> Change:
    """Return the change by which *resident*, whom *extract* does not name, is out of force."""
    after = _as_of(resident._replace(state=State.DELETED.value), extract)
    return Change(Operation.DELETION, resident, after)


def _as_of(after: Resident, extract: Extract) -> Resident:
    """Return *after* as of *extract*, so that an older notice or extract is no news to it."""
    last = after.last_issued_at
    if last is not None and last >= extract.moment:
        return after
    return after._replace(last_issued_at=extract.moment, last_sequence=None)


def is_later(resident: Resident, extract: Extract) -> bool:
    """Tell whether something was entered for *resident* that happened after *extract*."""
    return (resident.last_issued_at or "") > extract.moment or any(
        (day or "") > extract.day
        for day in (resident.last_event_date, resident.foreign_resident_since)
    )
