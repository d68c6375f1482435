"""The counter question, decided: what a clerk goes by when somebody stands there with a card.

:data:`ROWS` is the table. The first row that holds decides; where none holds, the record is
what to go by. Each row is a pure function over what is known; what the law makes of the
answer is the clerk's business. A doubt never ends at the record.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import unique
from typing import Final, NamedTuple

from mediabridge.apply.resident import State
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class Source(Spoken):
    """What the clerk should go by."""

    RECORD = "RECORD", n_("the resident record")
    CARD = "CARD", n_("the residence card that is shown")
    ASK = "ASK", n_("neither; ask first")


@unique
class Why(Spoken):
    """Why; the code stands in the log, the sentence is for the clerk."""

    NOTICE_HELD = (
        "NOTICE_HELD",
        n_("A notice about this person or this card waits for a decision: have it decided first."),
    )
    FINDING_OPEN = (
        "FINDING_OPEN",
        n_("The comparison with the immigration side found something here; nobody decided yet."),
    )
    CARD_UNKNOWN_YET = (
        "CARD_UNKNOWN_YET",
        n_("Nobody here has this card, but news is still to come: it may be a new card."),
    )
    CARD_UNKNOWN = (
        "CARD_UNKNOWN",
        n_("Nobody here has, or had, this card, and all that was sent today has arrived."),
    )
    RESIDENT_GONE = (
        "RESIDENT_GONE",
        n_("This person moved out by the register: where they live now has the record."),
    )
    RECORD_NOT_IN_FORCE = (
        "RECORD_NOT_IN_FORCE",
        n_("The resident record with this card was deleted: find out why before anything else."),
    )
    CARD_REPLACED = (
        "CARD_REPLACED",
        n_("The record has a later card than this one: ask for that card."),
    )
    NEWS_OUTSTANDING = (
        "NEWS_OUTSTANDING",
        n_("Numbers of the route have not arrived: the card may be newer than the record."),
    )
    NO_NEWS_TODAY = (
        "NO_NEWS_TODAY",
        n_("Today's notices have not arrived: the card may be newer than the record."),
    )
    RECORD_CURRENT = (
        "RECORD_CURRENT",
        n_("All that was sent today has arrived, and nothing about this person waits."),
    )


class Standing(NamedTuple):
    """What is known when the question is asked."""

    state: State | None
    """Of the record that the card leads to; None where nobody has, or had, the card."""
    current: bool
    """Whether the card is the record's present one."""
    held: bool
    """Whether a notice waits that names the card or may be about the person."""
    found: bool
    """Whether the comparison of a population found something that waits for a decision."""
    outstanding: bool
    """Whether a number of a route to this station is known to be missing."""
    fresh: bool
    """Whether every route in use has brought what was sealed today."""

    @property
    def late(self) -> bool:
        """Whether the register may lack what was sent."""
        return self.outstanding or not self.fresh


class Row(NamedTuple):
    """Where *when* holds, the clerk goes by *source*, because of *why*."""

    why: Why
    when: Callable[[Standing], bool]
    source: Source


ROWS: Final = (
    Row(Why.NOTICE_HELD, lambda known: known.held, Source.ASK),
    Row(Why.FINDING_OPEN, lambda known: known.found, Source.ASK),
    Row(
        Why.CARD_UNKNOWN_YET,
        lambda known: known.state is None and known.late,
        Source.CARD,
    ),
    Row(Why.CARD_UNKNOWN, lambda known: known.state is None, Source.ASK),
    Row(Why.RESIDENT_GONE, lambda known: known.state is State.MOVED_OUT, Source.ASK),
    Row(Why.RECORD_NOT_IN_FORCE, lambda known: known.state is State.DELETED, Source.ASK),
    Row(Why.CARD_REPLACED, lambda known: not known.current, Source.RECORD),
    Row(Why.NEWS_OUTSTANDING, lambda known: known.outstanding, Source.CARD),
    Row(Why.NO_NEWS_TODAY, lambda known: not known.fresh, Source.CARD),
)
"""In the order in which they are asked."""


class Advice(NamedTuple):
    """What to go by, and why."""

    source: Source
    why: Why


def advise(known: Standing) -> Advice:
    """Return what the first row that holds says; the record where none holds."""
    for row in ROWS:
        if row.when(known):
            return Advice(row.source, row.why)
    return Advice(Source.RECORD, Why.RECORD_CURRENT)
