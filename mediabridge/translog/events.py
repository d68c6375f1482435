"""What an entry of the transfer log may say: a closed vocabulary, without personal data.

An entry is one canonical JSON object: what happened, when, at which station, by
whom, and *facts* — identifiers, counts, hashes and codes from the closed list
:data:`FACTS`. A name, a date of birth, an address or a card number fits none of
the shapes, so it cannot get in: writing one is a programming error, and a peer's
entry that holds one is refused like a forged one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final

from mediabridge import canonical, clock, locale
from mediabridge.config import LIMITS, Limits
from mediabridge.kinds import Kind
from mediabridge.locale.spoken import Spoken
from mediabridge.translog.recovery import Recovery
from mediabridge.translog.removal import Removal

FORMAT: Final = 1
"""The entry format this version writes and reads."""


@unique
class Event(StrEnum):
    """Everything that is worth evidence."""

    STATION_INITIALISED = "station-initialised"
    """The station came into being; the first entry of every log."""

    STATION_BACKED_UP = "station-backed-up"
    """All of the station was sealed to the escrow keys; the log was as long as it says."""

    STATION_RESTORED = "station-restored"
    """The station came from a backup; the log ended where it says. It is to be compared."""

    STATION_COMPARED = "station-compared"
    """A peer knows no more of the restored station than it does itself; it signs again."""

    STATION_SET_BACK = "station-set-back"
    """A peer knows numbers that the restored station lacks; nothing is signed for it."""

    TRUST_UPDATED = "trust-updated"
    """Newer trust data was accepted; from here on other keys may count."""

    TRUST_REROOTED = "trust-rerooted"
    """A person compared another first root with a paper form; it takes the place of the old one."""

    TRUST_OLDER = "trust-older"
    """A stick brought trust data from before an update; only our own judged what is on it."""

    CLOCK_DOUBTED = "clock-doubted"
    """The machine's clock cannot be right, as the reason says; the last sure time is used."""

    CLOCK_CONFIRMED = "clock-confirmed"
    """A person compared the machine's clock with another one and said that it is right."""

    PASSPHRASE_WRONG = "passphrase-wrong"  # noqa: S105 - an event's name
    """A wrong passphrase was tried on a private key; the next try has to wait longer."""

    FILE_COLLECTED = "file-collected"
    """A file of records was taken in and will travel with the next bundle."""

    FILE_REFUSED = "file-refused"
    """A file of records had errors and was left out as a whole."""

    BUNDLE_SEALED = "bundle-sealed"
    """Content got its number, was encrypted and signed by the station."""

    BUNDLE_APPROVED = "bundle-approved"
    """An officer signed one bundle's content."""

    APPROVAL_REMOVED = "approval-removed"
    """An approval did not hold any more, or never did; the bundle waits for approval again."""

    BUNDLE_REJECTED = "bundle-rejected"
    """An officer sent a bundle back, or it was built on one; its number is used again."""

    VOID_DECLARED = "void-declared"
    """Officers signed that numbers of a route will not come; said before it counts."""

    VOID_ACCEPTED = "void-accepted"
    """The receiver has that statement and passes the numbers over; those it had taken stay."""

    BUNDLE_RELEASED = "bundle-released"
    """A bundle may leave: the copying to a medium begins."""

    BUNDLE_CARRIED = "bundle-carried"
    """Whoever a stick was issued or handed on to has signed for a bundle on it."""

    BUNDLE_WRITTEN = "bundle-written"
    """A bundle was written to a medium and read back from it."""

    BUNDLE_REPAIRED = "bundle-repaired"
    """Blocks of a bundle came damaged and were mended by its parity; it is still to be verified."""

    BUNDLE_REFUSED = "bundle-refused"
    """A check failed; nothing of the bundle was applied."""

    BUNDLE_VERIFIED = "bundle-verified"
    """Signatures, order and hashes hold; nothing has been decrypted yet."""

    BUNDLE_PARKED = "bundle-parked"
    """A bundle came before one that is missing; verified, unopened, it is kept until then."""

    PARKED_REMOVED = "parked-removed"
    """What was kept of a bundle is removed, as the reason says."""

    KEPT_REMOVED = "kept-removed"
    """What was kept of something settled is removed by the retention rule that the reason names."""

    BUNDLE_OPENED = "bundle-opened"
    """The content was decrypted here; from now on this station has seen it."""

    BUNDLE_APPLIED = "bundle-applied"
    """The whole bundle is being taken, in one transaction that this entry precedes."""

    BUNDLE_REPEATED = "bundle-repeated"
    """A bundle arrived that was applied before; nothing was changed."""

    RECORD_DECIDED = "record-decided"
    """A person decided on a record that was held; the next bundle carries the answer."""

    RECORD_LOOKED_UP = "record-looked-up"
    """Somebody asked for one resident record; which one, only this station can test."""

    RECEIPT_ISSUED = "receipt-issued"
    """The receiver signed the outcome of a bundle."""

    RECEIPT_ACCEPTED = "receipt-accepted"
    """The sender checked a receipt and took note of the outcome."""

    BUNDLE_DELIVERED = "bundle-delivered"
    """The sender may let its copy go: the receipt covers the bundle."""

    RECIPIENT_KEY_ANNOUNCED = "recipient-key-announced"
    """A fresh key goes to a peer, which seals to it from then on."""

    RECIPIENT_KEY_ACCEPTED = "recipient-key-accepted"
    """A peer announced a fresh key; what is sealed for it from here on is sealed to this one."""

    RECIPIENT_KEY_ERASED = "recipient-key-erased"
    """No bundle still to come needs the key; what it opened, it opens no more."""

    RECIPIENT_KEY_REQUESTED = "recipient-key-requested"
    """A key was made that the officers shall enter in the trust data in the place of the old."""

    MEDIUM_REGISTERED = "medium-registered"
    """An officer gave a stick its number and signed its medium.json."""

    MEDIUM_ISSUED = "medium-issued"
    """A stick was handed out for a trip; the holder answers for it from here on."""

    MEDIUM_HANDED_OVER = "medium-handed-over"
    """A stick on its trip went from one holder to the next."""

    MEDIUM_ARRIVED = "medium-arrived"
    """A stick was plugged in at this station while it was on a trip."""

    MEDIUM_RETURNED = "medium-returned"
    """A stick is back where it is kept; its trip is over."""

    MEDIUM_LOST = "medium-lost"
    """A stick was reported lost; whoever finds it must not use it."""

    MEDIUM_RETIRED = "medium-retired"
    """A stick was taken out of service for good."""

    MEDIUM_ERASING = "medium-erasing"
    """Bundles on a stick are about to be overwritten and deleted."""

    MEDIUM_ERASED = "medium-erased"
    """Bundles were overwritten, read back as overwritten, and deleted."""

    MEDIUM_REFUSED = "medium-refused"
    """A stick was plugged in and not used; the reason is its state."""

    MEDIUM_FAILED = "medium-failed"
    """A stick failed while it was in use; nothing counts as written or taken."""

    MEDIUM_FLAGGED = "medium-flagged"
    """The file system of a stick warns of itself, as the reason says; it was used all the same."""

    DROPPINGS_PASSED = "droppings-passed"
    """Files that desktops leave lay in the exchange folder of a stick; none of them was read."""

    FOREIGN_PUT_ASIDE = "foreign-put-aside"
    """An officer has what does not belong in the exchange folder of a stick moved out of it."""

    ESCROW_DRILL = "escrow-drill"
    """Holders of the escrow key tried it on bundles; nothing of these was kept."""

    JOURNEY_INTERRUPTED = "journey-interrupted"
    """A command was told to stop; the reason says by whom. What it held was wiped and let go."""

    JOURNEY_RECOVERED = "journey-recovered"
    """A journey that a power cut had interrupted was completed or undone."""


Fact = str | int | Sequence[str]
"""One fact's value: a text of a fixed shape, a count, or a list of such texts."""

Shape = Callable[[object], bool]
"""Tells whether a value may stand under a fact's name."""


def _text(pattern: str) -> Shape:
    matches = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and matches(value) is not None


def _one_of(*codes: str) -> Shape:
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

_ID = _text(_ID_PATTERN)
_LABEL = _text(rf"{_HEX128_PATTERN}|{_FEW_DIGITS}[A-Za-z0-9][A-Za-z0-9-]{{0,30}}")
_HEX128 = _text(_HEX128_PATTERN)
_HEX256 = _text(r"[0-9a-f]{64}")

FACTS: Final[Mapping[str, Shape]] = {
    "applied": _count,
    "asked_about": _HEX256,
    "approvers": _list_of(_ID),
    "backup": _HEX128,
    "blocks": _count,
    "bundle": _HEX128,
    "bundle_count": _count,
    "bundles": _list_of(_HEX128),
    "bytes": _count,
    "capacity": _count,
    "checks": _list_of(_text(r"[0-9]{1,2}(\.[0-9]{1,2})?:(pass|fail)")),
    "damaged": _count,
    "days": _count,
    "device_sha256": _HEX256,
    "droppings": _count,
    "errors": _count,
    "file_bytes": _count,
    "file_sha256": _HEX256,
    "files": _count,
    "first": _count,
    "foreign": _count,
    "held": _count,
    "holder": _ID,
    "holders": _list_of(_ID),
    "key": _ID,
    "kind": _one_of(*Kind),
    "last": _count,
    "log_root": _HEX256,
    "log_size": _count,
    "medium": _LABEL,
    "medium_sha256": _HEX256,
    "mode": _one_of("live", "training"),
    "nonce": _HEX128,
    "operation": _one_of("entry", "deletion", "correction", "note"),
    "peer_root": _HEX256,
    "peer_size": _count,
    "planned_minutes": _count,
    "reason": _text(_FEW_DIGITS + r"[A-Z][A-Z0-9_]{0,63}"),
    "receipt": _LABEL,
    "receipt_sha256": _HEX256,
    "recipient_sha256": _HEX256,
    "records": _count,
    "refused": _count,
    "result": _one_of("applied", "superseded", "moved_out", "not_found", "conflict", "rejected"),
    "route_from": _ID,
    "route_to": _ID,
    "second": _ID,
    "seq": _count,
    "signature": _text(_SSHSIG_PATTERN),
    "signers": _list_of(_ID),
    "summary": _HEX256,
    "sums": _HEX256,
    "supplement": _count,
    "trip": _count,
    "trust_version": _count,
    "wrong": _count,
}
"""Every fact there is, and the shape of its value (transfer-log.md, section 2)."""

_REASONS: Final[Mapping[Event, type[Spoken]]] = {
    Event.JOURNEY_RECOVERED: Recovery,
    Event.KEPT_REMOVED: Removal,
}
"""Events whose reason is one of a list of their own."""

_EVENT: Final = _one_of(*Event)
_TIME: Final = _text(r"[0-9TZ:-]{20}")
_KEYS: Final = frozenset({"actor", "event", "facts", "format", "station", "time"})


@dataclass(frozen=True)
class Entry:
    """One entry, as :func:`parse` read it."""

    event: Event
    time: str
    station: str
    actor: str
    facts: Mapping[str, Fact]


def fits(facts: Mapping[str, object]) -> bool:
    """Tell whether these facts may stand in an entry."""
    return all(name in FACTS and FACTS[name](value) for name, value in facts.items())


def build(event: Event, *, time: str, station: str, actor: str, facts: Mapping[str, Fact]) -> bytes:
    """Return the canonical bytes of an entry.

    *time* is what :func:`mediabridge.clock.to_rfc3339` writes; *actor* is the id of
    a person, or of the station itself where nobody acted.

    Raises:
        ValueError: a fact outside :data:`FACTS` or a value outside its shape, or a
            recovery or a removal for no reason of its list. The text never repeats the
            value, which may be what must not be logged.
    """
    if event in _REASONS:
        # Only of what is written here: another version may know more reasons.
        _check("reason", facts.get("reason"), _one_of(*_REASONS[event]))
    data = canonical.dump(
        {
            "actor": actor,
            "event": event,
            "facts": dict(facts),
            "format": FORMAT,
            "station": station,
            "time": time,
        }
    )
    parse(data, station)
    return data


def parse(data: bytes, station: str, limits: Limits = LIMITS) -> Entry:
    """Read an entry of the log of *station*, in the one spelling that :func:`build` writes.

    Raises:
        ValueError: too large, not canonical JSON, outside the vocabulary, or
            another station's entry.
    """
    if len(data) > limits.log_entry_bytes:
        msg = locale.text(
            "{size} bytes, at most {limit}", size=len(data), limit=limits.log_entry_bytes
        )
        raise ValueError(msg)
    document = canonical.load(data)
    if not isinstance(document, dict) or document.keys() != _KEYS:
        msg = locale.text("an entry has exactly the fields {names}", names=", ".join(sorted(_KEYS)))
        raise ValueError(msg)
    if document["format"] != FORMAT or type(document["format"]) is not int:
        msg = locale.text("the format of an entry should be {wanted}", wanted=FORMAT)
        raise ValueError(msg)
    _check("actor", document["actor"], _ID)
    _check("station", document["station"], _ID)
    if document["station"] != station:
        msg = locale.text(
            "an entry of station {got}, should be of {wanted}",
            got=document["station"],
            wanted=station,
        )
        raise ValueError(msg)
    return Entry(
        event=_event(document["event"]),
        time=_time(document["time"]),
        station=document["station"],
        actor=document["actor"],
        facts=_facts(document["facts"]),
    )


def _event(value: Any) -> Event:
    _check("event", value, _EVENT)
    return Event(value)


def _time(value: Any) -> str:
    _check("time", value, _TIME)
    clock.from_rfc3339(value)
    return str(value)


def _facts(value: Any) -> dict[str, Fact]:
    if not isinstance(value, dict) or not value.keys() <= FACTS.keys():
        msg = locale.text("the facts hold a name outside the closed list")
        raise ValueError(msg)
    for name, fact in value.items():
        _check(name, fact, FACTS[name])
    return value


def _check(name: str, value: object, shape: Shape) -> None:
    if not shape(value):
        msg = locale.text("the value of {name} does not have the required shape", name=name)
        raise ValueError(msg)
