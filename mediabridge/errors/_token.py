"""A token with private keys in it (PKCS#11) cannot be used."""

from __future__ import annotations

from mediabridge.errors._station import ConfigurationError


class TokenError(ConfigurationError):
    """Family: a token, or what it is reached through, is not there or does not do its work."""


class TokenModuleError(TokenError):
    """The library through which tokens of this make are reached cannot be loaded."""

    reason = "TOKEN_MODULE"
    sentence = "The PKCS#11 module {module} cannot be used: {detail}."
    hint = "The IT staff installs it: docs/operations/tokens.md says what is needed."


class TokenMissingError(TokenError):
    """No token of that label or serial number is plugged in."""

    reason = "TOKEN_MISSING"
    sentence = "The token {token} is not plugged in."
    hint = "Plug it in and try again. If it is in, its label or serial number is another one."


class TokenSeveralError(TokenError):
    """More than one token has that label."""

    reason = "TOKEN_SEVERAL"
    sentence = "Several tokens are called {token}; their serial numbers: {serials}."
    hint = "Take the others out, or name the right one by its serial number (serial=...)."


class TokenRemovedError(TokenError):
    """The token was there, and is gone."""

    reason = "TOKEN_REMOVED"
    sentence = "The token {token} was removed, or stopped answering, while it was needed."
    hint = "Nothing was signed. Plug it in and start again."


class TokenPinError(TokenError):
    """The PIN is not the token's."""

    reason = "TOKEN_PIN_WRONG"
    sentence = "The PIN does not open the token {token}."
    hint = "Check the keyboard and try again; most tokens lock after a few wrong PINs in a row."


class TokenLockedError(TokenError):
    """The token takes no PIN any more."""

    reason = "TOKEN_PIN_LOCKED"
    sentence = "The PIN of the token {token} is locked after too many wrong ones."
    hint = "Whoever keeps the token's unblocking code (SO PIN, PUK) unlocks it."


class TokenKeyError(TokenError):
    """The key in the token is missing, or not what is needed."""

    reason = "TOKEN_KEY_INVALID"
    sentence = "The key {key} in the token {token} cannot be used: {detail}."
    hint = "Check the label of the key; docs/operations/tokens.md says how keys are made."


class TokenFailedError(TokenError):
    """The token answered with an error of its own."""

    reason = "TOKEN_FAILED"
    sentence = "The token {token} does not do what it was asked: {detail}."
    hint = "Nothing was signed. Try again; if it happens again, call the IT staff."


class SettingsError(ConfigurationError):
    """``station.toml`` is damaged, or says something that is not known."""

    reason = "SETTINGS_INVALID"
    sentence = "The settings file {name} cannot be used: {detail}."
    hint = "Correct the file; docs/operations/install.md says where its lines are described."
