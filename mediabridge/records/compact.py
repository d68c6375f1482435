"""A record that was found right, as one text of ours, and the same record from it.

Nothing is judged on the way back: who reads such a text has to know that it is the very one
that was written. That is a third of what judging takes; a file of records is one of the
exchange format (:mod:`mediabridge.records.csv`) and is always judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from operator import methodcaller
from types import NoneType, UnionType
from typing import (
    Any,
    Final,
    Generic,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from mediabridge.records.model import Record
from mediabridge.records.types import PartialDate

R = TypeVar("R", bound=Record)

_write: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=methodcaller("isoformat")
).encode
_read: Final = json.JSONDecoder().decode

Back = Callable[[Any], Any]

# Thousands of notices share a day.
_BACK: Final[Mapping[type, Back | None]] = {
    str: None,
    int: None,
    date: lru_cache(maxsize=1024)(date.fromisoformat),
    datetime: datetime.fromisoformat,
    PartialDate: PartialDate,
}


class _Form(NamedTuple, Generic[R]):
    """How the records of one class come back."""

    cls: type[R]
    names: tuple[str, ...]
    back: tuple[tuple[str, Back], ...]
    """By name, what makes the value of what was written; what stays as it is, is not there."""


def packed(record: Record) -> str:
    """Return *record*, which was found right, as a text for :class:`Unpacker`."""
    return _write([type(record).__name__, *record.__dict__.values()])


class Unpacker(Generic[R]):
    """Makes the records of one kind again from what :func:`packed` made of them."""

    def __init__(self, base: type[R]) -> None:
        """Know *base*, and the class of each category of it."""
        self._forms = {cls.__name__: _form(cls) for cls in (base, *base.__subclasses__())}

    def __call__(self, text: str) -> R:
        """Return the record that *text* was made from."""
        name, *values = _read(text)
        cls, names, back = self._forms[name]
        items = dict(zip(names, values, strict=True))
        for item, value_of in back:
            if (value := items[item]) is not None:
                items[item] = value_of(value)
        record = cls.__new__(cls)
        record.__setstate__(
            {
                "__dict__": items,
                "__pydantic_fields_set__": {each for each in names if items[each] is not None},
                "__pydantic_extra__": None,
                "__pydantic_private__": None,
            }
        )
        return record


def _form(cls: type[R]) -> _Form[R]:
    hints = get_type_hints(cls)
    names = tuple(cls.model_fields)
    back = {name: _back(hints[name]) for name in names}
    return _Form(cls, names, tuple((name, each) for name, each in back.items() if each))


def _back(hint: Any) -> Back | None:
    """Return what makes a value of type *hint* of what JSON has of it; None for nothing."""
    made = {_back_to(each) for each in _types(hint)}
    assert len(made) == 1, hint  # noqa: S101 - a field has values of one sort
    return made.pop()


def _back_to(plain: type) -> Back | None:
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
