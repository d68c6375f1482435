"""Which proposal of Notice 582 is meant: asked at a terminal, or said on a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mediabridge.cli._ask import reply
from mediabridge.cli._context import Context
from mediabridge.errors import UsageError
from mediabridge.locale import text
from mediabridge.shown.kanji import choice_said, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.records.names import Reason
    from mediabridge.records.names.chosen import Ranks
    from mediabridge.stations.proposals import Unfit

FIRST_RANK: Final = "rank1"
"""How the first proposal is chosen on a command line; the second, by its reason."""


def ask_ranks(context: Context, undecided: Sequence[Unfit]) -> Ranks | None:
    """Ask which proposal is meant for each character; None where one was left open."""
    ranks: dict[int, Reason | None] = {}
    for one in undecided:
        choices: list[Reason | None] = [None, *one.reasons]
        context.show(
            text("Character {place}: {character}", place=one.place, character=shown(one.character))
        )
        for number, reason in enumerate(choices, 1):
            context.show(f"  {number}  {choice_said(one, reason)}")
        answer = _number(context, len(choices))
        if answer is None:
            return None
        ranks[one.place] = choices[answer - 1]
    return ranks


def _number(context: Context, choices: int) -> int | None:
    while True:
        answer = reply(context, "Which one? Its number, or Enter to leave the notice undecided")
        if not answer:
            return None
        if answer in map(str, range(1, choices + 1)):
            return int(answer)


def ranks_of(given: Sequence[str]) -> Ranks | None:
    """Return what the ``--kanji`` of a command line choose; None for none of them.

    Raises:
        UsageError: one is not ``PLACE=rank1`` or ``PLACE=REASON``.
    """
    from mediabridge.records.names import Reason

    ranks: dict[int, Reason | None] = {}
    for each in given:
        place, _, choice = each.partition("=")
        known = choice == FIRST_RANK or choice in list(Reason)
        if not (place.isascii() and place.isdigit() and known) or int(place) in ranks:
            wanted = ", ".join([FIRST_RANK, *Reason])
            detail = text("--kanji takes PLACE=CHOICE, once a place, of: {wanted}", wanted=wanted)
            raise UsageError(detail=detail)
        ranks[int(place)] = None if choice == FIRST_RANK else Reason(choice)
    return ranks or None
