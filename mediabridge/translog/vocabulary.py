"""What the transfer log may speak of: events, facts and the shapes of these; a closed list.

The one place that lists them. ``docs/format/transfer-log.md``, section 2, is the same for people,
and a test holds each against the other. A name, a date of birth, an address or a card number fits
none of the shapes, so it cannot get in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import unique
from typing import Final

from mediabridge.config import LIMITS
from mediabridge.kinds import SOFTWARE, Kind
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken
from mediabridge.translog.recovery import Recovery
from mediabridge.translog.removal import Removal
from mediabridge.translog.scan import Scan


@unique
class Event(Spoken):
    """Everything that is worth evidence; :attr:`sentence` is what a table calls it."""

    STATION_INITIALISED = "station-initialised", n_("station set up")
    """The station came into being; the first entry of every log."""

    STATION_BACKED_UP = "station-backed-up", n_("station backed up")
    """All of the station was sealed to the escrow keys; the log was as long as it says."""

    STATION_RESTORED = "station-restored", n_("station restored from a backup")
    """The station came from a backup; the log ended where it says. It is to be compared."""

    STATION_COMPARED = "station-compared", n_("restored station compared")
    """A peer knows no more of the restored station than it does itself; it signs again."""

    STATION_SET_BACK = "station-set-back", n_("station found set back")
    """A peer knows numbers that the restored station lacks; nothing is signed for it."""

    TRUST_UPDATED = "trust-updated", n_("trust data updated")
    """Newer trust data was accepted; from here on other keys may count."""

    TRUST_REROOTED = "trust-rerooted", n_("trust data given another root")
    """A person compared another first root with a paper form; it takes the place of the old one."""

    TRUST_OLDER = "trust-older", n_("older trust data came")
    """A stick brought trust data from before an update; only our own judged what is on it."""

    CLOCK_DOUBTED = "clock-doubted", n_("clock in doubt")
    """The machine's clock cannot be right, as the reason says; the last sure time is used."""

    CLOCK_CONFIRMED = "clock-confirmed", n_("clock confirmed")
    """A person compared the machine's clock with another one and said that it is right."""

    PASSPHRASE_WRONG = "passphrase-wrong", n_("wrong passphrase")
    """A wrong passphrase was tried on a private key; the next try has to wait longer."""

    FILE_COLLECTED = "file-collected", n_("file taken in")
    """A file of records was taken in and will travel with the next bundle."""

    FILE_REFUSED = "file-refused", n_("file refused")
    """A file of records had errors and was left out as a whole."""

    FILE_SCANNED = "file-scanned", n_("file scanned")
    """A file from outside was shown to the virus scanner, before anything of it was used."""

    BUNDLE_SEALING = "bundle-sealing", n_("sealing begun")
    """The content of a bundle is fixed; said before the log is cut that travels in it."""

    BUNDLE_SEALED = "bundle-sealed", n_("bundle sealed")
    """Content got its number, was encrypted and signed by the station."""

    BUNDLE_APPROVED = "bundle-approved", n_("bundle approved")
    """An officer signed one bundle's content."""

    APPROVAL_REMOVED = "approval-removed", n_("approval removed")
    """An approval did not hold any more, or never did; the bundle waits for approval again."""

    BUNDLE_REJECTED = "bundle-rejected", n_("bundle sent back")
    """An officer sent a bundle back, or it was built on one; its number is used again."""

    VOID_DECLARED = "void-declared", n_("numbers declared void")
    """Officers signed that numbers of a route will not come; said before it counts."""

    VOID_ACCEPTED = "void-accepted", n_("void numbers accepted")
    """The receiver has that statement and passes the numbers over; those it had taken stay."""

    BUNDLE_RELEASED = "bundle-released", n_("bundle released")
    """A bundle may leave: the copying to a medium begins."""

    BUNDLE_CARRIED = "bundle-carried", n_("carrying signed for")
    """Whoever a stick was issued or handed on to has signed for a bundle on it."""

    BUNDLE_WRITTEN = "bundle-written", n_("bundle written")
    """A bundle was written to a medium and read back from it."""

    BUNDLE_REPAIRED = "bundle-repaired", n_("damaged blocks repaired")
    """Blocks of a bundle came damaged and were mended by its parity; it is still to be verified."""

    BUNDLE_REFUSED = "bundle-refused", n_("bundle refused")
    """A check failed; nothing of the bundle was applied."""

    ALARM_KEPT = "alarm-kept", n_("evidence of an alarm kept")
    """What proves an alarm about a transfer log is kept at this station, under this digest."""

    BUNDLE_VERIFIED = "bundle-verified", n_("bundle verified")
    """Signatures, order and hashes hold; nothing has been decrypted yet."""

    BUNDLE_PARKED = "bundle-parked", n_("bundle came early, kept")
    """A bundle came before one that is missing; verified, unopened, it is kept until then."""

    PARKED_REMOVED = "parked-removed", n_("early bundle removed")
    """What was kept of a bundle is removed, as the reason says."""

    KEPT_REMOVED = "kept-removed", n_("removed by the retention rule")
    """What was kept of something settled is removed by the retention rule that the reason names."""

    BUNDLE_OPENED = "bundle-opened", n_("bundle opened")
    """The content was decrypted here; from now on this station has seen it."""

    BUNDLE_SCANNED = "bundle-scanned", n_("bundle scanned")
    """All files of an opened bundle were shown to the virus scanner, before any was used."""

    BUNDLE_APPLIED = "bundle-applied", n_("bundle applied")
    """The whole bundle is being taken, in one transaction that this entry precedes."""

    BUNDLE_REPEATED = "bundle-repeated", n_("bundle came again")
    """A bundle arrived that was applied before; nothing was changed."""

    RECORD_DECIDED = "record-decided", n_("held record decided")
    """A person decided on a record that was held; the next bundle carries the answer."""

    RECORD_LOOKED_UP = "record-looked-up", n_("record looked up")
    """Somebody asked for one resident record; which one, only this station can test."""

    RECEIPT_ISSUED = "receipt-issued", n_("receipt issued")
    """The receiver signed the outcome of a bundle."""

    RECEIPT_ACCEPTED = "receipt-accepted", n_("receipt accepted")
    """The sender checked a receipt and took note of the outcome."""

    BUNDLE_DELIVERED = "bundle-delivered", n_("bundle delivered")
    """The sender may let its copy go: the receipt covers the bundle."""

    RECIPIENT_KEY_ANNOUNCED = "recipient-key-announced", n_("fresh key announced")
    """A fresh key goes to a peer, which seals to it from then on."""

    RECIPIENT_KEY_ACCEPTED = "recipient-key-accepted", n_("fresh key accepted")
    """A peer announced a fresh key; what is sealed for it from here on is sealed to this one."""

    RECIPIENT_KEY_ERASED = "recipient-key-erased", n_("old key erased")
    """No bundle still to come needs the key; what it opened, it opens no more."""

    RECIPIENT_KEY_REQUESTED = "recipient-key-requested", n_("other key requested")
    """A key was made that the officers shall enter in the trust data in the place of the old."""

    WITNESS_KEY_REQUESTED = "witness-key-requested", n_("other witness key requested")
    """A key was made by which this station shall cosign in the place of the one that it has."""

    WITNESS_KEY_RETIRED = "witness-key-retired", n_("witness key retired")
    """Trust data names another witness key of a station; what the old one signs counts no more."""

    MEDIUM_REGISTERED = "medium-registered", n_("medium registered")
    """An officer gave a stick its number and signed its medium.json."""

    MEDIUM_ISSUED = "medium-issued", n_("medium issued")
    """A stick was handed out for a trip; the holder answers for it from here on."""

    MEDIUM_HANDED_OVER = "medium-handed-over", n_("medium handed over")
    """A stick on its trip went from one holder to the next."""

    MEDIUM_ARRIVED = "medium-arrived", n_("medium arrived")
    """A stick was plugged in at this station while it was on a trip."""

    MEDIUM_RETURNED = "medium-returned", n_("medium returned")
    """A stick is back where it is kept; its trip is over."""

    MEDIUM_LOST = "medium-lost", n_("medium reported lost")
    """A stick was reported lost; whoever finds it must not use it."""

    MEDIUM_RETIRED = "medium-retired", n_("medium retired")
    """A stick was taken out of service for good."""

    MEDIUM_ERASING = "medium-erasing", n_("erasing of a medium begun")
    """Bundles on a stick are about to be overwritten and deleted."""

    MEDIUM_ERASED = "medium-erased", n_("medium erased")
    """Bundles were overwritten, read back as overwritten, and deleted."""

    MEDIUM_REFUSED = "medium-refused", n_("medium refused")
    """A stick was plugged in and not used; the reason is its state."""

    MEDIUM_FAILED = "medium-failed", n_("medium failed")
    """A stick failed while it was in use; nothing counts as written or taken."""

    MEDIUM_FLAGGED = "medium-flagged", n_("medium warns of itself")
    """The file system of a stick warns of itself, as the reason says; it was used all the same."""

    DROPPINGS_PASSED = "droppings-passed", n_("desktop files passed over")
    """Files that desktops leave lay in the exchange folder of a stick; none of them was read."""

    FOREIGN_PUT_ASIDE = "foreign-put-aside", n_("foreign files put aside")
    """An officer has what does not belong in the exchange folder of a stick moved out of it."""

    SOFTWARE_STAGED = "software-staged", n_("software verified and kept")
    """A file of software came, approved by its officers; it waits for one to have it installed."""

    SOFTWARE_REFUSED = "software-refused", n_("software refused")
    """A file of software came and is not for this machine, as the reason says; it is not kept."""

    SOFTWARE_ORDERED = "software-ordered", n_("software ordered to be installed")
    """An officer signed that a staged file shall be installed; root verifies all of it anew."""

    SOFTWARE_INSTALLED = "software-installed", n_("software installed")
    """Root says that the file is in place, by this very order."""

    SOFTWARE_FAILED = "software-failed", n_("software not installed")
    """Root says that it is not, as the reason says; what was there is there, whole."""

    ESCROW_DRILL = "escrow-drill", n_("escrow key tried")
    """Holders of the escrow key tried it on bundles; nothing of these was kept."""

    JOURNEY_INTERRUPTED = "journey-interrupted", n_("command interrupted")
    """A command was told to stop; the reason says by whom. What it held was wiped and let go."""

    JOURNEY_RECOVERED = "journey-recovered", n_("interrupted work put right")
    """A journey that a power cut had interrupted was completed or undone."""


Fact = str | int | Sequence[str]
"""One fact's value: a text of a fixed shape, a count, or a list of such texts."""

Shape = Callable[[object], bool]
"""Tells whether a value may stand under a fact's name."""


def matching(pattern: str) -> Shape:
    """Return the shape of texts that *pattern* matches as a whole."""
    matches = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and matches(value) is not None


def one_of(*codes: str) -> Shape:
    """Return the shape of *codes*, and of nothing else."""
    known = frozenset(codes)
    return lambda value: isinstance(value, str) and value in known


def _list_of(shape: Shape) -> Shape:
    return lambda value: (
        isinstance(value, list | tuple)
        and len(value) <= LIMITS.log_list_items
        and all(map(shape, value))
    )


def _count(value: object) -> bool:
    # bool is an int in Python but not in JSON.
    return type(value) is int and 0 <= value <= 2**53 - 1


# Eight digits are a date of birth, a telephone number, a card number or a My Number.
_FEW_DIGITS = r"(?!(?:[^0-9]*[0-9]){8})"
_ID_PATTERN = _FEW_DIGITS + r"[a-z0-9][a-z0-9-]{0,30}"
_HEX128_PATTERN = r"[0-9a-f]{32}"
# Exact armor, whose first bytes are those of an SSHSIG of version 1: no other text fits.
_SSHSIG_PATTERN = (
    r"-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQAAA[A-Za-z0-9+/]{53}\n"
    r"([A-Za-z0-9+/]{70}\n){2,12}[A-Za-z0-9+/=]{1,70}\n-----END SSH SIGNATURE-----\n"
)

ID: Final = matching(_ID_PATTERN)
"""The id of a person, a station or a key."""

_LABEL = matching(rf"{_HEX128_PATTERN}|{_FEW_DIGITS}[A-Za-z0-9][A-Za-z0-9-]{{0,30}}")
_HEX128 = matching(_HEX128_PATTERN)
_REASON = matching(_FEW_DIGITS + r"[A-Z][A-Z0-9_]{0,63}")
_HEX256 = matching(r"[0-9a-f]{64}")

FACTS: Final[Mapping[str, Shape]] = {
    "alarm_sha256": _HEX256,
    "applied": _count,
    "asked_about": _HEX256,
    "approvers": _list_of(ID),
    "backup": _HEX128,
    "blocks": _count,
    "bundle": _HEX128,
    "bundle_count": _count,
    "bundles": _list_of(_HEX128),
    "bytes": _count,
    "capacity": _count,
    "checks": _list_of(matching(r"[0-9]{1,2}(\.[0-9]{1,2})?:(pass|fail)")),
    "content": _HEX256,
    "damaged": _count,
    "days": _count,
    "device_sha256": _HEX256,
    "droppings": _count,
    "engine": matching(r"ClamAV [0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}"),
    "errors": _count,
    "file_bytes": _count,
    "file_sha256": _HEX256,
    "files": _count,
    "first": _count,
    "foreign": _count,
    "held": _count,
    "holder": ID,
    "holders": _list_of(ID),
    "key": ID,
    "kind": one_of(*Kind, SOFTWARE),
    "kinds": _list_of(matching(rf"({'|'.join(Kind)}):(0|[1-9][0-9]{{0,15}})")),
    "last": _count,
    "log_root": _HEX256,
    "log_size": _count,
    "medium": _LABEL,
    "medium_sha256": _HEX256,
    "mode": one_of("live", "training"),
    "nonce": _HEX128,
    "order_sha256": _HEX256,
    "operation": one_of("entry", "deletion", "correction", "note"),
    "peer_root": _HEX256,
    "peer_size": _count,
    "planned_minutes": _count,
    "prev": _HEX256,
    "reason": _REASON,
    "receipt": _LABEL,
    "receipt_sha256": _HEX256,
    "receipts": _count,
    "recipient_sha256": _HEX256,
    "records": _count,
    "refused": _count,
    "result": one_of("applied", "superseded", "moved_out", "not_found", "conflict", "rejected"),
    "retired_sha256": _HEX256,
    "route_from": ID,
    "route_to": ID,
    "scan": one_of(*Scan),
    "second": ID,
    "seq": _count,
    "signature": matching(_SSHSIG_PATTERN),
    "signatures": matching(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"),
    "signers": _list_of(ID),
    "summary": _HEX256,
    "sums": _HEX256,
    "sort": one_of("program", "antivirus", "system"),
    "supplement": _count,
    "trip": _count,
    "trust_version": _count,
    "warned": _list_of(_REASON),
    "witness": ID,
    "witness_sha256": _HEX256,
    "wrong": _count,
}
"""Every fact there is, and the shape of its value (transfer-log.md, section 2)."""

REASONS: Final[Mapping[Event, type[Spoken]]] = {
    Event.JOURNEY_RECOVERED: Recovery,
    Event.KEPT_REMOVED: Removal,
}
"""Events whose reason is one of a list of their own."""


RESERVED: Final = frozenset({"operation"})
"""Facts that a reader takes and no entry of this version has."""


def _facts(names: str) -> frozenset[str]:
    return frozenset(names.split())


CARRIES: Final[Mapping[Event, frozenset[str]]] = {
    Event.STATION_INITIALISED: _facts("mode trust_version"),
    Event.STATION_BACKED_UP: _facts("backup bytes files log_root log_size sums"),
    Event.STATION_RESTORED: _facts("backup log_root log_size sums"),
    Event.STATION_COMPARED: _facts("bundle log_size route_from route_to"),
    Event.STATION_SET_BACK: _facts("bundle first last route_from route_to sums"),
    Event.TRUST_UPDATED: _facts("trust_version"),
    Event.TRUST_REROOTED: _facts("trust_version"),
    Event.TRUST_OLDER: _facts("medium reason trust_version"),
    Event.CLOCK_DOUBTED: _facts("reason"),
    Event.CLOCK_CONFIRMED: _facts(""),
    Event.PASSPHRASE_WRONG: _facts("key reason wrong"),
    Event.FILE_COLLECTED: _facts("file_bytes file_sha256 kind records"),
    Event.FILE_REFUSED: _facts("errors file_sha256 kind reason"),
    Event.FILE_SCANNED: _facts("engine file_bytes file_sha256 reason scan signatures warned"),
    Event.BUNDLE_SEALING: _facts(
        "bundle content files kinds peer_root peer_size prev receipts records route_from route_to"
        " seq"
    ),
    Event.BUNDLE_SEALED: _facts(
        "bundle peer_root peer_size records route_from route_to seq signature summary sums"
    ),
    Event.BUNDLE_APPROVED: _facts("bundle route_from route_to seq sums"),
    Event.APPROVAL_REMOVED: _facts("bundle reason route_from route_to seq signers sums"),
    Event.BUNDLE_REJECTED: _facts("bundle reason route_from route_to seq sums"),
    Event.VOID_DECLARED: _facts(
        "file_sha256 first last log_root log_size reason route_from route_to seq signers sums"
    ),
    Event.VOID_ACCEPTED: _facts(
        "bundle bundle_count bundles file_sha256 first last log_root log_size reason "
        "route_from route_to seq signers sums"
    ),
    Event.BUNDLE_RELEASED: _facts("bundle medium route_from route_to seq signature summary sums"),
    Event.BUNDLE_CARRIED: _facts("bundle medium route_from route_to seq signature summary sums"),
    Event.BUNDLE_WRITTEN: _facts("bundle bytes medium route_from route_to seq sums"),
    Event.BUNDLE_REPAIRED: _facts("blocks bundle damaged files medium"),
    Event.BUNDLE_REFUSED: _facts("bundle checks medium reason"),
    Event.ALARM_KEPT: _facts("alarm_sha256 bundle reason route_from route_to seq"),
    Event.BUNDLE_VERIFIED: _facts(
        "approvers bundle medium route_from route_to seq signature summary sums"
    ),
    Event.BUNDLE_PARKED: _facts(
        "approvers bundle medium route_from route_to seq signature summary sums"
    ),
    Event.PARKED_REMOVED: _facts("bundle reason"),
    Event.KEPT_REMOVED: _facts(
        "bundle days file_sha256 files reason receipt route_from route_to seq sums"
    ),
    Event.BUNDLE_OPENED: _facts("approvers bundle medium route_from route_to seq sums"),
    Event.BUNDLE_SCANNED: _facts(
        "bundle bytes engine file_sha256 files reason scan signatures warned"
    ),
    Event.BUNDLE_APPLIED: _facts("applied bundle held records seq"),
    Event.BUNDLE_REPEATED: _facts("bundle checks medium reason seq"),
    Event.RECORD_DECIDED: _facts("bundle reason records result second supplement"),
    Event.RECORD_LOOKED_UP: _facts("asked_about nonce reason"),
    Event.RECEIPT_ISSUED: _facts("bundle receipt receipt_sha256 records seq supplement"),
    Event.RECEIPT_ACCEPTED: _facts("bundle receipt receipt_sha256 records seq supplement"),
    Event.BUNDLE_DELIVERED: _facts("bundle file_sha256 seq"),
    Event.RECIPIENT_KEY_ANNOUNCED: _facts("recipient_sha256 route_from route_to seq"),
    Event.RECIPIENT_KEY_ACCEPTED: _facts("recipient_sha256 route_from route_to seq"),
    Event.RECIPIENT_KEY_ERASED: _facts("recipient_sha256"),
    Event.RECIPIENT_KEY_REQUESTED: _facts("recipient_sha256"),
    Event.WITNESS_KEY_REQUESTED: _facts("witness_sha256"),
    Event.WITNESS_KEY_RETIRED: _facts(
        "log_root log_size retired_sha256 signers trust_version witness witness_sha256"
    ),
    Event.MEDIUM_REGISTERED: _facts("capacity device_sha256 medium medium_sha256"),
    Event.MEDIUM_ISSUED: _facts(
        "bundle_count bundles holder medium planned_minutes route_from route_to trip"
    ),
    Event.MEDIUM_HANDED_OVER: _facts("bundle_count bundles holder medium route_from route_to trip"),
    Event.MEDIUM_ARRIVED: _facts("bundle_count bundles holder medium route_from route_to trip"),
    Event.MEDIUM_RETURNED: _facts("bundle_count bundles holder medium route_from route_to trip"),
    Event.MEDIUM_LOST: _facts("bundle_count bundles device_sha256 medium medium_sha256"),
    Event.MEDIUM_RETIRED: _facts("bundle_count bundles device_sha256 medium medium_sha256"),
    Event.MEDIUM_ERASING: _facts("bundle_count bundles droppings foreign medium"),
    Event.MEDIUM_ERASED: _facts("bundle_count bundles bytes droppings foreign medium"),
    Event.MEDIUM_REFUSED: _facts("device_sha256 medium reason"),
    Event.MEDIUM_FAILED: _facts(
        "bundle bundle_count bundles device_sha256 droppings foreign medium reason"
    ),
    Event.MEDIUM_FLAGGED: _facts("bundle bundle_count bundles medium reason"),
    Event.DROPPINGS_PASSED: _facts("droppings medium"),
    Event.FOREIGN_PUT_ASIDE: _facts("foreign medium"),
    Event.SOFTWARE_STAGED: _facts("approvers bundle file_bytes file_sha256 sort"),
    Event.SOFTWARE_REFUSED: _facts("bundle file_sha256 reason sort"),
    Event.SOFTWARE_ORDERED: _facts("bundle file_sha256 order_sha256 sort"),
    Event.SOFTWARE_INSTALLED: _facts("bundle file_sha256 order_sha256 sort"),
    Event.SOFTWARE_FAILED: _facts("bundle file_sha256 order_sha256 reason sort"),
    Event.ESCROW_DRILL: _facts("bundle_count holders refused"),
    Event.JOURNEY_INTERRUPTED: _facts("reason"),
    Event.JOURNEY_RECOVERED: _facts("bundle medium reason"),
}
"""Which facts an entry about each event may have; all of them are those known at the time."""
