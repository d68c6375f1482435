"""Issuing a receipt: one head, then one line per record, as canonical JSON lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, BinaryIO, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from mediabridge import canonical
from mediabridge.apply.journal import Outcome
from mediabridge.bundle.header import BundleId, Digest, Format, Identifier, Route, Timestamp
from mediabridge.config import FORMAT, LIMITS
from mediabridge.kinds import SOFTWARE
from mediabridge.records.result import Result

_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]+").fullmatch
"""Whether JSON spells a record's id as it is."""

_NO_RECORD: Final = b'"record":""'

_REMEMBERED: Final = 4096
"""Ways in which something is said of records; few receipts have twenty."""

# Upwards the canonical form has a limit of its own.
Count = Annotated[int, Field(ge=0)]


class SoftwareOutcome(BaseModel):
    """What became of one file of software: the receiver has staged it, or refused it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)

    sha256: Digest
    result: Literal["staged", "refused"]
    reason: Annotated[str, StringConstraints(pattern=r"^([A-Z][A-Z0-9_]{0,63})?\z")]
    """Why it was refused; empty where it was staged."""


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

    # Absent is one spelling, as with ``as_of`` of a summary.
    software: Annotated[
        tuple[SoftwareOutcome, ...],
        Field(min_length=1, max_length=LIMITS.software_files, strict=False),
    ] = None  # type: ignore[assignment]
    """Of each file of software of the bundle, in its order; None, and not written, without any."""

    @model_serializer(mode="wrap")
    def _without_what_is_absent(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = plain(self)
        return {name: value for name, value in dumped.items() if value or name != SOFTWARE}

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
    line = _Lines()
    for outcome in outcomes:
        output.write(line(outcome))
        written[outcome.result] += 1
    if written != Counter(head.counts):
        msg = "the head of the receipt counts other outcomes than were written"
        raise ValueError(msg)
    return written.total()


class _Lines:
    """Spells the line of an outcome; what is said of many records is spelt once."""

    def __init__(self) -> None:
        self._around: dict[object, tuple[bytes, bytes]] = {}

    def __call__(self, outcome: Outcome) -> bytes:
        record, said = outcome.record_id, outcome[1:]
        around = self._around.get(said)
        if around is None:
            if len(self._around) == _REMEMBERED:
                self._around.clear()
            before, _, after = _line(outcome._replace(record_id="")).partition(_NO_RECORD)
            around = self._around[said] = before + _NO_RECORD[:-1], _NO_RECORD[-1:] + after
        if not _PLAIN(record):
            return _line(outcome)
        return record.encode("ascii").join(around)


def _line(outcome: Outcome) -> bytes:
    document = {
        "record": outcome.record_id,
        "kind": outcome.kind,
        "result": outcome.result,
        "reason": outcome.reason or "",
        "next_municipality": outcome.next_municipality_code or "",
    }
    return canonical.dump_text(document) + b"\n"
