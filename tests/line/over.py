"""What the tests of the line do again and again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from attacks.records import isa_csv
from attacks.world import World
from line.hubs import Hub, Served

from mediabridge.line.pace import Pace
from mediabridge.stations.line.syncing import Synced, sync
from mediabridge.translog.events import Event

AGENCY, LGWAN, REGISTRY = "agency-01", "lgwan-01", "registry-01"
NOTICES = isa_csv((1, 1), (2, 2), (3, 99))
"""Two that can be applied, and one for a card that nobody here has."""


@dataclass(frozen=True)
class Line:
    """A world, and the hub between agency and LGWAN."""

    world: World
    served: Served

    @property
    def hub(self) -> Hub:
        return self.served.hub

    def sync(self, station: str, pace: Pace | None = None) -> Synced:
        return sync(
            lambda: self.world.open(station),
            connected=lambda _: self.served.client(station, pace),
        )

    def collect(self, station: str, content: bytes = NOTICES) -> None:
        path = self.world.root / "incoming.csv"
        path.write_bytes(content)
        with self.world.open(station) as opened:
            opened.collect(path)

    def export(self, station: str, medium: Path) -> None:
        medium.mkdir(exist_ok=True)
        with self.world.open(station) as opened:
            opened.export(lambda: medium, approver=lambda _: self.world.key("officer-1"))

    def take(self, station: str, medium: Path) -> None:
        with self.world.open(station) as opened:
            opened.import_(medium, note=lambda _: None)

    def outcomes(self, station: str) -> dict[str, int]:
        with self.world.open(station) as opened:
            return opened.books.outcome_counts()

    def waiting(self, station: str) -> dict[str, int]:
        with self.world.open(station) as opened:
            return opened.waiting_kinds()

    def count(self, station: str, event: Event) -> int:
        return sum(entry.event is event for entry in self.world.log(station))

    def spool(self, station: str, name: str = "in") -> list[str]:
        return sorted(path.name for path in (self.world.home(station).line / name).iterdir())
