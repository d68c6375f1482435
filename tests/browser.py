"""What a real browser makes of a page: its picture, what it complained of, what it asked for."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SECONDS: Final = 120


@dataclass(frozen=True)
class Seen:
    """A page in a window of *width* by *height* pixels."""

    picture: bytes
    console: tuple[str, ...]
    """What the page had the browser complain of, such as what its policy forbids."""
    asked: tuple[str, ...]
    """The addresses of what a page had the browser ask for."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return int.from_bytes(self.picture[16:20]), int.from_bytes(self.picture[20:24])


def look(chromium: str, address: str, folder: Path, width: int = 794, height: int = 1123) -> Seen:
    """Open *address* in *chromium*, which keeps its things in *folder*."""
    picture, net = folder / "page.png", folder / "net.json"
    picture.unlink(missing_ok=True)
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr",
        f"--log-net-log={net}", f"--window-size={width},{height}", f"--screenshot={picture}",
        address,
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=_SECONDS)
    shown = picture.read_bytes()
    assert shown.startswith(_PNG)
    events = [each.get("params") or {} for each in json.loads(net.read_bytes())["events"]]
    # What the browser asks for by itself has no page behind it.
    of_pages = [
        each for each in events if each.get("initiator", "not an origin") != "not an origin"
    ]
    complaints = tuple(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return Seen(shown, complaints, tuple(each["url"] for each in of_pages))
