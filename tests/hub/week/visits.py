"""What one office's stations do in a day, one step after the other, in a process of the test."""

from __future__ import annotations

import pickle
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediabridge.errors import LineError, MediabridgeError
from mediabridge.line.client import Client
from mediabridge.stations.desk import Desk
from mediabridge.stations.line.connecting import connect
from mediabridge.stations.line.syncing import sync
from tests.hub.week import acts
from tests.hub.week.offices import Office

_KEPT = 60
"""So many requests of a station are recorded, and sent once more later."""

_TIMES = 5
_PAUSE_SECONDS = 0.5

_FAILED = 500
_DOWN = 503


@dataclass(frozen=True)
class Visit:
    """One time over the line."""

    station: str
    port: int = 0
    """Another way to the hubs than the usual one: where something happens."""
    apart: int = 0
    """How many seconds the station's clock is ahead of all others."""
    replayed: bool = False
    """Somebody sends each request a second time, and all of earlier days."""


@dataclass(frozen=True)
class Act:
    """What somebody does beside that; see :mod:`tests.hub.week.acts`."""

    what: str
    file: Path = Path()
    after: str = ""
    """Whose visit it comes after: while it comes to nothing, that station calls once more."""


@dataclass(frozen=True)
class Chain:
    """The day of one office."""

    office: Office
    seconds: int
    """What time it is: so much later than at this machine."""
    steps: tuple[Visit | Act, ...]
    tables: Mapping[str, str]
    """Where the hubs' tables are, as libpq is told."""


@dataclass
class Told:
    """What came of it."""

    happened: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By reason, and the code that a hub gave with it."""
    hints: dict[str, str] = field(default_factory=dict)
    """The next step that each reason names."""

    def refuse(self, error: MediabridgeError) -> None:
        self.refused[error.reason, str(error.facts.get("code", ""))] += 1
        assert error.hint, error
        self.hints[error.reason] = error.hint


def play(chain: Chain) -> Told:
    """Do it; what is refused is told, and whatever nobody foresaw is raised."""
    told = Told()
    for step in chain.steps:
        if isinstance(step, Act):
            _act(chain, step, told)
        else:
            _visit(chain, step, told)
    return told


def _act(chain: Chain, act: Act, told: Told) -> None:
    happened = acts.ACTS[act.what](chain, act.file)
    for _again in range(_TIMES if act.after else 0):
        if happened:
            break
        # Where it was cut, for what happened to others at that time.
        time.sleep(_PAUSE_SECONDS)
        _visit(chain, Visit(act.after), told)
        happened = acts.ACTS[act.what](chain, act.file)
    told.happened.update(happened)


def _visit(chain: Chain, visit: Visit, told: Told) -> None:
    office, seconds = chain.office, chain.seconds + visit.apart

    def connected(station: Desk) -> Client:
        client = connect(station)
        if visit.replayed:
            client = _Replayed(client.url, client.context, client.pace)
            client.remember(office.root / "recorded" / f"{office.code}-{visit.station}")
        if visit.port:
            client.url = f"https://localhost:{visit.port}"
        client.wait = lambda seconds: time.sleep(min(seconds, 0.25))
        return client

    told.happened["visits"] += 1
    told.happened["visits replayed"] += visit.replayed
    try:
        done = sync(lambda: office.at(visit.station, seconds), connected=connected)
    except MediabridgeError as error:
        # As where its own key is not valid yet, by its clock.
        told.refuse(error)
        return
    for error in (*done.problems, *done.fetched.early):
        told.refuse(error)
    told.happened["bundles taken"] += len(done.fetched.taken)
    told.happened["bundles handed over"] += len(done.sent.written)
    told.happened["handed over again"] += len(done.sent.again)


class _Replayed(Client):
    """A line on which somebody records, and sends once more, whatever changes something."""

    told = False
    """Whether what was recorded earlier went once more."""

    def remember(self, file: Path) -> None:
        self.file = file
        self.old: list[Any] = pickle.loads(file.read_bytes()) if file.exists() else []  # noqa: S301 - ours
        self.new: list[Any] = []

    def close(self) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_bytes(pickle.dumps((self.old + self.new)[-_KEPT:]))
        super().close()

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], limit: int
    ) -> tuple[int, bytes]:
        for earlier in self._of_before():
            with suppress(LineError):
                status, _answer = super()._once(*earlier)
                assert status < _FAILED or status == _DOWN, earlier
        if method != "GET":
            self.new.append((method, path, body, dict(headers), limit))
            super()._once(method, path, body, headers, limit)
        return super()._once(method, path, body, headers, limit)

    def _of_before(self) -> list[Any]:
        """Return what was recorded on earlier days, the first time."""
        once, self.told = not self.told, True
        return self.old if once else []
