"""What every station does with a bundle that it receives: stage, verify, open, take.

One bundle is one pass through the steps of format 1, section 9. What "take" means is
the one difference between the stations, and is given as a :class:`Taker`: the
registry side applies to the registry, the LGWAN side delivers to a folder. Which bundles
of a stick are taken, and in which order, is :mod:`~mediabridge.stations.incoming.sorting`'s
business.

Any refusal ends in :meth:`Import._refused`: staging and quarantine are emptied, the log
gets one entry, and the error goes on upwards with its verdict.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn, Protocol

from mediabridge.bundle import layout
from mediabridge.bundle.opening import Unpacked, decrypt
from mediabridge.bundle.stages import OpenedBundle, SealedBundle, VerifiedBundle
from mediabridge.bundle.statements import Deed, InHand
from mediabridge.errors import (
    AlreadyAppliedError,
    BundleParkedError,
    DiskFullError,
    KeyFileError,
    MediabridgeError,
    SequenceGapError,
    TrustOlderError,
)
from mediabridge.kinds import Kind
from mediabridge.locale import n_, text
from mediabridge.media import staging, tree
from mediabridge.progress import Parts
from mediabridge.scanner import Scanned
from mediabridge.stations import scanning, setback
from mediabridge.stations.clerks import AtDesk, custody_facts
from mediabridge.stations.expiry import check_trust_in_time
from mediabridge.stations.held_clock import Evidence
from mediabridge.stations.incoming import parking, peerlog, receipts, software, voids
from mediabridge.stations.incoming.peerlog import Told
from mediabridge.stations.ordering import InOrder
from mediabridge.stations.reading import check_records
from mediabridge.stations.rotation import own, peers
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks.visits import Visit, note_mended, true_cause
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event, Fact
from mediabridge.translog.scan import Scan
from mediabridge.translog.section import VerifiedSection
from mediabridge.verify import Examination, Expectation, RouteState, Verdict, show_mended
from mediabridge.verify.contents import check_counted
from mediabridge.verify.verdict import Step
from mediabridge.verify.void import SignedVoid


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
    compared: bool = False
    """It was a full population, which was compared and changed nothing by itself."""
    scanned: Scanned | None = None
    """What the virus scanner said of its files; None without one."""
    software: Sequence[software.Came] = ()
    """What became of each file of software."""


class Taker(Protocol):
    """Where a verified bundle's records go, and what was taken before."""

    def route_state(self, sender: str) -> RouteState:
        """Return what was taken from *sender* so far."""

    def records_taken(self, sender: str, seq: int) -> int:
        """Return how many records came with the bundle *seq* of *sender*; 0 for none."""

    def take(self, opened: OpenedBundle, notices: InOrder, operator: str) -> dict[str, int]:
        """Take all records or none and issue the receipt (step 10).

        *notices* are those of the agency among them, as they were found right.
        Returns the number of records per result.
        """


@dataclass
class Import:
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
        self._note_verified(verified, examination.voids)
        opened = examination.open(verified, self._decrypt)  # 6, 7
        self._note(Event.BUNDLE_OPENED, verified)
        scanned = self._scan(opened)
        seen = self.taker.route_state(verified.header.route.sender).seq
        told = peerlog.check(self.station, opened, examination, seen)  # 8
        with InOrder(self.station.home.work) as notices:
            with self.verdict.check(Step.RECORDS, "every-record", wanted=n_("no error")) as it:
                self._check_records(opened, told.section, notices)  # 9
                it.got = it.wanted
            answered = self._keep_told(opened, told)
            looked = scanned is not None and scanned.is_relied_on
            came = software.stage(self.station, opened, self.clerk.name, scanned=looked)
            with self.verdict.check(Step.APPLY, "one-transaction", wanted=n_("all or none")) as it:
                outcomes = self.taker.take(opened, notices, self.clerk.name)  # 10
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
            compared=bool(opened.manifest.records.get(Kind.ISA_POPULATION)),
            scanned=scanned,
            software=came,
        )

    def _scan(self, opened: OpenedBundle) -> Scanned | None:
        """Have a virus scanner look at what came out, where this station has one."""
        scanner = scanning.scanner_of(self.station.home, self.station.clock.now())
        if scanner is None:
            return None
        with self.verdict.check(Step.MANIFEST, "virus-scanner", wanted=Scan.CLEAN.sentence) as it:
            scanned = scanning.scan_opened(
                self.station,
                scanner,
                opened.verified.header.bundle,
                opened.files,
                self.clerk.name,
            )
            it.got = scanned.scan.sentence
        return scanned

    def _note_verified(self, verified: VerifiedBundle, said: Sequence[SignedVoid]) -> None:
        # What bears the signatures of a station and its officers was made by now.
        self.station.clock.learn(Evidence(verified.header.created, n_("the bundle")))
        note_doubt(self.station)
        self._note(Event.BUNDLE_VERIFIED, verified, **self._received(verified))
        self._accept_voids(verified, said)

    def _accept_voids(self, verified: VerifiedBundle, said: Sequence[SignedVoid]) -> None:
        bundle = verified.header.bundle
        voids.accept(self.station, said, bundle=bundle, operator=self.clerk.name)

    def _keep_told(self, opened: OpenedBundle, told: Told) -> int:
        """Keep the peer's own statements, whatever the registry says afterwards.

        Returns the number of receipts that were accepted.
        """
        peerlog.keep(self.station, opened, told)
        own.note(self.station, self.used)
        peers.accept(self.station, opened)
        setback.settle(self.station, opened)
        answered = receipts.accept(self.station, opened)
        receipts.close_arrived(self.station, told.section, opened.verified.header.route.sender)
        return answered

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
        self._accept_voids(verified, alone.voids)
        if parking.is_full(self.station, header.bundle):
            raise gap
        if not parking.is_kept(self.station, header.bundle):
            self._note(Event.BUNDLE_PARKED, verified, **self._received(verified))
            parking.keep(self.station, sealed)
        raise parking.missing_before(self.station, header, self.taker.route_state) from gap

    def _stage(self, name: str) -> SealedBundle:
        folder = self.station.home.work / "staging"
        folder.mkdir()
        size = staging.size_of(self.medium, name)
        self._require_room(size)
        self.station.progress.start(n_("Copying from the medium"), size)
        with self.verdict.check(Step.TREE, "names-kinds-sizes", wanted=n_("a plain bundle")) as it:
            progress = self.station.progress.advance
            sealed = staging.stage(self.medium, name, folder, progress=progress)
            it.got = it.wanted
        show_mended(sealed, self.verdict)
        if sealed.mended is not None:
            note_mended(self.station, self.visit, name, sealed.mended)
        return sealed

    def _require_room(self, size: int) -> None:
        """Refuse to begin where a bundle of *size* bytes, and what comes out of it, finds no room.

        Raises:
            DiskFullError: so little is free that it could not be taken whatever it holds.
        """
        work, wanted = self.station.home.work, 2 * size
        free = shutil.disk_usage(work).free
        if free < wanted:
            detail = text("free: {free} bytes, needed: {wanted}", free=free, wanted=wanted)
            raise DiskFullError(name=self.station.home.root.name, detail=detail)

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
        # What is sealed is a little more than what comes out of it.
        parts = Parts(self.station.progress, n_("Decrypting"), [size], counted=False)
        unpacked = decrypt(verified, self.used.private, quarantine, progress=parts.next(size))
        parts.finish()
        return unpacked

    def _check_records(self, opened: OpenedBundle, log: VerifiedSection, notices: InOrder) -> None:
        found = check_records(
            opened,
            self.station.config.municipality_code,
            self.station.progress,
            tables=self.station.tables,
            keep=notices.keep,
        )
        header = opened.verified.header
        state = self.taker.route_state(header.route.sender)
        # Of a void number nothing was taken here, and its sender may not know what it held.
        before = (
            None
            if state.void(header.seq - 1)
            else self.taker.records_taken(header.route.sender, header.seq - 1)
        )
        check_counted(opened.manifest.summary, found.events, before, as_of=found.as_of)
        receipts.check(self.station, opened, log)
        peers.check(self.station, opened)

    @property
    def _medium(self) -> dict[str, str]:
        """The log facts of where it came from."""
        return self.visit.facts

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
class FromParked(Import):
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
