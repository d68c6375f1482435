"""Whether the texts of one column, each by itself, give no cause to look closer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import compress, count
from typing import Any, Final, get_type_hints

from pydantic import TypeAdapter

from mediabridge.records import never_carried
from mediabridge.records.fields import Field
from mediabridge.records.model import Record
from mediabridge.records.reasons import Reason
from mediabridge.records.text.classes import NOTICED

_REMEMBERED: Final = 4096
"""Texts of one column that need not be asked again; a hostile file has a new one every time."""

_BETWEEN: Final = "\0"
"""Stands between texts that are searched at once: in no text, and in no pattern."""


class Form:
    """The texts of one field, as one class of records has it."""

    def __init__(self, cls: type[Record], item: Field) -> None:
        """Ask the type that *cls* gives the field *item*."""
        self._right = _lists(cls)[item.identifier]
        self._scans = never_carried.scans([item])
        self._free = item.form is Reason.CHARACTER_NOT_ALLOWED
        self._known: set[str] = {""}
        self._repeats = True
        """Whether the texts of this column come back; of those that do not, none is kept."""

    def doubtful(self, texts: Sequence[str]) -> Iterable[int]:
        """Return the places of *texts* that are to be looked at; an empty one is absent."""
        fresh = list(set(texts) - self._known if self._repeats else filter(None, texts))
        if not fresh:
            return ()
        odd = set() if self._plain(fresh) else {one for one in fresh if not self._plain([one])}
        self._repeats = 2 * len(fresh) < len(texts)
        if self._repeats:
            self._remember(fresh, odd)
        return compress(count(), map(odd.__contains__, texts)) if odd else ()

    def _plain(self, texts: list[str]) -> bool:
        joined = _BETWEEN.join(texts)
        return (
            self._right(texts)
            and not any(scan.quick.search(joined) for scan in self._scans)
            and not (self._free and any(map(NOTICED.search, texts)))
        )

    def _remember(self, fresh: Iterable[str], odd: set[str]) -> None:
        if len(self._known) > _REMEMBERED:
            self._known = {""}
        self._known.update(fresh)
        self._known -= odd


@cache
def _lists(cls: type[Record]) -> dict[str, Callable[[Any], bool]]:
    """Return, by field of *cls*, what tells whether all of a list of texts are in its form."""
    hints = get_type_hints(cls, include_extras=True)
    return {
        name: TypeAdapter(list[hints[name]]).validator.isinstance_python  # type: ignore[valid-type]
        for name in cls.model_fields
    }
