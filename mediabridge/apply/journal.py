"""What the registry remembers of every bundle: the journal entry, and each record's outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from mediabridge.apply.reasons import ApplyReason
from mediabridge.apply.resident import Resident
from mediabridge.apply.rules import Decision
from mediabridge.bundle.header import Route
from mediabridge.bundle.stages import VerifiedBundle
from mediabridge.kinds import Kind
from mediabridge.records.model import AnyIsaNotice, IsaNotice, Result


@dataclass(frozen=True)
class AppliedBundleInfo:
    """The bundle that is being applied, as its verified header and sums name it."""

    bundle_id: str
    route: Route
    seq: int
    sums_sha256: str

    @classmethod
    def of(cls, verified: VerifiedBundle) -> Self:
        """Return what the journal keeps of a verified bundle."""
        header = verified.header
        return cls(header.bundle, header.route, header.seq, verified.sums_sha256)

    @property
    def sender(self) -> str:
        """The station the bundle comes from; it numbers its bundles."""
        return self.route.sender


@dataclass(frozen=True)
class Counts:
    """How many records of a bundle met which result; every result has its number."""

    by_result: Mapping[Result, int]

    def __getitem__(self, result: Result) -> int:
        """Return the number of records with *result*."""
        return self.by_result[result]

    @property
    def records(self) -> int:
        """All records of the bundle."""
        return sum(self.by_result.values())


@dataclass(frozen=True)
class JournalEntry:
    """One bundle that was applied; written in the same transaction as its effects."""

    bundle: AppliedBundleInfo
    applied_at: str
    """RFC 3339, UTC, as :func:`mediabridge.clock.to_rfc3339` writes it."""
    decided_by: str
    """The operator's id, not a name."""
    counts: Counts


@dataclass(frozen=True)
class Outcome:
    """What became of one record; reasons are codes, so no person can be named."""

    record_id: str
    kind: Kind
    result: Result
    reason: str | None
    next_municipality_code: str | None
    """Where a person with result ``moved_out`` went, if the registry knows."""


@dataclass(frozen=True)
class HeldNotice:
    """A notice that waits for a person's decision, complete, so that it can be shown."""

    bundle_id: str
    held_at: str
    reason: ApplyReason
    notice: AnyIsaNotice
    resident: Resident | None = None
    """Whom its card belongs to by now, so that both spellings of a name can be shown."""


@dataclass(frozen=True)
class FirstOutcome:
    """How a record id was first decided, and whether for the same content."""

    same_content: bool
    decision: Decision


def content_digest(notice: IsaNotice) -> bytes:
    """Return a digest, 32 bytes, that tells two notices with one id apart."""
    items = [f"{name}={value}" for name, value in notice.items().items()]
    return hashlib.sha256("\0".join(items).encode()).digest()
