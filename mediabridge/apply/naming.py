"""A kanji name with characters that are no 正字: what it may be entered as, and by whose choice.

The notice is kept as it came. What is entered instead of such a name is what a person chose of
the proposals of Ministry of Justice Notice 582 (:mod:`mediabridge.records.names`), character by
character, or the name in Roman letters alone. Nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, TypeVar

from mediabridge.errors import KanjiChoiceError
from mediabridge.records.events import ISA_EVENTS
from mediabridge.records.model import IsaNotice, IsaPopulation
from mediabridge.records.names import (
    REASONS,
    Character,
    Conversion,
    NamesTable,
    Rule,
    check,
    convert,
)
from mediabridge.records.names.chosen import Naming, Ranks, Replaced, Way
from mediabridge.records.values import Operation

T = TypeVar("T", IsaNotice, IsaPopulation)

_FIRST: Final = 1
_REPLACING: Final = frozenset({Rule.TABLE_4_1, Rule.TABLE_4_2})
"""A special character is a 正字 and stays as it came."""


def comparable(notice: T, names: NamesTable) -> T:
    """Return *notice* as it can be compared and entered: without a kanji name that is not 正字.

    Another form of a character says nothing of who is meant, so that such a name contradicts
    no name of the register. A notice whose name is right comes back as it is.
    """
    if _fits(notice, names):
        return notice
    return notice.model_copy(update={"name_kanji": None})


def enters_unfit_name(notice: IsaNotice, names: NamesTable) -> bool:
    """Tell whether *notice* writes a kanji name that is not all 正字 into the register.

    A deletion, or a note, writes no name.
    """
    return notice.operation_hint is Operation.CORRECTION and not _fits(notice, names)


def offered(notice: IsaNotice, names: NamesTable) -> Conversion | None:
    """Return what Notice 582 makes of a kanji name that is to be entered and not all 正字."""
    if not enters_unfit_name(notice, names):
        return None
    return convert(notice.name_kanji or "", table=names)


def _fits(notice: IsaNotice | IsaPopulation, names: NamesTable) -> bool:
    return notice.name_kanji is None or not check(notice.name_kanji, table=names)


def two_ranks(name: Conversion) -> dict[int, Character]:
    """Return the characters to be replaced that have two proposals, by their place from 1."""
    return {
        each.position + _FIRST: each
        for each in name.characters
        if each.rule in _REPLACING and each.row is not None and each.row.rank2
    }


def ways(notice: IsaNotice, name: Conversion) -> Iterator[Way]:
    """Yield as what the *name* of *notice* may be entered.

    Not in Roman letters alone where there are none, or where the kanji are what it is about.
    """
    if name.converted is not None:
        yield Way.PROPOSED
    if notice.name_roman is not None and "name_kanji" not in ISA_EVENTS[notice.event_code].required:
        yield Way.ROMAN


def renamed(
    notice: IsaNotice, names: NamesTable, way: Way, ranks: Ranks = MappingProxyType({})
) -> tuple[IsaNotice, Naming]:
    """Return *notice* with the name that is entered, and how that came about.

    A character with two proposals that *ranks* does not name gets the first: whoever takes a
    decision asks :func:`require_choice` before.

    Raises:
        Rank2NotAllowedError: a second rank that the notice does not have, or not for that reason.
    """
    name = notice.name_kanji or ""
    seconds = {place - _FIRST: reason for place, reason in ranks.items() if reason is not None}
    made = convert(name, table=names, rank2=seconds if way is Way.PROPOSED else {})
    entered = made.converted if way is Way.PROPOSED else None
    replaced = tuple(map(_replaced, _changed(made))) if entered is not None else ()
    naming = Naming(way, replaced, f"{made.table.version} {made.table.sha256}")
    return notice.model_copy(update={"name_kanji": entered}), naming


def require_choice(record: str, name: Conversion, ranks: Ranks) -> None:
    """Require a choice for every character with two proposals, and for no other.

    Raises:
        KanjiChoiceError: one is missing, or is none of those that the notice gives.
    """
    open_ = two_ranks(name)
    for place in sorted(open_.keys() | ranks.keys()):
        character = open_.get(place)
        if character is None or place not in ranks:
            raise KanjiChoiceError(record=record, places=", ".join(map(str, open_)) or "-")
        reason = ranks[place]
        if reason is not None and reason not in REASONS[character.rule]:
            raise KanjiChoiceError(record=record, places=str(place))


def _changed(made: Conversion) -> Iterator[Character]:
    return (each for each in made.characters if each.rule in _REPLACING)


def _replaced(one: Character) -> Replaced:
    assert one.row is not None  # noqa: S101 - its rule is that of a row
    assert one.result is not None  # noqa: S101 - and a row has a result
    return Replaced(
        one.position + _FIRST,
        one.written,
        one.result,
        one.rule.value,
        one.row.number,
        1 if one.reason is None else 2,
        None if one.reason is None else one.reason.value,
    )
