"""Of every alarm both signed checkpoints and the entries are kept before anybody is told."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attacks.forge import Document, Forge, changed
from attacks.test_attack_on_content import CARRIED, SILENT, _changed_entry
from attacks.test_attack_on_witness import cosigned, newest, own_word, promise
from attacks.test_attack_on_witness import seal as seal_seen
from attacks.world import FIRST_NOTICES, World, tree_of

from mediabridge import errors
from mediabridge.cli._app import run
from mediabridge.doctor.examining import examine
from mediabridge.doctor.finding import Check, Finding, State
from mediabridge.spelling import to_base64
from mediabridge.standalone import verify_log
from mediabridge.stations import alarms, auditing
from mediabridge.stations.alarms import Alarm
from mediabridge.stations.backups.gathering import belongs, gathered
from mediabridge.stations.station import OpenStation
from mediabridge.translog import merkle
from mediabridge.translog.events import Event

READER, SENDER = "registry-01", "lgwan-01"
Case = Callable[[World, Forge], None]


def _second(world: World, forge: Forge, **log: Any) -> None:
    world.import_()
    seal_second(world, forge, **log)


def seal_second(world: World, forge: Forge, **log: Any) -> None:
    """Seal the sender's second bundle, right in everything but its log."""
    with world.registry() as registry:
        header = changed(seq=2, prev=registry.route_state(SENDER).sums_sha256)

    def counted(document: Document) -> Document:
        document["summary"].update(seq=2, previous_records=len(FIRST_NOTICES))
        return document

    forge.seal(header=header, manifest=counted, log=forge.log(**log))


def forked(world: World, forge: Forge) -> None:
    entries = forge.log().entries
    _second(world, forge, entries=[_changed_entry(entries[0]), *entries[1:]])


def rewritten(world: World, forge: Forge) -> None:
    entries = forge.log().entries
    _second(world, forge, entries=[_changed_entry(entries[0]), *entries[1:]], start=CARRIED)


def truncated(world: World, forge: Forge) -> None:
    _second(world, forge, entries=forge.log().entries[: CARRIED - 1], **SILENT)


def lost_here(world: World, forge: Forge) -> None:
    world.import_()
    seal_seen(world, forge, start=CARRIED + 1, proof=own_word(forge, CARRIED + 1))


def lost_there(world: World, forge: Forge) -> None:
    world.import_()
    world.send(station=READER)
    signed, size = newest(world)
    seal_seen(world, forge, cosigned(forge, signed), size)
    world.import_()
    seal_seen(world, forge, None, 0)


def differs(world: World, forge: Forge) -> None:
    world.import_()
    world.send(station=READER)
    size = newest(world)[1]
    seal_seen(world, forge, cosigned(forge, promise(world, forge, size, b"\1" * 32)), size)


CASES: dict[Case, tuple[str, str, set[str]]] = {
    forked: ("LOG_FORKED", SENDER, {"held", "held-entry.json"}),
    rewritten: ("LOG_REWRITTEN", SENDER, {"held"}),
    truncated: ("LOG_TRUNCATED", SENDER, {"held", "held-entry.json"}),
    lost_here: ("WITNESS_STATE_LOST", SENDER, {"held"}),
    lost_there: ("WITNESS_STATE_LOST", READER, {"held"}),
    differs: ("PEER_MIRROR_DIFFERS", READER, {"held", "cosigned"}),
}


def refused(world: World) -> str:
    with pytest.raises(errors.LogAlarmError) as refusal:
        world.import_()
    return refusal.value.reason


def kept(world: World) -> list[Alarm]:
    return alarms.kept(world.home(READER))


@pytest.mark.parametrize("case", CASES)
def test_each_alarm_leaves_what_both_had_signed(world: World, forge: Forge, case: Case) -> None:
    """Claim C105."""
    reason, about, more = CASES[case]
    case(world, forge)
    (bundle,) = world.bundles.iterdir()
    assert refused(world) == reason
    (alarm,) = kept(world)
    facts = alarm.facts
    assert facts.reason == reason
    assert (facts.peer, facts.log, facts.bundle) == (SENDER, about, bundle.name)
    assert set(facts.files) == {"checkpoint", "entries.jsonl", *more}
    assert {each.name for each in alarm.folder.iterdir()} == {"alarm.json", *facts.files}
    assert (alarm.read("checkpoint") or b"").startswith(
        f"city.training.example/log/{SENDER}".encode()
    )
    held = alarm.read("held") or b""
    assert held.partition(b"\n")[0].endswith(f"/log/{about}".encode())
    lines = (alarm.folder / "entries.jsonl").read_bytes().splitlines()
    assert len(lines) == facts.entries > 0
    assert alarm.entry(facts.start) == lines[0]
    assert alarm.entry(facts.start + len(lines)) is None
    # The same bundle once more: nothing changes.
    before = tree_of(world.home(READER).alarms)
    assert refused(world) == reason
    assert tree_of(world.home(READER).alarms) == before


def logged(world: World) -> list[dict[str, Any]]:
    """Return the facts of what the reader's log says of evidence."""
    return [dict(each.facts) for each in world.log(READER) if each.event is Event.ALARM_KEPT]


def test_the_log_names_the_evidence_before_the_alarm_is_told(world: World, forge: Forge) -> None:
    """Claim C105. Once, by its digest; the refusal comes after it."""
    forked(world, forge)
    (bundle,) = world.bundles.iterdir()
    refused(world)
    refused(world)
    (alarm,) = kept(world)
    (facts,) = logged(world)
    assert facts == {
        "alarm_sha256": alarm.digest, "bundle": bundle.name, "reason": "LOG_FORKED",
        "route_from": SENDER, "route_to": READER, "seq": 2,
    }  # fmt: skip
    told = [each.event for each in world.log(READER)]
    assert told.index(Event.ALARM_KEPT) < told.index(Event.BUNDLE_REFUSED)


@pytest.mark.parametrize("all_of_it", [False, True], ids=["one", "the whole folder"])
def test_evidence_that_was_taken_away_is_found(
    world: World, forge: Forge, *, all_of_it: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C105. The entry in the log stays, and the peer has it with the next bundle."""
    forked(world, forge)
    refused(world)
    (alarm,) = kept(world)
    shutil.rmtree(alarm.folder.parent if all_of_it else alarm.folder)
    home = ["--home", str(world.home(READER).root), "--lang", "en", "audit"]
    for words in ("alarms", "verify"):
        assert run([*home, words]) == 20
        assert alarm.digest in capsys.readouterr().err
    assert [each.state for each in doctored(world)] == [State.WRONG]


def test_an_alarm_that_cannot_be_logged_is_not_told(
    world: World, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C105. What was kept is found by the next try, and named then."""
    forked(world, forge)

    def full(station: OpenStation, event: Event, **facts: Any) -> None:
        if event is Event.ALARM_KEPT:
            raise errors.LogUnavailableError(detail="no space")
        record(station, event, **facts)

    record = OpenStation.record
    with monkeypatch.context() as patch:
        patch.setattr(OpenStation, "record", full)
        with pytest.raises(errors.LogUnavailableError):
            world.import_()
    assert (len(kept(world)), logged(world)) == (1, [])
    before = tree_of(world.home(READER).alarms)
    assert refused(world) == "LOG_FORKED"
    assert tree_of(world.home(READER).alarms) == before
    assert [each["alarm_sha256"] for each in logged(world)] == [kept(world)[0].digest]


PROOFS = {forked: "PROVEN", differs: "PROVEN", truncated: "AGREES", lost_there: "AGREES"}


@pytest.mark.parametrize("case", CASES)
def test_a_pack_has_the_evidence_and_says_what_it_proves(
    world: World, forge: Forge, case: Case, tmp_path: Path
) -> None:
    """Claim C110. By the verifier's own computation, with real stations."""
    case(world, forge)
    refused(world)
    world.send(station=READER)
    (alarm,) = kept(world)
    packs = [tmp_path / "one", tmp_path / "two"]
    for pack in packs:
        with world.registry() as station:
            auditing.export(station, pack)
    assert tree_of(packs[0]) == tree_of(packs[1])
    there = {name: data for name, data in tree_of(packs[0]).items() if name.startswith("alarms/")}
    at_home = tree_of(world.home(READER).alarms)
    assert there == {f"alarms/{name}": data for name, data in at_home.items()} != {}
    outcome = verify_log.verify(packs[:1])
    codes = [each.code for each in outcome.findings]
    assert [each.proof for each in outcome.alarms] == [PROOFS.get(case, "UNDECIDED")]
    assert "EVIDENCE_UNNAMED" not in codes
    assert (outcome.verdict == verify_log.ALARM) is ("PROVEN" in codes)
    (packs[0] / "alarms" / alarm.digest / "checkpoint").unlink()
    assert verify_log.verify(packs[:1]).verdict == verify_log.ALARM


def test_what_is_wrong_with_it_goes_into_the_pack_as_it_is(
    world: World, forge: Forge, tmp_path: Path
) -> None:
    """Claim C110. Whoever spoils the evidence does not keep the auditor from the pack."""
    forked(world, forge)
    refused(world)
    (alarm,) = kept(world)
    (alarm.folder / "alarm.json").write_bytes(b"{}")
    (alarm.folder / "held").unlink()
    (alarm.folder / "checkpoint").unlink()
    (alarm.folder / "checkpoint").symlink_to("/etc/hostname")
    (alarm.folder / "more").write_bytes(b"more")
    with world.registry() as station:
        auditing.export(station, tmp_path / "pack")
    folder = tmp_path / "pack" / "alarms" / alarm.digest
    assert {each.name for each in folder.iterdir()} == {
        *("alarm.json", "entries.jsonl", "held-entry.json")
    }
    outcome = verify_log.verify([tmp_path / "pack"])
    assert outcome.verdict == verify_log.ALARM
    assert "EVIDENCE_CHANGED" in [each.code for each in outcome.findings]


def test_both_entries_of_a_fork_are_at_hand(world: World, forge: Forge) -> None:
    forked(world, forge)
    refused(world)
    (alarm,) = kept(world)
    with world.registry() as station:
        here = station.mirror(SENDER).leaf_hash(0)
    assert alarm.place is not None
    assert alarm.place.first == 0
    assert merkle.leaf_hash(alarm.read("held-entry.json") or b"") == here
    assert merkle.leaf_hash(alarm.entry(0) or b"") != here


def test_an_alarm_that_cannot_be_kept_is_not_told(
    world: World, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C105. A full disk says so; with room the same bundle is refused, and kept."""
    forked(world, forge)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(alarms, "new_file", full)
        with pytest.raises(OSError, match="No space"):
            world.import_()
    assert kept(world) == []
    assert not any(world.home(READER).alarms.iterdir())
    assert refused(world) == "LOG_FORKED"
    assert len(kept(world)) == 1


class PowerCutError(BaseException):
    """The machine stops here."""


def test_between_keeping_and_telling_nothing_is_lost(
    world: World, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C105. Whoever imports again is told, and the evidence is the same."""
    forked(world, forge)

    def stop(*arguments: Any) -> None:
        keep(*arguments)
        raise PowerCutError

    keep = alarms.keep
    with monkeypatch.context() as patch:
        patch.setattr(alarms, "keep", stop)
        with pytest.raises(PowerCutError):
            world.import_()
    before = tree_of(world.home(READER).alarms)
    assert len(kept(world)) == 1
    assert refused(world) == "LOG_FORKED"
    assert tree_of(world.home(READER).alarms) == before


def test_what_a_power_cut_left_half_made_is_none(world: World, forge: Forge) -> None:
    forked(world, forge)
    refused(world)
    (alarm,) = kept(world)
    alarm.folder.rename(alarm.folder.with_name(f".{alarm.digest}.unfinished"))
    assert kept(world) == []
    refused(world)
    assert [each.name for each in world.home(READER).alarms.iterdir()] == [alarm.digest]


def test_the_first_ones_stay(world: World, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C105. A sender cannot push its first alarm out by more of them."""
    monkeypatch.setattr(alarms, "ALARMS_KEPT", 1)
    forked(world, forge)
    refused(world)
    before = tree_of(world.home(READER).alarms)
    seal_seen(world, forge, start=CARRIED + 1, proof=own_word(forge, CARRIED + 1))
    assert refused(world) == "WITNESS_STATE_LOST"
    assert tree_of(world.home(READER).alarms) == before


def test_more_entries_than_there_is_room_for_are_cut_at_a_line(
    world: World, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    forked(world, forge)
    first = len(_changed_entry(forge.log().entries[0])) + 1
    monkeypatch.setattr(alarms, "ALARM_ENTRIES_BYTES", first + 5)
    refused(world)
    (alarm,) = kept(world)
    assert alarm.facts.entries == 1
    assert (alarm.folder / "entries.jsonl").stat().st_size == first


EVIDENCE = ["alarm.json", "checkpoint", "held", "entries.jsonl", "held-entry.json"]


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "gone"])
@pytest.mark.parametrize("name", EVIDENCE)
def test_evidence_that_was_changed_is_found(
    world: World, forge: Forge, name: str, *, gone: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C105."""
    forked(world, forge)
    refused(world)
    (alarm,) = kept(world)
    assert {"alarm.json", *alarm.facts.files} == {*EVIDENCE}
    path = alarm.folder / name
    content = path.read_bytes()
    path.unlink()
    if not gone:
        path.write_bytes(content.replace(b"lgwan-01", b"lgwan-02"))
    home = world.home(READER)
    assert run(["--home", str(home.root), "--lang", "en", "audit", "alarms"]) == 20
    assert "evidence of an alarm was changed" in capsys.readouterr().err
    assert [each.state for each in doctored(world)] == [State.WRONG]


def test_whoever_looks_at_the_station_is_told_of_it(
    world: World, forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence and the code, until the sender's bundles are taken again; then a line."""
    words = ["--home", str(world.home(READER).root), "--json", "status"]
    world.import_()
    honest = tree_of(world.home(READER).alarms)
    assert honest == {}
    assert run(words) == 0
    capsys.readouterr()
    entries = forge.log().entries
    seal_second(world, forge, entries=[_changed_entry(entries[0]), *entries[1:]])
    refused(world)
    assert run(words) == 20
    told = json.loads(capsys.readouterr().out)
    assert told["reason"] == "LOG_ALARM_KEPT"
    assert told["data"]["alarms"] == 1
    assert run([*words[:2], "--lang", "en", "status"]) == 20
    said = capsys.readouterr().out
    assert "LOG_FORKED" in said
    seal_second(world, forge, start=CARRIED)
    world.import_()
    assert run(words) == 0
    assert json.loads(capsys.readouterr().out)["data"]["alarms"] == 1


def doctored(world: World) -> list[Finding]:
    with world.registry() as station:
        now = station.clock.now()
    return [each for each in examine(world.home(READER), now) if each.check is Check.ALARMS]


def test_the_doctor_names_it(world: World, forge: Forge) -> None:
    assert doctored(world) == []
    forked(world, forge)
    refused(world)
    (finding,) = doctored(world)
    assert finding.state is State.LOOK
    assert "LOG_FORKED" in finding.found


def test_a_backup_holds_it(world: World, forge: Forge) -> None:
    forked(world, forge)
    refused(world)
    (alarm,) = kept(world)
    with world.registry() as station:
        names = {each.name for each in gathered(station)}
    wanted = {f"alarms/{alarm.digest}/{each}" for each in ("alarm.json", *alarm.facts.files)}
    assert wanted <= names
    assert all(belongs(each, world.home(READER)) for each in wanted)


def test_the_officer_sees_what_differs(
    world: World, forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both checkpoints, the first entry that differs, and what stands there and here."""
    words = ["--home", str(world.home(READER).root)]
    assert run([*words, "--json", "audit", "alarms"]) == 0
    assert json.loads(capsys.readouterr().out)["data"] == {"alarms": []}
    forked(world, forge)
    (bundle,) = world.bundles.iterdir()
    refused(world)
    (alarm,) = kept(world)
    assert run([*words, "--json", "audit", "alarms"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["data"]["alarms"]
    assert (told["verdict"], told["reason"], told["peer"]) == ("FORK", "LOG_FORKED", SENDER)
    assert (told["bundle"], told["digest"]) == (bundle.name, alarm.digest)
    with world.registry() as station:
        held = station.mirror(SENDER)
        assert told["held"]["size"] == held.size()
        assert told["held"]["root"] == to_base64(held.root())
    assert told["checkpoint"]["root"] != told["held"]["root"]
    assert told["entry_there"]["event"] == told["entry_here"]["event"]
    assert told["entry_there"] != told["entry_here"]
    for language, first in (("en", "entry 0"), ("ja", "違う最初の記録")):
        assert run([*words, "--lang", language, "audit", "alarms"]) == 0
        said = capsys.readouterr().out
        assert "LOG_FORKED" in said
        assert bundle.name in said
        assert first in said
        assert told["entry_there"]["actor"] in said
        assert alarm.digest in said


@pytest.mark.parametrize("case", CASES)
def test_every_alarm_can_be_shown(
    world: World, forge: Forge, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    case(world, forge)
    refused(world)
    assert run(["--home", str(world.home(READER).root), "--lang", "en", "audit", "alarms"]) == 0
    said = capsys.readouterr().out
    assert CASES[case][0] in said
    assert "held here" in said
