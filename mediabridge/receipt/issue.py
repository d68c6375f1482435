"""Issuing a receipt: one head, then one line per record, as canonical JSON lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field

from mediabridge import canonical
from mediabridge.apply.journal import Outcome
from mediabridge.bundle.header import BundleId, Digest, Format, Identifier, Route, Timestamp
from mediabridge.config import FORMAT
from mediabridge.records.result import Result

# Upwards the canonical form has a limit of its own.
Count = Annotated[int, Field(ge=0)]


class Head(BaseModel):
    """The first line: which bundle is answered, who decided, and how many of each result."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    format: Format = FORMAT
    receipt: BundleId
    bundle: BundleId
    route: Route
    """The route of the bundle that is answered, not of the receipt."""
    seq: Annotated[int, Field(ge=1, le=2**31)]
    supplement: Annotated[int, Field(ge=0, le=2**31)]
    """0 for the answer to the bundle; from 1 on for each later decision on a record of it."""
    sums_sha256: Digest
    decided_at: Timestamp
    decided_by: Identifier
    counts: dict[Literal[tuple(result.value for result in Result)], Count]  # type: ignore[valid-type]

    def to_line(self) -> bytes:
        """Return the line as it is written, with its line feed."""
        return canonical.dump(self.model_dump(by_alias=True)) + b"\n"


def write_receipt(output: BinaryIO, head: Head, outcomes: Iterable[Outcome]) -> int:
    """Write *head* and a line for each of *outcomes*, in the order of applying.

    Returns the number of records.

    Raises:
        ValueError: the counts of *head* are not those of *outcomes*; what was written is
            no receipt, and its reader would refuse it.
    """
    output.write(head.to_line())
    written: Counter[str] = Counter()
    for outcome in outcomes:
        output.write(_line(outcome))
        written[outcome.result] += 1
    if written != Counter(head.counts):
        msg = "the head of the receipt counts other outcomes than were written"
        raise ValueError(msg)
    return written.total()


def _line(outcome: Outcome) -> bytes:
    document = {
        "record": outcome.record_id,
        "kind": outcome.kind,
        "result": outcome.result,
        "reason": outcome.reason or "",
        "next_municipality": outcome.next_municipality_code or "",
    }
    return canonical.dump_text(document) + b"\n"
