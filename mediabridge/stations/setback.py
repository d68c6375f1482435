"""A station that came from a backup, and whether its peers know more of it than it does itself.

Whoever is set back would give out numbers a second time, and continue a log that a peer holds
longer. So nothing is signed for a peer until a bundle of that peer, sealed after the
restoring, has told how much of our log it holds and which of our numbers it saw. If that is no
more than the backup had, the state ends by itself; but a stick from before may still be on its
way, so the numbers are compared on until the peer has seen our log beyond the restoring.
Otherwise the missing numbers are named, what the peer sends is taken all the same, and nothing
is signed for it until officers of this city have declared the numbers void
(:func:`draft_continuing`); the state ends when the peer's log says that it has their
statement. The books know it as facts: how long the log was in the backup, where the log says
that the station was restored, which numbers are missing, the head of the chain that the peer
has, and up to which number officers have signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.errors import (
    LogSectionError,
    NotVoidableError,
    StationRestoredError,
)
from mediabridge.locale import text
from mediabridge.stations import compared
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Entry, Event, Fact

if TYPE_CHECKING:
    from mediabridge.bundle.stages import OpenedBundle
    from mediabridge.stations.voiding import Draft
    from mediabridge.trust.signers import Signer
    from mediabridge.verify.void import SignedVoid

_ENTRY: Final = "restored-entry"
_ARRIVED: Final = frozenset({Event.BUNDLE_VERIFIED, Event.BUNDLE_PARKED})
"""What a receiver's log says of a number that it has seen, whatever became of it then."""


def mark(station: OpenStation, log_size: int, entry: int) -> None:
    """Note in the books of a restored station that it has to be compared with each receiver.

    *log_size* is how long its log was in the backup, *entry* the index of ``station-restored``.
    """
    with station.books.transaction():
        station.books.set_fact(_ENTRY, entry)
        for route in station.trust.routes:
            if route.sender == station.id:
                # The backup may be from before an earlier restoring was settled with this receiver.
                held = compared_from(station, route.receiver) or log_size
                station.books.set_fact(compared.restored(route.receiver), min(held, log_size))


def was_restored(station: OpenStation) -> bool:
    """Tell whether this station ever came from a backup, so that it may lack newer keys."""
    return station.books.fact(_ENTRY) != 0


def waiting_for(station: OpenStation) -> list[str]:
    """Return the peers that this restored station has still to be compared with."""
    routes = station.seen_trust.routes
    receivers = {route.receiver for route in routes if route.sender == station.id}
    return sorted(peer for peer in receivers if compared.held_back(station, peer))


def compared_from(station: OpenStation, peer: str) -> int:
    """Return from which entry on the log of *peer* may know another one of ours; else 0.

    That is so a while longer than nothing is signed: until :func:`confirmed`.
    """
    return compared.held_back(station, peer) or station.books.fact(compared.doubted(peer))


def confirmed(station: OpenStation, peer: str, size: int) -> None:
    """Note that *peer* has seen *size* entries of our log as they are: no old one fits any more."""
    if station.books.fact(compared.doubted(peer)) and size > station.books.fact(_ENTRY):
        with station.books.transaction():
            station.books.set_fact(compared.doubted(peer), 0)


def report(station: OpenStation) -> None:
    """Say at the end of an import which numbers are missing here, if any are.

    Raises:
        StationSetBackError: a peer knows more, and officers have not declared it void yet.
    """
    for peer in waiting_for(station):
        if station.books.fact(compared.last(peer)):
            compared.require_compared(station, peer)


def compare(station: OpenStation, opened: OpenedBundle) -> None:
    """Find out by a bundle of a peer, before it is taken, whether the peer knows more.

    Numbers that it has and this station lacks get into the log and the books; the bundle
    itself is taken like any other.
    """
    peer = opened.verified.header.route.sender
    held = compared_from(station, peer)
    if not held:
        return
    fact, own = station.books.fact, dict(station.books.on_route(station.id, peer))
    seen = [each for each in _seen(station, opened) if own.get(each.seq) != each.sums]
    last = max((each.seq for each in seen), default=0)
    unseen = compared.held_back(station, peer) and not fact(compared.last(peer))
    if not last and unseen and opened.manifest.log.peer_size > held:
        # It holds entries that we lack, though no number: at least the next one is not ours.
        last = max(own, default=0) + 1
    first = min([fact(compared.first(peer)) or last, *(each.seq for each in seen)])
    head = _head_of(station, peer, first, seen)
    # Officers who signed before the peer could tell may have named another head than it has.
    guessed = (
        last
        and not fact(compared.known_by(peer))
        and head != station.books.kept_text(compared.head(peer))
    )
    if last > fact(compared.last(peer)) or guessed:
        _note(station, opened, first, max(last, fact(compared.last(peer))), head)


def draft_continuing(station: OpenStation, peer: str, *, unheard: bool = False) -> Draft:
    """Draw up the statement with which this station goes on after the missing numbers.

    *unheard* says that *peer* came from a backup as well, so that it cannot tell before it was
    told. The next number is passed then, since it may have been given out; what more *peer* knows
    it tells in its answer.

    Raises:
        StationRestoredError: *peer* has not told what it knows, and *unheard* is not set.
        NotVoidableError: this station was not restored, or *peer* has the statement already.
    """
    # Every status asks whether a station was set back; hardly any was.
    from mediabridge.stations import voiding  # noqa: PLC0415

    fact, held = station.books.fact, compared.held_back(station, peer)
    if not held:
        following = voiding.route_state(station, peer).next_seq
        raise NotVoidableError(seq=following, detail=text("this station was not set back"))
    if fact(compared.last(peer)):
        numbers = fact(compared.first(peer)), fact(compared.last(peer))
        prev = station.books.kept_text(compared.head(peer))
    elif unheard:
        numbers, prev = _next_number(station, peer)
    else:
        raise StationRestoredError(peer=peer)
    return voiding.draft_restored(station, peer, numbers, prev, held)


def _next_number(station: OpenStation, peer: str) -> tuple[tuple[int, int], str]:
    """Return the number to pass, and its ``prev``: those of a statement that was interrupted."""
    from mediabridge.stations import voiding  # noqa: PLC0415 - as above

    state, held = voiding.route_state(station, peer), compared.held_back(station, peer)
    for signed in station.books.voids(station.id, peer, waiting=True):
        earlier = signed.statement
        if earlier.log and (earlier.log.size, earlier.last) == (held, state.seq):
            return (earlier.first, earlier.last), earlier.prev
    return (state.next_seq, state.next_seq), state.sums_sha256


def continue_after(
    station: OpenStation, peer: str, drawn: Draft, officers: Sequence[Signer]
) -> SignedVoid:
    """Have *officers* sign *drawn*; from then on this station signs for *peer* again.

    Raises:
        MediabridgeError: as :func:`~mediabridge.stations.voiding.declare`.
    """
    from mediabridge.stations import voiding  # noqa: PLC0415 - as above

    signed = voiding.declare(station, drawn, officers)
    with station.books.transaction():
        if not station.books.fact(compared.last(peer)):
            _enter_missing(station, peer, signed.statement.first, signed.statement.last)
            station.books.keep_text(compared.head(peer), signed.statement.prev)
        station.books.set_fact(compared.signed(peer), station.books.fact(compared.last(peer)))
    return signed


def end(station: OpenStation, peer: str) -> None:
    """End the state: *peer* has the officers' statement, so both logs and numbers agree."""
    with station.books.transaction():
        over = (
            compared.restored,
            compared.doubted,
            compared.first,
            compared.last,
            compared.known_by,
            compared.signed,
        )
        for fact in over:
            station.books.set_fact(fact(peer), 0)
        station.books.keep_text(compared.head(peer), "")


def is_missing(station: OpenStation, peer: str, seq: int) -> bool:
    """Tell whether *seq* is a number for *peer* that this station lost when it was restored."""
    fact = station.books.fact
    signed = station.books.voids(station.id, peer)
    lost = [each.statement.on_route for each in signed if each.statement.log]
    known = bool(compared.held_back(station, peer)) and fact(compared.first(peer)) <= seq <= fact(
        compared.last(peer)
    )
    return known or any(void.covers(seq) for void in lost)


def _note(station: OpenStation, opened: OpenedBundle, first: int, last: int, head: str) -> None:
    """Keep which numbers are missing, and by which bundle that is known; the log says so first."""
    header = opened.verified.header
    peer = header.route.sender
    station.record(
        Event.STATION_SET_BACK,
        route_from=station.id,
        route_to=peer,
        bundle=header.bundle,
        first=first,
        last=last,
        sums=head,
    )
    with station.books.transaction():
        station.books.set_fact(compared.restored(peer), compared_from(station, peer))
        _enter_missing(station, peer, first, last)
        station.books.set_fact(compared.known_by(peer), header.seq)
        station.books.set_fact(compared.signed(peer), 0)
        station.books.keep_text(compared.head(peer), head)


def _enter_missing(station: OpenStation, peer: str, first: int, last: int) -> None:
    station.books.set_fact(compared.first(peer), first)
    station.books.set_fact(compared.last(peer), last)


def settle(station: OpenStation, opened: OpenedBundle) -> None:
    """End the state when *opened*, which is being taken, was sealed after the restoring.

    An older one proves nothing: what the peer learnt after sealing it is not in it.
    """
    header = opened.verified.header
    peer = header.route.sender
    held = compared.held_back(station, peer)
    if (
        not held
        or station.books.fact(compared.last(peer))
        or header.created < _restored_at(station)
    ):
        return
    station.record(
        Event.STATION_COMPARED,
        route_from=station.id,
        route_to=peer,
        bundle=header.bundle,
        log_size=held,
    )
    with station.books.transaction():
        station.books.set_fact(compared.restored(peer), 0)
        station.books.set_fact(compared.doubted(peer), held)


@dataclass(frozen=True)
class _Seen:
    """One of our numbers that the peer's log names, and whether it was applied there."""

    seq: int
    sums: str
    applied: bool


def _seen(station: OpenStation, opened: OpenedBundle) -> list[_Seen]:
    """Return our numbers that the peer's part of its log says it verified, applied or not.

    That part may not continue the copy here, which is why it is read before it is checked: the
    peer and its officers signed the bundle that it came in.
    """
    peer, ours = opened.verified.header.route.sender, {}
    applied: set[Fact] = set()
    for entry in _entries(opened):
        facts, bundle = entry.facts, entry.facts.get("bundle", "")
        route = (facts.get("route_from"), facts.get("route_to"))
        seq, sums = facts.get("seq"), facts.get("sums")
        if entry.event is Event.BUNDLE_APPLIED:
            applied.add(bundle)
        elif entry.event in _ARRIVED and route == (station.id, peer) and isinstance(seq, int):
            ours[bundle] = seq, str(sums)
    return [_Seen(*place, bundle in applied) for bundle, place in ours.items()]


def _entries(opened: OpenedBundle) -> Iterator[Entry]:
    from mediabridge.translog.section import EntryLines  # noqa: PLC0415 - as above

    peer, carried = opened.verified.header.route.sender, opened.manifest.log
    for data in EntryLines(lambda: opened.files[carried.file].open("rb")):
        try:
            yield events.parse(data, peer)
        except ValueError as error:
            raise LogSectionError(detail=str(error)) from None


def _head_of(station: OpenStation, peer: str, first: int, seen: Iterable[_Seen]) -> str:
    """Return the head of the chain that *peer* has: of its newest of our bundles."""
    applied = max(((each.seq, each.sums) for each in seen if each.applied), default=None)
    if applied is not None:
        return applied[1]
    own = (each for each in station.books.on_route(station.id, peer) if each[0] < first)
    return station.books.kept_text(compared.head(peer)) or max(own, default=(0, FIRST_PREV))[1]


def _restored_at(station: OpenStation) -> str:
    index = station.books.fact(_ENTRY)
    (data,) = station.log.entries(index, index + 1)
    return events.parse(data, station.id).time
