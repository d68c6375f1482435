"""What the peers announced, and to which keys a bundle for one of them is sealed."""

from __future__ import annotations

from cryptography.hazmat.primitives.hpke import MLKEM1024P384PublicKey

from mediabridge.bundle.stages import OpenedBundle
from mediabridge.errors import RecipientKeyInvalidError
from mediabridge.locale import text
from mediabridge.stations import setback
from mediabridge.stations.books import PeerKey
from mediabridge.stations.exchanged import announced_by, stands_for
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event


def keys_for(station: OpenStation, receiver: str) -> list[MLKEM1024P384PublicKey]:
    """Return the keys that a bundle for *receiver* is sealed to now: its own, and the escrow's.

    The newest announcement stands in the place of the keys of the trust data that it names. When
    trust data names none of these any more, its officers have exchanged them: then the
    announcement counts for nothing, and the new keys are the first ones again.
    """
    listed = station.trust.recipients_for(receiver)
    announced = announced_by(station, receiver)
    if announced is None:
        return [each.public_key for each in listed]
    replaced = [each for each in listed if stands_for(announced, each)]
    if not replaced:
        return [each.public_key for each in listed]
    return [announced.public_key, *(each.public_key for each in listed if each not in replaced)]


def check(station: OpenStation, opened: OpenedBundle) -> None:
    """See that what *opened* announces answers what was sent from here; its rest was checked.

    Raises:
        RecipientKeyInvalidError: it answers another bundle of a number that is known here.
    """
    signed = opened.manifest.recipient
    # A station that came from a backup does not know for sure what it sent under a number.
    if signed is None or setback.was_restored(station):
        return
    answered = signed.announcement.answers
    peer = signed.announcement.station
    sent = station.books.between(station.id, peer, answered.seq, answered.seq)
    if any(row.sums_sha256 != answered.sums_sha256 for row in sent):
        raise RecipientKeyInvalidError(detail=text("it answers a bundle that was not sent here"))


def accept(station: OpenStation, opened: OpenedBundle) -> None:
    """Keep the key that *opened* announces, if it is newer than the one that is known.

    A repetition, or an older one, changes nothing.
    """
    signed = opened.manifest.recipient
    if signed is None:
        return
    found = signed.announcement
    known = station.books.peer_key(found.station)
    if known is not None and found.number <= known.number:
        return
    station.record(
        Event.RECIPIENT_KEY_ACCEPTED,
        recipient_sha256=found.digest,
        route_from=found.station,
        route_to=station.id,
        seq=found.number,
    )
    with station.books.transaction():
        kept = PeerKey(found.number, found.to_bytes(), signed.signature)
        station.books.set_peer_key(found.station, kept)
