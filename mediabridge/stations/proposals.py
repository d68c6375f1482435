"""The characters of a held kanji name that are no 正字, as a person has to see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediabridge.apply.naming import two_ranks
from mediabridge.records.names import REASONS, Rule

if TYPE_CHECKING:
    from mediabridge.records.codes.tablefile import Provenance
    from mediabridge.records.names import Character, Conversion, Reason, Stop

_STANDS = (Rule.SEIJI, Rule.SPECIAL, Rule.NOT_SUBJECT)


@dataclass(frozen=True)
class Unfit:
    """One character that is no 正字, and what Notice 582 proposes for it."""

    place: int
    """Among the code points of the name, from 1."""
    character: str
    """As it arrived, with its variation selector, if it had one."""
    proposals: tuple[str, ...]
    """By rank; none where the notice has none."""
    rule: Rule
    row: int | None
    reasons: tuple[Reason, ...]
    """For which the second proposal may be chosen; none where there is no second."""
    stop: Stop | None
    """Why there is no proposal."""


@dataclass(frozen=True)
class Proposals:
    """All of them, in the order of the name, and which table says so."""

    characters: tuple[Unfit, ...]
    table: Provenance

    @property
    def undecided(self) -> tuple[Unfit, ...]:
        """Those with two proposals, of which a person chooses one."""
        return tuple(each for each in self.characters if each.reasons)


def proposals_for(name: Conversion) -> Proposals:
    """Return what a person is shown of *name*, which Notice 582 was asked about."""
    return Proposals(tuple(_unfit(name)), name.table)


def _unfit(name: Conversion) -> Iterator[Unfit]:
    seconds = two_ranks(name)
    for each in name.characters:
        if each.rule not in _STANDS:
            place = each.position + 1
            yield Unfit(
                place,
                each.written,
                _ranks(each),
                each.rule,
                each.row.number if each.row else None,
                REASONS[each.rule] if place in seconds else (),
                each.stop,
            )


def _ranks(one: Character) -> tuple[str, ...]:
    return tuple(each for each in (one.row.rank1, one.row.rank2) if each) if one.row else ()
