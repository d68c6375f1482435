"""What a hub answers instead of what it was asked for (exit 30: a hub is a medium, too)."""

from __future__ import annotations

from mediabridge.errors._medium import MediumError


class HubError(MediumError):
    """Family: the hub does not do what it was asked to."""


class CallerUnknownError(HubError):
    """Nobody whom trust data knows, or not any more, or not at this time."""

    reason = "CALLER_UNKNOWN"
    sentence = "The hub does not know this station: {detail}."
    hint = (
        "Compare the station's clock with another one. If it is right, the operators of the hub see"
        " which trust data of the city the hub has, and bring the newest."
    )


class NotAtHubError(HubError):
    """There is nothing of that name, or nothing that concerns the caller."""

    reason = "NOT_AT_HUB"
    sentence = "The hub has nothing of that name for this station."
    hint = "Ask it what waits; a bundle that was never announced, or was begun anew, is sent again."


class AnnouncedOtherwiseError(HubError):
    """Another content has the bundle's id, or its number on the route."""

    reason = "ANNOUNCED_OTHERWISE"
    sentence = "Bundle {seq} to {receiver} is at the hub already, with another content."
    hint = (
        "A station that was restored from a backup may give a number out again: see the runbook on"
        " restoring. If it was not restored, call the security officers of both stations."
    )


class PartGapError(HubError):
    """A part does not follow those that the hub has."""

    reason = "PART_GAP"
    sentence = "The hub has {name} up to byte {expected}, and the part begins after it."
    hint = "Go on from there; a station does so by itself."


class RequestMalformedError(HubError):
    """The request is in no form that the interface has."""

    reason = "REQUEST_MALFORMED"
    sentence = "The hub cannot read the request: {detail}."
    hint = "Program and hub do not fit together: compare their versions, and update the older one."


class RequestTooLargeError(HubError):
    """More bytes than a request, a file or a bundle may have."""

    reason = "REQUEST_TOO_LARGE"
    sentence = "Too large for the hub: {name}; bytes: {got}, allowed: {wanted}."
    hint = "A bundle of this size goes by medium, or the operators of the hub raise the limit."


class NotAsAnnouncedError(HubError):
    """What arrived is whole, and not what its sender announced."""

    reason = "NOT_AS_ANNOUNCED"
    sentence = "The bundle is not what was announced: {detail}."
    hint = "Send it again. If that does not help, tell IT: station and hub disagree on what came."


class BundleIncompleteError(HubError):
    """Parts are missing."""

    reason = "BUNDLE_INCOMPLETE"
    sentence = "The hub has not all of the bundle yet; the first file that is not whole: {name}."
    hint = "Send what is missing; a station does so by itself."


class ContentPurgedError(HubError):
    """The hub still knows the bundle, and has let its content go."""

    reason = "CONTENT_PURGED"
    sentence = "The hub does not have the content of this bundle any more."
    hint = "Its sender has it until the receipt, and writes it to a medium."


class HubFullError(HubError):
    """The caller has as much at the hub as it may."""

    reason = "HUB_FULL"
    sentence = "This station has as much at the hub as it may: {got} of {wanted} ({detail})."
    hint = "See why its peers do not fetch; the operators of the hub may raise the limit."


class HubBusyError(HubError):
    """The caller asks more often than it may."""

    reason = "HUB_BUSY"
    sentence = "The hub was asked too often; it answers again after {seconds} seconds."
    hint = "Wait; a station does so by itself."


class HubContentDamagedError(HubError):
    """The hub's store of objects has other bytes than it was given, or none."""

    reason = "HUB_CONTENT_DAMAGED"
    sentence = "The hub's store has lost or changed a part of this bundle: {name}."
    hint = (
        "Nothing of it was handed out. Its sender hands it over again when it speaks to the hub"
        " next, or writes it to a medium; the hub's operators look at the store."
    )


class HubStoreError(HubError):
    """The hub's own database, or its store of objects, cannot be used now."""

    reason = "HUB_STORE_DOWN"
    sentence = "The database or the store of the hub cannot be used: {name}, {detail}."
    hint = "Nothing is lost that it confirmed. Its operators see to it; then go on."
