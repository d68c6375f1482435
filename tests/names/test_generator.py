"""The shipped tables can be made again from the registry package, byte by byte."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mediabridge.records.names.store import _SHIPPED
from tools import build_notice582

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.heavy
def test_shipped_tables_are_reproducible(
    tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    tarball = os.environ.get("MEDIABRIDGE_MOJIDATA_TARBALL")
    if tarball is None:
        npm = require_tool("npm")
        packed = subprocess.run(
            [npm, "pack", "--silent", "@mandel59/mojidata@1.8.1"],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
        tarball = str(tmp_path / packed.stdout.split()[-1])
    script = ROOT / "tools" / "build_notice582.py"
    subprocess.run([sys.executable, script, tarball, "--out", tmp_path], check=True)
    for name in ("notice582.tsv", "jis_kanji.tsv"):
        assert (tmp_path / name).read_bytes() == (_SHIPPED / name).read_bytes()


def test_jis_kanji_are_reproducible() -> None:
    lines = build_notice582.kanji(build_notice582.jis_kanji())
    shipped = (_SHIPPED / "jis_kanji.tsv").read_text(encoding="utf-8")
    assert "\n".join(lines) + "\n" == shipped
