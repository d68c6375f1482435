"""What stands with every output at a station: live or training, whose it is, what is wrong.

Work for practice and work on residents' data look alike. So the mode is on every screen, as a
word and as a colour, and in every object of ``--json``; :mod:`mediabridge.cli._app` sees to it
for all commands, which need to know nothing of it. Where the holders of a ceremony sit there is
no station: what opens the folder, or names the city, says it there.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mediabridge.cli import _screen
from mediabridge.errors import MediabridgeError
from mediabridge.locale import hint_of, n_, sentence_of, text

_COLOURS: Final = {"live": "\x1b[1;97;44m", "training": "\x1b[1;30;103m"}
"""White on blue, black on yellow: told apart by those who see red and green as one, too."""


@dataclass(frozen=True)
class Whose:
    """A station, as its folder says."""

    station: str
    mode: str


@dataclass
class About:
    """What is said besides a command's own result."""

    home: Path
    warnings: list[MediabridgeError] = field(default_factory=list)
    said: bool = False
    """Whether the banner is on the screen; a station that was just set up comes late to it."""
    said_elsewhere: bool = False
    """Whether that of a ceremony is, or that of a recovery."""

    def envelope(self) -> dict[str, Any]:
        """Return what ``--json`` has of it; the mode is null where there is no station."""
        return {
            **self.whose_json(),
            "warnings": [
                {"reason": each.reason, "message": sentence_of(each), "data": each.facts}
                for each in self.warnings
            ],
        }

    def whose_json(self) -> dict[str, str | None]:
        """Return whose output it is; all null where there is no station."""
        whose = whose_is(self.home)
        return {
            "station": whose.station if whose else None,
            "mode": whose.mode if whose else None,
        }

    def banner(self) -> None:
        """Say once whose screen this is, as soon as it is somebody's."""
        whose = None if self.said else whose_is(self.home)
        if whose is not None:
            self.said = True
            show_banner(whose)

    def founding(self, whose: Whose) -> None:
        """Say whose screen it will be while its folder does not say so yet."""
        self.said = True
        show_banner(whose)

    def elsewhere(self, line: str, mode: str, **name: str) -> None:
        """Say once, alike, what somebody has before them who sits at no station.

        *line* is a message with ``{mode}`` in it: of a ceremony, or of a bundle that is opened.
        """
        if not self.said_elsewhere:
            self.said_elsewhere = True
            _show(line, mode, **name)

    def warn(self, warning: MediabridgeError, *, as_json: bool) -> None:
        """Say something that stops nothing, once for each command."""
        said = sentence_of(warning)
        if said in map(sentence_of, self.warnings):
            return
        self.warnings.append(warning)
        if not as_json:
            _screen.tell(f"! {said}\n  {hint_of(warning)}")


def whose_is(home: Path) -> Whose | None:
    """Return whose folder *home* is, or None; damage is told by the command that needs it."""
    from mediabridge.stations.home import Home

    try:
        config = Home(home).whose()
    except (MediabridgeError, OSError):
        return None
    return Whose(config.station, config.mode) if config else None


def show_banner(whose: Whose) -> None:
    """Put whose screen this is on stderr, in the colour of its mode on a terminal."""
    _show(n_("[{mode}] station {station}"), whose.mode, station=whose.station)


def _show(line: str, mode: str, **name: str) -> None:
    from mediabridge.bundle.terms import Mode

    colour = _COLOURS[mode] if _in_colour() else ""
    _screen.tell(text(line, mode=Mode.of(mode), **name), colour=colour)


def _in_colour() -> bool:
    return (
        sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
