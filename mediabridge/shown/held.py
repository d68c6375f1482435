"""A held notice on a screen: what arrived beside the register, and what may be decided."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from mediabridge.kinds import Kind
from mediabridge.locale import Language, moment, n_, said, text, translate, with_readings
from mediabridge.shown.codes import CODED, code_said
from mediabridge.shown.fold import NEW_PART
from mediabridge.shown.table import Table

if TYPE_CHECKING:
    from mediabridge.stations.held import Changed, Decidable, Item, Looked

_KEPT_BESIDES = {
    "state": n_("state of the record"),
    "last_event_date": n_("last event"),
    "last_issued_at": n_("last notice issued"),
    "last_sequence": n_("last notice's number in the second"),
}
"""What a resident record keeps besides the items of a notice."""

STATES: Final = {
    "resident": n_("in force"),
    "moved_out": n_("removed: moved out"),
    "deleted": n_("removed: deleted"),
}
"""What a resident record's state is called."""


def looked_lines(found: Looked, lang: Language) -> Iterator[str | Table]:
    """Yield everything a person looks at before deciding."""
    yield from _why_lines(found)
    yield from _beside_register(found, lang, _side_by_side)
    yield from _kanji_lines(found)
    yield from decisions_lines(found.options, lang)


def sorted_lines(found: Looked, lang: Language) -> Iterator[str | Table]:
    """Yield the same without the decisions: what differs, and on a part of its own what does not.

    So the two spellings stand beside each other on a screen of 80 columns, too, and nothing is
    shown once more for each resident who may be meant.
    """
    yield from _why_lines(found)
    yield from _beside_register(found, lang, _differences)
    yield from _kanji_lines(found)
    yield NEW_PART if found.persons else ""
    yield from _rest(found, lang)


def _why_lines(found: Looked) -> Iterator[str]:
    held = found.held
    why = text("Why it is held: {why} ({code})", why=said(held.reason), code=held.reason.value)
    yield text("Notice {record}, held since {time}", record=held.record, time=moment(held.held_at))
    yield why
    if found.today is not None:
        yield text("The register has changed since. Now it is: {why}", why=said(found.today))
    if found.decided is not None:
        yield decided_line(found)


def _kanji_lines(found: Looked) -> Iterator[str | Table]:
    if found.kanji is not None:
        # Its module reads what clerks choose; a list of what waits has no use for that.
        from mediabridge.shown.kanji import kanji_lines

        yield from kanji_lines(found.kanji)


def decided_line(found: Looked) -> str:
    """Return who decided on it, and what."""
    taken = found.decided
    assert taken is not None  # noqa: S101 - the caller has looked
    return text(
        "Decided: {result}, by {who}, {time}",
        result=said(taken.result),
        who=" + ".join(each for each in (taken.by, taken.second) if each),
        time=moment(taken.at),
    )


_Compared = Callable[[Sequence["Item"], str, Language], Iterator[str | Table]]


def _beside_register(found: Looked, lang: Language, compared: _Compared) -> Iterator[str | Table]:
    if not found.held.found:
        yield text("The register has nobody with a card number of this notice.")
    if found.persons and not found.held.found:
        yield text("Who has the same name, date of birth, sex and nationality is shown beside it.")
    if not found.persons:
        yield from compared(found.held.items, text("register"), lang)
    for each in found.persons:
        register = text("register: record {number}", number=each.number)
        yield from compared(each.items, register, lang)


def _side_by_side(items: Sequence[Item], register: str, lang: Language) -> Iterator[Table]:
    headings = [text("item"), text("notice"), register, text("comparison")]
    yield Table(headings, [_row(each, lang) for each in items])


def _differences(items: Sequence[Item], register: str, lang: Language) -> Iterator[str | Table]:
    different = [_row(each, lang)[:3] for each in items if each.differs]
    if different:
        yield f"!! {text('DIFFERENT')}: {len(different)}"
        yield Table([text("item"), text("notice"), register], different)
    elif any(each.register for each in items):
        yield text("Nothing differs.")


def _rest(found: Looked, lang: Language) -> Iterator[str | Table]:
    """Yield what is the same in both, with whom of several, and what is in the notice alone."""
    sides = [each.items for each in found.persons] or [found.held.items]
    headings, several = [text("item"), text("notice")], [str(each.number) for each in found.persons]
    agreeing = [{item.identifier for item in items if _agrees(item)} for items in sides]
    same = [
        [*_row(item, lang)[:2], *_with_whom(item, agreeing, several)]
        # What agrees with one of them has arrived, and so it is an item beside each.
        for item in sides[0]
        if any(item.identifier in each for each in agreeing)
    ]
    # Those of the notice alone, such as its own number.
    alone = [_row(each, lang)[:2] for each in sides[0] if each.register is None]
    if same:
        yield text("The same in both:")
        yield Table([*headings, *[text("the same as record")] * (len(several) > 1)], same)
    if same and alone:
        yield ""
    if alone:
        yield text("In the notice alone:")
        yield Table(headings, alone)


def _agrees(item: Item) -> bool:
    return bool(item.register) and not item.differs


def _with_whom(
    item: Item, agreeing: Sequence[Container[str]], several: Sequence[str]
) -> Iterator[str]:
    if len(several) > 1:
        pairs = zip(several, agreeing, strict=True)
        yield ", ".join(number for number, each in pairs if item.identifier in each)


def _row(item: Item, lang: Language) -> list[str]:
    mark = text("DIFFERENT") if item.differs else ""
    return [
        label(item.identifier, lang),
        meant(item.identifier, item.notice),
        meant(item.identifier, item.register),
        mark,
    ]


def label(identifier: str, lang: Language) -> str:
    """Return what an item of a notice, or of a resident record, is called."""
    from mediabridge.records.fields import FIELDS
    from mediabridge.records.fields import label as field_label

    if identifier not in FIELDS[Kind.ISA_NOTICE]:
        return translate(_KEPT_BESIDES.get(identifier, identifier))
    return with_readings(field_label(Kind.ISA_NOTICE, identifier, japanese=lang is Language.JA))


def meant(identifier: str, value: str | None) -> str:
    """Return *value*, with the words for it where it is a code."""
    if not value:
        return "-"
    if identifier == "state":
        return text(STATES[value])
    table = CODED.get(identifier)
    return code_said(table, value) if table else value


def decisions_lines(options: Sequence[Decidable], lang: Language) -> Iterator[str | Table]:
    """Yield the *options*, numbered from 1, each with what follows from it."""
    if not options:
        yield nothing_line()
        return
    headings = [text("no."), text("decision"), text("what follows")]
    rows = [
        [str(number), option_said(each), consequence(each, lang)]
        for number, each in enumerate(options, 1)
    ]
    yield Table(headings, rows, right=frozenset({0}))


def nothing_line() -> str:
    """Return why nothing can be decided, where no decision is left."""
    return text(
        "Nothing can be decided here any more: the record was changed after the decision."
        " Put it right in the register itself."
    )


def option_said(option: Decidable) -> str:
    """Return the decision in words, with the record it is about."""
    if option.person is None:
        return str(said(option.result))
    told = text("{result}: record {number}", result=said(option.result), number=str(option.person))
    if option.way is None:
        return told
    from mediabridge.shown.kanji import WAYS

    return text("{decision}, {way}", decision=told, way=translate(WAYS[option.way]))


def option_called(option: Decidable) -> str:
    """Return the same in as few words as an answer below the list has room for."""
    if option.person is None or option.way is None:
        return option_said(option)
    from mediabridge.shown.kanji import WAYS_CALLED

    return text(
        "{result} ({number}), {way}",
        result=said(option.result),
        number=str(option.person),
        way=translate(WAYS_CALLED[option.way]),
    )


def consequence(option: Decidable, lang: Language) -> str:
    """Return what follows from *option*, item by item."""
    changes = "; ".join(change_said(each, lang) for each in option.changes)
    told = [*map(translate, option.consequences), *_kanji_name(option)]
    # Japanese has no space between sentences.
    between = "" if lang is Language.JA else " "
    return f"{between.join(told)} {changes}".rstrip()


def _kanji_name(option: Decidable) -> Iterator[str]:
    if option.way is not None and not option.choose:
        from mediabridge.shown.kanji import shown

        name = shown(option.kanji_name) if option.kanji_name else text("none")
        yield text("The kanji name in the register is then: {name}.", name=name)


def change_said(change: Changed, lang: Language) -> str:
    """Return one item as it was and as it will be."""
    before, after = (meant(change.identifier, each) for each in (change.before, change.after))
    return f"{label(change.identifier, lang)}: {before} > {after}"
