"""What waits for a person's decision, as the clerk beside the register has to see it.

A view with residents' data in it. It is made for a screen of the registry station;
nothing of it goes into a log, a file or a receipt.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.errors import (
    DecidedElsewhereError,
    HeldChangedError,
    NoRegisterHereError,
    RecordNotHeldError,
    SecondPersonError,
    UsageError,
)
from mediabridge.kinds import Kind
from mediabridge.locale import n_, text
from mediabridge.locale.spoken import Spoken
from mediabridge.records.names.chosen import Ranks, Way
from mediabridge.records.result import Result
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.station import OpenStation

if TYPE_CHECKING:
    from mediabridge.apply.casework import HeldCase, Option
    from mediabridge.apply.journal import Entered, HeldNotice, Resolution
    from mediabridge.apply.resident import Resident
    from mediabridge.apply.resolve import Deciders
    from mediabridge.stations.proposals import Proposals, Unfit

_STAYS: Final = n_("The register stays as it is.")
_CHOOSE: Final = n_("The kanji are entered as chosen, character by character; this is asked next.")
_PUT_BACK: Final = n_("What the earlier decision changed in the register is put back, as shown.")

CONSEQUENCES: Final = {
    Result.APPLIED: n_("The register is changed as shown, and the agency is told so."),
    Result.NOT_FOUND: n_("The agency is told that this person is not known here."),
    Result.MOVED_OUT: n_(
        "The agency is told that the person moved out, and sends the notice there."
    ),
    Result.SUPERSEDED: n_("The agency is told that it has later news already."),
    Result.CONFLICT: n_("The agency is told that the notice contradicts it, and looks into it."),
    Result.REJECTED: n_("The agency is told that the notice was not accepted."),
}
"""What follows from a decision; said before it is asked for."""


@dataclass(frozen=True)
class Item:
    """One item of a notice beside the same item of the register."""

    identifier: str
    """The field of an ``isa_notice``."""

    notice: str
    """As it arrived, not folded or converted; ``""`` where the notice has none."""

    register: str | None
    """As the register has it; None where it keeps no such item, or nobody was found."""

    @property
    def differs(self) -> bool:
        """Whether the register has another spelling or value, or none."""
        return self.register is not None and self.notice != self.register


@dataclass(frozen=True)
class Held:
    """One notice that waits, and why."""

    record: str
    event: str
    bundle: str
    held_at: str
    reason: Spoken
    found: bool
    """Whether one of its card numbers is, or was, a resident's."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Listed:
    """What a list says of one; the members are those of :class:`Held`, and nothing is personal."""

    record: str
    event: str
    bundle: str
    held_at: str
    reason: Spoken


@dataclass(frozen=True)
class Person:
    """A resident who may be meant, beside the notice."""

    number: int
    """The number of the resident record."""
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Changed:
    """One item of a resident record that a decision changes."""

    identifier: str
    before: str
    after: str


@dataclass(frozen=True)
class Decidable:
    """One decision that is permitted, and what follows from it."""

    result: Result
    person: int | None
    """Whose record it changes; None for none."""
    changes: tuple[Changed, ...]
    way: Way | None = None
    """As what a kanji name is entered that is not all 正字; None where that is not asked."""
    choose: tuple[Unfit, ...] = ()
    """Characters for which one of two proposals has to be chosen before it can be taken."""
    kanji_name: str = ""
    """With a *way*: the kanji name in the register afterwards; ``""``: none, or not yet known."""

    @property
    def consequences(self) -> tuple[str, ...]:
        """The messages that say what follows, for the register first."""
        if self.result is Result.APPLIED:
            chosen = (_CHOOSE,) if self.choose else ()
            return (CONSEQUENCES[self.result], *chosen)
        return (_PUT_BACK if self.changes else _STAYS, CONSEQUENCES[self.result])


@dataclass(frozen=True)
class Decided:
    """A decision that was taken."""

    result: Result
    by: str
    second: str | None
    at: str


@dataclass(frozen=True)
class Looked:
    """All that a person needs to decide on one notice."""

    held: Held
    persons: tuple[Person, ...]
    options: tuple[Decidable, ...]
    decided: Decided | None
    today: Spoken | None
    """Why it would be held now, where the register has changed since; None for no other reason."""
    version: str
    """What was looked at: a decision holds only as long as this is still so."""
    kanji: Proposals | None = None
    """What Notice 582 proposes for the kanji of the name that are no 正字; None without any."""


@dataclass(frozen=True)
class Wish:
    """A decision as a person asked for it."""

    result: Result
    version: str
    person: int | None = None
    next_municipality: str | None = None
    again: bool = False
    way: Way | None = None
    ranks: Ranks | None = None
    """The choice for each character of the name that has two proposals, by its place from 1."""


def waiting(station: OpenStation) -> Iterator[Held]:
    """Yield what waits at the registry *station*, oldest bundle first.

    Raises:
        DecidedElsewhereError: its notices are handed over.
        NoRegisterHereError: the station has no register.
    """
    yield from (_view(each) for each in require_register(station).registry.held())


def listed(station: OpenStation) -> Iterator[Listed]:
    """Yield the same for a list, oldest bundle first; nothing personal.

    Raises:
        DecidedElsewhereError, NoRegisterHereError: as :func:`waiting`.
    """
    for each in require_register(station).registry.held_listed():
        yield Listed(each.record_id, each.event_code, each.bundle_id, each.held_at, each.reason)


def waiting_of(station: OpenStation) -> Counter[str]:
    """Return how many notices wait for a decision, by the bundle that each came with.

    Raises:
        DecidedElsewhereError, NoRegisterHereError: as :func:`waiting`.
    """
    return Counter(each.bundle for each in listed(station))


def chosen(station: OpenStation, record: str, ranks: Ranks | None = None) -> Looked:
    """Return the notice that was held under the number *record*; the newest, if it came twice.

    *ranks* is what was chosen for the characters of its name that have two proposals, so that
    what follows is shown with that name.

    Raises:
        RecordNotHeldError: none was.
        KanjiChoiceError: *ranks* are not a choice for each of these characters.
        DecidedElsewhereError: its notices are handed over.
        NoRegisterHereError: the station has no register.
    """
    # The list of what waits needs no rules.
    from mediabridge.apply.casework import examine  # noqa: PLC0415

    registry = require_register(station).registry
    held = registry.held_record(record)
    if held is None:
        raise RecordNotHeldError(record=record[:40])
    return _looked(examine(held, registry, station.tables.names, ranks), ranks)


def decide(
    station: OpenStation, record: str, wish: Wish, *, operator: str | None, second: str | None
) -> Decided:
    """Take the decision that was asked for; the next bundle carries the answer.

    Raises:
        SecondPersonError: both people are one.
        CommandLineError: somebody was faster, the register has changed, or it is not permitted.
        NoRegisterHereError: the station has no register.
        UsageError: it knows nobody of that name.
    """
    from mediabridge.apply.resolve import Choice  # noqa: PLC0415 - as above

    desk = require_register(station)
    people = deciders(desk, operator, second)
    choice = Choice(
        record, wish.version, wish.result, wish.person, wish.next_municipality, wish.again,
        wish.way, wish.ranks,
    )  # fmt: skip
    return _decided(desk.decide(choice, people))


def with_name(station: OpenStation, looked: Looked, option: Decidable, ranks: Ranks) -> Decidable:
    """Return *option* of what was *looked* at, with the name that the choice of *ranks* makes.

    Raises:
        HeldChangedError: what it stands on was changed while somebody chose.
        RecordNotHeldError, KanjiChoiceError: as :func:`chosen`.
    """
    again = chosen(station, looked.held.record, ranks)
    if again.version != looked.version:
        raise HeldChangedError(record=looked.held.record)
    return again.options[looked.options.index(option)]


def municipality(typed: str) -> str:
    """Return *typed* as the code of a municipality, whatever width its digits have.

    Raises:
        UsageError: it is none.
    """
    from mediabridge.records.codes.municipality import (  # noqa: PLC0415 - as above
        has_valid_check_digit,
    )

    code = unicodedata.normalize("NFKC", typed).strip()
    if has_valid_check_digit(code):
        return code
    raise UsageError(detail=text("{code} is no code of a municipality", code=code[:12]))


def deciders(station: OpenStation, operator: str | None, second: str | None) -> Deciders:
    """Return who decides, one person or two.

    Raises:
        SecondPersonError: both people are one.
        UsageError: *station* knows nobody of that name.
    """
    from mediabridge.apply.resolve import Deciders  # noqa: PLC0415 - as above

    first = station.operator(operator)
    other = None if second is None else station.operator(second, "--second")
    if other == first:
        raise SecondPersonError(actor=first)
    return Deciders(first, other)


def keeps_register(station: OpenStation) -> bool:
    """Tell whether *station* has a register of its own on which people decide."""
    return isinstance(station, RegistryStation) and station.registry.keeps_people


def require_register(station: OpenStation) -> RegistryStation:
    """Return *station*, which has a register of its own on which people decide.

    Raises:
        DecidedElsewhereError: its notices are handed over.
        NoRegisterHereError: the station has no register.
    """
    if not isinstance(station, RegistryStation):
        raise NoRegisterHereError(station=station.id)
    if not keeps_register(station):
        raise DecidedElsewhereError(station=station.id)
    return station


def _looked(case: HeldCase, ranks: Ranks | None) -> Looked:
    from mediabridge.stations.proposals import proposals_for  # noqa: PLC0415 - as above

    held = case.held
    kanji = None if case.name is None else proposals_for(case.name)
    choose = kanji.undecided if kanji is not None and ranks is None else ()
    changed = case.today.reason if case.today.reason is not held.reason else None
    return Looked(
        held=_view(held),
        persons=tuple(Person(each.id, _items(held, each)) for each in case.persons),
        options=tuple(_decidable(each, case.undone, choose) for each in case.options),
        decided=None if held.decided is None else _decided(held.decided),
        today=changed,
        version=case.version,
        kanji=kanji,
    )


def _decidable(option: Option, undone: Entered | None, choose: tuple[Unfit, ...]) -> Decidable:
    choose = choose if option.way is Way.PROPOSED else ()
    if option.change is None:
        return Decidable(option.result, None, () if undone is None else _put_back(undone))
    # Of a list in which nobody waits nothing has to be known of records.
    from mediabridge.records.fields import FIELDS  # noqa: PLC0415

    named = zip(option.change.before._asdict().items(), option.change.after, strict=True)
    changes = tuple(
        Changed(name, shown(before), shown(after))
        for (name, before), after in named
        if before != after
        and name in FIELDS[Kind.ISA_NOTICE]
        # Which name it will be is not known before it was chosen, and is not guessed.
        and not (choose and name == "name_kanji")
    )
    known = "" if option.way is None or choose else shown(option.change.after.name_kanji)
    return Decidable(option.result, option.resident, changes, option.way, choose, known)


def _put_back(undone: Entered) -> tuple[Changed, ...]:
    """Return every item that goes back, also those that no notice has, such as the state."""
    return tuple(
        Changed(name, shown(undone.after[name]), shown(before))
        for name, before in undone.before.items()
    )


def _decided(taken: Resolution) -> Decided:
    return Decided(taken.outcome.result, taken.decided_by, taken.seconded_by, taken.decided_at)


def _view(held: HeldNotice) -> Held:
    return Held(
        held.notice.record_id,
        shown(held.notice.event_code),
        held.bundle_id,
        held.held_at,
        held.reason,
        held.resident is not None,
        _items(held, held.resident),
    )


def _items(held: HeldNotice, resident: Resident | None) -> tuple[Item, ...]:
    known = {} if resident is None else resident._asdict()
    from mediabridge.records.fields import FIELDS  # noqa: PLC0415 - as above

    items = []
    for identifier in FIELDS[Kind.ISA_NOTICE]:
        arrived = shown(held.notice.get(identifier))
        register = shown(known[identifier]) if identifier in known else None
        if arrived or register:
            items.append(Item(identifier, arrived, register))
    return tuple(items)


def shown(value: object) -> str:
    """Return *value* as a screen shows it; an absent one as nothing."""
    return "" if value is None else str(value)
