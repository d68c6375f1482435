"""What a virus scanner found, or why it could not say."""

from __future__ import annotations

from mediabridge.errors._bundle import BundleError
from mediabridge.errors._station import ConfigurationError, RecordsError


class FileInfectedError(RecordsError):
    """The scanner found something in a file from outside."""

    reason = "FILE_INFECTED"
    sentence = "The virus scanner found {found} in {name}."
    hint = (
        "Nothing of the file was used. Do not open it, and do not copy it anywhere. Keep the medium"
        " that it came on, and call the security officer."
    )


class BundleInfectedError(BundleError):
    """Step 7: the scanner found something in a file of an opened bundle."""

    reason = "BUNDLE_INFECTED"
    sentence = "The virus scanner found {found} in a file of the bundle: {name}."
    hint = (
        "Nothing of the bundle was taken, and what was opened of it is wiped. Keep the medium, and"
        " call the security officers of both stations: the sender's machine may be infected."
    )


class ScannerError(ConfigurationError):
    """Family: the scanner cannot say whether a file is harmless."""


class ScannerDownError(ScannerError):
    """The daemon is not there, does not answer, or stops in the middle."""

    reason = "SCANNER_DOWN"
    sentence = "The virus scanner at {name} cannot be asked: {detail}."
    hint = (
        "The IT staff start it (systemctl start clamav-daemon); mediabridge doctor says whether it"
        " is there. Then repeat."
    )


class ScannerUnfitError(ScannerError):
    """The daemon is there, and does not do what it is relied on for."""

    reason = "SCANNER_UNFIT"
    sentence = "The virus scanner cannot be relied on: {detail}."
    hint = (
        "The IT staff set AlertExceedsMax yes in clamd.conf, or load the official signatures, and"
        " restart it; mediabridge doctor tries it out. Then repeat."
    )


class ScannerOldError(ScannerError):
    """Its signatures are older than the settings allow, or of no known day."""

    reason = "SCANNER_OLD"
    sentence = "The signatures of the virus scanner are of {got}; allowed age in days: {days}."
    hint = (
        "The IT staff bring new ones, and compare the clock with another one if these are new."
        " Then repeat."
    )


class FileNotScannedError(ScannerError):
    """The file is over a limit of the scanner, which did not look at all of it."""

    reason = "FILE_NOT_SCANNED"
    sentence = (
        "{name} is over a limit of the virus scanner, which did not look at all of it: {detail}."
    )
    hint = (
        "Is it meant to be so large? Then the IT staff raise StreamMaxLength, MaxFileSize and"
        " MaxScanSize in clamd.conf. If not, call the security officer."
    )
