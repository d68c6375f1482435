"""The hub does what its own description says, asked by a generator that believes it.

schemathesis reads ``/openapi.json`` and makes of it requests that are right and requests that are
wrong, one by one and in sequences. None may be answered with a fault of the hub's, with a status,
a type or a document that is not described, or be taken though it is wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.hub import town
from tests.hub.conftest import settings_file
from tests.hub.processes import Process

pytestmark = [pytest.mark.heavy, pytest.mark.in_turns]

EXAMPLES: Final = os.environ.get("MEDIABRIDGE_INTERFACE_EXAMPLES", "5")
"""How many for each route; ``make test-hub-interface`` has many."""
SEED: Final = os.environ.get("MEDIABRIDGE_INTERFACE_SEED", "1")
PATIENCE: Final = 3600

PACE: Final = "[bounds]\nrequests_a_minute = 1000000"

KNOWN: Final = """
[parameters]
"path.bundle" = "{0}"
"path.name" = "header.json"
"path.path" = "metadata/timestamp.json"
"""
"""What waits at the hub: random ids meet nothing."""

UNSAID: Final = """
[[operations]]
include-name = "{0}"
checks.positive_data_acceptance.enabled = false
"""
"""Of these a schema cannot say all: which files belong together, that a part is as long as its
range, how long a file is, that whole numbers are written without a fraction."""
OF_MANY_WORDS: Final = (
    "POST /v1/bundles", "GET /v1/bundles/{bundle}/files/{name}",
    "PUT /v1/bundles/{bundle}/files/{name}", "POST /v1/faults",
)  # fmt: skip


@pytest.mark.parametrize("known", [False, True])
def test_every_answer_is_as_described(made: town.Town, tmp_path: Path, *, known: bool) -> None:
    place = f'adapter = "sqlite"\npath = "{tmp_path / "hub.db"}"'
    hub = Process(settings_file(made, tmp_path, place, PACE))
    try:
        waiting = made.bundle()
        town.Caller(made, "lgwan-01", hub.port, tmp_path).send(waiting)
        told = [KNOWN.format(waiting.id)] if known else []
        told += [UNSAID.format(each) for each in OF_MANY_WORDS]
        (tmp_path / "schemathesis.toml").write_text("".join(told), "utf-8")
        command = _command(hub.port, made, town.Caller(made, "lgwan-02", hub.port, tmp_path))
        done = subprocess.run(
            command, cwd=tmp_path, timeout=PATIENCE, capture_output=True, text=True, check=False
        )
    finally:
        assert hub.stop() == 0
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def _command(port: int, made: town.Town, caller: town.Caller) -> list[str]:
    return [
        sys.executable, "-m", "schemathesis.cli", "run",
        f"https://{town.HOST}:{port}/openapi.json", "--tls-verify", str(made.authority),
        "--request-cert", str(caller.shown), "--seed", SEED, "--max-examples", EXAMPLES,
        "--continue-on-failure", "--no-color",
    ]  # fmt: skip
