"""Three hubs on one database, which die and come back; and who sees to them."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.hub.processes import Process
from tests.hub.week.balancer import Balancer, Fault, Way
from tests.hub.week.put_forward import EVERY_SECONDS

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster

HUBS = 3
FAILED = 500
PATIENCE_SECONDS = 120
_PAUSE = 0.5


@dataclass
class Operations:
    """Whoever runs the hub."""

    settings: Path
    cluster: Cluster
    lot: Random
    happened: Counter[str] = field(default_factory=Counter)
    hubs: list[Process | None] = field(default_factory=lambda: [None] * HUBS)
    said: list[Process] = field(default_factory=list)
    """All that there were, for what they said."""
    _at_work: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _database_is_down: bool = False
    _turn: int = 0

    def __post_init__(self) -> None:
        self.balancer = Balancer(self.there)
        self.port = self.balancer.listen()

    def there(self) -> list[tuple[int, int]]:
        """Return number and port of the hubs that run, the one whose turn it is first."""
        self._turn += 1
        numbers = [(self._turn + each) % HUBS for each in range(HUBS)]
        found = ((number, self.hubs[number]) for number in numbers)
        return [(number, hub.port) for number, hub in found if hub is not None]

    # --- what happens -----------------------------------------------------------------

    def fault(self, what: str, way: Way, after: int) -> Fault:
        """Return a fault of the line or of whoever is at its end; it is counted when it happens."""
        return Fault(way, after, partial(self._happens, what))

    def _happens(self, what: str, hub: int) -> None:
        does: dict[str, Callable[[int], bool]] = {
            "line cut": lambda _hub: True,
            "hub killed": self._kill_hub,
            "database killed": lambda _hub: self._end_database(self.cluster.kill),
            "database stopped at once": lambda _hub: self._end_database(self.cluster.stop),
        }
        way = what.partition(", ")
        if does[way[0]](hub):
            self.happened[what] += 1

    def _kill_hub(self, number: int) -> bool:
        with self._lock:
            hub, self.hubs[number] = self.hubs[number], None
        if hub is None:
            return False
        hub.kill()
        self._later(lambda: self._start(number))
        return True

    def _end_database(self, end: Callable[[], None]) -> bool:
        with self._lock:
            down, self._database_is_down = self._database_is_down, True
        if down:
            return False
        end()
        self._later(self._database_comes_back)
        return True

    def _database_comes_back(self) -> None:
        self.cluster.start()
        self._database_is_down = False

    def _later(self, comes_back: Callable[[], None]) -> None:
        pause = self.lot.random() * _PAUSE

        def act() -> None:
            time.sleep(pause)
            comes_back()

        thread = threading.Thread(target=act)
        self._at_work.append(thread)
        thread.start()

    # --- what is done about it ----------------------------------------------------------

    def _start(self, number: int) -> None:
        """Start a hub, as systemd does: again, when it ends because its database is away."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                made = Process(self.settings, self.clock(number))
            except AssertionError:
                if time.monotonic() > until:
                    raise
                self.happened["hub started in vain"] += 1
                continue
            self.said.append(made)
            self.hubs[number] = made
            return

    def all_is_well(self) -> None:
        """Wait until everything that died is back."""
        for thread in self._at_work:
            thread.join()
        self._at_work.clear()
        self.balancer.close(keep=1)

    def clock(self, number: int) -> Path:
        """Return the file that says how far the clock of a hub is ahead."""
        return self.settings.with_name(f"ahead-{number}")

    def begins_day(self, day: int, seconds: list[int]) -> None:
        """Let it be so much later at each hub, and start one of them anew: it ends in order."""
        for number, ahead in enumerate(seconds):
            beside = self.settings.with_name("ahead-new")
            beside.write_text(str(ahead), "ascii")
            beside.rename(self.clock(number))
        hub = self.hubs[day % HUBS]
        if hub is not None:
            self.hubs[day % HUBS] = None
            assert hub.stop() == 0, hub.said[-5:]
        absent = [number for number, hub in enumerate(self.hubs) if hub is None]
        starting = [threading.Thread(target=self._start, args=(number,)) for number in absent]
        for thread in starting:
            thread.start()
        for thread in starting:
            thread.join()
        assert None not in self.hubs
        for hub in filter(None, self.hubs):
            hub.tell(signal.SIGHUP)
        # Until all of them have noticed how late it is.
        time.sleep(3 * EVERY_SECONDS)

    def faults_of_ours(self) -> list[dict[str, Any]]:
        """Return what the hubs said of requests that ended as nobody foresaw."""
        return [line for hub in self.said for line in hub.said if line.get("status") == FAILED]

    def close(self) -> None:
        for thread in self._at_work:
            thread.join()
        for hub in filter(None, self.hubs):
            hub.kill()
        self.balancer.close()
