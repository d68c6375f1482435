"""Receipts: what one side writes the other reads, and nothing else."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mediabridge import canonical
from mediabridge.apply import ApplyReason, Outcome
from mediabridge.bundle.header import Route
from mediabridge.config import Limits
from mediabridge.errors import ReceiptInvalidError
from mediabridge.kinds import Kind
from mediabridge.receipt import Head, ReceiptReader, write_receipt
from mediabridge.records.model import Result
from mediabridge.translog.events import FACTS

DOCUMENT = Path(__file__).parents[2] / "docs" / "format" / "receipt.md"

OUTCOMES = [
    Outcome("N-0001", Kind.ISA_NOTICE, Result.APPLIED, None, None),
    Outcome("N-0002", Kind.ISA_NOTICE, Result.HELD, ApplyReason.NO_MATCH, None),
    Outcome("N-0003", Kind.ISA_NOTICE, Result.MOVED_OUT, ApplyReason.MOVED_OUT, "112038"),
    Outcome("N-0001", Kind.ISA_NOTICE, Result.ALREADY_APPLIED, None, None),
]


def head(outcomes: list[Outcome], **counts: int) -> Head:
    return Head(
        receipt="0" * 32,
        bundle="1" * 32,
        route=Route.model_validate({"from": "lgwan", "to": "registry"}),
        seq=7,
        supplement=0,
        sums_sha256="2" * 64,
        decided_at="2026-11-23T00:30:00Z",
        decided_by="clerk-1",
        counts=Counter(str(outcome.result) for outcome in outcomes) | counts,
    )


def written(outcomes: list[Outcome]) -> bytes:
    output = io.BytesIO()
    assert write_receipt(output, head(outcomes), outcomes) == len(outcomes)
    return output.getvalue()


ODD = ['a"b', "a\\b", "\u3042", "", "\n", '"record":""']


def test_line_is_the_canonical_one_whatever_was_said_before() -> None:
    outcomes = [each._replace(record_id=odd) for odd in ["N-1", *ODD, "N-2"] for each in OUTCOMES]
    outcomes.append(OUTCOMES[1]._replace(reason='"record":""'))
    lines = written(outcomes).splitlines(keepends=True)[1:]
    assert lines == [
        canonical.dump(
            {
                "record": each.record_id,
                "kind": each.kind.value,
                "result": each.result.value,
                "reason": str(each.reason or ""),
                "next_municipality": each.next_municipality_code or "",
            }
        )
        + b"\n"
        for each in outcomes
    ]


def read(data: bytes) -> tuple[Head, list[Outcome]]:
    receipt = ReceiptReader(io.BytesIO(data), "receipt.jsonl")
    return receipt.head, list(receipt)


def refusal(data: bytes) -> str:
    with pytest.raises(ReceiptInvalidError) as refused:
        read(data)
    assert refused.value.facts["name"] == "receipt.jsonl"
    return str(refused.value.facts["detail"])


def test_receipt_round_trip() -> None:
    assert read(written(OUTCOMES)) == (head(OUTCOMES), OUTCOMES)


def test_empty_receipt_round_trip() -> None:
    assert read(written([])) == (head([]), [])


def test_documented_example_reads() -> None:
    example = DOCUMENT.read_text(encoding="utf-8").split("```")[1].lstrip("\n").encode()
    told, outcomes = read(example)
    assert (told.seq, [outcome.result for outcome in outcomes]) == (
        7,
        ["applied", "held"],
    )


def test_writer_refuses_other_counts() -> None:
    with pytest.raises(ValueError, match="counts"):
        write_receipt(io.BytesIO(), head(OUTCOMES[:1]), OUTCOMES)


def test_zero_counts_may_stand() -> None:
    output = io.BytesIO()
    write_receipt(output, head(OUTCOMES, rejected=0), OUTCOMES)
    assert read(output.getvalue())[1] == OUTCOMES


def test_unknown_reason_is_read() -> None:
    later = [Outcome("N-1", Kind.ISA_NOTICE, Result.REJECTED, "REASON_OF_NEXT_YEAR", None)]
    assert read(written(later))[1] == later


# --- hostile files ----------------------------------------------------------


def lines() -> list[bytes]:
    return written(OUTCOMES).splitlines(keepends=True)


def changed(number: int, **items: object) -> bytes:
    """The receipt with *items* in its line *number*; None takes one away."""
    told = lines()
    document = json.loads(told[number]) | items
    document = {name: value for name, value in document.items() if value is not None}
    told[number] = canonical.dump(document) + b"\n"
    return b"".join(told)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "line 1: "),
        (b"\n", "line 1: the line is empty"),
        (b"[]\n", "line 1: "),
        (b"".join(lines()[1:]), "line 1: "),
        (b"".join(lines())[:-1], "line 5: the line is too long or cut off"),
        (b"".join(lines()[:-1]), "line 5: fewer records than the head says; missing: 1"),
        (b"".join([*lines(), lines()[1]]), "line 6: more records with result applied"),
        (b"".join([*lines(), b"\n"]), "line 6: the line is empty"),
        (b"".join([*lines(), b"\n", b"hidden\n"]), "line 6: the line is empty"),
        (b"".join([*lines(), b"x" * 5000]), "line 6: the line is too long or cut off"),
        (b"".join(lines()).replace(b"\n", b"\r\n"), "line 1: not in RFC 8785"),
        (b"".join(lines()).replace(b'":', b'": '), "line 1: not in RFC 8785"),
        (b"".join([lines()[0], b"\xff\n"]), "line 2: not UTF-8 at byte 1"),
        (b"".join([lines()[0], b'{"a":1,"a":1}\n']), "line 2: a key occurs twice"),
        (b"".join([lines()[0], b"[" * 3000 + b"\n"]), "line 2: nested too deeply"),
    ],
)
def test_malformed_file_is_refused(data: bytes, problem: str) -> None:
    assert refusal(data).startswith(problem)


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ({"format": 2}, "format: out of range"),
        ({"format": None}, "not in the one form"),
        ({"receipt": "0" * 31}, "receipt: not in the required form"),
        ({"route": {"from": "lgwan"}}, "route.to: missing"),
        ({"route": {"sender": "lgwan", "receiver": "registry"}}, "not in the one form"),
        ({"seq": 0}, "seq: out of range"),
        ({"seq": 2**31 + 1}, "seq: out of range"),
        ({"seq": "7"}, "seq: of another type"),
        ({"sums_sha256": None}, "sums_sha256: missing"),
        ({"decided_at": "2026-13-23T00:30:00Z"}, "not in the form YYYY-MM-DD"),
        ({"decided_by": "Alice Example"}, "decided_by: not in the required form"),
        ({"counts": {"applied": -1}}, "counts.applied: out of range"),
        ({"counts": {"delighted": 1}}, "counts.delighted.[key]: none of the allowed values"),
        ({"extra": 1}, "extra: not expected"),
    ],
)
def test_malformed_head_is_refused(items: dict[str, object], problem: str) -> None:
    assert refusal(changed(0, **items)).startswith(f"line 1: {problem}")


@pytest.mark.parametrize("seq", [1, 2**31])
def test_all_numbers_of_bundles_are_answered(seq: int) -> None:
    assert read(changed(0, seq=seq))[0].seq == seq


def test_count_beyond_canonical_numbers_is_refused() -> None:
    data = written([]).replace(b'"counts":{}', b'"counts":{"applied":9007199254740992}')
    assert refusal(data).startswith("line 1: ")


def test_head_stays_as_it_was_read() -> None:
    told, _ = read(written(OUTCOMES))
    with pytest.raises(ValidationError, match="frozen"):
        told.seq = 8  # type: ignore[misc]


@pytest.mark.parametrize(
    "items",
    [
        {"record": ""},
        {"record": "N-1\n"},
        {"record": "x" * 33},
        {"kind": "receipt"},
        {"result": "delighted"},
        {"result": "moved_out"},
        {"reason": "NO_MATCH"},
        {"reason": "no match"},
        {"next_municipality": "112038"},
        {"next_municipality": None},
        {"name": "EXAMPLE ALICE"},
    ],
)
def test_malformed_outcome_is_refused(items: dict[str, object]) -> None:
    assert refusal(changed(1, **items)).startswith("line 2: ")


def test_missing_reason_is_refused() -> None:
    assert refusal(changed(2, reason="")) == "line 3: reason does not go with held"


def test_swapped_result_is_refused() -> None:
    swapped = changed(1, result="already_applied")
    assert refusal(swapped) == "line 5: more records with result already applied than the head says"


def test_limit_is_given() -> None:
    data = written(OUTCOMES)
    with pytest.raises(ReceiptInvalidError):
        ReceiptReader(io.BytesIO(data), "receipt.jsonl", Limits(receipt_line_bytes=100))


@given(st.binary(max_size=8), st.integers(0, len(written(OUTCOMES))), st.integers(0, 8))
def test_one_spelling_only(piece: bytes, position: int, cut: int) -> None:
    good = written(OUTCOMES)
    bad = good[:position] + piece + good[position + cut :]
    try:
        told, outcomes = read(bad)
    except ReceiptInvalidError:
        return
    output = io.BytesIO()
    write_receipt(output, told, outcomes)
    assert output.getvalue() == bad


# --- supplements ------------------------------------------------------------


def supplement(result: str = "not_found", **items: object) -> bytes:
    reason = "" if result in {"applied", "already_applied"} else "NO_MATCH"
    outcomes = [Outcome("N-0002", Kind.ISA_NOTICE, Result.of(result), reason or None, None)]
    output = io.BytesIO()
    write_receipt(output, head(outcomes).model_copy(update={"supplement": 3, **items}), outcomes)
    return output.getvalue()


DECIDED = ["applied", "superseded", "moved_out", "not_found", "conflict", "rejected"]


@pytest.mark.parametrize("result", list(Result))
def test_supplement_is_one_decision(result: str) -> None:
    if result in DECIDED:
        told, outcomes = read(supplement(result))
        assert (told.supplement, [each.result for each in outcomes]) == (3, [result])
        return
    assert refusal(supplement(result)) == "line 1: a supplement is one decision, with one result"


def test_log_names_every_decision() -> None:
    """The closed list of the log is that of the format."""
    known = [each for each in Result if FACTS["result"](each.value)]
    assert sorted(known) == sorted(DECIDED)
    assert not FACTS["result"]("alice")


@pytest.mark.parametrize("counts", [{}, {"conflict": 0}, {"conflict": 1, "applied": 1}])
def test_supplement_with_other_counts_is_refused(counts: dict[str, int]) -> None:
    told = json.loads(supplement().splitlines()[0]) | {"counts": counts}
    assert "a supplement is one decision" in refusal(canonical.dump(told) + b"\n")


@pytest.mark.parametrize("number", [-1, 2**31 + 1, "1", True])
def test_supplement_has_a_number(number: object) -> None:
    assert "supplement: " in refusal(changed(0, supplement=number))


def test_documented_supplement_reads() -> None:
    example = DOCUMENT.read_text(encoding="utf-8").split("```")[3].lstrip("\n").encode()
    told, (outcome,) = read(example)
    assert (told.supplement, outcome.result, outcome.record_id) == (1, "not_found", "N-0002")


def on_two(kind: Kind, *results: Result) -> bytes:
    outcomes = [
        Outcome(f"E-{number}", kind, result, "REGISTER_CONFIRMED", None)
        for number, result in enumerate(results)
    ]
    output = io.BytesIO()
    write_receipt(output, head(outcomes).model_copy(update={"supplement": 1}), outcomes)
    return output.getvalue()


def test_one_decision_on_several_entries_of_a_population() -> None:
    told, outcomes = read(on_two(Kind.ISA_POPULATION, Result.REJECTED, Result.REJECTED))
    assert (told.supplement, [each.record_id for each in outcomes]) == (1, ["E-0", "E-1"])


def test_one_decision_on_several_notices_is_refused() -> None:
    data = on_two(Kind.ISA_NOTICE, Result.REJECTED, Result.REJECTED)
    assert refusal(data).endswith("one record, unless it is of a population")


def test_one_decision_has_one_result() -> None:
    data = on_two(Kind.ISA_POPULATION, Result.REJECTED, Result.CONFLICT)
    assert refusal(data) == "line 1: a supplement is one decision, with one result"


def _line_of(**changed: str) -> bytes:
    good = {
        "kind": "isa_notice",
        "next_municipality": "",
        "reason": "",
        "record": "N-0002",
        "result": "applied",
    }
    return canonical.dump(good | changed) + b"\n"


@pytest.mark.parametrize(
    "spoilt",
    [
        _line_of(record=""),
        _line_of(record=".N-0002"),
        _line_of(record="N" * 33),
        _line_of(record="N\n2"),
        _line_of(reason="NO_MATCH"),
        _line_of(kind="isa_notices"),
        _line_of(result="held"),
        _line_of(next_municipality="112038"),
        _line_of().replace(b'"N-0002"', b' "N-0002"'),
        _line_of().replace(b"N-0002", b"\\u004e-0002"),
        _line_of().replace(b"N-0002", b'N-0002","record":"N-0003'),
        _line_of().replace(b"}", b"} "),
    ],
)
def test_a_line_is_judged_whatever_came_before(spoilt: bytes) -> None:
    first, *_ = written(OUTCOMES[:1] * 2).splitlines(keepends=True)
    alone = refusal(first + spoilt)
    after = refusal(first + _line_of(record="N-0001") + spoilt)
    assert after == alone.replace("line 2", "line 3")


def test_lines_that_say_the_same_of_many_records() -> None:
    several = [
        Outcome(f"{each.record_id}-{number}", each.kind, each.result, each.reason, code)
        for number in range(3)
        for each in OUTCOMES
        for code in [each.next_municipality_code]
    ]
    assert read(written(several))[1] == several
