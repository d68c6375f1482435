"""Who is signed in, what is plugged in, and the way to the station."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from mediabridge.accounts import Role
from mediabridge.clock import Clock
from mediabridge.errors import NotForRoleError
from mediabridge.kiosk.bus import Bus
from mediabridge.kiosk.hands import Hands
from mediabridge.locale import text
from mediabridge.stations.home import Home

if TYPE_CHECKING:
    from mediabridge.kiosk.attendance import Attendance
    from mediabridge.kiosk.page import Page
    from mediabridge.kiosk.tray import Tray
    from mediabridge.media.states import Handling, StateReport
    from mediabridge.progress import Progress
    from mediabridge.stations.desk import Desk
    from mediabridge.stations.keyring import ClerkKey
    from mediabridge.stations.who import StationConfig
    from mediabridge.trust.passphrase import PassphraseSource
    from mediabridge.trust.token_uri import TokenUri

Opened = Callable[..., "Desk"]
"""Returns the station, not entered yet: of a clerk's key, a listener to states, a progress."""


@dataclass(frozen=True)
class Means:
    """What the command line gives to the kiosk."""

    home: Home
    config: StationConfig
    opened: Opened
    clock: Clock
    keys: Path | None = None
    """The folder of people's key files; the settings say where theirs are otherwise."""
    account: str | None = None
    """The account that the system says this person has, where accounts are separate."""
    role: Role | None = None
    """As what that account works here; None where one account is for all."""
    idle_seconds: float = 300.0
    tray: Tray | None = None
    """Where files change hands; None where nothing says so."""

    def allows(self, role: Role) -> bool:
        """Tell whether the work of *role* may be done here."""
        return self.role in (None, role)

    def require(self, role: Role, command: str) -> None:
        """Refuse the work of *role*, which *command* does as well, where it is not this account's.

        No page leads there; asked once more where it is done.

        Raises:
            NotForRoleError: the account works here as something else.
        """
        if self.role is not None and self.role is not role:
            raise NotForRoleError(
                command=command, role=text(self.role.sentence), whose=text(role.sentence)
            )


@dataclass(frozen=True)
class Worker:
    """Who is signed in, with the own key as it was opened."""

    name: str
    key: ClerkKey | None


@dataclass
class Session:
    """One screen at one station, from its start to its end."""

    means: Means
    bus: Bus = field(default_factory=Bus)
    worker: Worker | None = None
    medium: str = ""
    """The medium that the present visit is about; shown on every page."""
    destinations: tuple[str, ...] = ()
    """Where what is sent from here goes."""
    attendance: Attendance | None = None
    hands: Hands = field(init=False)
    """What the hands do with the medium of the last visit, whoever is signed in."""
    aloud: bool = False
    """Whether the pages are said line by line, so that nothing is drawn."""
    ending: Event = field(default_factory=Event)
    """Set when this program has to end: whatever goes on stops at its next step."""

    def __post_init__(self) -> None:
        """Know of no medium yet."""
        self.hands = Hands(self.bus)

    def station(
        self,
        *,
        key: ClerkKey | None = None,
        show: Callable[[StateReport], None] = lambda _: None,
        progress: Progress | None = None,
    ) -> Desk:
        """Return the station, to be used with ``with`` for as long as nobody has to think."""
        known = self.worker.key if self.worker else None
        return self.means.opened(clerk=key or known, show=show, progress=progress)

    @property
    def name(self) -> str | None:
        """The name of whoever is signed in."""
        return self.worker.name if self.worker else None

    @property
    def collector(self) -> str | None:
        """The name under which something is taken in; at a live station the key says who it is."""
        # A name alone proves nothing there, and is not taken.
        return None if self.means.config.mode == "live" else self.name

    def key_place(self, name: str, named: Mapping[str, Path | TokenUri]) -> Path | TokenUri | None:
        """Return where the key of *name* is: where the settings say, or in the people's folder."""
        folder = self.means.keys
        return named.get(name) or (folder / f"{name}.json" if folder else None)

    def sign_out(self, *, idle: bool = False) -> Page:
        """Forget who was here, the key included; *idle* says that nobody asked for it."""
        from mediabridge.kiosk.signin import SignIn

        self.worker = self.attendance = None
        if self.hands.now is None:
            self.medium = ""
        return SignIn(self, locked=idle)

    def home(self) -> Page:
        """Return the page where every errand begins."""
        from mediabridge.kiosk.home import Looking

        return Looking(self) if self.worker else self.sign_out()

    def medium_of(self, handling: Handling | None) -> str:
        """Return the medium that a page is about on which the hands do *handling*.

        One that was let go of is switched off, and nobody sees it pulled out: its own page names it
        until somebody goes on; any other page only names what is plugged in.
        """
        return self.medium if handling is not None or not self.bus.is_empty else ""

    def opener(self, key: ClerkKey | None = None) -> Callable[..., Desk]:
        """Return :meth:`station` with *key* filled in."""
        return partial(self.station, key=key)


def passphrase_source(typed: str) -> PassphraseSource:
    """Return a source that gives what a person *typed*."""
    return lambda _key: typed.encode()
