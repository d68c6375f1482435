from __future__ import annotations

from pathlib import Path

import pytest

from mediabridge.bench import receipt

pytestmark = pytest.mark.in_turns


def test_a_receipt_stands_beside_its_floor(tmp_path: Path) -> None:
    told: list[str] = []
    figure = receipt.run(tmp_path, 200, tell=told.append)
    assert told == ["a receipt about 200 records"]
    assert figure.unit == "µs/record"
    assert figure.measured > 0
    assert figure.floor > 0
    assert figure.bound == receipt.BOUND
