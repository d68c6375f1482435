"""Write: an approved bundle goes onto a medium, and every byte is read back from it.

The books know which copy is on which stick (``carriages``): a copy that was begun and
not finished, because the stick was pulled out or the power went, is removed or written
again at the next visit of any stick, and the log says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.bundle.spare import write_spare
from mediabridge.bundle.stages import SealedBundle
from mediabridge.bundle.statements import Deed, InHand
from mediabridge.config import MIB, SLOW_FROM_BYTES, SLOW_RATIO, TRIP_MINUTES
from mediabridge.errors import (
    ForeignFilesError,
    HashMismatchError,
    MediumError,
    MediumFullError,
    OutboxChangedError,
    ReadBackError,
)
from mediabridge.locale import n_
from mediabridge.media import staging, strangers, writing
from mediabridge.media.policy import Use
from mediabridge.media.states import MediumState
from mediabridge.media.strangers import Strangers
from mediabridge.stations import compared, removed
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk, custody_facts
from mediabridge.stations.outgoing import approvals, attaching, outbox, prepared
from mediabridge.stations.outgoing.approving import outgoing
from mediabridge.stations.outgoing.sealing import route_facts
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import custody, returning, tidying
from mediabridge.stations.sticks.visits import Visit, allow, note_droppings, watched
from mediabridge.translog.events import Event
from mediabridge.verify import Examination, Expectation, Verdict
from mediabridge.verify.signatures import check_count
from mediabridge.verify.verdict import Step


def write_bundle(station: OpenStation, row: BundleRow, visit: Visit, clerk: AtDesk) -> BundleRow:
    """Copy *row*'s bundle and the trust data to the stick, read back, note it; return its new row.

    The station examines its own copy exactly as the receiver will: what is signed comes
    first, and the content is hashed on its way to the stick, before the signatures follow.

    Raises:
        StationRestoredError, StationSetBackError: its number may have been given to another.
        CopyRemovedError: it has arrived long ago, and the retention rule has let it go.
        ApprovalMissingError, ApprovalsTooFewError: it may not leave yet.
        TreeLinkError: a folder on the medium is a link that leads elsewhere.
        HashMismatchError: the station's own copy has gone bad; it was removed from the stick.
        ForeignFilesError: the receiver would refuse the stick for what else lies there.
        MediumError: the medium cannot take it; nothing counts as written.
    """
    compared.require_compared(station, row.receiver)
    removed.require_copy(station, row)
    row = approvals.settle(station, row)
    signed = examine(station, row)
    if layout.PARITY_INDEX in signed:
        # Approvals came and went since it was sealed: the copy of them is made anew.
        write_spare(station.home.outbox / row.bundle)
    allow(station, visit, Use(writes=True, sender=row.sender, receiver=row.receiver))
    _begin(station, row, visit, clerk)
    copied = _Copying(station, row, visit, signed).run()
    station.record(
        Event.BUNDLE_WRITTEN,
        actor=clerk.name,
        **route_facts(row),
        **visit.facts,
        bytes=copied.written.bytes,
    )
    with station.books.transaction():
        now = station.books.bundle(row.bundle)
        if now is not None and now.state is BundleState.APPROVED:
            station.books.set_state(row.bundle, BundleState.WRITTEN)
        _note_written(station, row, visit, copied)
    note_droppings(station, visit, copied.strangers)
    _mention_speed(station, visit, copied)
    return outgoing(station, row.bundle)


@dataclass(frozen=True)
class _Copied:
    """What writing and reading back took, and what lies beside the copy."""

    written: writing.Transfer
    read: writing.Transfer
    strangers: Strangers


@dataclass(frozen=True)
class _Copying:
    """One bundle on its way onto one stick: write, unmount, mount again, read back."""

    station: OpenStation
    row: BundleRow
    visit: Visit
    signed: Mapping[str, str]

    def run(self) -> _Copied:
        """Write and read back; a copy that is bad or reads back differently is removed."""
        facts = {"bundle": self.row.bundle}
        try:
            with watched(self.station, self.visit, MediumState.WRITING, **facts):
                written = self._write()
            with watched(self.station, self.visit, MediumState.CHECKING, **facts):
                return self._read_back(written)
        except (HashMismatchError, ReadBackError):
            self._remove()
            raise
        except ForeignFilesError as error:
            self._remove()
            self._close(error)
            raise
        except MediumFullError as error:
            self._close(error)
            raise

    @property
    def _source(self) -> Path:
        return self.station.home.outbox / self.row.bundle

    def _write(self) -> writing.Transfer:
        progress = self.station.progress
        with self.visit.slot.mounted(write=True) as folder:
            # Before anything is written: a stick that would be refused keeps what it has.
            strangers.check(folder, besides=self._replaced())
            size = size_of(self._source)
            progress.start(n_("Writing to the medium"), size)
            # Before the trust data, too, and for the same reason.
            needed = size + writing.tree_size(self.station.trust_copy)
            writing.make_room(folder, self.row.bundle, needed)
            writing.write_tree(self.station.trust_copy, folder)
            return writing.write_bundle(
                self._source, folder, signed=self.signed, progress=progress.advance
            )

    def _read_back(self, written: writing.Transfer) -> _Copied:
        """Compare every byte, then look at the stick as the receiver will before it takes any."""
        progress = self.station.progress
        with self.visit.slot.mounted() as folder:
            progress.start(n_("Reading back from the medium"), size_of(self._source))
            writing.read_back_tree(self.station.trust_copy, folder)
            read = writing.read_back(self._source, folder, progress=progress.advance)
            found = strangers.check(folder, besides=self._replaced() - {self.row.bundle})
            return _Copied(written, read, found)

    def _replaced(self) -> set[str]:
        """Return the bundles of which this journey replaces whatever lies on the stick."""
        waiting = self.station.books.bundles_in(BundleState.APPROVED)
        return {self.row.bundle, *(row.bundle for row in waiting)}

    def _close(self, error: MediumError) -> None:
        """Close the copy: nobody interrupted it, and the stick needs no repair."""
        books, row = self.station.books, self.row
        with books.transaction():
            books.media.fail_carriage(
                row.bundle, self.visit.place, self.station.now(), error.reason
            )

    def _remove(self) -> None:
        """Take the bad copy off the stick if that still works; the books call it unfinished."""
        try:
            with self.visit.slot.mounted(write=True) as folder:
                writing.remove_bundle(folder, self.row.bundle)
        except MediumError as error:
            self.station.record(
                Event.MEDIUM_FAILED,
                reason=error.reason,
                bundle=self.row.bundle,
                **self.visit.facts,
            )


def _begin(station: OpenStation, row: BundleRow, visit: Visit, clerk: AtDesk) -> None:
    """Say that the copy begins: trip, log, books; what an earlier attempt left is named."""
    # First of all: without the signature of whoever carries it nothing is begun.
    what = InHand(row.bundle, row.sums_sha256, visit.place)
    carried = custody_facts(station, clerk, Deed.CARRIED, what)
    tidying.mention_interrupted(station, row.bundle)
    tidying.mend(station, visit)
    if visit.medium and station.books.media.open_trip(visit.medium) is None:
        route = (row.sender, row.receiver)
        custody.issue(station, visit.medium, to=clerk.name, route=route, minutes=TRIP_MINUTES)
    facts = {**route_facts(row), **visit.facts, **carried}
    station.record(Event.BUNDLE_RELEASED, actor=clerk.name, **facts)
    with station.books.transaction():
        station.books.media.begin_carriage(row.bundle, visit.place, station.now())
        # The whole copy that was there, if one was, is the first thing the writing removes.
        returning.await_writing(station, row.bundle)


def _note_written(station: OpenStation, row: BundleRow, visit: Visit, copied: _Copied) -> None:
    register = station.books.media
    register.finish_carriage(row.bundle, visit.place, station.now())
    if visit.medium:
        register.note_written(visit.medium, copied.written.bytes, copied.written.speed)
        register.note_read(visit.medium, copied.read.speed)
        register.bind_bundle(visit.medium, row.bundle)


def _mention_speed(station: OpenStation, visit: Visit, copied: _Copied) -> None:
    """Say that the stick has become slow; a small bundle measures latency, not speed."""
    if visit.identity is None or copied.written.bytes < SLOW_FROM_BYTES:
        return
    wanted, got = visit.identity.write_speed, copied.written.speed
    if got < wanted * SLOW_RATIO:
        station.tell(
            MediumState.SLOW,
            medium=visit.medium,
            got=f"{got / MIB:.1f}",
            wanted=f"{wanted / MIB:.1f}",
        )


def examine(station: OpenStation, row: BundleRow) -> Mapping[str, str]:
    """Examine the outbox copy as the receiver will; return the hash each file must have.

    Raises:
        MediabridgeError: the first check that failed; the receiver would refuse it.
    """
    attaching.attach(station, row)
    try:
        sealed = _in_outbox(outbox.folder(station, row.bundle))
    except OSError as error:
        raise OutboxChangedError(bundle=row.bundle, name=str(error.strerror)) from None
    verdict = Verdict()
    with verdict.check(Step.TREE, "outbox"):
        pass
    expectation = Expectation(now=station.clock.now(), mode=station.config.mode)
    signed = Examination(sealed, station.trust, expectation, verdict).verify_signed()
    prepared.check(station, row)
    # The receiver will, as soon as it has opened the bundle and knows what is inside.
    route = station.trust.route(row.sender, row.receiver)
    check_count(
        signed.approvers, route.approvals_for(prepared.summary_of(row).carried) if route else 0
    )
    return signed.digests


def _in_outbox(folder: Path) -> SealedBundle:
    """Return a bundle folder on the station's own disk as a sealed bundle, not yet hashed."""
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    return staging.sealed_from(folder.name, folder, dict.fromkeys(sizes, ""), sizes)


def size_of(folder: Path) -> int:
    """Return the bytes in a bundle folder on the station's own disk."""
    return sum(path.stat().st_size for path in folder.iterdir())
