"""Anybody's text in a form that shows all of it and steers nothing: on a terminal or a page."""

from __future__ import annotations

import unicodedata
from typing import Final

_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, direction and zero-width marks, halves of characters, odd line ends."""


def printable(line: str, *, lines: bool = False) -> str:
    """Return *line* with everything that steers escaped; *lines* keeps line feeds."""
    kept = "\n" if lines else ""
    return "".join(
        character if character in kept or not _steers(character) else _escape(character)
        for character in line
    )


def _steers(character: str) -> bool:
    return unicodedata.category(character) in _STEERING


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
