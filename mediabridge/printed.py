"""What a printed paper says, block by block, before it is laid out as Markdown, HTML or PDF.

Texts are plain: whoever lays them out escapes them, and none of them is markup. Only what the
program itself says, in :class:`Lines` and as :class:`Mono`, is set in another type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Mono(str):
    """A cell that is copied character by character: an id or a root."""

    __slots__ = ()


@dataclass(frozen=True)
class Heading:
    """A heading of the second order."""

    text: str


@dataclass(frozen=True)
class Text:
    """One paragraph."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Lines of a name and a value."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Blanks:
    """Lines of a name, and room to write by hand."""

    labels: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table with a line of headings, which is repeated on each page."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()
    """The columns of numbers."""
    caption: str = ""


@dataclass(frozen=True)
class Lines:
    """A list; *boxes* are ticked by hand. What stands between backticks is typed as it is."""

    lines: Sequence[str]
    boxes: bool = False


@dataclass(frozen=True)
class Code:
    """A QR code that holds *data*, beside which *said* stands."""

    data: str
    said: str


@dataclass(frozen=True)
class Picture:
    """A drawing: one ``<svg>`` of ours, and what it shows in words."""

    svg: str
    said: str
    caption: str


Block = Heading | Text | Facts | Blanks | Table | Lines | Code | Picture


@dataclass(frozen=True)
class Paper:
    """One paper, in one language."""

    title: str
    lang: str
    mode: str
    """``live`` or ``training``."""
    mode_said: str
    foot: str
    """Stands at the foot of every page: who made it, and of when."""
    made: str
    """RFC 3339, in UTC: the time that the file gives as its own."""
    blocks: Sequence[Block]
