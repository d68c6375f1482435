"""The one decision on what a bundle says of both logs: the mutual mirror, and its seven verdicts.

    judged = judge(held, seen, told)
    judged.verdict       # NEW, STALE, or one of the five alarms
    judged.place         # of an alarm: where the first entry lies that differs
    judged.accepted()    # the section, to be kept; raises the alarm, if it is one

*held* (:class:`Held`) is what this station has: its mirror of the sender's log, its own log, and
how far the sender had seen that before. *seen* is the highest number of the sender's bundles
whose section was kept, 0 for none. *told* (:class:`Told`) is what the bundle says: its number, the
section of the sender's log with the proof that the reader acknowledged where it starts, what the
sender has cosigned of the reader's log, and what other stations have cosigned of the sender's; the
form and the signatures of these were checked
(:mod:`mediabridge.verify.witness`). Pure: nothing is stored, no clock is asked, and memory does
not grow with the entries.

After ``NEW``, and after no other verdict, the caller stores the section in the mirror
(:meth:`mediabridge.translog.mirror.PeerMirror.keep`) and the cosigned checkpoint beside its own
log (:meth:`mediabridge.translog.store.TransferLog.keep_cosigned`), has *told*'s number as seen,
and only then cosigns (:meth:`mediabridge.translog.mirror.PeerMirror.cosign`). ``STALE`` is no
fault: something that was taken before came once more, and fits. Nowhere is asked for the newest
that a peer could know, so what is lost, late or repeated on the way raises no alarm.

The order, which is that of transfer-log.md, section 6:

1. the form: checkpoint, number, vocabulary and mode of the entries, and the proof, which only an
   earlier program leaves out, of what the mirror has at least (``LOG_SECTION_INVALID``);
2. what was acknowledged is not more than the mirror holds, else ``WITNESS_STATE_LOST``;
3. the mirror up to there has the root that was acknowledged, and continued with the entries the
   signed one, else ``REWRITE``;
4. where entries and mirror overlap, they are equal, else ``FORK``;
5. a number that was not seen before has a larger tree than the mirror, else ``TRUNCATED``;
6. what the sender cosigned of our log is what we signed, else ``PEER_MIRROR_DIFFERS``, and under
   such a number not less than it had before, else ``WITNESS_STATE_LOST``;
7. what other stations have cosigned of the sender's log is this log, else ``FORK``;
8. a number that was seen is ``STALE``, any other ``NEW``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique
from typing import Protocol

from mediabridge import errors, locale
from mediabridge.translog import checkpoint, events, merkle, note
from mediabridge.translog.cosignature import Cosigned
from mediabridge.translog.section import Elsewhere, Known, LogSection, VerifiedSection


@unique
class Verdict(StrEnum):
    """What a section is; the words of transfer-log.md, section 6."""

    NEW = "NEW"
    STALE = "STALE"
    FORK = "FORK"
    REWRITE = "REWRITE"
    TRUNCATED = "TRUNCATED"
    PEER_MIRROR_DIFFERS = "PEER_MIRROR_DIFFERS"
    WITNESS_STATE_LOST = "WITNESS_STATE_LOST"


class OwnLog(Protocol):
    """What this station knows of its own log."""

    @property
    def station(self) -> str:
        """Its station: the reader."""

    def size(self) -> int:
        """Return the number of entries."""

    def root(self, size: int) -> bytes:
        """Return the root of the first *size* entries, at most :meth:`size`."""

    def checkpoints(self, size: int) -> list[bytes]:
        """Return the checkpoints of *size* entries that were signed here, each a signed note."""


@dataclass(frozen=True)
class Held:
    """What this station has of both logs."""

    origin: str
    """Of the sender's log."""
    vkey: note.Vkey
    """The key of the sender's log."""
    mirror: Known
    own: OwnLog
    before: int = 0
    """How many entries of our log the sender had cosigned in what was taken of it."""
    lost_from: int = 0
    """Of a restored station: how long its log was in the backup; 0 for any other."""
    mode: str | None = None
    """What the sender has to be for, ``live`` or ``training``; None: whatever it says."""
    proves_from: int = 0
    """The first number under which the sender has proved what was acknowledged; 0 before it."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """How many entries of the mirror each other witness is known to have cosigned, by its name."""


@dataclass(frozen=True)
class Told:
    """What a bundle says of both logs; only the cosignatures have been verified."""

    seq: int
    """The bundle's number on its route."""
    section: LogSection
    seen: Cosigned | None
    """The newest checkpoint of the reader's log that the sender knows; None before the first."""
    proof: checkpoint.Checkpoint | None = None
    """What the reader has cosigned of the sender's log, of the size at which the section starts."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """What other stations have cosigned of the sender's log, each its newest."""


@dataclass(frozen=True)
class Place:
    """Where the first entry lies that differs: *low* to *high*, both counted from 0."""

    low: int
    high: int

    @property
    def first(self) -> int | None:
        """Return the entry itself, or None where only the range is known."""
        return self.low if self.low == self.high else None

    def said(self) -> str:
        """Return it as a part of a sentence."""
        if self.first is not None:
            return locale.text("entry {index}", index=self.low)
        return locale.text("one of the entries {low} to {high}", low=self.low, high=self.high)


@dataclass(frozen=True)
class Judgement:
    """A verdict, and what it is about."""

    verdict: Verdict
    section: VerifiedSection
    """To be kept if the verdict is NEW; otherwise what was signed, as evidence."""
    seen: Cosigned | None = None
    """What the sender has seen of our log, where that was compared."""
    place: Place | None = None
    """Where an alarm begins; None of NEW and STALE, and where no entry but a signature differs."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """What others have cosigned of the sender's log; of an alarm about that, what differs."""
    alarm: errors.LogAlarmError | None = None

    def accepted(self) -> VerifiedSection:
        """Return the section, unless it raises an alarm.

        Raises:
            LogAlarmError: the one of the verdict, with the first entry that differs as a fact.
        """
        if self.alarm is not None:
            raise self.alarm
        return self.section


def judge(held: Held, seen: int, told: Told) -> Judgement:
    """Judge what a bundle says of both logs, as the page above says.

    Raises:
        LogSectionError: the section is not of the form; ``detail`` says why, with got and wanted.
    """
    signed = _signed(held, told.section)  # 1
    _check_proof(held, told)
    judging = _Judging(held, told, signed, is_new=told.seq > seen)
    for alarm in (
        judging.of_acknowledged,
        judging.of_their_log,
        judging.of_our_log,
        judging.of_elsewhere,
    ):
        judged = alarm()
        if judged is not None:
            return judged
    verdict = Verdict.NEW if told.seq > seen else Verdict.STALE  # 8
    return Judgement(verdict, judging.section, judging.compared, elsewhere=told.elsewhere)


@dataclass(frozen=True)
class _Judging:
    held: Held
    told: Told
    signed: checkpoint.Checkpoint
    is_new: bool
    roots: dict[int, bytes] = field(default_factory=dict)
    """The roots of the section at the sizes that others have cosigned; known once it was read."""

    @property
    def section(self) -> VerifiedSection:
        return VerifiedSection(self.told.section, self.signed)

    @property
    def compared(self) -> Cosigned | None:
        """What of our log is compared: not what a restored station may have lost."""
        seen, lost = self.told.seen, self.held.lost_from
        return None if seen is not None and 0 < lost <= seen.checkpoint.size else seen

    @property
    def peer(self) -> str:
        return checkpoint.station_of(self.signed.origin)

    def of_acknowledged(self) -> Judgement | None:
        size, start = self.held.mirror.size(), self.told.section.start
        if start > size:  # 2
            return self._lost(self.held.own.station, self.peer, size, start)
        proof = self.told.proof
        if proof is not None and self.held.mirror.frontier(start).root() != proof.root:  # 3
            return self._alarm(Verdict.REWRITE, Place(0, start - 1), errors.LogRewrittenError)
        return None

    def of_their_log(self) -> Judgement | None:
        size = self.held.mirror.size()
        if self.told.section.start > self.signed.size:
            return self._shorter(size)
        root, other = self._continued(size)
        if root != self.signed.root:
            return self._rewritten(root)
        if other is not None:  # 4
            return self._alarm(Verdict.FORK, Place(other, other), errors.LogForkedError)
        if self.is_new and self.signed.size <= size:  # 5
            return self._truncated(size)
        return None

    def of_our_log(self) -> Judgement | None:
        seen, own = self.told.seen, self.held.own
        size = seen.checkpoint.size if seen else 0
        if seen is not None and self.compared is None:
            return None
        if seen is not None and (judged := self._not_ours(seen)) is not None:  # 6
            return judged
        if self.is_new and size < self.held.before:
            return self._lost(self.peer, own.station, size, self.held.before)
        return None

    def of_elsewhere(self) -> Judgement | None:
        for told in self.told.elsewhere:  # 7
            if self._root_at(told.cosigned.checkpoint.size) != told.cosigned.checkpoint.root:
                return self._forked(told)
        return None

    def _root_at(self, size: int) -> bytes | None:
        """Return the root of the sender's log as it is told here; None where that has not *size*.

        What others have cosigned had come back when the section was cut, so it is not larger.
        """
        if size < self.told.section.start:
            return self.held.mirror.frontier(size).root()
        return self.roots.get(size)

    def _forked(self, told: Elsewhere) -> Judgement:
        # What it cosigned before was compared then, and what it cosigns continues that.
        before = self.held.elsewhere.get(told.witness, 0)
        high = min(told.cosigned.checkpoint.size - 1, self.signed.size)
        place = Place(before if before <= high else 0, high)
        where = locale.text(
            "{place}; {witness} has cosigned another", place=place.said(), witness=told.station
        )
        judged = self._alarm(Verdict.FORK, place, errors.LogForkedError, where=where)
        return replace(judged, elsewhere=(told,))

    def _continued(self, size: int) -> tuple[bytes, int | None]:
        """Return the root of the mirror with the entries, and the first that is another."""
        start, other = self.told.section.start, None
        wanted = {each.cosigned.checkpoint.size for each in self.told.elsewhere}
        frontier = self.held.mirror.frontier(start)
        self._note_root(frontier, wanted)
        for index, leaf in enumerate(self._leaves(), start):
            frontier.append(leaf)
            self._note_root(frontier, wanted)
            if other is None and index < size and leaf != self.held.mirror.leaf_hash(index):
                other = index
        return frontier.root(), other

    def _note_root(self, frontier: merkle.Frontier, wanted: Collection[int]) -> None:
        if frontier.size in wanted:
            self.roots[frontier.size] = frontier.root()

    def _leaves(self) -> Iterator[bytes]:
        """Yield the leaf hash of each entry, which is of the form (1)."""
        index, wanted = self.told.section.start, self.signed.size
        for entry in self.told.section.entries:
            if index == wanted:
                detail = locale.text("more entries than the {count} that are signed", count=index)
                raise errors.LogSectionError(detail=detail)
            try:
                _check_mode(events.parse(entry, self.peer), self.held.mode)
            except ValueError as error:
                detail = locale.text("entry {index}: {problem}", index=index, problem=error)
                raise errors.LogSectionError(detail=detail) from None
            yield merkle.leaf_hash(entry)
            index += 1
        if index != wanted:
            detail = locale.text(
                "the entries end at {got}, should end at {wanted}", got=index, wanted=wanted
            )
            raise errors.LogSectionError(detail=detail)

    def _rewritten(self, root: bytes) -> Judgement:
        start = self.told.section.start
        if start == 0:
            # Nothing of ours is in it: it contradicts itself.
            detail = locale.text(
                "{place} is {got}, should be {wanted}",
                place=locale.text("the root"),
                got=root.hex(),
                wanted=self.signed.root.hex(),
            )
            raise errors.LogSectionError(detail=detail)
        return self._alarm(Verdict.REWRITE, Place(0, start - 1), errors.LogRewrittenError)

    def _shorter(self, held: int) -> Judgement:
        """Judge a log that has not even what was acknowledged, so that no entries can follow."""
        size = self.signed.size
        if self.held.mirror.frontier(size).root() != self.signed.root:
            return self._alarm(Verdict.REWRITE, Place(0, size - 1), errors.LogRewrittenError)
        return self._truncated(held)

    def _truncated(self, held: int) -> Judgement:
        place, error = Place(self.signed.size, self.signed.size), errors.LogTruncatedError
        return self._alarm(Verdict.TRUNCATED, place, error, got=self.signed.size, held=held)

    def _not_ours(self, seen: Cosigned) -> Judgement | None:
        """Judge a checkpoint of ours that is not, byte by byte, one that was signed here."""
        theirs, size = seen.checkpoint, self.held.own.size()
        if theirs.size > size:
            detail = locale.text(
                "entries of ours: {got} there, {wanted} here", got=theirs.size, wanted=size
            )
            # It may have been put back, and written on since: where that began, is not told.
            low = self.held.before if self.held.before <= size else 0
            return self._differs(Place(low, size), detail)
        # What it cosigned before was compared then; so the first that differs comes after that.
        before = self.held.before if self.held.before < theirs.size else 0
        place = Place(before, theirs.size - 1)
        root = self.held.own.root(theirs.size)
        if theirs.root != root:
            detail = locale.text(
                "the root of {size} entries is {got} there, {wanted} here",
                size=theirs.size,
                got=theirs.root.hex(),
                wanted=root.hex(),
            )
            return self._differs(place, detail)
        if not any(seen.note.startswith(each) for each in self.held.own.checkpoints(theirs.size)):
            detail = locale.text(
                "this station never signed its {size} entries like that", size=theirs.size
            )
            return self._differs(None, detail)
        return None

    def _differs(self, place: Place | None, detail: str) -> Judgement:
        error = errors.PeerMirrorDiffersError
        return self._alarm(Verdict.PEER_MIRROR_DIFFERS, place, error, detail=detail)

    def _lost(self, witness: str, of: str, got: int, wanted: int) -> Judgement:
        return self._alarm(
            Verdict.WITNESS_STATE_LOST,
            Place(got, got),
            errors.WitnessStateLostError,
            witness=witness,
            of=of,
            got=got,
            wanted=wanted,
        )

    def _alarm(
        self,
        verdict: Verdict,
        place: Place | None,
        error: type[errors.LogAlarmError],
        **facts: int | str,
    ) -> Judgement:
        where = place.said() if place else locale.text("no entry, the signature alone")
        facts = {"where": where, **facts}
        alarm = error(peer=self.peer, entry=place and place.first, **facts)
        return Judgement(verdict, self.section, self.compared, place, alarm=alarm)


def _signed(held: Held, section: LogSection) -> checkpoint.Checkpoint:
    """Return the checkpoint, which the sender's log key signed under the sender's origin."""
    try:
        signed = checkpoint.open_checkpoint(section.note, held.vkey)
    except errors.LogNoteError as error:
        raise errors.LogSectionError(**error.facts) from error
    if signed.origin != held.origin:
        detail = locale.text(
            "a log of {got}, should be {wanted}", got=signed.origin, wanted=held.origin
        )
        raise errors.LogSectionError(detail=detail)
    if section.start < 0:
        detail = locale.text("entries: {got}, should be {wanted}", got=section.start, wanted=0)
        raise errors.LogSectionError(detail=detail)
    return signed


def _check_proof(held: Held, told: Told) -> None:
    """Check that *told* proves where its section starts, as far as its sender can."""
    start, size = told.section.start, held.mirror.size()
    if told.proof is not None:
        if told.proof.size != start:
            detail = locale.text(
                "the proof of what was acknowledged: entries: {got}, should be {wanted}",
                got=told.proof.size,
                wanted=start,
            )
            raise errors.LogSectionError(detail=detail)
    elif start > size:
        detail = locale.text(
            "entries said to be acknowledged: {got}, here are {wanted}, and nothing proves it",
            got=start,
            wanted=size,
        )
        raise errors.LogSectionError(detail=detail)
    elif start and 0 < held.proves_from <= told.seq:
        detail = locale.text(
            "entries said to be acknowledged: {got}, and the proof, which this sender has sent"
            " since its number {number}, is missing",
            got=start,
            number=held.proves_from,
        )
        raise errors.LogSectionError(detail=detail)


def _check_mode(entry: events.Entry, mode: str | None) -> None:
    got = entry.facts.get("mode", mode)
    if mode is not None and got != mode:
        msg = locale.text("a log for {got}, should be for {wanted}", got=got, wanted=mode)
        raise ValueError(msg)
