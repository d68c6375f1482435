"""Two stations that witness each other, with real keys and stores, and sticks as they are.

Each station has its log and its mirror of the other's in a database of its own, and asks the very
function that the program asks (:mod:`mediabridge.translog.verdicts`). Sticks are lost, come late,
in another order and twice; what a bundle holds besides is left out. What was sealed is kept as it
was, with the whole of both logs as its sender had them then: from these a test knows, without the
function, which entry is the first that differs.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge.bundle.manifest import CarriedLog
from mediabridge.clock import from_rfc3339, to_rfc3339
from mediabridge.sqlite import Owner
from mediabridge.translog import checkpoint, cosignature, database, events, verdicts
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.note import Vkey
from mediabridge.translog.section import LogSection
from mediabridge.translog.store import TransferLog
from mediabridge.translog.verdicts import Held, Judgement, Told, Verdict
from mediabridge.verify.witness import open_elsewhere

CITY: Final = "city.example.jp"
TIME: Final = from_rfc3339("2026-04-01T00:00:00Z")
LOST, REPEATED = 0.15, 0.10


@dataclass(frozen=True)
class Sealed:
    """What one bundle says of both logs, and what its sender had of them."""

    seq: int
    section: LogSection
    seen: bytes | None
    """The peer's checkpoint with the sender's cosignature; None before the first."""
    proof: bytes | None
    """The sender's checkpoint where the section starts, with the peer's cosignature."""
    elsewhere: Sequence[bytes]
    """What others than the receiver have cosigned of the sender's log, each its newest."""
    whole: Sequence[bytes]
    """The sender's log, up to the checkpoint."""
    mirror: Sequence[bytes]
    """Its mirror of the receiver's log."""


@dataclass
class Side:
    """One station: its database, its keys, and what its books know."""

    name: str
    peer: str
    path: Path
    log_key: Ed25519Signer
    witness_key: Ed25519Signer
    open: ExitStack = field(default_factory=ExitStack)
    acknowledged: int = 0
    seen: int = 0
    """The highest number whose section was kept."""
    proves_from: int = 0
    """The first number under which the peer proved where its section starts."""
    outbox: list[Sealed] = field(default_factory=list)
    life: int = 0
    """Differs where a station lives its days a second time: they never come out the same."""
    others: list[WitnessKey] = field(default_factory=list)
    """The witness keys of all stations but this one and its peer here."""
    silent: bool = False
    """Whether it writes nothing down any more."""

    @classmethod
    def make(cls, name: str, peer: str, folder: Path, chance: random.Random) -> Side:
        log, witness = (Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)) for _ in "12")
        return cls(
            name,
            peer,
            folder / f"{name}.db",
            Ed25519Signer(checkpoint.origin_of(CITY, name), log),
            Ed25519Signer(cosignature.witness_of(CITY, name), witness),
        ).reopened()

    def reopened(self) -> Side:
        """Open the database, anew if it was open."""
        self.open.close()
        owner = Owner("training", CITY, self.name)
        connection = self.open.enter_context(database.connect(self.path, owner))
        # No power is cut here: what that does to a store has tests of its own.
        for faster in ("journal_mode = MEMORY", "synchronous = OFF"):
            connection.execute(f"PRAGMA {faster}")
        own, other = (checkpoint.origin_of(CITY, each) for each in (self.name, self.peer))
        self.log, self.mirror = TransferLog(connection, own), PeerMirror(connection, other)
        return self

    def entry(self, event: Event = Event.BUNDLE_SEALED) -> None:
        """Write down that *event* happened, at another second each time."""
        if self.silent:
            return
        time = to_rfc3339(TIME + timedelta(seconds=self.log.size()))
        facts = {"seq": self.log.size() + 1, "records": self.life}
        self.log.append(
            events.build(event, time=time, station=self.name, actor="clerk-1", facts=facts)
        )

    def seal(self, other: Side) -> Sealed:
        """Seal a bundle, which is the same however often it is carried."""
        self.entry(Event.BUNDLE_SEALING)
        shown = self.log.newest_cosigned(other.witness_key.name, self.acknowledged)
        cut = self.log.section(shown.size if shown else 0, self.log_key)
        time = TIME + timedelta(seconds=self.log.size())
        seen = self.mirror.cosign(self.witness_key, Vkey.of(other.log_key), time)
        whole, mirror = list(self.log.entries()), list(self.mirror.entries())
        section = LogSection(cut.start, cut.note, list(cut.entries))
        proof = shown.note if shown else None
        cosigned = (self.log.newest_cosigned(each.name) for each in self.others)
        elsewhere = [each.note for each in cosigned if each is not None]
        number = len(self.outbox) + 1
        sealed = Sealed(number, section, seen, proof, elsewhere, whole, mirror)
        self.outbox.append(sealed)
        self.entry()
        return sealed

    def judge(self, other: Side, sealed: Sealed, section: LogSection | None = None) -> Judgement:
        """Ask the program what *sealed* is, or another *section* with the rest of it."""
        known = self.log.newest_cosigned(other.witness_key.name)
        held = Held(
            origin=self.mirror.origin,
            vkey=Vkey.of(other.log_key),
            mirror=self.mirror,
            own=self.log,
            before=known.size if known else 0,
            proves_from=self.proves_from,
            elsewhere={
                each.name: told.size
                for each in self.others
                if (told := self.mirror.newest_cosigned(each.name)) is not None
            },
        )
        witness = WitnessKey.of(other.witness_key)
        seen = cosignature.open_cosigned(sealed.seen, witness) if sealed.seen else None
        proof = None
        if section is None and sealed.proof is not None:
            cosignature.open_cosigned(sealed.proof, WitnessKey.of(self.witness_key))
            proof = checkpoint.open_checkpoint(sealed.proof, held.vkey)
        carried = CarriedLog.model_construct(
            elsewhere=tuple(each.decode() for each in sealed.elsewhere)
        )
        elsewhere = open_elsewhere(carried, held.vkey, self.others)
        told = Told(sealed.seq, section or sealed.section, seen, proof, elsewhere)
        return verdicts.judge(held, self.seen, told)

    def take(self, other: Side, sealed: Sealed) -> Judgement:
        """Take a bundle of the peer; store, then sign."""
        self.entry()
        judged = self.judge(other, sealed)
        if judged.verdict is Verdict.NEW:
            self.mirror.keep(judged.accepted(), judged.elsewhere)
            if sealed.proof is not None:
                self.proves_from = self.proves_from or sealed.seq
            if judged.seen is not None:
                self.log.keep_cosigned(other.witness_key.name, judged.seen)
                self.acknowledged = max(self.acknowledged, judged.seen.checkpoint.size)
            self.seen = sealed.seq
        return judged


@dataclass(frozen=True)
class Kept:
    """A station as it was at some time: its disk."""

    path: Path
    acknowledged: int
    seen: int
    sealed: int

    @classmethod
    def of(cls, side: Side) -> Kept:
        """Copy the disk of *side*."""
        path = side.path.with_suffix(".kept")
        shutil.copyfile(side.path, path)
        return cls(path, side.acknowledged, side.seen, len(side.outbox))


@dataclass(frozen=True)
class Alarm:
    """A judgement that is none of an honest peer, and on what."""

    judged: Judgement
    sealed: Sealed
    receiver: Side
    sender: Side


@dataclass
class Play:
    """Both sides, and chance."""

    one: Side
    two: Side
    chance: random.Random
    told: Counter[str] = field(default_factory=Counter)
    """What became of the sticks, and each verdict."""

    def sides(self) -> tuple[Side, Side]:
        """Return both, in some order."""
        one, two = self.chance.sample((self.one, self.two), 2)
        return one, two

    def hand_over(self) -> Alarm | None:
        """Let one side seal, perhaps, and carry what it has: lost, late, in any order, twice."""
        sender, receiver = self.sides()
        if self.chance.random() < 0.8 or not sender.outbox:
            sender.seal(receiver)
        if self.chance.random() < LOST:
            self.told["lost"] += 1
            return None
        stick = [each for each in sender.outbox[-4:] if self.chance.random() < 0.75]
        if self.chance.random() < 0.3:
            self.chance.shuffle(stick)
        return self.carry(sender, receiver, stick)

    def carry(self, sender: Side, receiver: Side, stick: Sequence[Sealed]) -> Alarm | None:
        """Hand over a stick; some bundles on it come once more."""
        for sealed in stick:
            twice = 1 + (self.chance.random() < REPEATED)
            for _ in range(twice):
                self.told["reordered"] += sealed.seq < receiver.seen
                self.told["not the newest"] += _size(sealed.seen) < _newest(receiver)
                self.told["proved" if sealed.proof else "not proved"] += 1
                judged = receiver.take(sender, sealed)
                self.told[judged.verdict] += 1
                if judged.alarm is not None:
                    return Alarm(judged, sealed, receiver, sender)
            self.told["repeated"] += twice - 1
        self.told["handed over"] += 1
        return None

    def exchange(self) -> Alarm | None:
        """Carry one newly sealed bundle in each direction; return the first alarm, if any."""
        for sender, receiver in self._both():
            alarm = self.carry(sender, receiver, [sender.seal(receiver)])
            if alarm is not None:
                return alarm
        return None

    def _both(self) -> Iterator[tuple[Side, Side]]:
        sender, receiver = self.sides()
        yield sender, receiver
        yield receiver, sender


def _size(signed: bytes | None) -> int:
    return int(signed.split(b"\n")[1]) if signed else 0


def _newest(side: Side) -> int:
    """Return the size of the newest checkpoint that *side* has signed."""
    return _size(side.log.newest_checkpoint())


@contextmanager
def played(folder: Path, seed: str) -> Iterator[Play]:
    """Give a play whose sides have exchanged once; its databases are in *folder*."""
    chance = random.Random(seed)  # noqa: S311 - what happens to sticks, repeatable
    names = ("lgwan-01", "registry-01")
    one, two = (Side.make(name, other, folder, chance) for name, other in (names, names[::-1]))
    try:
        play = Play(one, two, chance)
        assert play.exchange() is None
        yield play
    finally:
        one.open.close()
        two.open.close()
