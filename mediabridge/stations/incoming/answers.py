"""What a receipt is held against: the bundle it answers, and the log of whoever issued it.

A receipt closes a bundle and lets plain files go, so it has to name every record of the
bundle, each as often as the bundle carries it, and nothing else. Its digest and its counts
have to be those that the issuer's own signed log speaks of, which arrives with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from mediabridge import sqlite
from mediabridge.errors import ReceiptInvalidError
from mediabridge.locale import text
from mediabridge.progress import told
from mediabridge.records.result import Result
from mediabridge.translog import events
from mediabridge.translog.events import Event, Fact

if TYPE_CHECKING:
    from mediabridge.apply import Outcome
    from mediabridge.receipt import Head
    from mediabridge.stations.books import Books, BundleRow
    from mediabridge.stations.station import OpenStation
    from mediabridge.translog.section import VerifiedSection

Facts = Mapping[str, Fact]

Answered = tuple[str, int]
"""A bundle, and 0 or the number of the decision on a record of it."""

Entries = tuple[Event, str, int]
"""An event on what is answered."""

_COUNTED = {"applied": Result.APPLIED, "held": Result.HELD}
"""The counts that an entry may hold beside the number of records."""


def check_names(
    books: Books,
    row: BundleRow,
    outcomes: Iterable[Outcome],
    name: str,
    begin: Callable[[int], Callable[[int], None]] = lambda _total: lambda _n: None,
) -> None:
    """Accept *outcomes* only if they name what the bundle *row* carries, each as often.

    They are read, then put in order, then compared: *begin* is told when the second and the
    third of these begin, with how much each is, and returns who wants to know how far it is.

    Raises:
        ReceiptInvalidError: a record is missing, named too often, or not of the bundle.
        DiskFullError, DiskFailedError: the machine has no room to compare them.
    """
    with (
        closing(sqlite.scratch()) as tally,
        closing(books.carried_by(row.bundle)) as carried,
    ):
        tally.execute("BEGIN")
        tally.execute("CREATE TABLE named (kind TEXT, record TEXT)")
        tally.executemany(
            "INSERT INTO named VALUES (?, ?)", ((each.kind, each.record_id) for each in outcomes)
        )
        begin(1)
        named = tally.execute(
            "SELECT kind, record, count(*) FROM named GROUP BY kind, record ORDER BY kind, record"
        )
        pairs = told(zip_longest(carried, named), begin(row.records), row.records)
        if any(one != other for one, other in pairs):
            detail = text("it does not name every record of the bundle exactly once")
            raise ReceiptInvalidError(name=name, detail=detail)


def check_decided(
    station: OpenStation, row: BundleRow, outcomes: Iterable[Outcome], name: str
) -> None:
    """Accept a supplement only if its record is one of the bundle *row* that was left open.

    A record on which an answer in the same delivery speaks first has no result yet.

    Raises:
        ReceiptInvalidError: it is of another bundle, or was never held or handed over.
    """
    for each in outcomes:
        known = station.books.closed_by(row.bundle, each.kind, each.record_id)
        result, supplement = known or ("", 0)
        if not supplement and not (result is None or (result and Result.of(result).is_open)):
            detail = text("it decides on a record that was not held")
            raise ReceiptInvalidError(name=name, detail=detail)


def entries_on(
    station: OpenStation, log: VerifiedSection, sender: str, answered: AbstractSet[Answered]
) -> dict[Entries, Facts]:
    """Return the facts of the newest entry on each of *answered*, by event, bundle, supplement.

    What the bundle at hand brought is looked at first; the mirror, which grows with the
    years, only where that is silent, and only at what it says of these bundles.
    """
    found = _newest(log.section.entries, sender, answered)
    if any((_taken_by(supplement), bundle, supplement) not in found
           for bundle, supplement in answered):  # fmt: skip
        mirror = station.mirror(sender)
        bundles = sorted({bundle for bundle, _supplement in answered})
        earlier = (mirror.about(bundle, log.section.start) for bundle in bundles)
        found = _newest(chain.from_iterable(earlier), sender, answered) | found
    return found


def _taken_by(supplement: int) -> Event:
    """Return the event without which nothing can be answered."""
    return Event.RECORD_DECIDED if supplement else Event.BUNDLE_APPLIED


def _newest(
    entries: Iterable[bytes], sender: str, answered: AbstractSet[Answered]
) -> dict[Entries, Facts]:
    found: dict[Entries, Facts] = {}
    for data in entries if answered else ():
        entry = events.parse(data, sender)
        which = entry.facts.get("bundle"), entry.facts.get("supplement", 0)
        for bundle, supplement in answered & {which}:
            found[entry.event, bundle, supplement] = entry.facts
    return found


def check_logged(entries: Mapping[Entries, Facts], head: Head, sha256: str, name: str) -> None:
    """Accept a receipt only if the log of its issuer says the same of it.

    Raises:
        ReceiptInvalidError: the log knows no such receipt, another digest or other counts.
    """
    which = head.bundle, head.supplement
    issued = entries.get((Event.RECEIPT_ISSUED, *which), {})
    taken = entries.get((_taken_by(head.supplement), *which), {})
    records = sum(head.counts.values())
    said: Facts = {"records": records} | {
        fact: head.counts.get(result.value, 0) for fact, result in _COUNTED.items() if fact in taken
    }
    if head.supplement:
        said = {"result": next(each for each, count in head.counts.items() if count)}
    agrees = (
        issued.get("receipt") == head.receipt
        and issued.get("records") == records
        # An entry of an earlier version holds no digest.
        and issued.get("receipt_sha256", sha256) == sha256
        and all(taken.get(fact) == count for fact, count in said.items())
    )
    if not agrees:
        detail = text("it is not what the log of its sender says of it")
        raise ReceiptInvalidError(name=name, detail=detail)
