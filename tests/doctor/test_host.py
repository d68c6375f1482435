"""The machine: what a crash or swapping leaves on a disk, and whether it can do cryptography."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from mediabridge.doctor import State, host
from mediabridge.trust import signers

HEAD = "Filename Type Size Used Priority\n"


def machine(root: Path, *areas: str, uuid: str | None = None) -> Path:
    (root / "proc").mkdir()
    lines = "".join(f"{area} partition 1 0 -2\n" for area in areas)
    (root / "proc/swaps").write_text(HEAD + lines)
    if uuid is not None:
        folder = root / "sys/class/block/dm-0/dm"
        folder.mkdir(parents=True)
        (folder / "uuid").write_text(f"{uuid}\n")
    return root


@pytest.mark.parametrize(
    ("areas", "uuid", "state"),
    [
        ([], None, State.OK),
        (["/dev/zram0"], None, State.OK),
        (["/dev/dm-0"], "CRYPT-PLAIN-swap", State.OK),
        (["/dev/dm-0"], "LVM-abc", State.LOOK),
        (["/dev/sda2"], None, State.LOOK),
        (["/dev/zram0", "/swapfile"], None, State.LOOK),
    ],
)
def test_swap_in_the_clear_is_found(
    tmp_path: Path, areas: list[str], uuid: str | None, state: State
) -> None:
    (found,) = host.swap(machine(tmp_path, *areas, uuid=uuid))
    assert found.state is state
    assert bool(found.advice) is (state is not State.OK)
    assert state is State.OK or areas[-1] in found.found


def test_dump_of_the_memory_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, state in ((0, State.OK), (resource.RLIM_INFINITY, State.WRONG)):
        monkeypatch.setattr(resource, "getrlimit", lambda _which, limit=limit: (limit, limit))
        (found,) = host.core_dumps()
        assert found.state is state


@pytest.mark.parametrize(("encoding", "state"), [("utf-8", State.OK), ("ascii", State.LOOK)])
def test_screen_that_cannot_show_names_is_said(
    monkeypatch: pytest.MonkeyPatch, encoding: str, state: State
) -> None:
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(encoding=encoding))
    (found,) = host.terminal()
    assert found.state is state


def test_cryptography_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = host.cryptography_works()
    assert found.state is State.OK

    def cannot(_key_id: str) -> None:
        what = "ML-KEM"
        raise UnsupportedAlgorithm(what)

    monkeypatch.setattr(signers, "new_recipient_key", cannot)
    (found,) = host.cryptography_works()
    assert found.state is State.WRONG
    assert "ML-KEM" in found.found
