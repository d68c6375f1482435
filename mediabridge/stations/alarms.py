"""Evidence of alarms about transfer logs: what both sides had signed, before anybody is told.

A refused bundle leaves the quarantine, and the medium goes on its way; so what proves the alarm
is kept here first. Each alarm is a folder, named by the SHA-256 of its ``alarm.json``, which
names every other file in it by its own. A folder appears whole or not at all, the same alarm of
the same bundle is kept once, and nothing here is ever removed.

Kept, logged, told: the entry that names a folder comes after it and before anybody is told. So
what the log names was there, and whoever takes it away is found out (:func:`require_named`);
after a crash in between, the next try finds the folder and makes the entry.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mediabridge import canonical
from mediabridge.config import ALARM_ENTRIES_BYTES, ALARMS_KEPT, LIMITS
from mediabridge.durable import folder_appearing, new_file, sync_folder
from mediabridge.errors import LogAlarmError, LogCorruptError, LogSectionError
from mediabridge.locale import text
from mediabridge.stations.home import Home
from mediabridge.translog import events
from mediabridge.translog.cosignature import witness_of
from mediabridge.translog.database import StoredLog
from mediabridge.translog.events import Event
from mediabridge.translog.section import LogSection
from mediabridge.translog.verdicts import Judgement, Place, Verdict

if TYPE_CHECKING:
    from mediabridge.bundle.header import Header
    from mediabridge.stations.alarm_facts import AlarmFacts
    from mediabridge.stations.station import OpenStation

FACTS: Final = "alarm.json"
CHECKPOINT: Final = "checkpoint"
"""What the peer signed of its own log, in the bundle that was refused."""
HELD: Final = "held"
"""What was held against it here, signed; of whichever log the alarm is about."""
COSIGNED: Final = "cosigned"
"""What the peer cosigned of this station's log, in that bundle."""
ELSEWHERE: Final = "elsewhere"
"""What another station has cosigned of the peer's log, where that is what differs."""
ENTRIES: Final = "entries.jsonl"
"""The peer's entries in that bundle, one a line."""
HELD_ENTRY: Final = "held-entry.json"
"""The entry that stands here where the first one differs."""

KEPT: Final = (CHECKPOINT, HELD, COSIGNED, ELSEWHERE, ENTRIES, HELD_ENTRY)
"""All that there may be beside :data:`FACTS`."""
_DIGEST: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Alarm:
    """One alarm, as it was kept."""

    folder: Path
    facts: AlarmFacts

    @property
    def digest(self) -> str:
        """The SHA-256 of its facts, in hexadecimal."""
        return self.folder.name

    @property
    def about_peer(self) -> bool:
        """Whether it is about the log of which entries came in the bundle."""
        return self.facts.log == self.facts.peer

    @property
    def place(self) -> Place | None:
        """Where the first entry lies that differs; None where no entry does."""
        low, high = self.facts.low, self.facts.high
        return None if low is None or high is None else Place(low, high)

    def check(self) -> None:
        """Hold every file of it against its SHA-256.

        Raises:
            LogCorruptError: one is gone, or another than the one that was kept.
        """
        for name in KEPT:
            if name in self.facts.files:
                try:
                    with (self.folder / name).open("rb") as file:
                        got = hashlib.file_digest(file, "sha256").hexdigest()
                except OSError as error:
                    raise _changed(self.folder, error.strerror or name) from None
                if got != self.facts.files[name]:
                    raise _changed(self.folder, name)

    def read(self, name: str) -> bytes | None:
        """Return a small file of it, at most :attr:`~mediabridge.config.Limits.log_note_bytes`.

        None where there was nothing of that kind.

        Raises:
            LogCorruptError: it is gone, or another than the one that was kept.
        """
        if name not in self.facts.files:
            return None
        try:
            with (self.folder / name).open("rb") as file:
                data = file.read(LIMITS.log_note_bytes + 1)
        except OSError as error:
            raise _changed(self.folder, error.strerror or name) from None
        if hashlib.sha256(data).hexdigest() != self.facts.files[name]:
            raise _changed(self.folder, name)
        return data

    def entry(self, index: int) -> bytes | None:
        """Return the peer's entry *index*, None where it is not among those that were kept.

        Raises:
            LogCorruptError: the file of them has fewer; :meth:`check` compares the whole of it.
        """
        if not self.facts.start <= index < self.facts.start + self.facts.entries:
            return None
        with (self.folder / ENTRIES).open("rb") as file:
            for here, line in enumerate(file, self.facts.start):
                if here == index:
                    return line.rstrip(b"\n")
        raise _changed(self.folder, ENTRIES)


def kept(home: Home) -> list[Alarm]:
    """Return the alarms of which there is evidence, by bundle.

    Raises:
        LogCorruptError: what was kept is not there as it was.
    """
    found = [Alarm(each, _facts_of(each)) for each in folders(home)]
    return sorted(found, key=lambda each: (each.facts.peer, each.facts.seq, each.digest))


def folders(home: Home) -> list[Path]:
    """Return the folders of all evidence as it lies there, good or not, by digest."""
    if not home.alarms.is_dir():
        return []
    # What a power cut left half-made has another name, and goes with the next try.
    named = (each for each in home.alarms.iterdir() if _DIGEST.fullmatch(each.name))
    return sorted(each for each in named if not each.is_symlink())


def most_bytes(name: str) -> int:
    """Return how many bytes the file *name* of some evidence has at most."""
    return ALARM_ENTRIES_BYTES if name == ENTRIES else LIMITS.log_note_bytes


def named(log: StoredLog) -> Iterator[str]:
    """Yield the digests of the evidence that *log*, this station's own, says it has.

    Raises:
        LogCorruptError: an entry is not of the vocabulary.
    """
    for data in log.all_of(Event.ALARM_KEPT):
        try:
            yield str(events.parse(data, log.station).facts.get("alarm_sha256"))
        except ValueError as error:
            raise LogCorruptError(detail=str(error)) from None


def require_named(log: StoredLog, there: Iterable[Alarm]) -> None:
    """See that of all that *log* names nothing is gone.

    What it does not name is not asked for: it may be of an earlier version.

    Raises:
        LogCorruptError: the evidence of an alarm was taken away.
    """
    gone = set(named(log)) - {each.digest for each in there}
    if gone:
        detail = text("evidence of an alarm is gone: {names}", names=", ".join(sorted(gone)))
        raise LogCorruptError(detail=detail)


def keep(station: OpenStation, header: Header, judged: Judgement) -> None:
    """Keep what proves the alarm in *judged*, about the bundle of *header*, and log it.

    Durable on return. Kept before, or as many kept as there may be: nothing is kept. The first
    ones stay, for what began it is worth more than its repetitions.

    Raises:
        OSError, LogUnavailableError: it could not be stored, or not be logged; then the alarm is
            not told as if it were.
        LogCorruptError: what was kept before is not there as it was.
    """
    if judged.alarm is None:
        return
    there = kept(station.home)
    digest = next((each.digest for each in there if _is_same(each, header, judged)), None)
    if digest is None and len(there) < ALARMS_KEPT:
        digest = _keep(station, header, judged, judged.alarm)
    if digest is not None and digest not in set(named(station.log)):
        station.record(
            Event.ALARM_KEPT,
            alarm_sha256=digest,
            bundle=header.bundle,
            reason=judged.alarm.reason,
            route_from=header.route.sender,
            route_to=header.route.receiver,
            seq=header.seq,
        )


def _keep(station: OpenStation, header: Header, judged: Judgement, alarm: LogAlarmError) -> str:
    """Keep it in a folder of its own; return its digest."""
    section, place = judged.section.section, judged.place
    small = dict(_small(station, header.route.sender, judged))
    lines = hashlib.sha256()
    count = 0
    for line in _lines(section):
        lines.update(line)
        count += 1
    from mediabridge.stations.alarm_facts import AlarmFacts  # noqa: PLC0415 - as below

    facts = canonical.dump(
        AlarmFacts(
            verdict=judged.verdict,
            reason=alarm.reason,
            peer=header.route.sender,
            log=_about(station, header.route.sender, judged),
            bundle=header.bundle,
            seq=header.seq,
            start=section.start,
            entries=count,
            low=place.low if place else None,
            high=place.high if place else None,
            files={name: _sha256(data) for name, data in small.items()}
            | {ENTRIES: lines.hexdigest()},
        ).model_dump(exclude_none=True)
    )
    station.home.alarms.mkdir(mode=0o700, exist_ok=True)
    sync_folder(station.home.root)
    digest = _sha256(facts)
    with folder_appearing(station.home.alarms / digest) as draft:
        for name, data in {FACTS: facts, **small}.items():
            with new_file(draft / name) as file:
                file.write(data)
        with new_file(draft / ENTRIES) as file:
            file.writelines(_lines(section))
    return digest


def _is_same(alarm: Alarm, header: Header, judged: Judgement) -> bool:
    """Tell whether *alarm* is this one: our own log grows by its refusals, and is not compared."""
    facts, signed = alarm.facts, _sha256(judged.section.section.note)
    told = (header.bundle, judged.verdict, signed)
    return told == (facts.bundle, facts.verdict, facts.files.get(CHECKPOINT))


def _small(station: OpenStation, sender: str, judged: Judgement) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of what is kept, but for the entries."""
    yield CHECKPOINT, judged.section.section.note
    if judged.seen is not None:
        yield COSIGNED, judged.seen.note
    for other in judged.elsewhere:
        yield ELSEWHERE, other.cosigned.note
    own = _about(station, sender, judged) == station.id
    held = (_own_held if own else _their_held)(station, sender, judged)
    if held is not None:
        yield HELD, held
    entry = None if own or judged.place is None else judged.place.first
    if entry is not None and entry < station.mirror(sender).size():
        yield HELD_ENTRY, next(iter(station.mirror(sender).entries(entry, entry + 1)))


def _about(station: OpenStation, sender: str, judged: Judgement) -> str:
    """Return the station whose log the alarm is about."""
    if judged.verdict is Verdict.WITNESS_STATE_LOST and judged.alarm is not None:
        return str(judged.alarm.facts["of"])
    return station.id if judged.verdict is Verdict.PEER_MIRROR_DIFFERS else sender


def _own_held(station: OpenStation, sender: str, judged: Judgement) -> bytes | None:
    """Return what stands here of our own log: what the peer had cosigned, or what we signed."""
    if judged.verdict is Verdict.WITNESS_STATE_LOST:
        seen = station.log.newest_cosigned(witness_of(station.config.city, sender))
        return seen and seen.note
    size = judged.seen.checkpoint.size if judged.seen else 0
    signed = station.log.checkpoints(size)
    return signed[0] if signed else station.log.newest_checkpoint()


def _their_held(station: OpenStation, sender: str, judged: Judgement) -> bytes | None:
    """Return what stands here of the peer's log: of the size that differs, or the newest."""
    mirror = station.mirror(sender)
    for other in judged.elsewhere:
        for signed in mirror.checkpoints(other.cosigned.checkpoint.size):
            return signed
    return mirror.newest_checkpoint()


def _lines(section: LogSection) -> Iterator[bytes]:
    """Yield the entries as lines, as many as there is room for and as are whole."""
    room = ALARM_ENTRIES_BYTES
    # Where the alarm needs none of them, nobody has read them before.
    with suppress(LogSectionError):
        for entry in section.entries:
            room -= len(entry) + 1
            if room < 0:
                return
            yield entry + b"\n"


def _facts_of(folder: Path) -> AlarmFacts:
    try:
        with (folder / FACTS).open("rb") as file:
            data = file.read(LIMITS.log_note_bytes + 1)
        if _sha256(data) != folder.name:
            raise _changed(folder, FACTS)
        found = canonical.load(data)
    except (OSError, ValueError) as error:
        raise _changed(folder, FACTS) from error
    # Most stations have no alarm, and need nothing that reads one.
    from mediabridge.stations import alarm_facts  # noqa: PLC0415

    try:
        return alarm_facts.checked(found)
    except ValueError as error:
        raise _changed(folder, f"{FACTS}: {error}") from None


def _changed(folder: Path, name: str) -> LogCorruptError:
    detail = text("evidence of an alarm was changed: {name}", name=f"{folder.name[:8]}/{name}")
    return LogCorruptError(detail=detail)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
