"""The golden statements on void numbers, read by the second reader, by us and by OpenSSH."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from second_reader import Reader, Refused, next_of_route, read_void

from mediabridge.bundle import layout
from mediabridge.verify.order import RouteState
from mediabridge.verify.void import parse_statement

CASES = sorted((Path(__file__).parent / "vectors" / "void").iterdir())
NAMESPACE = "mediabridge-void-v1@city.vectors.example"


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen


def files_of(case: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in case.glob("void-*")}


def statement_of(case: Path) -> str:
    (name,) = (path.name for path in case.glob("void-*.json"))
    return name


def reader_of(case: Path) -> Reader:
    lines = (case / "allowed_signers").read_text("ascii").splitlines()
    officers = {line.split(" ")[0]: " ".join(line.split(" ")[2:]) for line in lines}
    return Reader("registry-01", "live", "city.vectors.example", b"", b"", {}, officers, {})


def test_second_reader_reads_them_from_the_page(case: Path) -> None:
    """Claim C91."""
    statement = read_void(statement_of(case), files_of(case), reader_of(case))
    expected = json.loads((case / "expected.json").read_bytes())
    for state in expected["states"]:
        number, head = state["newest"]
        assert list(next_of_route((number, head), [statement])) == state["next"]


def test_program_reads_them_alike(case: Path) -> None:
    name = statement_of(case)
    statement = parse_statement(files_of(case)[name])
    assert statement.dump() == files_of(case)[name]
    assert name == layout.void_name(statement.first, statement.last)
    expected = json.loads((case / "expected.json").read_bytes())
    for state in expected["states"]:
        after = RouteState.of([tuple(state["newest"])], [statement.on_route])
        assert [after.next_seq, after.sums_sha256] == state["next"]


@pytest.mark.parametrize("change", ["bytes", "signature", "name", "city"])
def test_second_reader_refuses_what_was_changed(case: Path, change: str) -> None:
    name, files, reader = statement_of(case), files_of(case), reader_of(case)
    if change == "bytes":
        files[name] = files[name].replace(b"08:30", b"08:31")
    elif change == "signature":
        files = {each: data for each, data in files.items() if each == name}
    elif change == "name":
        files["void-1-1.json"] = files.pop(name)
        name = "void-1-1.json"
    else:
        reader = replace(reader, city="other.vectors.example")
    with pytest.raises(Refused):
        read_void(name, files, reader)


def test_openssh_verifies_them(case: Path, require_tool: Callable[[str], str]) -> None:
    tool, name = require_tool("ssh-keygen"), statement_of(case)
    for officer in ("officer-1", "officer-2"):
        signature = case / layout.void_signature_name(name, officer)
        words = ["-Y", "verify", "-f", case / "allowed_signers", "-I", officer, "-n", NAMESPACE]
        done = subprocess.run(
            [tool, *words, "-s", signature], input=files_of(case)[name], check=False
        )
        assert done.returncode == 0
