"""A kanji name with characters that are no 正字: what it may be entered as, and by whose choice.

The notice is kept as it came. What is entered instead of such a name is what a person chose of
the proposals of Ministry of Justice Notice 582 (:mod:`mediabridge.records.names`), character by
character, or the name in Roman letters alone. Nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final, NamedTuple

from mediabridge.errors import KanjiChoiceError
from mediabridge.records.model import IsaNotice
from mediabridge.records.names import (
    REASONS,
    Character,
    Conversion,
    NamesTable,
    Reason,
    Rule,
    check,
    convert,
)
from mediabridge.records.types import Operation

Ranks = Mapping[int, Reason | None]
"""A person's choice for each character with two ranks, by its place in the name from 1.

None is the first rank, which needs no reason; a reason is the second rank, for that reason.
"""


@unique
class Way(StrEnum):
    """As what a kanji name is entered whose characters are not all 正字."""

    PROPOSED = "proposed"
    """In kanji, each such character replaced by a proposal of the notice."""

    ROMAN = "roman"
    """Not at all: the notice is entered as one with a name in Roman letters only."""


class Replaced(NamedTuple):
    """One character of a kanji name, and what a person had entered in its place."""

    position: int
    """Its place among the code points of the name, from 1."""
    character: str
    """As it arrived, with its variation selector, if it had one."""
    result: str
    rule: str
    """The table of the notice: ``4-1`` or ``4-2``."""
    row: int
    rank: int
    """1 or 2."""
    reason: str | None
    """Why the second rank; None with the first, which needs no reason."""


class Naming(NamedTuple):
    """How a person had a kanji name entered, kept with the decision."""

    way: Way
    replaced: tuple[Replaced, ...]
    """In the order of the name; empty for Roman letters alone."""
    table: str
    """The version and the SHA-256 of the table that made the proposals."""


_FIRST: Final = 1
_REPLACING: Final = frozenset({Rule.TABLE_4_1, Rule.TABLE_4_2})
"""A special character is a 正字 and stays as it came."""


def comparable(notice: IsaNotice, names: NamesTable) -> IsaNotice:
    """Return *notice* as it can be compared and entered: without a kanji name that is not 正字.

    Another form of a character says nothing of who is meant, so that such a name contradicts
    no name of the register. A notice whose name is right comes back as it is.
    """
    if notice.name_kanji is None or not check(notice.name_kanji, table=names):
        return notice
    return notice.model_copy(update={"name_kanji": None})


def enters_a_name(notice: IsaNotice) -> bool:
    """Tell whether *notice* writes a name into the register; a deletion or a note writes none."""
    return notice.operation_hint is Operation.CORRECTION


def proposals(notice: IsaNotice, names: NamesTable) -> Conversion | None:
    """Return what Notice 582 makes of the kanji name of *notice*; None where all of it is 正字."""
    name = notice.name_kanji
    return None if name is None or not check(name, table=names) else convert(name, table=names)


def two_ranks(offered: Conversion) -> dict[int, Character]:
    """Return the characters to be replaced that have two proposals, by their place from 1."""
    return {
        each.position + _FIRST: each
        for each in offered.characters
        if each.rule in _REPLACING and each.row is not None and each.row.rank2
    }


def ways(notice: IsaNotice, offered: Conversion) -> tuple[Way, ...]:
    """Return as what the name of *notice* may be entered; none where there is nothing to enter."""
    found = [Way.PROPOSED] if offered.converted is not None else []
    return (*found, Way.ROMAN) if notice.name_roman is not None else tuple(found)


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


def require_choice(record: str, offered: Conversion, ranks: Ranks) -> None:
    """Require a choice for every character with two proposals, and for no other.

    Raises:
        KanjiChoiceError: one is missing, or is none of those that the notice gives.
    """
    open_ = two_ranks(offered)
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
