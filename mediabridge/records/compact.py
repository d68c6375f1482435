"""A row that was found right, as the texts of its fields, and the record that it is.

Nothing is judged on the way back: who has such texts has to know that they are the very ones
that were judged. That takes a third of the time of judging; a file of records is one of the
exchange format (:mod:`mediabridge.records.csv`), and is always judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.model import Record, classes_of
from mediabridge.records.types import PartialDate

Texts = Sequence[str | None]
"""What each field of a kind says, in their order; None where it is absent."""

Back = Callable[[str], Any]


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


_BACK: Final[Mapping[type, Back]] = {
    int: _number,
    # Thousands of notices share a day.
    date: lru_cache(maxsize=1024)(date.fromisoformat),
    datetime: datetime.fromisoformat,
    PartialDate: PartialDate,
}
"""What makes a value of its text; what is text, stays as it is."""


class _Form(NamedTuple):
    """How the records of one class come back."""

    cls: type[Record]
    names: tuple[str, ...]
    pick: Callable[[Texts], tuple[str | None, ...]]
    """Returns the texts of *names* from those of all fields of the kind."""
    back: tuple[tuple[str, Back], ...]


def texts_of(kind: Kind, columns: Mapping[str, Sequence[str]]) -> Iterator[list[str | None]]:
    """Yield the texts of each row of *columns*, which were found right, for :class:`Unpacker`."""
    absent = ("",) * len(next(iter(columns.values())))
    for row in zip(*(columns.get(name, absent) for name in FIELDS[kind]), strict=True):
        yield [text or None for text in row]


class Unpacker:
    """Makes the records of one kind, which has categories, of their texts."""

    def __init__(self, kind: Kind) -> None:
        """Know the class of each category of *kind*."""
        self._forms = {str(each): _form(kind, cls) for each, cls in classes_of(kind).items()}
        self._category = list(FIELDS[kind]).index("art30_45_category")

    def __call__(self, texts: Texts) -> Record:
        """Return the record that *texts* say."""
        cls, names, pick, back = self._forms[str(texts[self._category])]
        items: dict[str, Any] = dict(zip(names, pick(texts), strict=True))
        present = {name for name in names if items[name] is not None}
        for name, value_of in back:
            if name in present:
                items[name] = value_of(items[name])
        record = cls.__new__(cls)
        record.__setstate__(
            {
                "__dict__": items,
                "__pydantic_fields_set__": present,
                "__pydantic_extra__": None,
                "__pydantic_private__": None,
            }
        )
        return record


def _form(kind: Kind, cls: type[Record]) -> _Form:
    hints, all_names = get_type_hints(cls), list(FIELDS[kind])
    names = tuple(cls.model_fields)
    back = {name: _back(hints[name]) for name in names}
    pick = itemgetter(*map(all_names.index, names))
    return _Form(cls, names, pick, tuple((name, each) for name, each in back.items() if each))


def _back(hint: Any) -> Back | None:
    """Return what makes a value of type *hint* of its text; None for nothing."""
    made = {_back_to(each) for each in _types(hint)} - {None}
    assert len(made) < 2, hint  # noqa: S101, PLR2004 - text, and one sort of value besides
    return next(iter(made), None)


def _back_to(plain: type) -> Back | None:
    if plain is str:
        return None
    if plain in _BACK:
        return _BACK[plain]
    assert issubclass(plain, Enum), plain  # noqa: S101 - records have no others
    return _members(plain)


@cache
def _members(of: type[Enum]) -> Back:
    """Return what finds a member by its value, quicker than the class does."""
    return {each.value: each for each in of}.__getitem__


def _types(hint: Any) -> Iterator[type]:
    """Yield the types of which a value of type *hint* can be, None left out."""
    if get_origin(hint) is Literal:
        yield from map(type, get_args(hint))
    elif get_origin(hint) in {Union, UnionType}:
        for each in get_args(hint):
            yield from _types(each)
    elif hint is not NoneType:
        yield hint
