"""The official tables that lie beside the repository and are not part of it."""

import os
from pathlib import Path

from required import missing

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared_data(name: str) -> Path:
    """Give the path of an official file; without it skip, or fail where nothing may be skipped."""
    folder = Path(os.environ.get("MEDIABRIDGE_SHARED_DATA", _BESIDE))
    path = folder / name
    if not path.exists():
        reason = f"the official file {name} is not in MEDIABRIDGE_SHARED_DATA or ../shared/data"
        missing(reason)
    return path
