"""The demo's last chapter: a stick is lost, and nobody may simply go on without it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from mediabridge.cli._demo_stage import Stage
from mediabridge.cli._voiding import draft_lines
from mediabridge.errors import NumberVoidError
from mediabridge.kinds import Kind
from mediabridge.locale import n_, sentence_of
from mediabridge.shown.bundles import bundles_table, outcomes_table
from mediabridge.stations import voiding
from mediabridge.stations.books import BundleRow, BundleState
from mediabridge.stations.clerks import at_desk
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing import approving, reissuing
from mediabridge.stations.registry import RegistryStation
from mediabridge.verify.void import VoidReason


@dataclass(frozen=True)
class Balance:
    """What the books of both sides come to in the end."""

    sent: int
    """Notices in bundles that are not void, by the LGWAN station."""
    taken: int
    """Notices that came, by the registry's journal."""
    counts: dict[str, int]
    """Result to number of notices, by the LGWAN station; ``open`` where no receipt is in."""


def lost_stick(stage: Stage) -> Balance:
    """Lose the next morning's stick, void its number, issue it anew, and bring the answer home."""
    stage.chapter(n_("8. A stick is lost; its number is voided, and what it held is issued anew."))
    with stage.lgwan() as station:
        lost = _carried_off(stage, station)
        again = _issued_anew(stage, station, lost)
    with stage.registry() as station:
        found = _taken_once(stage, station)
        taken = sum(entry.counts.records for entry in station.registry.journal())
    with stage.lgwan() as station:
        balance = _answered(stage, station, taken)
    stage.data["void"] = {
        "number": lost.seq,
        "again": again.seq,
        "found": found,
        **asdict(balance),
    }
    return balance


def _carried_off(stage: Stage, station: LgwanStation) -> BundleRow:
    path = stage.day(2) / f"{Kind.ISA_NOTICE}.csv"
    done = station.collect(path)
    stage.say(n_("{file}: taken in; records: {count}."), file=path.name, count=done.records)
    (row,) = station.export(lambda: stage.stick, approver=stage.second_officer).written
    stage.stick.rename(_lost(stage))
    stage.stick.mkdir()
    stage.say(n_("Bundle {seq} was on the stick, and the stick never arrives."), seq=row.seq)
    return row


def _issued_anew(stage: Stage, station: LgwanStation, lost: BundleRow) -> BundleRow:
    drawn = voiding.draft(station, lost, lost.seq, VoidReason.MEDIUM_LOST, anew=True)
    for line in draft_lines(drawn):
        stage.show(line)
    stage.say(n_("officer-1 has read this and signs."))
    voiding.declare(station, drawn, [stage.key_of("officer-1")])
    void = approving.outgoing(station, lost.bundle)
    again = reissuing.seal_again(station, void, at_desk(station, None))
    stage.say(
        n_("What number {number} held is sealed as number {seq}."), number=lost.seq, seq=again.seq
    )
    station.export(lambda: stage.stick, approver=stage.second_officer)
    return again


def _taken_once(stage: Stage, station: RegistryStation) -> str:
    """Take what came again and answer; then put in the lost stick, and return why it is refused."""
    station.import_(stage.stick, note=lambda taken: stage.show(outcomes_table(taken.outcomes)))
    station.export(lambda: stage.stick, approver=stage.second_officer)
    stage.say(n_("The lost stick is found and put in, too late:"))
    try:
        station.import_(_lost(stage), note=stage.taken_at_registry)
    except NumberVoidError as error:
        stage.print(sentence_of(error))
        return error.reason
    return ""


def _answered(stage: Stage, station: LgwanStation, taken: int) -> Balance:
    """Bring the receipt home; show what the books come to now."""
    station.import_(stage.stick, note=stage.receipts_taken)
    rows = station.books.bundles("out")
    counts = station.books.outcome_counts()
    sent = sum(row.records for row in rows if row.state is not BundleState.VOID)
    stage.show(bundles_table(rows))
    stage.say(
        n_("By the books, notices sent: {sent}; taken: {taken}; answered: {answered}."),
        sent=sent,
        taken=taken,
        answered=sum(counts.values()) - counts.get("open", 0),
    )
    return Balance(sent, taken, counts)


def _lost(stage: Stage) -> Path:
    return stage.folder / "stick-lost"
