"""What whoever owns a station, and its true keys, could do to its log; nothing else gives it away.

Triggers are dropped, nodes computed again, checkpoints signed again, and what others cosigned of
the old history thrown away, so that the station itself finds nothing wrong.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from verify.simulation import Alarm, Kept, Play, Side

from mediabridge.translog import checkpoint, events, merkle
from mediabridge.translog.events import Event
from mediabridge.translog.verdicts import Verdict


def _bare(side: Side) -> None:
    """Take the triggers away; they come back when the database is opened next."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    for (name,) in side.log._connection.execute(query).fetchall():
        side.log._connection.execute(f"DROP TRIGGER {name}")


def write_anew(side: Side, entries: Sequence[bytes], same: int) -> None:
    """Give *side* the log *entries*, of which the first *same* are those that it has."""
    raw, origin = side.log._connection, side.log.origin
    _bare(side)
    sizes = {
        size
        for (size,) in raw.execute("SELECT size FROM checkpoint WHERE origin = ?", (origin,))
        if same < size <= len(entries)
    }
    raw.execute("BEGIN")
    raw.execute("DELETE FROM node WHERE origin = ?", (origin,))
    raw.execute("DELETE FROM entry WHERE origin = ? AND position >= ?", (origin, same))
    raw.execute("DELETE FROM checkpoint WHERE origin = ? AND size > ?", (origin, same))
    raw.execute("DELETE FROM cosigned WHERE origin = ? AND size > ?", (origin, same))
    frontier = merkle.Frontier()
    for position, entry in enumerate(entries):
        if position >= same:
            raw.execute("INSERT INTO entry VALUES (?, ?, ?)", (origin, position, entry))
        nodes = [(origin, *node) for node in frontier.append(merkle.leaf_hash(entry))]
        raw.executemany("INSERT INTO node VALUES (?, ?, ?, ?)", nodes)
        if frontier.size in sizes:
            signed = checkpoint.Checkpoint(origin, frontier.size, frontier.root())
            note = checkpoint.sign(signed, side.log_key)
            raw.execute("INSERT INTO checkpoint VALUES (?, ?, ?)", (origin, frontier.size, note))
    raw.execute("COMMIT")
    side.reopened()
    side.life += 1


def another(side: Side, like: bytes) -> bytes:
    """Return an entry that could stand where *like* does, and says otherwise."""
    entry = events.parse(like, side.name)
    facts = {**entry.facts, "records": 10**6 + side.life}
    return events.build(
        Event.BUNDLE_SEALED, time=entry.time, station=side.name, actor="clerk-2", facts=facts
    )


def _known(side: Side, other: Side) -> int:
    """Return how much of the log of *side* its peer has."""
    return min(other.mirror.size(), side.log.size())


def truncated(play: Play, side: Side, other: Side, _kept: Kept) -> None:
    """Let the last entries that the peer has be gone, and some or all that came since."""
    entries = list(side.log.entries())
    left = play.chance.randrange(1, _known(side, other))
    write_anew(side, entries[:left], left)
    side.acknowledged = min(side.acknowledged, play.chance.choice((0, left)))


def silenced(play: Play, side: Side, other: Side, kept: Kept) -> None:
    """Cut the log, and write nothing that would show where."""
    truncated(play, side, other, kept)
    side.silent = True


def _rewriting(change: Callable[[Side, list[bytes], int], None]) -> Callable[..., None]:
    def rewritten(play: Play, side: Side, other: Side, _kept: Kept) -> None:
        entries = list(side.log.entries())
        index = play.chance.randrange(_known(side, other) - 1)
        change(side, entries, index)
        write_anew(side, entries, index)
        # Whoever shows all of it, or what was acknowledged on, as if nothing had happened.
        side.acknowledged = min(play.chance.choice((0, index, side.acknowledged)), len(entries))

    return rewritten


def _change(side: Side, entries: list[bytes], index: int) -> None:
    entries[index] = another(side, entries[index])


def _insert(side: Side, entries: list[bytes], index: int) -> None:
    entries.insert(index, another(side, entries[index]))


def _remove(_side: Side, entries: list[bytes], index: int) -> None:
    del entries[index]


def _exchange(_side: Side, entries: list[bytes], index: int) -> None:
    entries[index], entries[index + 1] = entries[index + 1], entries[index]


def forked(play: Play, side: Side, other: Side, kept: Kept) -> Alarm | None:
    """Show the peer another continuation of what *side* was once, then its own again."""
    elsewhere = replace(
        side,
        path=side.path.with_name("elsewhere.db"),
        open=type(side.open)(),
        acknowledged=kept.acknowledged,
        seen=kept.seen,
        outbox=[*side.outbox],
        life=side.life + 1,
    )
    shutil.copyfile(kept.path, elsewhere.path)
    elsewhere.path.chmod(0o600)
    elsewhere.reopened()
    try:
        for _ in range(play.chance.randrange(1, 4)):
            alarm = play.carry(elsewhere, other, [elsewhere.seal(other)])
            if alarm is not None:
                return alarm
    finally:
        elsewhere.open.close()
    # Its true station numbers on from what it knows: the peer has had these numbers.
    while len(side.outbox) < len(elsewhere.outbox):
        side.seal(other)
    return None


def restored(_play: Play, side: Side, _other: Side, kept: Kept) -> None:
    """Put the whole disk back, books included, as if nothing had happened."""
    side.open.close()
    shutil.copyfile(kept.path, side.path)
    side.acknowledged, side.seen = kept.acknowledged, kept.seen
    side.life += 1
    side.reopened()


def log_restored(_play: Play, side: Side, _other: Side, kept: Kept) -> None:
    """Put the database of the log back and nothing else: the books are those of today."""
    side.open.close()
    shutil.copyfile(kept.path, side.path)
    side.life += 1
    side.reopened()
    side.acknowledged = min(side.acknowledged, side.log.size())


def mirror_restored(_play: Play, side: Side, _other: Side, kept: Kept) -> None:
    """Put back what the station knows of its peer alone; its own log goes on."""
    _bare(side)
    raw, origin = side.log._connection, side.mirror.origin
    raw.execute("ATTACH ? AS kept", (str(kept.path),))
    for table in ("entry", "node", "checkpoint", "promise"):
        raw.execute(f"DELETE FROM {table} WHERE origin = ?", (origin,))  # noqa: S608 - our names
        rows = f"SELECT * FROM kept.{table} WHERE origin = ?"  # noqa: S608 - as above
        raw.execute(f"INSERT INTO {table} {rows}", (origin,))
    raw.execute("DETACH kept")
    side.seen = kept.seen
    side.reopened()


KINDS: Final[dict[str, Callable[..., Alarm | None]]] = {
    "truncated": truncated,
    "truncated, and silent since": silenced,
    "rewritten: an entry is another": _rewriting(_change),
    "rewritten: an entry more": _rewriting(_insert),
    "rewritten: an entry less": _rewriting(_remove),
    "rewritten: two exchanged": _rewriting(_exchange),
    "forked": forked,
    "disk restored": restored,
    "log restored": log_restored,
    "mirror restored": mirror_restored,
}
"""What is injected, by what it is called in the figures."""

_ANOTHER_LOG: Final = {
    Verdict.FORK,
    Verdict.REWRITE,
    Verdict.TRUNCATED,
    Verdict.PEER_MIRROR_DIFFERS,
}

CAUGHT_BY: Final[dict[str, set[Verdict]]] = {
    **dict.fromkeys(KINDS, _ANOTHER_LOG),
    "disk restored": {*_ANOTHER_LOG, Verdict.WITNESS_STATE_LOST},
    "log restored": {*_ANOTHER_LOG, Verdict.WITNESS_STATE_LOST},
    "mirror restored": {Verdict.WITNESS_STATE_LOST},
}
"""What each may be caught by, whichever side is the next to hand something over."""
