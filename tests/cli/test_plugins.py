"""A plug-in of pydantic that is installed beside us sees nothing of what is validated."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_MODEL = "import pydantic\nclass Model(pydantic.BaseModel): item: int\n"
_REFUSED = f"from mediabridge.cli import _plugins\n_plugins.refuse()\n{_MODEL}"


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder with a package that says when pydantic has loaded it."""
    (tmp_path / "curious.py").write_text("print('loaded')\nplugin = None\n")
    about = tmp_path / "curious-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: curious\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[pydantic]\ncurious = curious:plugin\n")
    return tmp_path


@pytest.mark.parametrize(("code", "loaded"), [(_MODEL, True), (_REFUSED, False)])
def test_no_plug_in_is_loaded(beside: Path, code: str, loaded: bool) -> None:
    # The program's own commands, which other tests run in this process, have set it already.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYDANTIC")}
    path = os.pathsep.join([str(beside), *filter(None, [kept.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("loaded" in done.stdout) is loaded, done.stderr
