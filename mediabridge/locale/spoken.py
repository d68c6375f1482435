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
