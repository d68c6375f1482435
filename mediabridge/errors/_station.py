"""Everything about this station: usage, records, its own set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mediabridge.errors._base import ExitCode, MediabridgeError

# --- usage ------------------------------------------------------------------


class CommandLineError(MediabridgeError):
    """Family: the command cannot be carried out as it was given."""

    exit_code = ExitCode.USAGE


class UsageError(CommandLineError):
    """The command line asks for something that does not exist or does not fit."""

    reason = "USAGE"
    sentence = "This command cannot be carried out as written: {detail}."
    hint = "Run the command with --help and correct it."


class NotInteractiveError(CommandLineError):
    """A person has to answer, but nobody sits at a terminal."""

    reason = "NOT_INTERACTIVE"
    sentence = "This step needs an answer from a person at a terminal: {detail}"
    hint = "Run it in a terminal without --json, or give the answer as an option (see --help)."


class NoRegisterHereError(CommandLineError):
    """The question is about the resident register, which only the registry station has."""

    reason = "NO_REGISTER_HERE"
    sentence = "The station {station} has no resident register; nothing was looked up."
    hint = (
        "Ask at the registry station, or by telephone at the desk beside it. What was sent from"
        " here: mediabridge bundles list."
    )


# --- records (exit 40) ------------------------------------------------------


class RecordsError(MediabridgeError):
    """Family: the content of records was refused before anything was done with it."""

    exit_code = ExitCode.RECORDS


class WrongRecordsError(RecordsError):
    """Family: records have errors, and nothing of what came with them is taken."""

    def __init__(
        self, *, kind: str, errors: Sequence[Any], tables: Sequence[Mapping[str, str]], **facts: Any
    ) -> None:
        """Keep the *errors* beside the facts: they hold what a log must not.

        *tables* are the provenances of the tables that the records were judged by.
        """
        self.kind = kind
        self.errors = errors
        super().__init__(tables=tables, **facts)


class RecordsRefusedError(WrongRecordsError):
    """A file of records has errors; it is refused as a whole."""

    reason = "RECORDS_REFUSED"
    sentence = "The file {name} was refused. Errors: {count}."
    hint = "Correct the file in the system that made it and collect it again."


class ChangesRefusedError(WrongRecordsError):
    """Change rows of the registry have errors; none of those that wait is taken."""

    reason = "CHANGES_REFUSED"
    sentence = "The change rows in {name} were refused, and none was taken. Errors: {count}."
    hint = (
        "Each row is named by its number. Have the city's system write the right notice as another"
        " row, with the number of the wrong one in withdraws; then repeat the command."
    )


class KindNotCarriedError(RecordsError):
    """This station has no route for records of this kind."""

    reason = "KIND_NOT_CARRIED"
    sentence = "This station does not send records of the kind {kind}; it sends: {wanted}."
    hint = "Collect the file at the other station, or check that it is the right file."


class CollectedChangedError(RecordsError):
    """A collected file, or what the books say of it, is not what was taken in."""

    reason = "COLLECTED_CHANGED"
    sentence = "The collected file {name} is not what was taken in: {detail}."
    hint = "Nothing was sealed; the file was set aside. Tell the officer, and collect it again."


class ReceiptChangedError(RecordsError):
    """A receipt that waits to be carried is not what this station issued."""

    reason = "RECEIPT_CHANGED"
    sentence = "The receipt {name} in this station's folder is not what was issued."
    hint = "Nothing was sealed. Tell the officer; the folder has to be restored from a backup."


class NothingToSealError(RecordsError):
    """Nothing was collected, and an empty bundle was not asked for."""

    reason = "NOTHING_TO_SEAL"
    sentence = "Nothing has been collected since the last bundle."
    hint = "Collect files first, or seal an empty bundle with --empty."


class Rank2NotAllowedError(RecordsError):
    """A second-rank 正字 without a reason that Notice 582 gives for its table."""

    reason = "RANK_2_NOT_ALLOWED"
    sentence = "The second-rank character cannot be used at position {position}: {detail}."
    hint = "Keep the first-rank character, or give one of the reasons listed for this character."


class NameUndecidedError(RecordsError):
    """Notice 582 gives no replacement for a character; nobody but a person can decide."""

    reason = "NAME_UNDECIDED"
    sentence = "Characters of the name without a replacement in the table: {count}."
    hint = "Ask the immigration authorities which character to use; do not guess."


class NameUnfitError(RecordsError):
    """A name holds characters that may not be used, or that a system cannot hold."""

    reason = "NAME_UNFIT"
    sentence = "Characters of the name that cannot be used as they are: {count}."
    hint = "Convert the name with: mediabridge names convert."


# --- configuration (exit 70) ------------------------------------------------


class ConfigurationError(MediabridgeError):
    """Family: the station's own set-up is incomplete or damaged."""

    exit_code = ExitCode.CONFIGURATION


class DoctorFoundError(ConfigurationError):
    """``doctor`` ran to its end and found something wrong; it is in the result, not raised."""

    reason = "DOCTOR_FOUND"
    sentence = "Something about this machine or its station is wrong."
    hint = "Do what stands beside each finding, then run the command again."


class StationError(ConfigurationError):
    """No station here, or one that cannot be used."""

    reason = "STATION_INVALID"
    sentence = "There is no usable station in this folder: {detail}."
    hint = "Give the station's folder with --home, or set it up with: mediabridge station init."


class StationWrongOwnerError(ConfigurationError):
    """The station's folder is another user's."""

    reason = "STATION_WRONG_OWNER"
    sentence = "There is a station in this folder, but this user may not use it ({detail})."
    hint = "Log in as the station's own user, or have the IT staff give the folder back to it."


class StationWaitingError(ConfigurationError):
    """The station has its keys, and the city's trust data does not know it yet, or is not here."""

    reason = "STATION_WAITING"
    sentence = "This station waits for its trust data; until then it can only be enrolled."
    hint = (
        "Carry its request (request.json) to the ceremony; what comes back is taken with"
        " mediabridge station enrol."
    )


class RootNotConfirmedError(ConfigurationError):
    """The first root that was offered is not the one on the paper form."""

    reason = "ROOT_NOT_CONFIRMED"
    sentence = "The first root is not the one of the paper form; nothing of it was kept."
    hint = "Type the words as they stand on the paper. If they differ, call the security officer."


class StationBusyError(ConfigurationError):
    """Another command is working on this station."""

    reason = "STATION_BUSY"
    sentence = "Another command is working on this station at the moment."
    hint = "Wait until it has finished, then start again."


class ClockTooEarlyError(ConfigurationError):
    """The machine's clock is earlier than something that is surely past.

    Raised where there is no station yet; at a station the reason of ``clock-doubted``.
    """

    reason = "CLOCK_TOO_EARLY"
    sentence = "This machine's clock says {got}, which is before {wanted} ({source})."
    hint = (
        "Set date, time and time zone; often its battery is empty."
        " If the clock is right: mediabridge station clock."
    )


class ClockTooFarAheadError(ConfigurationError):
    """The machine's clock is far ahead of all this station knows: a reason of ``clock-doubted``."""

    reason = "CLOCK_TOO_FAR_AHEAD"
    sentence = "This machine's clock says {got}, long after {wanted} ({source})."
    hint = "Set date, time and time zone. If the clock is right: mediabridge station clock."


class ExpiresSoonError(ConfigurationError):
    """A key or the trust data runs out within a week: a warning, and a reason of ``status``."""

    reason = "EXPIRES_SOON"
    sentence = "Runs out soon, on {until} (days left: {days}): {what}."
    hint = "Tell the security officer today: a ceremony renews it, and a medium brings it here."


class ExpiredError(ConfigurationError):
    """A key or the trust data has run out: a warning, and a reason of ``status``."""

    reason = "EXPIRED"
    sentence = "Has run out, on {until}: {what}."
    hint = "Tell the security officer: a ceremony renews it, and a medium brings it here."


class TrustRootTooOldError(ConfigurationError):
    """Step 2: more new roots since the first one than are followed; ADR 0002 has the way out."""

    reason = "TRUST_ROOT_TOO_OLD"
    sentence = (
        "The first root of this station, version {first}, is too old: {limit} newer ones"
        " were followed to version {newest}, and the medium has yet another."
    )
    hint = "The IT staff replaces the first root with a newer one that the key holders confirm."


class BackupNotMadeError(ConfigurationError):
    """A backup could not be made as it has to be; there is none."""

    reason = "BACKUP_NOT_MADE"
    sentence = "No backup was made: {detail}."
    hint = "Put it right and repeat; the backup made before is still the newest one."


class BackupInvalidError(ConfigurationError):
    """A backup is damaged, or is not one that this program makes; nothing was restored."""

    reason = "BACKUP_INVALID"
    sentence = "The backup cannot be used; {name}: {detail}."
    hint = "Nothing was restored. Take another backup, and keep this one for the IT staff."


class StationRestoredError(ConfigurationError):
    """The station came from a backup, and a peer has not told yet what it knows of it."""

    reason = "STATION_RESTORED"
    sentence = (
        "This station was restored from a backup. Until {peer} has told what it knows of it,"
        " nothing is signed for {peer}."
    )
    hint = (
        "Have {peer} seal a bundle now, an empty one if need be (seal --empty), import it here,"
        " and repeat. If {peer} came from a backup as well, two officers let the station whose"
        " backup is newer go first (mediabridge station continue --peer-restored)."
    )


class NotPassedOnError(ConfigurationError):
    """What one side sent was taken at the station between, and cannot go on to the other."""

    reason = "NOT_PASSED_ON"
    sentence = (
        "What came from {sender} with bundle number {seq} was taken, and has not gone on ({why})."
    )
    hint = (
        "Do what the reason asks for (docs/reasons.md). It goes on by itself at the next command"
        " at this station; nothing of it has to be brought again."
    )


class MediaServiceError(ConfigurationError):
    """The system's service that mounts media cannot be used."""

    reason = "MEDIA_SERVICE"
    sentence = "The system's media service (udisks2) cannot be used: {detail}."
    hint = "Call the IT staff: docs/operations/media.md says what has to be installed."


class TableRefusedError(ConfigurationError):
    """A code table or a table of characters does not pass its checks.

    The fact ``problems`` holds all of them, in the order of the lines.
    """

    reason = "TABLE_REFUSED"
    sentence = "The table {name} was refused. Problems: {count}."
    hint = "Correct the lines listed and load the table again. The table in use was not changed."


class InternalError(MediabridgeError):
    """Something nobody foresaw; kept without details that could be personal."""

    reason = "INTERNAL"
    sentence = "An unexpected error occurred ({detail})."
    hint = "Look at the status before repeating; call the IT staff with the time of this message."


class InterruptedByUserError(MediabridgeError):
    """Ctrl-C."""

    reason = "INTERRUPTED"
    exit_code = ExitCode.INTERRUPTED
    sentence = "Interrupted. Nothing was left half done."
    hint = "Start the command again."


class TerminatedError(MediabridgeError):
    """SIGTERM or SIGHUP: a shutdown, or the window was closed."""

    reason = "TERMINATED"
    exit_code = ExitCode.TERMINATED
    sentence = "Ended from outside, by a shutdown or a closed window. Nothing was left half done."
    hint = "Look at the status, then start the command again."
