"""Putting a stick in order: what was begun and not finished, and what has arrived.

Both begin with what the books say, not with what lies on the stick. By itself a station
touches only bundles that it wrote; :func:`erase` of others is an officer's decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mediabridge.errors import ApprovalDeclinedError
from mediabridge.locale import n_
from mediabridge.media import erasing, policy, strangers, tree, writing
from mediabridge.media.policy import Use
from mediabridge.media.states import MediumState
from mediabridge.media.strangers import Strangers
from mediabridge.media.trips import CarriageState
from mediabridge.stations.books import BundleState
from mediabridge.stations.officers import officer_of
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import mending, returning
from mediabridge.stations.sticks.visits import Visit, allow, finish, watched
from mediabridge.translog.events import Event
from mediabridge.translog.recovery import Recovery
from mediabridge.trust.signers import Signer

_NO_STRANGERS: Final = Strangers()


def mend(station: OpenStation, visit: Visit) -> None:
    """Have the file system repaired if a pull left it unsound; before every writing.

    Raises:
        BadFilesystemError: it cannot be repaired.
    """
    with watched(station, visit):
        mended = visit.slot.mend()
    if mended:
        mending.note_mended(station, visit.medium)


def broke_off(station: OpenStation, bundle: str) -> bool:
    """Tell whether an earlier writing of *bundle* did not come to its end."""
    copies = station.books.media.carriages(bundle=bundle)
    return any(copy.state.is_unfinished for copy in copies)


def mention_interrupted(station: OpenStation, bundle: str) -> list[str]:
    """Note in the log that earlier attempts at *bundle* were interrupted; return the media.

    To be called before *bundle* is written again.
    """
    open_ones = station.books.media.carriages(bundle=bundle, state=CarriageState.WRITING)
    for carriage in open_ones:
        facts: dict[str, Any] = {"medium": carriage.medium} if carriage.medium else {}
        station.record(
            Event.JOURNEY_RECOVERED, bundle=bundle, reason=Recovery.WRITE_INTERRUPTED, **facts
        )
    with station.books.transaction():
        for carriage in open_ones:
            station.books.media.fail_carriage(
                bundle, carriage.medium, station.now(), Recovery.WRITE_INTERRUPTED
            )
            if carriage.medium:
                station.books.media.note_repair(carriage.medium)
    return [carriage.medium for carriage in open_ones]


def remove_unfinished(station: OpenStation, visit: Visit) -> list[str]:
    """Take copies off the stick that were begun and not finished; return their bundles.

    A copy that is to be written again here is left to the writing, which replaces it.
    """
    waiting = {row.bundle for row in station.books.bundles_in(BundleState.APPROVED)}
    leftovers = [bundle for bundle in _unfinished_on(station, visit) if bundle not in waiting]
    if leftovers:
        mend(station, visit)
        for bundle in leftovers:
            station.record(
                Event.JOURNEY_RECOVERED,
                bundle=bundle,
                reason=Recovery.UNFINISHED_COPY_REMOVED,
                **visit.facts,
            )
        with (
            watched(station, visit, MediumState.WRITING),
            visit.slot.mounted(write=True) as folder,
        ):
            tree.check_folders(folder)
            for bundle in leftovers:
                writing.remove_bundle(folder, bundle)
        with station.books.transaction():
            for bundle in leftovers:
                # Not forgotten: whoever had the stick meanwhile may have a copy.
                station.books.media.erase_carriage(bundle, visit.medium, station.now())
    return leftovers


def _unfinished_on(station: OpenStation, visit: Visit) -> list[str]:
    copies = station.books.media.not_erased(visit.medium)
    return [copy.bundle for copy in copies if copy.state.is_unfinished]


def settle(station: OpenStation, visit: Visit, *, operator: str) -> list[str]:
    """Compare the stick with what the books say is on it, and erase what the peer answered.

    Where the receipt is in, the copy on the stick has done its work. A
    stick that is write-protected keeps it: what it brought was taken in all the same.

    Returns:
        The bundles that were erased.

    Raises:
        ReadBackError: the stick forgot what had been read back from it.
    """
    if visit.medium and not returning.copies(station, visit):
        return []
    with visit.slot.mounted() as folder:
        parts, whole = set(tree.copies_on(folder)), set(tree.whole_on(folder))
    returning.compare(station, visit, whole, parts)
    known = [row for row in map(station.books.bundle, parts) if row is not None]
    known.sort(key=lambda row: row.seq)
    delivered = [row.bundle for row in known if row.state is BundleState.DELIVERED]
    if policy.judge_use(visit.identity, visit.slot.device, Use(writes=True)) is not None:
        return []
    return erase(station, visit, delivered, operator=operator)


@dataclass(frozen=True)
class Erasable:
    """What an officer is asked about before a stick is erased."""

    visit: Visit
    bundles: list[str]
    """Every bundle on it, whoever wrote it."""
    on_their_way: int
    """How many of them are this station's own and have not arrived as far as it knows."""
    strangers: Strangers
    """What lies beside them in the exchange folder; it goes with them."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to erase."""
        return not (self.bundles or self.strangers.foreign or self.strangers.droppings)


def erase_all(
    station: OpenStation,
    find: Callable[[], Visit],
    officer: Signer,
    *,
    agreed: Callable[[Erasable], bool],
) -> tuple[Erasable, bool]:
    """Erase every bundle on the stick that *find* finds, received or not, and let it go.

    What does not belong in the exchange folder, and what desktops left there, goes as well.

    Returns:
        What was erased, and whether the stick may be pulled out.

    Raises:
        SignerUnknownError, SignerRoleError: the key is not that of an officer.
        ApprovalDeclinedError: there is something on it, and it was not *agreed* to.
        MediumError: the stick cannot be written, or failed.
    """
    person = officer_of(station, officer)
    visit = find()
    allow(station, visit, Use(writes=True))
    # An erasing that broke off may have left folders that cannot be read.
    mend(station, visit)
    with visit.slot.mounted() as folder:
        bundles = tree.copies_on(folder)
        found = strangers.found_on(folder, besides=bundles)
    under_way = {row.bundle for row in station.books.bundles_in(BundleState.WRITTEN)}
    erasable = Erasable(visit, bundles, len(under_way.intersection(bundles)), found)
    if not (erasable.is_empty or agreed(erasable)):
        raise ApprovalDeclinedError
    erase(station, visit, bundles, operator=person.name, beside=found)
    return erasable, finish(station, visit)


def erase(
    station: OpenStation,
    visit: Visit,
    bundles: list[str],
    *,
    operator: str,
    beside: Strangers = _NO_STRANGERS,
) -> list[str]:
    """Overwrite, read back and delete *bundles* on the stick; log before and after.

    One that has not arrived yet, and is on no other stick, is to be written again. What lies
    *beside* them goes first; the log counts it and has none of its names.
    """
    others = bool(beside.foreign or beside.droppings)
    if not (bundles or others):
        return []
    mend(station, visit)
    facts = {**visit.facts, "bundles": bundles[:64], "bundle_count": len(bundles)}
    if others:
        facts |= {"foreign": len(beside.foreign), "droppings": len(beside.droppings)}
    station.record(Event.MEDIUM_ERASING, actor=operator, **facts)
    with (
        watched(station, visit, MediumState.ERASING, bundle_count=len(bundles)),
        visit.slot.mounted(write=True) as folder,
    ):
        tree.check_folders(folder)
        station.progress.start(n_("Erasing from the medium"), erasing.size_of(folder, bundles))
        erased = strangers.remove(folder, beside, erasing.erase_name)
        erased += erasing.erase(folder, bundles, progress=station.progress.advance)
    station.record(Event.MEDIUM_ERASED, actor=operator, **facts, bytes=erased)
    with station.books.transaction():
        for bundle in bundles:
            station.books.media.erase_carriage(bundle, visit.medium, station.now())
            returning.await_writing(station, bundle)
    return bundles
