"""Populations: what cannot be compared, and decisions on what was found that are not taken."""

from __future__ import annotations

from mediabridge.errors._approval import ApprovalError
from mediabridge.errors._station import CommandLineError
from mediabridge.errors._storage import RegistryError


class PopulationElsewhereError(RegistryError):
    """The residents are in another system, with which nothing can be compared from here."""

    reason = "POPULATION_ELSEWHERE"
    sentence = (
        "A population cannot be compared at this station: it hands its notices over to another"
        " system, which has the residents. Nothing was taken."
    )
    hint = (
        "Have the extract compared in that system. Ask the LGWAN station to declare the number of"
        " this bundle void, so that the next ones can be taken: mediabridge bundles void."
    )


class PopulationUnknownError(CommandLineError):
    """No population of this name came, or none has an open finding."""

    reason = "POPULATION_UNKNOWN"
    sentence = "This station has no such population: {name}."
    hint = "See which populations came, and what is open: mediabridge population list."


class PopulationAmbiguousError(CommandLineError):
    """Several populations have open findings, and none was named."""

    reason = "POPULATION_AMBIGUOUS"
    sentence = "Several populations have open findings: {names}."
    hint = "Name one of them by its bundle number; see: mediabridge population list."


class FindingUnknownError(CommandLineError):
    """There is no open finding of this number, or of this kind."""

    reason = "FINDING_UNKNOWN"
    sentence = "No such finding waits for a decision in this population: {number}."
    hint = "It may have been decided on meanwhile. See what is open: mediabridge population show."


class FindingsChangedError(CommandLineError):
    """What was decided on is not any more what the person looked at."""

    reason = "FINDINGS_CHANGED"
    sentence = (
        "The findings, or the register, have changed since they were looked at; nothing was"
        " decided. Findings now: {count}."
    )
    hint = "Look at them once more and decide then: mediabridge population show."


class FindingNotDecidableError(CommandLineError):
    """A decision that the rules do not leave to a person for findings of this kind."""

    reason = "FINDING_NOT_DECIDABLE"
    sentence = "The decision is not possible for findings of the kind {kind}; nothing was decided."
    hint = (
        "What has to be cleared up first is not entered from an extract: reject it with a reason,"
        " and put the record right by its own notice, or in the register itself."
    )


class PopulationOutdatedError(CommandLineError):
    """A newer extract has come: what an older one says is not entered any more."""

    reason = "POPULATION_OUTDATED"
    sentence = "A newer population has come since this one, as of {time}; nothing was entered."
    hint = (
        "Decide on the newer one, and close this one: mediabridge population reject"
        " --because newer-extract."
    )


class SecondPersonMissingError(ApprovalError):
    """Two people have to decide this, and one was named."""

    reason = "SECOND_PERSON_MISSING"
    sentence = "This decision takes two people; one was named. Nothing was decided."
    hint = (
        "Whoever is not in the extract, and all findings of a kind at once, are decided on by two:"
        " name the second person with --second."
    )


class ReportElsewhereError(CommandLineError):
    """A report with residents' data would be written somewhere else than on this machine."""

    reason = "REPORT_ELSEWHERE"
    sentence = "The file {name} would not be on this machine's own disk; nothing was written."
    hint = (
        "A report of findings has residents' data and is not carried anywhere. Name a file on"
        " the disk that the station is on."
    )
