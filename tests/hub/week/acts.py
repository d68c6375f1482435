"""What operators, officers and clerks do beside the visits, and what a hub does that lies.

Each returns how often what happened, nothing where it came to nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import psycopg

from mediabridge.errors import BundleParkedError, NotVoidableError
from mediabridge.stations import voiding
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.desk import Desk
from mediabridge.stations.outgoing import reissuing
from mediabridge.stations.timekeeping import confirm_clock
from mediabridge.verify.void import VoidReason
from tests.hub.week.offices import AGENCY, LGWAN, PEER

if TYPE_CHECKING:
    from tests.hub.week.visits import Chain

Happened = dict[str, int]

PATIENCE_SECONDS = 60
HIDDEN = "hidden-01"
"""Whose a bundle is, by the word of a hub that withholds it."""


# --- by the hub -----------------------------------------------------------------------


def _changed(chain: Chain, what: str, statement: str) -> Happened:
    """Change what the hubs' tables say of this office, as soon as their database is there."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with psycopg.connect(**chain.tables, autocommit=True) as connection:  # type: ignore[arg-type]
                found = connection.execute(statement.encode(), {"city": chain.office.domain})
                return {what: 1} if found.rowcount else {}
        except psycopg.OperationalError:
            assert time.monotonic() < until
            time.sleep(0.1)


def shows_again(chain: Chain, _file: Path) -> Happened:
    """It offers once more what was taken."""
    change = "UPDATE bundle SET state = 'complete' WHERE city = %(city)s AND state = 'taken'"
    return _changed(chain, "bundles shown again", change)


def forgets(chain: Chain, _file: Path) -> Happened:
    """It was set back: what it had of this office it has no longer, what waits there included."""
    change = (
        "WITH gone AS (DELETE FROM bundle WHERE city = %(city)s AND state <> 'arriving'"
        " RETURNING state) SELECT state FROM gone WHERE state = 'complete'"
    )
    return _changed(chain, "bundles forgotten", change)


def withholds(chain: Chain, _file: Path) -> Happened:
    """It hides what waits for the office."""
    change = (
        f"UPDATE bundle SET receiver = '{HIDDEN}' WHERE city = %(city)s"  # noqa: S608 - ours
        f" AND receiver = '{LGWAN}' AND state = 'complete'"
    )
    return _changed(chain, "bundles withheld", change)


def gives_back(chain: Chain, _file: Path) -> Happened:
    """It hides them no more."""
    change = (
        f"UPDATE bundle SET receiver = '{LGWAN}' WHERE city = %(city)s"  # noqa: S608 - ours
        f" AND receiver = '{HIDDEN}'"
    )
    return _changed(chain, "bundles given back", change)


def keeps_for_good(chain: Chain, _file: Path) -> Happened:
    """It says that the office has what waits for it, and the office never sees it."""
    change = (
        "UPDATE bundle SET state = 'taken', taken_at = changed_at WHERE city = %(city)s"  # noqa: S608 - ours
        f" AND receiver = '{LGWAN}' AND state = 'complete'"
    )
    return _changed(chain, "bundles never handed over", change)


# --- by people ------------------------------------------------------------------------


def collects(chain: Chain, file: Path) -> Happened:
    """The office has something to tell the agency."""
    with chain.office.at(LGWAN, chain.seconds) as station:
        station.collect(file)
    return {"files collected at offices": 1}


def brings_trust(chain: Chain, _file: Path) -> Happened:
    """Newer trust data is brought to both stations, and not to the hub."""
    chain.office.serve_as_now()
    chain.office.publish_newer(chain.seconds)
    return {"hub behind in trust data": 1}


def tells_hub(chain: Chain, _file: Path) -> Happened:
    """The newest is brought to the hub, too."""
    chain.office.serve_newest()
    return {}


def confirms_clock(chain: Chain, _file: Path) -> Happened:
    """Somebody puts the agency's clock right, compares it, and says so, as its hint asks for."""
    with chain.office.at(AGENCY, chain.seconds) as station:
        doubt = station.clock.doubt()
        if doubt is None:
            return {}
        assert doubt.hint
        confirm_clock(station, operator="clerk-1")
    return {"clocks confirmed": 1}


def issues_anew(chain: Chain, _file: Path) -> Happened:
    """Officers have that issued anew of which the receiver says that it is missing."""
    done = 0
    for receiver, sender in PEER.items():
        with chain.office.at(receiver, chain.seconds) as station:
            gaps = [each for each in station.status().attention if _is_gap(each)]
        missing = [number for each in gaps for number in _numbers(str(each.facts["missing"]))]
        with chain.office.at(sender, chain.seconds) as station:
            rows = station.books.bundles_in(BundleState.WRITTEN)
            for row in rows:
                if row.receiver == receiver and row.seq in missing:
                    done += _issue_anew(chain, station, row)
    return {"issued anew": done} if done else {}


def _is_gap(error: Exception) -> bool:
    return isinstance(error, BundleParkedError)


def _numbers(missing: str) -> range:
    first, _, last = missing.partition("-")
    return range(int(first), int(last or first) + 1)


def _issue_anew(chain: Chain, station: Desk, row: BundleRow) -> int:
    try:
        drawn = voiding.draft(station, row, row.seq, VoidReason.MEDIUM_LOST, anew=True)
    except NotVoidableError:
        # The receiver has it by now, as its log says.
        return 0
    officers = [chain.office.key(f"officer-{number + 1}") for number in range(drawn.needed)]
    voiding.declare(station, drawn, officers)
    void = station.books.bundle(row.bundle)
    assert void is not None
    reissuing.seal_again(station, void, AtDesk("clerk-1"))
    return 1


ACTS: Mapping[str, Callable[[Chain, Path], Happened]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            *(shows_again, forgets, withholds, gives_back, keeps_for_good, collects),
            *(brings_trust, tells_hub, confirms_clock, issues_anew),
        )
    }
)
