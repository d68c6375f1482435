"""Second reader of cosigned checkpoints, written from ``docs/format/transfer-log.md`` alone.

It shares no line with the program it checks, and needs nothing but Python and an Ed25519 library.
It reads sections 3 to 7 of the page: what a bundle says of both logs, and of its own sealing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS = b"\x01", b"\x04"
CHECKPOINT = re.compile(r"([^\s+]+)\n(0|[1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\n")
LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n")


class Refused(Exception):  # noqa: N818 - a refusal is the verdict, not an error.
    """What is refused, by its reason."""


@dataclass(frozen=True)
class Own:
    """What the receiver knows of its own log: its roots by size, and the notes it signed."""

    origin: str
    roots: Mapping[int, bytes]
    signed: Sequence[str]


@dataclass(frozen=True)
class Seen:
    """What the witness has seen: so many entries, at this time in seconds since 1970."""

    size: int
    time: int


def seen_by(witness: str, own: Own, *, note: str | None, size: int, before: int) -> Seen | None:
    """Check what a bundle carries of *own*, in the order of section 7; None for nothing yet.

    *witness* is the vkey of the sender's witness key, *before* what it had cosigned last.
    """
    seen = None
    if note is not None:
        seen, root = read_cosigned(note, witness, own.origin)
        need(seen.size == size, "COSIGNATURE_INVALID")  # 3
        need(own.roots.get(seen.size) == root, "PEER_MIRROR_DIFFERS")  # 4
        here = [one for one in own.signed if one.split("\n")[1] == str(size)]
        need(any(note.startswith(one) for one in here), "PEER_MIRROR_DIFFERS")  # 5
    need(note is not None or size == 0, "COSIGNATURE_INVALID")  # 3
    need(size >= before, "WITNESS_STATE_LOST")  # 6
    return seen


def verdict(
    keys: tuple[str, str],
    held: Sequence[bytes],
    own: Own,
    case: Mapping[str, Any],
    others: Sequence[str] = (),
) -> tuple[Any, ...]:
    """Return the verdict of section 6 on a bundle, and the first entry that differs, if known.

    *keys* are the vkeys of the sender's log and of the reader's witness, *held* the mirror's
    entries, *others* the vkeys of the other witnesses. Of the form of an entry (section 2)
    nothing is read here.
    """
    log, witness = keys
    size, start, new = len(held), case["start"], case["seq"] > case["seen"]
    check_log_signature(case["checkpoint"], log)  # 1
    told = CHECKPOINT.fullmatch(case["checkpoint"].partition("\n\n")[0] + "\n")
    need(told, "LOG_SECTION_INVALID")
    assert told is not None
    there, wanted = int(told[2]), base64.b64decode(told[3])
    acknowledged = proved(case, log, witness, size)
    elsewhere = cosigned_elsewhere(case, log, others)
    if start > size:  # 2
        return "WITNESS_STATE_LOST", size
    other = acknowledged not in {None, root(held[:start])}  # 3
    if there < start:
        same = root(held[:there]) == wanted and not other
        return ("TRUNCATED", there) if same else ("REWRITE", None)
    sent = [entry.encode() for entry in case["entries"]]
    need(len(sent) == there - start, "LOG_SECTION_INVALID")
    if other or root([*held[:start], *sent]) != wanted:
        need(start, "LOG_SECTION_INVALID")
        return "REWRITE", None
    for index, (mine, theirs) in enumerate(zip(held[start:], sent, strict=False), start):  # 4
        if mine != theirs:
            return "FORK", index
    if new and there <= size:  # 5
        return "TRUNCATED", there
    alarm = own_verdict(own, case, new=new)  # 6
    whole = [*held[:start], *sent]
    return alarm or forked(case, whole, elsewhere) or ("NEW" if new else "STALE", None)  # 7, 8


def cosigned_elsewhere(
    case: Mapping[str, Any], log: str, others: Sequence[str]
) -> Mapping[str, tuple[int, bytes]]:
    """Return size and root that each of the *others* has cosigned of the sender's log."""
    found: dict[str, tuple[int, bytes]] = {}
    for note in case["elsewhere"]:
        try:
            check_log_signature(note, log)
            lines = LINE.findall(note.rpartition("\n\n")[2])
            known = [each for each in others if any(is_by(line, each) for line in lines)]
            need(len(known) < 2, "LOG_SECTION_INVALID")
            for witness in known:
                need(witness not in found, "LOG_SECTION_INVALID")
                seen, told = read_cosigned(note, witness, log.partition("+")[0])
                found[witness] = seen.size, told
        except Refused:
            reason = "LOG_SECTION_INVALID"
            raise Refused(reason) from None
    return {key.partition("+")[0]: told for key, told in found.items()}


def is_by(line: tuple[str, str], witness: str) -> bool:
    """Tell whether a signature line names this key of a witness."""
    name, key_id, _ = key_of(witness, WITNESS)
    return line[0] == name and base64.b64decode(line[1])[:4] == key_id


def forked(
    case: Mapping[str, Any], whole: Sequence[bytes], elsewhere: Mapping[str, tuple[int, bytes]]
) -> tuple[str, int | None] | None:
    """Return the alarm about what others have cosigned, if it is not of the log *whole*."""
    for witness, (size, told) in elsewhere.items():
        if size > len(whole) or root(whole[:size]) != told:
            last = min(size - 1, len(whole))
            before = case["cosigned_elsewhere"].get(witness, 0)
            first = before if before <= last else 0
            return "FORK", first if first == last else None
    return None


def proved(case: Mapping[str, Any], log: str, witness: str, held: int) -> bytes | None:
    """Return the root that the reader acknowledged, where that is proved (1 of section 6)."""
    note, start = case["acknowledged"], case["start"]
    if note is None:
        since = case["proves_from"]
        need(start <= held and not (start and 0 < since <= case["seq"]), "LOG_SECTION_INVALID")
        return None
    try:
        seen, acknowledged = read_cosigned(note, witness, log.partition("+")[0])
        check_log_signature(note, log)
    except Refused:
        reason = "LOG_SECTION_INVALID"
        raise Refused(reason) from None
    need(seen.size == start, "LOG_SECTION_INVALID")
    return acknowledged


def own_verdict(own: Own, case: Mapping[str, Any], *, new: bool) -> tuple[str, int | None] | None:
    """Return the alarm about the reader's own log, if there is one (4 to 6 of section 7)."""
    seen, note = case["peer_size"], case["peer_checkpoint"]
    if seen >= len(own.roots):
        size = len(own.roots) - 1
        return "PEER_MIRROR_DIFFERS", size if case["before"] == size else None
    here = [one for one in own.signed if one.split("\n")[1] == str(seen)]
    if note is not None and not any(note.startswith(one) for one in here):
        return "PEER_MIRROR_DIFFERS", None
    if new and seen < case["before"]:
        return "WITNESS_STATE_LOST", seen
    return None


def check_sealing(
    header: Mapping[str, Any], manifest: Mapping[str, Any], case: Mapping[str, Any]
) -> None:
    """Check that a section ends with the sealing of the bundle that brings it (section 6)."""
    entries = [json.loads(each) for each in case["entries"]]
    sealings = [each for each in entries if each["event"] == "bundle-sealing"]
    if not sealings:
        since = case["begins_from"]
        need(since == 0 or since > header["seq"], "LOG_SAYS_OTHERWISE")
        return
    last = entries[-1]
    need(last is sealings[-1], "LOG_SAYS_OTHERWISE")
    own = [each for each in sealings if each["facts"].get("bundle") == header["bundle"]]
    need(len(own) == 1, "LOG_SAYS_OTHERWISE")
    files = [each for each in manifest["files"] if each["schema"] != "translog/1"]
    lines = "".join(f"{each['sha256']}  {each['name']}\n" for each in files)
    wanted = {
        "bundle": header["bundle"],
        "route_from": header["route"]["from"],
        "route_to": header["route"]["to"],
        "seq": header["seq"],
        "prev": header["prev"],
        "records": sum(manifest["records"].values()),
        "kinds": [f"{kind}:{manifest['records'][kind]}" for kind in sorted(manifest["records"])],
        "files": len(files),
        "receipts": manifest["receipts"],
        "content": hashlib.sha256(lines.encode()).hexdigest(),
        "peer_size": manifest["peer_size"],
        "peer_root": manifest["peer_root"],
    }
    said = {name: last["facts"].get(name) for name in wanted}
    need(said == wanted, "LOG_SAYS_OTHERWISE")
    need(last["actor"] == manifest["operator"], "LOG_SAYS_OTHERWISE")


def root(entries: Sequence[bytes]) -> bytes:
    """Return the root over entries (section 3)."""
    if len(entries) < 2:
        return hashlib.sha256(b"".join(b"\0" + entry for entry in entries)).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    halves = root(entries[:split]) + root(entries[split:])
    return hashlib.sha256(b"\x01" + halves).digest()


def read_cosigned(note: str, witness: str, origin: str) -> tuple[Seen, bytes]:
    """Return size and time of a cosigned checkpoint of the log *origin*, and its root (1, 2)."""
    head, blank, tail = note.rpartition("\n\n")
    lines = LINE.findall(tail)
    need(
        blank and "".join(f"— {name} {blob}\n" for name, blob in lines) == tail,
        "COSIGNATURE_INVALID",
    )
    text = head + "\n"
    time = time_of(text, lines, witness)
    told = CHECKPOINT.fullmatch(text)
    need(told and told[1] == origin, "COSIGNATURE_INVALID")
    assert told is not None
    return Seen(int(told[2]), time), base64.b64decode(told[3])


def time_of(text: str, lines: Sequence[tuple[str, str]], witness: str) -> int:
    """Return the time in the one line of *witness*, once its signature was found good."""
    name, key_id, public = key_of(witness, WITNESS)
    blobs = [base64.b64decode(blob) for who, blob in lines if who == name]
    own = [blob[4:] for blob in blobs if blob[:4] == key_id]
    need(len(own) == 1 and len(own[0]) == 8 + 64, "COSIGNATURE_INVALID")
    time = int.from_bytes(own[0][:8])
    need(1 <= time <= 253_402_300_799, "COSIGNATURE_INVALID")
    check(public, own[0][8:], f"cosignature/v1\ntime {time}\n{text}")
    return time


def check_log_signature(note: str, log: str) -> None:
    """Check that the key of the log, given as a vkey, has signed the checkpoint (section 5)."""
    head, _, tail = note.rpartition("\n\n")
    name, key_id, public = key_of(log, LOG)
    own = [base64.b64decode(blob) for who, blob in LINE.findall(tail) if who == name]
    own = [blob[4:] for blob in own if blob[:4] == key_id]
    need(own and head.split("\n")[0] == name, "LOG_SECTION_INVALID")
    for signature in own:
        check(public, signature, head + "\n")


def key_of(vkey: str, kind: bytes) -> tuple[str, bytes, bytes]:
    """Return name, key id and raw public key of a vkey of this type."""
    name, shown, typed = vkey.split("+", 2)
    raw = base64.b64decode(typed)
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    need(raw[:1] == kind and key_id.hex() == shown, "TRUST_INVALID")
    return name, key_id, raw[1:]


def check(public: bytes, signature: bytes, text: str) -> None:
    """Check an Ed25519 signature over the bytes of a text."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
    except InvalidSignature:
        reason = "COSIGNATURE_INVALID"
        raise Refused(reason) from None


def need(condition: object, reason: str) -> None:
    """Refuse for this reason unless the condition holds."""
    if not condition:
        raise Refused(reason)
