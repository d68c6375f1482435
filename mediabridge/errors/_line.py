"""The line to a hub cannot be used, or what the hub says cannot be true (exit 30).

A hub is a medium: what goes wrong with it keeps bundles where they are, and spoils none.
"""

from __future__ import annotations

from mediabridge.errors._medium import MediumError


class LineError(MediumError):
    """Family: the line, or the hub at its end."""


class LineNotSetError(LineError):
    """The settings name no hub."""

    reason = "LINE_NOT_SET"
    sentence = "No line leads from this station: its settings name no hub."
    hint = "Have the lines of [line] written into station.toml (docs/operations/line.md)."


class LineNotFromHereError(LineError):
    """The system lets this process make no connection: it is a service without a network."""

    reason = "LINE_NOT_FROM_HERE"
    sentence = "This process may make no connection, so it cannot speak to the hub."
    hint = (
        "Of the package's services mediabridge-sync and mediabridge-sync-all alone may: have the"
        " timer enabled, and [line] of station.toml changed (docs/operations/line.md)."
    )


class LineDownError(LineError):
    """The hub cannot be reached, or the line was cut."""

    reason = "LINE_DOWN"
    sentence = "The hub cannot be reached, or the line was cut: {detail}."
    hint = (
        "Nothing is lost: the next mediabridge sync goes on where this one stopped. If it lasts,"
        " call the IT staff."
    )


class LineRefusedError(LineError):
    """The hub does not do what it was asked for, and says so."""

    reason = "LINE_REFUSED"
    sentence = "The hub refuses what this station asked for: {code} (status {status})."
    hint = (
        "What is to be sent stays here. Tell the hub's operators the code; docs/reasons.md says"
        " what it means."
    )


class LineUntrueError(LineError):
    """What the hub says or hands over is not what it may be."""

    reason = "LINE_UNTRUE"
    sentence = "What the hub says or hands over cannot be true: {detail}."
    hint = (
        "Nothing of it was used. If it happens again, tell the security officer: the hub, or"
        " somebody on the way to it, may be dishonest."
    )
