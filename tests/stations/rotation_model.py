"""Two stations as far as recipient keys go: their real books, key files and wraps, and no more.

What a bundle holds is left out; to which keys it is sealed, in which order it is taken and what
is announced is decided by the code of the stations. A second account is kept beside it, from
outside: which generation of a key each bundle was sealed to, and which of them may be opened.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from attacks.world import passphrase_for
from stations.rotating import BOTH, other

from mediabridge.bundle import wraps
from mediabridge.bundle.announcement import Announcement, key_digest
from mediabridge.errors import NotARecipientError, RecipientKeyGoneError
from mediabridge.sqlite import Owner
from mediabridge.stations import exchanged
from mediabridge.stations.books import Books, BundleRow, BundleState, SentBack
from mediabridge.stations.rotation import own, peers
from mediabridge.stations.station import OpenStation
from mediabridge.translog.events import Event
from mediabridge.trust import keyfile
from mediabridge.trust.city import City
from mediabridge.trust.ring import RecipientKey, Ring
from mediabridge.trust.trust_data import Recipient, TrustData
from mediabridge.verify import RouteState

TIME: Final = "2026-04-01T00:00:00Z"


class Death(Exception):  # noqa: N818 - the power fails, nobody is to blame.
    """The power failed between two steps of a taking."""


@dataclass(frozen=True)
class Sealed:
    """A bundle that was released: what the stick has of it, and which key it was sealed to."""

    sender: str
    seq: int
    sums: str
    head: bytes
    keys: bytes
    announced: Announcement | None
    key: str | None
    """The announced key it was sealed to; None for that of the trust data."""
    generation: tuple[int, int]
    """How often the officers had exchanged the key, and the number of the announcement."""
    born: int
    """When it was sealed, by a counter of the whole history."""


@dataclass(frozen=True)
class Backup:
    """A copy of a station."""

    folder: Path
    born: int
    exchanged: int
    keys: frozenset[str]
    """The private keys in it."""


@dataclass
class Light:
    """What :mod:`mediabridge.stations.rotation` asks of an open station."""

    id: str
    trust: TrustData
    books: Books
    recipient_keys: Ring
    events: list[Event] = field(default_factory=list)
    config: Any = field(default_factory=lambda: SimpleNamespace(mode="training"))

    def record(self, event: Event, **_facts: object) -> None:
        self.events.append(event)


class Model:
    """Both stations, what is on its way, and what has to hold."""

    def __init__(self, root: Path, city: City) -> None:
        """Set both stations up in *root*."""
        routes = tuple(each for each in city.trust.routes if each.sender in BOTH)
        self.root, self.trust = root, city.trust.model_copy(update={"routes": routes})
        self.released: list[Sealed] = []
        self.void: set[str] = set()
        self.backups: dict[str, list[Backup]] = {name: [] for name in BOTH}
        self.restored_from: dict[str, Backup] = {}
        self.waiting: dict[str, int] = {}
        """Restored stations that were not compared yet, and when they were restored."""
        self.exchanged = dict.fromkeys(BOTH, 0)
        self._opened: dict[str, Light] = {}
        self._tried: dict[tuple[str, str], bool] = {}
        self.clock = 0
        self.taken = self.repeated = self.only_escrow = self.restorings = self.exchanges = 0
        for name in BOTH:
            (root / name).mkdir()
            shutil.copy(city.key_path(f"{name}-recipient"), self._keys(name))

    # --- what happens ------------------------------------------------------------------

    def seal(self, sender: str) -> None:
        """Seal the next bundle; a restored station has to be compared first."""
        if sender in self.waiting:
            return
        receiver = other(sender)
        with self.open(sender) as station:
            state = RouteState.of(station.books.on_route(sender, receiver))
            keys = peers.keys_for(station, receiver)
            announced = own.announcement(station, receiver, state.next_seq)
            own.record_announced(station, announced)
            head = secrets.token_bytes(16)
            wrapped = wraps.wrap(bytes(32), keys, digest=sha256(head).digest())
            sums = sha256(head).hexdigest()
            with station.books.transaction():
                self._enter(station, sender, state.next_seq, sums, BundleState.WRITTEN)
                own.enter_announced(station, announced)
            known = exchanged.announced_by(station, receiver)
            listed = {key_digest(each.key) for each in self.trust.recipients}
            counts = known is not None and not listed.isdisjoint(known.replaces)
        self.clock += 1
        told = known if known is not None and counts else None
        generation = (self.exchanged[receiver], told.number if told else 0)
        self.released.append(
            Sealed(
                sender=sender,
                seq=state.next_seq,
                sums=sums,
                head=head,
                keys=wrapped,
                announced=announced,
                key=told.digest if told else None,
                generation=generation,
                born=self.clock,
            )
        )

    def reject(self, sender: str) -> None:
        """An officer sends the last bundle back, if it never left: its number is used again."""
        mine = [each for each in self.released if each.sender == sender]
        if not mine or mine[-1].sums in self._taken(sender) or sender in self.waiting:
            return
        last = mine[-1]
        with self.open(sender) as station, station.books.transaction():
            state = RouteState.of(station.books.on_route(sender, other(sender)))
            if state.sums_sha256 != last.sums or last.sums in self.void:
                return
            station.books.take_apart(_sent_back(last))
        self.released.remove(last)
        # From a backup that has it, its number would be another bundle's; setback.py settles that.
        self.backups[sender] = [each for each in self.backups[sender] if each.born < last.born]

    def deliver(self, sender: str, which: int, dies_after: int | None = None) -> None:
        """Bring one of all sticks that *sender* ever wrote: mostly the next, or any again."""
        mine = [each for each in self.released if each.sender == sender]
        if not mine:
            return
        due = [each for each in mine if each.seq == self._state(sender).next_seq]
        stick = due[-1] if due and which % 3 else mine[which % len(mine)]
        try:
            self._take(stick, dies_after)
        except Death:
            self.close(other(sender))

    def void_next(self, sender: str) -> None:
        """The next number due is declared void, as for a stick that was lost."""
        due = self._due(sender)
        if due is not None and sender not in self.waiting:
            self.void.add(due.sums)
            self._pass_void(sender)
            self.seal(sender)

    def back_up(self, name: str) -> None:
        """Keep a copy of all of a station, as its backup does."""
        self.clock += 1
        target = self.root / f"{name}-backup-{self.clock}"
        shutil.copytree(self.root / name, target)
        with self.open(name) as station:
            keys = frozenset(key.digest for key in station.recipient_keys.keys)
        self.backups[name].append(Backup(target, self.clock, self.exchanged[name], keys))

    def restore(self, name: str, which: int) -> None:
        """Put a station back to one of its backups."""
        made = [each for each in self.backups[name] if each.exchanged == self.exchanged[name]]
        # Two stations that were restored at once wait for each other; that is said elsewhere.
        if not made or other(name) in self.waiting:
            return
        backup = made[which % len(made)]
        self.close(name)
        shutil.rmtree(self.root / name)
        shutil.copytree(backup.folder, self.root / name)
        with self.open(name) as station, station.books.transaction():
            station.books.set_fact("restored-entry", 1)
        # Sticks that nobody took and the backup does not know have to be brought in before.
        taken = self._taken(name)
        self.released = [
            each
            for each in self.released
            if each.sender != name or each.sums in taken or each.born < backup.born
        ]
        self.clock += 1
        self.restored_from[name] = backup
        self.waiting[name] = self.clock
        self.restorings += 1

    def exchange(self, name: str) -> None:
        """The officers exchange the recipient key of a station, at both at once."""
        with self.open(name) as station:
            made = own.new_trusted_key(station, operator="clerk-1")
        others = [each for each in self.trust.recipients if each.station != name]
        fresh = Recipient(id=name, station=name, key=made.public)
        self.trust = self.trust.model_copy(update={"recipients": (*others, fresh)})
        self.exchanged[name] += 1
        self.exchanges += 1

    # --- what must hold ----------------------------------------------------------------

    def check(self) -> None:
        """Each bundle that is still to be taken opens, but for the one case that is documented."""
        for sender in BOTH:
            with self.open(other(sender)) as station:
                for each in self._to_come(sender):
                    if not self._opens(station, each):
                        assert self._documented(each), each
                assert len(station.recipient_keys.keys) <= 4 + 2 * self.exchanges

    def come_to_rest(self) -> None:
        """Carry everything that is left, in order; what only the escrow opens is sealed again."""
        for _round in range(8):
            self._carry_all()
            stuck = [due for due in map(self._due, BOTH) if due is not None]
            if not stuck and not self.waiting:
                break
            for due in stuck:
                # The next step that is named: another key by the ceremony, and sealed again.
                assert self._documented(due), due
                self.exchange(other(due.sender))
                self.void.update(each.sums for each in self._to_come(due.sender))
            for sender in BOTH:
                self.seal(sender)
        assert not self.waiting
        for sender in BOTH:
            self.seal(sender)
            self._carry_all()
        assert [self._due(sender) for sender in BOTH] == [None, None]

    def _carry_all(self) -> None:
        for sender in BOTH:
            self._pass_void(sender)
            while (due := self._due(sender)) is not None and self._can_be_taken(due):
                self._take(due, None)

    def figures(self) -> dict[str, int]:
        """Return how often what happened."""
        return {
            "released": len(self.released),
            "taken": self.taken,
            "repeated": self.repeated,
            "restorings": self.restorings,
            "exchanges": self.exchanges,
            "only the escrow opens it": self.only_escrow,
        }

    # --- inside ------------------------------------------------------------------------

    @contextmanager
    def open(self, name: str) -> Iterator[OpenStation]:
        """Give a station; it is read from the disk anew after a death or a restoring."""
        if name not in self._opened:
            owner = Owner("training", self.trust.city, name)
            books = Books(self.root / name / "station.db", owner)
            ring = Ring(keyfile.load_kept(self._keys(name), passphrase_for(name)))
            self._opened[name] = Light(name, self.trust, books, ring)
        station = self._opened[name]
        station.trust = self.trust
        yield cast("OpenStation", station)

    def close(self, name: str) -> None:
        """Let go of a station, as when its command ends or the power fails."""
        station = self._opened.pop(name, None)
        if station is not None:
            station.books.close()

    def _keys(self, name: str) -> Path:
        return self.root / name / "recipient.json"

    def _take(self, stick: Sealed, dies_after: int | None) -> None:
        """Take a bundle as a station does, and die after the step *dies_after*."""
        receiver = other(stick.sender)
        with self.open(receiver) as station:
            state = RouteState.of(station.books.on_route(stick.sender, receiver))
            if stick.sums in state.taken:
                self.repeated += 1
                return
            if stick.seq != state.next_seq or stick.sums in self.void:
                return
            try:
                used = own.opener(station, _verified(stick))
            except (NotARecipientError, RecipientKeyGoneError):
                assert self._documented(stick), stick
                self.only_escrow += 1
                return
            _survive(1, dies_after)
            self._compare(station, stick)
            own.note(station, used)
            _survive(2, dies_after)
            peers.accept(station, _opened(stick))
            _survive(3, dies_after)
            with station.books.transaction():
                self._enter(station, stick.sender, stick.seq, stick.sums, BundleState.TAKEN)
            self.taken += 1
            _survive(4, dies_after)
            own.erase_passed(station)
            self._nothing_older_opens(station, stick)
        self._pass_void(stick.sender)

    def _nothing_older_opens(self, station: OpenStation, stick: Sealed) -> None:
        older = [
            each
            for each in self.released
            if each.sender == stick.sender
            and each.generation < stick.generation
            # From a backup the same key may be announced once more, under a higher number.
            and (each.key is None or each.key != stick.key)
        ]
        assert [each for each in older if self._opens(station, each)] == []

    def _compare(self, station: OpenStation, stick: Sealed) -> None:
        """End the waiting of a restored station; what its peer knows more is made up for."""
        if station.id not in self.waiting:
            return
        there = {each.sums: each for each in self.released if each.sender == station.id}
        known = self._taken(station.id)
        mine = {sums for _seq, sums in station.books.on_route(station.id, stick.sender)}
        with station.books.transaction():
            for sums in known - mine:
                each = there[sums]
                self._enter(station, station.id, each.seq, sums, BundleState.WRITTEN)
        if stick.born > self.waiting[station.id]:
            del self.waiting[station.id]

    def _pass_void(self, sender: str) -> None:
        """Let the receiver go on behind numbers that were declared void."""
        while (due := self._due(sender, void=True)) is not None:
            with self.open(other(sender)) as station, station.books.transaction():
                self._enter(station, sender, due.seq, due.sums, BundleState.TAKEN)

    def _due(self, sender: str, *, void: bool = False) -> Sealed | None:
        number = self._state(sender).next_seq
        due = [each for each in self.released if (each.sender, each.seq) == (sender, number)]
        return next((each for each in due if (each.sums in self.void) is void), None)

    def _state(self, sender: str) -> RouteState:
        with self.open(other(sender)) as station:
            return RouteState.of(station.books.on_route(sender, other(sender)))

    def _to_come(self, sender: str) -> list[Sealed]:
        """Return the bundles of *sender* that can still be taken."""
        due = self._state(sender).next_seq
        mine = [each for each in self.released if each.sender == sender and each.seq >= due]
        return [each for each in mine if each.sums not in self.void]

    def _taken(self, sender: str) -> set[str]:
        return set(self._state(sender).taken)

    def _can_be_taken(self, stick: Sealed) -> bool:
        with self.open(other(stick.sender)) as station:
            return self._opens(station, stick)

    def _opens(self, station: OpenStation, stick: Sealed) -> bool:
        return any(self._opens_with(key, stick) for key in station.recipient_keys.keys)

    def _opens_with(self, key: RecipientKey, stick: Sealed) -> bool:
        known = self._tried.get((key.digest, stick.sums))
        if known is None:
            try:
                wraps.unwrap(stick.keys, key.private, digest=sha256(stick.head).digest())
                known = True
            except NotARecipientError:
                known = False
            self._tried[key.digest, stick.sums] = known
        return known

    def _documented(self, stick: Sealed) -> bool:
        """Tell whether only the escrow opens *stick*, as the receiver's backup is older."""
        backup = self.restored_from.get(other(stick.sender))
        return backup is not None and stick.born > backup.born and stick.key not in backup.keys

    def _enter(
        self, station: OpenStation, sender: str, seq: int, sums: str, state: BundleState
    ) -> None:
        station.books.add_bundle(
            BundleRow(
                bundle=sums[:32],
                direction="in" if state is BundleState.TAKEN else "out",
                sender=sender,
                receiver=other(sender),
                seq=seq,
                sums_sha256=sums,
                created=TIME,
                state=state,
                records=0,
                summary={},
                salt="",
            )
        )


def _sent_back(stick: Sealed) -> SentBack:
    return SentBack(
        bundle=stick.sums[:32],
        receiver=other(stick.sender),
        seq=stick.seq,
        operator="clerk-1",
        officer="officer-1",
        reason="OTHER",
        remark="",
        at=TIME,
    )


def _survive(step: int, dies_after: int | None) -> None:
    if step == dies_after:
        raise Death


def _verified(stick: Sealed) -> Any:
    route = SimpleNamespace(sender=stick.sender, receiver=other(stick.sender))
    return SimpleNamespace(
        sealed=SimpleNamespace(keys=stick.keys, header=stick.head),
        header=SimpleNamespace(route=route, seq=stick.seq),
        sums_sha256=stick.sums,
    )


def _opened(stick: Sealed) -> Any:
    signed = SimpleNamespace(announcement=stick.announced, signature="")
    recipient = signed if stick.announced is not None else None
    return SimpleNamespace(manifest=SimpleNamespace(recipient=recipient))
