"""An office for months: sticks are lost, repeated, swapped and late, and the power fails.

Real stations with real cryptography; only the sticks are folders. What is done to them is
drawn by the test, from a seed; afterwards the clerks do what the screens say until nothing
is left to do, and the books of both sides are compared, record by record.
"""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from attacks.records import csv_of, isa_notice, municipal_notice
from journeys.death import killed_at
from stations.days import Day
from stations.sticks import Stick
from stations.test_backups import back_up, bring_back

from mediabridge.errors import (
    MediabridgeError,
    NothingToSealError,
    NotVoidableError,
    StationSetBackError,
)
from mediabridge.kinds import Kind
from mediabridge.records.model import Result
from mediabridge.stations import setback, voiding
from mediabridge.stations.books import BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.outgoing import reissuing
from mediabridge.verify.void import VoidReason

if TYPE_CHECKING:
    from pathlib import Path

    from attacks.world import World

    from mediabridge.stations.desk import Desk

LGWAN, REGISTRY = "lgwan-01", "registry-01"
SIDES = (LGWAN, REGISTRY)
STICKS = 3
RESIDENTS = 5
UNKNOWN = 90
"""Residents from here on have a card that nobody here knows: the notice is held."""

NOTICE = re.compile(r"\bM-\d{4,}\b")
"""The id of a notice of these tests, in a file."""

QUIET_ROUNDS = 12
"""Within so many rounds with every stick at both desks, everything must have come to rest."""


@dataclass
class Office:
    """Two stations, three sticks, and those who carry them."""

    world: World
    sticks: list[Stick] = field(default_factory=list)
    images: list[tuple[int, Path]] = field(default_factory=list)
    """What was on a stick one day: such a copy may turn up again."""
    sent: dict[str, set[str]] = field(default_factory=lambda: {side: set() for side in SIDES})
    hand_overs: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    helpless: set[str] = field(default_factory=set)
    """What was refused without a next step."""
    collected: dict[str, list[Path]] = field(default_factory=lambda: {side: [] for side in SIDES})
    """The files that came in, as they lie with whoever made them."""
    backup: str = ""
    """Where the newest backup of the LGWAN station is."""
    set_back_times: int = 0
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.day = Day(self.world)
        self.sticks = [self.day.stick(number) for number in range(1, STICKS + 1)]

    # --- what a day brings ----------------------------------------------------------

    def notices(self, side: str, resident: int) -> None:
        """Two records come in at *side*: one about *resident*, one about nobody known."""
        kind, make = {
            LGWAN: (Kind.ISA_NOTICE, isa_notice),
            REGISTRY: (Kind.MUNICIPAL_NOTICE, municipal_notice),
        }[side]
        who = (1 + resident % RESIDENTS, UNKNOWN + resident % RESIDENTS)
        rows = [make(next(self._numbers), each) for each in who]
        path = self.world.root / f"{side}-{len(self.collected[side])}.csv"
        path.write_bytes(csv_of(kind, rows))
        self.collected[side].append(path)
        self._collect(side, path)
        self.sent[side] |= {row["notice_id"] for row in rows}

    def _collect(self, side: str, path: Path) -> None:
        with self.day.at(side) as station:
            station.collect(path)

    def pack(self, side: str, *, empty: bool = False) -> None:
        """Seal what waits at *side*, and approve whatever waits for it."""
        with self.day.at(side) as station:
            try:
                self._seal_and_approve(station, empty=empty)
            except NothingToSealError:
                pass
            except MediabridgeError as refused:
                self._note(refused)
                self._continue(station, refused)

    def _seal_and_approve(self, station: Desk, *, empty: bool) -> None:
        sealed = station.books.bundles_in(BundleState.SEALED)
        try:
            sealed.append(station.seal(empty=empty))
        finally:
            for row in sealed:
                station.approve(row.bundle, self.world.key("officer-1"))

    def _continue(self, station: Desk, refused: MediabridgeError) -> None:
        """Officers of a restored station sign that the missing numbers are void."""
        if isinstance(refused, StationSetBackError):
            peer = str(refused.facts["peer"])
            drawn = setback.draft_continuing(station, peer)
            setback.continue_after(station, peer, drawn, [self.world.key("officer-1")])

    def _note(self, refused: MediabridgeError) -> None:
        self.refusals[refused.reason] += 1
        self.helpless |= set() if refused.hint else {refused.reason}

    def carry(self, side: str, stick: int) -> None:
        """Plug *stick* in at *side*, and let the station do what it came for."""
        self.hand_overs += 1
        try:
            self.day.serve(side, self.sticks[stick])
        except MediabridgeError as refused:
            self._note(refused)

    # --- what goes wrong ------------------------------------------------------------

    def dies(self, side: str, stick: int, moment: int) -> None:
        """The power fails at the *moment*-th change, while *side* works on *stick*."""
        self.hand_overs += 1
        killed_at(self.world.root, lambda _root: self.day.serve(side, self.sticks[stick]), moment)

    def copied(self, stick: int) -> None:
        """Somebody copies *stick*."""
        target = self.world.root / f"image-{len(self.images)}"
        shutil.copytree(self.sticks[stick].folder, target)
        self.images.append((stick, target))

    def old_one_again(self, number: int) -> None:
        """One of the copies is in place of its stick: a medium that was repeated, or is late."""
        if self.images:
            stick, image = self.images[number % len(self.images)]
            shutil.rmtree(self.sticks[stick].folder)
            shutil.copytree(image, self.sticks[stick].folder)

    def emptied(self, stick: int) -> None:
        """What was on *stick* is gone: lost on the way, or formatted."""
        folder = self.sticks[stick].folder / "MEDIABRIDGE" / "bundles"
        shutil.rmtree(folder, ignore_errors=True)

    def issued_anew(self, side: str, number: int) -> None:
        """Officers declare a number void that has no receipt, and its content is sealed again."""
        with self.day.at(side) as station:
            rows = [row for row in station.books.bundles_in(BundleState.WRITTEN) if row.records]
            if not rows:
                return
            row, officer = rows[number % len(rows)], self.world.key("officer-1")
            try:
                drawn = voiding.draft(station, row, row.seq, VoidReason.MEDIUM_LOST, anew=True)
            except NotVoidableError:
                # The receiver's log says that it has it: its receipt is on its way.
                return
            voiding.declare(station, drawn, [officer])
            void = station.books.bundle(row.bundle)
            assert void is not None
            again = reissuing.seal_again(station, void, AtDesk("clerk-1"))
            station.approve(again.bundle, officer)

    def saved(self) -> None:
        """The LGWAN station is backed up."""
        self.backup = f"backup-{next(self._numbers)}"
        with self.day.at(LGWAN) as station:
            back_up(station, self.world.root / self.backup, operator="clerk-1")

    def set_back(self) -> None:
        """Its disk is lost, and it comes from the backup; the files of the lost days come again."""
        if not self.backup:
            return
        # What was sealed before is told from what was sealed afterwards by the second.
        time.sleep(1.1)
        home = self.world.home(LGWAN).root
        shutil.rmtree(home)
        bring_back(self.world, self.backup, LGWAN)
        self.backup = ""
        self.set_back_times += 1
        for path in self.collected[LGWAN]:
            self._collect(LGWAN, path)

    # --- until it rests --------------------------------------------------------------

    def open_records(self) -> dict[str, int]:
        """Return how many own records of each side have no outcome yet, waiting ones too."""
        left = {}
        for side in SIDES:
            with self.day.at(side) as station:
                counts = station.books.outcome_counts()
                left[side] = counts.get("open", 0) + len(station.books.waiting_files())
        return left

    def _to_compare(self) -> bool:
        with self.day.at(LGWAN) as station:
            return bool(setback.waiting_for(station))

    def come_to_rest(self) -> None:
        """Do what the screens say, with every stick at both desks, until nothing is open."""
        for _round in range(QUIET_ROUNDS):
            for stick in range(STICKS):
                for side in SIDES:
                    # Of the side that was set back, the other has to say what it knows.
                    self.pack(side, empty=side == REGISTRY and self._to_compare())
                    self.carry(side, stick)
            if not any(self.open_records().values()):
                return
        raise AssertionError(self.told())

    def balance(self) -> None:
        """Both sides say the same of every record, and each was decided once."""
        assert not self.helpless
        for side in SIDES:
            decided = self._decided_by_the_peer_of(side)
            closed = self._closed_at(side)
            assert set(closed) == self.sent[side]
            assert closed == decided, self.told()

    def _closed_at(self, side: str) -> dict[str, str]:
        """Return how the books of *side* have closed each of its own records.

        What a station that was set back sends again was applied before: that is what counts.
        """
        with self.day.at(side) as station:
            rows = station.books.bundles("out")
            return {
                record: str(Result.APPLIED if result == Result.ALREADY_APPLIED else result)
                for row in rows
                for _kind, record, result, _why in station.books.records_of(row.bundle)
            }

    def _decided_by_the_peer_of(self, side: str) -> dict[str, str]:
        """Return the one outcome of each record at the other side; a repetition is none."""
        # A held record that comes once more has its first outcome again.
        found = set(self._in_the_registry()) if side == LGWAN else self._in_the_folders()
        times = Counter(record for record, _result in found)
        assert set(times.values()) <= {1}, [record for record in times if times[record] > 1]
        return dict(found)

    def _in_the_registry(self) -> list[tuple[str, str]]:
        with self.world.registry() as station:
            journal = list(station.registry.journal())
            numbers = [entry.bundle.seq for entry in journal]
            assert numbers == sorted(set(numbers)), numbers
            return [
                (outcome.record_id, str(outcome.result))
                for entry in journal
                for outcome in station.registry.outcomes(entry.bundle.bundle_id)
                if outcome.result is not Result.ALREADY_APPLIED
            ]

    def _in_the_folders(self) -> list[tuple[str, str]]:
        """Return what was delivered to the agency's terminal, as often as it was."""
        delivered = self.world.home(LGWAN).delivered
        return [
            (found[0], str(Result.APPLIED))
            for path in sorted(delivered.rglob("*.csv"))
            for found in NOTICE.finditer(path.read_text(encoding="utf-8"))
        ]

    def told(self) -> str:
        """Return what the books say, for whoever has to find out why it does not rest."""
        lines = [f"open: {self.open_records()}", f"refused: {dict(self.refusals)}"]
        for side in SIDES:
            with self.day.at(side) as station:
                lines += [
                    f"{side}: {row.direction} {row.seq} {row.state} {row.bundle}"
                    for row in station.books.bundles()
                ]
        return "\n".join(lines)
