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
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum, unique
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any, Final

from mediabridge.kinds import Kind
from mediabridge.locale import moments, readings
from mediabridge.locale.marking import n_
from mediabridge.locale.moments import show_times_in
from mediabridge.locale.spoken import Spoken
from mediabridge.locale.system import SAYINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mediabridge.errors import MediabridgeError

__all__ = [
    "Language",
    "column",
    "hint_of",
    "in_every_language",
    "language",
    "language_of",
    "moment",
    "n_",
    "reading",
    "said",
    "sentence_of",
    "set_language",
    "show_readings",
    "show_times_in",
    "speaking",
    "text",
    "translate",
    "with_readings",
]

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
    """The language of this process; screens and messages never mix two."""

    language: Language | None = None


_within: Final[ContextVar[Language | None]] = ContextVar("language", default=None)
"""The language of a document that has its own, in the thread or task that writes it."""


@cache
def _catalogue(chosen: Language) -> NullTranslations:
    if chosen is Language.EN:
        return NullTranslations()
    path = CATALOGUES / chosen / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with path.open("rb") as stream:
        return GNUTranslations(stream)


def set_language(chosen: Language | str) -> None:
    """Show everything from now on in *chosen*.

    Raises:
        ValueError: mediabridge does not speak *chosen*.
    """
    _Current.language = Language(chosen)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Show everything within the block in *chosen*: a document with a language of its own.

    Other threads, which write another one meanwhile, keep theirs.
    """
    before = _within.set(chosen)
    try:
        yield
    finally:
        _within.reset(before)


def language() -> Language:
    """Return the language in use: of :func:`speaking`, :func:`set_language`, the environment."""
    if (within := _within.get()) is not None:
        return within
    if _Current.language is None:
        _Current.language = language_of(os.environ)
    return _Current.language


def translate(msgid: str, /) -> str:
    """Return *msgid* in the language in use, its placeholders still open."""
    # The empty message id is gettext's own: it holds the catalogue's header.
    return with_readings(_catalogue(language()).gettext(msgid)) if msgid else ""


class _Readings(local):
    """Whether the texts of this thread have readings; a paper that another one makes has none."""

    shown = False


_readings = _Readings()


def show_readings(*, shown: bool) -> None:
    """Show in this thread, from now on, how the Japanese of our own texts is read, or no more."""
    _readings.shown = shown


@contextmanager
def reading(*, shown: bool) -> Iterator[None]:
    """Show readings in this thread within the block, or none."""
    before = _readings.shown
    show_readings(shown=shown)
    try:
        yield
    finally:
        show_readings(shown=before)


def with_readings(ours: str, /) -> str:
    """Return *ours*, which is nobody's name, with its readings where these are shown."""
    if not (_readings.shown and language() is Language.JA):
        return ours
    return readings.read(ours)


def in_every_language(msgid: str, /) -> frozenset[str]:
    """Return *msgid* as each language has it, to recognise what was written in either."""
    path = CATALOGUES / Language.JA / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with path.open("rb") as stream:
        return frozenset({msgid, GNUTranslations(stream).gettext(msgid)})


def text(msgid: str, /, **facts: Any) -> str:
    """Return *msgid* in the language in use, filled in with what *facts* are called in it.

    Raises:
        KeyError: a placeholder without a fact.
    """
    return translate(msgid).format_map({name: said(fact) for name, fact in facts.items()})


def said(fact: Any) -> Any:
    """Return what *fact* is called for the person at the desk.

    A code of a closed list is its sentence, a kind of record has its name, a time in
    it is local, what the operating system says is translated; anything else stays as it is.
    """
    if isinstance(fact, Spoken):
        return translate(fact.sentence)
    if isinstance(fact, Kind):
        japanese = language() is Language.JA
        return with_readings(fact.facts.japanese) if japanese else fact.facts.english
    if isinstance(fact, tuple):
        return ", ".join(str(said(each)) for each in fact)
    if not isinstance(fact, str):
        return fact
    if fact in SAYINGS:
        return translate(SAYINGS[fact])
    return moments.replaced(fact, moment)


def moment(utc: str) -> str:
    """Return the time *utc* (``YYYY-MM-DDTHH:MM:SSZ``) as a person at the desk reads it."""
    when = moments.local(utc)
    if when is None:
        return utc
    return translate(n_("{date:%Y-%m-%d %H:%M} {zone}")).format(date=when, zone=_zone_of(when))


def column(times: Sequence[str]) -> tuple[str, list[str]]:
    """Return the zone of all *times*, and each of them short, for a column of a table.

    The zone is empty where they have not one in common; each is as :func:`moment` has it then.
    """
    local = [moments.local(utc) for utc in times]
    zones = {_zone_of(when) if when else "" for when in local}
    if len(zones) != 1 or "" in zones:
        return "", [moment(utc) for utc in times]
    short = translate(n_("{date:%Y-%m-%d %H:%M}"))
    return zones.pop(), [short.format(date=when) for when in local]


def _zone_of(when: datetime) -> str:
    name = when.tzname() or f"{when:%z}"
    return translate(_ZONES.get(name, name))


_ZONES: Final = {"JST": n_("JST"), "UTC": n_("UTC")}
"""The zones that have a name of their own in a language; others keep their abbreviation."""


def sentence_of(error: MediabridgeError) -> str:
    """Return what happened, for the person at the desk, in the language in use."""
    return error.render(translate(error.sentence), said)


def hint_of(error: MediabridgeError) -> str:
    """Return the one next step that *error* names, in the language in use."""
    return error.render(translate(error.hint), said)
