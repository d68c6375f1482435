"""Make an answer and three late decisions in ``tests/vectors/receipt``, and what they end in.

    python tools/make_receipt_vectors.py tests/vectors/receipt

Nothing in them is drawn by chance, so the files come out the same each time.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from mediabridge.apply import ApplyReason
from mediabridge.apply.journal import Outcome
from mediabridge.bundle.header import Route
from mediabridge.kinds import Kind
from mediabridge.receipt import Head, write_receipt
from mediabridge.records.model import Result


def _outcome(
    number: int, result: Result, reason: ApplyReason | None = None, moved_to: str | None = None
) -> Outcome:
    return Outcome(f"N-{number:04d}", Kind.ISA_NOTICE, result, reason, moved_to)


_ANSWER: Final = [
    _outcome(1, Result.APPLIED),
    _outcome(2, Result.HELD, ApplyReason.NO_MATCH),
    _outcome(3, Result.HELD, ApplyReason.FIRST_CARD),
    _outcome(4, Result.SUPERSEDED, ApplyReason.OLDER_THAN_RECORD),
]
_DECISIONS: Final = [
    ("2026-11-24T01:10:00Z", _outcome(2, Result.NOT_FOUND, ApplyReason.NO_MATCH)),
    ("2026-11-24T01:12:00Z", _outcome(3, Result.APPLIED)),
    # Decided anew: the later decision stands, in whatever order they arrive.
    ("2026-11-25T02:00:00Z", _outcome(2, Result.MOVED_OUT, ApplyReason.MOVED_OUT, "112038")),
]


def make() -> dict[str, bytes]:
    """Return the content of every file by its name."""
    files = {"answer.jsonl": _receipt(0, "2026-11-23T00:30:00Z", _ANSWER)}
    closed = {each.record_id: [each.result.value, 0] for each in _ANSWER}
    for number, (time, outcome) in enumerate(_DECISIONS, 1):
        files[f"decision-{number}.jsonl"] = _receipt(number, time, [outcome])
        closed[outcome.record_id] = [outcome.result.value, number]
    files["expected.json"] = f"{json.dumps(closed, indent=1)}\n".encode("ascii")
    return files


def _receipt(supplement: int, time: str, outcomes: list[Outcome]) -> bytes:
    head = Head(
        receipt=f"{supplement + 1:032x}",
        bundle="5f0c6f1d2a8e4b7c9d3e1f2a4b6c8d0e",
        route=Route(sender="lgwan-01", receiver="registry-01"),
        seq=7,
        supplement=supplement,
        sums_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        decided_at=time,
        decided_by="clerk-1",
        counts=dict(Counter(outcome.result.value for outcome in outcomes)),
    )
    output = io.BytesIO()
    write_receipt(output, head, outcomes)
    return output.getvalue()


def main(target: Path) -> None:
    """Write every file into *target*."""
    target.mkdir(parents=True, exist_ok=True)
    for name, content in make().items():
        (target / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
