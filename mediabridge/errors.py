"""Every way mediabridge refuses, in one place.

Each class is one *reason*: a closed, documented list (``docs/reasons.md``) that
screens, log entries, verdicts and ``--json`` share. A class carries

* ``reason``: the contract, upper snake case, unique;
* ``exit_code``: what the reason sums up to for a shell (blueprint section 10);
* ``sentence``: what happened, for the person at the desk, as a gettext message;
* ``hint``: the likely cause and the one next step.

``sentence`` and ``hint`` are templates; the facts given to the constructor fill
them in. Facts are identifiers, counts and hashes; personal data never.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, unique
from typing import Any, ClassVar


@unique
class ExitCode(IntEnum):
    """Process exit codes; the table of blueprint section 10."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    BUNDLE_CONTENT = 10
    BUNDLE_ORDER = 11
    LOG_ALARM = 20
    NOTHING_NEW = 21
    MEDIUM = 30
    RECORDS = 40
    REGISTRY = 50
    APPROVAL = 60
    CONFIGURATION = 70
    INTERRUPTED = 130


class MediabridgeError(Exception):
    """Root of everything mediabridge raises on purpose."""

    reason: ClassVar[str] = ""
    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL
    sentence: ClassVar[str] = ""
    hint: ClassVar[str] = ""

    verdict: Any = None
    """The checks made so far (:class:`mediabridge.verify.Verdict`), when a bundle was examined."""

    def __init__(self, **facts: Any) -> None:
        """Keep *facts*; they fill the templates and go into logs and verdicts."""
        self.facts = facts
        super().__init__(self.render(self.sentence))

    def render(self, template: str) -> str:
        """Fill *template* (the sentence or hint, possibly translated) with the facts."""
        return template.format_map(_Facts(self.facts))


class _Facts(dict[str, Any]):
    """A fact nobody supplied shows as ``?`` instead of hiding the error itself."""

    def __missing__(self, key: str) -> str:
        return "?"


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


# --- bundle refused: content (exit 10) --------------------------------------


class BundleError(MediabridgeError):
    """Family: a bundle was refused for its signature, key, recipient or content."""

    exit_code = ExitCode.BUNDLE_CONTENT


class TreeUnexpectedError(BundleError):
    """Step 1: a name that the layout does not know, or one that is missing."""

    reason = "TREE_UNEXPECTED"
    sentence = "The bundle folder does not hold exactly the expected files: {detail}."
    hint = "Do not copy files by hand. Ask the sending station to write the bundle again."


class TreeLinkError(BundleError):
    """Step 1: a link, device or other non-regular file."""

    reason = "TREE_LINK"
    sentence = "The medium holds a link or device where a plain file belongs: {name}."
    hint = "Keep the medium and call the security officer."


class TreeTooLargeError(BundleError):
    """Step 1: a size or a count beyond the limits of :mod:`mediabridge.config`."""

    reason = "TREE_TOO_LARGE"
    sentence = "The bundle is larger than allowed: {name} has {got}, at most {wanted}."
    hint = "Keep the medium and call the security officer."


class MediumChangedError(BundleError):
    """Step 1: the medium answered differently while it was being read."""

    reason = "MEDIUM_CHANGED"
    sentence = "The file {name} changed while it was being read."
    hint = "Remove the medium, insert it again and repeat. If it happens again, call the officer."


class TrustInvalidError(BundleError):
    """Step 2: trust data unreadable, unsigned, or expired."""

    reason = "TRUST_INVALID"
    sentence = "The trust data on the medium cannot be accepted: {detail}."
    hint = "Ask the security officer for a medium with current trust data."


class TrustRollbackError(BundleError):
    """Step 2: trust data older than what this station has already seen."""

    reason = "TRUST_ROLLBACK"
    sentence = "The trust data is older than what this station already knows: {detail}."
    hint = "Keep the medium and call the security officer."


class SumsMalformedError(BundleError):
    """Step 3: SHA256SUMS is not in the one allowed spelling."""

    reason = "SUMS_MALFORMED"
    sentence = "The list of files (SHA256SUMS) is not in the required form: {detail}."
    hint = "Ask the sending station to write the bundle again."


class SignatureMalformedError(BundleError):
    """Step 3: an SSHSIG that is not in the strict form of the format."""

    reason = "SIGNATURE_MALFORMED"
    sentence = "The signature {name} is not in the required form: {detail}."
    hint = "Ask the sending station to write the bundle again."


class SignatureNamespaceError(BundleError):
    """Step 3: a signature made for another purpose."""

    reason = "SIGNATURE_NAMESPACE"
    sentence = "The signature {name} was made for {got}, but {wanted} is needed here."
    hint = "Keep the medium and call the security officer."


class SignatureInvalidError(BundleError):
    """Step 3: the signature does not belong to these bytes."""

    reason = "SIGNATURE_INVALID"
    sentence = "The signature {name} does not match the list of files."
    hint = "The bundle was changed after signing. Keep the medium and call the security officer."


class SignerUnknownError(BundleError):
    """Step 3: a key that trust data does not list."""

    reason = "SIGNER_UNKNOWN"
    sentence = "The signature {name} was made with a key nobody here knows ({fingerprint})."
    hint = "Keep the medium and call the security officer."


class SignerRoleError(BundleError):
    """Step 3: a known key used for what its holder may not do."""

    reason = "SIGNER_ROLE"
    sentence = "{signer} is a {got}; {name} must be signed by a {wanted}."
    hint = "Keep the medium and call the security officer."


class SignerExpiredError(BundleError):
    """Step 3: the key was not valid when the bundle was made."""

    reason = "SIGNER_EXPIRED"
    sentence = "The key of {signer} was valid until {wanted}; the bundle was made on {got}."
    hint = "The security officer must renew the key, then the bundle must be made again."


class SignerRevokedError(BundleError):
    """Step 3: the key is on the revocation list."""

    reason = "SIGNER_REVOKED"
    sentence = "The key of {signer} has been revoked."
    hint = "Keep the medium and call the security officer."


class SignerNotSenderError(BundleError):
    """Step 4: signed by an enrolled station that is not the route's sender."""

    reason = "SIGNER_NOT_SENDER"
    sentence = "The bundle says it comes from {wanted}, but {got} signed it."
    hint = "Keep the medium and call the security officer."


class HeaderMalformedError(BundleError):
    """Step 4: header.json is not in the one allowed spelling."""

    reason = "HEADER_MALFORMED"
    sentence = "The header of the bundle is not in the required form: {detail}."
    hint = "Ask the sending station to write the bundle again."


class FormatUnknownError(BundleError):
    """Step 4: a format number this version does not read."""

    reason = "FORMAT_UNKNOWN"
    sentence = "The bundle has format {got}; this station reads format {wanted}."
    hint = "Update mediabridge on both stations to the same version."


class ProfileNotAllowedError(BundleError):
    """Step 4: a cryptographic profile that trust data does not allow."""

    reason = "PROFILE_NOT_ALLOWED"
    sentence = "The bundle uses the protection profile {got}; allowed: {wanted}."
    hint = "Keep the medium and call the security officer."


class ModeMismatchError(BundleError):
    """Step 4: a training bundle at a live station, or the reverse."""

    reason = "MODE_MISMATCH"
    sentence = "This is a {got} bundle, but this station is {wanted}."
    hint = "Use the medium at the station it was made for."


class WrongDestinationError(BundleError):
    """Step 4: addressed to another station, or on a route that does not exist."""

    reason = "WRONG_DESTINATION"
    sentence = "The bundle is addressed to {got}; this station is {wanted}."
    hint = "Take the medium to the station named on it."


class HashMismatchError(BundleError):
    """Step 5: a file differs from the signed list."""

    reason = "HASH_MISMATCH"
    sentence = "The file {name} is not the one that was signed."
    hint = "The medium may be damaged. Ask the sending station to write the bundle again."


class KeysMalformedError(BundleError):
    """Step 6: keys.json is not in the one allowed spelling."""

    reason = "KEYS_MALFORMED"
    sentence = "The key file of the bundle is not in the required form: {detail}."
    hint = "Ask the sending station to write the bundle again."


class NotARecipientError(BundleError):
    """Step 6: no wrap in keys.json opens with this station's key and this header."""

    reason = "NOT_A_RECIPIENT"
    sentence = "None of the {got} keys in the bundle opens with this station's key."
    hint = "The bundle was sealed for someone else, or its header was replaced. Call the officer."


class DecryptError(BundleError):
    """Step 6: a part does not decrypt to its end."""

    reason = "DECRYPT_FAILED"
    sentence = "Part {part} of the bundle cannot be decrypted."
    hint = "The part is damaged, cut off or in the wrong place. Ask the sender to seal it again."


class ExpansionLimitError(BundleError):
    """Step 6: the content unpacks to more than it declares or than is allowed."""

    reason = "EXPANSION_LIMIT"
    sentence = "The content of {name} unpacks to more than {wanted} bytes."
    hint = "Keep the medium and call the security officer."


class ManifestMalformedError(BundleError):
    """Step 7: the inner manifest breaks its schema or the limits."""

    reason = "MANIFEST_MALFORMED"
    sentence = "The inner list of contents is not in the required form: {detail}."
    hint = "Ask the sending station to seal the bundle again."


class ManifestMismatchError(BundleError):
    """Step 7: decrypted content differs from what the inner manifest says."""

    reason = "MANIFEST_MISMATCH"
    sentence = "The content of {name} is not what the inner list says ({detail})."
    hint = "Ask the sending station to seal the bundle again."


class SummaryMismatchError(BundleError):
    """Step 7: what the officer approved is not what was sealed."""

    reason = "SUMMARY_MISMATCH"
    sentence = "The approved summary does not belong to the content of this bundle."
    hint = "Keep the medium and call the security officer."


class ReceiptInvalidError(BundleError):
    """Step 9: a receipt that a bundle carries is malformed or answers nothing we sent."""

    reason = "RECEIPT_INVALID"
    sentence = "The receipt {name} cannot be accepted ({detail})."
    hint = "Keep the medium and call the security officer."


# --- bundle refused: order (exit 11) ----------------------------------------


class OrderError(MediabridgeError):
    """Family: a genuine bundle at the wrong time or in the wrong order."""

    exit_code = ExitCode.BUNDLE_ORDER


class SequenceOldError(OrderError):
    """Step 4: a number that this route has already passed."""

    reason = "SEQUENCE_OLD"
    sentence = "Bundle number {got} of the route {route} was already taken; {wanted} is next."
    hint = "Use the newest medium. If this is the newest, call the security officer."


class SequenceGapError(OrderError):
    """Step 4: numbers before this one are missing."""

    reason = "SEQUENCE_GAP"
    sentence = "Bundle number {wanted} of the route {route} is missing; this is number {got}."
    hint = "Bring the medium with number {wanted} first, or ask {sender} to issue it again."


class PrevMismatchError(OrderError):
    """Step 4: the bundle does not continue the one this station has."""

    reason = "PREV_MISMATCH"
    sentence = "Bundle number {got} does not continue the bundle this station took before it."
    hint = "The sending station may have been restored from a backup. Call the security officer."


class BundleExpiredError(OrderError):
    """Step 4: after the bundle's last day."""

    reason = "BUNDLE_EXPIRED"
    sentence = "The bundle was valid until {wanted}; now it is {got}."
    hint = "Check this station's clock. If it is right, ask the sender to issue the bundle again."


class BundleNotYetValidError(OrderError):
    """Step 4: created further in the future than clocks may differ."""

    reason = "BUNDLE_NOT_YET_VALID"
    sentence = "The bundle was made at {got}, which is in the future here ({wanted})."
    hint = "Check the clocks of both stations."


class AlreadyAppliedError(OrderError):
    """The same bundle again: nothing to do, and no harm done."""

    reason = "ALREADY_APPLIED"
    exit_code = ExitCode.NOTHING_NEW
    sentence = "Bundle number {seq} of the route {route} was already applied. Nothing was changed."
    hint = "The medium can be carried back."


# --- transfer log (exit 20) -------------------------------------------------


class LogAlarmError(MediabridgeError):
    """Family: a transfer log does not say what it said before."""

    exit_code = ExitCode.LOG_ALARM


class LogSectionError(LogAlarmError):
    """Step 8: the sender's log section is missing, unsigned or inconsistent."""

    reason = "LOG_SECTION_INVALID"
    sentence = "The sender's transfer log does not agree with itself or with our copy: {detail}."
    hint = "Do not use the sending station. Call the security officer."


class LogCorruptError(LogAlarmError):
    """This station's own log fails its own check."""

    reason = "LOG_CORRUPT"
    sentence = "This station's transfer log is damaged: {detail}."
    hint = "Stop working on this station and call the IT staff."


class LogUnavailableError(LogAlarmError):
    """This station's log cannot be written just now; without an entry nothing is released."""

    reason = "LOG_UNAVAILABLE"
    sentence = "The transfer log of this station cannot be used: {detail}."
    hint = "Check the free space of the station's disk, then repeat. Otherwise call the IT staff."


class LogNoteError(LogAlarmError):
    """A signed note or checkpoint is malformed, or signed by none of the expected keys."""

    reason = "LOG_NOTE_INVALID"
    sentence = "A signed statement of a transfer log cannot be accepted: {detail}."
    hint = "Keep the medium and call the security officer."


class LogProofError(LogAlarmError):
    """An inclusion or consistency proof does not lead to the signed root."""

    reason = "LOG_PROOF_INVALID"
    sentence = "A proof from a transfer log does not hold: {detail}."
    hint = "Call the security officer."


# --- medium (exit 30) -------------------------------------------------------


class MediumError(MediabridgeError):
    """Family: the stick or folder cannot be used."""

    exit_code = ExitCode.MEDIUM


class NoMediumError(MediumError):
    """No folder or stick with our layout at the given place."""

    reason = "NO_MEDIUM"
    sentence = "There is no usable medium: {detail}."
    hint = "Insert the medium, or give its folder with --medium."


class NothingOnMediumError(MediumError):
    """A medium without a bundle for this station."""

    reason = "NOTHING_ON_MEDIUM"
    sentence = "The medium holds no bundle for {wanted}."
    hint = "Check that this is the right medium and that the sender has written to it."


class MediumIoError(MediumError):
    """The operating system reported an error from the medium."""

    reason = "IO_ERROR"
    sentence = "The medium could not be read or written ({detail})."
    hint = "Remove it, insert it again and repeat. If it happens again, use another medium."


class MediumFullError(MediumError):
    """Less free space than the bundle needs."""

    reason = "FULL"
    sentence = "The medium has {got} bytes free; {wanted} are needed."
    hint = "Use another medium, or have the officer erase old bundles."


class ReadBackError(MediumError):
    """What was read back from the medium is not what was written."""

    reason = "READ_BACK_MISMATCH"
    sentence = "The medium gave back something else than was written ({name})."
    hint = "Do not carry this medium. Use another one and hand this one to the officer."


# --- records (exit 40) ------------------------------------------------------


class RecordsError(MediabridgeError):
    """Family: the content of records was refused before anything was done with it."""

    exit_code = ExitCode.RECORDS


class RecordsRefusedError(RecordsError):
    """A file of records has errors; it is refused as a whole."""

    reason = "RECORDS_REFUSED"
    sentence = "The file {name} was refused: {count} errors."
    hint = "Correct the file in the system that made it and collect it again."

    def __init__(self, *, kind: str, errors: Sequence[Any], **facts: Any) -> None:
        """Keep the *errors* beside the facts: they hold what a log must not."""
        self.kind = kind
        self.errors = errors
        super().__init__(**facts)


class KindNotCarriedError(RecordsError):
    """This station has no route for records of this kind."""

    reason = "KIND_NOT_CARRIED"
    sentence = "This station does not send records of the kind {kind}; it sends: {wanted}."
    hint = "Collect the file at the other station, or check that it is the right file."


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
    sentence = "{count} characters of the name have no replacement in the table."
    hint = "Ask the immigration authorities which character to use; do not guess."


class NameUnfitError(RecordsError):
    """A name holds characters that may not be used, or that a system cannot hold."""

    reason = "NAME_UNFIT"
    sentence = "{count} characters of the name cannot be used as they are."
    hint = "Convert the name with: mediabridge names convert."


# --- registry (exit 50) -----------------------------------------------------


class RegistryError(MediabridgeError):
    """The registry refused; the transaction was rolled back."""

    reason = "REGISTRY_REFUSED"
    exit_code = ExitCode.REGISTRY
    sentence = "The registry did not take the changes; none were made ({detail})."
    hint = "Call the IT staff. The bundle can be imported again afterwards."


# --- approval (exit 60) -----------------------------------------------------


class ApprovalError(MediabridgeError):
    """Family: an approval or a second person is missing."""

    exit_code = ExitCode.APPROVAL


class ApprovalMissingError(ApprovalError):
    """Step 3: nobody approved."""

    reason = "APPROVAL_MISSING"
    sentence = "The bundle has no approval; {wanted} needed."
    hint = "Ask a security officer to approve it at the sending station."


class ApprovalsTooFewError(ApprovalError):
    """Step 3: fewer people approved than trust data asks for."""

    reason = "APPROVALS_TOO_FEW"
    sentence = "The bundle has {got} approvals; {wanted} are needed."
    hint = "Ask another security officer to approve it at the sending station."


class SamePersonError(ApprovalError):
    """The person who prepared a bundle may not approve it."""

    reason = "SAME_PERSON"
    sentence = "{person} prepared this bundle and may not approve it as well."
    hint = "Ask another security officer."


class ApprovalDeclinedError(ApprovalError):
    """The officer looked at the summary and said no."""

    reason = "APPROVAL_DECLINED"
    sentence = "The bundle was not approved."
    hint = "Nothing was signed. Clear up the question and approve it later."


# --- configuration and keys (exit 70) ---------------------------------------


class ConfigurationError(MediabridgeError):
    """Family: the station's own set-up is incomplete or damaged."""

    exit_code = ExitCode.CONFIGURATION


class StationError(ConfigurationError):
    """No station here, or one that cannot be used."""

    reason = "STATION_INVALID"
    sentence = "There is no usable station in this folder: {detail}."
    hint = "Give the station's folder with --home, or set it up with: mediabridge station init."


class StationBusyError(ConfigurationError):
    """Another command is working on this station."""

    reason = "STATION_BUSY"
    sentence = "Another command is working on this station at the moment."
    hint = "Wait until it has finished, then start again."


class KeyFileError(ConfigurationError):
    """A key file is missing or damaged."""

    reason = "KEY_FILE_INVALID"
    sentence = "The key file {name} cannot be used: {detail}."
    hint = "Restore the key file from its backup, or call the IT staff."


class PassphraseError(ConfigurationError):
    """The passphrase does not open the key."""

    reason = "PASSPHRASE_WRONG"
    sentence = "The passphrase does not open the key {name}."
    hint = "Check the keyboard layout and try again."


class PassphraseFileError(ConfigurationError):
    """The file that should hold a passphrase is missing, open to others, or malformed."""

    reason = "PASSPHRASE_FILE_INVALID"
    sentence = "The passphrase file {name} cannot be used: {detail}."
    hint = "Put the passphrase on one line and make the file readable by its owner only."


class TableRefusedError(ConfigurationError):
    """A code table or a table of characters does not pass its checks.

    The fact ``problems`` holds all of them, in the order of the lines.
    """

    reason = "TABLE_REFUSED"
    sentence = "The table {name} was refused: {count} problems."
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
