"""What is asked of a machine in which the package is installed, beside what people type."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from harness import PATIENCE
from installed_desk import Station
from medium import Stick
from rig import VirtualMachine

HOME: Final = "/var/lib/mediabridge"
UNIT: Final = "mediabridge-watch"
LOOK: Final = Path(__file__).with_name("look.py")


def look(station: Station, what: str) -> list[Any]:
    """Return what the station's databases say, asked by their owner and without the program."""
    ask = f"runuser -u mediabridge -- python3 - {HOME} {what}"
    said = station.machine.check(ask, PATIENCE, stdin=LOOK.read_bytes())
    return [json.loads(line) for line in said.splitlines()]


def books(station: Station) -> list[tuple[str, str, int]]:
    """Return direction, state and number of each bundle in the books."""
    return sorted((row[0], row[1], row[2]) for row in look(station, "books"))


def now(station: Station) -> str:
    """Return where the unit's lines in the journal end; a power cut takes nothing of them any more.

    Of the unit's own: after a line that a question leaves out, journalctl 252 leaves out the first
    one that it asks for as well (findings/journalctl-cursor-of-another-unit.sh).
    """
    ask = f"journalctl --sync && journalctl -u {UNIT} -n 1 --show-cursor -o cat --no-pager"
    said: str = station.machine.check(ask, PATIENCE)
    return said.partition("-- cursor: ")[2].strip()


def until_said(station: Station, since: str, line: str) -> str:
    """Wait until the unit has put *line* into the journal; return all it put there *since*."""
    said = f"journalctl -u {UNIT} -o cat --no-pager --after-cursor='{since}'"
    wait = f"until {said} | grep -E '{line}' > /dev/null; do sleep 1; done; {said}"
    try:
        return str(station.machine.check(wait, PATIENCE))
    except TimeoutError:
        journal = station.machine.check("journalctl -b --no-pager -n 60", PATIENCE)
        pytest.fail(f"{line} was not said:\n{journal}")


# A system call that the filter does not let through is 1326 in the kernel's audit.
COMPLAINTS: Final = re.compile(
    r"permitted|denied|not authorized|NotAuthorized|avc:|type=1326|Traceback|segfault|core dump",
    re.IGNORECASE,
)


def complaints(station: Station) -> list[str]:
    """Return the lines of the journal in which somebody was not allowed to do something."""
    lines = station.machine.check("journalctl -b --no-pager", PATIENCE).splitlines()
    return [line for line in lines if COMPLAINTS.search(line)]


def watch(station: Station, name: str) -> str:
    """Return a property of the running unit."""
    return str(station.machine.check(f"systemctl show -P {name} {UNIT}", PATIENCE)).strip()


def plug_uas(machine: VirtualMachine, stick: Stick) -> None:
    """Plug a stick in that speaks UAS in place of the old protocol."""
    port = machine._free_port()
    name = f"uas{port}"
    machine._add_usb_device("usb-uas", name, port, {"attached": False, "serial": stick.serial})
    disk = {"id": f"{name}-disk", "bus": f"{name}.0", "lun": 0, "removable": True}
    machine._add_scsi_disk(stick, disk | {"vendor": stick.vendor, "product": stick.product})
    machine._plugged[stick] = name
    machine._set_attached(name, value=True)
