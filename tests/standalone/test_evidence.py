"""Claim C110: what the evidence of an alarm proves is computed, and nobody is believed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from standalone.packs import Whole, entries, entry, put, signed, write_log

from mediabridge import canonical
from mediabridge.standalone import verify_log
from mediabridge.translog import events
from mediabridge.translog.events import Event

PEER, OWN = "registry", "lgwan"
HELD = 600
"""Entries of the peer's log that are held: three tiles, the last partial."""

Made = dict[str, bytes]


def forked(at: int, size: int) -> list[bytes]:
    """Return the peer's other history: from entry *at* on it went another way."""
    other = [entry(number, PEER, Event.BUNDLE_REFUSED) for number in range(at, size)]
    return [*entries(at, PEER), *other]


@dataclass
class Alarm:
    """What is kept of an alarm about the peer's log, as it is made."""

    came: Sequence[bytes]
    """All of the log that the peer showed; from ``start`` on it is kept."""
    start: int = 0
    size: int | None = None
    """Of the checkpoint that came."""
    held: int = HELD
    facts: dict[str, Any] = field(default_factory=dict)
    files: Made = field(default_factory=dict)

    def made(self) -> tuple[str, Made]:
        """Return its digest, and its files."""
        kept = self.came[self.start :]
        files = {
            "checkpoint": signed(Whole(self.came), self.size or len(self.came), PEER),
            "held": signed(Whole(entries(HELD, PEER)), self.held, PEER),
            "entries.jsonl": b"".join(each + b"\n" for each in kept),
            **self.files,
        }
        facts = {
            "format": 1, "verdict": "FORK", "reason": "LOG_FORKED", "peer": PEER, "log": PEER,
            "bundle": "0" * 32, "seq": 7, "start": self.start, "entries": len(kept),
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
            **self.facts,
        }  # fmt: skip
        data = canonical.dump(facts)
        return hashlib.sha256(data).hexdigest(), {"alarm.json": data, **files}


def naming(digest: str) -> bytes:
    facts = {"alarm_sha256": digest, "reason": "LOG_FORKED", "route_from": PEER, "route_to": OWN}
    time = "2026-04-01T00:00:00Z"
    return events.build(Event.ALARM_KEPT, time=time, station=OWN, actor=OWN, facts=facts)


def pack_of(folder: Path, *alarms: Alarm, named: bool = True, own: int = 300) -> Path:
    """Write the pack of a station that holds the peer's log and kept these alarms."""
    pack = folder / "pack"
    made = [alarm.made() for alarm in alarms]
    names = [naming(digest) for digest, _ in made] if named else []
    write_log(pack, [*entries(own), *names], "own", sizes=[256])
    write_log(pack, entries(HELD, PEER), "mirror", station=PEER)
    for digest, files in made:
        for name, data in files.items():
            put(pack / "alarms" / digest / name, data)
    return pack


def judged(pack: Path, **given: Any) -> list[object]:
    """Return the verdict, and the codes about evidence, each with the number of an entry."""
    outcome = verify_log.verify([pack], **given)
    for language in (0, 1):
        assert all(verify_log.report(outcome, language))
    codes = [(each.code, each.facts.get("first")) for each in outcome.findings]
    passed = {"HOLDS", "HOLDS_SINCE", "SEEN", "UNSEEN", "AFTER", "KEYS_OF_PACK", "KNOWN", ""}
    said = [code if at is None else (code, at) for code, at in codes if code not in passed]
    return [verify_log.VERDICTS[outcome.verdict], *said]


FORK = ["ALARM", "EVIDENCE", "PROVEN", ("PROVEN_AT", 590)]


@pytest.mark.parametrize("start", [0, 100, 256, 512, 580, 590])
@pytest.mark.parametrize("size", [591, 600, 610, 900])
def test_two_signed_histories_are_a_proof(tmp_path: Path, start: int, size: int) -> None:
    """Claim C110. Shorter than what is held, as long, and longer; from anywhere on."""
    assert judged(pack_of(tmp_path, Alarm(forked(590, size), start))) == FORK


def test_a_proof_that_was_dealt_with_is_not_counted(tmp_path: Path) -> None:
    alarm = Alarm(forked(590, 610), 580)
    pack, digest = pack_of(tmp_path, alarm), alarm.made()[0]
    assert judged(pack, settled=[digest]) == ["HOLDS", *FORK[1:3], "SETTLED", FORK[3]]
    assert judged(pack, settled=["0" * 64]) == FORK
    assert verify_log.main([str(pack), "--settled", digest]) == 0
    with pytest.raises(SystemExit):
        verify_log.main([str(pack), "--settled", digest[:12]])


def test_it_says_so_to_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alarm = Alarm(forked(590, 610), 580)
    pack = pack_of(tmp_path, alarm)
    assert verify_log.main([str(pack), "--json"]) == verify_log.REFUSED
    (told,) = json.loads(capsys.readouterr().out)["alarms"]
    assert told == {
        "digest": alarm.made()[0], "reason": "LOG_FORKED", "peer": PEER, "log": PEER, "seq": 7,
        "proof": "PROVEN",
    }  # fmt: skip


@pytest.mark.parametrize(("size", "start"), [(595, 595), (256, 256), (512, 300), (620, 600)])
def test_a_log_that_only_ends_elsewhere_is_no_proof(tmp_path: Path, size: int, start: int) -> None:
    """Claim C110. Cut off, or honest: what came is the same log, shorter or longer."""
    pack = pack_of(tmp_path, Alarm(entries(size, PEER), start))
    assert judged(pack) == ["HOLDS", "EVIDENCE", "AGREES"]


def test_entries_that_were_not_signed_prove_nothing(tmp_path: Path) -> None:
    """Claim C110. Whoever keeps the evidence could make entries up, and accuse the peer."""
    honest = entries(610, PEER)
    made_up = [*honest[:590], entry(590, PEER, Event.BUNDLE_REFUSED), *honest[591:]]
    alarm = Alarm(made_up, 580, files={"checkpoint": signed(Whole(honest), 610, PEER)})
    assert judged(pack_of(tmp_path, alarm)) == ["HOLDS", "EVIDENCE", "UNDECIDED"]


def test_a_history_that_was_rewritten_before_is_not_shown_by_signatures(tmp_path: Path) -> None:
    """Its entries before the section are unknown, so only its length would count."""
    other = [entry(0, PEER, Event.BUNDLE_REFUSED), *entries(610, PEER)[1:]]
    assert judged(pack_of(tmp_path, Alarm(other, 580))) == ["HOLDS", "EVIDENCE", "UNDECIDED"]
    # Of one length with what is held, or shorter, two roots are enough.
    for size in (HELD, 590):
        pack = pack_of(tmp_path / str(size), Alarm(other[:size], 580))
        assert judged(pack)[:3] == ["ALARM", "EVIDENCE", "PROVEN"]


def test_a_checkpoint_by_no_key_of_the_policy_proves_nothing(tmp_path: Path) -> None:
    """Claim C110. A key of before, a witness alone, and a signature of another text."""
    fork = Whole(forked(590, 610))
    right = signed(fork, 610, PEER).decode()
    text, _, line = right.partition("\n\n")
    other = signed(Whole(entries(9, PEER)), 9, PEER).decode().partition("\n\n")[2]
    for number, note in enumerate(
        [
            f"{text}\n\n{other}",
            f"{text}\n\n{line.replace(PEER, OWN)}",
            f"{text}\n\n{line[:-9]}AAAA=\n",
        ]
    ):
        pack = pack_of(
            tmp_path / str(number),
            Alarm(forked(590, 610), 580, files={"checkpoint": note.encode()}),
        )
        assert judged(pack) == ["HOLDS", "EVIDENCE", "EVIDENCE_UNSIGNED", "UNDECIDED"]


def test_what_a_peer_saw_of_this_log_is_held_against_it(tmp_path: Path) -> None:
    """Claim C110. Somebody signs with this station's key elsewhere, as the peer has seen."""
    elsewhere = [*entries(250), *(entry(at, event=Event.BUNDLE_REFUSED) for at in range(250, 280))]
    seen = signed(Whole(elsewhere), 280, OWN, seen=True)
    facts = {"log": OWN, "reason": "PEER_MIRROR_DIFFERS", "verdict": "PEER_MIRROR_DIFFERS"}
    files = {"cosigned": seen, "held": signed(Whole(entries(280)), 280, OWN)}
    alarm = Alarm(entries(HELD, PEER), HELD, facts=facts, files=files)
    assert judged(pack_of(tmp_path / "same", alarm)) == ["ALARM", "EVIDENCE", "PROVEN"]
    # The entries of its own log show the same where it had signed another size then.
    alarm.files["held"] = signed(Whole(entries(256)), 256, OWN)
    assert judged(pack_of(tmp_path / "other", alarm)) == ["ALARM", "EVIDENCE", "PROVEN"]
    alarm.files["cosigned"] = signed(Whole(entries(280)), 280, OWN, seen=True)
    assert judged(pack_of(tmp_path / "honest", alarm)) == ["HOLDS", "EVIDENCE", "AGREES"]


# --- what is kept, and what the log says of it ----------------------------------


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return pack_of(tmp_path, Alarm(entries(620, PEER), 600))


def evidence(pack: Path) -> Path:
    (folder,) = (pack / "alarms").iterdir()
    return folder


FILES = ["alarm.json", "checkpoint", "held", "entries.jsonl"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_changed_is_an_alarm(pack: Path, name: str) -> None:
    """Claim C110."""
    path = evidence(pack) / name
    path.write_bytes(path.read_bytes().replace(b"registry", b"registri", 1))
    assert judged(pack) == ["ALARM", "EVIDENCE_CHANGED"]


@pytest.mark.parametrize("name", FILES)
def test_so_is_one_that_is_gone(pack: Path, name: str) -> None:
    (evidence(pack) / name).unlink()
    assert judged(pack) == ["ALARM", "EVIDENCE_GONE"]


def test_so_is_evidence_that_the_log_names_and_nobody_has(pack: Path) -> None:
    """Claim C110. Whoever takes all of it away is found by the entry."""
    for path in evidence(pack).iterdir():
        path.unlink()
    evidence(pack).rmdir()
    assert judged(pack) == ["ALARM", "EVIDENCE_GONE"]
    (pack / "alarms").rmdir()
    assert judged(pack) == ["ALARM", "EVIDENCE_GONE"]


def test_evidence_that_no_entry_names_is_said_to_be_so(tmp_path: Path) -> None:
    alarm = Alarm(entries(620, PEER), 600)
    wanted = ["HOLDS", "EVIDENCE", "AGREES", "EVIDENCE_UNNAMED"]
    assert judged(pack_of(tmp_path, alarm, named=False)) == wanted


def test_where_only_what_is_new_is_read_the_rest_is_not_judged(tmp_path: Path) -> None:
    """An earlier entry may name it; a later one is read, and what it names has to be there."""
    alarm = Alarm(forked(590, 610), 580)
    old = pack_of(tmp_path / "old", alarm, named=False)
    known = [old / "logs/lgwan/checkpoint", old / "logs/registry/checkpoint"]
    assert judged(old, known=known, only_new=True) == FORK
    new = pack_of(tmp_path / "new", alarm)
    known = [new / "logs/lgwan/checkpoints/256"]
    assert judged(new, known=known, only_new=True) == FORK
    for path in evidence(new).iterdir():
        path.unlink()
    evidence(new).rmdir()
    assert judged(new, known=known, only_new=True) == ["ALARM", "EVIDENCE_GONE"]


# --- hostile folders ----------------------------------------------------------------


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def large(path: Path) -> None:
    os.truncate(path, 2**40)


def link(path: Path) -> None:
    path.rename(path.parents[3] / "elsewhere")
    path.symlink_to(path.parents[3] / "elsewhere")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [pipe, large, link])
def test_no_device_no_endless_file_and_no_link_is_read(
    pack: Path, harm: Callable[[Path], None], name: str
) -> None:
    """Claim C110."""
    harm(evidence(pack) / name)
    assert judged(pack) == ["UNREADABLE", "NOT_PLAIN"]


def test_nor_is_a_folder_that_is_a_link(pack: Path, tmp_path: Path) -> None:
    evidence(pack).rename(tmp_path / "elsewhere")
    (pack / "alarms" / ("0" * 64)).symlink_to(tmp_path / "elsewhere")
    assert judged(pack) == ["UNREADABLE", "NOT_PLAIN"]


@pytest.mark.parametrize("name", ["x", "0" * 63, f"{'0' * 64}/x", "A" * 64, f"{'0' * 64}/held/x"])
@pytest.mark.parametrize("empty", [False, True], ids=["file", "folder"])
def test_what_does_not_belong_there_is_named(pack: Path, name: str, *, empty: bool) -> None:
    if empty:
        (pack / "alarms" / name).mkdir(parents=True)
    else:
        put(pack / "alarms" / name, b"")
    verdict, *said = judged(pack)
    assert verdict != "HOLDS"
    assert {"UNEXPECTED", "EVIDENCE_GONE"} & {*said}


def test_a_file_that_belongs_there_and_was_not_kept_is_named(pack: Path) -> None:
    (evidence(pack) / "cosigned").write_bytes(b"")
    assert judged(pack) == ["UNREADABLE", "UNEXPECTED"]


def test_more_of_them_than_a_station_keeps_are_refused(pack: Path) -> None:
    for number in range(verify_log.ALARMS):
        (pack / "alarms" / f"{number:064x}").mkdir()
    assert judged(pack) == ["UNREADABLE", "UNEXPECTED"]


@pytest.mark.parametrize(
    "facts",
    [
        *({"format": 2}, {"seq": -1}, {"seq": True}, {"start": "0"}, {"peer": "\x1b[2J"}),
        *({"reason": 1}, {"files": []}, {"files": {"x": "0" * 64}}, {"files": {"held": "0"}}),
        *({"log": "a b"}, {"peer": "x" * 65}, {"files": {"held": None}}),
    ],
    ids=str,
)
def test_facts_that_are_none_are_refused(tmp_path: Path, facts: dict[str, Any]) -> None:
    alarm = Alarm(entries(620, PEER), 600, facts=facts)
    assert judged(pack_of(tmp_path, alarm)) == ["UNREADABLE", "MALFORMED"]


def test_lines_that_are_no_entries_prove_nothing(tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"\n" * 5000, b"x" * 200_000, b"\xff\x00")):
        alarm = Alarm(forked(590, 610), 580, files={"entries.jsonl": data})
        assert judged(pack_of(tmp_path / str(number), alarm)) == [
            *("HOLDS", "EVIDENCE", "UNDECIDED")
        ]
