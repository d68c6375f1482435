"""Documents without end: one expected reason each, and memory that does not grow with them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from records_xml.endless import ENDLESS

pytestmark = pytest.mark.in_turns

ROOT = Path(__file__).parents[2]
FILE_LIMIT = 2_000_000
"""Bytes after which a file is too large, in this test; the shipped limit only takes longer."""

GROWTH_KIB = 48 * 1024
"""What reading any of them may add to the peak of the process."""


@pytest.mark.heavy
def test_endless_documents_end_early() -> None:
    script = Path(__file__).with_name("endless.py")
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    done = subprocess.run(
        [sys.executable, script, str(FILE_LIMIT)],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {name: reason for name, _records, reason, _taken, _grown in lines} == {
        name: reason for name, (_start, _pieces, reason) in ENDLESS.items()
    }
    for name, records, _reason, taken, grown in lines:
        assert records == 0, name
        assert taken <= FILE_LIMIT + 128 * 1024, name
        assert grown <= GROWTH_KIB, name
