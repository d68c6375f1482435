"""Where the demo's story is played: the stations, their people, and the voice that tells it."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mediabridge.cli import _screen
from mediabridge.cli._context import Context
from mediabridge.cli._output import plain
from mediabridge.cli._result import Table
from mediabridge.locale import n_, text, translate
from mediabridge.shown.bundles import outcomes_table, summary_table, verdict_table
from mediabridge.stations.incoming.taking import Taken
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing.approving import Shown
from mediabridge.stations.registry import RegistryStation
from mediabridge.trust.city import City
from mediabridge.trust.signers import Signer, open_signer

_COLUMNS: Final = 80
"""How wide a table may be where no terminal says so: what is kept is read on one later."""


def _passphrase() -> bytes:
    return secrets.token_urlsafe(24).encode("ascii")


@dataclass
class Stage:
    """Two stations of a training municipality, and the folder that poses as a stick."""

    context: Context
    folder: Path
    data: dict[str, Any] = field(default_factory=dict)
    """What a program reads of the story."""

    passphrase: bytes = field(default_factory=_passphrase, repr=False)
    city: City = field(init=False)

    # --- the stations and what lies between them ------------------------------------

    @property
    def stick(self) -> Path:
        """The folder that is carried."""
        return self.folder / "stick"

    @property
    def copy(self) -> Path:
        """The stick as it was before the receipt came back."""
        return self.folder / "stick-before"

    def day(self, number: int) -> Path:
        """Return the folder with the files of one morning."""
        return self.folder / "sample" / f"day-{number:03d}"

    def lgwan(self) -> LgwanStation:
        """Open the one station."""
        return LgwanStation(
            self.folder / "lgwan-01",
            clock=self.context.clock,
            passphrases=lambda _key: self.passphrase,
            progress=self.context.progress,
        )

    def registry(self) -> RegistryStation:
        """Open the other station."""
        return RegistryStation(
            self.folder / "registry-01",
            clock=self.context.clock,
            passphrases=lambda _key: self.passphrase,
            progress=self.context.progress,
        )

    # --- the people ------------------------------------------------------------------------

    def first_officer(self, shown: Shown) -> Signer:
        """Look at the summary on the screen, and approve."""
        self.show(summary_table(shown.summary.model_dump(by_alias=True)))
        self.say(n_("officer-1 has seen the summary and approves."))
        return self.key_of("officer-1")

    def second_officer(self, _shown: Shown) -> Signer:
        """Approve what need not be shown twice."""
        return self.key_of("officer-2")

    def key_of(self, name: str) -> Signer:
        """Open the key of a person."""
        return open_signer(self.city.key_path(name), self.passphrase)

    # --- what was taken in ------------------------------------------------------------------

    def taken_at_registry(self, taken: Taken) -> None:
        """Show every check, and what became of the notices."""
        self.show(verdict_table(taken.verdict))
        self.show(outcomes_table(taken.outcomes))

    def taken_at_lgwan(self, taken: Taken) -> None:
        """Show every check, and how many notices of the city came."""
        self.show(verdict_table(taken.verdict))
        delivered = sum(taken.outcomes.values())
        self.say(n_("Municipal notices delivered: {count}"), count=delivered)

    def receipts_taken(self, taken: Taken) -> None:
        """Say how many receipts came."""
        self.say(n_("Receipts accepted: {count}"), count=taken.receipts)

    # --- speaking ------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """How many columns a table may have."""
        return _screen.columns(sys.stderr if self.context.json else sys.stdout) or _COLUMNS

    def chapter(self, msgid: str) -> None:
        """Say what comes now."""
        self.print("\n" + translate(msgid))

    def say(self, msgid: str, **facts: Any) -> None:
        """Say what happened."""
        self.print("   " + text(msgid, **facts))

    def show(self, line: str | Table) -> None:
        """Show what a command would show."""
        self.print(plain(line, self.width))

    def print(self, line: str) -> None:
        """Print one line or more; with ``--json`` stdout belongs to the program that reads it."""
        (_screen.tell if self.context.json else _screen.answer)(line)
