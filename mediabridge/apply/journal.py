"""What the registry remembers of every bundle, and of what people decided afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, count
from operator import ne
from typing import TYPE_CHECKING, NamedTuple, Self

from mediabridge.apply.resident import Resident

if TYPE_CHECKING:
    from mediabridge.apply.reasons import ApplyReason
    from mediabridge.apply.rules import Change, Decision
    from mediabridge.bundle.header import Route
    from mediabridge.bundle.stages import VerifiedBundle
    from mediabridge.kinds import Kind
    from mediabridge.records.model import AnyIsaNotice, Record, Result
    from mediabridge.records.names.chosen import Naming
    from mediabridge.records.values import Operation

Value = str | int | None
"""One item of a resident record, as the registry spells it."""


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
    """How many records of a bundle met which result; what is not named did not occur."""

    by_result: Mapping[Result, int]

    def __getitem__(self, result: Result) -> int:
        """Return the number of records with *result*."""
        return self.by_result.get(result, 0)

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


class Outcome(NamedTuple):
    """What became of one record; reasons are codes, so no person can be named."""

    record_id: str
    kind: Kind
    result: Result
    reason: str | None
    next_municipality_code: str | None
    """Where a person with result ``moved_out`` went, if the registry knows."""


@dataclass(frozen=True)
class Resolution:
    """A person's decision on one held record; it is never changed, only followed by another."""

    number: int
    """Counts the decisions of this registry from 1."""
    bundle_id: str
    supplement: int
    """Counts the decisions on records of one bundle from 1; its receipt travels under it."""
    position: int
    """Which record of the bundle, in the order of applying, from 1."""
    outcome: Outcome
    decided_at: str
    decided_by: str
    seconded_by: str | None
    """A second person, where the first one wanted or needed one."""
    naming: Naming | None = None
    """How a kanji name was entered that is not all 正字; None where that was not the question."""


@dataclass(frozen=True)
class HeldNotice:
    """A notice that was held for a person, complete, so that it can be shown."""

    bundle_id: str
    held_at: str
    reason: ApplyReason
    notice: AnyIsaNotice
    resident: Resident | None = None
    """Whom its card belongs to by now, so that both spellings of a name can be shown."""
    position: int = 0
    """Which record of the bundle, in the order of applying, from 1."""
    decided: Resolution | None = None
    """The newest decision on it; None as long as it waits."""


class HeldListed(NamedTuple):
    """The same notice in a list: nothing personal."""

    bundle_id: str
    held_at: str
    reason: ApplyReason
    record_id: str
    event_code: str


@dataclass(frozen=True)
class Arrival:
    """A record as it came with one bundle, and what became of it there and then."""

    bundle_id: str
    seq: int
    position: int
    applied_at: str
    decided_by: str
    outcome: Outcome


@dataclass(frozen=True)
class Entered:
    """What one record changed in the register: the items as they were, and as they are since."""

    bundle_id: str
    supplement: int
    """0: by the rules, when the bundle was applied; otherwise by that decision of a person."""
    resident: int
    event_code: str
    operation: Operation
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    """The same names as *before*: only items that changed."""

    @classmethod
    def of(cls, bundle: str, supplement: int, event_code: str, change: Change) -> Self:
        """Return what is kept of *change*, which a notice of this event makes."""
        _operation, old, new = change
        changed = list(compress(count(), map(ne, old, new)))
        names = [Resident._fields[each] for each in changed]
        before = dict(zip(names, [old[each] for each in changed], strict=True))
        after = dict(zip(names, [new[each] for each in changed], strict=True))
        return cls(bundle, supplement, new.id, event_code, change.operation, before, after)


@dataclass(frozen=True)
class FirstOutcome:
    """How a record id was first decided, and whether for the same content."""

    same_content: bool
    decision: Decision

    @classmethod
    def among(cls, known: Sequence[tuple[bytes, Decision]], content: bytes) -> Self | None:
        """Return the one of *known*, oldest first, that counts for *content*; None for none."""
        if not known:
            return None
        first, decision = next((each for each in known if each[0] == content), known[0])
        return cls(first == content, decision)


def content_digest(notice: Record) -> bytes:
    """Return a digest, 32 bytes, that tells two records with one id apart."""
    # What items() returns, without a dictionary for each record.
    items = [f"{name}={value}" for name, value in notice.__dict__.items() if value is not None]
    return hashlib.sha256("\0".join(items).encode()).digest()
