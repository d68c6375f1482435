"""Claim C102: a pack holds what was signed; what was changed is named, and nothing hostile read."""

from __future__ import annotations

import ast
import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from standalone.packs import (
    AT,
    KEYS,
    POLICY,
    Whole,
    entries,
    entry,
    key_of,
    list_logs,
    put,
    signed,
    write_log,
)

from mediabridge.standalone import verify_log
from mediabridge.translog import checkpoint, cosignature, tiles
from mediabridge.translog.checkpoint import Checkpoint
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.translog.note import Vkey
from tests.owners import CITY

COUNT = 600
"""Three tiles of level 0, the last partial, and a level above them."""

SIZES = (3, 256, 400)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    write_log(folder, entries(COUNT), "own", sizes=SIZES, after=7)
    return folder


@pytest.fixture
def pack(pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pristine, tmp_path / "pack")


@pytest.fixture
def log(pack: Path) -> Path:
    return pack / "logs" / "lgwan"


def found(*packs: Path, known: tuple[Path, ...] = (), policy: Path | None = None) -> list[object]:
    """Return the verdict, and the codes of what is said, each with the number of an entry."""
    outcome = verify_log.verify(packs, known, policy)
    for language in (0, 1):
        assert all(verify_log.report(outcome, language))
    said = [(each.code, each.facts.get("first")) for each in outcome.findings if each.code]
    plain = [code if first is None else (code, first) for code, first in said]
    return [verify_log.VERDICTS[outcome.verdict], *plain]


def refused(*packs: Path, **given: object) -> object:
    """Return the one thing that is wrong, behind the verdict."""
    outcome = verify_log.verify(packs, **given)  # type: ignore[arg-type]
    wrong = [each for each in outcome.findings if each.code in WRONG]
    assert len(wrong) == 1, wrong
    first = wrong[0].facts.get("first")
    verdict = verify_log.VERDICTS[outcome.verdict]
    return (verdict, wrong[0].code) if first is None else (verdict, wrong[0].code, first)


RIGHT = {"HOLDS", "SEEN", "UNSEEN", "AFTER", "OTHER_KEY", "LEFT", "SAME", "KNOWN", "COSIGNED"}
WRONG = set(verify_log.TEXTS) - RIGHT - {"KEYS_OF_PACK", "KEYS_GIVEN"}


def change(path: Path, at: int, data: bytes) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:at] + data + content[at + len(data) :])


def rewrite(log: Path, content: list[bytes]) -> None:
    """Put other entries in the place of those of a log, and leave everything else."""

    def replace(path: str, data: bytes) -> None:
        if "entries" in path:
            put(log / path, data)

    tiles.write(Whole(content), len(content), replace)


def test_a_pack_that_nobody_touched_holds(pack: Path) -> None:
    assert found(pack) == ["HOLDS", "HOLDS", "SEEN", "AFTER", "KEYS_OF_PACK"]


def test_it_says_how_far_the_witness_has_seen(pack: Path) -> None:
    (log,) = verify_log.verify([pack]).logs
    assert {witness: size for witness, (size, _) in log.seen.items()} == {
        f"{CITY}/witness/registry": max(SIZES)
    }


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512])
def test_logs_of_every_shape_hold(tmp_path: Path, size: int) -> None:
    write_log(tmp_path, entries(size), "own")
    assert found(tmp_path)[0] == "HOLDS"


@pytest.mark.parametrize("number", [0, 2, 255, 256, 399, 400, 592])
def test_a_changed_entry_is_named(log: Path, pack: Path, number: int) -> None:
    content = entries(COUNT - 7)
    content[number] = entry(number, event=Event.BUNDLE_REFUSED)
    rewrite(log, content)
    assert refused(pack) == ("ALARM", "ENTRY_DIFFERS", number)


def test_a_flipped_byte_is_found_wherever_it_is(log: Path, pack: Path) -> None:
    path = log / "tile/entries/001"
    whole, lengths = path.read_bytes(), [2 + len(each) for each in entries(COUNT)[256:512]]
    starts = [sum(lengths[:number]) for number in range(256)]
    # A length, its first byte; the first brace; a digit; the last brace of the last.
    places = [(starts[9], 9), (starts[9] + 1, 9), (starts[70] + 2, 70), (starts[70] + 90, 70)]
    for at, number in [*places, (len(whole) - 1, 255)]:
        change(path, at, bytes([whole[at] ^ 0x01]))
        assert refused(pack) == ("ALARM", "ENTRY_DIFFERS", 256 + number)
        path.write_bytes(whole)


def test_so_is_one_in_the_hashes(log: Path, pack: Path) -> None:
    for path in ("tile/0/001", "tile/1/000.p/2"):
        whole = (log / path).read_bytes()
        change(log / path, 40, bytes([whole[40] ^ 0x80]))
        assert refused(pack) == ("ALARM", "TILE_DIFFERS")
        (log / path).write_bytes(whole)


def test_bytes_behind_the_last_entry_of_a_bundle_are_found(log: Path, pack: Path) -> None:
    path = log / "tile/entries/001"
    path.write_bytes(path.read_bytes() + b"\x00\x00")
    assert refused(pack) == ("ALARM", "ENTRY_DIFFERS", 511)


def test_no_entry_is_named_by_hashes_that_were_not_signed_either(log: Path, pack: Path) -> None:
    """Else whoever changes entry 300 could point at entry 270."""
    content = entries(COUNT - 7)
    content[300] = entry(300, event=Event.BUNDLE_REFUSED)
    rewrite(log, content)
    change(log / "tile/0/001", 32 * (270 - 256), bytes(32))
    assert refused(pack) == ("ALARM", "ROOT_DIFFERS", 256)


def test_entries_and_hashes_rewritten_together_lie_between_two_checkpoints(pack: Path) -> None:
    """Who rewrites the tiles as well leaves only the signed roots to go by."""
    content = entries(COUNT - 7)
    content[300] = entry(300, event=Event.BUNDLE_REFUSED)
    tiles.write(
        Whole(content), len(content), lambda path, data: put(pack / f"logs/lgwan/{path}", data)
    )
    assert refused(pack) == ("ALARM", "ROOT_DIFFERS", 256)


def test_a_log_rewritten_and_signed_anew_is_found_by_an_earlier_checkpoint(
    pack: Path, tmp_path: Path
) -> None:
    content = entries(COUNT - 7)
    content[300] = entry(300, event=Event.BUNDLE_REFUSED)
    other = tmp_path / "other"
    write_log(other, content, "own")
    assert refused(other, known=[pack / "logs/lgwan/checkpoints/400"]) == (
        *("ALARM", "ROOT_DIFFERS"),
        0,
    )
    # The other station's copy says which entry it is.
    mirror = tmp_path / "mirror"
    write_log(mirror, entries(500), "mirror")
    assert refused(other, mirror) == ("ALARM", "FORK", 300)


def test_a_cut_log_is_found_by_what_was_kept(pack: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_log(other, entries(300), "own")
    assert refused(other, known=[pack / "logs/lgwan/checkpoints/400"]) == ("ALARM", "TRUNCATED")
    assert refused(other, mirror_of(tmp_path, 301)) == ("ALARM", "TRUNCATED")
    assert found(other, mirror_of(tmp_path, 299))[0] == "HOLDS"
    assert "KNOWN" in found(other, known=(pack / "logs/lgwan/checkpoints/256",))


def test_a_copy_may_end_before_what_was_kept_at_home(pack: Path, tmp_path: Path) -> None:
    """The auditor keeps the longest; the peer's copy ends with the last bundle."""
    kept, mirror = pack / "logs/lgwan/checkpoints/400", mirror_of(tmp_path, 300)
    for packs in ((pack, mirror), (mirror, pack)):
        said = found(*packs, known=(kept,))
        assert said[0] == "HOLDS"
        assert said.count("KNOWN") == 1
        assert verify_log.verify(packs, [kept], only_new=True).verdict == verify_log.HOLDS
    assert refused(mirror, known=[kept]) == ("ALARM", "TRUNCATED")


def mirror_of(folder: Path, size: int) -> Path:
    mirror = folder / f"mirror-{size}"
    write_log(mirror, entries(size), "mirror")
    return mirror


def test_a_checkpoint_of_a_log_that_no_pack_has_is_an_alarm(pack: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(signed(Whole(entries(3, "registry")), 3, "registry"))
    assert refused(pack, known=[kept]) == ("ALARM", "KNOWN_MISSING")


def test_two_ends_of_a_log_are_compared_beyond_what_is_signed(pack: Path, tmp_path: Path) -> None:
    """What the station has not signed yet, and the peer holds, is the same as well."""
    content = entries(COUNT)
    content[COUNT - 7] = entry(COUNT - 7, event=Event.BUNDLE_REFUSED)
    mirror = tmp_path / "mirror"
    write_log(mirror, content, "mirror")
    assert refused(pack, mirror) == ("ALARM", "FORK", COUNT - 7)


def test_a_checkpoint_by_nobody_in_the_policy_is_refused(log: Path, pack: Path) -> None:
    stranger = key_of(f"{CITY}/log/lgwan", 9)
    whole = Whole(entries(COUNT - 7))
    made = checkpoint.sign(Checkpoint(stranger.name, COUNT - 7, whole.root(COUNT - 7)), stranger)
    (log / "checkpoint").write_bytes(made)
    assert refused(pack) == ("ALARM", "KEY_UNKNOWN")


def test_a_witness_alone_makes_no_checkpoint(log: Path, pack: Path) -> None:
    whole, size = Whole(entries(COUNT)), COUNT - 7
    text = Checkpoint(f"{CITY}/log/lgwan", size, whole.root(size)).text()
    (log / "checkpoint").write_bytes(cosignature.sign_text(text, KEYS["registry"][1], AT))
    assert refused(pack) == ("ALARM", "KEY_UNKNOWN")


def test_a_cosignature_without_a_time_is_an_alarm(log: Path, pack: Path) -> None:
    key, note = KEYS["registry"][1], log / "checkpoints/3"
    text = note.read_text().partition("\n\n")[0] + "\n"
    made = key.sign(f"cosignature/v1\ntime 0\n{text}".encode())
    blob = base64.b64encode(WitnessKey.of(key).key_id + bytes(8) + made).decode()
    note.write_bytes(signed(Whole(entries(3)), 3) + f"\u2014 {key.name} {blob}\n".encode())
    assert refused(pack) == ("ALARM", "SIGNATURE_BAD")


def test_a_checkpoint_stands_under_its_own_size_and_log(log: Path, pack: Path) -> None:
    other = signed(Whole(entries(5, "registry")), 5, "registry")
    for data in ((log / "checkpoints/3").read_bytes(), other):
        (log / "checkpoints/5").write_bytes(data)
        assert refused(pack) == ("UNREADABLE", "MALFORMED")


@pytest.mark.parametrize("name", ["checkpoint", "checkpoints/400"])
def test_a_signature_of_another_text_is_an_alarm(log: Path, pack: Path, name: str) -> None:
    text, _, lines = (log / name).read_text().rpartition("\n\n")
    size = text.split("\n")[1]
    other = signed(Whole(entries(COUNT + 1)), int(size) + 1).decode().rpartition("\n\n")[2]
    (log / name).write_text(f"{text}\n\n{other}")
    assert lines != other
    assert refused(pack) == ("ALARM", "SIGNATURE_BAD")


def test_a_cosignature_of_another_time_is_an_alarm(log: Path, pack: Path) -> None:
    name = log / "checkpoints/256"
    *head, line, _ = name.read_text().split("\n")
    mark, witness, blob = line.split(" ")
    raw = bytearray(base64.b64decode(blob))
    raw[11] ^= 1
    name.write_text("\n".join([*head, f"{mark} {witness} {base64.b64encode(raw).decode()}", ""]))
    assert refused(pack) == ("ALARM", "SIGNATURE_BAD")


def test_lines_of_kinds_and_keys_that_nobody_here_knows_are_passed_over(
    log: Path, pack: Path
) -> None:
    """One of ML-DSA-44, whose signature has 2420 bytes, and one of a witness of later years."""
    for name, length in (("witness.example/pq", 4 + 8 + 2420), (f"{CITY}/witness/third", 76)):
        line = f"\u2014 {name} {base64.b64encode(bytes(length)).decode()}\n"
        for file in ("checkpoint", "checkpoints/256"):
            (log / file).write_bytes((log / file).read_bytes() + line.encode())
    assert found(pack)[:3] == ["HOLDS", "HOLDS", "SEEN"]


def test_the_auditors_own_keys_count_before_those_of_the_pack(pack: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.write_text(POLICY)
    assert found(pack, policy=policy)[-1] == "KEYS_GIVEN"
    policy.write_text(POLICY.replace("log city", "# log city"))
    assert refused(pack, policy=policy) == ("ALARM", "KEY_UNKNOWN")


def test_checkpoints_by_a_key_of_before_are_counted_and_compared_all_the_same(
    log: Path, pack: Path
) -> None:
    before, whole = key_of(f"{CITY}/log/lgwan", 9), Whole(entries(COUNT))
    made = checkpoint.sign(Checkpoint(before.name, 100, whole.root(100)), before)
    (log / "checkpoints/100").write_bytes(made)
    assert "OTHER_KEY" in found(pack)
    made = checkpoint.sign(Checkpoint(before.name, 100, whole.root(101)), before)
    (log / "checkpoints/100").write_bytes(made)
    assert refused(pack) == ("ALARM", "ROOT_DIFFERS", 3)


def test_an_entry_that_is_none_is_an_alarm_though_it_was_signed(tmp_path: Path) -> None:
    content = entries(5)
    other_station, spaced = entry(3, "registry"), content[3].replace(b":", b": ", 1)
    for wrong in (other_station, spaced, b"[" * 9000, b"1.5", b"", content[3][:-1]):
        pack = tmp_path / f"pack-{len(list(tmp_path.iterdir()))}"
        write_log(pack, [*content[:3], wrong, *content[4:]], "own")
        assert refused(pack) == ("ALARM", "ENTRY_MALFORMED", 3)


def test_a_log_that_was_left_needs_the_officers_statement(tmp_path: Path) -> None:
    for number, (event, wanted) in enumerate(
        [(Event.BUNDLE_SEALED, "ALARM"), (Event.VOID_ACCEPTED, "HOLDS")]
    ):
        pack, branch = tmp_path / str(number), entries(40, "registry")
        own = [*entries(9), entry(9, event=event)]
        write_log(pack, own, "own")
        write_log(pack, branch, "left", station="registry", folder="registry-left-0")
        again = [*branch[:30], *entries(60, "registry")[50:]]
        write_log(pack, again, "mirror", station="registry")
        said = found(pack)
        assert said[0] == wanted
        assert ("LEFT" if wanted == "HOLDS" else "FORK", 30) in said


def test_a_log_without_a_checkpoint_cannot_be_judged(pack: Path, log: Path) -> None:
    (log / "checkpoint").unlink()
    assert refused(pack) == ("UNREADABLE", "MISSING")
    fresh = pack.parent / "fresh"
    write_log(fresh, entries(4), "own", after=4)
    for name in ("checkpoint", "checkpoints/0"):
        (fresh / "logs/lgwan" / name).unlink()
    assert refused(fresh) == ("UNREADABLE", "UNSIGNED")


def test_missing_entries_are_named(pack: Path, log: Path) -> None:
    (log / "tile/entries/001").unlink()
    assert refused(pack) == ("ALARM", "ENTRIES_MISSING", 256)


def test_so_are_those_that_no_checkpoint_covers(pack: Path, log: Path) -> None:
    (log / "after/tile/entries/000.p/7").unlink()
    assert refused(pack) == ("ALARM", "ENTRIES_MISSING", COUNT - 7)


# --- hostile packs -----------------------------------------------------------


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def large(path: Path) -> None:
    """Make a file of a terabyte, most of which is a hole."""
    os.truncate(path, 2**40)


FILES = ["policy", "pack.json", "logs/lgwan/checkpoint", "logs/lgwan/checkpoints/256"]
FILES += ["logs/lgwan/tile/0/001", "logs/lgwan/tile/entries/000"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [pipe, large])
def test_no_device_and_no_endless_file_is_read(
    pack: Path, harm: Callable[[Path], None], name: str
) -> None:
    harm(pack / name)
    assert refused(pack) == ("UNREADABLE", "NOT_PLAIN")


@pytest.mark.parametrize("given", ["known", "policy"])
def test_nor_is_one_beside_the_pack(pack: Path, tmp_path: Path, given: str) -> None:
    os.mkfifo(tmp_path / "given")
    words = {"known": [tmp_path / "given"], "policy": tmp_path / "given"}
    assert refused(pack, **{given: words[given]}) == ("UNREADABLE", "NOT_PLAIN")


def test_no_folder_is_followed_for_ever(pack: Path) -> None:
    (pack / "/".join("a" * 30)).mkdir(parents=True)
    assert refused(pack) == ("UNREADABLE", "UNEXPECTED")


@pytest.mark.parametrize("name", [*FILES, "logs", "logs/lgwan/tile", "media.json"])
def test_no_link_is_followed(pack: Path, tmp_path: Path, name: str) -> None:
    put(pack / "media.json", b"{}")
    (pack / name).rename(tmp_path / "elsewhere")
    (pack / name).symlink_to(tmp_path / "elsewhere")
    assert refused(pack) == ("UNREADABLE", "NOT_PLAIN")


@pytest.mark.parametrize(
    "name",
    [
        *("extra", "cryptography.py", "logs/lgwan/tile/8/000", "logs/lgwan/tile/0/0000"),
        *("logs/lgwan/tile/0/002", "logs/LGWAN/checkpoint", "logs/lgwan/\x1b[2Jx", "trust/.hidden"),
        *("logs/other/tile/0/000", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o"),
    ],
)
def test_what_does_not_belong_in_a_pack_is_named(
    pack: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    put(pack / name, b"")
    assert refused(pack) == ("UNREADABLE", "UNEXPECTED")
    assert verify_log.main([str(pack)]) == verify_log.REFUSED
    assert "\x1b" not in capsys.readouterr().out


def document(**changed: object) -> dict[str, object]:
    log = {"after": 7, "folder": "lgwan", "kind": "own", "origin": f"{CITY}/log/lgwan", "size": 593}
    return {"format": 1, "logs": [log | changed], "mode": "training", "station": "lgwan"}


@pytest.mark.parametrize(
    "changed",
    [
        *({"size": 592}, {"size": -1}, {"size": True}, {"size": "593"}, {"size": 2**53}),
        *({"folder": ".."}, {"folder": "a/b"}, {"folder": ""}, {"kind": "mine"}, {"after": None}),
        *({"origin": f"{CITY}/log/registry"}, {"origin": "a b"}, {"origin": "\x1b[2J"}),
    ],
    ids=str,
)
def test_a_list_that_lies_is_refused(pack: Path, changed: dict[str, object]) -> None:
    list_logs(pack, document(**changed))
    verdict = found(pack)[0]
    assert verdict == "UNREADABLE", found(pack)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{}", b"[]", b"\xff", b"null", b"[" * 60_000, b'{"format":1,"logs":[]}'),
        *(b'{"format":2,"logs":[]}', b'{"format":1,"logs":[1]}', b'{"format": 1}'),
    ],
    ids=lambda text: text[:20],
)
def test_so_is_one_of_another_form(pack: Path, text: bytes) -> None:
    (pack / "pack.json").write_bytes(text)
    assert refused(pack) == ("UNREADABLE", "MALFORMED")


@pytest.mark.parametrize(
    "text",
    [
        *(b"\xff", b"log", b"log x+y+z", b"key x\n", POLICY.encode()[:60]),
        # A key id of another key.
        POLICY.replace(Vkey.of(KEYS["lgwan"][0]).key_id.hex(), "00000000").encode(),
        # A witness' key as a log's.
        POLICY.replace("witness ", "log ", 1).encode(),
    ],
)
def test_so_is_a_policy_of_another_form(pack: Path, text: bytes) -> None:
    (pack / "policy").write_bytes(text)
    assert refused(pack) == ("UNREADABLE", "MALFORMED")


@pytest.mark.parametrize(
    "harm",
    [
        lambda note: note[:-1],
        lambda note: note.replace(b"\n\n", b"\n"),
        lambda note: note.replace("—".encode(), b"-"),
        lambda note: note + note.splitlines(keepends=True)[-1] * 40,
        lambda note: note.replace(b"\n593\n", b"\n0593\n"),
        lambda note: b"\xff" + note,
        lambda note: note.replace(b"=\n", b"=\nextension\n", 1),
        lambda _: b"",
    ],
)
def test_so_is_a_note_of_another_form(
    pack: Path, log: Path, harm: Callable[[bytes], bytes]
) -> None:
    path = log / "checkpoint"
    path.write_bytes(harm(path.read_bytes()))
    assert refused(pack) == ("UNREADABLE", "MALFORMED")


def test_entries_longer_than_any_are_not_held(pack: Path, log: Path) -> None:
    """A length is 16 bits; nothing of ours is longer than 16 384 bytes."""
    path = log / "after/tile/entries/000.p/7"
    path.write_bytes(tiles.bundle_of([b"x" * 16_385, *entries(6)]))
    assert refused(pack) == ("ALARM", "ENTRIES_MISSING", COUNT - 7)


# --- by itself ---------------------------------------------------------------


def test_it_imports_nothing_but_python_and_cryptography() -> None:
    tree = ast.parse(Path(verify_log.__file__).read_text())
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    others = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert others == {"cryptography"}


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the file as it is shipped, where nothing of ours can be imported."""
    code = "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    blocked = f"import runpy, sys; sys.modules['mediabridge'] = None; {code}"
    return subprocess.run(
        [sys.executable, "-c", blocked, verify_log.__file__, *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment},
    )


def test_it_runs_alone_in_both_languages(pack: Path) -> None:
    done = run(pack, LANG="ja_JP.UTF-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "判定: すべて一致しました。" in done.stdout
    (pack / "logs/lgwan/checkpoint").unlink()
    done = run(pack, LANG="C.UTF-8")
    assert done.returncode == verify_log.REFUSED
    assert "VERDICT: cannot be judged." in done.stdout


def test_it_says_the_same_to_a_program(pack: Path) -> None:
    said = json.loads(run("--json", pack).stdout)
    assert said["verdict"] == "HOLDS"
    assert said["logs"][0]["events"] == {"bundle-sealed": COUNT}
    assert said["logs"][0]["root"] == Whole(entries(COUNT)).root(COUNT - 7).hex()


def test_root_of_what_is_not_signed_yet_is_said_as_well(pack: Path) -> None:
    """It is the one that a report of the station names."""
    findings = json.loads(run("--json", pack).stdout)["findings"]
    (said,) = [each for each in findings if each["code"] == "AFTER"]
    assert (said["count"], said["size"]) == (7, COUNT)
    assert base64.b64decode(said["root"]) == Whole(entries(COUNT)).root(COUNT)


@pytest.mark.parametrize("passphrase", [None, b"long enough"])
def test_an_auditor_becomes_a_witness(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: bytes | None
) -> None:
    key = Ed25519PrivateKey.generate()
    kept_by = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    pem = tmp_path / "auditor.pem"
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept_by))
    monkeypatch.setattr("getpass.getpass", lambda _: passphrase.decode() if passphrase else "")
    name = "auditor.example.jp/2026"
    words = ["--cosign", pem, "--name", name, "--keep", tmp_path, pack]
    assert verify_log.main(list(map(str, words))) == 0
    (kept,) = tmp_path.glob("*.checkpoint")
    seen = cosignature.open_cosigned(
        kept.read_bytes(), WitnessKey(name, key.public_key().public_bytes_raw())
    )
    assert seen.checkpoint.size == COUNT - 7
    # At the next audit it is what the log is held against, whoever signed it since.
    longer = tmp_path / "longer"
    write_log(longer, entries(2 * COUNT), "own")
    assert "KNOWN" in found(longer, known=(kept,))
    shorter = tmp_path / "shorter"
    write_log(shorter, entries(COUNT - 8), "own")
    assert refused(shorter, known=[kept]) == ("ALARM", "TRUNCATED")


def test_nobody_cosigns_what_does_not_hold(pack: Path, log: Path, tmp_path: Path) -> None:
    change(log / "tile/0/000", 0, b"\x00\x00")
    pem = tmp_path / "auditor.pem"
    key = Ed25519PrivateKey.generate()
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    words = ["--cosign", pem, "--name", "auditor", "--keep", tmp_path, pack]
    assert verify_log.main(list(map(str, words))) == verify_log.REFUSED
    assert not list(tmp_path.glob("*.checkpoint"))


def test_the_keys_are_shown_to_be_compared(pack: Path) -> None:
    said = "\n".join(verify_log.report(verify_log.verify([pack]), 0))
    assert all(key.name in said for pair in KEYS.values() for key in pair)
