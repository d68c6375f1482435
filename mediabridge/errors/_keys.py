"""Keys, passphrases, shares, and the papers of a ceremony (exit 70)."""

from __future__ import annotations

from mediabridge.errors._station import ConfigurationError


class KeyFileError(ConfigurationError):
    """A key file is missing or damaged."""

    reason = "KEY_FILE_INVALID"
    sentence = "The key file {name} cannot be used: {detail}."
    hint = "Restore the key file from its backup, or call the IT staff."


class SharesMixedError(ConfigurationError):
    """Shares of the escrow key do not belong together, or to this city."""

    reason = "SHARES_MIXED"
    sentence = "These shares of the escrow key cannot be used together: {detail}."
    hint = "Bring shares that were made on the same day, for the same escrow key."


class EscrowDrillError(ConfigurationError):
    """The escrow key did not open every bundle of a drill."""

    reason = "ESCROW_DRILL_FAILED"
    sentence = "Bundles that the escrow key opened: {count}; not opened: {names}."
    hint = "The drill is logged. Compare the escrow key in the trust data with these shares."


class RequestInvalidError(ConfigurationError):
    """A request file is damaged, or one of its proofs does not hold."""

    reason = "REQUEST_INVALID"
    sentence = "The request file {name} cannot be used: {detail}."
    hint = "Have it made again, on the machine where its keys are."


class DraftInvalidError(ConfigurationError):
    """There is no draft of trust data, or one that does not hold together."""

    reason = "DRAFT_INVALID"
    sentence = "The draft of the trust data in this folder cannot be used: {detail}."
    hint = "Nothing was signed. Take the folder of the person who signed last, or begin anew."


class DraftChangedError(ConfigurationError):
    """A draft of trust data is not the one that was signed."""

    reason = "DRAFT_CHANGED"
    sentence = "The draft was changed after {names} signed it: {role}."
    hint = (
        "Nothing was signed. Ask who changed it; then take an untouched copy of the folder,"
        " or have everybody sign the new draft."
    )


class PassphraseError(ConfigurationError):
    """The passphrase does not open the key."""

    reason = "PASSPHRASE_WRONG"
    sentence = "The PIN (passphrase) does not open the key {name}."
    hint = (
        "Check the keyboard layout and try again. Wrong in a row: {wrong};"
        " seconds before the next try: {wait}."
    )


class PassphraseWeakError(ConfigurationError):
    """A new passphrase is too easy to guess."""

    reason = "PASSPHRASE_WEAK"
    sentence = "The new passphrase is too weak: {detail}."
    hint = "Take a sentence that only you know; spaces and Japanese characters count too."


class PassphraseDiffersError(ConfigurationError):
    """The new passphrase was typed twice, and not alike."""

    reason = "PASSPHRASE_DIFFERS"
    sentence = "The two entries of the new passphrase differ."
    hint = "Nothing was written. Start again, and check the keyboard layout."


class PassphraseFileError(ConfigurationError):
    """The file that should hold a passphrase is missing, open to others, or malformed."""

    reason = "PASSPHRASE_FILE_INVALID"
    sentence = "The passphrase file {name} cannot be used: {detail}."
    hint = "Put the passphrase on one line and make the file readable by its owner only."
