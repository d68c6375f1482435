"""Which periods of stay a status of residence can be granted for.

The column ``periods`` of the status table holds words separated by spaces: a
period as ``5y``, ``4y3m``, ``6m`` or ``30d``; ``<=5y`` for a period designated
for each person, up to that length; ``indefinite``; ``mission`` for the length
of a diplomat's mission. An empty cell says that the list is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

Period = tuple[int, int, int]
"""Years, months and days, as the record carries them."""

WORD: Final = re.compile(r"(<=)?(?:([0-9]{1,2})y)?(?:([0-9]{1,2})m)?(?:([0-9]{1,3})d)?")


@dataclass(frozen=True)
class Permitted:
    """The periods one status permits."""

    fixed: frozenset[Period]
    longest: Period | None
    """The longest period that can be designated for one person, if any can."""

    indefinite: bool
    mission: bool
    known: bool
    """False when the table does not say; then nothing can be called wrong."""

    def allows(self, period: Period) -> bool:
        """Tell whether *period* (years, months, days) can be granted."""
        if not self.known or period in self.fixed:
            return True
        if self.longest is None:
            return False
        return 0 < _length(period) <= _length(self.longest)


def parse(cell: str) -> Permitted:
    """Read one cell of the column ``periods``.

    Raises:
        ValueError: a word is in none of the forms above.
    """
    words = cell.split(" ") if cell else []
    named = {"indefinite", "mission"}
    lengths = [_word(word) for word in words if word not in named]
    return Permitted(
        fixed=frozenset(period for upto, period in lengths if not upto),
        longest=max((period for upto, period in lengths if upto), key=_length, default=None),
        indefinite="indefinite" in words,
        mission="mission" in words,
        known=bool(words),
    )


def _word(word: str) -> tuple[bool, Period]:
    match = WORD.fullmatch(word)
    if match is None or not any(match.groups()[1:]):
        msg = "not a period of stay"
        raise ValueError(msg)
    years, months, days = (int(group or 0) for group in match.groups()[1:])
    return bool(match[1]), (years, months, days)


def _length(period: Period) -> int:
    # In twelfths of a day, so that a month is the twelfth part of 365 days exactly.
    years, months, days = period
    return (12 * years + months) * 365 + 12 * days
