"""Others' programs read what is exported here, and come to the same: Go's own, and OpenSSL.

Go's packages of the checksum database are in Debian as golang-golang-x-mod-dev. Proofs go both
ways: made there and verified here, and whatever is refused there is refused here.
"""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attacks.world import CITY_DOMAIN, World, make_sent_world, scratch
from standalone.packs import KEYS, entries, entry, put, write_log

from mediabridge.bench import Figure, audit, gotlog
from mediabridge.errors import LogProofError
from mediabridge.stations import auditing
from mediabridge.translog import merkle
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.translog.note import Vkey

pytestmark = pytest.mark.in_turns

LEAVES = 24
"""Trees of so many leaves have every shape of proof: perfect, lopsided, and one beyond each."""

Go = Callable[..., subprocess.CompletedProcess[str]]
Claims = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Give the way to the program, which is built once and where it is needed."""
    folder = tmp_path_factory.mktemp("go")

    @cache
    def build() -> Path:
        made = gotlog.build(folder)
        assert made is not None, gotlog.NEEDED
        return made

    return build


@pytest.fixture
def go(require_tool: Callable[[str], str], program: Callable[[], Path]) -> Go:
    require_tool("go")
    made = program()

    def run(*words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [made, *words], input=given, capture_output=True, text=True, check=False
        )

    return run


# --- a pack ------------------------------------------------------------------

COUNT = 600


@pytest.fixture
def log(tmp_path: Path) -> Path:
    write_log(tmp_path / "pack", entries(COUNT), "own", sizes=(3, 256, 400))
    return tmp_path / "pack/logs/lgwan"


VKEYS = (Vkey.of(KEYS["lgwan"][0]).encode(), WitnessKey.of(KEYS["registry"][1]).encode())


def test_go_finds_signatures_root_entries_and_consistency(go: Go, log: Path) -> None:
    done = go("pack", log, *VKEYS)
    assert done.returncode == 0, done.stdout
    said = json.loads(done.stdout)
    text = (log / "checkpoint").read_text().split("\n")
    assert (said["size"], said["root"]) == (COUNT, text[2])
    assert sorted(said["consistent"]) == [3, 256, 400, COUNT]
    log_name, witness_name = (vkey.partition("+")[0] for vkey in VKEYS)
    assert said["by"] == {log_name: 4, witness_name: 3}


@pytest.mark.parametrize("name", ["tile/entries/001", "tile/0/001", "tile/1/000.p/2", "checkpoint"])
def test_go_finds_one_flipped_byte(go: Go, log: Path, name: str) -> None:
    path = log / name
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0x02
    path.write_bytes(whole)
    assert go("pack", log, *VKEYS).returncode == 1


def test_go_names_the_entry_that_we_name(go: Go, log: Path) -> None:
    path = log / "tile/entries/001"
    changed = entry(300, event=Event.BUNDLE_REFUSED)
    data = path.read_bytes()
    old = entry(300)
    framed = len(changed).to_bytes(2, "big") + changed
    put(path, data.replace(len(old).to_bytes(2, "big") + old, framed))
    assert go("pack", log, *VKEYS).stdout == "entry 300 differs\n"


def test_go_can_be_asked_for_the_same_checks_of_every_entry(go: Go, tmp_path: Path) -> None:
    """That is what the speed of ours is held against."""
    wrong = entry(4).replace(b":", b": ", 1)
    for number, (content, said) in enumerate(
        [
            (entries(9), ""),
            ([*entries(4), wrong, *entries(9)[5:]], "entry 4 is none\n"),
            ([*entries(4), entry(4, "registry"), *entries(9)[5:]], "entry 4 is none\n"),
        ]
    ):
        pack = tmp_path / str(number)
        write_log(pack, content, "own")
        done = go("pack", pack / "logs/lgwan", *VKEYS, "lgwan")
        assert (done.returncode, done.stdout if said else "") == (int(bool(said)), said)
        assert go("pack", pack / "logs/lgwan", *VKEYS).returncode == 0


@pytest.mark.heavy
def test_the_bench_of_audits_stands_beside_it(
    go: Go, program: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert go("prove", "1").returncode == 0
    monkeypatch.setattr(gotlog, "build", lambda _: program())
    found = list(audit.run(tmp_path, 1, 1, tell=lambda _: None))
    assert all(isinstance(each, Figure) for each in found)
    assert [each.floor_name for each in found if "Go" in each.floor_name] == [
        "Go's tlog", "Go's tlog, the same checks of each entry", "Go's tlog",
    ]  # fmt: skip
    assert all(each.measured > 0 and each.floor > 0 for each in found if isinstance(each, Figure))


# --- what a station exports --------------------------------------------------


@pytest.fixture(scope="module")
def exported() -> Iterator[Path]:
    """Give the pack of a station whose bundle is on its way."""
    with scratch() as root:
        world: World = make_sent_world(Path(root, "world"))
        with world.lgwan() as station:
            auditing.export(station, Path(root, "pack"))
        yield Path(root, "pack")


def test_go_reads_the_export_of_a_station(go: Go, exported: Path) -> None:
    keys = dict(line.split()[-1].split("+", 1) for line in policy_of(exported))
    log, witness = (f"{CITY_DOMAIN}/{each}" for each in ("log/lgwan-01", "witness/registry-01"))
    done = go(
        "pack", exported / "logs/lgwan-01", f"{log}+{keys[log]}", f"{witness}+{keys[witness]}"
    )
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["by"] == {log: 1}


def policy_of(pack: Path) -> list[str]:
    lines = (pack / "policy").read_text().splitlines()
    assert lines.pop() == "quorum none"
    return lines


MANUAL = Path(__file__).parents[2] / "docs/ja/auditor.md"


def test_openssl_verifies_a_checkpoint_as_the_manual_says(
    require_tool: Callable[[str], str], exported: Path, tmp_path: Path
) -> None:
    require_tool("openssl")
    pack = shutil.copytree(exported, tmp_path / "pack")
    (script,) = (
        block
        for block in re.findall(r"```sh\n(.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)
        if "openssl pkeyutl" in block
    )
    # The manual's own paths, but for where it puts what it takes out.
    script = script.replace("/tmp/", f"{tmp_path}/")  # noqa: S108 - as printed there
    done = played(script, pack)
    assert done.stdout == "Signature Verified Successfully\n", done.stderr
    path = pack / "logs/lgwan-01/checkpoint"
    path.write_text(path.read_text().replace("/log/lgwan-01\n", "/log/lgwan-02\n", 1))
    assert "Signature Verification Failure" in played(script, pack).stdout


def played(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )


# --- the tree ----------------------------------------------------------------


def leaves(count: int = LEAVES) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % number) for number in range(count)]


@pytest.fixture
def proofs(go: Go) -> Claims:
    made = json.loads(go("prove", str(LEAVES)).stdout)
    return {
        name: [{**each, "Proof": each["Proof"] or []} for each in made[name]]
        for name in ("Inclusion", "Growth")
    } | {"Roots": made["Roots"]}


def test_proofs_and_roots_are_those_of_go(proofs: Claims) -> None:
    nodes = {}
    frontier = merkle.Frontier()
    for leaf, root in zip(leaves(), proofs["Roots"], strict=True):
        nodes |= {(node.level, node.position): node.digest for node in frontier.append(leaf)}
        assert frontier.root() == raw(root)
    assert len(proofs["Inclusion"]) == len(proofs["Growth"]) == LEAVES * (LEAVES + 1) // 2
    for each in proofs["Inclusion"]:
        ours = merkle.inclusion_proof(each["Old"], each["New"], lambda *place: nodes[place])
        assert ours == [raw(hash_) for hash_ in each["Proof"]]
    for each in proofs["Growth"]:
        ours = merkle.consistency_proof(each["Old"], each["New"], lambda *place: nodes[place])
        assert ours == [raw(hash_) for hash_ in each["Proof"]]


def test_every_damage_that_go_refuses_is_refused(go: Go, proofs: Claims) -> None:
    drawn = random.Random(6962)  # noqa: S311 - which damage is tried
    claims = {
        name: [
            damaged
            for each in drawn.sample(proofs[name], 40)
            for damaged in [each, *damages(each, drawn)]
        ]
        for name in ("Inclusion", "Growth")
    }
    theirs = json.loads(go("check", given=json.dumps(claims)).stdout)
    for name, verify in (("Inclusion", includes), ("Growth", grows)):
        # An empty old tree is no claim in Go's words; in those of RFC 9162 it is a prefix of all.
        pairs = [
            (each, wanted)
            for each, wanted in zip(claims[name], theirs[name], strict=True)
            if name == "Inclusion" or each["Old"] > 0
        ]
        assert {wanted for _, wanted in pairs} == {True, False}
        wrong = [each for each, wanted in pairs if verify(each) is not wanted]
        assert not wrong, wrong[:1]


def damages(claim: dict[str, Any], drawn: random.Random) -> Iterator[dict[str, Any]]:
    """Yield what can be wrong with a proof: each hash, its number, its order, sizes and roots."""
    proof = [raw(each) for each in claim["Proof"]]
    junk = drawn.randbytes(32)
    others = [
        *([*proof[:at], flipped(each, drawn), *proof[at + 1 :]] for at, each in enumerate(proof)),
        *([*proof[:at], each[:-1], *proof[at + 1 :]] for at, each in enumerate(proof[:1])),
        *([junk, *proof], [*proof, junk], [b"", *proof], proof[1:], proof[:-1], proof[::-1], []),
        *([raw(claim["From"]), *proof], [*proof, raw(claim["To"])]),
    ]
    for other in others:
        if other != proof:
            yield {**claim, "Proof": [shown(each) for each in other]}
    for name in ("From", "To"):
        for wrong in (junk, flipped(raw(claim[name]), drawn), b"", raw(claim[name])[:-1]):
            yield {**claim, name: shown(wrong)}
    for name in ("Old", "New"):
        for number in (claim[name] - 1, claim[name] + 1, claim[name] ^ 2, 0, claim[name] * 2):
            if number != claim[name]:
                yield {**claim, name: number}


def flipped(data: bytes, drawn: random.Random) -> bytes:
    at = drawn.randrange(8 * len(data))
    return (int.from_bytes(data) ^ 1 << at).to_bytes(len(data))


def includes(claim: dict[str, Any]) -> bool:
    proof = [raw(each) for each in claim["Proof"]]
    return holds(
        merkle.verify_inclusion,
        *(claim["Old"], claim["New"], raw(claim["From"]), proof, raw(claim["To"])),
    )


def grows(claim: dict[str, Any]) -> bool:
    proof = [raw(each) for each in claim["Proof"]]
    return holds(
        merkle.verify_consistency,
        *(claim["Old"], claim["New"], raw(claim["From"]), raw(claim["To"]), proof),
    )


def holds(verify: Callable[..., None], *claim: object) -> bool:
    try:
        verify(*claim)
    except LogProofError:
        return False
    return True


def raw(shown_: str) -> bytes:
    return base64.b64decode(shown_)


def shown(data: bytes) -> str:
    return base64.b64encode(data).decode()
