"""The line for all offices: each station speaks to its hub as it would alone, one after the other.

Whose turn it is shows its own certificate, so each has a connection of its own. One office's
trouble stops no other. Only a hub that takes no connection at all is left alone for this time: with
each of nearly two thousand offices it would be waited for anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mediabridge.errors import LineDownError, MediabridgeError
from mediabridge.line.reach import is_reachable
from mediabridge.locale import n_, text
from mediabridge.progress import Progress
from mediabridge.stations import settings
from mediabridge.stations.home import Home
from mediabridge.stations.line.connecting import connect
from mediabridge.stations.line.syncing import Connect, Synced, sync
from mediabridge.stations.offices.folder import OfficesFolder, Opened, noting, require_agency


@dataclass(frozen=True)
class OfficeSynced:
    """What the line came to for one office."""

    office: str
    synced: Synced | None
    """None where its station did not speak to a hub."""
    stopped: MediabridgeError | None
    """Why it did not, or why it did not come to an end."""

    @property
    def problems(self) -> list[MediabridgeError]:
        """What somebody has to know of."""
        found = self.synced.problems if self.synced else []
        return [*([self.stopped] if self.stopped else []), *found]

    @property
    def is_empty(self) -> bool:
        """Whether nothing came, nothing went, and nothing was wrong."""
        return self.stopped is None and self.synced is not None and self.synced.is_empty


def sync_offices(
    folder: OfficesFolder,
    opened: Opened,
    *,
    operator: str | None = None,
    connected: Connect = connect,
    progress: Progress,
) -> list[OfficeSynced]:
    """Do what there is to do over the line for each office of *folder*, by code."""
    run = _Run(opened, operator, connected)
    found = []
    progress.start(n_("Speaking to the hub for every office"), len(folder.codes), counted=True)
    for code in folder.codes:
        found.append(run.one(code, folder.home(code)))
        progress.advance(1)
    progress.finish()
    return found


@dataclass
class _Run:
    opened: Opened
    operator: str | None
    connected: Connect
    gone: set[str] = field(default_factory=set)
    """Hubs that took no connection."""

    def one(self, code: str, home: Home) -> OfficeSynced:
        problems, done = list[MediabridgeError](), list[Synced]()
        with noting(home, problems.append):
            require_agency(home, code)
            rule = settings.load(home.settings_file).line
            hub = rule.hub if rule else ""
            if hub in self.gone:
                raise LineDownError(detail=text("not tried again, after another office's try"))
            done.append(
                sync(
                    lambda: self.opened(home.root),
                    operator=self.operator,
                    connected=self.connected,
                )
            )
            if isinstance(done[0].cut, LineDownError) and not is_reachable(hub):
                self.gone.add(hub)
        return OfficeSynced(code, next(iter(done), None), next(iter(problems), None))
