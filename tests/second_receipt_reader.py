"""Second reader of receipts, written from ``docs/format/receipt.md`` and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from second_reader import COUNTS, HEX32, HEX64, need, parse

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
RESULTS = {
    "applied", "already_applied", "handed_over", "superseded", "moved_out", "held", "not_found",
    "conflict", "rejected",
}  # fmt: skip
DECIDED = RESULTS - {"held", "handed_over", "already_applied"}
HEAD = {
    "format": 1,
    "receipt": HEX32,
    "bundle": HEX32,
    "route": {"from": str, "to": str},
    "seq": range(1, 2**31 + 1),
    "supplement": range(2**31 + 1),
    "sums_sha256": HEX64,
    "decided_at": str,
    "decided_by": ID,
    "counts": COUNTS,
}
OF_SOFTWARE = {
    "sha256": HEX64,
    "result": re.compile("staged|refused"),
    "reason": re.compile("([A-Z][A-Z0-9_]{0,63})?"),
}
LINE = {
    "record": str,
    "kind": re.compile("isa_notice|municipal_notice|residence_report|isa_population"),
    "result": re.compile("|".join(RESULTS)),
    "reason": re.compile("([A-Z][A-Z0-9_]{0,63})?"),
    "next_municipality": re.compile("([0-9]{6})?"),
}
Books = dict[tuple[str, str], tuple[str, int]]
"""Kind and record to its result, and to the supplement by which it was closed."""


def read_receipt(data: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the head and the lines of a receipt, or refuse it."""
    need(data.endswith(b"\n"), "the last line is not ended")
    first, *rest = data[:-1].split(b"\n")
    need(all(len(line) < 4096 for line in (first, *rest)), "a line is too long")
    told = {"software": [OF_SOFTWARE]} if b'"software":' in first else {}
    head = parse(first, HEAD | told, "the head")
    for each in head.get("software", []):
        need((each["result"] == "refused") == bool(each["reason"]), "why it was refused")
    need(not (told and head["supplement"]), "a later decision on software")
    need(head.get("software") != [], "an empty list of software")
    datetime.strptime(head["decided_at"], "%Y-%m-%dT%H:%M:%S%z")
    lines = [parse(line, LINE, "a line") for line in rest]
    for line in lines:
        without = line["result"] in {"applied", "already_applied", "handed_over"}
        need(without == (line["reason"] == ""), "a reason does not go with its result")
        need(not line["next_municipality"] or line["result"] == "moved_out", "a move of nobody")
    need(+Counter(head["counts"]) == Counter(line["result"] for line in lines), "other counts")
    if head["supplement"]:
        results, kinds = ({line[name] for line in lines} for name in ("result", "kind"))
        need(len(results) == 1 and results <= DECIDED, "not one decision")
        need(len(lines) == 1 or kinds == {"isa_population"}, "several records of no population")
    return head, lines


def close(receipts: Iterable[bytes]) -> Books:
    """Return the sender's books after *receipts*; every answer comes before what adds to it."""
    books: Books = {}
    for data in receipts:
        head, lines = read_receipt(data)
        for line in lines:
            which, number = (line["kind"], line["record"]), head["supplement"]
            if number == 0:
                books.setdefault(which, (line["result"], 0))
                continue
            known, closed_by = books.get(which, ("", 0))
            need(closed_by or known in {"held", "handed_over"}, "it decides on a closed record")
            if number > closed_by:
                books[which] = (line["result"], number)
    return books
