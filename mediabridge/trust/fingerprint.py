"""A SHA-256 as people compare it: twelve words on paper, or a QR code for a camera.

The words are those of BIP-39, in hiragana or in English, for the first 128 bits of the
digest; the last of them holds a check of four bits, so that a slip of the pen is noticed. To
make something else with the same twelve words takes 2^128 tries (ADR 0010). The QR code holds
the whole digest.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from mnemonic import Mnemonic

from mediabridge.locale import Language

WORDS: Final = 12
_BITS: Final = 128
_ASKED: Final = 3
_LISTS: Final[Mapping[Language, str]] = MappingProxyType(
    {Language.JA: "japanese", Language.EN: "english"}
)


@dataclass(frozen=True)
class Fingerprint:
    """The SHA-256 of something that people compare."""

    digest: bytes

    @classmethod
    def of(cls, data: bytes) -> Fingerprint:
        """Return the fingerprint of *data*."""
        return cls(hashlib.sha256(data).digest())

    @property
    def hex(self) -> str:
        """All of it, as ``sha256sum`` prints it; the QR code holds the same."""
        return self.digest.hex()

    def words(self, language: Language) -> tuple[str, ...]:
        """Return its twelve words, from the list of *language*."""
        said = _list(language).to_mnemonic(self.digest[: _BITS // 8])
        return tuple(unicodedata.normalize("NFC", said).split())

    def is_hex(self, typed: str) -> bool:
        """Tell whether *typed*, or what a camera read, is all of it."""
        return secrets.compare_digest(_plain(typed).replace(" ", "").encode(), self.hex.encode())

    def has_words(self, numbers: Sequence[int], typed: str) -> bool:
        """Tell whether *typed* are the words of these *numbers* (from 1), in any of the lists.

        Width, case and the form of a voiced sign depend on the keyboard, and are no difference.
        """
        given = _plain(typed).split()
        return any(
            given == [_plain(self.words(language)[number - 1]) for number in numbers]
            for language in _LISTS
        )


def numbers_to_ask() -> tuple[int, ...]:
    """Return which words a person has to type from the paper; nobody can know them before."""
    return tuple(sorted(secrets.SystemRandom().sample(range(1, WORDS + 1), _ASKED)))


@cache
def _list(language: Language) -> Mnemonic:
    return Mnemonic(_LISTS[language])


def _plain(typed: str) -> str:
    # Not a name of anybody: what an input method makes of か and ゛ is no difference here.
    return unicodedata.normalize("NFKC", typed).lower().replace("、", " ").replace(",", " ")
