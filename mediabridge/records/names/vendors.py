"""What a vendor's system can hold: one question per character, never a ``?``."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from mediabridge import locale
from mediabridge.errors import UsageError
from mediabridge.records.encoding import Encoding
from mediabridge.records.names.characters import code_points, has_private_use, units

_UNICODE = ("utf-8", "utf-16", "utf-32")


class Unencodable(NamedTuple):
    """A character that an encoding cannot hold."""

    position: int
    """Index of its first code point in the text."""

    character: str
    """With its variation selector, if it has one."""

    code: str
    """Its code points, as ``U+5434``."""


def encodable(text: str, encoding: str) -> tuple[Unencodable, ...]:
    """Return the characters of *text* that *encoding* cannot hold, in order.

    A character counts as held only if it comes back as itself; some codecs
    write ``¥`` as a backslash, and CP932 has codes for private use in which every
    vendor keeps other characters.

    Raises:
        UsageError: Python knows no text encoding of this name.
    """
    name = _canonical_name(encoding)
    missing = []
    before = ""
    for unit in units(text):
        # JIS X 0213 has one code for か and its mark together, and none for the mark alone.
        if not (_holds(unit.written, name) or (before and _holds(before + unit.written, name))):
            missing.append(Unencodable(unit.position, unit.written, code_points(unit.written)))
        before = unit.written
    return tuple(missing)


def _canonical_name(encoding: str) -> str:
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        known = ", ".join(Encoding)
        detail = locale.text(
            "no encoding is called {name}; usual ones are: {known}", name=encoding, known=known
        )
        raise UsageError(detail=detail) from error


def _holds(character: str, encoding: str) -> bool:
    if not encoding.startswith(_UNICODE) and has_private_use(character):
        return False
    try:
        return character.encode(encoding).decode(encoding) == character
    except UnicodeError:
        return False
