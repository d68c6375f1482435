"""The runbooks, line by line as the page has them, and what became of the city by them."""

from __future__ import annotations

import getpass
import hashlib
import json
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from attacks.records import MUNICIPALITY, isa_csv, municipal_csv
from attacks.world import as_medium, scratch, tree_of
from journeys.office import CITY, HOLDERS, PASSPHRASE, PUBLISHING, Office, found

from mediabridge.bundle import wraps
from mediabridge.cli import _ask, _fingerprints
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.doctor.examining import examine
from mediabridge.doctor.finding import State
from mediabridge.errors import ExitCode, NotARecipientError
from mediabridge.locale import Language
from mediabridge.progress import NullProgress
from mediabridge.standalone import verify_log
from mediabridge.stations import retired
from mediabridge.stations.backups.restoring import restore
from mediabridge.stations.backups.saving import back_up
from mediabridge.stations.home import Home
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing.acknowledged import proven
from mediabridge.stations.registry import RegistryStation
from mediabridge.translog import cosignature
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.trust import keyfile, signers

pytestmark = pytest.mark.in_turns

NOTHING: Mapping[str, int] = MappingProxyType({})
DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "operations" / "runbooks.md"
JAPANESE = DOCS / "ja" / "runbooks.md"


def sections(page: Path) -> dict[str, str]:
    """Return the sections of a page that have commands, by heading."""
    parts = re.split(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = dict(zip(parts[::2], parts[1::2], strict=True))
    return {heading: text for heading, text in found.items() if "```sh" in text}


def lines_of(section: str) -> list[str]:
    """Return the command lines of a section, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line not in {"(set -e", ")"}]


class Yes:
    """A person who has read what was asked, and agrees."""

    def readline(self) -> str:
        return "y\n"


def paper_words(office: Office) -> Callable[..., str]:
    """Return what somebody answers who reads the words from the paper form."""

    def reply(_context: object, _question: str, *, numbers: str) -> str:
        root = "renewed" if Path("renewed/root.json").exists() else "ceremony"
        words = office.paper(root).words(Language.EN)
        return " ".join(words[int(number) - 1] for number in numbers.split(", "))

    return reply


@pytest.fixture(scope="module")
def city() -> Iterator[Path]:
    """Give the folder of a city, which is made once."""
    with scratch() as root:
        yield Path(root)


@pytest.fixture
def office(
    city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """Give a copy of a live city, and somebody at its terminals who answers every question."""
    made = Office(city / "made", capsys)
    if not made.root.exists():
        (city / "half").mkdir(exist_ok=True)
        found(city / "half", capsys)
        (city / "half").rename(made.root)
    with scratch() as root:
        copy = made.copy_to(Path(root) / "copy")
        monkeypatch.chdir(copy.root)
        monkeypatch.setattr(_ask, "_need_person", lambda _context, _question: None)
        monkeypatch.setattr(_ask, "_forget_typed", lambda: None)
        monkeypatch.setattr(sys, "stdin", Yes())
        monkeypatch.setattr(_fingerprints, "reply", paper_words(copy))
        monkeypatch.setattr(getpass, "getpass", lambda *_words, **_options: PASSPHRASE)
        yield copy


def play(heading: str, *, of: int = 1, part: int = 0, ends: Mapping[str, int] = NOTHING) -> None:
    """Give the commands of a section, or a part *of* two: up to the first update, or the rest.

    *ends* has the exit code of each command that the page says to end in another way.
    """
    lines = lines_of(sections(PAGE)[heading])
    if of > 1:
        updates = [number for number, line in enumerate(lines, 1) if " trust update " in line]
        lines = [lines[: updates[0]], lines[updates[0] :]][part]
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "mediabridge"
        code = next((code for part_of, code in ends.items() if part_of in line), 0)
        assert run(["--lang", "en", *words]) == code, line


def opens(key: Path, bundle: Path) -> bool:
    """Tell whether a recipient key opens a bundle."""
    private = signers.open_recipient_key(key, PASSPHRASE.encode())
    digest = hashlib.sha256((bundle / "header.json").read_bytes()).digest()
    try:
        wraps.unwrap((bundle / "keys.json").read_bytes(), private, digest=digest)
    except NotARecipientError:
        return False
    return True


def test_every_section_has_a_test() -> None:
    played = set(re.findall(r"\bplay\(\s*\"([^\"]+)\"", Path(__file__).read_text(encoding="utf-8")))
    assert played == set(sections(PAGE))


def test_japanese_page_has_the_same_commands() -> None:
    english, japanese = (
        [lines_of(each) for each in sections(page).values()] for page in (PAGE, JAPANESE)
    )
    assert english == japanese


def test_station_from_an_old_backup(office: Office) -> None:
    """Claim C93."""
    with station_at(office, "lgwan") as station:
        back_up(station, office.root / "lgwan-backup", operator="clerk-1")
    office.send("lgwan", isa_csv((1, 1)))
    office.take("registry")
    bring_back(office, "lgwan")
    office.send("registry", municipal_csv((1, 1)))
    office.take("lgwan", code=ExitCode.LOG_ALARM, reason="STATION_SET_BACK")
    office.clear()
    play("A station came from an old backup")
    with station_at(office, "lgwan") as station:
        assert station.status().to_compare == ["registry-01"]
    office.send("registry", municipal_csv((2, 2)))
    office.take("lgwan")
    with station_at(office, "lgwan") as station:
        assert station.status().to_compare == []


@pytest.mark.heavy
def test_both_stations_from_backups(office: Office) -> None:
    """Claims C70, C93: what was lost is collected again, and applied once."""
    for name in ("lgwan", "registry"):
        with station_at(office, name) as station:
            back_up(station, office.root / f"{name}-backup", operator="clerk-1")
    office.send("lgwan", isa_csv((1, 1)))
    office.take("registry")
    office.clear()
    for name in ("lgwan", "registry"):
        bring_back(office, name)
        refused = ("seal", "--empty", *office.clerk())
        office.at(name, *refused, code=ExitCode.CONFIGURATION, reason="STATION_RESTORED")
    play("Both stations came from backups")
    for name in ("lgwan", "registry"):
        with station_at(office, name) as station:
            assert station.status().to_compare == []
    office.clear()
    office.send("lgwan", isa_csv((1, 1)))
    (taken,) = office.take("registry")["bundles"]
    assert taken["outcomes"] == {"applied": 1}


@pytest.mark.heavy
def test_backup_older_than_the_keys(office: Office) -> None:
    """Claims C88, C91: what has its receipt comes again, is applied once, and its books close."""

    def day(number: int) -> None:
        office.send("lgwan", isa_csv((number, number)))
        office.take("registry")
        office.send("registry", municipal_csv((number, number)))
        office.take("lgwan")

    day(1)
    with station_at(office, "registry") as station:
        back_up(station, office.root / "registry-backup", operator="clerk-1")
    day(2)
    day(3)
    bring_back(office, "registry")
    office.clear()
    sent = office.at("lgwan", "bundles", "list")["bundles"]
    for each in sent:
        if each["from"] == "lgwan-01":
            medium = as_medium(office.stick)
            office.at("lgwan", "write", each["bundle"], *medium, *office.clerk())
    office.take("registry", code=ExitCode.BUNDLE_CONTENT, reason="RECIPIENT_KEY_GONE")
    office.clear()
    Path("day-3.csv").write_bytes(isa_csv((3, 3)))
    ends = {"--home registry import": ExitCode.LOG_ALARM}
    play("A backup is older than the keys", ends=ends)
    outcomes = office.at("lgwan", "status")["outcomes"]
    assert outcomes == {"applied": 3}
    office.clear()
    office.send("lgwan", isa_csv((4, 4)))
    office.take("registry")
    for name in ("lgwan", "registry"):
        with station_at(office, name) as station:
            assert station.status().to_compare == []
            station.log.check()


def test_witness_that_lost_what_it_had_seen(office: Office) -> None:
    """Claim C111: the old key goes by a ceremony that both logs record; only the new one counts."""
    office.send("lgwan", isa_csv((1, 1)))
    office.take("registry")
    office.send("registry", municipal_csv((1, 1)))
    office.take("lgwan")
    office.send("lgwan", isa_csv((4, 4)))
    office.take("registry")
    with station_at(office, "lgwan") as station:
        back_up(station, office.root / "lgwan-backup", operator="clerk-1")
    bring_back(office, "lgwan")
    office.send("registry", municipal_csv((2, 2)))
    office.take("lgwan")
    assert witness_due(office) == [State.LOOK]
    # Sealed by the old key, and still on its way when that goes.
    office.send("lgwan", isa_csv((2, 2)))
    shutil.copytree(office.stick, "carried")
    old = office.trust("lgwan")["stations"][0]["witness_key"]
    office.clear()

    play("A witness lost what it had seen")

    new = office.trust("lgwan")["stations"][0]["witness_key"]
    keys = Home(office.root / "lgwan").keys
    assert old != new == keyfile.describe(keys / "lgwan-01-witness.json").public
    assert [each.name for each in keys.glob("*witness*")] == ["lgwan-01-witness.json"]
    assert witness_due(office) == []
    gone = {"retired_sha256": retired.digest(old), "witness_sha256": retired.digest(new)}
    said = {"witness": "lgwan-01", "trust_version": 2, "signers": ["targets-1", "targets-2"]}
    for name in ("lgwan", "registry"):
        with station_at(office, name) as station:
            (entry,) = map(json.loads, station.log.all_of(Event.WITNESS_KEY_RETIRED))
            seen = station.log.newest_cosigned(f"{CITY}/witness/lgwan-01")
            # How far it had seen this log stands in the log of whom it watched.
            how_far = {} if seen is None else {"log_size": seen.size}
        facts = {key: value for key, value in entry["facts"].items() if key != "log_root"}
        assert facts == {**gone, **said, **how_far}
        assert (seen is None) is (name == "lgwan")

    shutil.copytree("carried", office.stick, dirs_exist_ok=True)
    office.take("registry", code=ExitCode.LOG_ALARM, reason="COSIGNATURE_INVALID")
    again = ("bundles", "reissue", "3", "--reason", "UNREADABLE")
    office.at(
        "lgwan",
        *again,
        *office.officer("officer-1"),
        *office.officer("officer-2")[:2],
        *office.clerk()[:4],
    )
    office.clear()
    office.at(
        "lgwan",
        "export",
        *as_medium(office.stick),
        *office.officer("officer-1"),
        *office.clerk()[:4],
    )
    (taken,) = office.take("registry")["bundles"]
    assert taken["outcomes"] == {"applied": 1}
    office.send("registry", municipal_csv((3, 3)))
    office.take("lgwan")
    # The new key has said by now what it knows: one trip more, and the log is told from there on.
    office.send("lgwan", isa_csv((3, 3)))
    office.take("registry")
    with station_at(office, "registry") as station:
        start, proof = proven(station, "lgwan-01")
        assert start > 0
        assert proof is not None
        assert (
            cosignature.open_cosigned(proof.encode(), WitnessKey.parse(new)).checkpoint.size
            == start
        )
    assert verify_log.verify(packed(office)).verdict == verify_log.HOLDS


def packed(office: Office) -> list[Path]:
    """Return the auditor's packs of both stations."""
    packs = [office.root / f"{name}-pack" for name in ("lgwan", "registry")]
    for name, pack in zip(("lgwan", "registry"), packs, strict=True):
        office.at(name, "audit", "export", pack)
    return packs


def witness_due(office: Office) -> list[State]:
    """Return what the doctor says of the LGWAN station's witness key, if anything."""
    found = examine(Home(office.root / "lgwan"), SystemClock().now())
    return [each.state for each in found if "station witness" in each.advice]


def bring_back(office: Office, name: str) -> None:
    """Lose a station's disk, and make the station again from its backup."""
    (office.root / name).rename(office.root / f"{name}-lost")
    restore(
        office.root / name,
        office.root / f"{name}-backup",
        (office.root / "ceremony/root.json").read_bytes(),
        lambda _city: signers.open_recipient_key(
            office.root / "escrow-1-recipient.json", PASSPHRASE.encode()
        ),
        clock=SystemClock(),
        progress=NullProgress(),
    )


def station_at(office: Office, name: str) -> LgwanStation | RegistryStation:
    """Return a station, to be used with ``with``."""
    kind = RegistryStation if name == "registry" else LgwanStation
    return kind(
        office.root / name, clock=SystemClock(), passphrases=lambda _key: PASSPHRASE.encode()
    )


def test_number_that_will_not_come(office: Office) -> None:
    """Claims C91, C92."""
    office.send("lgwan", isa_csv((1, 1)))
    shutil.copytree(office.stick, "lost")
    office.send("lgwan", isa_csv((2, 2)))
    office.take("registry", code=ExitCode.BUNDLE_ORDER, reason="BUNDLE_PARKED")
    office.clear()
    play("A number will not come")
    listed = office.at("registry", "bundles", "list")["bundles"]
    assert [each["seq"] for each in listed if each["from"] == "lgwan-01"] == [3, 2]
    shutil.rmtree(office.stick)
    shutil.copytree("lost", office.stick)
    office.take("registry", code=ExitCode.BUNDLE_ORDER, reason="NUMBER_VOID")


def test_station_stolen(office: Office) -> None:
    office.send("lgwan", isa_csv((1, 1)))
    office.take("registry")
    office.send("lgwan", isa_csv((2, 2)))
    shutil.copytree(office.stick, "thief")
    office.clear()
    play("A station was stolen", of=2, part=0)
    # The stick that was on its way, and whatever the thief seals from now on.
    shutil.copytree("thief", office.stick, dirs_exist_ok=True)
    office.take("registry", code=ExitCode.BUNDLE_CONTENT, reason="SIGNER_REVOKED")
    office.send("lgwan", isa_csv((3, 3)))
    office.take("registry", code=ExitCode.BUNDLE_CONTENT, reason="SIGNER_REVOKED")
    trust = office.trust("registry")
    assert [each["id"] for each in trust["recipients"]] == ["registry-01", "escrow-1"]
    assert trust["routes"] == []
    # Nothing can be collected for it, and nothing sealed to it.
    file = municipal(office)
    office.at("registry", "collect", file, code=ExitCode.RECORDS, reason="KIND_NOT_CARRIED")
    office.at("registry", "seal", *office.clerk(), code=ExitCode.USAGE, reason="USAGE")

    office.clear()
    play("A station was stolen", of=2, part=1)
    office.send("lgwan-new", isa_csv((1, 1), (2, 2)))
    (taken,) = office.take("registry")["bundles"]
    assert taken["outcomes"] == {"already_applied": 1, "applied": 1}


def municipal(office: Office) -> Path:
    path = office.root / "municipal.csv"
    path.write_bytes(municipal_csv((1, 1)))
    return path


def test_officer_left(office: Office) -> None:
    on_its_way = office.send("lgwan", isa_csv((1, 1)))
    shutil.copytree(office.stick, "carried")
    waiting = office.seal("lgwan", isa_csv((2, 2)))
    office.clear()
    play("An officer left")
    shutil.rmtree(office.stick)
    shutil.copytree("carried", office.stick)
    # At the other side the officer's approval counts no more, and on this side none is taken.
    office.take("registry", code=ExitCode.BUNDLE_CONTENT, reason="SIGNER_REVOKED")
    refused = ("approve", waiting, *office.officer("officer-1"))
    office.at("lgwan", *refused, code=ExitCode.BUNDLE_CONTENT, reason="SIGNER_REVOKED")
    # Another officer approves the same bundles, and they arrive under their numbers.
    office.at("lgwan", "approve", on_its_way.name, *office.officer("officer-2"))
    office.write("lgwan", on_its_way.name)
    assert [each["seq"] for each in office.take("registry")["bundles"]] == [1]
    office.at("lgwan", "approve", waiting, *office.officer("officer-2"))
    office.write("lgwan", waiting)
    assert [each["seq"] for each in office.take("registry")["bundles"]] == [2]


def test_new_officer_in_april(office: Office) -> None:
    office.send("lgwan", isa_csv((1, 1)))
    shutil.copytree(office.stick, "carried")
    office.clear()
    play("A new officer in April")
    shutil.rmtree(office.stick)
    shutil.copytree("carried", office.stick)
    assert [each["seq"] for each in office.take("registry")["bundles"]] == [1]
    assert office.trust("registry")["version"] == 1
    office.send("lgwan", isa_csv((2, 2)), officer="officer-3")
    assert [each["seq"] for each in office.take("registry")["bundles"]] == [2]
    assert office.trust("registry")["version"] == 2


def test_recipient_key_exposed(office: Office) -> None:
    before = office.send("lgwan", isa_csv((1, 1)))
    shutil.copytree(before, "copied")
    office.take("registry")
    sealed = office.seal("lgwan", isa_csv((3, 3)))
    play("A recipient key may be in other hands")
    old, new = (office.root / f"{name}-recipient.json" for name in ("escrow-1", "escrow-2"))
    # Said plainly on the page: the past stays readable.
    assert opens(old, Path("copied"))
    assert opens(old, office.root / "lgwan/outbox" / sealed)
    reject = ("--reject", "OTHER", "--remark", "wrapped to the old key")
    office.at("lgwan", "approve", sealed, *office.officer("officer-1"), *reject)
    after = office.send("lgwan", isa_csv((2, 2)))
    assert not opens(old, after)
    assert opens(new, after)
    assert len(wraps.parse_wraps((after / "keys.json").read_bytes())) == 2
    office.take("registry")


def test_recipient_key_of_one_station_is_exchanged(office: Office) -> None:
    """Claim C87: as the page says it, with a request for this key alone."""
    office.send("lgwan", isa_csv((1, 1)))
    office.take("registry")
    old = [each for each in office.trust("lgwan")["recipients"] if each["station"] != "escrow"]
    secret = ("--passphrase-file", office.root / "passphrase")
    request = office.root / "registry-01.recipient.json"
    office.at("registry", "station", "recipient", "-o", request, *secret)
    office.give("trust", "add", "ceremony", request, "--yes")
    office.sign(*PUBLISHING)
    office.clear()
    office.publish()
    office.at("lgwan", "trust", "update", *as_medium(office.stick))
    office.at("registry", "trust", "update", *as_medium(office.stick))
    new = [each for each in office.trust("lgwan")["recipients"] if each["station"] != "escrow"]
    assert [each["id"] for each in new] == [each["id"] for each in old]
    assert [a["station"] for a, b in zip(new, old, strict=True) if a != b] == ["registry-01"]
    office.send("lgwan", isa_csv((2, 2)))
    assert [each["seq"] for each in office.take("registry")["bundles"]] == [2]


def test_root_key_lost_and_enough_left(office: Office) -> None:
    before = office.send("lgwan", isa_csv((1, 1)))
    shutil.copytree(office.stick, "carried")
    shutil.copytree("ceremony", "rival")
    assert before.exists()
    office.clear()
    play("A root key was lost, and enough are left")
    # Whoever finds the key has nothing to sign any more,
    office.give("trust", "renew", "ceremony", "--root", "--yes")
    lost = ("trust", "sign", "ceremony", *office.keys_of("root-1"), "--yes")
    office.give(*lost, "--passphrase-file", "passphrase", code=ExitCode.USAGE, reason="USAGE")
    # and an old root that goes on with it, however well it is signed, is refused at both sides.
    office.give("trust", "renew", "rival", "--root", "--yes")
    office.give("trust", "revoke", "rival", "officer-1", "--reason", "LEFT_OFFICE", "--yes")
    office.sign("root-1", "root-2", *PUBLISHING, folder="rival")
    office.publish("rival", "forged")
    for station in ("lgwan", "registry"):
        words = ("trust", "update", "--medium", "forged", "--folder")
        office.at(station, *words, code=ExitCode.BUNDLE_CONTENT, reason="TRUST_INVALID")
    # A stick from before is taken, and the next one as well.
    shutil.rmtree(office.stick)
    shutil.copytree("carried", office.stick)
    office.take("registry")
    office.send("lgwan", isa_csv((2, 2)))
    office.take("registry")


def test_too_many_root_keys_lost(office: Office) -> None:
    office.give("trust", "revoke", "ceremony", "officer-2", "--reason", "LEFT_OFFICE", "--yes")
    office.sign(*PUBLISHING)
    office.publish()
    for station in ("lgwan", "registry"):
        office.at(station, "trust", "update", *as_medium(office.stick))
    before = office.trust("registry")
    office.send("lgwan", isa_csv((1, 1)))
    shutil.copytree(office.stick, "carried")
    office.clear()
    play("Too many root keys were lost")
    after = office.trust("registry")
    assert after == before | {"version": before["version"] + 1}
    # What was on its way loses no trip,
    shutil.rmtree(office.stick)
    shutil.copytree("carried", office.stick)
    assert [each["seq"] for each in office.take("registry")["bundles"]] == [1]
    # but what the old root says from now on counts nowhere.
    office.give("trust", "renew", "ceremony", "--root", "--yes")
    office.sign("root-1", "root-2", *PUBLISHING)
    office.publish(stick="forged")
    for station in ("lgwan", "registry"):
        words = ("trust", "update", *as_medium(office.root / "forged"))
        office.at(station, *words, code=ExitCode.BUNDLE_CONTENT, reason="TRUST_INVALID")
    office.send("lgwan", isa_csv((2, 2)))
    assert [each["seq"] for each in office.take("registry")["bundles"]] == [2]
    # The next version comes as ever.
    office.give("trust", "renew", "renewed", "--yes")
    office.sign(*PUBLISHING, folder="renewed")
    office.publish("renewed")
    updated = office.at("registry", "trust", "update", *as_medium(office.stick))
    assert updated["version"] == after["version"] + 1


def rooted_anew(office: Office, *, after: bool) -> None:
    """Put the trust data of another root on the stick: one that goes on, or one that forgot."""
    asked = [office.root / f"{name}.request.json" for names in HOLDERS.values() for name in names]
    place = ("--city", CITY, "--municipality", MUNICIPALITY, "--mode", "live", "--yes")
    goes_on = ("--after", "ceremony") if after else ()
    stations = [Home(office.root / each).request_file for each in ("lgwan", "registry")]
    office.give("trust", "init", "renewed", *asked, *([] if after else stations), *place, *goes_on)
    office.sign("root-1", "root-2", *PUBLISHING, folder="renewed")
    office.clear()
    office.publish("renewed")


def test_another_root_needs_its_paper_form(office: Office) -> None:
    rooted_anew(office, after=True)
    before = tree_of(office.root / "registry/trust")
    words = ("station", "enrol", "--again", "--medium", office.stick, "--fingerprint")
    old = office.paper("ceremony").hex
    office.at("registry", *words, old, code=ExitCode.CONFIGURATION, reason="ROOT_NOT_CONFIRMED")
    assert tree_of(office.root / "registry/trust") == before
    office.at("registry", *words, office.paper("renewed").hex)


def test_another_root_takes_no_version_back(office: Office) -> None:
    rooted_anew(office, after=False)
    before = tree_of(office.root / "registry/trust")
    words = ("station", "enrol", "--again", "--medium", office.stick, "--fingerprint")
    new = office.paper("renewed").hex
    office.at("registry", *words, new, code=ExitCode.BUNDLE_CONTENT, reason="TRUST_ROLLBACK")
    assert tree_of(office.root / "registry/trust") == before
