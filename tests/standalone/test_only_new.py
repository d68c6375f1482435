"""Claim C102: reading only what is new proves as much as what the auditor kept, and says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from standalone.packs import KEYS, POLICY, Whole, entries, entry, put, signed, write_log

from mediabridge.standalone import verify_log
from mediabridge.translog import checkpoint, tiles
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.events import Event

OLD, NEW = 1300, 1400
"""Five whole bundles are behind the bundle in which the known entries end."""

CONTENT = entries(NEW)
FIRST = OLD // 256 * 256


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    write_log(folder, CONTENT, "own", sizes=(3, 256, 700, OLD, OLD + 50), after=7)
    return folder


@pytest.fixture
def pack(pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pristine, tmp_path / "pack")


@pytest.fixture
def log(pack: Path) -> Path:
    return pack / "logs/lgwan"


@pytest.fixture
def known(pristine: Path, tmp_path: Path) -> Path:
    """Give what the auditor kept of an earlier day."""
    return Path(shutil.copy(pristine / f"logs/lgwan/checkpoints/{OLD}", tmp_path / "known"))


def found(*packs: Path, known: Path, only_new: bool = True) -> list[object]:
    """Return the verdict, and the codes of what is said, each with the number of an entry."""
    outcome = verify_log.verify(packs, [known], only_new=only_new)
    for language in (0, 1):
        assert all(verify_log.report(outcome, language))
    said = [(each.code, each.facts.get("first")) for each in outcome.findings if each.code]
    plain = [code if first is None else (code, first) for code, first in said]
    return [verify_log.VERDICTS[outcome.verdict], *plain]


def rewritten(log: Path, number: int, *, hashes: bool) -> None:
    """Put another entry in the place of one, and with *hashes* all hashes over it."""
    content = [*CONTENT[: NEW - 7]]
    content[number] = entry(number, event=Event.BUNDLE_REFUSED)

    def replace(path: str, data: bytes) -> None:
        if hashes or "entries" in path:
            put(log / path, data)

    tiles.write(Whole(content), len(content), replace)


# --- what it costs -----------------------------------------------------------


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 1280, OLD, NEW - 7])
def test_what_is_new_holds_behind_every_size(pack: Path, tmp_path: Path, size: int) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(signed(Whole(CONTENT), size))
    first = size // 256 * 256
    said = found(pack, known=kept)
    assert said[:2] == ["HOLDS", ("HOLDS_SINCE", first)]
    assert "KNOWN" not in said


def test_only_what_is_touched_is_read(
    pack: Path, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, read = [], verify_log.read

    def reading(root: Path, name: str, limit: int) -> bytes:
        opened.append(name)
        return read(root, name, limit)

    monkeypatch.setattr(verify_log, "read", reading)
    assert found(pack, known=known)[0] == "HOLDS"
    tiles_read = [name for name in opened if "tile/" in name]
    # The bundle in which the known end and the tile beside it, the tile above, what is behind.
    assert sorted(set(tiles_read)) == sorted(
        ["tile/entries/005.p/113", "tile/0/005.p/113", "tile/1/000.p/5", "tile/entries/000.p/7"]
    )
    assert {f"checkpoints/{size}" for size in (OLD, OLD + 50)} < set(opened)
    assert "checkpoints/700" not in opened


def test_it_says_what_was_read_and_no_more(pack: Path, known: Path) -> None:
    outcome = verify_log.verify([pack], [known], only_new=True)
    said = "\n".join(verify_log.report(outcome, 0))
    assert f"read from entry {FIRST} on" in said
    assert "everything holds" not in said
    assert "they were not read" in said
    (log,) = verify_log.plain(outcome)["logs"]
    assert (log["read_from"], log["events"]) == (FIRST, {"bundle-sealed": NEW - FIRST})


def test_without_being_asked_all_is_read(pack: Path, known: Path) -> None:
    said = found(pack, known=known, only_new=False)
    assert said[:2] == ["HOLDS", "HOLDS"]
    assert "KNOWN" in said


def test_the_command_needs_something_that_was_kept(
    pack: Path, known: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        verify_log.main(["--only-new", str(pack)])
    assert ended.value.code == 2
    assert "--only-new needs --known" in capsys.readouterr().err
    words = ["--only-new", "--known", str(known), "--lang", "en", str(pack)]
    assert verify_log.main(words) == 0
    assert "continues what you kept" in capsys.readouterr().out


# --- what it proves ----------------------------------------------------------


@pytest.mark.parametrize("number", [FIRST, OLD - 1, OLD, NEW - 8])
def test_a_changed_entry_in_what_is_read_is_named(
    pack: Path, log: Path, known: Path, number: int
) -> None:
    rewritten(log, number, hashes=False)
    assert found(pack, known=known)[:2] == ["ALARM", ("ENTRY_DIFFERS", number)]


@pytest.mark.parametrize("number", [0, 700, FIRST - 1])
def test_a_changed_entry_before_that_is_not_noticed_as_the_manual_says(
    pack: Path, log: Path, known: Path, number: int
) -> None:
    rewritten(log, number, hashes=False)
    assert found(pack, known=known)[0] == "HOLDS"
    whole = found(pack, known=known, only_new=False)
    assert whole[:2] == ["ALARM", ("ENTRY_DIFFERS", number)]


@pytest.mark.parametrize("number", [0, 700, FIRST - 1, OLD - 1])
def test_a_log_rewritten_and_signed_anew_is_found(pack: Path, known: Path, number: int) -> None:
    """The station has the log's key: tiles and checkpoints are right for the other history."""
    content = [*CONTENT]
    content[number] = entry(number, event=Event.BUNDLE_REFUSED)
    shutil.rmtree(pack)
    write_log(pack, content, "own", sizes=(OLD + 50,), after=7)
    assert found(pack, known=known)[:2] == ["ALARM", ("ROOT_DIFFERS", 0)]


@pytest.mark.parametrize("at", [0, 32 * 2 + 5, 32 * 4 + 31])
def test_a_flipped_byte_in_a_touched_tile_is_found(
    pack: Path, log: Path, known: Path, at: int
) -> None:
    """What the tile above the known entries says is taken from the pack, and not believed."""
    path = log / "tile/1/000.p/5"
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)
    assert found(pack, known=known)[:2] == ["ALARM", ("ROOT_DIFFERS", 0)]


@pytest.mark.parametrize("at", [0, 32 * (OLD - FIRST) + 1, 32 * 112])
def test_so_is_one_beside_the_entries_that_are_read(
    pack: Path, log: Path, known: Path, at: int
) -> None:
    path = log / "tile/0/005.p/113"
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)
    assert found(pack, known=known)[:2] == ["ALARM", "TILE_DIFFERS"]


@pytest.mark.parametrize("length", [0, 31, 32 * 4, 32 * 5 - 1])
def test_a_tile_that_is_too_short_is_found(pack: Path, log: Path, known: Path, length: int) -> None:
    path = log / "tile/1/000.p/5"
    path.write_bytes(path.read_bytes()[:length])
    assert found(pack, known=known)[:2] == ["ALARM", ("ROOT_DIFFERS", 0)]


def test_a_missing_tile_cannot_be_judged(pack: Path, log: Path, known: Path) -> None:
    (log / "tile/1/000.p/5").unlink()
    assert found(pack, known=known)[:2] == ["UNREADABLE", "MISSING"]


# --- what was kept -----------------------------------------------------------


def test_a_known_state_that_was_forged_without_the_key_is_an_alarm(pack: Path, known: Path) -> None:
    text, _, lines = known.read_text().partition("\n\n")
    other = signed(Whole(CONTENT), OLD - 1).decode()
    known.write_text(f"{text}\n\n" + other.partition("\n\n")[2])
    assert found(pack, known=known)[:2] == ["ALARM", "SIGNATURE_BAD"]
    # Without the line of the log's key nothing is left out for it.
    known.write_text(f"{text}\n\n" + lines.replace("log/lgwan", "log/other"))
    said = found(pack, known=known)
    assert said[:2] == ["ALARM", "HOLDS"]
    assert "KEY_UNKNOWN" in said


def test_one_that_was_forged_with_the_key_is_of_another_log(pack: Path, known: Path) -> None:
    log, _ = KEYS["lgwan"]
    known.write_bytes(checkpoint.sign(Checkpoint(log.name, OLD, bytes(32)), log))
    assert found(pack, known=known)[:2] == ["ALARM", ("ROOT_DIFFERS", 0)]


def test_of_several_that_were_kept_the_smallest_is_where_reading_begins(
    pack: Path, known: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later"
    later.write_bytes(signed(Whole(CONTENT), OLD + 60))
    outcome = verify_log.verify([pack], [later, known], only_new=True)
    assert [log.start for log in outcome.logs] == [FIRST]
    log, _ = KEYS["lgwan"]
    later.write_bytes(checkpoint.sign(Checkpoint(log.name, OLD + 60, bytes(32)), log))
    outcome = verify_log.verify([pack], [later, known], only_new=True)
    assert verify_log.VERDICTS[outcome.verdict] == "ALARM"


def test_a_log_shorter_than_what_was_kept_is_truncated(tmp_path: Path, known: Path) -> None:
    shorter = tmp_path / "shorter"
    write_log(shorter, CONTENT[: OLD - 1], "own")
    assert found(shorter, known=known)[:2] == ["ALARM", "TRUNCATED"]


# --- two copies --------------------------------------------------------------


def test_two_copies_are_compared_from_there_on(pack: Path, known: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    write_log(copy, CONTENT[: OLD + 50], "mirror")
    assert "SAME" in found(pack, copy, known=known)
    other = [*CONTENT[: OLD + 20], *entries(NEW + 50)[NEW:]]
    shutil.rmtree(copy)
    write_log(copy, other, "mirror")
    assert ("FORK", OLD + 20) in found(pack, copy, known=known)


def test_where_a_branch_was_left_all_is_read(tmp_path: Path) -> None:
    """The officers' statement on it can stand in any entry."""
    pack, branch = tmp_path / "pack", entries(40, "registry")
    own = [entry(0, event=Event.VOID_ACCEPTED), *entries(600)[1:]]
    write_log(pack, own, "own")
    write_log(pack, branch, "left", station="registry", folder="registry-left-0")
    write_log(pack, [*branch[:30], *entries(60, "registry")[50:]], "mirror", station="registry")
    kept = tmp_path / "kept"
    kept.write_bytes(signed(Whole(own), 500))
    said = found(pack, known=kept)
    assert said[0] == "HOLDS"
    assert ("LEFT", 30) in said
    assert POLICY in (pack / "policy").read_text()
