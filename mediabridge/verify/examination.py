"""One bundle's examination: format 1, section 9, steps 1 to 8, in this order.

* Step 1 (tree) was made by staging: the :class:`SealedBundle` is its outcome.
* Step 2: trust data at least as new as the sender's.
* Step 3: SHA256SUMS, station signature, header's hash, approvals.
* Step 4: header policy and order; nothing was decrypted yet.
* Step 5: every file's hash. The result is a :class:`VerifiedBundle`.
* Step 6: decryption and unpacking, done by the caller's *opener* into quarantine.
* Step 7: the manifest against what was found. The result is an :class:`OpenedBundle`.
* Step 8: what the sender cosigned of the reader's own log, and by the caller's *checker* its
  section of its own log, that both are what the reader has of them, and what the entries say
  of what came.

Steps 9 and 10 (records, apply) belong to the registry and add to the same verdict.
Calling a step early is a programming error (:class:`Verdict` raises RuntimeError).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from mediabridge.bundle import layout
from mediabridge.bundle.header import Header, parse_header
from mediabridge.bundle.manifest import Manifest
from mediabridge.bundle.opening import Unpacked
from mediabridge.bundle.stages import OpenedBundle, SealedBundle, VerifiedBundle
from mediabridge.bundle.sums import parse_sums
from mediabridge.bundle.terms import Mode
from mediabridge.clock import from_rfc3339, to_rfc3339
from mediabridge.config import LIMITS
from mediabridge.errors import (
    BundleExpiredError,
    BundleNotYetValidError,
    HashMismatchError,
    ModeMismatchError,
    ProfileNotAllowedError,
    SignerNotSenderError,
    TreeUnexpectedError,
    TrustInvalidError,
    WrongDestinationError,
)
from mediabridge.locale import n_, text
from mediabridge.translog.cosignature import Cosigned, WitnessKey
from mediabridge.trust.trust_data import Person, Station, TrustData
from mediabridge.verify.contents import check_contents
from mediabridge.verify.order import RouteState, check_order
from mediabridge.verify.recipient import check_recipient_key
from mediabridge.verify.signatures import (
    check_approvals,
    check_count,
    check_station,
    check_validity,
)
from mediabridge.verify.statements import check_prepared
from mediabridge.verify.verdict import Step, Verdict
from mediabridge.verify.void import SignedVoid, check_carried, pass_over
from mediabridge.verify.witness import open_seen

_Section = TypeVar("_Section")
"""What a checker of the sender's log section makes of it."""


@dataclass(frozen=True)
class Expectation:
    """Who is reading, and what the reader already knows."""

    now: datetime
    mode: Literal["live", "training"]
    station: str | None = None
    """The reading station's id; None for an officer, who may look at any bundle."""
    routes: Callable[[str], RouteState] | None = None
    """Sender's id to the state of its route to this station; None leaves order open."""
    any_age: bool = False
    """Whether a bundle past its last day may be looked at, by one who applies nothing."""
    clock_believed: bool = True
    """Whether *now* is a clock's time; else it is the last sure one, and later ones may be past."""


@dataclass(frozen=True)
class SignedList:
    """What the station and the officers signed; the files themselves are still to be hashed."""

    header: Header
    digests: dict[str, str]
    """File name to the SHA-256 it must have."""
    approvers: tuple[str, ...]
    voids: tuple[SignedVoid, ...]
    """Statements of the sender's officers that numbers of the route are void."""


def show_mended(sealed: SealedBundle, verdict: Verdict) -> None:
    """Say in *verdict*, still in step 1, what was damaged and is mended in the staged copy."""
    if sealed.mended is not None:
        with verdict.check(Step.TREE, "damaged-blocks", wanted="0") as it:
            it.got = f"{sealed.mended.damaged} / {sealed.mended.blocks}"


class Examination:
    """The ordered checks of one bundle; each step is one short method."""

    def __init__(
        self,
        sealed: SealedBundle,
        trust: TrustData,
        expectation: Expectation,
        verdict: Verdict,
    ) -> None:
        """Examine *sealed* for *expectation* under *trust*; the story goes to *verdict*."""
        self._sealed = sealed
        self._trust = trust
        self._expected = expectation
        self._verdict = verdict
        self.voids: tuple[SignedVoid, ...] = ()
        """What :meth:`verify` found of statements that numbers are void."""

    def verify(self) -> VerifiedBundle:
        """Make steps 2 to 5.

        Raises:
            MediabridgeError: the first check that failed; see ``docs/reasons.md``.
        """
        signed = self.verify_signed()  # 2, 3, 4
        self._check_hashes(signed.digests)  # 5
        self.voids = signed.voids
        return VerifiedBundle(
            sealed=self._sealed,
            header=signed.header,
            sums_sha256=hashlib.sha256(self._sealed.sums).hexdigest(),
            approvers=signed.approvers,
        )

    def verify_signed(self) -> SignedList:
        """Make steps 2 to 4, and of step 5 what needs no hash: the set of the files.

        For a sender, who hashes its own files while it writes them; a receiver needs
        :meth:`verify`.

        Raises:
            MediabridgeError: the first check that failed; see ``docs/reasons.md``.
        """
        digests, station = self._check_station()  # 2, 3
        header = self._check_header_hash(digests)
        approvers = self._check_approvals(header)
        voids = self._check_voids(header)
        self._check_policy(header)  # 4
        self._check_signer(header, station, approvers)
        self._check_dates(header)
        self._check_order(header, voids)
        self._check_file_set(header, digests)  # 5
        return SignedList(header, digests, tuple(person.name for person in approvers), voids)

    def open(
        self, verified: VerifiedBundle, opener: Callable[[VerifiedBundle], Unpacked]
    ) -> OpenedBundle:
        """Make steps 6 and 7 with the content that *opener* puts into quarantine."""
        with self._verdict.check(
            Step.DECRYPT, "unwrap-decrypt-unpack", wanted=n_("every part")
        ) as it:
            unpacked = opener(verified)
            it.got = it.wanted
        wanted = str(len(unpacked.manifest.files))
        with self._verdict.check(Step.MANIFEST, "digests-counts-summary", wanted=wanted) as it:
            ends = verified.header.route
            route = self._trust.route(ends.sender, ends.receiver)
            kinds, software = (route.kinds, route.software > 0) if route else ((), False)
            check_contents(verified, unpacked, kinds, software=software)
            it.got = str(len(unpacked.files))
        self._check_recipient(verified, unpacked.manifest)
        self._check_prepared(verified, unpacked.manifest)
        # Only now it is known what is inside.
        needed = route.approvals_for(unpacked.manifest.summary.carried) if route else 0
        with self._verdict.check(Step.MANIFEST, "approvals-by-kind", wanted=f">= {needed}") as it:
            it.got = ", ".join(verified.approvers) or "0"
            check_count(verified.approvers, needed)
        return OpenedBundle(verified, unpacked.manifest, unpacked.files)

    def _check_prepared(self, verified: VerifiedBundle, manifest: Manifest) -> None:
        with self._verdict.check(Step.MANIFEST, "prepared-by", wanted=n_("somebody else")) as it:
            check_prepared(manifest, verified.header, self._trust, verified.approvers)
            it.got = manifest.operator if manifest.prepared else n_("a name without a signature")

    def _check_recipient(self, verified: VerifiedBundle, manifest: Manifest) -> None:
        wanted = n_("of the sender, for this station")
        with self._verdict.check(Step.MANIFEST, "recipient-key", wanted=wanted) as it:
            check_recipient_key(verified.header, manifest.recipient, self._trust)
            it.got = it.wanted if manifest.recipient else n_("none")

    def check_witness(
        self, opened: OpenedBundle, witness: WitnessKey, origin: str
    ) -> Cosigned | None:
        """Begin step 8: return what the sender, *witness*, has seen of the reader's own log.

        Whether it is the reader's log is judged with everything else that it says of logs.
        """
        wanted = n_("of the sender's witness key")
        with self._verdict.check(Step.LOG, "cosignature", wanted=wanted) as it:
            seen = open_seen(opened.manifest.log, witness, origin)
            it.got = n_("none yet")
            if seen is not None:
                it.got = f"{seen.checkpoint.size}, {to_rfc3339(seen.time)}"
        return seen

    def check_log(self, checker: Callable[[], _Section]) -> _Section:
        """Make the rest of step 8 with *checker*, which raises alarms; return what it returns."""
        wanted = n_("as both stations know them")
        with self._verdict.check(Step.LOG, "log-section", wanted=wanted) as it:
            checked = checker()
            it.got = it.wanted
        return checked

    def check_said(self, checker: Callable[[], bool]) -> bool:
        """Make the end of step 8 with *checker*, which raises LogSaysOtherwiseError."""
        wanted = n_("says what came")
        with self._verdict.check(Step.LOG, "log-entries", wanted=wanted) as it:
            checked = checker()
            it.got = it.wanted
        return checked

    def _check_station(self) -> tuple[dict[str, str], Station]:
        with self._verdict.check(Step.TRUST, "trust-data") as it:
            it.wanted = it.got = str(self._trust.version)
        with self._verdict.check(
            Step.SIGNATURES, "sums-grammar", wanted=n_("the one spelling")
        ) as it:
            digests = parse_sums(self._sealed.sums)
            it.got = it.wanted
        wanted = n_("a known station")
        with self._verdict.check(Step.SIGNATURES, "station-signature", wanted=wanted) as it:
            station = check_station(self._sealed.sums, self._sealed.signatures, self._trust)
            it.got = station.id
        return digests, station

    def _check_header_hash(self, digests: dict[str, str]) -> Header:
        with self._verdict.check(Step.SIGNATURES, "header-hash", wanted=n_("as signed")) as it:
            name = "header.json"
            if hashlib.sha256(self._sealed.header).hexdigest() != digests[name]:
                raise HashMismatchError(name=name)
            header = parse_header(self._sealed.header)
            if header.trust_version > self._trust.version:
                detail = text(
                    "version {got}, the bundle needs {wanted}",
                    got=self._trust.version,
                    wanted=header.trust_version,
                )
                raise TrustInvalidError(detail=detail)
            it.got = it.wanted
        return header

    def _check_approvals(self, header: Header) -> tuple[Person, ...]:
        needed = self._approvals_needed(header)
        with self._verdict.check(Step.SIGNATURES, "approvals", wanted=f">= {needed}") as it:
            approvers = check_approvals(self._sealed.sums, self._sealed.signatures, self._trust)
            it.got = ", ".join(person.name for person in approvers) or "0"
            check_count(approvers, needed)
        return approvers

    def _approvals_needed(self, header: Header) -> int:
        route = self._trust.route(header.route.sender, header.route.receiver)
        if route:
            return route.approvals
        # An unknown route is refused in step 4; until then the strictest rule holds.
        return max([1, *(each.approvals for each in self._trust.routes)])

    def _check_voids(self, header: Header) -> tuple[SignedVoid, ...]:
        if not self._sealed.voids:
            return ()
        wanted = n_("signed by the officers")
        with self._verdict.check(Step.SIGNATURES, "void-statements", wanted=wanted) as it:
            voids = check_carried(self._sealed.voids, header.route, self._trust)
            it.got = it.wanted
        return voids

    def _check_policy(self, header: Header) -> None:
        allowed = ", ".join(self._trust.profiles)
        with self._verdict.check(Step.HEADER, "profile", wanted=allowed) as it:
            it.got = header.profile
            if header.profile not in self._trust.profiles:
                raise ProfileNotAllowedError(got=header.profile, wanted=allowed)
        with self._verdict.check(Step.HEADER, "mode", wanted=self._expected.mode) as it:
            it.got = header.mode
            if not header.mode == self._expected.mode == self._trust.mode:
                raise ModeMismatchError(
                    got=Mode.of(header.mode), wanted=Mode.of(self._expected.mode)
                )
        wanted = self._expected.station or n_("any known route")
        with self._verdict.check(Step.HEADER, "destination", wanted=wanted) as it:
            it.got = header.route.receiver
            known = self._trust.route(header.route.sender, header.route.receiver)
            if known is None or self._expected.station not in (None, header.route.receiver):
                raise WrongDestinationError(got=header.route.receiver, wanted=wanted)

    def _check_signer(
        self, header: Header, station: Station, approvers: tuple[Person, ...]
    ) -> None:
        with self._verdict.check(Step.HEADER, "sender", wanted=header.route.sender) as it:
            it.got = station.id
            if station.id != header.route.sender:
                raise SignerNotSenderError(got=station.id, wanted=header.route.sender)
        wanted = header.created
        with self._verdict.check(Step.HEADER, "keys-valid", wanted=wanted) as it:
            holders: tuple[Station | Person, ...] = (station, *approvers)
            for holder in holders:
                check_validity(holder, header.created)
            it.got = it.wanted

    def _check_dates(self, header: Header) -> None:
        now = self._expected.now
        wanted = f"{header.created} .. {header.not_after}"
        with self._verdict.check(Step.HEADER, "dates", wanted=wanted) as it:
            it.got = to_rfc3339(now)
            if not self._expected.any_age and now > from_rfc3339(header.not_after):
                raise BundleExpiredError(got=it.got, wanted=header.not_after)
            ahead = timedelta(seconds=LIMITS.clock_skew_seconds)
            if self._expected.clock_believed and from_rfc3339(header.created) > now + ahead:
                raise BundleNotYetValidError(got=header.created, wanted=it.got)

    def _check_order(self, header: Header, voids: tuple[SignedVoid, ...]) -> None:
        if self._expected.routes is None:
            return
        state = pass_over(self._expected.routes(header.route.sender), voids)
        wanted = str(state.next_seq)
        with self._verdict.check(Step.HEADER, "order", wanted=wanted) as it:
            it.got = str(header.seq)
            check_order(header, self._sealed.sums, state)

    def _check_file_set(self, header: Header, digests: dict[str, str]) -> None:
        with self._verdict.check(Step.FILES, "file-set", wanted=str(header.parts)) as it:
            parts = sum(layout.part_index(name) is not None for name in digests)
            it.got = str(parts)
            if self._sealed.name != header.bundle:
                raise TreeUnexpectedError(detail=text("the folder is not named after the bundle"))
            if set(digests) != set(self._sealed.digests) or parts != header.parts:
                raise TreeUnexpectedError(detail=text("the files are not those of the signed list"))

    def _check_hashes(self, digests: dict[str, str]) -> None:
        with self._verdict.check(Step.FILES, "file-hashes", wanted=n_("as signed")) as it:
            for name, digest in digests.items():
                if self._sealed.digests[name] != digest:
                    raise HashMismatchError(name=name)
            it.got = it.wanted
