"""What a day may bring: work, mistakes, and accidents; which of them is drawn by the test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from attacks.records import csv_of, isa_notice, municipal_notice
from journeys.balance import LGWAN, PEER, REGISTRY, Collected, Office
from stations.sticks import Stick
from stations.test_backups import back_up, bring_back

from mediabridge.apply.casework import examine
from mediabridge.apply.resolve import Choice, Deciders
from mediabridge.errors import MediumNotedBeforeError, NotVoidableError
from mediabridge.kinds import Kind
from mediabridge.stations import compared, setback, voiding
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import AtDesk
from mediabridge.stations.outgoing import reissuing
from mediabridge.stations.outgoing.approving import look_at
from mediabridge.stations.outgoing.rejecting import reject_shown
from mediabridge.stations.outgoing.rejection import Rejection
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.sticks import losing
from mediabridge.verify.void import VoidReason

if TYPE_CHECKING:
    from mediabridge.stations.desk import Desk

RESIDENTS = 5
UNKNOWN = 90
"""Residents from here on have a card that nobody here knows: the notice is held."""

AGE = 1
"""How many answered bundles a backup may lack: those after it were sealed to keys that are gone."""

_MAKES = {
    LGWAN: (Kind.ISA_NOTICE, isa_notice),
    REGISTRY: (Kind.MUNICIPAL_NOTICE, municipal_notice),
}


# --- the work -------------------------------------------------------------------------


def notices(office: Office, side: str, resident: int, moment: int = 0) -> None:
    """Two records come in at *side*: one about *resident*, one about nobody known.

    With a *moment*, the process that collects them dies there, and they are collected again.
    """
    kind, make = _MAKES[side]
    who = (1 + resident % RESIDENTS, UNKNOWN + resident % RESIDENTS)
    rows = [make(next(office.numbers), each) for each in who]
    path = office.world.root / f"{rows[0]['notice_id']}.csv"
    path.write_bytes(csv_of(kind, rows))
    file = Collected(path, frozenset(row["notice_id"] for row in rows))
    office.sides[side].files.append(file)
    if moment:
        office.killed(side, lambda: office.collect(side, file), moment)
    office.collect(side, file)


def seals(office: Office, side: str, moment: int = 0) -> None:
    """A clerk seals what waits; no officer is there yet."""
    if moment:
        office.killed(side, lambda: office.seal(side), moment)
    office.given(side, lambda: office.seal(side))


def packs(office: Office, side: str) -> None:
    office.pack(side)


def carries(office: Office, side: str, stick: int) -> None:
    office.carry(side, office.sticks[stick])


def trips(office: Office, stick: int) -> None:
    """A day without trouble: there with the notices, and back with the answer."""
    for side in (LGWAN, REGISTRY):
        office.pack(side)
        office.carry(side, office.sticks[stick])
        office.carry(PEER[side], office.sticks[stick])


def dies(office: Office, side: str, stick: int, moment: int) -> None:
    """The power fails while *side* works on *stick*; who plugs it in next, and when, is open."""
    office.tally.hand_overs += 1
    office.killed(side, lambda: office.day.serve(side, office.sticks[stick]), moment)


def decides(office: Office, number: int, moment: int = 0) -> None:
    """A person decides on one of the held records, in one of the ways that are permitted."""
    if moment:
        office.killed(REGISTRY, lambda: decide(office, number), moment)
    decide(office, number)


def decide(office: Office, number: int) -> bool:
    """Decide on one held record; tell whether there was one."""
    with office.at(REGISTRY) as station:
        assert isinstance(station, RegistryStation)
        held = list(station.registry.held())
        if not held:
            return False
        case = examine(held[number % len(held)], station.registry, station.tables.names)
        option = case.options[number % len(case.options)]
        choice = Choice(case.held.notice.record_id, case.version, option.result, option.resident)
        station.decide(choice, Deciders("clerk-1"))
    office.tally.happened["decided by a person"] += 1
    return True


# --- what officers do -----------------------------------------------------------------


def rejects(office: Office, side: str, number: int, moment: int = 0) -> None:
    """An officer sends back what was sealed; it is collected anew, or is not to go at all."""
    with office.at(side) as station:
        rows = [*map(station.books.bundles_in, (BundleState.SEALED, BundleState.APPROVED))]
        waiting = [row for state in rows for row in state if row.records]
        waiting = [row for row in waiting if not station.books.media.carriages(bundle=row.bundle)]
        if not waiting:
            return
        row = waiting[number % len(waiting)]
        digests = set(station.books.files_in(row.bundle))
    if moment:
        office.killed(side, lambda: _reject(office, side, row.bundle), moment)
    office.given(side, lambda: _reject(office, side, row.bundle))
    with office.at(side) as station:
        if station.books.bundle(row.bundle) is not None:
            return
    office.tally.happened["rejected by an officer"] += 1
    known = office.sides[side]
    for file in [each for each in known.files if each.digest in digests]:
        if number % 2:
            known.files.remove(file)
            known.sent_back.append(file)
        else:
            office.collect(side, file)


def _reject(office: Office, side: str, bundle: str) -> None:
    with office.at(side) as station:
        if station.books.bundle(bundle) is not None:
            officer = office.world.key(office.officer(side))
            reject_shown(station, look_at(station, bundle), officer, Rejection.WRONG_CONTENT)


def issues_anew(office: Office, side: str, number: int, moment: int = 0) -> None:
    """Officers declare a number void that has no receipt, and its content is sealed again."""
    with office.at(side) as station:
        rows = [row for row in station.books.bundles_in(BundleState.WRITTEN) if row.records]
    if rows:
        bundle = rows[number % len(rows)].bundle
        if moment:
            office.killed(side, lambda: issue_anew(office, side, bundle), moment)
        issue_anew(office, side, bundle)


def issue_anew(office: Office, side: str, bundle: str) -> None:
    """Give ``bundles reissue``, and have the new bundle approved."""
    # The command says so first: nothing is signed before the other side has told what it knows.
    if not office.given(side, lambda: _require_compared(office, side)):
        return
    with office.at(side) as station:
        row = station.books.bundle(bundle)
        assert row is not None
        try:
            if row.state is not BundleState.VOID:
                _void(office, station, row)
            void = station.books.bundle(bundle)
            assert void is not None
            reissuing.seal_again(station, void, AtDesk("clerk-1"))
        except NotVoidableError:
            # The receiver's log says that it has it, or the content is sealed again already.
            return
    office.tally.happened["issued anew"] += 1
    office.given(side, lambda: office.approve(side))


def _require_compared(office: Office, side: str) -> None:
    with office.at(side) as station:
        compared.require_compared(station, PEER[side])


def _void(office: Office, station: Desk, row: BundleRow) -> None:
    drawn = voiding.draft(station, row, row.seq, VoidReason.MEDIUM_LOST, anew=True)
    voiding.declare(station, drawn, [office.world.key(office.officer(station.id))])


# --- accidents ------------------------------------------------------------------------


def copies(office: Office, stick: int) -> None:
    """Somebody copies a stick."""
    target = office.world.root / f"image-{next(office.numbers)}"
    shutil.copytree(office.sticks[stick].folder, target)
    office.images.append((stick, target))


def old_one_again(office: Office, number: int) -> None:
    """One of the copies is in place of its stick: a medium that was repeated, or is late."""
    if office.images:
        stick, image = office.images[number % len(office.images)]
        shutil.rmtree(office.sticks[stick].folder)
        shutil.copytree(image, office.sticks[stick].folder)


def empties(office: Office, stick: int) -> None:
    """What was on a stick is gone: it was formatted, and has its statement still."""
    folder = office.sticks[stick].folder / "MEDIABRIDGE" / "bundles"
    shutil.rmtree(folder, ignore_errors=True)


def loses(office: Office, side: str, stick: int, *, void: bool, moment: int = 0) -> None:
    """A stick is lost and reported; its bundles ride again, or are issued anew, on another one."""
    lost = office.sticks[stick]
    if moment:
        office.killed(side, lambda: _report(office, side, lost), moment)
    bundles = _report(office, side, lost)
    if bundles is None:
        # It was registered at the other side, of which nothing has come since.
        side = PEER[side]
        bundles = _report(office, side, lost)
    office.tally.happened["reported lost"] += bundles is not None
    office.lost.append(lost)
    office.sticks[stick] = office.new_stick()
    office.images = [each for each in office.images if each[0] != stick]
    for bundle in bundles or () if void else ():
        issue_anew(office, side, bundle)


def _report(office: Office, side: str, lost: Stick) -> list[str] | None:
    """Report it, and return what officers may have issued anew; None where nobody knows it."""
    assert lost.device is not None
    with office.at(side) as station:
        row = station.books.media.by_device(lost.device.sha256)
        if row is None:
            return None
        try:
            report = losing.report_lost(station, row.medium, operator="clerk-1")
        except MediumNotedBeforeError:
            report = losing.report_of(station, row.medium)
    assert len(report.as_dict()["reissue"]) == len(report.write_again)
    return [each.bundle for each in report.write_again if each.records]


def turns_up(office: Office, side: str, number: int) -> None:
    """Somebody finds a stick that was reported lost, and plugs it in."""
    if office.lost:
        office.tally.happened["lost stick turned up"] += 1
        office.carry(side, office.lost[number % len(office.lost)])


def saves(office: Office, side: str) -> None:
    """A station is backed up."""
    name = f"backup-{next(office.numbers)}"
    with office.at(side) as station:
        back_up(station, office.world.root / name, operator="clerk-1")
    office.sides[side].backup = name


def is_set_back(office: Office, side: str) -> None:
    """Its disk is lost, and it comes from the backup; the files of the lost days come again."""
    known, home = office.sides[side], office.world.home(side).root
    with office.at(PEER[side]) as station:
        # Two restored stations wait for each other: the threat model says so.
        waits = bool(setback.waiting_for(station))
    if waits or not known.backup:
        return
    # What was sealed before is told from what was sealed afterwards by the second.
    office.clock.seconds += 2
    lost = home.rename(home.with_name(f"{side}-lost"))
    bring_back(office.world, known.backup, side, clock=office.clock)
    if _forgot(office, side) > AGE:
        shutil.rmtree(home)
        lost.rename(home)
        return
    shutil.rmtree(lost)
    office.tally.happened[f"set back: {side}"] += 1
    known.told = {}
    _waits_again(office, side)
    for file in known.files:
        office.collect(side, file)


def _waits_again(office: Office, side: str) -> None:
    """What an officer sent back after the backup is sealed again: here, the next one lets it go."""
    known = office.sides[side]
    with office.at(side) as station:
        back = [file for file in known.sent_back if station.books.has_file(file.digest)]
    known.files += back
    known.sent_back = [file for file in known.sent_back if file not in back]


def _forgot(office: Office, side: str) -> int:
    """Return how many bundles *side* has answered and does not know, since it was restored."""
    with office.at(side) as station:
        taken = station.route_state(PEER[side]).seq
    with office.at(PEER[side]) as station:
        rows = station.books.bundles_in(BundleState.DELIVERED)
    return sum(row.seq > taken for row in rows)
