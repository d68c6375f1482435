"""The receipt of a full population says one thing a hundred thousand times, and is no bomb."""

from __future__ import annotations

import io

import pytest
import zstandard

from mediabridge.apply import Outcome
from mediabridge.bundle.header import Route
from mediabridge.bundle.seal import ZSTD_LEVEL
from mediabridge.config import LIMITS
from mediabridge.kinds import Kind
from mediabridge.receipt import Head, write_receipt
from mediabridge.records.model import Result

ENTRIES = 30_000


@pytest.mark.parametrize("prefix", ["E-", "E-131041-20261118-", "E-" + "X" * 22 + "-"])
def test_same_answer_for_everybody_is_within_the_limit_of_expansion(prefix: str) -> None:
    head = Head(
        receipt="1" * 32,
        bundle="2" * 32,
        route=Route(sender="lgwan-01", receiver="registry-01"),
        seq=1,
        supplement=0,
        sums_sha256="3" * 64,
        decided_at="2026-11-27T00:00:00Z",
        decided_by="clerk-1",
        counts={"already_applied": ENTRIES},
    )
    outcomes = (
        Outcome(f"{prefix}{n:07d}", Kind.ISA_POPULATION, Result.ALREADY_APPLIED, None, None)
        for n in range(ENTRIES)
    )
    output = io.BytesIO()
    assert write_receipt(output, head, outcomes) == ENTRIES
    plain = output.getvalue()
    packed = zstandard.compress(plain, ZSTD_LEVEL)
    assert len(plain) > LIMITS.expansion_floor
    # Other versions of the library pack otherwise; a quarter is kept for them.
    assert len(plain) / len(packed) < LIMITS.expansion_ratio * 3 / 4
