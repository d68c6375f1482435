"""Somebody's value on a screen: it steers nothing, and nothing of it is cut in the middle."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_CHARACTERS: Final = 40
"""Of a longer value this much is shown."""


def printable(value: str) -> str:
    """Return *value* with control characters made visible; a file must not steer a terminal.

    What is too long ends before a character, never between one and its selector or mark.
    """
    shown = ""
    for each in characters(value):
        seen = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in each)
        if len(shown) + len(seen) > _CHARACTERS:
            break
        shown += seen
    return shown


def characters(value: str) -> Iterator[str]:
    """Yield *value* as a person counts: each with the selectors and marks that belong to it."""
    held = ""
    for each in value:
        if held and not unicodedata.category(each).startswith("M"):
            yield held
            held = ""
        held += each
    if held:
        yield held
