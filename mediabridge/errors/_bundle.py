"""A bundle was refused: for its content (exit 10) or for its place in the order (exit 11)."""

from __future__ import annotations

from mediabridge.errors._base import ExitCode, MediabridgeError

# --- bundle refused: content (exit 10) --------------------------------------


class BundleError(MediabridgeError):
    """Family: a bundle was refused for its signature, key, recipient or content."""

    exit_code = ExitCode.BUNDLE_CONTENT


class TreeUnexpectedError(BundleError):
    """Step 1: a name that the layout does not know, or one that is missing."""

    reason = "TREE_UNEXPECTED"
    sentence = "The exchange folder does not hold exactly the expected files: {detail}."
    hint = (
        "Do not copy files by hand. Have the security officer put aside what does not belong there"
        " (media put-aside) and repeat. If a bundle lacks files, have it written again."
    )


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


class TrustOlderError(BundleError):
    """Trust data that was genuine in its time, before an update that this station has."""

    reason = "TRUST_OLDER"
    sentence = "The trust data is older than what this station already knows: {detail}."
    hint = "Nothing was taken from it. Use a medium that was written after the last update."


class TrustRollbackError(BundleError):
    """Step 2: parts of the trust data are older than what this station has already seen."""

    reason = "TRUST_ROLLBACK"
    sentence = "Old and new are mixed in the trust data: {detail}."
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
    """Step 4, and before signing: the key was not valid any more at the time that counts."""

    reason = "SIGNER_EXPIRED"
    sentence = "The key of {signer} was valid until {wanted}; it must be valid on {got}."
    hint = "The security officer must renew the key; a bundle must then be made again."


class SignerNotYetValidError(BundleError):
    """Step 4, and before signing: the key was not yet valid at the time that counts."""

    reason = "SIGNER_NOT_YET_VALID"
    sentence = "The key of {signer} is not valid before {wanted}; it must be valid on {got}."
    hint = "Check the clock. If it is right, somebody whose key is valid already has to sign."


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
    """Steps 2 and 4: anything of training at a live station, or the reverse."""

    reason = "MODE_MISMATCH"
    sentence = "What was brought is for {got}, but this station is for {wanted}."
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
    sentence = "None of the keys in the bundle ({got}) opens with this station's key."
    hint = "The bundle was sealed for someone else, or its header was replaced. Call the officer."


class RecipientKeyGoneError(BundleError):
    """Step 6: the key that opens the bundle is newer than the backup this station came from."""

    reason = "RECIPIENT_KEY_GONE"
    sentence = (
        "Bundle {seq} was sealed to a key of this station that is newer than the backup it"
        " was restored from."
    )
    hint = (
        "Have a new recipient key entered in a ceremony (mediabridge station recipient), bring"
        " the new trust data to {sender}, and have the bundle sealed again there (mediabridge"
        " bundles reissue {seq} --reason UNREADABLE)."
    )


class RecipientKeyInvalidError(BundleError):
    """Step 7 or 9: the key that the sender announces for its own bundles is not one to seal to."""

    reason = "RECIPIENT_KEY_INVALID"
    sentence = "The recipient key that comes with the bundle cannot be used: {detail}."
    hint = "Nothing was taken. Call the officer: its sender has to seal the bundle again."


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
    """Steps 7 and 9: what the officer approved is not what was sealed."""

    reason = "SUMMARY_MISMATCH"
    sentence = "The approved summary does not belong to the content of this bundle: {detail}."
    hint = "Keep the medium and call the security officer."


class VoidStatementError(BundleError):
    """Steps 3 and 4: a statement that numbers are void is not in its form, or does not fit."""

    reason = "VOID_STATEMENT_INVALID"
    sentence = "The statement that numbers are void cannot be accepted: {detail}."
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
    hint = (
        "Use the newest medium. If this is the newest, the sender may have been restored from an"
        " old backup: seal a bundle for it, have it imported there, and call the security officer."
    )


class SequenceGapError(OrderError):
    """Step 4: numbers before this one are missing."""

    reason = "SEQUENCE_GAP"
    sentence = "Bundle number {wanted} of the route {route} is missing; this is number {got}."
    hint = (
        "{where} Bring number {wanted} first. What is lost, {sender} writes again on any medium, or"
        " issues it anew (mediabridge bundles reissue)."
    )


class NumberVoidError(OrderError):
    """Step 4: the officers of the sender declared this number void."""

    reason = "NUMBER_VOID"
    sentence = (
        "Bundle number {got} of the route {route} was declared void by the officers of its sender;"
        " what counts comes with number {wanted}."
    )
    hint = (
        "It was not taken. Hand the medium to the security officer; it may have been lost. If it"
        " was not, it can be used again once it is erased (mediabridge media erase); what was on it"
        " and has not arrived, the sender writes once more (mediabridge write)."
    )


class BundleParkedError(OrderError):
    """Step 4: numbers before this one are missing; it is kept here until they come."""

    reason = "BUNDLE_PARKED"
    sentence = (
        "Of the route {route} number {missing} is missing. Number {kept} arrived early: it was"
        " verified and is kept here, and is taken by itself as soon as the gap is closed."
    )
    hint = (
        "{where} What is lost, {sender} writes again on any medium; or its officers have it issued"
        " anew (mediabridge bundles reissue) or declare it void."
    )


class ReceiptOverdueError(OrderError):
    """Bundles that left long ago have no receipt; a reason of ``status``."""

    reason = "RECEIPT_OVERDUE"
    sentence = (
        "Bundles without a receipt for longer than their route allows: {count}. The oldest is"
        " number {seq} to {receiver}, of {created}."
    )
    hint = (
        "See which medium carries it: mediabridge media list. If it cannot be found, report it;"
        " then write the bundle to another one: mediabridge write {bundle}."
    )


class PrevMismatchError(OrderError):
    """Step 4: the bundle does not continue the one this station has."""

    reason = "PREV_MISMATCH"
    sentence = "Bundle number {got} does not continue the bundle this station took before it."
    hint = (
        "The sender may have been restored from an old backup: seal a bundle for it, have it"
        " imported there, and call the security officer."
    )


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
    hint = (
        "The medium can be carried back. If its sender still waits for the receipt,"
        " mediabridge export says how to send that once more."
    )
