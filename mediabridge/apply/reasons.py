"""Why a record was not simply applied: a closed list, one sentence for the clerk each.

Sentences are gettext message identifiers without any fact, so that neither a receipt
nor a log can name a person through them.
"""

from __future__ import annotations

from enum import unique

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class ApplyReason(Spoken):
    """The code that travels in a receipt; :attr:`sentence` is what it means."""

    # --- result moved_out ---
    MOVED_OUT = "MOVED_OUT", n_("The person moved to another municipality.")

    # --- whatever another system answers to what was handed over ---
    RECEIVING_SYSTEM = (
        "RECEIVING_SYSTEM",
        n_("The city's own system, to which the notice was handed over, decided it."),
    )

    # --- result held: who is meant? ---
    NO_MATCH = "NO_MATCH", n_("No resident has, or had, either card number of the notice.")
    NO_CARD_NUMBER = (
        "NO_CARD_NUMBER",
        n_("The notice has no card number; only a person can tell whom it is about."),
    )
    FIRST_CARD = (
        "FIRST_CARD",
        n_("The notice gives a first card, as to a newborn; find the record by hand."),
    )
    TWO_PERSONS = (
        "TWO_PERSONS",
        n_("The two card numbers of the notice belong to different residents."),
    )
    CARD_SUPERSEDED = (
        "CARD_SUPERSEDED",
        n_("The notice is about a card that a later card has already replaced."),
    )

    # --- result rejected or superseded: nobody has to decide ---
    RECORD_ID_REUSED = (
        "RECORD_ID_REUSED",
        n_("A notice with the same number but other content was received before."),
    )
    OLDER_THAN_RECORD = (
        "OLDER_THAN_RECORD",
        n_("The notice is older than the last one entered in this resident record."),
    )
    # --- result held: is it still news? ---
    EVENT_BEFORE_RECORD = (
        "EVENT_BEFORE_RECORD",
        n_("The event happened before the last event entered in this resident record."),
    )
    ALREADY_DELETED = "ALREADY_DELETED", n_("The resident record to be deleted is deleted already.")
    RECORD_DELETED = "RECORD_DELETED", n_("The resident record to be corrected was deleted.")

    # --- result held: can its name be entered? ---
    KANJI_NOT_SEIJI = (
        "KANJI_NOT_SEIJI",
        n_("The kanji name has a character that is no 正字; it cannot be entered as it came."),
    )

    # --- result held: does it fit the record? ---
    BIRTH_DATE_DIFFERS = (
        "BIRTH_DATE_DIFFERS",
        n_("The date of birth differs, and this event cannot change it."),
    )
    SEX_DIFFERS = "SEX_DIFFERS", n_("The sex differs, and this event cannot change it.")
    NATIONALITY_DIFFERS = (
        "NATIONALITY_DIFFERS",
        n_("The nationality or region differs, and this event cannot change it."),
    )
    NAME_DIFFERS = (
        "NAME_DIFFERS",
        n_("The name is another one, not only spelt otherwise, and this event cannot change it."),
    )
    CATEGORY_IMPOSSIBLE = (
        "CATEGORY_IMPOSSIBLE",
        n_("The event does not lead from the category on record to that of the notice."),
    )
    STATUS_DIFFERS = (
        "STATUS_DIFFERS",
        n_("The status of residence differs, and this event cannot change it."),
    )
    PERIOD_DIFFERS = (
        "PERIOD_DIFFERS",
        n_("The period of stay or its end differs, and this event cannot change it."),
    )
    CARD_DIFFERS = "CARD_DIFFERS", n_("The card number differs, and this event cannot change it.")
    OPERATION_IMPOSSIBLE = (
        "OPERATION_IMPOSSIBLE",
        n_("The event does not allow the operation that the notice asks for."),
    )

    # --- a population: what its comparison with the register found ---
    POPULATION_DIFFERS = (
        "POPULATION_DIFFERS",
        n_("The extract has other items for this person than the register."),
    )
    POPULATION_MISSING = (
        "POPULATION_MISSING",
        n_("The extract has a person with this card; nobody in the register has, or had, it."),
    )
    POPULATION_EXTRA = (
        "POPULATION_EXTRA",
        n_("The register has a person with a card in force whom the extract does not name."),
    )
    POPULATION_NO_CARD = (
        "POPULATION_NO_CARD",
        n_("The entry has no card number; only a person can tell whom it is about."),
    )
    POPULATION_PERSON_LIKE = (
        "POPULATION_PERSON_LIKE",
        n_("Nobody has this card, but a resident has the same name, birth date and nationality."),
    )
    POPULATION_NOT_SEIJI = (
        "POPULATION_NOT_SEIJI",
        n_(
            "Nobody has this card, and the kanji name of the entry has a character that is no 正字."
        ),
    )
    POPULATION_IDENTITY = (
        "POPULATION_IDENTITY",
        n_("Birth date, sex, nationality or name are another person's; nothing is entered."),
    )
    POPULATION_OLD_CARD = (
        "POPULATION_OLD_CARD",
        n_("The extract names a card that a later card has already replaced."),
    )
    POPULATION_DELETED = (
        "POPULATION_DELETED",
        n_("The extract has a person whose resident record was deleted."),
    )
    POPULATION_OLDER = (
        "POPULATION_OLDER",
        n_("Something later than the extract was entered for this person."),
    )
    POPULATION_ID_REUSED = (
        "POPULATION_ID_REUSED",
        n_("An entry with the same number but other content was received before."),
    )

    # --- a population: what was decided on a finding ---
    POPULATION_SETTLED = (
        "POPULATION_SETTLED",
        n_("The register has changed since, and the finding does not hold any more."),
    )
    REGISTER_CONFIRMED = (
        "REGISTER_CONFIRMED",
        n_("The city looked into it: the register is right."),
    )
    NEWER_EXTRACT = (
        "NEWER_EXTRACT",
        n_("A newer extract has come, or was asked for; this one is not followed up."),
    )
    BEING_INQUIRED = (
        "BEING_INQUIRED",
        n_("The city makes an inquiry of its own; the extract alone decides nothing."),
    )
