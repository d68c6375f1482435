"""Closed lists whose members are a code for programs and a sentence for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Spoken(StrEnum):
    """A code; :attr:`sentence` is the message id of what it means.

    A subclass lists its members as ``NAME = "NAME", n_("What it means.")``.
    """

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Self:
        """Make the code the value and keep the sentence beside it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    @classmethod
    def of(cls, code: str) -> Self:
        """Return the member of this code, as it was kept.

        Raises:
            ValueError: there is none.
        """
        for member in cls:
            if member.value == code:
                return member
        msg = f"{cls.__name__} has no member of this code"
        raise ValueError(msg)
