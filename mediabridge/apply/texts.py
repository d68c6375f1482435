"""A notice as the texts of its row, which were found right: no object until somebody needs one.

Nine notices in ten are applied without (:mod:`~mediabridge.apply.plainly`): making and asking
objects would be most of the time of a large import.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import Final, Self, cast

from mediabridge.kinds import Kind
from mediabridge.records.compact import Unpacker
from mediabridge.records.fields import FIELDS
from mediabridge.records.load import to_text
from mediabridge.records.model import IsaNotice, Record, classes_of

_AT: Final = {name: place for place, name in enumerate(FIELDS[Kind.ISA_NOTICE])}
_TIME: Final = "issued_at"


def places_of(*names: str) -> tuple[int, ...]:
    """Return where the texts of the fields *names* stand."""
    return tuple(_AT[name] for name in names)


class NoticeTexts(tuple[str | None, ...]):
    """The texts of one notice that was found right, in the order of the fields of its kind."""

    __slots__ = ()

    # A getter in C: these are asked of every notice.
    record_id = property(itemgetter(_AT["notice_id"]))
    prior_card_number = property(itemgetter(_AT["prior_card_number"]))
    card_number = property(itemgetter(_AT["card_number"]))
    event_code = property(itemgetter(_AT["event_code"]))
    event_date = property(itemgetter(_AT["event_date"]))
    category = property(itemgetter(_AT["art30_45_category"]))

    @classmethod
    def of(cls, notice: IsaNotice) -> Self:
        """Return the texts of *notice*."""
        return cls(map(to_text(notice).get, FIELDS[Kind.ISA_NOTICE]))

    def notice(self) -> IsaNotice:
        """Return the notice that these texts say."""
        return cast("IsaNotice", _unpacker()(self))

    def digest(self) -> bytes:
        """Return what :func:`~mediabridge.apply.journal.content_digest` says of the notice."""
        return _digests()[self.category](self)


@cache
def _unpacker() -> Unpacker:
    return Unpacker(Kind.ISA_NOTICE)


@cache
def _digests() -> dict[str, Callable[[NoticeTexts], bytes]]:
    return {str(each): _digest(cls) for each, cls in classes_of(Kind.ISA_NOTICE).items()}


def _digest(cls: type[Record]) -> Callable[[NoticeTexts], bytes]:
    """Return what digests the texts of a notice of the class *cls*."""
    names = list(cls.model_fields)
    middle = names.index(_TIME)
    before = [(f"{name}=", _AT[name]) for name in names[:middle]]
    after = [(f"{name}=", _AT[name]) for name in names[middle + 1 :]]
    time = _AT[_TIME]

    def digest(texts: NoticeTexts) -> bytes:
        # A time has a letter between its day and its hour in a file, and a space as a value.
        said = [
            *[name + text for name, at in before if (text := texts[at]) is not None],
            f"{_TIME}={texts[time]}".replace("T", " "),
            *[name + text for name, at in after if (text := texts[at]) is not None],
        ]
        return hashlib.sha256("\0".join(said).encode()).digest()

    return digest
