"""Second reader of bundle format 1, written from ``docs/format/bundle.md`` and nothing else.

It exists to show that the page is complete, so it shares no line with the program it checks.
It holds a whole bundle in memory and leaves out what a folder and a few keys cannot tell: the
trust data (validity of keys, number of approvals, allowed profiles), the order of bundles on
their route, the clock, the transfer log and, but for their reasons, the content of the records.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import itertools
import json
import re
import stat
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import rfc8785
import zstandard
from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP384R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PrivateKey, MLKEM1024PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM1024P384PrivateKey, Suite
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

MIB = 1 << 20
PIECE = 255 * MIB
STATION_SIGNATURE = "SHA256SUMS.station.sig"
APPROVAL = re.compile(r"SHA256SUMS\.approve-([a-z0-9][a-z0-9-]{0,30})\.sig")
VOID = re.compile(
    r"(void-[1-9][0-9]{0,9}-[1-9][0-9]{0,9})\.(?:json|([a-z0-9][a-z0-9-]{0,30})\.sig)"
)
INDEX, INDEX_COPY, SPARE = "parity.json", "parity-copy.json", "spare.json"
FILE_LIMITS = {
    re.compile(r"header\.json|keys\.json|SHA256SUMS|spare\.json"): MIB,
    re.compile(r"parity(-copy)?\.json"): 4 * MIB,
    re.compile(r"parity-[0-9]{2}\.rs"): 13 * 256 * MIB,
    re.compile(r"part-[0-9]{4}\.cob"): 256 * MIB,
    re.compile(re.escape(STATION_SIGNATURE)): 4096,
    APPROVAL: 4096,
    VOID: MIB,
}

# What section 1 has passed over: the name and, for a folder, the other type.
LEFT_BEHIND = {
    False: [
        r"\.ds_store", r"\._[^\x00-\x1f\x7f]+", r"\.apdisk", r"desktop\.ini", r"(eh)?thumbs\.db",
        r"fsck[0-9]{4}\.(rec|[0-9]{3})", r"(?-i:\.directory)", r"(?-i:\.nomedia)",
    ],
    True: [
        r"\.spotlight-v100", r"\.documentrevisions-v100", r"\.fseventsd", r"\.temporaryitems",
        r"\.trashes", r"system volume information", r"\$recycle\.bin", r"recycle[rd]",
        r"found\.[0-9]{3}", r"\.trash(-[0-9]{1,10})?", r"lost\+found", r"lost\.dir",
        r"\.android_secure",
    ],
}  # fmt: skip

# The shapes of the JSON documents, in the language of the function ``fits``.
HEX32, HEX64 = re.compile("[0-9a-f]{32}"), re.compile("[0-9a-f]{64}")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
NUMBER, POSITIVE = range(1 << 53), range(1, 1 << 53)
COUNTS = {str: NUMBER}
HEADER = {
    "format": 1,
    "profile": "hpke-mlkem1024p384-sha384-aes256gcm+cobblestone256+zstd",
    "bundle": HEX32,
    "mode": re.compile("live|training"),
    "route": {"from": str, "to": str},
    "seq": POSITIVE,
    "prev": HEX64,
    "created": str,
    "not_after": str,
    "parts": range(1, 257),
    "trust_version": POSITIVE,
    "summary": HEX64,
}
OUTSTANDING = {"outstanding": [{"seq": POSITIVE, "copies": list}]}
MEDIUM = re.compile(r"(?!(?:[^0-9]*[0-9]){8})[A-Z0-9][A-Za-z0-9-]{0,30}", re.ASCII)
KEYS = {"format": 1, "wraps": [re.compile("[A-Za-z0-9+/]{2284}")]}
FILE = {
    "name": NAME,
    "schema": str,
    "records": NUMBER,
    "size": range((1 << 34) + 1),
    "sha256": HEX64,
    "compression": "zstd",
    "stored": NUMBER,
}
RECEIPT = {"receipt": HEX32, "bundle": HEX32, "seq": POSITIVE, "file": NAME}
LOG = {
    "start": NUMBER,
    "size": NUMBER,
    "checkpoint": re.compile("(?s).{0,4096}"),
    "file": NAME,
    "peer_size": NUMBER,
    "peer_checkpoint": object,
}
ACKNOWLEDGED = {"acknowledged": re.compile("(?s).{0,4096}")}
"""The proof of where the log section starts, which is left out where there is none."""
ELSEWHERE = {"elsewhere": [re.compile("(?s).{0,4096}")]}
"""What other stations have cosigned of the sender's log, which is left out likewise."""
ANNOUNCED = {
    "announcement": {
        "format": 1,
        "mode": str,
        "station": str,
        "sender": str,
        "number": POSITIVE,
        "key": re.compile("[A-Za-z0-9+/]{2220}"),
        "replaces": [HEX64],
        "answers": {"seq": NUMBER, "sums_sha256": HEX64},
    },
    "signature": str,
}
MANIFEST = {
    "format": 1,
    "bundle": HEX32,
    "operator": str,
    "files": [FILE],
    "padding": NUMBER,
    "records": COUNTS,
    "receipts": [RECEIPT],
    "log": object,
    "recipient": object,
    "summary": object,
    "salt": HEX64,
    "prepared": object,
}


VOID_STATEMENT = {
    "format": 1,
    "city": str,
    "mode": re.compile("live|training"),
    "route": {"from": str, "to": str},
    "first": POSITIVE,
    "last": POSITIVE,
    "replaced_by": NUMBER,
    "prev": HEX64,
    "log": object,
    "reason": re.compile("STATION_RESTORED|MEDIUM_LOST|UNREADABLE|WRONG_CONTENT"),
    "time": str,
}

POPULATION = "isa_population/1"
SOFTWARE = "software/1"
OTHER_SCHEMAS = {"receipt/1", "translog/1", SOFTWARE}
DESCRIBED = {
    "name": re.compile(r"[a-z0-9][a-z0-9+.-]{1,62}"),
    "version": re.compile(r"[0-9][0-9A-Za-z.+~:-]{0,63}"),
    "sort": re.compile("program|antivirus|system"),
    "role": re.compile("any|agency|lgwan|registry"),
    "replaces": re.compile(r"([0-9][0-9A-Za-z.+~:-]{0,63})?"),
    "size": range(1, 2 * 1024 * MIB + 1),
    "sha256": HEX64,
}
NAMES_OF_SORT = {
    "program": {"mediabridge"},
    "antivirus": {"main.cvd", "daily.cvd", "bytecode.cvd"},
}
REASON_FIELDS = {
    "isa_notice/1": "event_code",
    "municipal_notice/1": "event_code",
    "residence_report/1": "report_kind",
    POPULATION: "art30_45_category",
}


class Refused(Exception):  # noqa: N818 - a refusal is the verdict on a bundle, not an error.
    """The bundle breaks the rule that the message names."""


@dataclass(frozen=True)
class Reader:
    """The reading station: who it is, its private key, and whose signatures it knows."""

    station: str
    mode: str
    city: str
    mlkem_seed: bytes
    p384_scalar: bytes
    stations: Mapping[str, str]
    officers: Mapping[str, str]
    clerks: Mapping[str, str]
    """Who may sign for having prepared a bundle."""


@dataclass(frozen=True)
class Bundle:
    """Everything an accepted bundle says."""

    header: dict[str, Any]
    manifest: dict[str, Any]
    files: dict[str, bytes]
    approvers: frozenset[str]


def open_bundle(folder: Path, reader: Reader) -> Bundle:
    """Read the folder, check it in the order of section 9 and return its content."""
    tree = read_tree(folder)
    parts = sorted(name for name in tree if name.startswith("part-"))
    need(len(parts) <= 256, "there are too many parts")
    covered = ["header.json", "keys.json", *(f"part-{i:04d}.cob" for i in range(len(parts) or 1))]
    needed = sorted(covered + names_of_parity(tree))
    need({*needed, "SHA256SUMS", STATION_SIGNATURE, *parts} <= tree.keys(), "a file is missing")
    besides = {"SHA256SUMS", STATION_SIGNATURE, *filter(APPROVAL.fullmatch, tree)}
    besides |= {SPARE} if INDEX in needed else set()
    besides |= set(filter(VOID.fullmatch, tree))
    need(tree.keys() <= {*needed, *besides}, "a file is there that does not belong")
    signers, approvers = check_signatures(tree, reader)
    sums = "".join(f"{sha256(tree[name])}  {name}\n" for name in needed)
    need(tree["SHA256SUMS"] == sums.encode(), "SHA256SUMS is not the list of these files")
    # A reader may leave this out; here it shows that the page says how parity is made.
    if INDEX in needed:
        check_parity(tree, covered)
    header = read_header(tree["header.json"])
    check_header(header, folder.name, signers, reader)
    for name in filter(VOID.fullmatch, tree):
        need(f"{VOID.fullmatch(name)[1]}.json" in tree, "a signature without its statement")  # type: ignore[index]
        if name.endswith(".json"):
            statement = read_void(name, tree, reader)
            need(statement["route"] == header["route"], "a statement about another route")
    need(header["parts"] == len(parts), "the header counts other parts")
    header_hash = hashlib.sha256(tree["header.json"]).digest()
    key = unwrap(parse(tree["keys.json"], KEYS, "keys.json")["wraps"], header_hash, reader)
    first, *pieces = decrypt([tree[name] for name in parts], key, header_hash)
    need(len(first) <= 16 * MIB, "the manifest is too large")
    manifest = parse(first, MANIFEST, "the manifest")
    check_manifest(manifest, header, approvers)
    check_prepared(manifest, header, reader)
    if manifest["recipient"] is not None:
        check_announcement(manifest["recipient"], header, reader)
    need(all(len(piece) == PIECE for piece in pieces[:-1]), "a piece is not of 255 MiB")
    need(all(0 < len(piece) <= PIECE for piece in pieces[-1:]), "the last piece is empty or long")
    return Bundle(header, manifest, unpack(manifest, b"".join(pieces)), approvers)


def read_void(name: str, files: Mapping[str, bytes], reader: Reader) -> dict[str, Any]:
    """Return the statement *name* of ``docs/format/void.md``; one officer at least signed it."""
    document = json.loads(files[name])
    log = {"size": POSITIVE, "root": HEX64}
    statement = parse(files[name], VOID_STATEMENT | {"log": log if document["log"] else None}, name)
    first, last, after = (statement[each] for each in ("first", "last", "replaced_by"))
    need(first <= last and not 0 < after <= last, "the numbers of a statement contradict")
    need(name == f"void-{first}-{last}.json", "a statement has another name")
    need(statement["city"] == reader.city, "a statement about another city")
    need(statement["mode"] == reader.mode, "a statement of another mode")
    restored = statement["reason"] == "STATION_RESTORED"
    need(restored is (statement["log"] is not None), "the log goes with a restored sender")
    namespace = f"mediabridge-void-v1@{reader.city}"
    signatures = [each for each in files if each.startswith(f"{name[:-5]}.") and each != name]
    signed = {
        officer
        for each in signatures
        for officer, key in reader.officers.items()
        if is_signed(files[each], files[name], namespace, key)
    }
    need(signed and len(signed) == len(signatures), "a statement is not signed by officers")
    return statement


def next_of_route(newest: tuple[int, str], statements: list[dict[str, Any]]) -> tuple[int, str]:
    """Return the number and ``prev`` of the next bundle, as section 4 of that page says."""
    number, head = newest
    for each in sorted(statements, key=lambda each: (each["first"], each["last"])):
        if each["first"] <= number + 1 <= each["last"]:
            number, head = each["last"], each["prev"]
    return number + 1, head


def names_of_parity(tree: Mapping[str, bytes]) -> list[str]:
    """Return the names that a bundle with so many files of parity must have."""
    columns = sum(re.fullmatch(r"parity-[0-9]{2}\.rs", name) is not None for name in tree)
    need(columns <= 10, "there is too much parity")
    files = [f"parity-{i:02d}.rs" for i in range(columns)]
    return [*files, INDEX, INDEX_COPY] if files else []


def check_parity(tree: Mapping[str, bytes], covered: list[str]) -> None:
    """Compute the parity of section 11, and its index, and compare."""
    files = [name for name in names_of_parity(tree) if name.endswith(".rs")]
    total = sum(len(tree[name]) for name in covered)
    block = 4096
    while 20 * -(-total // (20 * block)) > 1 << 18:
        block *= 2
    length = block * -(-total // (20 * block))
    stream = b"".join(tree[name] for name in covered).ljust(20 * length, b"\0")
    parity = parity_columns([stream], len(files), length)
    need([tree[name] for name in files] == parity, "the parity is another")
    everything = stream + b"".join(parity)
    blocks = [everything[at : at + block] for at in range(0, len(everything), block)]
    index = {
        "format": 1,
        "columns": len(files),
        "sizes": [len(tree[name]) for name in covered],
        "crc32": "".join(f"{zlib.crc32(each):08x}" for each in blocks),
    }
    spelt = rfc8785.dumps(index)
    need(tree[INDEX] == spelt == tree[INDEX_COPY], "the index of the parity is another")


def parity_columns(files: list[bytes], columns: int, length: int) -> list[bytes]:
    """Return the parity columns over *files*, laid into 20 columns of *length* bytes."""
    stream = b"".join(files).ljust(20 * length, b"\0")
    data = [stream[at : at + length] for at in range(0, 20 * length, length)]
    parity = []
    for row in range(20, 20 + columns):
        total = 0
        for number, column in enumerate(data):
            factor = next(x for x in range(256) if product(x, row ^ number) == 1)
            table = bytes(product(factor, x) for x in range(256))
            total ^= int.from_bytes(column.translate(table))
        parity.append(total.to_bytes(length))
    return parity


def product(one: int, other: int) -> int:
    """Multiply in GF(2^8) with the polynomial 0x11d."""
    found = 0
    while other:
        found ^= one * (other & 1)
        one, other = one << 1 ^ (0x11D if one & 0x80 else 0), other >> 1
    return found


def read_tree(folder: Path) -> dict[str, bytes]:
    """Read every file once, each under a name and within the limit that section 1 gives."""
    tree = {}
    for path in folder.iterdir():
        limit = next((FILE_LIMITS[name] for name in FILE_LIMITS if name.fullmatch(path.name)), -1)
        status = path.lstat()
        if is_left_behind(path.name, status.st_mode):
            continue
        need(stat.S_ISREG(status.st_mode), "the folder holds something that is no regular file")
        need(status.st_size <= limit, "a file has another name or is too large")
        tree[path.name] = path.read_bytes()
    return tree


def is_left_behind(name: str, mode: int) -> bool:
    """Tell whether a desktop left it, so that it is passed over unread."""
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return False
    names = LEFT_BEHIND[stat.S_ISDIR(mode)]
    return any(re.fullmatch(each, name, re.ASCII | re.IGNORECASE) for each in names)


def check_signatures(tree: Mapping[str, bytes], reader: Reader) -> tuple[set[str], frozenset[str]]:
    """Return the station whose signature this is and the officers who approved."""
    sums, namespace = tree["SHA256SUMS"], f"mediabridge-bundle-v1@{reader.city}"
    signature = tree[STATION_SIGNATURE]
    known = reader.stations.items()
    signers = {name for name, key in known if is_signed(signature, sums, namespace, key)}
    need(signers, "no known station signed the bundle")
    approvals = {match[1]: match[0] for match in map(APPROVAL.fullmatch, tree) if match}
    need(len(approvals) <= 16, "there are too many approvals")
    need(approvals.keys() <= reader.officers.keys(), "an unknown officer approved")
    namespace = f"mediabridge-approve-v1@{reader.city}"
    for name, file in approvals.items():
        good = is_signed(tree[file], sums, namespace, reader.officers[name])
        need(good, "an approval is not signed by its officer")
    return signers, frozenset(approvals)


def is_signed(armor: bytes, message: bytes, namespace: str, openssh_key: str) -> bool:
    """Tell whether this is the one spelling of a good SSHSIG signature by this key.

    Everything in the file but the numbers of the signature is known beforehand, so the file is
    built anew around them and compared, rather than taken apart.
    """
    common = [namespace.encode(), b"", b"sha512"]
    signed = b"SSHSIG" + strings(*common, hashlib.sha512(message).digest())
    kind, _, spelt = openssh_key.partition(" ")
    public = base64.b64decode(spelt)
    known = b"SSHSIG" + struct.pack(">I", 1) + strings(public, *common)
    try:
        tail = base64.b64decode(b"".join(armor.split(b"\n")[1:-2]))[len(known) :]
        packed = signature_of(kind, tail, load_ssh_public_key(openssh_key.encode()), signed)
    except (ValueError, InvalidSignature):
        return False
    blob = known + strings(strings(kind.encode(), packed))
    lines = re.findall("(.{1,70})", base64.b64encode(blob).decode())
    begin, end = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
    return armor == "".join(f"{line}\n" for line in (begin, *lines, end)).encode()


def signature_of(kind: str, tail: bytes, key: object, signed: bytes) -> bytes:
    """Return the good signature at the end of a file in the one way to write it.

    Raises ValueError or InvalidSignature when there is none.
    """
    start = 4 + 4 + len(kind) + 4
    if isinstance(key, Ed25519PublicKey):
        key.verify(tail[start:], signed)
        return tail[start:]
    if not isinstance(key, EllipticCurvePublicKey) or kind != "ecdsa-sha2-nistp384":
        raise ValueError(kind)
    middle = start + 4 + int.from_bytes(tail[start : start + 4])
    r = int.from_bytes(tail[start + 4 : middle], signed=True)
    s = int.from_bytes(tail[middle + 4 :], signed=True)
    key.verify(encode_dss_signature(r, s), signed, ECDSA(SHA384()))
    return strings(*(number.to_bytes(number.bit_length() // 8 + 1) for number in (r, s)))


def strings(*values: bytes) -> bytes:
    """Concatenate the values as SSH strings, each after its length."""
    return b"".join(struct.pack(">I", len(value)) + value for value in values)


def read_header(data: bytes) -> dict[str, Any]:
    """Read the header, with or without the member that it need not have."""
    there = b'"outstanding":[' in data
    header = parse(data, HEADER | OUTSTANDING if there else HEADER, "header.json")
    earlier = header.get("outstanding", [{"seq": 0, "copies": []}])
    need(0 < len(earlier) <= 64, "outstanding is empty or too long")
    numbers = [each["seq"] for each in earlier]
    need(numbers == sorted({*numbers}), "outstanding does not rise")
    need(numbers[-1] < header["seq"], "outstanding names this bundle or a later one")
    for copies in (each["copies"] for each in earlier):
        need(len(copies) <= 8, "a number has too many copies")
        for copy in copies:
            medium = type(None) if isinstance(copy, dict) and copy.get("medium") is None else MEDIUM
            need(fits(copy, {"at": str, "medium": medium}), "a copy is described otherwise")
            check_time(copy["at"])
    return header


def check_time(spelt: str) -> None:
    """Check that a time is one, in the only spelling there is."""
    with refusing("a date is wrong", ValueError):
        date = datetime.fromisoformat(spelt)
    need(f"{date:%Y-%m-%dT%H:%M:%SZ}" == spelt, "a date is spelled differently")


def check_header(header: dict[str, Any], folder: str, signers: set[str], reader: Reader) -> None:
    """Check the header against the folder, the signature and the reading station."""
    need(header["bundle"] == folder, "the folder bears another name")
    need(header["mode"] == reader.mode, "the bundle is of another mode")
    need(header["route"]["to"] == reader.station, "the bundle goes to another station")
    need(header["route"]["from"] in signers, "another station than the sender signed the bundle")
    need(header["seq"] > 1 or header["prev"] == "0" * 64, "the first bundle has a predecessor")
    for name in ("created", "not_after"):
        check_time(header[name])
    need(header["created"] <= header["not_after"], "the bundle ends before it begins")


def unwrap(wraps: list[str], header_hash: bytes, reader: Reader) -> bytes:
    """Try the private key on every wrap and return the bundle key."""
    need(1 <= len(wraps) <= 64, "there are no wraps or too many")
    suite = Suite(KEM.MLKEM1024_P384, KDF.HKDF_SHA384, AEAD.AES_256_GCM)
    lattice = MLKEM1024PrivateKey.from_seed_bytes(reader.mlkem_seed)
    curve = derive_private_key(int.from_bytes(reader.p384_scalar), SECP384R1())
    private_key = MLKEM1024P384PrivateKey(lattice, curve)
    found = set()
    for wrap in map(base64.b64decode, wraps):
        try:
            found.add(suite.decrypt(wrap, private_key, info=b"mediabridge/1/wrap\0" + header_hash))
        except InvalidTag:
            continue
    need(len(found) == 1, "no wrap opens, or two open to different keys")
    return found.pop()


def decrypt(parts: list[bytes], key: bytes, header_hash: bytes) -> list[bytes]:
    """Decrypt every part to its end before anything looks at the content of one."""
    plain = []
    for index, part in enumerate(parts):
        place = struct.pack(">II", index, len(parts))
        decryptor = Cobblestone256Decryptor(key, b"mediabridge/1/part\0" + header_hash + place)
        with refusing("a part does not decrypt", InvalidTag):
            plain.append(decryptor.update(part) + decryptor.finalize())
    return plain


def check_manifest(
    manifest: dict[str, Any], header: dict[str, Any], approvers: frozenset[str]
) -> None:
    """Check the manifest against the header and the approvals, and its counts with each other."""
    files, summary = manifest["files"], manifest["summary"]
    schemas = {file["name"]: file["schema"] for file in files}
    need(manifest["bundle"] == header["bundle"], "the manifest belongs to another bundle")
    need(manifest["operator"] not in approvers, "the operator approved the bundle")
    need(len(files) <= 4096, "there are too many files")
    need(len(schemas) == len(files), "two files have one name")
    log = manifest["log"]
    members = dict(LOG)
    for optional in (ACKNOWLEDGED, ELSEWHERE):
        members |= optional if isinstance(log, dict) and optional.keys() <= log.keys() else {}
    need(fits(log, members), "the log section has other members")
    need(0 < len(log.get("elsewhere", "1")) <= 16, "none or too many have cosigned elsewhere")
    need(schemas.get(manifest["log"]["file"]) == "translog/1", "the log file is missing")
    seen = manifest["log"]["peer_checkpoint"]
    need(seen is None or fits(seen, LOG["checkpoint"]), "a cosigned checkpoint is no text")
    for receipt in manifest["receipts"]:
        need(schemas.get(receipt["file"]) == "receipt/1", "the file of a receipt is missing")

    records: Counter[str] = Counter()
    for file in files:
        if file["schema"] not in OTHER_SCHEMAS:
            records[file["schema"].removesuffix("/1")] += file["records"]
    need(records == Counter(manifest["records"]), "the records are counted wrongly")
    of_records = [each for each in schemas.values() if each not in OTHER_SCHEMAS]
    population = POPULATION in of_records
    need(not population or len(of_records) == 1, "something lies beside a full population")
    shape: dict[str, object] = {
        "bundle": header["bundle"],
        "route": header["route"],
        "seq": header["seq"],
        "operator": manifest["operator"],
        "records": manifest["records"],
        "events": COUNTS,
        "files": len(files),
        "size": sum(file["size"] for file in files),
        "receipts": len(manifest["receipts"]),
        "previous_records": NUMBER,
        "content": sha256("".join(f"{f['sha256']}  {f['name']}\n" for f in files).encode()),
    }
    if population:
        shape["as_of"] = str
    software = [file for file in files if file["schema"] == SOFTWARE]
    if software:
        shape["software"] = [DESCRIBED]
        need(not any(file["records"] for file in software), "software has no records")
        need(not of_records, "software lies beside records")
    need(fits(summary, shape), "the summary is not about this bundle")
    told = [(each["sha256"], each["size"]) for each in summary.get("software", [])]
    need(told == [(file["sha256"], file["size"]) for file in software], "of other software")
    need(len(set(told)) == len(told) <= 16, "software is there twice, or too much of it")
    for each in summary.get("software", []):
        names = NAMES_OF_SORT.get(each["sort"], {each["name"]})
        need(each["name"] in names, "software of another sort")
    seal = sha256(bytes.fromhex(manifest["salt"]) + rfc8785.dumps(summary))
    need(header["summary"] == seal, "the summary is not the one in the header")


def check_prepared(manifest: dict[str, Any], header: dict[str, Any], reader: Reader) -> None:
    """Check who prepared the bundle, by the person's own signature; a live one needs it."""
    signature, operator = manifest["prepared"], manifest["operator"]
    if signature is None:
        need(reader.mode == "training", "nobody signed for having prepared the bundle")
        return
    need(isinstance(signature, str), "the signature on having prepared the bundle is no text")
    need(operator in reader.clerks, "an unknown person prepared the bundle")
    statement = {
        "bundle": header["bundle"],
        "format": 1,
        "person": operator,
        "route_from": header["route"]["from"],
        "route_to": header["route"]["to"],
        "seq": header["seq"],
        "statement": "prepared",
        "summary": header["summary"],
    }
    namespace = f"mediabridge-prepared-v1@{reader.city}"
    message, key = rfc8785.dumps(statement), reader.clerks[operator]
    good = is_signed(signature.encode(), message, namespace, key)
    need(good, "the signature on having prepared the bundle is not by its operator")


def check_announcement(announced: object, header: dict[str, Any], reader: Reader) -> None:
    """Check the recipient key that the sender announces for what comes back (section 12)."""
    need(fits(announced, ANNOUNCED), "the announcement has other members than the format says")
    assert isinstance(announced, dict)
    says, route = announced["announcement"], header["route"]
    need((says["station"], says["sender"]) == (route["from"], route["to"]), "of another route")
    need(says["mode"] == header["mode"], "the announcement is of another mode")
    need(says["number"] <= header["seq"], "the announcement has a number of the future")
    need(1 <= len(says["replaces"]) <= 64, "the announcement replaces no key, or too many")
    need(says["replaces"] == sorted(set(says["replaces"])), "replaced keys are not in order")
    key = base64.b64decode(says["key"])
    with refusing("the announced key is none", ValueError):
        MLKEM1024PublicKey.from_public_bytes(key[:1568])
        EllipticCurvePublicKey.from_encoded_point(SECP384R1(), key[1568:])
    need(len(key) == 1665, "the announced key has another length")
    namespace = f"mediabridge-recipient-v1@{reader.city}"
    signature, signer = announced["signature"].encode(), reader.stations[route["from"]]
    good = is_signed(signature, rfc8785.dumps(says), namespace, signer)
    need(good, "the announcement is not signed by the sender")


def unpack(manifest: dict[str, Any], stream: bytes) -> dict[str, bytes]:
    """Cut the data stream into the files and decompress them."""
    files, at = {}, 0
    for entry in manifest["files"]:
        end = at + entry["stored"]
        need(end <= len(stream), "the data stream is too short")
        files[entry["name"]] = decompress(stream[at:end], entry["size"])
        need(sha256(files[entry["name"]]) == entry["sha256"], "a file has another digest")
        at = end
    need(len(stream) - at == manifest["padding"], "the data stream has another length")
    need(not any(stream[at:]), "the padding is not zero")
    return files


def check_events(bundle: Bundle) -> None:
    """Count the records by reason, as step 9 says, and compare with what the officer saw."""
    events: Counter[str] = Counter()
    for entry in bundle.manifest["files"]:
        if entry["schema"] in REASON_FIELDS:
            rows = csv.DictReader(bundle.files[entry["name"]].decode().splitlines())
            for row in rows:
                events[row[REASON_FIELDS[entry["schema"]]]] += 1
                told = bundle.manifest["summary"].get("as_of", row.get("as_of"))
                need(told == row.get("as_of"), "the officer was shown another day")
    shown = bundle.manifest["summary"]["events"]
    need(shown == dict(events), "the officer was shown other reasons than those of the records")


def decompress(stored: bytes, size: int) -> bytes:
    """Unpack one Zstandard frame, in steps so small that an oversized one does no harm."""
    need(size <= max(MIB, 200 * len(stored)), "a file is packed too tightly")
    need(stored.startswith(zstandard.FRAME_HEADER), "a file is not one Zstandard frame")
    plain = bytearray()
    with refusing("a file is not one Zstandard frame", zstandard.ZstdError):
        window = zstandard.get_frame_parameters(stored).window_size
        need(window <= 8 * MIB, "a file needs too large a window")
        frame = zstandard.ZstdDecompressor(max_window_size=8 * MIB).decompressobj()
        for at in range(0, len(stored), 1024):
            plain += frame.decompress(stored[at : at + 1024])
            need(len(plain) <= size, "a file unpacks to more than its size")
    need(frame.eof and not frame.unused_data, "a file is not one Zstandard frame")
    need(len(plain) == size, "a file unpacks to less than its size")
    return bytes(plain)


def parse(data: bytes, shape: object, name: str) -> dict[str, Any]:
    """Parse a canonical JSON document of the given shape."""
    need(depth(data) <= 32, f"{name} is nested too deeply")
    with refusing(f"{name} is not canonical JSON", ValueError):
        value: dict[str, Any] = json.loads(data.decode(), parse_float=not_whole)
        need(rfc8785.dumps(value) == data, f"{name} is not canonical JSON")
    need(fits(value, shape), f"{name} has other members than the format says")
    return value


def depth(data: bytes) -> int:
    """Return how many arrays and objects lie inside one another, brackets in strings left out."""
    brackets = re.sub(rb'"([^"\\]|\\.)*"', b"", data)
    levels = itertools.accumulate((b in b"[{") - (b in b"]}") for b in brackets)
    return max(levels, default=0)


def not_whole(number: str) -> NoReturn:
    """Stop at a number that is not whole; RFC 8785 by itself has a spelling for it."""
    raise ValueError(number)


def fits(value: object, shape: object) -> bool:
    """Tell whether a JSON value is of a shape.

    A shape is a type, a pattern for a whole string, a range for a number, an object of exactly
    these members (or, with the type ``str`` for a key, of any members), a list with the shape of
    its items, or else the value itself.
    """
    match shape:
        case type():
            return isinstance(value, shape)
        case re.Pattern():
            return isinstance(value, str) and bool(shape.fullmatch(value))
        case range():
            return type(value) is int and value in shape
        case [item]:
            return isinstance(value, list) and all(fits(element, item) for element in value)
        case dict() if isinstance(value, dict):
            members = dict.fromkeys(value, shape[str]) if str in shape else shape
            return value.keys() == members.keys() and all(fits(value[k], members[k]) for k in value)
    return type(value) is type(shape) and value == shape


def sha256(data: bytes) -> str:
    """Return the digest in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def need(condition: object, reason: str) -> None:
    """Refuse the bundle for this reason unless the condition holds."""
    if not condition:
        raise Refused(reason)


@contextmanager
def refusing(reason: str, *errors: type[Exception]) -> Iterator[None]:
    """Turn these errors into a refusal."""
    try:
        yield
    except errors as error:
        raise Refused(reason) from error
