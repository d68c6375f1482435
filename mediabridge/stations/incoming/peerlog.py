"""What the sender of a bundle says of both logs: its part of its own, its witness of ours.

Step 8 of format 1, section 9: judged first, and kept only when everything else is right too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mediabridge.bundle.stages import OpenedBundle
from mediabridge.errors import LogSectionError
from mediabridge.locale import text
from mediabridge.stations import alarms, compared, setback
from mediabridge.stations.incoming import forgotten, logged, voids
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import following
from mediabridge.stations.witnessed import others_of
from mediabridge.translog import note
from mediabridge.translog.cosignature import Cosigned, WitnessKey
from mediabridge.translog.mirror import Beginning
from mediabridge.translog.section import Elsewhere, EntryLines, LogSection, VerifiedSection
from mediabridge.translog.verdicts import Held, Judgement, judge
from mediabridge.translog.verdicts import Told as Said
from mediabridge.trust.trust_data import Station
from mediabridge.verify import Examination
from mediabridge.verify.witness import check_fresh, open_acknowledged, open_elsewhere


@dataclass(frozen=True)
class Told:
    """What was right of it, and is to be kept."""

    section: VerifiedSection
    seen: Cosigned | None
    """What the peer cosigned of our log, where that is news."""
    elsewhere: tuple[Elsewhere, ...]
    """What other stations cosigned of the peer's log."""
    begins: bool
    """Whether the peer's log ends with the sealing of this bundle."""


def check(station: OpenStation, opened: OpenedBundle, examination: Examination, seen: int) -> Told:
    """Make step 8 of *examination*; *seen* is the last number that was taken on its route.

    Raises:
        LogAlarmError: what it says of either log is not what this station has, and the peer's
            officers did not sign for that; or it is not signed or formed as it has to be; or its
            log says otherwise than the bundle, or than our books.
    """
    sender = opened.verified.header.route.sender
    witness = _witness(station, sender)
    cosigned = examination.check_witness(opened, witness, station.log.origin)
    judged = examination.check_log(
        lambda: _check_logs(station, opened, examination, cosigned, seen)
    )
    logs = logged.Logs(judged.section, witness, cosigned)
    since = station.books.fact(_begins_from(sender))
    required = 0 < since <= opened.verified.header.seq
    begins = examination.check_said(lambda: logged.check(station, opened, logs, required=required))
    return Told(judged.section, _news(station, sender, judged), judged.elsewhere, begins)


def keep(station: OpenStation, opened: OpenedBundle, told: Told) -> None:
    """Keep what :func:`check` found right, and follow what the peer's log says of us."""
    sender = opened.verified.header.route.sender
    if told.section.branch is not None:
        voids.forget_beyond(station, sender, told.section.branch)
        forgotten.reopen(station, sender, told.section.branch)
        with station.books.transaction():
            station.books.set_fact(_behind(sender), 1)
    seq = opened.verified.header.seq
    proves = opened.manifest.log.acknowledged is not None
    with station.books.transaction():
        station.books.set_fact(_mirrored(sender), seq)
        for name, does in ((_proves_from(sender), proves), (_begins_from(sender), told.begins)):
            if does and not station.books.fact(name):
                station.books.set_fact(name, seq)
    station.mirror(sender).keep(told.section, told.elsewhere)
    if told.seen is not None:
        station.log.keep_cosigned(_witness(station, sender).name, told.seen)
        setback.confirmed(station, sender, told.seen.checkpoint.size)
        with station.books.transaction():
            station.books.set_fact(_behind(sender), 0)
    following.follow(station, sender)
    voids.follow(station, sender)


def _check_logs(
    station: OpenStation,
    opened: OpenedBundle,
    examination: Examination,
    cosigned: Cosigned | None,
    seen: int,
) -> Judgement:
    setback.compare(station, opened)
    header, carried = opened.verified.header, opened.manifest.log
    cut = LogSection(
        start=carried.start,
        note=carried.checkpoint.encode("utf-8"),
        entries=EntryLines(lambda: opened.files[carried.file].open("rb")),
    )
    sender = header.route.sender
    branch = _branch(station, sender, cut, examination)
    held = _held(station, sender, branch)
    check_fresh(carried, _keys_but(station, held.vkey))
    proof = open_acknowledged(carried, _witness(station, station.id), held.vkey)
    elsewhere = open_elsewhere(
        carried, held.vkey, others_of(station.trust.witnesses, station.id, sender)
    )
    judged = judge(
        held,
        max(seen, station.books.fact(_mirrored(sender))),
        Said(header.seq, cut, cosigned, proof, elsewhere),
    )
    if judged.alarm is not None:
        # Kept, then told: what proves it goes with the medium and the quarantine.
        alarms.keep(station, header, judged)
    # What is stale here was kept by an import that died before it took the bundle: step 4 lets
    # no number through that was taken. Keeping it again changes nothing.
    return replace(judged, section=replace(judged.accepted(), branch=branch))


def _branch(
    station: OpenStation, sender: str, cut: LogSection, examination: Examination
) -> int | None:
    """Return where the log of *sender* leaves our copy, if its officers signed for that."""
    mirror, heads = station.mirror(sender), voids.log_heads(station, sender, examination.voids)
    branch = next((each for each in heads if mirror.leaves_at(cut, each.size)), None)
    if branch is None:
        return None
    if mirror.root(branch.size).hex() != branch.root:
        raise LogSectionError(detail=text("the officers signed for another log"))
    return branch.size


def _held(station: OpenStation, sender: str, branch: int | None) -> Held:
    """Return what this station has of both logs.

    While either side has been set back and its officers have signed for that, less is seen
    than before: there the peer may speak of a log that we lost, or has lost what it saw.
    """
    mirror = station.mirror(sender)
    behind = branch is not None or station.books.fact(_behind(sender))
    return Held(
        origin=station.log_origin(sender),
        vkey=note.Vkey.parse(_trusted(station, sender).log_key),
        mirror=mirror if branch is None else Beginning(mirror, branch),
        own=station.log,
        before=0 if behind else _before(station, sender),
        lost_from=compared.held_back(station, sender),
        mode=station.config.mode,
        proves_from=station.books.fact(_proves_from(sender)),
        # On another branch nobody has cosigned anything yet.
        elsewhere={} if branch is not None else _cosigned_elsewhere(station, sender),
    )


def _cosigned_elsewhere(station: OpenStation, sender: str) -> dict[str, int]:
    mirror = station.mirror(sender)
    found = {
        each.name: mirror.newest_cosigned(each.name)
        for each in others_of(station.trust.witnesses, station.id, sender)
    }
    return {name: seen.size for name, seen in found.items() if seen is not None}


def _news(station: OpenStation, sender: str, judged: Judgement) -> Cosigned | None:
    """Return what of the peer's cosignature is new and is to be kept."""
    seen, known = judged.seen, station.log.newest_cosigned(_witness(station, sender).name)
    # Whatever its key was: what is kept only grows.
    return None if seen is None or (known and seen.checkpoint.size < known.size) else seen


def _before(station: OpenStation, sender: str) -> int:
    """Return what *sender* had cosigned of our log, by the key that it has now.

    A key that was retired had seen what its witness lost: the new one begins anew.
    """
    witness = _witness(station, sender)
    known = station.log.newest_cosigned(witness.name)
    return known.size if known and _is_by(known.note, witness) else 0


def _is_by(data: bytes, witness: WitnessKey) -> bool:
    return any(line.is_by(witness) for line in note.parse(data).lines)


def _mirrored(sender: str) -> str:
    """Return the name of: the newest number whose section was found right, and is being kept."""
    return f"mirrored-{sender}"


def _proves_from(sender: str) -> str:
    """Return the name of: the first number under which *sender* proved what was acknowledged.

    An earlier program proves nothing, and what it sealed may still be on the way.
    """
    return f"proves-from-{sender}"


def _begins_from(sender: str) -> str:
    """Return the name of: the first number whose sealing *sender*'s log told before it was cut."""
    return f"begins-from-{sender}"


def _behind(sender: str) -> str:
    """Return under what the books know that *sender* was set back, and may have seen less."""
    return f"witness-behind-{sender}"


def _witness(station: OpenStation, sender: str) -> WitnessKey:
    return WitnessKey.parse(_trusted(station, sender).witness_key)


def _keys_but(station: OpenStation, log: note.Vkey) -> Iterator[note.VerifierKey]:
    """Yield every key of the trust data that signs notes, but the sender's, *log*."""
    for each in station.trust.stations:
        yield WitnessKey.parse(each.witness_key)
        if (key := note.Vkey.parse(each.log_key)) != log:
            yield key


def _trusted(station: OpenStation, name: str) -> Station:
    found = station.trust.station(name)
    assert found is not None  # noqa: S101 - step 3 found both in the same trust data
    return found
