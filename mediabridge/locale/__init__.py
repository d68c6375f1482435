"""The words a person reads, in Japanese or English.

Message ids are English templates with ``{fact}`` placeholders. Write them as literals::

    text("{count} records were collected.", count=12)

and they are found by ``make messages``, which keeps
``ja/LC_MESSAGES/mediabridge.po``. A message that is defined in one place and shown in
another is marked with :func:`n_` where it is defined and translated with
:func:`translate` where it is shown. Never build a message id at run time.

Japanese is the default; English is used when the environment asks for it. Files,
log entries and ``--json`` members are not translated.
"""

from __future__ import annotations

import os
from enum import StrEnum, unique
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediabridge.errors import MediabridgeError

DOMAIN = "mediabridge"
"""The gettext domain, that is the file name of the catalogue."""

CATALOGUES = Path(__file__).parent
"""The folder that holds ``<language>/LC_MESSAGES/mediabridge.mo``."""


@unique
class Language(StrEnum):
    """The languages mediabridge speaks."""

    JA = "ja"
    EN = "en"


def language_of(environment: Mapping[str, str]) -> Language:
    """Return the language a process *environment* asks for.

    ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` are looked at in this order and the first
    that is set decides: English when it starts with ``en``, else Japanese, because the
    stations stand in Japanese city halls and often run with no locale at all.
    """
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((environment[name] for name in names if environment.get(name)), "")
    return Language.EN if chosen.lower().startswith("en") else Language.JA


class _Current:
    """The one language of this process; screens and messages never mix two."""

    def __init__(self) -> None:
        self.language = Language.EN
        self.catalogue: NullTranslations | None = None

    def load(self, chosen: Language) -> NullTranslations:
        self.language = chosen
        self.catalogue = NullTranslations()
        if chosen is not Language.EN:
            path = CATALOGUES / chosen / "LC_MESSAGES" / f"{DOMAIN}.mo"
            with path.open("rb") as stream:
                self.catalogue = GNUTranslations(stream)
        return self.catalogue


_current = _Current()


def set_language(chosen: Language | str) -> None:
    """Show everything from now on in *chosen*.

    Raises:
        ValueError: mediabridge does not speak *chosen*.
    """
    _current.load(Language(chosen))


def language() -> Language:
    """Return the language in use, chosen by :func:`set_language` or the environment."""
    if _current.catalogue is None:
        _current.load(language_of(os.environ))
    return _current.language


def n_(msgid: str, /) -> str:
    """Mark *msgid* for translation and return it unchanged."""
    return msgid


def translate(msgid: str, /) -> str:
    """Return *msgid* in the language in use, its placeholders still open."""
    catalogue = _current.catalogue or _current.load(language_of(os.environ))
    # The empty message id is gettext's own: it holds the catalogue's header.
    return catalogue.gettext(msgid) if msgid else ""


def in_every_language(msgid: str, /) -> frozenset[str]:
    """Return *msgid* as each language has it, to recognise what was written in either."""
    path = CATALOGUES / Language.JA / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with path.open("rb") as stream:
        return frozenset({msgid, GNUTranslations(stream).gettext(msgid)})


def text(msgid: str, /, **facts: Any) -> str:
    """Return *msgid* in the language in use, filled in with *facts*.

    Raises:
        KeyError: a placeholder without a fact.
    """
    return translate(msgid).format_map(facts)


def sentence_of(error: MediabridgeError) -> str:
    """Return what happened, for the person at the desk, in the language in use."""
    return error.render(translate(error.sentence))


def hint_of(error: MediabridgeError) -> str:
    """Return the one next step that *error* names, in the language in use."""
    return error.render(translate(error.hint))
