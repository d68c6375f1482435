"""The agency's folder of stations, one for each office; a file for many."""

from __future__ import annotations

from mediabridge.errors._station import ConfigurationError, RecordsError, WrongRecordsError


class OfficesFolderError(ConfigurationError):
    """The folder does not hold the agency's stations."""

    reason = "OFFICES_FOLDER_INVALID"
    sentence = "{folder} is not a folder of the agency's stations: {detail}."
    hint = (
        "Each of the agency's stations lies there in a folder that is called by the municipality's"
        " code of six digits (docs/operations/line.md)."
    )


class OfficesRefusedError(WrongRecordsError):
    """A file for many offices has errors; no office is given anything of it."""

    reason = "OFFICES_REFUSED"
    sentence = "The file {name} was refused, and nothing of it was taken in. Errors: {count}."
    hint = (
        "Correct the file in the system that made it, or set up the station that is missing, and"
        " give it again. The file lies where it lay; --json lists more errors than a screen."
    )


class OfficeCountError(RecordsError):
    """What an office's station took in is not as much as was for it."""

    reason = "OFFICE_COUNT_DIFFERS"
    sentence = "Records for office {office}: {wanted}. Its station counts {got}."
    hint = (
        "Do not send anything from that station. Tell the IT staff: the count must be the same, so"
        " the program or its disk is at fault."
    )
