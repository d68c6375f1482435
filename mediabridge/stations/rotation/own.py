"""This station's own recipient keys: which opens a bundle, which is announced, which may go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey

from mediabridge.bundle import sshsig
from mediabridge.bundle.announcement import (
    NOTHING_YET,
    Announcement,
    Answered,
    SignedAnnouncement,
    key_digest,
)
from mediabridge.bundle.header import header_digest
from mediabridge.bundle.stages import VerifiedBundle
from mediabridge.bundle.wraps import parse_wraps, unwrap
from mediabridge.config import FORMAT
from mediabridge.errors import BundleError, NotARecipientError, RecipientKeyGoneError
from mediabridge.stations import setback
from mediabridge.stations.books import TRUSTED, Opening, OwnKey
from mediabridge.stations.officers import own_signer
from mediabridge.stations.rotation.alive import alive_keys
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.trust.ring import RecipientKey, Ring


@dataclass(frozen=True)
class Opener:
    """What opens one bundle, until the books may know it: :func:`note` enters it."""

    private: MLKEM1024P384PrivateKey
    keys: tuple[str, ...]
    """Every key of ours that opens it; all of them count as used."""
    opening: Opening


def opener(station: OpenStation, verified: VerifiedBundle) -> Opener:
    """Find the key that opens *verified*, and have a fresh one ready to be announced.

    The books stay as they are: the bundle may still be refused. The fresh key is made now, as
    long as little else is in memory; a key that nobody was told of does no harm.

    Raises:
        NotARecipientError: none of ours opens it.
        RecipientKeyGoneError: none does, and this station came from a backup that is older.
        KeyFileError, PassphraseError, TokenError: the keys cannot be opened.
    """
    ring = station.recipient_keys
    erase_passed(station)
    sender = verified.header.route.sender
    private = {key.digest: key.private for key in ring.keys}
    ours = _serving(station, ring, sender)
    found = tuple(key for key in ours if _opens(private[key], verified))
    if not found:
        raise _none_opens(station, verified)
    _make_ready(station, ring, sender, found)
    opening = Opening(sender, verified.header.seq, verified.sums_sha256)
    return Opener(private[found[0]], found, opening)


def note(station: OpenStation, used: Opener) -> None:
    """Enter what opened the bundle that is about to be taken, and every key that is new.

    It has no effect before the bundle counts as taken: :func:`erase_passed` asks for that.
    """
    books = station.books
    with books.transaction():
        _enter_listed(station)
        known = {key.key for key in books.own_keys()}
        for key in station.recipient_keys.keys:
            if key.digest not in known:
                books.add_own_key(key.digest, key.public, sender=used.opening.sender)
        books.note_opened(used.keys, used.opening)


def new_trusted_key(station: OpenStation, *, operator: str) -> RecipientKey:
    """Make a key that the trust data shall name in the place of those that it names now.

    Raises:
        KeyFileError, PassphraseError, TokenError: the keys cannot be opened, or not be written.
    """
    ring, books = station.recipient_keys, station.books
    with books.transaction():
        # They are older, also where none of them has opened anything yet.
        _enter_listed(station)
    made = ring.add()
    station.record(Event.RECIPIENT_KEY_REQUESTED, actor=operator, recipient_sha256=made.digest)
    with books.transaction():
        books.add_own_key(made.digest, made.public, sender=TRUSTED)
    return made


def _enter_listed(station: OpenStation) -> None:
    listed = _listed(station)
    for key in station.recipient_keys.keys:
        if key.digest in listed:
            station.books.add_own_key(key.digest, key.public, sender=TRUSTED)


def erase_passed(station: OpenStation) -> None:
    """Erase every key that no bundle still to come can need; the log names each first.

    After a crash the next bundle finds the same keys once more.
    """
    ring = station.recipient_keys
    passed = [key.key for key in _passed(station)]
    there = {key.digest for key in ring.keys}
    for key in passed:
        if key in there:
            station.record(Event.RECIPIENT_KEY_ERASED, recipient_sha256=key)
    if passed:
        ring.erase(passed)
        with station.books.transaction():
            station.books.erase_own_keys(passed)


def announcement(station: OpenStation, sender: str, number: int) -> Announcement | None:
    """Return what the bundle *number* to *sender* announces: the newest key, fresh if it is due.

    None where there is no key yet but those of the trust data, to which *sender* seals then.
    """
    floor, replaces = _listed_ours(station)
    if not replaces:
        return None
    younger = [key for key in alive_keys(station) if key.sender == sender and key.place > floor]
    announced = _newest(key for key in younger if key.announcement)
    fresh = _newest(key for key in younger if not key.announcement)
    last = _last_opening(station, sender)
    if announced is not None and (fresh is None or announced.key not in last[0]):
        return Announcement.model_validate_json(announced.announcement or b"")
    if fresh is None:
        return None
    return Announcement(
        format=FORMAT,
        mode=station.config.mode,
        station=station.id,
        sender=sender,
        number=number,
        key=fresh.public,
        replaces=tuple(sorted(replaces)),
        answers=last[1],
    )


def signed(station: OpenStation, announced: Announcement | None) -> SignedAnnouncement | None:
    """Return *announced*, signed by this station's key; an older one, too, is signed anew."""
    if announced is None:
        return None
    namespace = station.trust.recipient_namespace
    data = sshsig.sign(announced.to_bytes(), namespace=namespace, signer=own_signer(station))
    return SignedAnnouncement(announcement=announced, signature=data.decode("ascii"))


def record_announced(station: OpenStation, announced: Announcement | None) -> None:
    """Leave the log entry for a key that is announced for the first time."""
    if announced is not None and not _was_announced(station, announced):
        station.record(
            Event.RECIPIENT_KEY_ANNOUNCED,
            recipient_sha256=announced.digest,
            route_from=station.id,
            route_to=announced.sender,
            seq=announced.number,
        )


def enter_announced(station: OpenStation, announced: Announcement | None) -> None:
    """Enter what is announced; call within the transaction that enters its bundle."""
    if announced is not None and not _was_announced(station, announced):
        station.books.announce_key(announced.digest, announced.number, announced.to_bytes())


def _was_announced(station: OpenStation, announced: Announcement) -> bool:
    return any(key.announcement and key.key == announced.digest for key in alive_keys(station))


def _listed(station: OpenStation) -> set[str]:
    """Return the keys that trust data names for this station."""
    trusted = station.trust.recipients
    return {key_digest(each.key) for each in trusted if each.station == station.id}


def _listed_ours(station: OpenStation) -> tuple[int, list[str]]:
    """Return the place of the youngest key that trust data names and is or was here, and all.

    A key that trust data names and nobody here has is another machine's: nothing stands in its
    place, and senders go on sealing to it as well.
    """
    listed = _listed(station)
    ours = [key for key in station.books.own_keys() if not key.sender and key.key in listed]
    return max((key.place for key in ours), default=0), [key.key for key in ours]


def _serving(station: OpenStation, ring: Ring, sender: str) -> list[str]:
    """Return the keys of the file that *sender* may seal to.

    Those in the books come as they are there, the oldest first, and then the unknown.
    """
    there = [key.digest for key in ring.keys]
    owners = {key.key: key.sender for key in station.books.own_keys() if key.key in there}
    known = [key for key, owner in owners.items() if owner in {TRUSTED, sender}]
    return [*known, *(key for key in there if key not in owners)]


def _opens(private: MLKEM1024P384PrivateKey, verified: VerifiedBundle) -> bool:
    sealed = verified.sealed
    try:
        unwrap(sealed.keys, private, digest=header_digest(sealed.header))
    except NotARecipientError:
        return False
    return True


def _none_opens(station: OpenStation, verified: VerifiedBundle) -> BundleError:
    if setback.was_restored(station):
        header = verified.header
        return RecipientKeyGoneError(seq=header.seq, sender=header.route.sender)
    return NotARecipientError(got=len(parse_wraps(verified.sealed.keys)))


def _make_ready(station: OpenStation, ring: Ring, sender: str, used: Sequence[str]) -> None:
    """See that there is a key to announce to *sender*, if one will be due and can be told."""
    if station.trust.route(station.id, sender) is None:
        return
    known = station.books.own_keys()
    unknown = {key.digest for key in ring.keys} - {key.key for key in known} - _listed(station)
    floor, _ours = _listed_ours(station)
    younger = [key for key in alive_keys(station) if key.sender == sender and key.place > floor]
    announced = _newest(key for key in younger if key.announcement)
    ready = unknown or any(not key.announcement for key in younger)
    if not ready and (announced is None or announced.key in used):
        ring.add()


def _newest(keys: Iterable[OwnKey]) -> OwnKey | None:
    return max(keys, key=lambda key: key.place, default=None)


def _last_opening(station: OpenStation, sender: str) -> tuple[set[str], Answered]:
    """Return which keys opened the newest bundle of *sender* that was taken, and which that was."""
    taken = station.books.sums_on(sender, station.id)
    openings = [each for each in station.books.openings(sender) if each[1].sums_sha256 in taken]
    if not openings:
        return set(), NOTHING_YET
    newest = openings[-1][1]
    keys = {key for key, opening in openings if opening == newest}
    return keys, Answered(seq=newest.seq, sums_sha256=newest.sums_sha256)


def _passed(station: OpenStation) -> Iterator[OwnKey]:
    """Yield the keys that are older than what was used last: by their sender, or by all."""
    keys = alive_keys(station)
    places = {key.key: key.place for key in keys}
    senders = {each.sender for each in station.trust.routes if each.receiver == station.id}
    reached = {
        sender: min((places[key] for key in _last_opening(station, sender)[0]), default=0)
        for sender in senders
    }
    by_all = min(reached.values(), default=0)
    for key in keys:
        if key.place < (reached.get(key.sender, 0) if key.sender else by_all):
            yield key
