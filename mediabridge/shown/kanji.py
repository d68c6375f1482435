"""Kanji that are no 正字 on a screen: each with its code point, its proposals and the choice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mediabridge.locale import n_, text, translate
from mediabridge.shown.table import Table
from mediabridge.shown.values import printable

if TYPE_CHECKING:
    from mediabridge.records.codes.tablefile import Provenance
    from mediabridge.records.names import Reason
    from mediabridge.records.names.chosen import Naming
    from mediabridge.stations.proposals import Proposals, Unfit

RULES: Final = {
    "seiji": n_("正字; it stays"),
    "special": n_("special character; it stays"),
    "4-1": n_("Table 4-1 (variants)"),
    "4-2": n_("Table 4-2 (look-alikes)"),
    "not_subject": n_("no kanji; it stays"),
    "needs_decision": n_("needs a person's decision"),
    "refused": n_("not a character of a name"),
}

WAYS: Final = {
    "proposed": n_("with the kanji that Notice 582 proposes"),
    "roman": n_("without the kanji of the notice, in Roman letters alone"),
}
"""As what a name is entered, beside the decision."""

WAYS_CALLED: Final = {
    "proposed": n_("with the proposed kanji"),
    "roman": n_("in Roman letters alone"),
}
"""The same in a few words, below a list that has them all."""

REASONS: Final = {
    "resident_record": n_("the resident record has it already"),
    "earlier_stay": n_("the card or the resident record of an earlier stay had it"),
    "sufficient_reason": n_("another sufficient reason makes it fit"),
    "person_wishes": n_("the person wishes it"),
}
"""Why a second proposal may be chosen, in the order of the notice: (イ), (ロ), (ハ)."""

REASONS_CALLED: Final = {
    "resident_record": n_("already in the resident record"),
    "earlier_stay": n_("used in an earlier stay"),
    "sufficient_reason": n_("another sufficient reason"),
    "person_wishes": n_("the person wishes it"),
}
"""The same in a few words, below a list that has them all."""


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


def choice_said(one: Unfit, reason: Reason | None) -> str:
    """Return one of the proposals for a character, with the reason that permits the second."""
    first, second = map(shown, one.proposals)
    if reason is None:
        return text("{character}, the first proposal", character=first)
    why = translate(REASONS[reason.value])
    return text("{character}, the second proposal: {why}", character=second, why=why)


def choice_called(one: Unfit, reason: Reason | None) -> str:
    """Return the same in as few words as an answer has room for; no two of *one* are alike."""
    first, second = map(shown, one.proposals)
    if reason is None:
        return text("{character}: first proposal", character=first)
    why = translate(REASONS_CALLED[reason.value])
    return text("{character}: second proposal, {why}", character=second, why=why)


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


def table_said(made: Provenance) -> str:
    """Return which table answered."""
    return text(
        "Table: {id} {version} ({source})",
        id=made.identifier,
        version=made.version,
        source=made.source,
    )
