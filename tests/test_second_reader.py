"""The golden bundles, read by the second reader and by the tools every system has."""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from second_reader import SPARE, Reader, Refused, check_events, check_prepared, open_bundle

from mediabridge.bundle.header import parse_header
from mediabridge.bundle.statements import prepared_of
from mediabridge.errors import TreeUnexpectedError
from mediabridge.media import staging, tree

VECTORS = Path(__file__).parent / "vectors" / "bundle"
MALFORMED = "MANIFEST_MALFORMED"


def _result(case: Path) -> str:
    result: str = json.loads((case / "expected.json").read_bytes())["result"]
    return result


EVERY = sorted(path for path in VECTORS.glob("*") if path.is_dir())
CASES = [case for case in EVERY if _result(case) != MALFORMED]
BUNDLE_NAMESPACE, APPROVE_NAMESPACE = "mediabridge-bundle-v1", "mediabridge-approve-v1"
PREPARED_NAMESPACE = "mediabridge-prepared-v1"

RequireTool = Callable[[str], str]


@dataclass(frozen=True)
class Golden:
    """A golden bundle: its folder, what it must say, and the reader it is meant for."""

    folder: Path
    allowed_signers: Path
    expected: dict[str, Any]
    reader: Reader


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def golden(request: pytest.FixtureRequest) -> Golden:
    case: Path = request.param
    return read(case)


def read(case: Path) -> Golden:
    (folder,) = (path for path in case.iterdir() if path.is_dir())
    allowed_signers = case / "allowed_signers"
    expected = json.loads((case / "expected.json").read_bytes())
    city = expected["city"]
    reader = Reader(
        station=expected["header"]["route"]["to"],
        mode=expected["header"]["mode"],
        city=city,
        mlkem_seed=bytes.fromhex(expected["recipient"]["mlkem_seed"]),
        p384_scalar=bytes.fromhex(expected["recipient"]["p384_scalar"]),
        stations=keys_for(allowed_signers, f"{BUNDLE_NAMESPACE}@{city}"),
        officers=keys_for(allowed_signers, f"{APPROVE_NAMESPACE}@{city}"),
        clerks=keys_for(allowed_signers, f"{PREPARED_NAMESPACE}@{city}"),
    )
    return Golden(folder, allowed_signers, expected, reader)


def keys_for(allowed_signers: Path, namespace: str) -> dict[str, str]:
    """Read who may sign in a namespace, and with which key."""
    line_format = r'^(\S+) .*?namespaces="([^"]*)".*? ((?:ssh-ed25519|ecdsa-sha2-nistp384) \S+)'
    lines = re.findall(line_format, allowed_signers.read_text(), re.MULTILINE)
    return {who: key for who, namespaces, key in lines if namespace in namespaces.split(",")}


def copy_of(golden: Golden, tmp_path: Path) -> Path:
    return shutil.copytree(golden.folder, tmp_path / golden.folder.name)


def refuses(folder: Path, reader: Reader) -> bool:
    try:
        open_bundle(folder, reader)
    except Refused:
        return True
    return False


def test_there_are_golden_bundles() -> None:
    results = set(map(_result, EVERY))
    assert results == {"opens", "counts", "SUMMARY_MISMATCH", MALFORMED}, VECTORS


def test_the_reader_shares_nothing_with_the_program() -> None:
    tree = ast.parse((Path(__file__).parent / "second_reader.py").read_bytes())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else ["." * node.level + (node.module or "")]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - sys.stdlib_module_names == {"cryptography", "rfc8785", "zstandard"}


def test_opens_and_says_what_is_expected(golden: Golden) -> None:
    bundle = open_bundle(golden.folder, golden.reader)
    expected = golden.expected
    assert expected["result"] in {"opens", "counts", "SUMMARY_MISMATCH"}
    assert bundle.header == expected["header"]
    assert bundle.header["route"]["from"] == expected["station"]
    assert sorted(bundle.approvers) == sorted(expected["approvers"])
    assert bundle.manifest["records"] == expected["records"]
    announced = bundle.manifest["recipient"]
    assert (announced and announced["announcement"]["number"]) == expected["announced"]
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in bundle.files.items()}
    assert digests == expected["files"]


def test_counts_the_reasons_event_by_event(golden: Golden) -> None:
    """Claim C31. Two of the golden bundles hold records; one of them is about others."""
    bundle = open_bundle(golden.folder, golden.reader)
    if golden.expected["result"] == "counts":
        check_events(bundle)
    elif golden.expected["result"] == "SUMMARY_MISMATCH":
        with pytest.raises(Refused, match=r"other reasons|another day"):
            check_events(bundle)


@pytest.mark.parametrize("case", [each for each in EVERY if each not in CASES], ids=str)
def test_refuses_what_is_said_of_software_if_it_is_of_another_sort(case: Path) -> None:
    """Claim C120. Everything else about these bundles is right."""
    malformed = read(case)
    with pytest.raises(Refused, match="software of another sort"):
        open_bundle(malformed.folder, malformed.reader)


LEFT = [
    ".DS_Store",
    "._part-0000.cob",
    "desktop.ini",
    "FSCK0000.REC",
    "$RECYCLE.BIN/",
    "FOUND.000/",
]
NOT_LEFT = [
    "autorun.inf",
    ".DS_Store/",
    "FOUND.000",
    "Thumbs.db.",
    "\uff0eDS_Store",
    "de\u017fktop.ini",
    "FSC\u212a0000.REC",
]


@pytest.mark.parametrize("name", LEFT)
def test_passes_over_what_desktops_leave(golden: Golden, tmp_path: Path, name: str) -> None:
    """Claim C58. Nothing of it becomes part of the bundle; the program says the same."""
    folder = copy_of(golden, tmp_path)
    before = open_bundle(folder, golden.reader)
    drop(folder, name)
    assert open_bundle(folder, golden.reader) == before
    assert is_staged(folder, tmp_path / "staging")
    assert {path.name for path in (tmp_path / "staging").iterdir()}.isdisjoint({name.rstrip("/")})


@pytest.mark.parametrize("name", NOT_LEFT)
def test_refuses_what_only_looks_like_it(golden: Golden, tmp_path: Path, name: str) -> None:
    """Claim C58. And so does the program."""
    folder = copy_of(golden, tmp_path)
    drop(folder, name)
    assert refuses(folder, golden.reader)
    assert not is_staged(folder, tmp_path / "staging")


def drop(folder: Path, name: str) -> None:
    """Put a file there, or a folder where the name ends like one, that nobody may look into."""
    if name.endswith("/"):
        (folder / name).mkdir(mode=0)
    else:
        (folder / name).write_bytes(b"x")
        (folder / name).chmod(0)


def is_staged(folder: Path, target: Path) -> bool:
    """Tell whether the program takes the folder for a bundle, as far as its names go."""
    target.mkdir()
    try:
        with tree.open_folder(str(folder)) as opened:
            staging.stage_folder(opened, folder.name, target)
    except TreeUnexpectedError:
        return False
    return True


def test_ssh_keygen_accepts_every_signature(golden: Golden, require_tool: RequireTool) -> None:
    ssh_keygen = require_tool("ssh-keygen")
    station, approvers = golden.expected["station"], golden.expected["approvers"]
    signatures = [("station", station, BUNDLE_NAMESPACE)]
    signatures += [(f"approve-{name}", name, APPROVE_NAMESPACE) for name in approvers]
    for file, principal, namespace in signatures:
        command = [ssh_keygen, "-Y", "verify", "-f", golden.allowed_signers, "-I", principal]
        command += ["-n", f"{namespace}@{golden.reader.city}"]
        command += ["-s", golden.folder / f"SHA256SUMS.{file}.sig"]
        with (golden.folder / "SHA256SUMS").open("rb") as message:
            done = subprocess.run(command, stdin=message, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_sha256sum_accepts_the_list(golden: Golden, require_tool: RequireTool) -> None:
    command = [require_tool("sha256sum"), "--strict", "-c", "SHA256SUMS"]
    done = subprocess.run(command, cwd=golden.folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_refuses_a_flipped_byte_in_any_file(golden: Golden, tmp_path: Path) -> None:
    folder = copy_of(golden, tmp_path)
    accepted = []
    for path in sorted(folder.iterdir()):
        if path.name == SPARE:
            continue
        whole = path.read_bytes()
        for at in (0, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            if not refuses(folder, golden.reader):
                accepted.append((path.name, at))
        path.write_bytes(whole)
    assert accepted == []
    open_bundle(folder, golden.reader)


def test_refuses_a_missing_file(golden: Golden, tmp_path: Path) -> None:
    folder = copy_of(golden, tmp_path)
    for path in sorted(folder.iterdir()):
        if ".approve-" in path.name or path.name == SPARE:
            continue
        aside = path.rename(tmp_path / "aside")
        assert refuses(folder, golden.reader), path.name
        aside.rename(path)
    open_bundle(folder, golden.reader)


def test_what_nobody_signs_may_be_anything(golden: Golden, tmp_path: Path) -> None:
    """It says only what stood elsewhere, and belongs where there is parity, nowhere else."""
    folder = copy_of(golden, tmp_path)
    has_parity = (folder / "parity.json").exists()
    assert (folder / SPARE).exists() is has_parity
    (folder / SPARE).write_bytes(b"anything")
    assert refuses(folder, golden.reader) is not has_parity


@pytest.mark.parametrize("name", ["autorun.inf", "part-0256.cob", "SHA256SUMS.approve-Sato.sig"])
def test_refuses_another_file(golden: Golden, tmp_path: Path, name: str) -> None:
    folder = copy_of(golden, tmp_path)
    (folder / name).write_bytes(b"")
    assert refuses(folder, golden.reader)


def test_refuses_a_link_to_the_right_file(golden: Golden, tmp_path: Path) -> None:
    folder = copy_of(golden, tmp_path)
    header = folder / "header.json"
    header.symlink_to(header.rename(tmp_path / "header.json"))
    assert refuses(folder, golden.reader)


def test_refuses_a_folder_of_another_name(golden: Golden, tmp_path: Path) -> None:
    folder = copy_of(golden, tmp_path)
    assert refuses(folder.rename(tmp_path / f"{folder.name}.partial"), golden.reader)


def test_refuses_for_another_reader(golden: Golden) -> None:
    reader = golden.reader
    station = golden.expected["station"]
    others = [
        replace(reader, station="another-01"),
        replace(reader, mode="training" if reader.mode == "live" else "live"),
        replace(reader, city="another.example"),
        replace(reader, mlkem_seed=bytes(64)),
        replace(reader, p384_scalar=bytes(47) + b"\1"),
        replace(reader, stations={}),
        replace(reader, stations={"another-01": reader.stations[station]}),
    ]
    if golden.expected["approvers"]:
        others.append(replace(reader, officers={}))
    if golden.expected["prepared"]:
        others += [replace(reader, clerks={}), replace(reader, clerks=another(reader.clerks))]
    assert all(refuses(golden.folder, other) for other in others)


def another(clerks: Mapping[str, str]) -> dict[str, str]:
    """Give each name another key of the same type."""
    key = Ed25519PrivateKey.generate().public_key()
    spelt = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return dict.fromkeys(clerks, spelt)


def test_reads_who_prepared_it(golden: Golden) -> None:
    """Claim C84. A live bundle says so signed, and about nothing but itself."""
    bundle = open_bundle(golden.folder, golden.reader)
    signature = bundle.manifest["prepared"]
    assert (signature is not None) is (golden.expected["prepared"] is not None)
    live = replace(golden.reader, mode="live")
    unsigned = {**bundle.manifest, "prepared": None}
    with pytest.raises(Refused, match="nobody signed"):
        check_prepared(unsigned, bundle.header, live)
    if signature is None:
        return
    assert bundle.manifest["operator"] == golden.expected["prepared"]
    for changed in (
        {**bundle.header, "summary": "0" * 64},
        {**bundle.header, "seq": 2},
        {**bundle.header, "bundle": "0" * 32},
        {**bundle.header, "route": {"from": "registry-01", "to": "lgwan-01"}},
    ):
        with pytest.raises(Refused, match="not by its operator"):
            check_prepared(bundle.manifest, changed, live)


def test_ssh_keygen_accepts_who_prepared_it(
    golden: Golden, tmp_path: Path, require_tool: RequireTool
) -> None:
    """Claim C84. The program's own statement, put together from the header alone."""
    bundle = open_bundle(golden.folder, golden.reader)
    operator, city = golden.expected["prepared"], golden.reader.city
    if operator is None:
        return
    (tmp_path / "prepared.sig").write_text(bundle.manifest["prepared"])
    command = [require_tool("ssh-keygen"), "-Y", "verify", "-f", golden.allowed_signers]
    command += ["-I", operator, "-n", f"{PREPARED_NAMESPACE}@{city}"]
    command += ["-s", tmp_path / "prepared.sig"]
    header = parse_header((golden.folder / "header.json").read_bytes())
    done = subprocess.run(
        command, input=prepared_of(operator, header), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
