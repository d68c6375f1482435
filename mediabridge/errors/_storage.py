"""A station's own databases that cannot be used: one reason per database and trouble.

The books sum up as configuration (exit 70), the registry as itself (50), the transfer
log as a log alarm (20). No sentence here sends anybody to ``station init``: the station
is there, and setting it up anew would lose what it knows.
"""

from __future__ import annotations

from mediabridge.errors._base import ExitCode, MediabridgeError
from mediabridge.errors._log import LogAlarmError
from mediabridge.errors._station import ConfigurationError

# --- registry (exit 50) -----------------------------------------------------


class RegistryError(MediabridgeError):
    """Family: the registry did not do what was asked; whatever was begun was rolled back."""

    exit_code = ExitCode.REGISTRY


class RegistryRefusedError(RegistryError):
    """The registry refused; the transaction was rolled back."""

    reason = "REGISTRY_REFUSED"
    sentence = "The registry did not take the changes; none were made ({detail})."
    hint = "Call the IT staff. The bundle can be imported again afterwards."


class RegistryWithoutChangesError(RegistryError):
    """The residents are in a vendor's system, which writes no change rows here."""

    reason = "REGISTRY_WITHOUT_CHANGES"
    sentence = "The residents are in another system; there are no change rows of it here."
    hint = "Have that system write its export file, and take it in: mediabridge collect FILE."


class RegistryLockedError(RegistryError):
    """Another program kept the registry for itself for too long."""

    reason = "REGISTRY_LOCKED"
    sentence = "Another program is using the registry ({name}); nothing was changed in it."
    hint = "Wait until it has finished, a backup for example, then repeat."


class RegistryReadOnlyError(RegistryError):
    """The registry, or the disk it is on, is write-protected."""

    reason = "REGISTRY_READ_ONLY"
    sentence = "The registry ({name}) is write-protected; nothing was changed in it."
    hint = "Call the IT staff: a disk also becomes write-protected when it begins to fail."


class RegistryFullError(RegistryError):
    """The disk has no room for the change, which was rolled back."""

    reason = "REGISTRY_FULL"
    sentence = "The disk is full: the registry ({name}) took no changes."
    hint = "Make room on the registry's disk, then repeat; the bundle can be imported again."


class RegistryCorruptError(RegistryError):
    """The registry's file is damaged, or no database at all."""

    reason = "REGISTRY_CORRUPT"
    sentence = "The registry ({name}) is damaged: {detail}."
    hint = "Apply nothing more and call the IT staff: the registry comes back from a backup."


class RegistryWrongOwnerError(RegistryError):
    """The registry's file is another user's."""

    reason = "REGISTRY_WRONG_OWNER"
    sentence = "This user may not read and write the registry ({name})."
    hint = "Log in as the station's own user, or have the IT staff give the file back to it."


class RegistryForeignError(RegistryError):
    """The registry's file was copied from another station, or is another kind of file."""

    reason = "REGISTRY_FOREIGN"
    sentence = "The registry ({name}) belongs to {got}, should belong to {wanted}."
    hint = "Apply nothing. The IT staff put back this station's own registry from its backup."


class RegistryNewerError(RegistryError):
    """A newer version of the program has used this registry."""

    reason = "REGISTRY_NEWER"
    sentence = "The registry ({name}) has version {got}; this program knows {wanted} at most."
    hint = "Install the version of the program that was last used here, or a newer one."


class RegistryUnavailableError(RegistryError):
    """The registry cannot be used for a reason that has no name of its own."""

    reason = "REGISTRY_UNAVAILABLE"
    sentence = "The registry ({name}) cannot be used: {detail}."
    hint = "Have the IT staff look at the registry and its disk, then repeat."


class RegistryUnreachableError(RegistryError):
    """The server that keeps the registry does not answer, or stopped answering."""

    reason = "REGISTRY_UNREACHABLE"
    sentence = (
        "The server of the registry ({name}) does not answer ({detail}); nothing was changed."
    )
    hint = "Have the IT staff see that the server runs and can be reached, then repeat."


class RegistryAccessDeniedError(RegistryError):
    """The server does not let this station in, or does not let it do what it has to."""

    reason = "REGISTRY_ACCESS_DENIED"
    sentence = "The server of the registry ({name}) does not allow this station in ({detail})."
    hint = "Have whoever keeps the server compare user, password file and rights with station.toml."


class RegistryUnsuitableError(RegistryError):
    """The server is set up so that it would lose data or tell it to others."""

    reason = "REGISTRY_UNSUITABLE"
    sentence = (
        "The server of the registry ({name}) cannot be used as it is set up: "
        "{setting} is {got}, should be {wanted}."
    )
    hint = "Have whoever keeps the server change this setting; nothing was changed."


class RegistryOutcomeUnknownError(RegistryError):
    """The server went away between the order to commit and its answer."""

    reason = "REGISTRY_OUTCOME_UNKNOWN"
    sentence = (
        "The server of the registry ({name}) went away while it was finishing; "
        "whether the changes are in force, its journal knows."
    )
    hint = "Repeat the command when the server is back. What is in force is not applied again."


# --- transfer log (exit 20) -------------------------------------------------


class LogLockedError(LogAlarmError):
    """Another program kept the log for itself for too long; without an entry nothing is done."""

    reason = "LOG_LOCKED"
    sentence = "Another program is using the transfer log ({name}); nothing was done."
    hint = "Wait until it has finished, a backup for example, then repeat."


class LogReadOnlyError(LogAlarmError):
    """The log, or the disk it is on, is write-protected; without an entry nothing is done."""

    reason = "LOG_READ_ONLY"
    sentence = "The transfer log ({name}) is write-protected; nothing was done."
    hint = "Call the IT staff: a disk also becomes write-protected when it begins to fail."


class LogFullError(LogAlarmError):
    """The disk has no room for a log entry; without an entry nothing is done."""

    reason = "LOG_FULL"
    sentence = "The disk is full: the transfer log ({name}) took no entry, so nothing was done."
    hint = "Make room on the station's disk, then repeat. Never delete the log itself."


class LogCorruptError(LogAlarmError):
    """This station's own log fails its own check."""

    reason = "LOG_CORRUPT"
    sentence = "This station's transfer log is damaged: {detail}."
    hint = "Stop working on this station and call the IT staff."


class LogWrongOwnerError(LogAlarmError):
    """The log's file is another user's."""

    reason = "LOG_WRONG_OWNER"
    sentence = "This user may not read and write the transfer log ({name})."
    hint = "Log in as the station's own user, or have the IT staff give the file back to it."


class LogForeignError(LogAlarmError):
    """The log's file was copied from another station, or is another kind of file."""

    reason = "LOG_FOREIGN"
    sentence = "The transfer log ({name}) belongs to {got}, should belong to {wanted}."
    hint = "Stop working on this station and call the security officer; keep the file as it is."


class LogNewerError(LogAlarmError):
    """A newer version of the program has used this log."""

    reason = "LOG_NEWER"
    sentence = "The transfer log ({name}) has version {got}; this program knows {wanted} at most."
    hint = "Install the version of the program that was last used here, or a newer one."


class LogUnavailableError(LogAlarmError):
    """The log cannot be used for a reason that has no name of its own."""

    reason = "LOG_UNAVAILABLE"
    sentence = "The transfer log of this station cannot be used: {detail}."
    hint = "Have the IT staff check the station's disk, then repeat."


# --- books (exit 70) --------------------------------------------------------


class BooksError(ConfigurationError):
    """Family: the station is there, but its books cannot be used."""


class BooksLockedError(BooksError):
    """Another program kept the books for itself for too long."""

    reason = "BOOKS_LOCKED"
    sentence = (
        "Another program is using this station's books ({name}); nothing was changed in them."
    )
    hint = "Wait until it has finished, a backup for example, then repeat."


class BooksReadOnlyError(BooksError):
    """The books, or the disk they are on, are write-protected."""

    reason = "BOOKS_READ_ONLY"
    sentence = "This station's books ({name}) are write-protected; nothing was changed in them."
    hint = "Call the IT staff: a disk also becomes write-protected when it begins to fail."


class BooksFullError(BooksError):
    """The disk has no room for the change, which was rolled back."""

    reason = "BOOKS_FULL"
    sentence = "The disk is full: this station's books ({name}) took no changes."
    hint = "Make room on the station's disk, then repeat; bundles in the outbox must stay."


class BooksCorruptError(BooksError):
    """The books' file is damaged, or no database at all."""

    reason = "BOOKS_CORRUPT"
    sentence = "This station's books ({name}) are damaged: {detail}."
    hint = "Stop working on this station and call the IT staff: the books come back from a backup."


class BooksWrongOwnerError(BooksError):
    """The books' file is another user's."""

    reason = "BOOKS_WRONG_OWNER"
    sentence = "This user may not read and write this station's books ({name})."
    hint = "Log in as the station's own user, or have the IT staff give the file back to it."


class BooksForeignError(BooksError):
    """The books' file was copied from another station, or is another kind of file."""

    reason = "BOOKS_FOREIGN"
    sentence = "The books in this folder ({name}) belong to {got}, should belong to {wanted}."
    hint = "Send nothing. The IT staff put back this station's own books from their backup."


class BooksNewerError(BooksError):
    """A newer version of the program has used these books."""

    reason = "BOOKS_NEWER"
    sentence = (
        "This station's books ({name}) have version {got}; this program knows {wanted} at most."
    )
    hint = "Install the version of the program that was last used here, or a newer one."


class BooksUnavailableError(BooksError):
    """The books cannot be used for a reason that has no name of its own."""

    reason = "BOOKS_UNAVAILABLE"
    sentence = "This station's books ({name}) cannot be used: {detail}."
    hint = "Have the IT staff check the station's disk, then repeat."
