"""Claim C102: the auditor's pack of real stations holds, is always the same, and hides nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attacks.records import isa_csv
from attacks.world import CITY_DOMAIN, World, copy_of, make_world, scratch, tree_of
from stations.test_backups import save
from stations.test_continuing import signed, told
from stations.test_setback import clear_stick, evening, morning, set_back

from mediabridge import errors
from mediabridge.cli._app import run
from mediabridge.standalone import verify_log
from mediabridge.stations import auditing
from mediabridge.translog import database

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"


@pytest.fixture(scope="module")
def carried() -> Iterator[World]:
    """Give a world after a day and a morning, with a backup in between; not to be changed."""
    with scratch() as root:
        world = make_world(Path(root, "world"))
        morning(world, 1)
        evening(world)
        save(world, LGWAN, "lgwan-backup")
        morning(world, 2)
        yield world


@pytest.fixture
def world(carried: World, tmp_path: Path) -> World:
    return copy_of(carried, tmp_path / "world")


def export(world: World, station: str, name: str = "pack") -> Path:
    folder = world.root.parent / f"{station}-{name}"
    with world.open(station) as opened:
        auditing.export(opened, folder)
    return folder


def said(*packs: Path) -> list[str]:
    outcome = verify_log.verify(packs)
    return [verify_log.VERDICTS[outcome.verdict], *(each.code for each in outcome.findings)]


def test_the_packs_of_both_stations_hold_and_agree(world: World) -> None:
    packs = [export(world, each) for each in (LGWAN, REGISTRY)]
    outcome = verify_log.verify(packs)
    assert said(*packs)[0] == "HOLDS"
    assert said(*packs).count("SAME") == 2
    # Each log, whole, as its station has it; and how far the other has shown that it saw it.
    for station, log in zip((LGWAN, REGISTRY), outcome.logs[::2], strict=True):
        with world.open(station) as opened:
            assert (log.kind, log.size + log.after) == ("own", opened.log.size())
            assert log.newest is not None
            assert log.newest.root == opened.log.root(log.size)
            (found,) = (each for each in opened.status().witnessed if each.seen)
        assert [size for size, _ in log.seen.values()] == [found.seen]


def test_a_second_run_is_the_same_byte_by_byte(world: World) -> None:
    one, other = export(world, LGWAN), export(world, LGWAN, "again")
    assert tree_of(one) == tree_of(other) != {}


def test_exporting_leaves_the_station_as_it_was(world: World) -> None:
    before = tree_of(world.home(LGWAN).root)
    export(world, LGWAN)
    assert tree_of(world.home(LGWAN).root) == before


def test_the_verifier_in_it_is_the_one_that_is_published(world: World) -> None:
    shipped = (export(world, LGWAN) / "verify_log.py").read_bytes()
    assert shipped == Path(verify_log.__file__).read_bytes()


PAGE = Path(__file__).parents[2] / "docs/ja/auditor.md"
ELSEWHERE = re.compile(r"mediabridge |sudo |sqlite3 |ssh-keygen |sha256sum ")
"""What a block begins with that is typed at a station, or played in another test."""


def typed_at_the_laptop() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [block for block in blocks if not ELSEWHERE.match(block)]


def test_the_page_for_auditors_is_typed_word_by_word(
    world: World, tmp_path: Path, require_tool: Callable[[str], str]
) -> None:
    """One after the other, in one shell, from two packs to the next audit."""
    for tool in ("openssl", "go"):
        require_tool(tool)
    for station in (LGWAN, REGISTRY):
        (tmp_path / "brought").mkdir(exist_ok=True)
        export(world, station).rename(tmp_path / "brought" / station)
    laptop = tmp_path / "audit"
    laptop.mkdir()
    shutil.copy(verify_log.__file__, laptop)
    shutil.copy(PAGE.parents[2] / "tests/standalone/independent.go", laptop)
    size = (tmp_path / f"brought/{LGWAN}/logs/lgwan-01/checkpoint").read_text().split("\n")[1]
    script = "\n".join(typed_at_the_laptop())
    # What the page says to replace; and a key without a passphrase, for nobody is there to type.
    for printed, ours in {
        "/tmp/": f"{tmp_path}/",  # noqa: S108 - as printed there
        "/media/auditor/": f"{tmp_path}/brought/",
        "checkpoints/593": f"checkpoints/{size}",
        "city.example.jp_log_lgwan-01_593": f"{CITY_DOMAIN}_log_lgwan-01_{size}",
        "-aes256 ": "",
        "python3 ": f"{sys.executable} -P ",
    }.items():
        assert printed in script
        script = script.replace(printed, ours)
    done = subprocess.run(
        ["sh", "-euc", script], cwd=laptop, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (script, done.stdout, done.stderr)
    assert "Signature Verified Successfully\n" in done.stdout
    assert done.stdout.count(verify_log.TEXTS["ALL_HOLD"][1]) == 3
    assert done.stdout.count(verify_log.TEXTS["NEW_HOLD"][1]) == 1
    assert f'"size":{size}}}' in done.stdout


def rewrite_entry(world: World, station: str) -> None:
    """In the database, past the triggers that stop accidents: entry 3 of the LGWAN log."""
    with database.connect(world.home(station).log, owner_of(world, station)) as connection:
        connection.executescript(
            "DROP TRIGGER entry_update;"
            "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '-1\"', '-2\"')"
            " AS BLOB) WHERE position = 3 AND origin LIKE '%lgwan-01';"
        )


def test_what_its_administrator_rewrites_is_named(world: World) -> None:
    """The peer's copy is not needed."""
    rewrite_entry(world, LGWAN)
    outcome = verify_log.verify([export(world, LGWAN)])
    wrong = [each.facts["first"] for each in outcome.findings if each.code == "ENTRY_DIFFERS"]
    assert (outcome.verdict, wrong) == (verify_log.ALARM, [3])


@pytest.mark.parametrize("station", [LGWAN, REGISTRY])
def test_a_station_verifies_its_own_database_and_its_copies_in_it(
    world: World, capsys: pytest.CaptureFixture[str], station: str
) -> None:
    words = ["--home", str(world.home(station).root), "--json", "audit", "verify"]
    assert run(words) == 0
    logs = json.loads(capsys.readouterr().out)["data"]["logs"]
    assert [each["origin"].rpartition("/")[2] == station for each in logs] == [True, False]
    assert run([*words, "--policy", str(world.root / "policy")]) == 2
    assert "--policy" in json.loads(capsys.readouterr().out)["message"]
    assert run([*words, "--only-new"]) == 2
    assert "--known" in json.loads(capsys.readouterr().out)["message"]
    rewrite_entry(world, station)
    assert run(words) == 20
    said = json.loads(capsys.readouterr().out)
    assert said["reason"] == "LOG_CORRUPT"
    assert "level 0, position 3" in said["message"]


def test_a_copy_that_ends_before_what_was_kept_is_no_damage(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The station at home can tell; its peer says that it cannot."""
    world.send()
    kept = str(kept_of(world))
    for station, code in ((LGWAN, 0), (REGISTRY, 2)):
        home = str(world.home(station).root)
        assert run(["--home", home, "--lang", "en", "audit", "verify", "--known", kept]) == code
    assert "compare it at that station, or with both packs" in capsys.readouterr().err


def kept_of(world: World) -> Path:
    """Return the newest checkpoint of the LGWAN log, as an auditor keeps it."""
    path = world.root / "kept"
    if not path.exists():
        path.write_bytes(export(world, LGWAN).joinpath("logs/lgwan-01/checkpoint").read_bytes())
    return path


@pytest.mark.parametrize("station", [LGWAN, REGISTRY])
def test_of_its_database_only_what_is_new_is_looked_at_when_that_is_asked(
    world: World, capsys: pytest.CaptureFixture[str], station: str
) -> None:
    words = ["--home", str(world.home(station).root), "--lang", "en", "audit", "verify"]
    words += ["--known", str(kept_of(world))]
    assert run([*words, "--only-new"]) == 0
    assert "What is before them was not looked at" in capsys.readouterr().out
    rewrite_entry(world, station)
    # The entry is before what was kept; it stands for itself only when all is looked at.
    assert run([*words, "--only-new"]) == 0
    assert run(words) == 20


def test_a_database_is_held_against_what_was_kept(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = kept_of(world)
    words = ["--home", str(world.home(LGWAN).root), "--json", "audit", "verify", "--known"]
    assert run([*words, str(kept)]) == 0
    text, _, line = kept.read_text().partition("\n\n")
    origin, size, root = text.split("\n")
    for forged, reason in (
        (f"{origin}\n{size}\n{root[::-1]}\n\n{line}", "LOG_NOTE_INVALID"),
        (f"{origin}9\n{size}\n{root}\n\n{line}", "LOG_NOTE_INVALID"),
    ):
        kept.write_text(forged)
        capsys.readouterr()
        assert run([*words, str(kept), "--only-new"]) != 0
        assert json.loads(capsys.readouterr().out)["reason"] == reason


def test_it_asks_for_the_signature_as_well(world: World) -> None:
    """Whoever has the disk, but not the key, makes all of it again and signs otherwise."""
    with database.connect(world.home(LGWAN).log, owner_of(world)) as connection:
        connection.executescript(
            "DROP TRIGGER checkpoint_update; UPDATE checkpoint SET note = CAST(substr("
            "CAST(note AS TEXT), 1, instr(CAST(note AS TEXT), '=\n') + 1) ||"
            " replace(substr(CAST(note AS TEXT), instr(CAST(note AS TEXT), '=\n') + 2), 'a', 'b')"
            " AS BLOB);"
        )
    with world.open(LGWAN) as opened, pytest.raises(errors.LogNoteError):
        auditing.check(opened)


def owner_of(world: World, station: str = LGWAN) -> database.sqlite.Owner:
    return world.home(station).config().owner


def test_a_log_that_lost_what_it_signed_is_not_exported(world: World) -> None:
    with database.connect(world.home(LGWAN).log, owner_of(world)) as connection:
        connection.executescript(
            "DROP TRIGGER entry_delete; DELETE FROM entry WHERE position > 2"
            " AND origin LIKE '%lgwan-01';"
        )
    with pytest.raises(errors.LogCorruptError):
        export(world, LGWAN)
    assert not list(world.root.parent.glob("*pack*"))


def test_a_branch_that_a_restored_peer_left_is_in_the_pack(world: World) -> None:
    before = export(world, REGISTRY, "before")
    set_back(world)
    told(world)
    signed(world)
    world.send(isa_csv((3, 1)))
    world.import_()
    clear_stick(world)
    packs = [export(world, REGISTRY), export(world, LGWAN)]
    assert said(*packs)[0] == "HOLDS"
    assert said(*packs).count("LEFT") == 1
    listed = json.loads((packs[0] / "pack.json").read_bytes())["logs"]
    assert [each["kind"] for each in listed] == ["own", "mirror", "left"]
    # What was taken along before shows that the log is another one since.
    assert "FORK" in said(before, packs[1])


def test_nothing_of_a_record_is_in_it(world: World) -> None:
    pack = export(world, REGISTRY)
    content = b"".join(path.read_bytes() for path in pack.rglob("*") if path.is_file())
    # What is long enough to be nobody else's: numbers, names, dates with their hyphens.
    cells = re.split(rb"[,\"\r\n]+", isa_csv((1, 1), (2, 1)).partition(b"\n")[2])
    marks = {cell for cell in cells if len(cell) > 7}
    assert len(marks) > 5
    assert not [mark for mark in marks if mark in content]


def test_the_commands_say_what_was_written_and_what_was_found(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "taken"
    words = ["--home", str(world.home(LGWAN).root), "--json", "audit"]
    assert run([*words, "export", str(pack)]) == 0
    logs = json.loads(capsys.readouterr().out)["data"]["logs"]
    assert [each["origin"].rpartition("/")[2] for each in logs] == [LGWAN, REGISTRY]
    assert run([*words, "export", str(pack)]) == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "FOLDER_NOT_EMPTY"
    assert run([*words, "verify", str(pack)]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["verdict"] == "HOLDS"
    (pack / "logs" / LGWAN / "checkpoint").unlink()
    assert run([*words, "verify", str(pack)]) == 20
    found = json.loads(capsys.readouterr().out)
    assert (found["reason"], found["data"]["verdict"]) == ("LOG_PACK_INVALID", "UNREADABLE")
    rewrite(pack)
    assert run([*words, "verify", str(pack)]) == 20
    assert json.loads(capsys.readouterr().out)["reason"] == "LOG_PACK_DIFFERS"


def rewrite(pack: Path) -> None:
    """Put the newest checkpoint back, of an entry that is another one."""
    folder = pack / "logs" / LGWAN
    newest = max((folder / "checkpoints").iterdir(), key=lambda path: int(path.name))
    (folder / "checkpoint").write_bytes(newest.read_bytes())
    (path,) = (folder / "tile/entries/000.p").iterdir()
    path.write_bytes(path.read_bytes().replace(b"officer-1", b"officer-2", 1))
