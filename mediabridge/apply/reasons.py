"""Why a record was not simply applied: a closed list, one sentence for the clerk each.

Sentences are gettext message identifiers without any fact, so that neither a receipt
nor a log can name a person through them.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Self


@unique
class ApplyReason(StrEnum):
    """The code that travels in a receipt; :attr:`sentence` is what it means."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Self:
        """Make the code the value and keep the sentence beside it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    # --- result moved_out ---
    MOVED_OUT = "MOVED_OUT", "The person moved to another municipality."

    # --- result held_for_review: who is meant? ---
    NO_MATCH = "NO_MATCH", "No resident has, or had, either card number of the notice."
    NO_CARD_NUMBER = (
        "NO_CARD_NUMBER",
        "The notice has no card number; only a person can tell whom it is about.",
    )
    FIRST_CARD = (
        "FIRST_CARD",
        "The notice is about a person's first card, such as a newborn's; find the record by hand.",
    )
    TWO_PERSONS = "TWO_PERSONS", "The two card numbers of the notice belong to different residents."
    CARD_SUPERSEDED = (
        "CARD_SUPERSEDED",
        "The notice is about a card that a later card has already replaced.",
    )

    # --- result held_for_review: is it still news? ---
    RECORD_ID_REUSED = (
        "RECORD_ID_REUSED",
        "A notice with the same number but other content was received before.",
    )
    OLDER_THAN_RECORD = (
        "OLDER_THAN_RECORD",
        "The notice is older than the last one entered in this resident record.",
    )
    EVENT_BEFORE_RECORD = (
        "EVENT_BEFORE_RECORD",
        "The event happened before the last event entered in this resident record.",
    )
    ALREADY_DELETED = "ALREADY_DELETED", "The resident record to be deleted is deleted already."
    RECORD_DELETED = "RECORD_DELETED", "The resident record to be corrected was deleted."

    # --- result held_for_review: does it fit the record? ---
    BIRTH_DATE_DIFFERS = (
        "BIRTH_DATE_DIFFERS",
        "The date of birth differs, and this event cannot change it.",
    )
    SEX_DIFFERS = "SEX_DIFFERS", "The sex differs, and this event cannot change it."
    NATIONALITY_DIFFERS = (
        "NATIONALITY_DIFFERS",
        "The nationality or region differs, and this event cannot change it.",
    )
    CATEGORY_IMPOSSIBLE = (
        "CATEGORY_IMPOSSIBLE",
        "The event cannot lead from the category in the record to the one in the notice.",
    )
    STATUS_DIFFERS = (
        "STATUS_DIFFERS",
        "The status of residence differs, and this event cannot change it.",
    )
    PERIOD_DIFFERS = (
        "PERIOD_DIFFERS",
        "The period of stay or its end differs, and this event cannot change it.",
    )
    CARD_DIFFERS = "CARD_DIFFERS", "The card number differs, and this event cannot change it."
    OPERATION_IMPOSSIBLE = (
        "OPERATION_IMPOSSIBLE",
        "The event does not allow the operation that the notice asks for.",
    )
