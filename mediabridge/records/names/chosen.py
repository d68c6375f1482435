"""What a person chose of the proposals for a name: values only, kept with the decision."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mediabridge.records.names.conversion import Reason

Ranks = Mapping[int, "Reason | None"]
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
