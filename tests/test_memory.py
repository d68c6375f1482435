"""No core file; and where the system allows it, nothing of the memory on a disk."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

IPC_LOCK = 1 << 14
SHOWN = """
import resource
from pathlib import Path
from mediabridge import memory
{before}
memory.leave_no_copy()
print(resource.prlimit(0, resource.RLIMIT_CORE)[0], Path("/proc/self/status").read_text())
"""
UNLIMITED = "memory.resource.getrlimit = lambda _which: (resource.RLIM_INFINITY,) * 2"
LIMITED = "resource.setrlimit(resource.RLIMIT_MEMLOCK, (1 << 16, 1 << 16))"


def shown(before: str) -> dict[str, int]:
    """Return what the system says of a process, kilobytes and the limit of its core files."""
    script = SHOWN.format(before=before)
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    core, status = done.stdout.split(" ", 1)
    found = re.findall(r"^(Vm\w+):\s+(\d+) kB$", status, re.MULTILINE)
    return {"core": int(core)} | {name: int(value) for name, value in found}


def test_all_memory_is_locked_where_there_is_no_limit() -> None:
    """Claim C76."""
    status = Path("/proc/self/status").read_text("utf-8")
    if not int(re.findall(r"CapEff:\s+(\w+)", status)[0], 16) & IPC_LOCK:
        pytest.skip("this account may not lock memory")
    found = shown(UNLIMITED)
    assert found["core"] == 0
    assert found["VmLck"] >= found["VmRSS"] > 0


def test_nothing_is_locked_under_a_limit_at_which_a_command_would_end_later() -> None:
    found = shown(LIMITED)
    assert (found["core"], found["VmLck"]) == (0, 0)
