"""Names in 正字: the procedure of Table 3 of the notice, character by character.

1. A 正字 stays, even where it is the simplified form of something else.
2. The 14 special characters stay, and have a second rank.
3. Else Table 4-1, 4. else Table 4-2 gives the replacement.
5. Else nobody but the Immigration Services Agency can say; we stop and ask.

A second rank is used only with a reason that the notice gives (:class:`Reason`),
and the reason is part of the result. The original is always part of it, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, unique
from types import MappingProxyType
from typing import Final

from mediabridge import locale
from mediabridge.errors import Rank2NotAllowedError
from mediabridge.locale import n_
from mediabridge.records.codes.tablefile import Provenance
from mediabridge.records.names.characters import (
    SUBJECT,
    Unit,
    code_points,
    has_private_use,
    is_gaiji,
    is_kanji,
    is_lookalike,
    is_private_use,
    is_selector,
    units,
)
from mediabridge.records.names.correspondence import NamesTable, Row, Rule


@unique
class Reason(StrEnum):
    """Why a second rank may be used: (イ), (ロ), (ハ) of Table 3, part 1, item 2."""

    RESIDENT_RECORD = "resident_record"
    """(イ): the resident record already has the second rank."""

    EARLIER_STAY = "earlier_stay"
    """(ロ): the card or resident record of an earlier stay had the second rank."""

    SUFFICIENT_REASON = "sufficient_reason"
    """(ハ) for variants and the special characters: a sufficient reason makes it fit."""

    PERSON_WISHES = "person_wishes"
    """(ハ) for look-alikes: the person wishes the second rank."""


@unique
class Stop(Enum):
    """Why a character has no result; the value is a gettext message."""

    NO_ENTRY = n_("The notice has no replacement for this kanji; ask the immigration authorities.")
    LOOKALIKE = n_("This is a radical, a stroke or a part of a kanji, not a kanji.")
    STRAY_SELECTOR = n_("A variation selector stands without a character before it.")
    GAIJI_NOT_HERE = n_("An 入管外字 is allowed in the original kanji name only.")
    PRIVATE_USE = n_("A private-use character outside E400 to F8FF means nothing here.")
    ESCAPE_FORM = n_("An escape form must name one of U+E400 to U+F8FF, in capitals.")


REASONS: Final[Mapping[Rule, tuple[Reason, ...]]] = MappingProxyType(
    {
        Rule.SPECIAL: (Reason.RESIDENT_RECORD, Reason.EARLIER_STAY, Reason.SUFFICIENT_REASON),
        Rule.TABLE_4_1: (Reason.RESIDENT_RECORD, Reason.EARLIER_STAY, Reason.SUFFICIENT_REASON),
        Rule.TABLE_4_2: (Reason.RESIDENT_RECORD, Reason.EARLIER_STAY, Reason.PERSON_WISHES),
    }
)
"""The reasons that the notice accepts, by rule."""

_UNDECIDED = frozenset({Stop.NO_ENTRY, Stop.LOOKALIKE, Stop.STRAY_SELECTOR})


@dataclass(frozen=True, repr=False)
class Character:
    """What became of one character of a name."""

    position: int
    """Index of its first code point in the original text."""

    written: str
    """As it stands in the original text, with its selector or as an escape form."""

    rule: Rule
    result: str | None
    """What to write instead; None when a person must decide first."""

    row: Row | None = None
    """The row of the table that applied."""

    reason: Reason | None = None
    """Why the second rank was used; None when it was not."""

    selector_dropped: bool = False
    """Whether a variation selector went with the base that was replaced."""

    stop: Stop | None = None
    """Why there is no result."""

    def as_json(self) -> dict[str, object]:
        """Return the character as a JSON object, with code points beside it."""
        row = self.row
        return {
            "position": self.position,
            "source": self.written,
            "source_code": code_points(self.written),
            "result": self.result,
            "result_code": code_points(self.result) if self.result is not None else None,
            "rank1": row.rank1 if row else None,
            "rank2": (row.rank2 or None) if row else None,
            "rule": self.rule.value,
            "row": row.number if row else None,
            "reason": self.reason.value if self.reason else None,
            "selector_dropped": self.selector_dropped,
            "stop": self.stop.name if self.stop else None,
        }


@dataclass(frozen=True)
class Conversion:
    """A name and what the notice makes of it."""

    original: str = field(repr=False)
    characters: tuple[Character, ...] = field(repr=False)
    table: Provenance

    @property
    def converted(self) -> str | None:
        """The name in 正字, or None as long as any character needs a person's decision."""
        results = [character.result for character in self.characters]
        if None in results:
            return None
        return "".join(result for result in results if result is not None)

    @property
    def decisions(self) -> tuple[Character, ...]:
        """The characters that have no result."""
        return tuple(char for char in self.characters if char.result is None)

    def as_json(self) -> dict[str, object]:
        """Return the original, the result, every character and the table as a JSON object."""
        return {
            "original": self.original,
            "converted": self.converted,
            "decisions": [character.position for character in self.decisions],
            "characters": [character.as_json() for character in self.characters],
            "table": self.table.as_json(),
        }


def convert(
    text: str,
    *,
    table: NamesTable,
    rank2: Mapping[int, Reason] = MappingProxyType({}),
    gaiji: bool = False,
) -> Conversion:
    """Return what the notice makes of *text*.

    Args:
        text: the name as submitted; 入管外字 as themselves or as ``{U+E400}``.
        table: the table in use where the name is asked about.
        rank2: the reason for the second rank, by the position of the character.
        gaiji: whether *text* comes from the field in which 入管外字 are allowed.

    Raises:
        Rank2NotAllowedError: a reason for a character that has no second rank,
            or one that the notice does not give for that character's table.
    """
    characters = tuple(
        _decide(unit, table, gaiji, rank2.get(unit.position)) for unit in units(text)
    )
    for position in rank2.keys() - {character.position for character in characters}:
        detail = locale.text("no character begins there")
        raise Rank2NotAllowedError(position=position, detail=detail)
    return Conversion(text, characters, table.provenance)


def check(text: str, *, table: NamesTable, gaiji: bool = False) -> tuple[Character, ...]:
    """Return the characters of *text* that may not stand in a name as they are.

    Kanji must be 正字; kana, Latin letters, spaces and the like are not subject to
    the notice. The empty tuple says that all is well.
    """
    # A snapshot is a million names, nearly all of them fine: two set operations say so.
    all_seiji = table.seiji.issuperset(text) or table.seiji.issuperset(SUBJECT.findall(text))
    if all_seiji and (gaiji or not has_private_use(text)):
        return ()
    fine = (Rule.SEIJI, Rule.SPECIAL, Rule.NOT_SUBJECT)
    found = (_decide(unit, table, gaiji, None) for unit in units(text))
    return tuple(character for character in found if character.rule not in fine)


def _decide(unit: Unit, table: NamesTable, gaiji: bool, reason: Reason | None) -> Character:
    stop = _forbidden(unit.base, gaiji)
    row = table.row(unit.base) if stop is None else None
    if row is not None:
        return _by_row(unit, row, reason)
    if reason is not None:
        detail = locale.text("it has no second rank")
        raise Rank2NotAllowedError(position=unit.position, detail=detail)
    if stop is None and unit.base in table.seiji:
        return Character(unit.position, unit.written, Rule.SEIJI, unit.base + unit.selector)
    if stop is None and (is_kanji(unit.base) or is_gaiji(unit.base)):
        stop = Stop.NO_ENTRY
    if stop is None:
        return Character(unit.position, unit.written, Rule.NOT_SUBJECT, unit.written)
    rule = Rule.NEEDS_DECISION if stop in _UNDECIDED else Rule.REFUSED
    return Character(unit.position, unit.written, rule, None, stop=stop)


def _forbidden(base: str, gaiji: bool) -> Stop | None:
    if not base:
        return Stop.ESCAPE_FORM
    if is_gaiji(base):
        return None if gaiji else Stop.GAIJI_NOT_HERE
    if is_private_use(base):
        return Stop.PRIVATE_USE
    if is_lookalike(base):
        return Stop.LOOKALIKE
    return Stop.STRAY_SELECTOR if is_selector(base) else None


def _by_row(unit: Unit, row: Row, reason: Reason | None) -> Character:
    if reason is not None and not row.rank2:
        detail = locale.text("it has no second rank")
        raise Rank2NotAllowedError(position=unit.position, detail=detail)
    if reason is not None and reason not in REASONS[row.rule]:
        accepted = ", ".join(REASONS[row.rule])
        detail = locale.text("accepted reasons: {reasons}", reasons=accepted)
        raise Rank2NotAllowedError(position=unit.position, detail=detail)
    target = row.rank1 if reason is None else row.rank2
    # A selector names a glyph of its base. Beside another base it would name a glyph nobody
    # chose, so it goes with the base it belonged to; the original keeps both.
    kept = unit.selector if target == unit.base else ""
    return Character(
        position=unit.position,
        written=unit.written,
        rule=row.rule,
        result=target + kept,
        row=row,
        reason=reason,
        selector_dropped=bool(unit.selector and not kept),
    )
