"""What one station writes of each day: its books, its log, its folders."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from mediabridge.apply import Outcome
from mediabridge.bench.grown_log import GrownLog
from mediabridge.bundle.header import Route
from mediabridge.bundle.manifest import Summary
from mediabridge.clock import to_rfc3339
from mediabridge.kinds import Kind
from mediabridge.receipt import Head, write_receipt
from mediabridge.stations.books import (
    BundleRow,
    BundleState,
    ClosedRecord,
    DueReceipt,
    InboxRow,
)
from mediabridge.stations.desk import Desk
from mediabridge.translog.events import Event, Fact

CLERK: Final = "clerk-1"
FOLDER: Final = ""
"""What the books call a medium that is a folder."""

_OFFICER: Final = "officer-1"
_EVENT: Final = {Kind.ISA_NOTICE: "N07", Kind.MUNICIPAL_NOTICE: "M01"}
_PART: Final = "part-0000.cob"


def named(*what: object) -> str:
    """Return an id, 32 hexadecimal digits, that is always the same for *what*."""
    return _digest(" ".join(map(str, what)).encode())[:32]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Sent:
    """One bundle with records of one kind."""

    route: Route
    seq: int
    kind: Kind
    records: int

    @cached_property
    def bundle(self) -> str:
        """Its id."""
        return named(self.route, self.seq)

    @cached_property
    def content(self) -> bytes:
        """What stands for its sealed content."""
        return bytes.fromhex(self.bundle) * 64

    @cached_property
    def listed(self) -> bytes:
        """What lies beside that as ``SHA256SUMS``."""
        return f"{_digest(self.content)}  {_PART}\n".encode("ascii")

    @cached_property
    def sums(self) -> str:
        """The digest of that list."""
        return _digest(self.listed)

    @cached_property
    def file(self) -> bytes:
        """What stands for the collected file."""
        return "".join(f"{self.record(n)}\n" for n in range(1, self.records + 1)).encode()

    def record(self, position: int) -> str:
        """Return the id of the record at *position*, from 1."""
        return f"{self.kind.value[0].upper()}-131041-{self.seq:08d}-{position:07d}"

    @property
    def facts(self) -> dict[str, Fact]:
        """What every log entry on it says."""
        route = self.route
        return {
            "bundle": self.bundle,
            "route_from": route.sender,
            "route_to": route.receiver,
            "seq": self.seq,
            "sums": self.sums,
        }

    def row(self, direction: str, state: BundleState, time: str, carried: int = 0) -> BundleRow:
        """Return what the books have of it."""
        summary = Summary(
            bundle=self.bundle,
            route=self.route,
            seq=self.seq,
            operator=CLERK,
            records={self.kind.value: self.records},
            events={_EVENT[self.kind]: self.records},
            files=2 + carried,
            size=len(self.file),
            receipts=carried,
            previous_records=self.records if self.seq > 1 else 0,
            content=_digest(self.content),
        )
        ours = direction == "out"
        return BundleRow(
            self.bundle, direction, self.route.sender, self.route.receiver, self.seq, self.sums,
            time, state, self.records,
            summary.model_dump(by_alias=True, exclude_none=True) if ours else {},
            _digest(self.sums.encode()) if ours else "",
        )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A receipt, or a supplement to one."""

    about: Sent
    outcomes: Sequence[Outcome]
    time: str
    supplement: int = 0

    @cached_property
    def receipt(self) -> str:
        """Its id."""
        return named("answer", self.about.bundle, self.supplement)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many records have each result."""
        return dict(Counter(each.result.value for each in self.outcomes))

    @property
    def head(self) -> Head:
        """Its first line."""
        about = self.about
        return Head(
            receipt=self.receipt, bundle=about.bundle, route=about.route, seq=about.seq,
            supplement=self.supplement, sums_sha256=about.sums, decided_at=self.time,
            decided_by=CLERK, counts=self.counts,
        )  # fmt: skip

    def facts(self, sha256: str) -> dict[str, Fact]:
        """Return what a log entry on it says; *sha256* is of its file."""
        which: dict[str, Fact] = {"supplement": self.supplement} if self.supplement else {}
        return {
            "receipt": self.receipt,
            "receipt_sha256": sha256,
            "bundle": self.about.bundle,
            "seq": self.about.seq,
            "records": len(self.outcomes),
            **which,
        }


class Side:
    """One of the two stations; to be used within a transaction of its books."""

    def __init__(self, station: Desk) -> None:
        """Write for *station*."""
        self.station, self.home, self.books = station, station.home, station.books
        self.log = GrownLog(station)
        self._digests: dict[str, str] = {}

    def send(
        self, sent: Sent, when: datetime, peer: GrownLog, carried: Sequence[Answer], *, left: bool
    ) -> None:
        """Collect, seal, approve and write *sent* with what is *carried*.

        *left* says that it has arrived since: then the collected file is gone.
        """
        time, digest = to_rfc3339(when), _digest(sent.file)
        self.log.add(
            Event.FILE_COLLECTED, time, CLERK, file_bytes=len(sent.file), file_sha256=digest,
            kind=sent.kind.value, records=sent.records,
        )  # fmt: skip
        self.log.promise()
        seen = peer.seen(self.station.witness_signer, when)
        self.log.add(Event.BUNDLE_SEALED, time, CLERK, **sent.facts, records=sent.records, **seen)
        self.log.add(Event.BUNDLE_APPROVED, time, _OFFICER, **sent.facts)
        self.log.add(Event.BUNDLE_RELEASED, time, CLERK, **sent.facts)
        self.log.add(Event.BUNDLE_WRITTEN, time, CLERK, **sent.facts, bytes=len(sent.content))
        row = InboxRow(digest, sent.kind.value, sent.records, {_EVENT[sent.kind]: sent.records},
                       self.station.tables.sha256)  # fmt: skip
        self.books.add_file(row, collected_at=time, actor=CLERK)
        records = (sent.record(position) for position in range(1, sent.records + 1))
        self.books.add_records(digest, sent.kind.value, records)
        self.books.add_bundle(sent.row("out", BundleState.WRITTEN, time, len(carried)))
        self.books.seal_files(sent.bundle, [digest])
        self.books.carry_receipts(sent.bundle, [each.receipt for each in carried])
        self.books.media.begin_carriage(sent.bundle, FOLDER, time)
        self.books.media.finish_carriage(sent.bundle, FOLDER, time)
        folder = self.home.outbox / sent.bundle
        folder.mkdir(mode=0o700)
        (folder / _PART).write_bytes(sent.content)
        (folder / "SHA256SUMS").write_bytes(sent.listed)
        if not left:
            (self.home.inbox / f"{digest}.csv").write_bytes(sent.file)

    def arrive(self, sent: Sent, when: datetime) -> None:
        """Verify and open *sent*, which the other side wrote."""
        for event in (Event.BUNDLE_VERIFIED, Event.BUNDLE_OPENED):
            self.log.add(event, to_rfc3339(when), CLERK, **sent.facts, approvers=[_OFFICER])

    def accept(self, answer: Answer, sha256: str, when: datetime) -> None:
        """Close the books by an answer that came."""
        time, bundle = to_rfc3339(when), answer.about.bundle
        self.log.add(Event.RECEIPT_ACCEPTED, time, **answer.facts(sha256))
        closed = (
            ClosedRecord(each.kind.value, each.record_id, each.result.value, each.reason, None)
            for each in answer.outcomes
        )
        self.books.close_records(bundle, closed, answer.time, answer.supplement)
        if not answer.supplement:
            self.books.set_state(bundle, BundleState.DELIVERED)
            digest = _digest(answer.about.file)
            self.log.add(Event.BUNDLE_DELIVERED, time, bundle=bundle, file_sha256=digest)

    def take(self, answer: Answer, **counts: int) -> None:
        """Take what a bundle holds, and answer it."""
        sent = answer.about
        self.log.add(
            Event.BUNDLE_APPLIED, answer.time, CLERK, bundle=sent.bundle, seq=sent.seq,
            records=sent.records, **counts,
        )  # fmt: skip
        self.books.add_bundle(sent.row("in", BundleState.TAKEN, answer.time))
        self.issue(answer)

    def issue(self, answer: Answer) -> None:
        """Write *answer*, which is due from then on."""
        path = self.home.receipts / f"{answer.receipt}.jsonl"
        with path.open("xb") as output:
            lines = write_receipt(output, answer.head, answer.outcomes)
        sha256 = _digest(path.read_bytes())
        self.log.add(Event.RECEIPT_ISSUED, answer.time, CLERK, **answer.facts(sha256))
        about = answer.about
        due = DueReceipt(answer.receipt, about.bundle, about.seq, lines, sha256, answer.supplement)
        self.books.add_receipt(due, sender=about.route.sender)

    def sha256_of(self, answer: Answer) -> str:
        """Return the digest of an answer that was issued here."""
        return _digest((self.home.receipts / f"{answer.receipt}.jsonl").read_bytes())

    def deliver(self, sent: Sent) -> None:
        """Put the records of *sent* where the system that processes them picks them up."""
        folder = self.home.delivered / f"{sent.route.sender}-{sent.seq:08d}"
        folder.mkdir(mode=0o700)
        (folder / f"{sent.kind.value}-0001.csv").write_bytes(sent.file)

    def erase(self, sent: Sent, when: datetime) -> None:
        """Take the copy of what arrived off the stick."""
        time = to_rfc3339(when)
        facts: dict[str, Fact] = {"bundles": [sent.bundle], "bundle_count": 1}
        self.log.add(Event.MEDIUM_ERASING, time, CLERK, **facts)
        self.log.add(Event.MEDIUM_ERASED, time, CLERK, **facts, bytes=len(sent.content))
        self.books.media.erase_carriage(sent.bundle, FOLDER, time)
