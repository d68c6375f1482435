"""What every station does with what it receives: stage, verify, open, take.

One bundle is one pass through the steps of format 1, section 9. What "take" means is
the one difference between the stations, and is given as a :class:`Taker`: the
registry side applies to the registry, the LGWAN side delivers to a folder.

Any refusal ends in :func:`_refused`: staging and quarantine are emptied, the log
gets one entry, and the error goes on upwards with its verdict.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn, Protocol

from mediabridge.bundle import layout
from mediabridge.bundle.header import Header, parse_header
from mediabridge.bundle.opening import Unpacked, decrypt
from mediabridge.bundle.stages import OpenedBundle, SealedBundle, VerifiedBundle
from mediabridge.bundle.statements import Deed, InHand
from mediabridge.errors import (
    AlreadyAppliedError,
    BundleError,
    BundleParkedError,
    KeyFileError,
    LogSectionError,
    MediabridgeError,
    NothingOnMediumError,
    OrderError,
    SequenceGapError,
    TrustOlderError,
)
from mediabridge.locale import n_, text
from mediabridge.media import staging, strangers, tree
from mediabridge.media.policy import Use
from mediabridge.media.states import MediumState
from mediabridge.stations import setback
from mediabridge.stations.clerks import AtDesk, custody_facts
from mediabridge.stations.expiry import check_trust_in_time
from mediabridge.stations.held_clock import Evidence
from mediabridge.stations.incoming import parking, receipts, voids
from mediabridge.stations.reading import check_records
from mediabridge.stations.rotation import own, peers
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import following
from mediabridge.stations.sticks.visits import (
    Visit,
    allow,
    note_droppings,
    note_mended,
    true_cause,
    watched,
)
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog import note, section
from mediabridge.translog.cosignature import Cosigned, WitnessKey
from mediabridge.translog.events import Event, Fact
from mediabridge.translog.mirror import Beginning
from mediabridge.translog.section import EntryLines, LogSection, VerifiedSection
from mediabridge.verify import Examination, Expectation, RouteState, Verdict, show_mended
from mediabridge.verify.contents import check_counted
from mediabridge.verify.order import is_repetition, to_examine
from mediabridge.verify.verdict import Step
from mediabridge.verify.witness import Witnessing


@dataclass(frozen=True)
class Taken:
    """What became of one bundle: its verdict, and the outcome of its records."""

    bundle: str
    sender: str
    seq: int
    verdict: Verdict
    outcomes: dict[str, int]
    receipts: int
    older_trust: int | None
    """The version of the stick's trust data where it was older than ours, and not used."""
    tables: Sequence[Mapping[str, str]]
    """Which tables its records were judged by: the provenance of each."""


class Taker(Protocol):
    """Where a verified bundle's records go, and what was taken before."""

    def route_state(self, sender: str) -> RouteState:
        """Return what was taken from *sender* so far."""

    def records_taken(self, sender: str, seq: int) -> int:
        """Return how many records came with the bundle *seq* of *sender*; 0 for none."""

    def take(self, opened: OpenedBundle, operator: str) -> dict[str, int]:
        """Take all records or none and issue the receipt (step 10).

        Returns the number of records per result.
        """


def import_medium(
    station: OpenStation, taker: Taker, visit: Visit, clerk: AtDesk
) -> Generator[Taken, None, None]:
    """Take every new bundle for this station on the stick, in order, and yield each outcome.

    What came before a bundle that is missing is kept, and taken as soon as that one is; what
    was kept at earlier visits goes first. The first refusal ends it; bundles taken before it
    stay taken. The stick is mounted read-only for as long as something is taken from it.

    Raises:
        NothingOnMediumError: no bundle on the medium is meant for this station.
        AlreadyAppliedError: all that are meant for it were taken before.
        BundleParkedError: one is missing before others that are kept now.
        WrongDirectionError: the stick is not meant for what is on it.
        MediabridgeError: the refusal, with its ``verdict``.
    """
    station.home.empty_work()
    with watched(station, visit, MediumState.READING), visit.slot.mounted() as medium:
        yield from _import_from(station, taker, visit, medium, clerk)


def _import_from(
    station: OpenStation, taker: Taker, visit: Visit, medium: Path, clerk: AtDesk
) -> Iterator[Taken]:
    yield from _take_parked(station, taker, visit, medium, clerk)
    names = _names_on(station, visit, medium, clerk.name)
    _note_droppings(station, visit, medium)
    fresh = [name for name in names if not _taken_before(taker, medium, name)]
    if not fresh:
        raise _repeated(station, medium, names[-1])
    repeated: list[AlreadyAppliedError] = []
    early: list[str] = []
    for name in fresh:
        try:
            taken = _Import(station, taker, visit, medium, clerk).run(name)
        except AlreadyAppliedError as error:
            # A copy under another name, perhaps of what this very run took.
            repeated.append(error)
        except BundleParkedError:
            early.append(name)
        else:
            yield taken
        # What was just taken, or a statement that was just brought, may have closed a gap.
        yield from _take_parked(station, taker, visit, medium, clerk)
    for header in parking.kept(station):
        if header.bundle in early:
            raise parking.missing_before(station, header, taker.route_state)
    if len(repeated) == len(fresh):
        raise repeated[-1]


def _take_parked(
    station: OpenStation, taker: Taker, visit: Visit, medium: Path, clerk: AtDesk
) -> Iterator[Taken]:
    """Take what was kept and is next by now, one after the other."""
    parking.tidy(station, taker.route_state)
    while (name := parking.due(station, taker.route_state)) is not None:
        try:
            taken = _FromParked(station, taker, visit, medium, clerk).run(name)
        except (BundleError, OrderError) as error:
            # It will not become better by lying here; another copy may be good.
            parking.remove(station, name, error.reason)
            raise
        parking.tidy(station, taker.route_state)
        yield taken


def _names_on(station: OpenStation, visit: Visit, medium: Path, operator: str) -> list[str]:
    """Return the bundles on *medium* that somebody else sent, when the stick may carry them."""
    try:
        names = candidates(station, medium)
    except BundleError as error:
        if visit.slot.is_present():
            station.record(Event.BUNDLE_REFUSED, actor=operator, reason=error.reason, **visit.facts)
        raise
    if not names:
        raise NothingOnMediumError(wanted=station.id)
    allow(station, visit, Use(receiver=station.id))
    return names


def _note_droppings(station: OpenStation, visit: Visit, medium: Path) -> None:
    """Say what is passed over; a medium that changed meanwhile is refused where that counts."""
    with suppress(BundleError):
        found = strangers.found_on(medium)
        if found.droppings:
            note_droppings(station, visit, found)
            station.tell(MediumState.READING, medium=visit.shown)


def candidates(station: OpenStation, medium: Path) -> list[str]:
    """Return the bundles on *medium* that this station did not write itself, by number."""
    claimed = {name: _claimed_header(medium, name) for name in tree.bundles_on(medium)}
    return to_examine(claimed, station.id)


def _claimed_header(medium: Path, name: str) -> Header | None:
    try:
        return parse_header(staging.read_small(medium, name, layout.HEADER))
    except MediabridgeError:
        return None


def _taken_before(taker: Taker, medium: Path, name: str) -> bool:
    try:
        sums = staging.read_small(medium, name, layout.SUMS)
        header = staging.read_small(medium, name, layout.HEADER)
    except MediabridgeError:
        return False
    return is_repetition(name, header, sums, taker.route_state)


def _repeated(station: OpenStation, medium: Path, name: str) -> AlreadyAppliedError:
    header = parse_header(staging.read_small(medium, name, layout.HEADER))
    reason = AlreadyAppliedError.reason
    station.record(Event.BUNDLE_REPEATED, bundle=header.bundle, seq=header.seq, reason=reason)
    return AlreadyAppliedError(seq=header.seq, route=str(header.route))


@dataclass
class _Import:
    """One bundle on its way in; the methods are the steps, in their order."""

    station: OpenStation
    taker: Taker
    visit: Visit
    medium: Path
    clerk: AtDesk
    verdict: Verdict = field(default_factory=Verdict)
    older_trust: int | None = None
    used: own.Opener = field(init=False)

    def run(self, name: str) -> Taken:
        """Take the bundle *name*, or refuse it."""
        try:
            return self._run(name)
        except MediabridgeError as error:
            cause = true_cause(self.visit, error)
            if cause is error and not isinstance(error, BundleParkedError):
                self._refused(name, error)
            # A stick that was pulled out has not been examined: nothing is said about it.
            cause.verdict = self.verdict
            raise cause from error.__cause__
        finally:
            self.station.progress.finish()
            self.station.home.empty_work()

    def _run(self, name: str) -> Taken:
        sealed = self._stage(name)  # 1
        self._update_trust()  # 2
        examination = self._examination(sealed)
        try:
            verified = examination.verify()  # 2 to 5
        except SequenceGapError as gap:
            self._park(sealed, gap)
        # What bears the signatures of a station and its officers was made by now.
        self.station.clock.learn(Evidence(verified.header.created, n_("the bundle")))
        note_doubt(self.station)
        self._note(Event.BUNDLE_VERIFIED, verified, **self._received(verified))
        voids.accept(
            self.station,
            examination.voids,
            bundle=verified.header.bundle,
            operator=self.clerk.name,
        )
        opened = examination.open(verified, self._decrypt)  # 6, 7
        self._note(Event.BUNDLE_OPENED, verified)
        peer_log: list[VerifiedSection] = []
        examination.check_log(lambda: peer_log.append(self._check_log(opened, examination)))  # 8
        seen = self._check_witness(examination, opened, peer_log[0])
        with self.verdict.check(Step.RECORDS, "every-record", wanted=n_("no error")) as it:
            self._check_records(opened, peer_log[0])  # 9
            it.got = it.wanted
        # The peer's own statements, each kept whatever the registry says afterwards.
        sender = verified.header.route.sender
        if peer_log[0].branch is not None:
            voids.forget_beyond(self.station, sender, peer_log[0].branch)
        self.station.mirror(sender).keep(peer_log[0])
        if seen is not None:
            self.station.log.keep_cosigned(self._witness(opened).name, seen)
        following.follow(self.station, sender)
        voids.follow(self.station, sender)
        own.note(self.station, self.used)
        peers.accept(self.station, opened)
        setback.settle(self.station, opened)
        answered = receipts.accept(self.station, opened)
        receipts.close_arrived(self.station, peer_log[0], verified.header.route.sender)
        with self.verdict.check(Step.APPLY, "one-transaction", wanted=n_("all or none")) as it:
            outcomes = self.taker.take(opened, self.clerk.name)  # 10
            it.got = it.wanted
        # What was taken stays taken: if the disk does not let go of the key now, the next bundle
        # tries again before it is opened, and says so.
        with suppress(KeyFileError):
            own.erase_passed(self.station)
        return Taken(
            bundle=verified.header.bundle,
            sender=verified.header.route.sender,
            seq=verified.header.seq,
            verdict=self.verdict,
            outcomes=outcomes,
            receipts=answered,
            older_trust=self.older_trust,
            tables=self.station.tables.as_json(),
        )

    def _park(self, sealed: SealedBundle, gap: SequenceGapError) -> NoReturn:
        """Keep a bundle that came too early, when all but its turn is right.

        Raises:
            BundleParkedError: it is kept.
            SequenceGapError: too many are kept already.
            MediabridgeError: something else is wrong with it.
        """
        expectation = replace(self._expectation(), routes=None)
        verdict = Verdict()
        with verdict.check(Step.TREE, "names-kinds-sizes"):
            pass
        alone = Examination(sealed, self.station.trust, expectation, verdict)
        verified = alone.verify()
        header = verified.header
        # What its officers say of numbers holds already; it may be of those that are missing.
        voids.accept(self.station, alone.voids, bundle=header.bundle, operator=self.clerk.name)
        if parking.is_full(self.station, header.bundle):
            raise gap
        if not parking.is_kept(self.station, header.bundle):
            self._note(Event.BUNDLE_PARKED, verified, **self._received(verified))
            parking.keep(self.station, sealed)
        raise parking.missing_before(self.station, header, self.taker.route_state) from gap

    def _stage(self, name: str) -> SealedBundle:
        folder = self.station.home.work / "staging"
        folder.mkdir()
        self.station.progress.start(
            n_("Copying from the medium"), staging.size_of(self.medium, name)
        )
        with self.verdict.check(Step.TREE, "names-kinds-sizes", wanted=n_("a plain bundle")) as it:
            progress = self.station.progress.advance
            sealed = staging.stage(self.medium, name, folder, progress=progress)
            it.got = it.wanted
        show_mended(sealed, self.verdict)
        if sealed.mended is not None:
            note_mended(self.station, self.visit, name, sealed.mended)
        return sealed

    def _update_trust(self) -> None:
        with self.verdict.check(
            Step.TRUST, "not-older", wanted=f">= {self.station.trust.version}"
        ) as it:
            tree.check_folders(self.medium)
            try:
                self.station.accept_trust(layout.trust_folder(self.medium))
            except TrustOlderError as older:
                # Written before an update that came another way: ours alone judges the bundle.
                self._note_older(older)
            check_trust_in_time(self.station)
            it.got = str(self.station.trust.version)

    def _note_older(self, error: TrustOlderError) -> None:
        self.older_trust = error.facts["version"]
        self.station.record(
            Event.TRUST_OLDER,
            actor=self.clerk.name,
            trust_version=self.older_trust,
            reason=error.reason,
            **self.visit.facts,
        )

    def _examination(self, sealed: SealedBundle) -> Examination:
        return Examination(sealed, self.station.trust, self._expectation(), self.verdict)

    def _expectation(self) -> Expectation:
        return Expectation(
            now=self.station.clock.now(),
            clock_believed=self.station.clock.doubt() is None,
            mode=self.station.config.mode,
            station=self.station.id,
            routes=self.taker.route_state,
        )

    def _decrypt(self, verified: VerifiedBundle) -> Unpacked:
        quarantine = self.station.home.work / "quarantine"
        quarantine.mkdir()
        self.used = own.opener(self.station, verified)
        size = sum(verified.sealed.sizes.values())
        self.station.progress.start(n_("Decrypting"), size)
        progress = self.station.progress.advance
        return decrypt(verified, self.used.private, quarantine, progress=progress)

    def _check_records(self, opened: OpenedBundle, log: VerifiedSection) -> None:
        events = check_records(
            opened,
            self.station.config.municipality_code,
            self.station.progress,
            tables=self.station.tables,
        )
        header = opened.verified.header
        state = self.taker.route_state(header.route.sender)
        # Of a void number nothing was taken here, and its sender may not know what it held.
        before = (
            None
            if state.void(header.seq - 1)
            else self.taker.records_taken(header.route.sender, header.seq - 1)
        )
        check_counted(opened.manifest.summary, events, before)
        receipts.check(self.station, opened, log)
        peers.check(self.station, opened)

    def _check_log(self, opened: OpenedBundle, examination: Examination) -> VerifiedSection:
        setback.compare(self.station, opened)
        sender = opened.verified.header.route.sender
        trusted = self.station.trust.station(sender)
        carried = opened.manifest.log
        cut = LogSection(
            start=carried.start,
            note=carried.checkpoint.encode("utf-8"),
            entries=EntryLines(lambda: opened.files[carried.file].open("rb")),
        )
        assert trusted is not None  # noqa: S101 - step 3 found the sender in the same trust data
        heads = voids.log_heads(self.station, sender, examination.voids)
        mirror = self.station.mirror(sender)
        branch = next((each for each in heads if mirror.leaves_at(cut, each.size)), None)
        if branch is not None and mirror.root(branch.size).hex() != branch.root:
            raise LogSectionError(detail=text("the officers signed for another log"))
        checked = section.check_section(
            cut,
            origin=self.station.log_origin(sender),
            vkey=note.Vkey.parse(trusted.log_key),
            known=mirror if branch is None else Beginning(mirror, branch.size),
            mode=self.station.config.mode,
        )
        return replace(checked, branch=None if branch is None else branch.size)

    @property
    def _medium(self) -> dict[str, str]:
        """The log facts of where it came from."""
        return self.visit.facts

    def _witness(self, opened: OpenedBundle) -> WitnessKey:
        trusted = self.station.trust.station(opened.verified.header.route.sender)
        assert trusted is not None  # noqa: S101 - step 3 found the sender in the same trust data
        return WitnessKey.parse(trusted.witness_key)

    def _check_witness(
        self, examination: Examination, opened: OpenedBundle, peer_log: VerifiedSection
    ) -> Cosigned | None:
        """Check the peer's cosignature on our log; return what of it is new and is to be kept.

        While either side has been set back and its officers have signed for that, less is seen
        than before: there the peer may speak of a log that we lost, or has lost what it saw.
        """
        sender, witness = opened.verified.header.route.sender, self._witness(opened)
        known = self.station.log.newest_cosigned(witness.name)
        before, behind = known.size if known else 0, f"witness-behind-{sender}"
        if peer_log.branch is not None:
            with self.station.books.transaction():
                self.station.books.set_fact(behind, 1)
        accepted = 0 if self.station.books.fact(behind) else before
        lost_from = setback.held_back(self.station, sender)
        witnessing = Witnessing(witness, self.station.log, accepted, lost_from)
        seen = examination.check_witness(opened, witnessing)
        if seen is None or seen.checkpoint.size < before:
            return None
        setback.confirmed(self.station, sender, seen.checkpoint.size)
        with self.station.books.transaction():
            self.station.books.set_fact(behind, 0)
        return seen

    def _received(self, verified: VerifiedBundle) -> Mapping[str, Fact]:
        """Have whoever brought the bundle sign for it, before anything of it is opened."""
        medium = self._medium.get("medium", "")
        what = InHand(verified.header.bundle, verified.sums_sha256, medium)
        return custody_facts(self.station, self.clerk, Deed.RECEIVED, what)

    def _note(self, event: Event, verified: VerifiedBundle, **more: Fact) -> None:
        header = verified.header
        self.station.record(
            event,
            actor=self.clerk.name,
            bundle=header.bundle,
            route_from=header.route.sender,
            route_to=header.route.receiver,
            seq=header.seq,
            sums=verified.sums_sha256,
            approvers=verified.approvers,
            **self._medium,
            **more,
        )

    def _refused(self, name: str, error: MediabridgeError) -> None:
        if isinstance(error, AlreadyAppliedError):
            event = Event.BUNDLE_REPEATED
        else:
            event = Event.BUNDLE_REFUSED
        self.station.record(
            event,
            actor=self.clerk.name,
            bundle=name,
            reason=error.reason,
            checks=self.verdict.codes(),
            **self._medium,
        )


@dataclass
class _FromParked(_Import):
    """One bundle that was kept here until the one before it came; checked all over again."""

    def _stage(self, name: str) -> SealedBundle:
        folder = self.station.home.work / "staging"
        folder.mkdir()
        with self.verdict.check(Step.TREE, "names-kinds-sizes", wanted=n_("a plain bundle")) as it:
            sealed = parking.stage(self.station, name, folder)
            it.got = it.wanted
        return sealed

    def _update_trust(self) -> None:
        """Ours alone judges it: what came with it was taken over when it arrived."""
        check_trust_in_time(self.station)

    @property
    def _medium(self) -> dict[str, str]:
        return {}
