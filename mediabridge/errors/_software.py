"""Software that travels: what cannot be described, and what is not installed."""

from __future__ import annotations

from mediabridge.errors._bundle import BundleError
from mediabridge.errors._station import CommandLineError


class SoftwareUnreadableError(CommandLineError):
    """A file that was to be sent is not what it was called, or the tool that says so is missing."""

    reason = "SOFTWARE_UNREADABLE"
    sentence = "The file {name} cannot be taken as software: {detail}."
    hint = (
        "A program or a system package is a Debian package (.deb); signatures are one of ClamAV's"
        " own databases (.cvd). dpkg has to be on the machine."
    )


class SoftwareNotCarriedError(CommandLineError):
    """No route from here carries software."""

    reason = "SOFTWARE_NOT_CARRIED"
    sentence = "No route of the station {station} carries software."
    hint = (
        "Trust data says on which route software may travel, and how many officers approve it; the"
        " ceremony adds it: mediabridge trust route --software 2."
    )


class SoftwareUnknownError(CommandLineError):
    """No file of software that begins like this has come, or several."""

    reason = "SOFTWARE_UNKNOWN"
    sentence = "No single file of software here begins with {name}."
    hint = "See what has come: mediabridge software list."


class SoftwareChangedError(BundleError):
    """What is kept of staged software is not what was verified when it came."""

    reason = "SOFTWARE_CHANGED"
    sentence = "The staged file {name} is not what its officers approved: {detail}"
    hint = (
        "Nothing was installed. Somebody has changed the station's folder: tell the security"
        " officer, and have the software sent again."
    )
