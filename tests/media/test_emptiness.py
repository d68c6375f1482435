"""What a full probe leaves out is bounded before it writes anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from stations.sticks import SIZE, Stick

from mediabridge.config import MIB
from mediabridge.errors import MediumIoError, NotEmptyError
from mediabridge.media.emptiness import check_empty

USED = SIZE // 16 + 4 * MIB
OUTSIDE = SIZE // 8 + 4 * MIB


class Usage(NamedTuple):
    total: int
    used: int
    free: int


Fill = Callable[..., None]


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Return what says how much of the stick is in use, and how much its file system covers."""

    def say(used: int = 0, *, outside: int = 0) -> None:
        total = SIZE - outside
        usage = Usage(total, used, total - used)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

    return say


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    return Stick(tmp_path)


@pytest.mark.parametrize(("used", "outside"), [(0, 0), (USED, 0), (0, OUTSIDE), (USED, OUTSIDE)])
def test_nearly_empty_stick_passes(stick: Stick, fill: Fill, used: int, outside: int) -> None:
    fill(used, outside=outside)
    check_empty(stick)
    assert stick.calls == ["read"]


@pytest.mark.parametrize(
    ("used", "outside", "said"),
    [
        (USED + 1, 0, f"{USED + 1} of its {SIZE} bytes are in use"),
        (0, OUTSIDE + 1, f"{OUTSIDE + 1} of its {SIZE} bytes lie outside"),
        (SIZE, 0, f"{SIZE} of its {SIZE} bytes are in use"),
    ],
)
def test_what_would_not_be_tried_is_named(
    stick: Stick, fill: Fill, used: int, outside: int, said: str
) -> None:
    """Claim C45. A counterfeit could have its real memory just there."""
    fill(used, outside=outside)
    with pytest.raises(NotEmptyError) as refusal:
        check_empty(stick)
    assert said in str(refusal.value.facts["detail"])
    assert stick.calls == ["read"]


def test_what_an_interrupted_probe_left_is_free(stick: Stick, fill: Fill) -> None:
    left = stick.folder / "mediabridge-probe-00000.partial"
    left.write_bytes(os.urandom(MIB))
    held = left.stat().st_blocks * 512
    fill(USED + held)
    check_empty(stick)
    (stick.folder / "mediabridge-probe-00001.partial").symlink_to(left)
    fill(USED + 2 * held)
    with pytest.raises(NotEmptyError):
        check_empty(stick)


def test_stick_that_cannot_be_asked(stick: Stick, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_folder: Path) -> Usage:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(shutil, "disk_usage", fails)
    with pytest.raises(MediumIoError):
        check_empty(stick)
