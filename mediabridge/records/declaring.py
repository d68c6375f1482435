"""Which encoding somebody may declare of a file that could not be read without."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mediabridge.records.encoding import Encoding
from mediabridge.records.reasons import Reason, RecordError

_UNKNOWN: Final = frozenset({Reason.ENCODING_UNDECLARED, Reason.ENCODING_INVALID})
_DECLARED: Final = (Encoding.CP932, Encoding.SHIFT_JIS_2004)
"""Those that no byte order mark tells; the usual one first."""


def declarable(errors: Iterable[RecordError]) -> tuple[Encoding, ...]:
    """Return the encodings in which a file may be that was refused with *errors*.

    None where it was refused for something else; what it was read in is not among them.
    """
    found = [each for each in errors if each.reason in _UNKNOWN]
    tried = {each.facts.get("encoding") for each in found}
    return tuple(each for each in _DECLARED if each not in tried) if found else ()
