"""The books of one office's two stations: is everything done, and do both say the same?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from mediabridge.kinds import Kind
from mediabridge.records.model import Result
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.desk import Desk
from mediabridge.stations.outgoing.underway import needs_no_answer
from mediabridge.translog import events
from mediabridge.translog.events import Event
from tests.hub.week.offices import AGENCY, LGWAN, PEER, Office

IDENTITY = re.compile(r"\b[NM]-\d{4,}\b")
"""The id of a notice of these tests, in a file."""

GOES_ON = {AGENCY: frozenset(), LGWAN: frozenset({Kind.ISA_NOTICE.value})}
"""What waits at a station for the next stick, and not for the line."""


def left_at(office: Office, seconds: int) -> dict[str, list[str]]:
    """Return what is not done at each station, with the next step of what has to be looked at."""
    found = {}
    for name in PEER:
        with office.at(name, seconds) as station:
            status = station.status()
            left = [
                f"{row.seq} {row.state}" for row in status.under_way if not needs_no_answer(row)
            ]
            left += [f"{kind} waits" for kind in station.waiting_kinds().keys() - GOES_ON[name]]
            left += [f"{sender} {seq} is early" for sender, seq in status.parked]
            left += ["receipts are due"] * bool(status.due_receipts)
            left += [f"{each.reason}: {each.hint}" for each in status.attention]
            assert all(each.hint for each in status.attention), status.attention
            assert status.alarms == 0
            if left:
                found[name] = left
    return found


@dataclass
class Reckoned:
    """What was compared, in numbers."""

    records: Counter[str] = field(default_factory=Counter)
    """By who sent them."""
    bundles: int = 0
    receipts: int = 0


def reckon(office: Office, sent: dict[str, set[str]], seconds: int) -> Reckoned:
    """Hold the books, the logs and the folders of both stations against each other.

    Raises:
        AssertionError: a record has not exactly one outcome at each end, or the two differ.
    """
    done = Reckoned()
    with office.at(AGENCY, seconds) as agency, office.at(LGWAN, seconds) as lgwan:
        there: dict[str, Desk] = {AGENCY: agency, LGWAN: lgwan}
        for sender, receiver in PEER.items():
            here, other = there[sender], there[receiver]
            outcomes = _closed(here, receiver)
            assert outcomes == Counter(sent[sender]), outcomes - Counter(sent[sender])
            assert _delivered(office, receiver, sender) == outcomes
            _same_bundles(here, other)
            done.records[sender] += outcomes.total()
            done.bundles += len(_applied(other, sender))
            done.receipts += len(here.books.bundles_in(BundleState.DELIVERED))
        # What came goes on: each record is collected once more, for the next stick.
        assert lgwan.waiting_kinds().get(Kind.ISA_NOTICE.value, 0) == len(sent[AGENCY])
        assert all(len(list(lgwan.books.own_record(each))) == 1 for each in sent[LGWAN])
        for name in PEER:
            assert not list((office.home(name).line / "in").iterdir())
    return done


def _closed(station: Desk, receiver: str) -> Counter[str]:
    """Return how often the books have each own record for *receiver*, as applied there."""
    rows = [row for row in station.books.bundles("out") if row.receiver == receiver]
    found = [each for row in rows for each in station.books.records_of(row.bundle)]
    assert {result for _kind, _record, result, _why in found} <= {str(Result.APPLIED)}, found
    return Counter(record for _kind, record, _result, _why in found)


def _delivered(office: Office, receiver: str, sender: str) -> Counter[str]:
    """Return how often each record of *sender* lies in the folders of *receiver*."""
    folders = office.home(receiver).delivered.glob(f"{sender}-*")
    texts = [path.read_text("utf-8") for folder in folders for path in sorted(folder.iterdir())]
    return Counter(found[0] for text in texts for found in IDENTITY.finditer(text))


def _same_bundles(here: Desk, other: Desk) -> None:
    """What one side sent the other has, by number and digest, and took it in this order, once."""
    sent = {
        row.seq: (row.bundle, row.sums_sha256, row.records)
        for row in here.books.bundles("out")
        if row.receiver == other.id and row.state is not BundleState.VOID
    }
    rows: list[BundleRow] = [row for row in other.books.bundles("in") if row.sender == here.id]
    taken = {row.seq: (row.bundle, row.sums_sha256, row.records) for row in rows}
    assert sent == taken, (sent, taken)
    assert _applied(other, here.id) == sorted(taken)


def _applied(station: Desk, sender: str) -> list[int]:
    """Return the numbers of *sender* in the order in which the log says that they were taken."""
    mine = {row.bundle for row in station.books.bundles("in") if row.sender == sender}
    entries = (events.parse(each, station.id) for each in station.log.all_of(Event.BUNDLE_APPLIED))
    return [int(str(each.facts["seq"])) for each in entries if each.facts["bundle"] in mine]
