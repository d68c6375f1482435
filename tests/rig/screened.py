"""A machine of the desk that has a screen and a keyboard: what stands there, and keys pressed.

The rig's own machines have neither. This one is a Debian with a kernel and a disk of its own; what
is shown is what its graphics card has, and a key is pressed at its keyboard, so that nothing of the
system's way in and out is left aside.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import rig
from harness import PATIENCE
from packaged import System
from rig import QEMU, QemuProcess, accelerator

RIG: Final = Path(rig.__file__).parent

SIZE: Final = (1280, 800)
_MEMORY: Final = "1536M"
_EMULATED: Final = "Nehalem,cx16=off"
"""A plain processor: with all that qemu 7.2 can play, a kernel 6.12 ended with a double fault."""
_PAUSE_SECONDS: Final = 2.0
_AGENT: Final = "opt/rig/agent.py"
_UNIT: Final = "rig-agent.service"


def disk_of(system: System, image: Path) -> Path:
    """Lay *system*, with the rig's way in for commands, on a disk of its own; return *image*."""
    agent = system.root / _AGENT
    agent.parent.mkdir(parents=True)
    shutil.copy(RIG / "guest/agent.py", agent)
    units = system.root / "etc/systemd/system"
    shutil.copy(RIG / "guest" / _UNIT, units)
    # What an installed system has from its installer.
    (system.root / "etc/fstab").write_text("/dev/vda / ext4 rw 0 1\n", "ascii")
    wants = units / "sysinit.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / _UNIT).symlink_to(f"../{_UNIT}")
    words = ["mke2fs", "-q", "-t", "ext4", "-d", system.root, image, "3G"]
    subprocess.run(words, check=True, capture_output=True)
    return image


@dataclass
class Screened:
    """The machine, with the kernel in *boot*; *folder* is for what is looked at."""

    boot: Path
    disk: Path
    folder: Path
    _on: QemuProcess | None = None

    def switch_on(self) -> None:
        """Begin; a machine that ends by itself, as at a restart, is off."""
        self._on = QemuProcess(_command(self.boot, self.disk), self.folder / "console")
        self.qemu.guest.wait_until_ready(PATIENCE)

    def switch_off(self) -> None:
        """Cut the power."""
        if self._on is not None:
            self._on.kill()
            self._on = None

    @property
    def qemu(self) -> QemuProcess:
        """The process that plays it."""
        assert self._on is not None, "the machine is off"
        return self._on

    def check(self, command: str, stdin: bytes = b"") -> str:
        """Run the shell's *command* as root, which succeeds, and return what it prints."""
        done = self.qemu.guest.start(command, {}, "/", stdin).wait(PATIENCE)
        assert done.code == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return str(done.stdout)

    def press(self, *chords: str) -> None:
        """Press keys one after the other; those of a chord (``ctrl-alt-f2``) at once."""
        for chord in chords:
            keys = [{"type": "qcode", "data": key} for key in chord.split("-")]
            self.qemu.monitor.execute("send-key", {"keys": keys})

    def type(self, typed: str) -> None:
        """Type letters, digits and what else a passphrase of training has, and press Enter."""
        self.press(*map(_keys_of, typed), "ret")

    def see(self, *words: str) -> str:
        """Wait until all of *words* stand on the screen; return what stands there."""
        deadline = time.monotonic() + PATIENCE
        while True:
            shown = self.read("seen")
            if all(word in shown for word in words):
                return shown
            if time.monotonic() > deadline:
                pytest.fail(f"{words} never came to the screen; there is: {shown}")
            time.sleep(_PAUSE_SECONDS)

    def picture(self, name: str) -> Path:
        """Return a picture of what the screen shows now."""
        path = self.folder / f"{name}.png"
        self.qemu.monitor.execute("screendump", {"filename": str(path), "format": "png"})
        return path

    def read(self, name: str) -> str:
        """Return the words on the screen, as a program reads them from the picture of it.

        It makes mistakes, fewest in Latin letters of a line that is read as one.
        """
        words = ["tesseract", str(self.picture(name)), "-", "--psm", "6", "-l", "eng"]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        return " ".join(done.stdout.split())


def _keys_of(character: str) -> str:
    """Return the chord that gives *character* at a Japanese keyboard."""
    special = {"-": "minus", "_": "shift-ro", " ": "spc"}
    if character in special:
        return special[character]
    return f"shift-{character.lower()}" if character.isupper() else character


def _command(boot: Path, image: Path) -> list[str]:
    (kernel,), (ramdisk,) = boot.glob("vmlinuz-*"), boot.glob("initrd.img-*")
    accel = accelerator()
    width, height = SIZE
    return [
        *(QEMU, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"),
        *("-machine", "pc", "-m", _MEMORY, "-smp", "1"),
        *("-accel", "tcg,thread=multi" if accel == "tcg" else accel),
        *("-cpu", _EMULATED if accel == "tcg" else "host"),
        *("-kernel", str(kernel), "-initrd", str(ramdisk)),
        *("-append", "root=/dev/vda rw console=ttyS0 quiet"),
        *("-drive", f"file={image},if=virtio,format=raw"),
        *("-device", f"virtio-vga,xres={width},yres={height}", "-device", "virtio-rng-pci"),
        *("-device", "virtio-serial-pci"),
        *("-device", "virtserialport,chardev=agent,name=rig.agent"),
        *("-device", "qemu-xhci", "-device", "usb-kbd"),
    ]
