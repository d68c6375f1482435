"""What the sender of a bundle says of both logs: its part of its own, its witness of ours.

Step 8 of format 1, section 9: checked first, and kept only when everything else is right too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mediabridge.bundle.stages import OpenedBundle
from mediabridge.errors import LogSectionError
from mediabridge.locale import text
from mediabridge.stations import compared, setback
from mediabridge.stations.incoming import forgotten, logged, voids
from mediabridge.stations.station import OpenStation
from mediabridge.stations.sticks import following
from mediabridge.translog import note, section
from mediabridge.translog.cosignature import Cosigned, WitnessKey
from mediabridge.translog.mirror import Beginning
from mediabridge.translog.section import EntryLines, LogSection, VerifiedSection
from mediabridge.trust.trust_data import Station
from mediabridge.verify import Examination
from mediabridge.verify.witness import Witnessing


@dataclass(frozen=True)
class Told:
    """What was right of it, and is to be kept."""

    section: VerifiedSection
    seen: Cosigned | None
    """What the peer cosigned of our log, where that is news."""


def check(station: OpenStation, opened: OpenedBundle, examination: Examination) -> Told:
    """Make step 8 of *examination*.

    Raises:
        LogSectionError: the section does not continue our copy of the peer's log, and the
            peer's officers did not sign for that.
        MediabridgeError: its cosignature is not right, or is not one of our log.
        LogSaysOtherwiseError: its log says otherwise than the bundle, or than our books.
    """
    checked = examination.check_log(lambda: _check_section(station, opened, examination))
    seen = _check_witness(station, opened, examination, checked)
    witness = _witness(station, opened.verified.header.route.sender)
    examination.check_said(lambda: logged.check(station, opened, checked, witness))
    return Told(checked, seen)


def keep(station: OpenStation, opened: OpenedBundle, told: Told) -> None:
    """Keep what :func:`check` found right, and follow what the peer's log says of us."""
    sender = opened.verified.header.route.sender
    if told.section.branch is not None:
        voids.forget_beyond(station, sender, told.section.branch)
        forgotten.reopen(station, sender, told.section.branch)
        with station.books.transaction():
            station.books.set_fact(_behind(sender), 1)
    station.mirror(sender).keep(told.section)
    if told.seen is not None:
        station.log.keep_cosigned(_witness(station, sender).name, told.seen)
        setback.confirmed(station, sender, told.seen.checkpoint.size)
        with station.books.transaction():
            station.books.set_fact(_behind(sender), 0)
    following.follow(station, sender)
    voids.follow(station, sender)


def _check_section(
    station: OpenStation, opened: OpenedBundle, examination: Examination
) -> VerifiedSection:
    setback.compare(station, opened)
    sender, carried = opened.verified.header.route.sender, opened.manifest.log
    cut = LogSection(
        start=carried.start,
        note=carried.checkpoint.encode("utf-8"),
        entries=EntryLines(lambda: opened.files[carried.file].open("rb")),
    )
    heads = voids.log_heads(station, sender, examination.voids)
    mirror = station.mirror(sender)
    branch = next((each for each in heads if mirror.leaves_at(cut, each.size)), None)
    if branch is not None and mirror.root(branch.size).hex() != branch.root:
        raise LogSectionError(detail=text("the officers signed for another log"))
    checked = section.check_section(
        cut,
        origin=station.log_origin(sender),
        vkey=note.Vkey.parse(_trusted(station, sender).log_key),
        known=mirror if branch is None else Beginning(mirror, branch.size),
        mode=station.config.mode,
    )
    return replace(checked, branch=None if branch is None else branch.size)


def _check_witness(
    station: OpenStation, opened: OpenedBundle, examination: Examination, peer_log: VerifiedSection
) -> Cosigned | None:
    """Check the peer's cosignature on our log; return what of it is new and is to be kept.

    While either side has been set back and its officers have signed for that, less is seen
    than before: there the peer may speak of a log that we lost, or has lost what it saw.
    """
    sender = opened.verified.header.route.sender
    witness = _witness(station, sender)
    known = station.log.newest_cosigned(witness.name)
    before = known.size if known else 0
    behind = peer_log.branch is not None or station.books.fact(_behind(sender))
    accepted = 0 if behind else before
    lost_from = compared.held_back(station, sender)
    witnessing = Witnessing(witness, station.log, accepted, lost_from)
    seen = examination.check_witness(opened, witnessing)
    return None if seen is None or seen.checkpoint.size < before else seen


def _behind(sender: str) -> str:
    """Return under what the books know that *sender* was set back, and may have seen less."""
    return f"witness-behind-{sender}"


def _witness(station: OpenStation, sender: str) -> WitnessKey:
    return WitnessKey.parse(_trusted(station, sender).witness_key)


def _trusted(station: OpenStation, sender: str) -> Station:
    found = station.trust.station(sender)
    assert found is not None  # noqa: S101 - step 3 found the sender in the same trust data
    return found
