"""What a receipt is held against: the bundle it answers, and the log of whoever issued it.

A receipt closes a bundle and lets plain files go, so it has to name every record of the
bundle, each as often as the bundle carries it, and nothing else. Its digest and its counts
have to be those that the issuer's own signed log speaks of, which arrives with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from itertools import zip_longest

from mediabridge.apply import Outcome
from mediabridge.errors import ReceiptInvalidError
from mediabridge.locale import text
from mediabridge.receipt import Head
from mediabridge.records.model import Result
from mediabridge.stations.books import BundleRow
from mediabridge.stations.station import OpenStation
from mediabridge.translog import events
from mediabridge.translog.events import Event, Fact
from mediabridge.translog.section import VerifiedSection

Facts = Mapping[str, Fact]

_COUNTED = {"applied": Result.APPLIED, "held": Result.HELD}
"""The counts that an entry may hold beside the number of records."""


def check_names(
    station: OpenStation, row: BundleRow, outcomes: Iterable[Outcome], name: str
) -> None:
    """Accept *outcomes* only if they name what the bundle *row* carries, each as often.

    Raises:
        ReceiptInvalidError: a record is missing, named too often, or not of the bundle.
    """
    with (
        closing(sqlite3.connect("")) as tally,
        closing(station.books.carried_by(row.bundle)) as carried,
    ):
        tally.execute("CREATE TABLE named (kind TEXT, record TEXT)")
        tally.executemany(
            "INSERT INTO named VALUES (?, ?)", ((each.kind, each.record_id) for each in outcomes)
        )
        named = tally.execute(
            "SELECT kind, record, count(*) FROM named GROUP BY kind, record ORDER BY kind, record"
        )
        if any(one != other for one, other in zip_longest(carried, named)):
            detail = text("it does not name every record of the bundle exactly once")
            raise ReceiptInvalidError(name=name, detail=detail)


def entries_on(
    station: OpenStation, log: VerifiedSection, sender: str, bundles: Collection[str]
) -> dict[tuple[str, str], Facts]:
    """Return the facts of the newest entry on each of *bundles*, by event and bundle.

    What the bundle at hand brought is looked at first; the mirror, which grows with the
    years, only where that is silent.
    """
    found = _newest(log.section.entries, sender, bundles)
    if any((Event.BUNDLE_APPLIED, bundle) not in found for bundle in bundles):
        earlier = station.mirror(sender).entries(0, log.section.start)
        found = _newest(earlier, sender, bundles) | found
    return found


def _newest(
    entries: Iterable[bytes], sender: str, bundles: Collection[str]
) -> dict[tuple[str, str], Facts]:
    found: dict[tuple[str, str], Facts] = {}
    for data in entries if bundles else ():
        entry = events.parse(data, sender)
        bundle = entry.facts.get("bundle")
        if isinstance(bundle, str) and bundle in bundles:
            found[entry.event, bundle] = entry.facts
    return found


def check_logged(
    entries: Mapping[tuple[str, str], Facts], head: Head, sha256: str, name: str
) -> None:
    """Accept a receipt only if the log of its issuer says the same of it.

    Raises:
        ReceiptInvalidError: the log knows no such receipt, another digest or other counts.
    """
    issued = entries.get((Event.RECEIPT_ISSUED, head.bundle), {})
    applied = entries.get((Event.BUNDLE_APPLIED, head.bundle), {})
    records = sum(head.counts.values())
    counted = {"records": records} | {
        fact: head.counts.get(result.value, 0)
        for fact, result in _COUNTED.items()
        if fact in applied
    }
    agrees = (
        issued.get("receipt") == head.receipt
        and issued.get("records") == records
        # An entry of an earlier version holds no digest.
        and issued.get("receipt_sha256", sha256) == sha256
        and all(applied.get(fact) == count for fact, count in counted.items())
    )
    if not agrees:
        detail = text("it is not what the log of its sender says of it")
        raise ReceiptInvalidError(name=name, detail=detail)
