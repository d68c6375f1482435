"""Two logs, two mirrors, two witnesses with real keys, and sticks that are lost or come late.

Bundles of a route are taken in the order of their sealing and each once, as step 4 sees to; what
is played here is what they say about the two logs.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.clock import from_rfc3339
from mediabridge.sqlite import Owner
from mediabridge.translog import checkpoint, cosignature, database, events
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import LogSection
from mediabridge.translog.store import TransferLog
from mediabridge.translog.verdicts import Held, Judgement, Told, judge
from mediabridge.verify.witness import open_seen

CITY = "city.example.jp"
TIME = from_rfc3339("2026-04-01T00:00:00Z")


@dataclass(frozen=True)
class Sealed:
    """What one bundle says about the logs."""

    section: LogSection
    carried: CarriedLog


@dataclass
class Side:
    """One station: its database, its keys, its books."""

    name: str
    peer: str
    path: Path
    log_key: Ed25519Signer
    witness_key: Ed25519Signer
    acknowledged: int = 0
    outbox: list[Sealed] = field(default_factory=list)
    taken: int = 0
    """How many bundles of the peer were taken."""
    hours: int = 0
    life: int = 0
    """Differs where a station lives its days a second time: they never come out the same."""

    @classmethod
    def make(cls, name: str, peer: str, folder: Path) -> Side:
        log, witness = (Ed25519PrivateKey.generate() for _ in range(2))
        return cls(
            name,
            peer,
            folder / f"{name}.db",
            Ed25519Signer(checkpoint.origin_of(CITY, name), log),
            Ed25519Signer(cosignature.witness_of(CITY, name), witness),
        )

    @contextmanager
    def opened(self) -> Iterator[tuple[TransferLog, PeerMirror]]:
        with database.connect(self.path, Owner("training", CITY, self.name)) as connection:
            own, other = (checkpoint.origin_of(CITY, each) for each in (self.name, self.peer))
            yield TransferLog(connection, own), PeerMirror(connection, other)

    def entry(self, log: TransferLog) -> None:
        time = f"2026-04-01T00:{log.size() // 60 % 60:02d}:{log.size() % 60:02d}Z"
        facts = {"seq": log.size() + 1, "records": self.life}
        log.append(
            events.build(
                Event.BUNDLE_SEALED, time=time, station=self.name, actor="clerk-1", facts=facts
            )
        )

    def seal(self, other: Side) -> None:
        """Seal a bundle, which is the same however often it is carried."""
        self.hours += 1
        with self.opened() as (log, mirror):
            self.entry(log)
            cut = log.section(self.acknowledged, self.log_key)
            section = LogSection(cut.start, cut.note, list(cut.entries))
            time = TIME + timedelta(hours=self.hours)
            seen = mirror.cosign(self.witness_key, Vkey.of(other.log_key), time)
            carried = CarriedLog(
                start=cut.start,
                size=log.size(),
                checkpoint=cut.note.decode(),
                file="translog.jsonl",
                peer_size=mirror.size(),
                peer_checkpoint=seen.decode() if seen else None,
            )
            self.entry(log)
        self.outbox.append(Sealed(section, carried))

    def take(self, other: Side) -> None:
        """Take the peer's next bundle: steps 8 and on, in the order of the program."""
        sealed = other.outbox[self.taken]
        with self.opened() as (log, mirror):
            self.entry(log)
            judged = self.judge(other, sealed, log, mirror)
            mirror.keep(judged.accepted())
            if judged.seen is not None:
                log.keep_cosigned(other.witness_key.name, judged.seen)
        self.acknowledged = max(self.acknowledged, sealed.carried.peer_size)
        self.taken += 1

    def judge(self, other: Side, sealed: Sealed, log: TransferLog, mirror: PeerMirror) -> Judgement:
        """Judge what the peer's bundle says, by what this side has."""
        witness = WitnessKey.of(other.witness_key)
        before = log.newest_cosigned(witness.name)
        held = Held(
            origin=mirror.origin,
            vkey=Vkey.of(other.log_key),
            mirror=mirror,
            own=log,
            before=before.size if before else 0,
        )
        seen = open_seen(sealed.carried, witness, log.origin)
        return judge(held, self.taken, Told(self.taken + 1, sealed.section, seen))


@dataclass
class Play:
    """Both sides, and chance."""

    one: Side
    two: Side
    chance: random.Random

    def hand_over(self) -> None:
        """Let one side seal, perhaps, and carry what it has: a part is lost, late or old."""
        sender, receiver = self.chance.sample((self.one, self.two), 2)
        if self.chance.random() < 0.8:
            sender.seal(receiver)
        if self.chance.random() < 0.15:
            return
        # A stick has some of the bundles; those that were taken before are told by their number.
        stick = [number for number in range(len(sender.outbox)) if self.chance.random() < 0.9]
        while receiver.taken in stick:
            receiver.take(sender)

    def exchange(self) -> None:
        """Carry everything once in each direction, newly sealed."""
        for sender, receiver in ((self.one, self.two), (self.two, self.one)):
            sender.seal(receiver)
            while receiver.taken < len(sender.outbox):
                receiver.take(sender)


def begin(folder: Path, seed: int) -> Play:
    """Return a play whose sides have exchanged once."""
    play = Play(
        Side.make("lgwan-01", "registry-01", folder),
        Side.make("registry-01", "lgwan-01", folder),
        random.Random(seed),  # noqa: S311 - what happens to sticks, repeatable
    )
    play.exchange()
    return play


def copy_of(side: Side) -> Path:
    """Keep the database of *side* as it is now."""
    kept = side.path.with_suffix(".kept")
    kept.unlink(missing_ok=True)
    with database.connect(side.path, Owner("training", CITY, side.name)) as connection:
        connection.execute("VACUUM INTO ?", (str(kept),))
    return kept


def put_back(side: Side, kept: Path) -> None:
    """Let *side* go on with a database of before, as if nothing had happened."""
    for suffix in ("-wal", "-shm"):
        Path(f"{side.path}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(kept, side.path)
    side.path.chmod(0o600)
    side.life += 1


def forget_mirror(side: Side, kept: Path) -> None:
    """Put back what *side* knows of its peer, and keep its own log as it is."""
    peer = checkpoint.origin_of(CITY, side.peer)
    with closing(sqlite3.connect(side.path, isolation_level=None)) as connection:
        triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("ATTACH ? AS kept", (str(kept),))
        for table in ("entry", "node", "checkpoint", "promise"):
            rows = f"SELECT * FROM kept.{table} WHERE origin = ?"  # noqa: S608 - our own names
            connection.execute(f"DELETE FROM {table} WHERE origin = ?", (peer,))  # noqa: S608 - as above
            connection.execute(f"INSERT INTO {table} {rows}", (peer,))
