"""``mediabridge bench media`` on real USB, on a slow stick and on one as fast as may be.

Nothing here asserts on time: the figures are printed (``pytest -s``).
MEDIABRIDGE_BENCH_SIZE=100MiB is the size at which 1.15 is promised.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from harness import STATE, Desk

if TYPE_CHECKING:
    from medium import Stick
    from rig import StickBench

SIZE = os.environ.get("MEDIABRIDGE_BENCH_SIZE", "4MiB")
STATE_SIZE = "600M"
"""Room for the payload, its sealed copy and what dd reads."""

SPEEDS = {"throttled": 10_000_000, "unthrottled": None}


def _bench(desk: Desk) -> dict[str, Any]:
    words = ("--json", "bench", "media", "--size", SIZE, "--folder", STATE)
    order = desk.order("--home", f"{STATE}/none", "--lang", "en", *words)
    code = order.wait()
    result: dict[str, Any] = json.loads(order.out)
    # A bound that does not hold under emulation is for whoever reads the figures to judge.
    assert code == 0 or result["reason"] == "BOUND_BROKEN", (result, order.err)
    return result


def _names_on(desk: Desk, stick: Stick) -> list[str]:
    device = desk.machine.plug(stick)
    listing = f"mount -o ro {device}1 /mnt && ls -A /mnt && umount /mnt"
    names = desk.machine.check(listing).split()
    desk.machine.unplug(stick)
    return names


@pytest.mark.drawn(over=["speed"])
@pytest.mark.parametrize("speed", SPEEDS)
def test_figures_of_a_stick(bench: StickBench, speed: str) -> None:
    desk = Desk.on(bench, "bench", bench.disk("state", STATE_SIZE))
    desk.switch_on()
    stick = bench.stick("stick", "160M", "vfat", serial="RIGBENCH1")
    desk.machine.plug(stick)
    stick.bytes_per_second = SPEEDS[speed]
    figures = _bench(desk)["data"]["figures"]
    desk.machine.unplug(stick)
    stick.bytes_per_second = None
    for each in figures:
        floor = f"{each['floor_name']} {each['floor']:.2f} s"
        line = f"{speed}: {each['name']} {each['measured']:.2f} s, {floor}: {each['ratio']}"
        print(line, file=sys.stderr)
    assert len(figures) == 2
    assert all(each["measured"] > 0 and each["floor"] > 0 for each in figures)
    assert _names_on(desk, stick) == []
