"""What the books hold, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import unique
from typing import Any, NamedTuple

from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken


@unique
class BundleState(Spoken):
    """Where a bundle is on its journey, as its sender or its receiver knows."""

    SEALED = "sealed", n_("sealed, waiting for approval")
    """Made and signed by the station; waiting for approval."""
    APPROVED = "approved", n_("approved, ready to write")
    """Enough officers signed; may be written to a medium."""
    WRITTEN = "written", n_("on a medium, not yet answered")
    """On a medium and read back; not yet answered."""
    DELIVERED = "delivered", n_("delivered, receipt is in")
    """The peer's receipt is in; the books on it are closed."""
    VOID = "void", n_("void by the officers' statement")
    """Sealed here, and declared void; nobody takes it any more."""
    TAKEN = "taken", n_("taken")
    """An incoming bundle that was applied."""


@dataclass(frozen=True)
class BundleRow:
    """One bundle as the books know it."""

    bundle: str
    direction: str
    sender: str
    receiver: str
    seq: int
    sums_sha256: str
    created: str
    state: BundleState
    records: int
    summary: dict[str, Any]
    salt: str

    @property
    def only_answers(self) -> bool:
        """Whether it was sealed here with receipts and no records, so that none comes for it."""
        answers = bool(self.summary.get("receipts"))
        return not self.records and answers and not self.summary.get("software")


@dataclass(frozen=True)
class SentBack:
    """A bundle that an officer sent back before it left, and that was taken apart."""

    bundle: str
    receiver: str
    seq: int
    operator: str
    """Who prepared it, and has to know."""
    officer: str
    reason: str
    remark: str
    at: str


@dataclass(frozen=True)
class InboxRow:
    """One collected file."""

    file: str
    kind: str
    records: int
    events: dict[str, int]
    tables: str | None
    """Digest of the tables by which its records were found right; None if it was not kept."""
    notices: dict[str, int] = field(default_factory=dict)
    """How many of its values were accepted and are worth a look, by code."""


@dataclass(frozen=True)
class OwnKey:
    """A recipient key of this station; its private half is in the key file until it is erased."""

    place: int
    """Higher for a key that was entered later."""
    key: str
    """SHA-256 of the public half."""
    public: str
    sender: str
    """Who seals to it; empty for a key that trust data names, to which every sender may."""
    announcement: bytes | None
    number: int
    """Of the bundle that announced it first; 0 while nobody was told."""
    erased: int


@dataclass(frozen=True)
class Opening:
    """A bundle that a recipient key opened."""

    sender: str
    seq: int
    sums_sha256: str


@dataclass(frozen=True)
class PeerKey:
    """What a peer announced last."""

    number: int
    announcement: bytes
    signature: str


@dataclass(frozen=True)
class DueReceipt:
    """A receipt that has not been sealed into a bundle yet."""

    receipt: str
    bundle: str
    seq: int
    lines: int
    sha256: str | None
    """Digest of the file; None for one that is older than this column."""
    supplement: int = 0
    """0 for the answer to the bundle, otherwise that decision on a record of it."""


class ClosedRecord(NamedTuple):
    """What a receipt says of one record."""

    kind: str
    record: str
    result: str
    reason: str | None
    next_municipality: str | None


@dataclass(frozen=True)
class OwnRecord:
    """A record that this station sent, and what is known of it."""

    kind: str
    record: str
    bundle: str
    seq: int
    result: str | None
    """None until a receipt says."""
    reason: str | None
    next_municipality: str | None
    decided_at: str | None
    supplement: int
    """0: said when the bundle was taken; otherwise by that later decision of a person."""
