"""The bench of noise stands beside the tools that are there, and names those that are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediabridge.bench import Figure, Missing, noise
from mediabridge.cli import bench as command
from mediabridge.cli._result import Table
from mediabridge.config import KIB, MIB

# What each program of the peers is asked for, in as many bytes as it takes to be a peer.
ZSTD = '#!/bin/sh\nexec cp "$3" "$5"\n'
AGE = '#!/bin/sh\nexec cp "$5" "$4"\n'
KEYGEN = "#!/bin/sh\necho recipient\n"
OPENSSL = '#!/bin/sh\ntest -s "$3"\n'
NAMED = {"zstd": ZSTD, "age": AGE, "age-keygen": KEYGEN, "openssl": OPENSSL}


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which alone programs are looked for besides those of every system."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setattr(noise, "which", lambda name: str(folder / name) if here(name) else None)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(noise, "_TURNS", 1)

    def here(name: str) -> bool:
        return (folder / name).exists()

    return folder


def put(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(NAMED[name], "ascii")
    path.chmod(0o755)


def test_every_tool_is_a_peer_or_is_named(tools: Path, tmp_path: Path) -> None:
    for name in NAMED:
        put(tools, name)
    work = tmp_path / "work"
    work.mkdir()
    sealing, nncp, verifying, clock, left = noise.run(work, MIB, tell=lambda _: None)
    assert isinstance(sealing, Figure)
    assert isinstance(verifying, Figure)
    assert sealing.floor_name == verifying.floor_name == "zstd, age, openssl dgst"
    assert nncp == Missing("sealing 1 MiB of noise, beside nncp-file", ("nncp-file", "nncp-cfgnew"))
    # Of one mebibyte the start of Python is all that is measured; a clock promises nothing.
    assert isinstance(clock, Figure)
    assert isinstance(left, Figure)
    assert [each.bound for each in (sealing, verifying, clock, left)] == [None] * 4


def test_missing_tool_is_no_pass(tools: Path, tmp_path: Path) -> None:
    for name in set(NAMED) - {"age"}:
        put(tools, name)
    peer = noise.Peer("zstd, age", ("zstd", "age"), lambda _: pytest.fail("it is not there"))
    (tmp_path / "noise").write_bytes(os.urandom(64 * KIB))
    assert len(list(noise._sealed_in_turns(tmp_path / "noise", [peer]))) == 1
    assert peer.beside("sealing", [1.0], 0.9) == Missing("sealing, beside zstd, age", ("age",))


def test_what_was_not_measured_is_said() -> None:
    result = command._result([Missing("sealing", ("age", "zstd"))])
    table, line = result.lines
    assert isinstance(table, Table)
    assert line == "Not measured: sealing. Not installed here: age, zstd"
    assert result.data["missing"] == [{"name": "sealing", "programs": ("age", "zstd")}]
