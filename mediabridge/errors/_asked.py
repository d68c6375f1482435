"""What was asked for is not known here, or not as it was thought to be (exit 2).

Whoever types a wrong number may be looking for a stick that was lost a minute ago. So each
hint says what to do in that case, and none only how the command is written.
"""

from __future__ import annotations

from mediabridge.errors._station import CommandLineError


class MediumUnknownError(CommandLineError):
    """No medium of this number is in the register."""

    reason = "MEDIUM_UNKNOWN"
    sentence = "This station knows no medium {medium}. On a trip now: {out}."
    hint = (
        "If one is missing, tell the security officer at once. See who has which:"
        " mediabridge media list. Then report it by its number: mediabridge media lost NUMBER."
    )


class MediumNotOnTripError(CommandLineError):
    """A step of a trip, for a medium that was issued for none."""

    reason = "MEDIUM_NOT_ON_TRIP"
    sentence = "Medium {medium} is on no trip, as far as this station knows."
    hint = (
        "See where it should be: mediabridge media show {medium}."
        " If it cannot be found, report it: mediabridge media lost {medium}."
    )


class MediumNotedBeforeError(CommandLineError):
    """What was to be noted of a medium is noted already, or cannot be any more."""

    reason = "MEDIUM_NOTED_BEFORE"
    sentence = "Nothing was noted: {detail}."
    hint = (
        "See what is noted of it: mediabridge media show {medium}. If that is not so,"
        " or it cannot be found, tell the security officer at once."
    )


class BundleUnknownError(CommandLineError):
    """No bundle of this station has an id that begins so."""

    reason = "BUNDLE_UNKNOWN"
    sentence = "This station knows no bundle {bundle}."
    hint = (
        "See which it knows: mediabridge bundles list. A bundle is named by the first characters"
        " of its id, in the last column, not by its number. One that should be among them has not"
        " arrived, or was made at the other station; tell the officer if it is overdue."
    )


class BundleAmbiguousError(CommandLineError):
    """The characters given begin more than one id."""

    reason = "BUNDLE_AMBIGUOUS"
    sentence = "Bundles whose id begins with {bundle}: {count}; one has to be meant."
    hint = "Give more characters of its id; mediabridge bundles list has all of them."


class NoBundleWaitingError(CommandLineError):
    """No bundle is where this step would take it further."""

    reason = "NO_BUNDLE_WAITING"
    sentence = "There is no bundle of which this is true: {state}."
    hint = (
        "See where each is: mediabridge status. A bundle is sealed, then approved by an"
        " officer, then written to a medium."
    )


class RecordNotHeldError(CommandLineError):
    """No notice of this number waits for a decision."""

    reason = "RECORD_NOT_HELD"
    sentence = "No notice {record} waits for a decision at this station."
    hint = "See which do: mediabridge held list."


class DecidedElsewhereError(CommandLineError):
    """The register is another system, which judges what is handed over to it."""

    reason = "DECIDED_ELSEWHERE"
    sentence = (
        "Station {station} hands its notices over to another system, which decides on them; none"
        " waits for a decision here."
    )
    hint = (
        "Decide in that system. What its result file says is taken in by the next command that is"
        " run here, and travels home with the next bundle. What became of one notice so far:"
        " mediabridge explain NOTICE-NUMBER."
    )


class HeldDecidedError(CommandLineError):
    """Somebody else was faster: a decision on this notice stands already."""

    reason = "HELD_DECIDED"
    sentence = "Notice {record} was decided on already: {result}, by {actor}, {time}."
    hint = (
        "That decision stands, and yours changed nothing. Talk to whoever decided. If it was"
        " wrong, decide anew: mediabridge held resolve {record} --again."
    )


class HeldChangedError(CommandLineError):
    """What was decided on is not any more what the person looked at."""

    reason = "HELD_CHANGED"
    sentence = "The register has changed since notice {record} was looked at; nothing was decided."
    hint = "Look at it once more and decide then: mediabridge held show {record}."


class DecisionNotPermittedError(CommandLineError):
    """A decision that the rules do not leave to a person here, or a person not named in it."""

    reason = "DECISION_NOT_PERMITTED"
    sentence = "The decision {result} is not possible for notice {record}; nothing was decided."
    hint = (
        "See which are, and for whom: mediabridge held show {record}. Where several people may"
        " be meant, name one with --person; where a kanji name may be entered in several ways, one"
        " with --name."
    )


class KanjiChoiceError(CommandLineError):
    """A kanji name with two proposals for a character, of which nobody chose one that there is."""

    reason = "KANJI_CHOICE_MISSING"
    sentence = (
        "Notice {record}: of a character with two proposals, one has to be chosen, and of no other"
        " (character: {places}). Nothing was decided."
    )
    hint = (
        "Name each of them: --kanji PLACE=rank1, or --kanji PLACE=REASON for the second rank."
        " Which there are: mediabridge held show {record}."
    )


class SecondPersonError(CommandLineError):
    """The second person of a decision is the first one again."""

    reason = "SECOND_PERSON_SAME"
    sentence = "Two people were to decide; both were given as {actor}."
    hint = "The second person has to be somebody else; leave --second out to decide alone."


class RecordUnknownError(CommandLineError):
    """No record of this number was sent from here, or came here."""

    reason = "RECORD_UNKNOWN"
    sentence = "This station knows no record {record}."
    hint = (
        "Compare the number with the file or the receipt it is from. See which bundles this"
        " station knows: mediabridge bundles list."
    )
