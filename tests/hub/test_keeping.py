"""What is let go, on both databases and from a store, without a network in between."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mediabridge import errors
from mediabridge.hub import announcing, contents, exchange, parts, usage
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import Database
from mediabridge.hub.keeping import Purged, purge
from mediabridge.hub.settings import Bounds, Keep
from mediabridge.line import api
from mediabridge.line.wire import Part
from tests.hub.town import Sent, Town

KEEP = Keep(taken=7, waiting=60, arriving=7, known=400)


def arrive(database: Database, sender: Caller, sent: Sent, now: datetime) -> None:
    wanted = api.Announcement.model_validate(sent.announcement())
    announcing.announce(database, sender, wanted, Bounds(), now)
    for name, data in sent.files.items():
        part = Part(0, len(data), len(data))
        parts.put(database, sender, sent.id, name, part=part, data=data, now=now)


def test_contents_go_after_their_days_and_are_still_known(
    made: Town, database: Database, ends: tuple[Caller, Caller], now: datetime
) -> None:
    sender, receiver = ends
    taken, waiting, arriving = (made.bundle(number) for number in (1, 2, 3))
    for sent in (taken, waiting, arriving):
        arrive(database, sender, sent, now)
    for sent in (taken, waiting):
        exchange.complete(database, sender, sent.id, now)
    exchange.take(database, receiver, taken.id, now)
    usage.asked(database, receiver, "0.1.0", now)

    # One for each file, none of which is empty or in parts.
    each = len(taken.files) if database.store else 0

    def after(days: int) -> Purged:
        return purge(database, KEEP, now + timedelta(days=days))

    assert after(7) == Purged(0, 0, 0, 0, 0)
    assert after(8) == Purged(taken=1, waiting=0, arriving=1, known=0, objects=2 * each)
    assert after(8) == Purged(0, 0, 0, 0, 0)
    assert exchange.look(database, sender, taken.id).state == "purged"
    with pytest.raises(errors.ContentPurgedError):
        exchange.fetched(database, receiver, taken.id, "header.json")
    with pytest.raises(errors.NotAtHubError):
        exchange.look(database, sender, arriving.id)
    # What is gone is not announced anew under its number, and what waits is there to the byte.
    again = api.Announcement.model_validate(made.bundle(1).announcement())
    with pytest.raises(errors.AnnouncedOtherwiseError):
        announcing.announce(database, sender, again, Bounds(), now)
    held, file = exchange.fetched(database, receiver, waiting.id, "part-0000.cob")
    there = b"".join(contents.pieces(database, held.id, file.name, 0, file.size, now=now))
    assert there == waiting.files[file.name]

    assert after(61) == Purged(taken=0, waiting=1, arriving=0, known=0, objects=each)
    assert exchange.waiting(database, receiver, None, 9).bundles == ()
    # Nobody had it: its sender is told so, and may send it again.
    kept = exchange.look(database, sender, waiting.id)
    assert kept.state == "arriving"
    assert {file.received for file in kept.files} == {0}
    with pytest.raises(errors.NotAtHubError):
        exchange.look(database, receiver, waiting.id)
    arrive(database, sender, waiting, now)
    exchange.complete(database, sender, waiting.id, now)
    (offered,) = exchange.waiting(database, receiver, None, 9).bundles
    assert offered.bundle == waiting.id
    assert after(61) == Purged(taken=0, waiting=1, arriving=0, known=0, objects=each)
    assert after(61 + 401) == Purged(taken=0, waiting=0, arriving=1, known=1, objects=0)
    with database.transaction() as session:
        for table in ("bundle", "file", "chunk", "object", "usage"):
            assert session.rows(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - ours
    assert database.store is None or list(database.store.pages()) == [[]]
