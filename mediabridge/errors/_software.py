"""Software that travels: what cannot be described, and what is not installed."""

from __future__ import annotations

from mediabridge.errors._approval import ApprovalError
from mediabridge.errors._bundle import BundleError
from mediabridge.errors._station import CommandLineError, ConfigurationError


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


class SoftwareUnfitError(ConfigurationError):
    """What is on this machine is not replaced by what came."""

    reason = "SOFTWARE_UNFIT"
    sentence = "{name} {version} is not installed: {detail}. Installed: {installed}."
    hint = (
        "Nothing was changed. A station goes forward only, and one step at a time: have a later"
        " version for this station sent."
    )


class SoftwareNotReadyError(ApprovalError):
    """The station or the machine has something to finish first, or no backup that holds all."""

    reason = "SOFTWARE_NOT_READY"
    sentence = "Nothing is installed now: {detail}."
    hint = (
        "Nothing was changed. Finish what is under way (mediabridge status), make a backup"
        " (mediabridge station backup), and order it then."
    )


class InstallerNotSetUpError(ConfigurationError):
    """Root's installer lacks what a person has to give it by hand."""

    reason = "INSTALLER_NOT_SET_UP"
    sentence = "The installer of this machine is not set up: {name} is missing, or not what it was."
    hint = (
        "The IT staff put there, as root, the first root that was compared with the paper, the"
        " station's name and the installed package; see docs/operations/update.md."
    )
