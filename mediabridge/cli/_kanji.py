"""Kanji that are no 正字 on a screen: each with its code point, its proposals and the choice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mediabridge.cli._ask import reply
from mediabridge.cli._context import Context
from mediabridge.cli._result import Table
from mediabridge.cli.collect import printable
from mediabridge.cli.names import RULES, table_said
from mediabridge.errors import UsageError
from mediabridge.locale import n_, text, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediabridge.records.names import Reason
    from mediabridge.records.names.chosen import Naming, Ranks
    from mediabridge.stations.proposals import Proposals, Unfit

FIRST_RANK: Final = "rank1"
"""How the first proposal is chosen on a command line; the second, by its reason."""

WAYS: Final = {
    "proposed": n_("with the kanji that Notice 582 proposes"),
    "roman": n_("without the kanji of the notice, in Roman letters alone"),
}
"""As what a name is entered, beside the decision."""

REASONS: Final = {
    "resident_record": n_("the resident record has it already"),
    "earlier_stay": n_("the card or the resident record of an earlier stay had it"),
    "sufficient_reason": n_("another sufficient reason makes it fit"),
    "person_wishes": n_("the person wishes it"),
}
"""Why a second proposal may be chosen, in the order of the notice: (イ), (ロ), (ハ)."""


def kanji_lines(found: Proposals) -> Iterator[str | Table]:
    """Yield every character that is no 正字, and what may stand in its place."""
    yield text("Characters of the kanji name that are no 正字, and what Notice 582 proposes:")
    headings = [
        text("character no."),
        text("character"),
        text("first proposal"),
        text("second proposal"),
        text("rule"),
        text("row"),
    ]
    rows = [_row(each) for each in found.characters]
    yield Table(headings, rows, right=frozenset({0, 5}))
    yield table_said(found.table)
    if not all(each.proposals for each in found.characters):
        yield text("A character without a proposal cannot be entered: nobody here may choose one.")


def _row(one: Unfit) -> list[str]:
    first, second = [*map(shown, one.proposals), "-", "-"][:2]
    rule = translate(one.stop.value if one.stop else RULES[one.rule.value])
    row = "-" if one.row is None else str(one.row)
    return [str(one.place), shown(one.character), first, second, rule, row]


def shown(character: str) -> str:
    """Return *character* with the code points it is made of, in one printable form."""
    from mediabridge.records.names.characters import code_points

    return f"{printable(character)} ({code_points(character)})"


def ask_ranks(context: Context, undecided: Sequence[Unfit]) -> Ranks | None:
    """Ask which proposal is meant for each character; None where one was left open."""
    ranks: dict[int, Reason | None] = {}
    for one in undecided:
        choices: list[Reason | None] = [None, *one.reasons]
        context.show(
            text("Character {place}: {character}", place=one.place, character=shown(one.character))
        )
        for number, reason in enumerate(choices, 1):
            context.show(f"  {number}  {_choice(one, reason)}")
        answer = _number(context, len(choices))
        if answer is None:
            return None
        ranks[one.place] = choices[answer - 1]
    return ranks


def _choice(one: Unfit, reason: Reason | None) -> str:
    first, second = map(shown, one.proposals)
    if reason is None:
        return text("{character}, the first proposal", character=first)
    why = translate(REASONS[reason.value])
    return text("{character}, the second proposal: {why}", character=second, why=why)


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


def naming_lines(naming: Naming) -> Iterator[str]:
    """Yield what was entered for which character of a name, and on what basis."""
    yield text("  name entered: {way}", way=translate(WAYS[naming.way]))
    for each in naming.replaced:
        yield text(
            "  character {place}: {before} > {after} ({rule}, row {row}, rank {rank})",
            place=each.position,
            before=shown(each.character),
            after=shown(each.result),
            rule=translate(RULES[each.rule]),
            row=each.row,
            rank=each.rank,
        )
        if each.reason is not None:
            yield text("    second rank, as {why}", why=translate(REASONS[each.reason]))
    version, _, digest = naming.table.partition(" ")
    yield text("  by the table of Notice 582: {version}, {digest}", version=version, digest=digest)
