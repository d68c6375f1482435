"""An approval, a signature or a second person is missing (exit 60)."""

from __future__ import annotations

from mediabridge.errors._base import ExitCode, MediabridgeError


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
    sentence = "Approvals of the bundle: {got}; needed: {wanted}."
    hint = "Ask another security officer to approve it at the sending station."


class MediaNotAllowedError(ApprovalError):
    """An officer who, by the trust data, is none of those who register media."""

    reason = "MEDIA_NOT_ALLOWED"
    sentence = "{person} may not register media; those who may: {wanted}."
    hint = "Ask one of them, or have the trust data changed in a ceremony."


class CeremonyIncompleteError(ApprovalError):
    """Holders who have to sign before this step have not signed yet."""

    reason = "CEREMONY_INCOMPLETE"
    sentence = "This is not the turn yet: signatures of {role} still needed: {count}."
    hint = "Take the folder to one of: {names}."


class ClerkKeyMissingError(ApprovalError):
    """At a live station somebody would do what has to be signed, and gave no key."""

    reason = "CLERK_KEY_MISSING"
    sentence = "At a live station this has to be signed with your own key, and none was given."
    hint = (
        "Nothing was done. Give your own key with --clerk-key, a file or a token, or have it"
        " entered under [clerks] in station.toml. A name alone (--operator) is for training."
    )


class StaffNumberUnknownError(ApprovalError):
    """Somebody signs in at the screen under a name that trust data does not have.

    What was typed is not repeated: who types before the page asks for it types a PIN there.
    """

    reason = "STAFF_NUMBER_UNKNOWN"
    sentence = "Nobody here has the staff number that was typed."
    hint = (
        "Type it again, as the security officer gave it to you. If it is right, ask the officer:"
        " the trust data of this station may be older than your number."
    )


class ClerkDiffersError(ApprovalError):
    """The key that was given is not that of the person who was named."""

    reason = "CLERK_DIFFERS"
    sentence = "{wanted} was named, but the key that was given is that of {got}."
    hint = "Nothing was done. Let everybody work with the own name and the own key."


class NotPreparedError(ApprovalError):
    """Step 7, and before approving and writing: nobody signed for having prepared a live bundle."""

    reason = "PREPARED_UNSIGNED"
    sentence = "Nobody has signed for having prepared this bundle; {person} is named."
    hint = "Have it sent back and sealed anew at the sending station, by a clerk with a key."


class PreparedInvalidError(ApprovalError):
    """Before approving and writing: the receiver would not believe who prepared the bundle."""

    reason = "PREPARED_INVALID"
    sentence = "What {person} signed on having prepared this bundle does not count: {detail}"
    hint = (
        "Nothing was signed or written. Have it sent back (mediabridge approve --reject OTHER)"
        " and sealed anew by somebody whose key counts."
    )


class SamePersonError(ApprovalError):
    """The person who prepared a bundle may not approve it."""

    reason = "SAME_PERSON"
    sentence = "{person} prepared this bundle and may not approve it as well."
    hint = "Ask another security officer."


class ApprovalDeclinedError(ApprovalError):
    """Somebody looked at what was shown and said no: to a bundle, a draft, an erasing."""

    reason = "APPROVAL_DECLINED"
    sentence = "The answer to the question was no."
    hint = "Nothing was done. Clear up what is in doubt, then run the command again."


class RecoveryNotApprovedError(ApprovalError):
    """Fewer officers than two signed the statement of a recovery."""

    reason = "RECOVERY_NOT_APPROVED"
    sentence = "Officers who signed for this recovery: {got}; needed: {wanted}."
    hint = "Nothing was opened. Two different officers each give their own key."


class RecoveryStatementError(ApprovalError):
    """A statement, with whatever signatures, is not about this bundle in this city."""

    reason = "RECOVERY_STATEMENT_INVALID"
    sentence = "The statement that was signed does not cover this recovery: {detail}."
    hint = "Nothing was opened. Let both officers sign for exactly this bundle."


class SharesTooFewError(ApprovalError):
    """Fewer holders of the escrow key came together than it takes."""

    reason = "SHARES_TOO_FEW"
    sentence = "Holders of the escrow key: {got}; needed: {wanted}, of: {names}."
    hint = "Nothing was opened. Ask another holder to come with the share."


class VoidNotApprovedError(ApprovalError):
    """Fewer officers than it takes signed that numbers are void."""

    reason = "VOID_NOT_APPROVED"
    sentence = "Officers who signed that the numbers are void: {got}; needed: {wanted}."
    hint = "Nothing was changed. Different officers each give their own key."


class NotVoidableError(ApprovalError):
    """A number that cannot be declared void, or not issued anew, as things are."""

    reason = "NOT_VOIDABLE"
    sentence = "Number {seq} cannot be declared void or issued anew: {detail}."
    hint = "Nothing was changed. What is known of it: mediabridge bundles list."


class ContentNotKeptError(ApprovalError):
    """What a number held cannot be issued anew: since its receipt came it is here only sealed."""

    reason = "CONTENT_NOT_KEPT"
    sentence = (
        "What number {seq} held is not kept here in the clear since its receipt came;"
        " files: {count}."
    )
    hint = (
        "Nothing was signed. Collect the same files again (mediabridge collect) and repeat; what"
        " they held: mediabridge bundles show {bundle}. Where they are gone, two officers open the"
        " sealed bundle with the escrow key (mediabridge recover open)."
    )


class CopyRemovedError(ApprovalError):
    """What would be written or issued anew has gone by a retention rule; it is not missing."""

    reason = "COPY_REMOVED"
    sentence = (
        "Number {seq} was settled, and what this station kept of it was removed by its retention"
        " rule; time: {removed}."
    )
    hint = (
        "Nothing was signed or written. What is to be carried once more is collected again"
        " (mediabridge collect); what the number held: mediabridge bundles show {bundle}."
    )


class MayHaveLeftError(ApprovalError):
    """A bundle that should be sent back has been on a stick, or may have been."""

    reason = "MAY_HAVE_LEFT"
    sentence = "Bundle number {seq} may be on a stick already, so it cannot be sent back any more."
    hint = "Let it be carried, and correct its records with the next bundle."


class OutboxChangedError(ApprovalError):
    """A sealed bundle in the outbox is not, or no longer, the one that was sealed or shown."""

    reason = "OUTBOX_CHANGED"
    sentence = "The sealed bundle {bundle} is not the one that was sealed and shown: {name}."
    hint = "Nothing was signed. Leave the station as it is and call the security officer."
