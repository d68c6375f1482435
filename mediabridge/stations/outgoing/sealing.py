"""Seal: what was collected becomes one signed, encrypted, numbered bundle.

The log entry comes before the effect, and the effect is one rename and one
transaction. A crash in between leaves an entry without effect, never an effect
without entry; :mod:`mediabridge.stations.outgoing.recovering` says so in the log.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.announcement import Announcement
from mediabridge.bundle.header import Header, Route
from mediabridge.bundle.manifest import (
    CarriedLog,
    CarriedReceipt,
    InnerFile,
    Manifest,
    Summary,
    content_digest,
)
from mediabridge.bundle.seal import Draft, Source, compress, new_bundle_id, seal
from mediabridge.bundle.software import Software
from mediabridge.bundle.statements import Deed, prepared
from mediabridge.clock import to_rfc3339
from mediabridge.config import BUNDLE_VALID_DAYS, LIMITS, PAD_TO, PROFILE
from mediabridge.durable import move_durably, write_durably
from mediabridge.errors import NothingToSealError
from mediabridge.kinds import RECEIPT_SCHEMA, SOFTWARE, SOFTWARE_SCHEMA, Kind
from mediabridge.locale import n_
from mediabridge.progress import Parts
from mediabridge.stations import compared, voiding
from mediabridge.stations.books import BundleRow, BundleState, DueReceipt, InboxRow
from mediabridge.stations.clerks import AtDesk, signed
from mediabridge.stations.officers import own_signer
from mediabridge.stations.outgoing import begun, cutting
from mediabridge.stations.outgoing.collecting import check_again
from mediabridge.stations.outgoing.counting import (
    Counted,
    check_collected,
    check_receipt,
    check_sealed,
    issued_by_log,
)
from mediabridge.stations.outgoing.outstanding import outstanding_before
from mediabridge.stations.rotation import own, peers
from mediabridge.stations.station import OpenStation
from mediabridge.stations.timekeeping import note_doubt
from mediabridge.translog.events import Event, Fact
from mediabridge.verify.begun import facts as known_before


def seal_bundle(
    station: OpenStation,
    clerk: AtDesk,
    *,
    receiver: str | None = None,
    empty: bool = False,
    owed: Collection[str] = (),
) -> BundleRow:
    """Seal what waits for the route into one signed bundle in the outbox: see :func:`next_parcel`.

    Raises:
        StationRestoredError, StationSetBackError: the number may have been given out already.
        NothingToSealError: nothing was collected and nothing is due, and *empty* is not set.
        CollectedChangedError: a file, or its figures in the books, are not what was taken in.
        RecordsRefusedError: the tables changed since a file was taken in, and it has errors
            by those in use now; either file was set aside, and nothing was sealed.
        ReceiptChangedError: a receipt that is due is not what was issued.
        KeyFileError, PassphraseError: this station's keys cannot be opened.
        SignerRevokedError, SignerExpiredError, SignerNotYetValidError, SignerUnknownError: nobody
            would accept what this station's key signs now.
    """
    peer = station.peer(receiver)
    compared.require_compared(station, peer)
    files = _waiting(station, peer, owed)
    # Each decision has a receipt of its own, and one file of those a bundle may hold is the log.
    receipts = station.books.due_receipts(peer)[: LIMITS.inner_files - len(files) - 1]
    if not (files or receipts or empty):
        raise NothingToSealError
    note_doubt(station)
    own_signer(station)
    # A key takes 64 MiB while it is opened, so these too before the tables are in memory.
    _ = station.log_signer, station.witness_signer
    station.home.empty_work()
    counted = []
    for file in files:
        counted.append(check_collected(station, file, operator=clerk.name))
        if file.kind != SOFTWARE:
            check_again(station, file, operator=clerk.name)
    logged = issued_by_log(station, receipts)
    for due in receipts:
        if not (station.home.receipts / f"{due.receipt}.jsonl").is_file():
            check_receipt(due, None, logged)
    parcel = _Parcel(station, peer, clerk, files, counted, receipts, logged)
    row, folder, said = parcel.build()
    own.record_announced(station, parcel.announced)
    facts = {**route_facts(row), **said, **parcel.seen, "records": row.records}
    station.record(Event.BUNDLE_SEALED, actor=clerk.name, **facts)
    move_durably(folder, station.home.outbox / row.bundle)
    with station.books.transaction():
        station.books.add_bundle(row)
        own.enter_announced(station, parcel.announced)
        station.books.seal_files(row.bundle, (file.file for file in files))
        station.books.carry_receipts(row.bundle, (one.receipt for one in receipts))
        station.books.answer_sent_back(peer)
    station.home.empty_work()
    return row


def _waiting(station: OpenStation, peer: str, owed: Collection[str] = ()) -> list[InboxRow]:
    route = station.trust.route(station.id, peer)
    kinds: set[str] = set(route.kinds) if route else set()
    if route and route.software:
        kinds.add(SOFTWARE)
    waiting = [row for row in station.books.waiting_files() if row.kind in kinds]
    return next_parcel(waiting, owed)


def still_waiting(station: OpenStation, peer: str) -> bool:
    """Tell whether something is collected for *peer*, or due to it, that no bundle holds yet."""
    return bool(_waiting(station, peer) or station.books.due_receipts(peer))


def next_parcel(waiting: Sequence[InboxRow], owed: Collection[str] = ()) -> list[InboxRow]:
    """Return those of the *waiting* files that go into one bundle: the news before anything else.

    A population that is *owed*, since its number is void, goes before the news.

    A full population goes alone, and more people have to approve it; the news of a day must
    not wait for them. Whoever compares it later knows by its time what is newer. Software goes
    last, and without records.
    """
    software = [row for row in waiting if row.kind == SOFTWARE]
    records = [row for row in waiting if row.kind != SOFTWARE]
    news = [row for row in records if Kind(row.kind).facts.extract is None]
    wholes = [row for row in records if Kind(row.kind).facts.extract is not None]
    first = [row for row in wholes if row.file in owed]
    return first[:1] or news or wholes[:1] or software[: LIMITS.software_files]


@dataclass
class _Parcel:
    """Everything that goes into one bundle, while it is being put together."""

    station: OpenStation
    peer: str
    clerk: AtDesk
    files: Sequence[InboxRow]
    counted: Sequence[Counted]
    """What each of the files holds."""
    receipts: Sequence[DueReceipt]
    logged: Mapping[str, Mapping[str, Fact]]
    """What this station's log says of the receipts, by their id."""
    announced: Announcement | None = None
    """The recipient key that it tells the receiver of; known once it is built."""
    log: CarriedLog = field(init=False)
    """What the manifest says of both logs; known once the section is cut."""
    seen: Mapping[str, Fact] = field(default_factory=dict)
    """For the log: what of the receiver's log was cosigned, if any; known while it is built."""

    def build(self) -> tuple[BundleRow, Path, Mapping[str, Fact]]:
        """Compress, describe, encrypt and sign.

        Returns the row, the folder in work, and what the log keeps of who prepared it.
        """
        work = self.station.home.work
        bundle = new_bundle_id()
        seq, prev, previous = self._route_position()
        self.announced = own.announcement(self.station, self.peer, seq)
        agreed = cutting.agreed(self.station, self.peer)
        self.seen = agreed.facts

        def last(files: tuple[InnerFile, ...]) -> Source:
            self._begin(bundle, seq, prev, files)
            source, self.log = cutting.cut(self.station, self.peer, work, agreed)
            return source

        draft = self._compressed(work / "stream", last)
        summary = self._summary(bundle, seq, previous, draft)
        manifest = self._manifest(summary, draft)
        header = self._header(manifest, seq, prev, draft.parts)
        folder = work / bundle
        folder.mkdir()
        keys = peers.keys_for(self.station, self.peer)
        route = self.station.trust.route(self.station.id, self.peer)
        columns = route.parity_columns if route else 0
        # Making parity takes about as long as encrypting does.
        size = draft.data.stat().st_size * (2 if columns else 1)
        parts = Parts(self.station.progress, n_("Encrypting"), [size], counted=False)
        sums = seal(
            folder,
            draft,
            header,
            manifest,
            keys,
            parity_columns=columns,
            progress=parts.next(size),
        )
        parts.finish()
        namespace = self.station.trust.bundle_namespace
        signature = sshsig.sign(sums, namespace=namespace, signer=own_signer(self.station))
        write_durably(folder / layout.STATION_SIGNATURE, signature)
        return self._row(header, summary, manifest.salt, sums), folder, _prepared_facts(manifest)

    def _begin(self, bundle: str, seq: int, prev: str, files: Sequence[InnerFile]) -> None:
        """Have the log say what is sealed, which is what was collected and issued."""
        for file, inner in zip(self.files, files, strict=False):
            check_sealed(file, inner.sha256)
        for due, inner in zip(self.receipts, files[len(self.files) :], strict=True):
            check_receipt(due, inner.sha256, self.logged)
        facts = known_before(
            bundle=bundle,
            route=Route(sender=self.station.id, receiver=self.peer),
            seq=seq,
            prev=prev,
            records=self._records(),
            files=files,
            receipts=len(self.receipts),
            seen=self.seen,
        )
        begun.begin(self.station, self.clerk.name, facts)

    def _compressed(self, target: Path, last: Callable[[tuple[InnerFile, ...]], Source]) -> Draft:
        progress, sources = self.station.progress, self._sources()
        size = sum(each.path.stat().st_size for each in sources if each.path.exists())
        progress.start(n_("Compressing"), max(size, 1))
        draft = compress(sources, target, last=last, pad_to=PAD_TO, progress=progress.advance)
        progress.finish()
        return draft

    def _sources(self) -> list[Source]:
        home = self.station.home
        records = [
            Source(home.collected_file(row.file, row.kind), name, _schema_of(row), each.records)
            for row, each, name in zip(self.files, self.counted, _numbered(self.files), strict=True)
        ]
        receipts = [
            Source(home.receipts / f"{due.receipt}.jsonl", _receipt_name(due), RECEIPT_SCHEMA, 0)
            for due in self.receipts
        ]
        return records + receipts

    def _route_position(self) -> tuple[int, str, int]:
        """Return number and ``prev`` of the bundle, and the records of the one before."""
        route = self.station.id, self.peer
        state = voiding.route_state(self.station, self.peer)
        before = self.station.books.records_on_route(*route, state.seq)
        return state.next_seq, state.sums_sha256, before

    def _records(self) -> dict[str, int]:
        records: Counter[str] = Counter()
        for row, each in zip(self.files, self.counted, strict=True):
            if row.kind != SOFTWARE:
                records[row.kind] += each.records
        return dict(records)

    def _summary(self, bundle: str, seq: int, previous: int, draft: Draft) -> Summary:
        events: Counter[str] = Counter()
        for each in self.counted:
            events.update(each.events)
        return Summary(
            bundle=bundle,
            route=Route(sender=self.station.id, receiver=self.peer),
            seq=seq,
            operator=self.clerk.name,
            records=self._records(),
            events=dict(events),
            files=len(draft.files),
            size=sum(file.size for file in draft.files),
            receipts=len(self.receipts),
            previous_records=previous,
            content=content_digest(draft.files),
            **self._of_extract(),
            **self._of_software(),
        )

    def _of_extract(self) -> dict[str, str]:
        """Say of what time a full population tells; nothing of any other bundle."""
        return next(({"as_of": each.as_of} for each in self.counted if each.as_of), {})

    def _of_software(self) -> dict[str, tuple[Software, ...]]:
        """Describe the files of software; nothing of any other bundle."""
        files = [row.file for row in self.files if row.kind == SOFTWARE]
        described = tuple(self.station.books.described(file) for file in files)
        return {SOFTWARE: described} if described else {}

    def _manifest(self, summary: Summary, draft: Draft) -> Manifest:
        salt = secrets.token_hex(32)
        return Manifest(
            format=1,
            bundle=summary.bundle,
            operator=summary.operator,
            files=draft.files,
            padding=draft.padding,
            records=summary.records,
            receipts=tuple(self._carried(due) for due in self.receipts),
            log=self.log,
            recipient=own.signed(self.station, self.announced),
            summary=summary,
            salt=salt,
            prepared=self._signature(summary, summary.digest(salt)),
        )

    def _signature(self, summary: Summary, digest: str) -> str | None:
        statement = prepared(
            summary.operator,
            bundle=summary.bundle,
            route=summary.route,
            seq=summary.seq,
            summary=digest,
        )
        return signed(self.station, self.clerk, Deed.PREPARED, statement)

    def _carried(self, due: DueReceipt) -> CarriedReceipt:
        return CarriedReceipt(
            receipt=due.receipt, bundle=due.bundle, seq=due.seq, file=_receipt_name(due)
        )

    def _header(self, manifest: Manifest, seq: int, prev: str, parts: int) -> Header:
        now = self.station.clock.now()
        return Header(
            format=1,
            profile=PROFILE,
            bundle=manifest.bundle,
            mode=self.station.config.mode,
            route=manifest.summary.route,
            seq=seq,
            prev=prev,
            created=to_rfc3339(now),
            not_after=to_rfc3339(now + timedelta(days=BUNDLE_VALID_DAYS)),
            parts=parts,
            trust_version=self.station.trust.version,
            summary=manifest.summary.digest(manifest.salt),
            outstanding=tuple(outstanding_before(self.station, self.peer, seq)),
        )

    def _first_state(self, summary: Summary) -> BundleState:
        route = self.station.trust.route(self.station.id, self.peer)
        needed = route is None or route.approvals_for(summary.carried)
        return BundleState.SEALED if needed else BundleState.APPROVED

    def _row(self, header: Header, summary: Summary, salt: str, sums: bytes) -> BundleRow:
        return BundleRow(
            bundle=header.bundle,
            direction="out",
            sender=self.station.id,
            receiver=self.peer,
            seq=header.seq,
            sums_sha256=hashlib.sha256(sums).hexdigest(),
            created=header.created,
            state=self._first_state(summary),
            records=sum(summary.records.values()),
            summary=summary.model_dump(by_alias=True),
            salt=salt,
        )


def _prepared_facts(manifest: Manifest) -> Mapping[str, Fact]:
    if manifest.prepared is None:
        return {}
    digest = manifest.summary.digest(manifest.salt)
    return {"summary": digest, "signature": manifest.prepared}


def route_facts(row: BundleRow) -> dict[str, str | int]:
    """Return the log facts that name a bundle and its place on its route."""
    return {
        "bundle": row.bundle,
        "route_from": row.sender,
        "route_to": row.receiver,
        "seq": row.seq,
        "sums": row.sums_sha256,
    }


def _numbered(files: Sequence[InboxRow]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for row in files:
        seen[row.kind] += 1
        suffix = "bin" if row.kind == SOFTWARE else "csv"
        names.append(f"{row.kind}-{seen[row.kind]:04d}.{suffix}")
    return names


def _schema_of(row: InboxRow) -> str:
    return SOFTWARE_SCHEMA if row.kind == SOFTWARE else Kind(row.kind).schema_id


def _receipt_name(due: DueReceipt) -> str:
    supplement = f"-{due.supplement:04d}" if due.supplement else ""
    return f"receipt-{due.seq:08d}{supplement}.jsonl"
