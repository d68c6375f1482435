#!/usr/bin/env python3
"""Verify an auditor's pack of transfer logs; needs Python and ``cryptography``, nothing else.

    python3 verify_log.py PACK [PACK ...] [--known CHECKPOINT [--only-new]] [--policy FILE]
                          [--settled DIGEST]

Read from the formats alone: RFC 6962, and of C2SP signed-note, tlog-checkpoint,
tlog-cosignature, tlog-tiles and tlog-policy. Everything in a pack is hostile until it is
verified: only plain files with expected names are opened, each is bounded before it is read,
and memory does not grow with the number of entries.

Exit codes: 0 everything holds; 2 wrong usage; 20 a pack cannot be judged, or something in it is
not what was signed or what another copy says. The verdict says which.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import getpass
import json
import os
import re
import stat
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from itertools import chain, islice, zip_longest
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

VERDICTS = ("HOLDS", "UNREADABLE", "ALARM")
HOLDS, UNREADABLE, ALARM = range(3)
"""The verdicts; of several, the later one counts."""

REFUSED = 20
"""The exit code of every verdict but that all holds."""

WIDTH = 256
NOTE_BYTES = 65_536
ENTRY_BYTES = 16_384
BUNDLE_BYTES = WIDTH * (2 + ENTRY_BYTES)
LINES = 32
LOGS = 64
FILES = 10_000_000
DEPTH = 12
EVENTS = 1000
ALARMS = 64
EVIDENCE_BYTES = 64 * 2**20
SHAPES = 128
NAMES = 1000
LAST_SECOND = 253_402_300_799
LOG_TYPE, WITNESS_TYPE = b"\x01", b"\x04"

_NAME = "[a-z0-9][a-z0-9-]{0,40}"
_TILES = r"tile/(?:[0-7]|entries)/(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/[0-9]{1,3})?"
EXPECTED = re.compile(
    r"README\.txt|pack\.json|policy|verify_log\.py|media\.json"
    rf"|keys/{_NAME}\.(?:log|witness)\.pem"
    r"|trust/(?:metadata|targets)/[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}"
    rf"|logs/({_NAME})/(?:checkpoint|checkpoints/[0-9]{{1,16}}(?:-[0-9]{{1,3}})?|({_TILES})"
    rf"|after/{_TILES})"
    r"|alarms/[0-9a-f]{64}/(?:alarm\.json|checkpoint|held|cosigned|elsewhere|entries\.jsonl|held-entry\.json)"
)
SIGNED = ("checkpoint", "held", "cosigned", "elsewhere")
"""Of the evidence of an alarm: what is a signed note."""
_BESIDE = {*SIGNED, "entries.jsonl", "held-entry.json"}
DIGEST = re.compile("[0-9a-f]{64}")
KEPT_EVENT = "alarm-kept"
"""By an entry about this a log names evidence that its station keeps."""
_KEY_NAME = "[!-*,-~]{1,300}"
CHECKPOINT = re.compile(rf"({_KEY_NAME})\n(0|[1-9][0-9]{{0,15}})\n([A-Za-z0-9+/]{{43}}=)\n")
LINE = re.compile(r"— ([^\s+\x00-\x1f\x7f-\x9f]+) ([A-Za-z0-9+/]+={0,2})")
KEPT = re.compile(r"([0-9]{1,16})(?:-([0-9]{1,3}))?")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
EVENT = re.compile(r"[a-z]{1,30}(?:-[a-z]{1,30}){0,4}")
STRING = rb'"[ !#-\[\]-~]*+"'
NUMBER = rb"(?:0|[1-9][0-9]{0,15}+)"
STRINGS = rb"\[(?:" + STRING + rb"(?:," + STRING + rb")*+)?+\]"
FIELDS = {"actor", "event", "facts", "format", "station", "time"}

TEXTS = {
    "HOLDS": (
        "{origin}: {size} entries, root {root}: signed by the log's key, all hold",
        ("{origin}: {size} 件、根 {root}: 授受記録の鍵の署名があり、すべて一致しました"),
    ),
    "UNSIGNED": (
        "{origin}: no checkpoint yet; nothing of it is signed",
        "{origin}: チェックポイントがまだなく、署名されたものがありません",
    ),
    "HOLDS_SINCE": (
        (
            "{origin}: {size} entries, root {root}: signed by the log's key; read from entry"
            " {first} on, these hold and continue the {known} that you kept"
        ),
        (
            "{origin}: {size} 件、根 {root}: 授受記録の鍵の署名があります。読んだのは {first} 番目"
            "からで、控えにある {known} 件の続きとしてすべて一致しました"
        ),
    ),
    "SEEN": (
        "  {witness} has seen {size} of them, at {time} by its own clock",
        "  証人 {witness} は {size} 件目までを見ました (証人の時計で {time})",
    ),
    "UNSEEN": (
        "  no witness has seen any of them yet, as far as this pack goes",
        "  この一式の中では、どの証人もまだ見ていません",
    ),
    "AFTER": (
        (
            "  {count} more entries are covered by no signature: the station's word alone"
            " (with them {size} entries, root {root})"
        ),
        (
            "  ほかに {count} 件あり、署名がまだありません。端末の言葉だけです"
            " (合わせて {size} 件、根 {root})"
        ),
    ),
    "OTHER_KEY": (
        "  {count} earlier checkpoints are by keys that the policy does not have",
        "  前のチェックポイント {count} 件は、policy にない鍵のものです",
    ),
    "LEFT": (
        "{origin}: left at entry {first}, when the station was restored: see void-accepted",
        (
            "{origin}: 端末を復元したとき、{first} 番目の記録から分かれました。"
            "void-accepted を見てください"
        ),
    ),
    "SAME": (
        "{origin}: the copies agree in all of their {size} common entries",
        "{origin}: 写しは、両方にある {size} 件がすべて同じです",
    ),
    "KNOWN": (
        "{origin}: what you kept of {size} entries is still there",
        "{origin}: 控えにある {size} 件は、今もそのままです",
    ),
    "KEYS_OF_PACK": (
        "The keys are those of the pack's own policy. Compare them with paper:",
        "鍵は、この一式の policy のものです。紙の控えと比べてください:",
    ),
    "KEYS_GIVEN": (
        "The keys are those that you gave.",
        "鍵は、指定されたものです。",
    ),
    "COSIGNED": (
        "Cosigned and kept as {file}; your key: {vkey}",
        "証人署名を付けて {file} に保存しました。あなたの鍵: {vkey}",
    ),
    "EVIDENCE": (
        (
            "evidence {digest}: {reason}, in bundle number {seq} of {peer}, about the log of"
            " {about}; complete, and as it was kept"
        ),
        (
            "証拠 {digest}: {reason}。{peer} の第 {seq} 号の交換データにあった、{about} の授受"
            "記録の警報です。残されたときのまま、すべてそろっています"
        ),
    ),
    "PROVEN": (
        (
            "{origin}: PROOF of two histories in evidence {digest}: its key signed {size} entries"
            " with the root {root}, and {other_size} with the root {other_root}; no log that only"
            " grows has both"
        ),
        (
            "{origin}: 証拠 {digest} は、記録が二つあることの証明です。その鍵が {size} 件で根"
            " {root}、{other_size} 件で根 {other_root} に署名しています。追記だけの記録が両方を持つ"
            "ことはありません"
        ),
    ),
    "PROVEN_AT": (
        "  the first entry that is another one is {first}",
        "  違う最初の記録は、{first} 番目です",
    ),
    "SETTLED": (
        "  you said that this alarm is settled: it is not counted",
        "  この警報は解決済みと指定されたので、判定に数えません",
    ),
    "AGREES": (
        (
            "  what was signed agrees with itself, so no signature proves the alarm: that something"
            " was missing or older is the word of the station that kept this"
        ),
        (
            "  署名されたもの同士に矛盾はなく、署名だけでは警報を証明できません。足りなかった、"
            "古かったというのは、証拠を残した端末の言葉です"
        ),
    ),
    "UNDECIDED": (
        (
            "  the signatures alone decide nothing here: what this proves is what the station that"
            " kept it says"
        ),
        ("  署名だけでは決められません。これが示すのは、証拠を残した端末の言葉です"),
    ),
    "EVIDENCE_UNSIGNED": (
        "  {file}: not signed by a key that the policy has for this log; it proves nothing here",
        "  {file}: policy にある、この授受記録の鍵の署名がなく、ここでは何も証明しません",
    ),
    "EVIDENCE_UNNAMED": (
        "  no entry of the log names it: it is of an earlier version, or was put there",
        "  これを示す記録がありません。前の版のものか、後から置かれたものです",
    ),
    "EVIDENCE_CHANGED": (
        "{file} is not what was kept when the alarm was raised",
        "{file} は、警報が出たときに残されたものと違います",
    ),
    "EVIDENCE_GONE": (
        "{file} is gone; it was kept when an alarm was raised",
        "{file} がありません。警報が出たときに残されたものです",
    ),
    "SIGNATURE_BAD": (
        "{origin}: the signature of {name} is not over this checkpoint ({file})",
        "{origin}: {name} の署名は、このチェックポイントのものではありません ({file})",
    ),
    "KEY_UNKNOWN": (
        "{origin}: {file} is not signed by the key that the policy has",
        "{origin}: {file} に、policy にある鍵の署名がありません",
    ),
    "ENTRY_DIFFERS": (
        "{origin}: entry {first} is the first that is not what was signed",
        "{origin}: 署名されたものと違う最初の記録は、{first} 番目です",
    ),
    "ROOT_DIFFERS": (
        (
            "{origin}: the entries are not those under the checkpoint of {size};"
            " the first that differs is one of {first} to {last}"
        ),
        (
            "{origin}: 記録は {size} 件のチェックポイントのものと違います。"
            "違う最初の記録は、{first} から {last} 番目のどれかです"
        ),
    ),
    "ENTRIES_MISSING": (
        "{origin}: the entries from {first} on are missing ({file})",
        "{origin}: {first} 番目からの記録がありません ({file})",
    ),
    "ENTRY_MALFORMED": (
        "{origin}: entry {first} was signed, and is no entry of this log",
        "{origin}: {first} 番目の記録は、署名されていますが、形が正しくありません",
    ),
    "TILE_DIFFERS": (
        "{origin}: the entries are right, but the tile {file} has other hashes",
        "{origin}: 記録は正しく、タイル {file} の値が違います",
    ),
    "FORK": (
        "{origin}: two copies differ, first at entry {first}",
        "{origin}: 二つの写しが違います。最初に違うのは {first} 番目の記録です",
    ),
    "TRUNCATED": (
        "{origin}: {got} entries, but {wanted} were signed and seen elsewhere",
        "{origin}: {got} 件ですが、ほかで {wanted} 件まで署名され、見られています",
    ),
    "KNOWN_MISSING": (
        "{origin}: you kept something of this log, and no pack has it",
        "{origin}: 控えがありますが、どの一式にもこの授受記録がありません",
    ),
    "NOT_PLAIN": (
        "{file} is no plain file or folder, or is too large",
        "{file} は通常のファイルやフォルダーでないか、大きすぎます",
    ),
    "UNEXPECTED": (
        "{file} does not belong in a pack",
        "{file} は、この一式にあってはならないものです",
    ),
    "MALFORMED": (
        "{file} is not in the required form",
        "{file} の形が正しくありません",
    ),
    "MISSING": (
        "{file} is missing",
        "{file} がありません",
    ),
    "ALL_HOLD": (
        "VERDICT: everything holds.",
        "判定: すべて一致しました。",
    ),
    "NEW_HOLD": (
        "VERDICT: what is new holds, and continues what you kept.",
        "判定: 新しい記録は、控えの続きとしてすべて一致しました。",
    ),
    "ALARM": (
        "VERDICT: ALARM. Keep all packs and both log.db, and call the security officer.",
        "判定: 警報。すべての一式と両方の log.db を保全し、管理者に連絡してください。",
    ),
    "UNREADABLE": (
        "VERDICT: cannot be judged. Have the pack exported once more.",
        "判定: 調べられません。もう一度書き出してもらってください。",
    ),
    "PROVES": (
        (
            "Proved: these entries, in this order, are what was signed, and what each witness named"
            " above had seen. Not proved: that everything was written down, that clocks were right,"
            " or that the stations are not all in one hand."
        ),
        (
            "証明されたこと: 記録の内容と順序が、署名されたもの、証人が見たものと同じです。証明さ"
            "れないこと: すべてが記録されたこと、時計が正しいこと、すべての端末が同じ人の手にない"
            "こと。"
        ),
    ),
    "PROVES_NEW": (
        (
            "Proved: what was signed now continues what you kept; the entries that were read are"
            " those. Not proved: that this pack still has the earlier entries as they were, for"
            " they were not read; what you kept stands for them, so it has to be yours."
        ),
        (
            "証明されたこと: 今回署名されたものは、控えの続きです。読んだ記録は、そのとおりのもの"
            "です。証明されないこと: それより前の記録が、この一式に元のまま入っていること。読んで"
            "いないので、控えが代わりです。控えは、自分で保管していたものに限ります。"
        ),
    ),
}
"""Every code there is, in English and Japanese."""


@dataclass(frozen=True)
class Finding:
    """One of :data:`TEXTS` and what fills it in."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, language: int) -> str:
        """Return the sentence in English (0) or Japanese (1)."""
        return TEXTS[self.code][language].format_map(self.facts)


class PackError(Exception):
    """A pack does not hold, or cannot be judged."""

    def __init__(self, verdict: int, code: str, **facts: Any) -> None:
        """Say what is wrong by *code*, one of :data:`TEXTS`."""
        super().__init__(code)
        self.verdict, self.finding = verdict, Finding(code, facts)


class _CutError(Exception):
    """The entries cannot be read from this one on."""

    def __init__(self, index: int, code: str, file: str) -> None:
        super().__init__(code)
        self.index, self.code, self.file = index, code, file


def _alarm(code: str, **facts: Any) -> NoReturn:
    raise PackError(ALARM, code, **facts)


def _refuse(code: str, file: object) -> NoReturn:
    raise PackError(UNREADABLE, code, file=_shown(file))


def _shown(file: object) -> str:
    """Return a name from a hostile pack so that it does nothing to a terminal."""
    return ascii(str(file))[1:-1][:200]


# --- files -------------------------------------------------------------------


def read(root: Path, name: str, limit: int) -> bytes:
    """Return the plain file *name* below *root*; :func:`check_tree` saw no link on the way."""
    descriptor, size = _opened(root, name, limit)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        data = file.read(size + 1)
    if len(data) != size:
        _refuse("NOT_PLAIN", name)
    return data


def _opened(root: Path, name: str, limit: int) -> tuple[int, int]:
    """Open a plain file of at most *limit* bytes; return its descriptor and its size."""
    path = f"{root}/{name}"
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        _refuse("MISSING", name)
    except OSError:
        _refuse("NOT_PLAIN", name)
    told = os.fstat(descriptor)
    if not stat.S_ISREG(told.st_mode) or told.st_size > limit:
        os.close(descriptor)
        _refuse("NOT_PLAIN", name)
    return descriptor, told.st_size


def check_tree(root: Path) -> Counter[str]:
    """Look at every name in a pack; return how many tiles and bundles each log has there."""
    tiles: Counter[str] = Counter()
    seen, folders = 0, [(root, "", 0)]
    while folders:
        folder, prefix, depth = folders.pop()
        with _scanned(folder, prefix) as names:
            for each in names:
                seen += 1
                name = prefix + each.name
                if seen > FILES or depth > DEPTH:
                    _refuse("UNEXPECTED", name)
                if each.is_dir(follow_symlinks=False):
                    folders.append((Path(each.path), f"{name}/", depth + 1))
                    continue
                matched = EXPECTED.fullmatch(name)
                if not each.is_file(follow_symlinks=False):
                    _refuse("NOT_PLAIN", name)
                if matched is None:
                    _refuse("UNEXPECTED", name)
                if matched[2]:
                    tiles[matched[1]] += 1
    return tiles


def _scanned(folder: Path, prefix: str) -> Any:
    try:
        return os.scandir(folder)
    except OSError:
        _refuse("NOT_PLAIN", prefix or folder)


def _no_fraction(_: str) -> NoReturn:
    raise ValueError


# Made once: json.loads and json.dumps would make them anew for every entry.
_DECODER = json.JSONDecoder(parse_float=_no_fraction, parse_constant=_no_fraction)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def load(data: bytes, file: str) -> Any:
    """Return a JSON document in its one spelling, whole numbers only."""
    try:
        document = _DECODER.decode(data.decode("utf-8"))
        _require(canonical(document) == data)
    except (ValueError, RecursionError):
        _refuse("MALFORMED", file)
    return document


def canonical(document: Any) -> bytes:
    """Return the spelling of RFC 8785, for names in ASCII and whole numbers."""
    return _ENCODER.encode(document).encode("utf-8")


# --- signatures --------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A key of a log or a witness, from a vkey."""

    vkey: str
    name: str
    key_id: bytes
    kind: bytes
    public: bytes

    @classmethod
    def parse(cls, vkey: str, kind: bytes) -> Key:
        """Read ``name+key id+base64``; ValueError for anything else."""
        name, _, rest = vkey.partition("+")
        shown, _, encoded = rest.partition("+")
        typed = base64.b64decode(encoded, validate=True)
        _require(re.fullmatch(_KEY_NAME, name))
        key_id = sha256(name.encode() + b"\n" + typed).digest()[:4]
        if len(typed) != 1 + 32 or typed[:1] != kind or key_id.hex() != shown:
            raise ValueError
        return cls(vkey, name, key_id, kind, typed[1:])

    def verify(self, signature: bytes, text: str) -> int:
        """Check a signature of *text*; return its time, 0 for a log's. ValueError if bad."""
        message, seconds = text.encode(), 0
        if self.kind == WITNESS_TYPE:
            seconds = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
            signature = signature[8:]
            if not 0 < seconds <= LAST_SECOND:
                raise ValueError
        try:
            self._verifying.verify(signature, message)
        except InvalidSignature:
            raise ValueError from None
        return seconds

    @cached_property
    def _verifying(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)


Keys = dict[tuple[str, bytes], Key]
_T = TypeVar("_T")


def read_policy(data: bytes, file: str) -> Keys:
    """Return the keys that a policy names; what it says of quorums is not asked here."""
    keys: Keys = {}
    places = {"log": (1, LOG_TYPE), "witness": (2, WITNESS_TYPE)}
    try:
        for line in data.decode("utf-8").split("\n"):
            words = line.split()
            if not words or words[0].startswith("#") or words[0] in {"group", "quorum"}:
                continue
            place, kind = places[words[0]]
            key = Key.parse(words[place], kind)
            keys[key.name, key.key_id] = key
    except (ValueError, KeyError, IndexError):
        _refuse("MALFORMED", file)
    return keys


@dataclass(frozen=True)
class Signed:
    """A checkpoint, and who of the policy signed it; ``seen`` has each witness and its time."""

    origin: str
    size: int
    root: bytes
    by_log: bool
    seen: dict[str, int]
    note: bytes


def open_note(data: bytes, keys: Keys, file: str) -> Signed:
    """Return the checkpoint in a signed note; a bad signature of a known key is an alarm."""
    try:
        head, blank, tail = data.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError:
        _refuse("MALFORMED", file)
    text, lines = head + "\n", tail.split("\n")
    told, matched = CHECKPOINT.fullmatch(text), [LINE.fullmatch(line) for line in lines[:-1]]
    if not blank or lines[-1] or not told or not all(matched) or len(matched) > LINES:
        _refuse("MALFORMED", file)
    origin, seen, by_log = told[1], dict[str, int](), False
    for line in filter(None, matched):
        try:
            blob = base64.b64decode(line[2], validate=True)
        except binascii.Error:
            _refuse("MALFORMED", file)
        key = keys.get((line[1], blob[:4]))
        if key is None:
            continue
        try:
            seconds = key.verify(blob[4:], text)
        except ValueError:
            _alarm("SIGNATURE_BAD", origin=_shown(origin), name=key.name, file=file)
        if key.kind == WITNESS_TYPE:
            seen[key.name] = seconds
        by_log = by_log or (key.kind == LOG_TYPE and key.name == origin)
    return Signed(origin, int(told[2]), base64.b64decode(told[3]), by_log, seen, data)


# --- the tree ----------------------------------------------------------------


def leaves_of(entries: list[bytes]) -> list[bytes]:
    """Return the leaf hashes of RFC 6962; all at once, for a call costs as much as a hash."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def top_of(hashes: list[bytes]) -> bytes:
    """Return the hash over a whole tile, level by level."""
    while len(hashes) > 1:
        one = iter(hashes)
        pairs = zip(one, one, strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


class Tree:
    """The full subtrees of a growing tree, and the hashes that its tiles have to hold."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self.size = 0
        self._peaks: list[bytes] = []
        self.tiles: list[list[bytes]] = [[] for _ in range(8)]

    def add(self, digest: bytes, level: int = 0) -> None:
        """Add a full subtree of ``2 ** level`` leaves, of which there is a whole number so far.

        Hashes of every eighth level come into :attr:`tiles`.
        """
        behind = self.size + (1 << level)
        if level % 8 == 0:
            self.tiles[level // 8].append(digest)
        while self.size >> level & 1:
            digest = sha256(b"\x01" + self._peaks.pop() + digest).digest()
            level += 1
            if level % 8 == 0:
                self.tiles[level // 8].append(digest)
        self._peaks.append(digest)
        self.size = behind

    def extend(self, leaves: list[bytes]) -> None:
        """Add leaves; those of a whole tile at once."""
        if len(leaves) == WIDTH and self.size % WIDTH == 0:
            self.tiles[0] += leaves
            self.add(top_of(leaves), level=8)
        else:
            for leaf in leaves:
                self.add(leaf)

    def forget(self) -> None:
        """Let the hashes for tiles go, where nothing is held against them."""
        for hashes in self.tiles:
            hashes.clear()

    def root(self) -> bytes:
        """Return the root of what there is."""
        if not self._peaks:
            return sha256(b"").digest()
        digest = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            digest = sha256(b"\x01" + peak + digest).digest()
        return digest


def tile_path(level: int | str, index: int, width: int) -> str:
    """Return where a tile is, as tlog-tiles has it."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def spans(size: int, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield index and width of the bundles of *size* entries, from that with entry *start* on."""
    for index in range(start // WIDTH, size // WIDTH):
        yield index, WIDTH
    if size % WIDTH:
        yield size // WIDTH, size % WIDTH


def files_of(size: int) -> int:
    """Return how many tiles and bundles there are of *size* entries."""
    levels = [size >> 8 * level for level in range(8)]
    return -(-size // WIDTH) + sum(-(-hashes // WIDTH) for hashes in levels)


def bundles_in(
    folder: Path, size: int, first: int = 0, start: int = 0
) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the *size* entries below *folder* by bundle, each with the number of its first one.

    Begins with the bundle of entry *start*. *first* is the number of the first entry there is.
    :class:`_CutError` where they cannot be read; those before that come first.
    """
    for index, width in spans(size, start):
        path = tile_path("entries", index, width)
        at = first + index * WIDTH
        try:
            data = read(folder, path, BUNDLE_BYTES)
        except PackError as problem:
            missing = problem.finding.code == "MISSING"
            if not missing:
                raise
            raise _CutError(at, "ENTRIES_MISSING", path) from None
        entries, end = split(data, width)
        yield at, entries
        if end != len(data):
            raise _CutError(at + min(len(entries), width - 1), "ENTRY_DIFFERS", path)


def split(data: bytes, count: int) -> tuple[list[bytes], int]:
    """Return the *count* entries of a bundle, and where in *data* they end.

    Those before the first that is not whole, or too long, and -1, where there is one.
    """
    entries, here, size = list[bytes](), 0, len(data)
    while len(entries) < count:
        start = here + 2
        if start > size:
            return entries, -1
        here = start + (data[start - 2] << 8 | data[start - 1])
        if here > size or here - start > ENTRY_BYTES:
            return entries, -1
        entries.append(data[start:here])
    return entries, here


# --- entries -----------------------------------------------------------------


_SHAPE = attrgetter("lastindex")
"""Of what a pattern has matched: the number of the shape, from 1."""


class Shapes:
    """Whether entries are of one station's log; most without a parser of JSON.

    An entry that was parsed leaves a pattern: its own names, in their order, and for each value
    what such a value may be in canonical JSON. Whatever fits that pattern is right for the same
    reasons, and is not parsed. What no pattern describes - another sign than printable ASCII, a
    fraction, an object within the facts - is always parsed.
    """

    def __init__(self, station: str) -> None:
        """Know no shape yet; entries have to be of *station*."""
        self._station = station
        self._shapes: dict[bytes, str] = {}
        self._events: list[str] = []
        self._parsed = 0
        self._fits = re.compile(rb"(?!)").fullmatch

    def tally(self, entries: list[bytes]) -> tuple[Counter[str], int | None]:
        """Return how many entries each event has, and the place of the first that is no entry."""
        found = list(map(self._fits, entries))
        events, wrong = Counter[str](), None
        if not all(found):
            for index, fits in enumerate(found):
                event = None if fits else self._parse(entries[index])
                if event:
                    events[event] += 1
                elif not fits and wrong is None:
                    wrong = index
        for shape, times in Counter(map(_SHAPE, filter(None, found))).items():
            events[self._events[shape - 1]] += times
        return events, wrong

    def _parse(self, entry: bytes) -> str | None:
        """Return the event of an entry, None where it is none; learn what it looks like."""
        try:
            document = load(entry, "")
            event: str = document["event"]
            _require(document.keys() == FIELDS)
            _require(document["format"] == 1)
            _require(document["station"] == self._station)
            _require(TIME.fullmatch(document["time"]))
            _require(EVENT.fullmatch(event))
            _require(isinstance(document["facts"], dict))
        except (PackError, ValueError, TypeError, KeyError, AttributeError):
            return None
        self._learn(document, event)
        return event

    def _learn(self, document: dict[str, Any], event: str) -> None:
        shape = _shape_of(document)
        if shape is not None and len(self._shapes) < SHAPES:
            self._shapes.setdefault(shape, event)
        self._parsed += 1
        # Compiling takes as long as parsing some hundred entries.
        if self._parsed >= WIDTH and len(self._shapes) > len(self._events):
            self._parsed, self._events = 0, list(self._shapes.values())
            one = b"|".join(b"(" + each + b")" for each in self._shapes)
            station = re.escape(canonical(self._station))
            self._fits = re.compile(
                rb'\{"actor":' + STRING + rb',"event":(?:' + one + rb'),"format":1,"station":'
                rb"" + station + rb',"time":"' + TIME.pattern.encode() + rb'"\}'
            ).fullmatch


def _shape_of(document: dict[str, Any]) -> bytes | None:
    """Return the pattern of event and facts, None for what has none."""
    facts = document["facts"]
    patterns = [_pattern_of(value) for value in facts.values()]
    names = [canonical(name) for name in facts]
    if not isinstance(document["actor"], str) or None in patterns or len(b"".join(names)) > NAMES:
        return None
    pairs = (
        re.escape(name) + b":" + pattern
        for name, pattern in zip(names, patterns, strict=True)
        if pattern
    )
    return re.escape(canonical(document["event"])) + rb',"facts":\{' + b",".join(pairs) + rb"\}"


def _pattern_of(value: object) -> bytes | None:
    """Return what is a value of the same kind in canonical JSON."""
    if type(value) is int:
        return NUMBER
    if type(value) is str:
        return STRING
    if type(value) is list and all(type(each) is str for each in value):
        return STRINGS
    return None


# --- one log -----------------------------------------------------------------


@dataclass
class Log:
    """One log of a pack, as ``pack.json`` lists it and as it was verified."""

    pack: Path
    folder: Path
    origin: str
    kind: str
    size: int
    after: int
    newest: Signed | None = None
    root: bytes = b""
    """The root over all entries, those that no checkpoint covers as well."""
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How far each witness has seen it, and when."""
    events: Counter[str] = field(default_factory=Counter)
    by_other_keys: int = 0
    alarms: set[str] = field(default_factory=set)
    """The evidence that its entries name, as far as they were read."""
    since: Signed | None = None
    """What the auditor kept, where only what is behind that is read."""

    @property
    def start(self) -> int:
        """The first entry that is read: the first of the bundle in which the known ones end."""
        return self.since.size // WIDTH * WIDTH if self.since else 0

    def entries(self, start: int = 0) -> Iterator[bytes]:
        """Yield all entries from the bundle of *start* on, those behind the checkpoint last."""
        for _, entries in bundles_in(self.folder, self.size, start=start):
            yield from entries
        for _, entries in bundles_in(self.folder / "after", self.after, self.size):
            yield from entries


def _take_up(tree: Tree, log: Log, start: int) -> None:
    """Begin *tree* with the first *start* entries, whole bundles, by the tiles above them."""
    for level in range(7, 0, -1):
        index, count = divmod(start >> 8 * level, WIDTH)
        if count:
            width = min(WIDTH, (log.size >> 8 * level) - index * WIDTH)
            data = read(log.folder, tile_path(level, index, width), WIDTH * 32)
            for at in range(0, 32 * count, 32):
                tree.add(data[at : at + 32], 8 * level)


class Verifying:
    """One pass over the entries of a log, against all that was promised about it."""

    def __init__(self, log: Log, keys: Keys, promises: Sequence[Signed]) -> None:
        """Verify *log*; *promises* are what the auditor kept of it."""
        self._log, self._keys = log, keys
        self._promises = sorted(promises, key=lambda each: each.size)
        self._tree, self._held = Tree(), 0
        self._shapes = Shapes(log.origin.rpartition("/")[2])
        self._differs: int | None = None
        self._malformed: int | None = None
        self._tile: str | None = None

    def run(self) -> None:
        """Raise :class:`PackError` at the first promise that is not kept."""
        log = self._log
        kept = self._kept()
        try:
            self._go_on(kept)
            self._meet(kept)
            for first, entries in bundles_in(log.folder, log.size, start=log.start):
                self._look(entries, first)
                self._add(leaves_of(entries), kept)
        except _CutError as cut:
            self._cut(cut)
        self._compare_tiles(whole=False)
        self._check_left_over(kept)
        try:
            for first, entries in bundles_in(log.folder / "after", log.after, log.size):
                self._look(entries, first)
                self._tree.extend(leaves_of(entries))
                self._tree.forget()
        except _CutError as cut:
            _alarm("ENTRIES_MISSING", origin=log.origin, first=cut.index, file=f"after/{cut.file}")
        if self._malformed is not None:
            _alarm("ENTRY_MALFORMED", origin=log.origin, first=self._malformed)
        if self._tile is not None:
            _alarm("TILE_DIFFERS", origin=log.origin, file=self._tile)
        log.root = self._tree.root()

    def _kept(self) -> list[tuple[int, str]]:
        """Return size and name of all kept checkpoints, the largest first; they are popped."""
        found = []
        folder = self._log.folder / "checkpoints"
        if folder.is_dir():
            for each in os.scandir(folder):
                matched = KEPT.fullmatch(each.name)
                if matched is not None:
                    found.append((int(matched[1]), each.name))
        return sorted(found, reverse=True)

    def _go_on(self, kept: list[tuple[int, str]]) -> None:
        """Take up the tree at the bundle in which the known entries end, from the tiles above it.

        They are hostile like the rest: the first root that is met, that of the known entries,
        holds every one of these hashes.
        """
        _take_up(self._tree, self._log, self._log.start)
        while kept and kept[-1][0] < self._log.start:
            kept.pop()

    def _add(self, leaves: list[bytes], kept: list[tuple[int, str]]) -> None:
        """Add the leaves of a bundle, and stop at every size about which there is a promise."""
        while leaves:
            here = self._due(kept) - self._tree.size
            self._tree.extend(leaves[:here])
            leaves = leaves[here:]
            if self._tree.size % WIDTH == 0:
                self._compare_tiles(whole=True)
            self._meet(kept)

    def _due(self, kept: list[tuple[int, str]]) -> int:
        """Return the next size about which something was promised, or that of the whole log."""
        sizes = [size for size, _ in kept[-1:]] + [each.size for each in self._promises[:1]]
        return min([self._log.size, *sizes])

    def _look(self, entries: list[bytes], first: int) -> None:
        """Note the events, and the first entry that is none of this station's log."""
        events, wrong = self._shapes.tally(entries)
        if wrong is not None and self._malformed is None:
            self._malformed = first + wrong
        if events[KEPT_EVENT] and len(self._log.alarms) < EVENTS:
            self._log.alarms |= set(_named_in(entries))
        for event, times in events.items():
            if event in self._log.events or len(self._log.events) < EVENTS:
                self._log.events[event] += times

    def _compare_tiles(self, *, whole: bool) -> None:
        """Compare the hashes that fill a tile, or what is left at the end, with the pack's."""
        for level, hashes in enumerate(self._tree.tiles):
            if len(hashes) != WIDTH and (whole or not hashes):
                continue
            index = ((self._tree.size >> 8 * level) - 1) // WIDTH
            width = min(WIDTH, (self._log.size >> 8 * level) - index * WIDTH)
            path = tile_path(level, index, width)
            got = read(self._log.folder, path, WIDTH * 32)
            if len(got) != width * 32 or not got.startswith(b"".join(hashes)):
                self._tile = self._tile or path
                if level == 0 and self._differs is None:
                    same = [got[32 * at : 32 * at + 32] == own for at, own in enumerate(hashes)]
                    self._differs = index * WIDTH + [*same, False].index(False)
            hashes.clear()

    def _meet(self, kept: list[tuple[int, str]]) -> None:
        """Compare the root with every checkpoint of this size: kept here, given, the newest."""
        log, size = self._log, self._tree.size
        notes = []
        while kept and kept[-1][0] == size:
            name = f"checkpoints/{kept.pop()[1]}"
            notes.append(open_note(read(log.folder, name, NOTE_BYTES), self._keys, name))
        while self._promises and self._promises[0].size == size:
            notes.append(self._promises.pop(0))
        if log.newest is not None and log.newest.size == size:
            notes.append(log.newest)
        for signed in notes:
            self._meet_one(signed)
        if notes:
            self._held = size

    def _meet_one(self, signed: Signed) -> None:
        log = self._log
        if (signed.origin, signed.size) != (log.origin, self._tree.size):
            _refuse("MALFORMED", f"checkpoints/{self._tree.size}")
        if signed.root != self._tree.root():
            self._locate(signed)
        log.by_other_keys += not signed.by_log
        for witness, seconds in signed.seen.items():
            log.seen[witness] = max(log.seen.get(witness, (0, 0)), (signed.size, seconds))

    def _locate(self, signed: Signed, cut: int | None = None) -> NoReturn:
        """Say which entry is the first that is not under *signed*, as exactly as can be."""
        self._compare_tiles(whole=False)
        differs = self._differs if cut is None or self._differs is not None else cut
        if differs is not None and self._root_of_tiles(signed.size) == signed.root:
            _alarm("ENTRY_DIFFERS", origin=self._log.origin, first=differs)
        facts = {"size": signed.size, "first": self._held, "last": signed.size - 1}
        _alarm("ROOT_DIFFERS", origin=self._log.origin, **facts)

    def _root_of_tiles(self, size: int) -> bytes:
        """Return the root over the leaf hashes that the pack's own tiles hold."""
        tree = Tree()
        for index, width in spans(self._log.size):
            data = read(self._log.folder, tile_path(0, index, width), WIDTH * 32)
            leaves = [data[at : at + 32] for at in range(0, len(data) - len(data) % 32, 32)]
            tree.extend(leaves[: max(0, size - tree.size)])
            tree.forget()
        return tree.root()

    def _cut(self, cut: _CutError) -> NoReturn:
        if cut.code == "ENTRIES_MISSING" or self._log.newest is None:
            _alarm("ENTRIES_MISSING", origin=self._log.origin, first=cut.index, file=cut.file)
        self._locate(self._log.newest, cut.index)

    def _check_left_over(self, kept: list[tuple[int, str]]) -> None:
        """Refuse a log that is shorter than what was promised about it."""
        beyond = [size for size, _ in kept[:1]] + [each.size for each in self._promises[-1:]]
        if beyond:
            facts = {"got": self._log.size, "wanted": max(beyond)}
            _alarm("TRUNCATED", origin=self._log.origin, **facts)


# --- evidence of alarms ------------------------------------------------------


def _named_in(entries: list[bytes]) -> Iterator[str]:
    """Yield the evidence that *entries* name, each by its digest."""
    for entry in entries:
        if KEPT_EVENT.encode() in entry:
            try:
                document = load(entry, "")
                digest = document["facts"]["alarm_sha256"]
                if document["event"] == KEPT_EVENT and DIGEST.fullmatch(digest):
                    yield digest
            except (PackError, KeyError, TypeError):
                continue


@dataclass
class Evidence:
    """What was kept of one alarm: its ``alarm.json``, which names all the rest by its SHA-256."""

    pack: Path
    digest: str
    reason: str = ""
    peer: str = ""
    about: str = ""
    seq: int = 0
    start: int = 0
    """The number of the first entry in ``entries.jsonl``."""
    files: dict[str, str] = field(default_factory=dict)
    proof: str = ""
    """What the signatures prove: PROVEN, AGREES or UNDECIDED."""

    @classmethod
    def load(cls, pack: Path, digest: str) -> Evidence:
        """Read it, and hold every file against its digest."""
        made = cls(pack, digest)
        data = made.read("alarm.json")
        if sha256(data).hexdigest() != digest:
            _alarm("EVIDENCE_CHANGED", file=made.name("alarm.json"))
        document = load(data, made.name("alarm.json"))
        try:
            _require(document["format"] == 1)
            texts = [document[name] for name in ("reason", "peer", "log")]
            counts = [document[name] for name in ("seq", "start", "entries")]
            _require(all(type(each) is str and re.fullmatch("[!-~]{1,64}", each) for each in texts))
            _require(all(type(each) is int and 0 <= each < 2**53 for each in counts))
            files = document["files"]
            _require(files.keys() <= _BESIDE and all(map(DIGEST.fullmatch, files.values())))
        except (ValueError, KeyError, TypeError, AttributeError):
            _refuse("MALFORMED", made.name("alarm.json"))
        made.reason, made.peer, made.about = texts
        made.seq, made.start, _ = counts
        made.files = files
        made.check()
        return made

    def name(self, file: str) -> str:
        """Return where *file* is in the pack."""
        return f"alarms/{self.digest}/{file}"

    def read(self, file: str) -> bytes:
        """Return one of its small files."""
        return self._or_gone(file, lambda: read(self.pack, self.name(file), NOTE_BYTES))

    def check(self) -> None:
        """See that all that was kept is there, as it was, and nothing else."""
        there = {each.name for each in _scanned(self.pack / "alarms" / self.digest, "alarms")}
        if beside := there - self.files.keys() - {"alarm.json"}:
            _refuse("UNEXPECTED", self.name(min(beside)))
        for file, wanted in sorted(self.files.items()):
            got = sha256()
            for line in self._or_gone(file, lambda: self.lines(file)):  # noqa: B023 - used at once
                got.update(line)
            if got.hexdigest() != wanted:
                _alarm("EVIDENCE_CHANGED", file=self.name(file))

    def lines(self, file: str) -> Iterator[bytes]:
        """Return the lines of a file that may be large; none is longer than there is."""
        limit = EVIDENCE_BYTES if file == "entries.jsonl" else NOTE_BYTES
        descriptor, _ = _opened(self.pack, self.name(file), limit)
        return _lines(descriptor, limit)

    def entries(self) -> Iterator[bytes]:
        """Yield the entries that came in the bundle that was refused."""
        if "entries.jsonl" in self.files:
            yield from (line.removesuffix(b"\n") for line in self.lines("entries.jsonl"))

    def _or_gone(self, file: str, reading: Callable[[], _T]) -> _T:
        try:
            return reading()
        except PackError as problem:
            if problem.finding.code == "MISSING":
                _alarm("EVIDENCE_GONE", file=self.name(file))
            raise


def _lines(descriptor: int, limit: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb") as file:
        while line := file.readline(NOTE_BYTES):
            limit -= len(line)
            if limit < 0:
                return  # It grew since it was opened: the digest says so.
            yield line


Pair = tuple[Signed, Signed]
"""Two checkpoints of one log, the smaller one first."""


class Proving:
    """Whether two checkpoints that a log's key signed can both be of a log that only grows.

    Where their sizes differ, the larger one's entries decide: those of a log in the pack, or of a
    log up to where the refused bundle began, and that bundle's from there on. Nobody is believed:
    the entries count only if they have the root that was signed, and then the root of the first
    of them is that of no other log.
    """

    def __init__(self, evidence: Evidence, logs: Sequence[Log], keys: Keys) -> None:
        """Judge by *evidence*; *logs* are those of its pack."""
        self._evidence, self._logs, self._keys = evidence, logs, keys
        self.unsigned: list[str] = []
        """Files in it that no key of the policy for their log has signed."""

    def run(self) -> tuple[str, Pair | None]:
        """Return PROVEN with two that contradict each other, or AGREES, or UNDECIDED."""
        said = {self._judge(pair): pair for pair in self._pairs()}
        if "PROVEN" in said:
            return "PROVEN", said["PROVEN"]
        return ("AGREES" if said.keys() == {"AGREES"} else "UNDECIDED"), None

    def first(self, origin: str) -> int | None:
        """Return the first of the refused entries that is another one than a log here has."""
        start = self._evidence.start
        for log in self._logs_of(origin):
            if start > log.size:
                continue
            here = islice(log.entries(start), start % WIDTH, None)
            both = zip(here, self._evidence.entries(), strict=False)
            for index, (one, other) in enumerate(both, start):
                if one != other:
                    return index
        return None

    def _pairs(self) -> Iterator[Pair]:
        found = []
        for file in SIGNED:
            if file in self._evidence.files:
                signed = self._open(file)
                if signed is None or not signed.by_log:
                    self.unsigned.append(self._evidence.name(file))
                else:
                    found.append(signed)
        # What a peer has seen of this station's log is held against that log as well.
        about = [each for each in found if _is_of(each.origin, self._evidence.about)]
        own = [log.newest for log in self._logs if log.kind == "own" and log.newest]
        found += [each for each in own if any(each.origin == one.origin for one in about)]
        for at, one in enumerate(found):
            for other in found[at + 1 :]:
                if one.origin == other.origin:
                    small, large = sorted((one, other), key=lambda each: each.size)
                    yield small, large

    def _open(self, file: str) -> Signed | None:
        data, name = self._evidence.read(file), self._evidence.name(file)
        try:
            return open_note(data, self._keys, name)
        except PackError as problem:
            # A lie that was refused for that very signature is no fault of the pack.
            if problem.finding.code != "SIGNATURE_BAD":
                raise
            return None

    def _judge(self, pair: Pair) -> str:
        small, large = pair
        if small.size == large.size:
            return "AGREES" if small.root == large.root else "PROVEN"
        if small.size == 0:
            return "AGREES"
        for roots in self._histories(pair):
            if roots.get(large.size) == large.root:
                return "AGREES" if roots.get(small.size) == small.root else "PROVEN"
        return "UNDECIDED"

    def _histories(self, pair: Pair) -> Iterator[dict[int, bytes]]:
        """Yield the roots at both sizes, by each history of this log that is at hand."""
        sizes, start = [each.size for each in pair], self._evidence.start
        came = _is_of(pair[0].origin, self._evidence.peer)
        if came and start == 0:
            yield roots_of(None, 0, self._evidence.entries(), sizes)
        for log in self._logs_of(pair[0].origin):
            whole = log.size + log.after
            for end, entries in (
                *([(whole, iter(()))] if max(sizes) <= whole else []),
                *([(start, self._evidence.entries())] if came and 0 < start <= whole else []),
            ):
                try:
                    yield roots_of(log, end, entries, sizes)
                except (PackError, _CutError):
                    continue  # That the log does not hold is said where it is verified.

    def _logs_of(self, origin: str) -> list[Log]:
        return [log for log in self._logs if log.origin == origin]


def roots_of(
    log: Log | None, end: int, entries: Iterator[bytes], sizes: Sequence[int]
) -> dict[int, bytes]:
    """Return the roots at *sizes* of the first *end* entries of *log*, with *entries* behind them.

    Read is what lies behind the smallest size; what lies before it comes from the tiles, and is
    right if the root at the largest size is.
    """
    tree, found = Tree(), dict[int, bytes]()
    if log is not None:
        start = min(*sizes, end, log.size) // WIDTH * WIDTH
        _take_up(tree, log, start)
        entries = chain(islice(log.entries(start), end - start), entries)
    found[tree.size] = tree.root()
    for entry in entries:
        tree.add(sha256(b"\x00" + entry).digest())
        tree.forget()
        if tree.size in sizes:
            found[tree.size] = tree.root()
        if tree.size == max(sizes):
            break
    return found


# --- packs -------------------------------------------------------------------


@dataclass
class Outcome:
    """What was found out: a verdict, and findings in the order in which to say them."""

    verdict: int = HOLDS
    findings: list[Finding] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    alarms: list[Evidence] = field(default_factory=list)

    def note(self, code: str, **facts: Any) -> None:
        """Add a finding."""
        self.findings.append(Finding(code, facts))

    def take(self, problem: PackError) -> None:
        """Add what is wrong; an alarm outweighs what cannot be judged."""
        self.findings.append(problem.finding)
        self.verdict = max(self.verdict, problem.verdict)


def verify(
    packs: Sequence[Path],
    known: Sequence[Path] = (),
    policy: Path | None = None,
    *,
    only_new: bool = False,
    settled: Sequence[str] = (),
) -> Outcome:
    """Verify *packs*, against each other and against the checkpoints in the files *known*.

    With *only_new*, of a log of which something is known, only what is behind that is read.
    What the evidence of an alarm proves is an alarm, unless its digest is among *settled*.
    """
    outcome = Outcome()
    try:
        given = None if policy is None else read_policy(_given(policy), policy.name)
        opened = [(pack, check_tree(pack), given or _keys_of(pack)) for pack in packs]
        every = {place: key for _, _, keys in opened for place, key in keys.items()}
        kept = [open_note(_given(path), every, path.name) for path in known]
    except PackError as problem:
        outcome.take(problem)
        return outcome
    for pack, tiles, keys in opened:
        _verify_pack(outcome, pack, tiles, keys, kept, only_new=only_new)
    for signed in kept:
        _check_known(outcome, signed)
    _compare(outcome)
    for pack, _, keys in opened:
        _judge_alarms(outcome, pack, keys, settled)
    if given is not None:
        outcome.note("KEYS_GIVEN")
    else:
        outcome.note("KEYS_OF_PACK")
        outcome.findings += [Finding("", {"vkey": key.vkey}) for key in every.values()]
    return outcome


def _given(path: Path) -> bytes:
    """Return a file that the auditor named; a link may lead there."""
    return read(path.resolve().parent, path.resolve().name, NOTE_BYTES)


def _keys_of(pack: Path) -> Keys:
    return read_policy(read(pack, "policy", NOTE_BYTES), "policy")


def _verify_pack(
    outcome: Outcome,
    pack: Path,
    tiles: Counter[str],
    keys: Keys,
    kept: Sequence[Signed],
    *,
    only_new: bool,
) -> None:
    try:
        logs = _listed(pack)
    except PackError as problem:
        outcome.take(problem)
        return
    # Why a branch was left can stand in any entry.
    only_new = only_new and all(log.kind != "left" for log in logs)
    for log in logs:
        try:
            # One that is missing is found, and named, where it is read.
            if tiles.pop(log.folder.name, 0) > files_of(log.size):
                _refuse("UNEXPECTED", f"logs/{log.folder.name}/tile")
            mine = [each for each in kept if _binds(each, log)]
            known = [each for each in mine if each.by_log and each.size <= log.size]
            if only_new and known:
                log.since = min(known, key=lambda each: each.size)
            _verify_log(log, keys, mine)
        except PackError as problem:
            outcome.take(problem)
        else:
            _say(outcome, log)
        outcome.logs.append(log)
    if tiles:
        outcome.take(PackError(UNREADABLE, "UNEXPECTED", file=f"logs/{min(tiles)}"))
    for log in logs if outcome.verdict == HOLDS else []:
        if log.kind == "left":
            _say_left(outcome, log, logs)


def _judge_alarms(outcome: Outcome, pack: Path, keys: Keys, settled: Sequence[str]) -> None:
    """Say of all evidence in a pack whether it is whole, and what it proves."""
    logs = [log for log in outcome.logs if log.pack == pack]
    own = [log for log in logs if log.kind == "own"]
    named = set().union(*(log.alarms for log in own))
    try:
        there = _evidence_in(pack)
    except PackError as problem:
        outcome.take(problem)
        return
    for digest in sorted(named - there):
        outcome.take(PackError(ALARM, "EVIDENCE_GONE", file=f"alarms/{digest}"))
    for digest in sorted(there):
        try:
            evidence = Evidence.load(pack, digest)
            outcome.alarms.append(evidence)
            _say_evidence(outcome, evidence, Proving(evidence, logs, keys), settled)
        except (PackError, _CutError) as problem:
            if isinstance(problem, _CutError):
                problem = PackError(UNREADABLE, "MALFORMED", file=f"alarms/{digest}")
            outcome.take(problem)
        # Where only what is new was read, an earlier entry may name it.
        if digest not in named and not any(log.start for log in own):
            outcome.note("EVIDENCE_UNNAMED")


def _evidence_in(pack: Path) -> set[str]:
    folder = pack / "alarms"
    there = {each.name for each in _scanned(folder, "alarms")} if folder.is_dir() else set[str]()
    for name in there:
        if not DIGEST.fullmatch(name) or len(there) > ALARMS:
            _refuse("UNEXPECTED", f"alarms/{name}")
    return there


def _say_evidence(
    outcome: Outcome, evidence: Evidence, proving: Proving, settled: Sequence[str]
) -> None:
    evidence.proof, pair = proving.run()
    facts = {"reason": evidence.reason, "seq": evidence.seq, "peer": evidence.peer}
    outcome.note("EVIDENCE", digest=evidence.digest, **facts, about=evidence.about)
    for file in proving.unsigned:
        outcome.note("EVIDENCE_UNSIGNED", file=file)
    if pair is None:
        outcome.note(evidence.proof)
        return
    small, large = pair
    proof = PackError(
        ALARM,
        "PROVEN",
        origin=small.origin,
        digest=evidence.digest,
        size=small.size,
        root=base64.b64encode(small.root).decode(),
        other_size=large.size,
        other_root=base64.b64encode(large.root).decode(),
    )
    if evidence.digest in settled:
        outcome.findings.append(proof.finding)
        outcome.note("SETTLED")
    else:
        outcome.take(proof)
    first = proving.first(small.origin) if _is_of(small.origin, evidence.peer) else None
    if first is not None:
        outcome.note("PROVEN_AT", first=first)


def _is_of(origin: str, station: str) -> bool:
    return origin.rpartition("/")[2] == station


def _binds(signed: Signed, log: Log) -> bool:
    """Tell whether *log* has to have what the auditor kept.

    A copy need not: it ends with the last bundle, and what was kept may have come from home.
    """
    reached = log.kind == "own" or signed.size <= log.size
    return signed.origin == log.origin and log.kind != "left" and reached


def _listed(pack: Path) -> list[Log]:
    """Return the logs that ``pack.json`` lists; each in a folder of its own."""
    document = load(read(pack, "pack.json", NOTE_BYTES), "pack.json")
    try:
        _require(document["format"] == 1)
        logs = [_listed_one(pack, each) for each in document["logs"]]
        _require(0 < len({log.folder for log in logs}) == len(logs) <= LOGS)
    except (ValueError, KeyError, TypeError):
        _refuse("MALFORMED", "pack.json")
    return logs


def _listed_one(pack: Path, each: Any) -> Log:
    folder, origin, kind = each["folder"], each["origin"], each["kind"]
    _require(re.fullmatch(_NAME, folder) and re.fullmatch(_KEY_NAME, origin))
    _require(kind in {"own", "mirror", "left"})
    counts = [each["size"], each["after"]]
    _require(all(type(count) is int and 0 <= count < 2**53 for count in counts))
    return Log(pack, pack / "logs" / folder, origin, kind, *counts)


def _require(condition: object) -> None:
    if not condition:
        raise ValueError


def _verify_log(log: Log, keys: Keys, kept: Sequence[Signed]) -> None:
    if (log.folder / "checkpoint").exists() or log.size:
        signed = open_note(read(log.folder, "checkpoint", NOTE_BYTES), keys, "checkpoint")
        if (signed.origin, signed.size) != (log.origin, log.size):
            _refuse("MALFORMED", f"logs/{log.folder.name}/checkpoint")
        if not signed.by_log:
            _alarm("KEY_UNKNOWN", origin=log.origin, file="checkpoint")
        log.newest = signed
    Verifying(log, keys, kept).run()


def _say(outcome: Outcome, log: Log) -> None:
    if log.newest is None:
        outcome.take(PackError(UNREADABLE, "UNSIGNED", origin=log.origin))
    else:
        root = base64.b64encode(log.newest.root).decode()
        facts = {"origin": log.origin, "size": log.size, "root": root}
        if log.since is None:
            outcome.note("HOLDS", **facts)
        else:
            outcome.note("HOLDS_SINCE", **facts, first=log.start, known=log.since.size)
        for witness, (size, seconds) in sorted(log.seen.items()):
            when = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            outcome.note("SEEN", witness=witness, size=size, time=when)
        if not log.seen:
            outcome.note("UNSEEN")
    if log.after:
        whole = base64.b64encode(log.root).decode()
        outcome.note("AFTER", count=log.after, size=log.size + log.after, root=whole)
    if log.by_other_keys:
        outcome.note("OTHER_KEY", count=log.by_other_keys)


def _say_left(outcome: Outcome, log: Log, logs: Sequence[Log]) -> None:
    """Say where a log was left; without the officers' statement on record it is a fork."""
    others = [each for each in logs if each.origin == log.origin and each.kind != "left"]
    own = [each for each in logs if each.kind == "own"]
    first = next(filter(None, (first_difference(log, each) for each in others)), None)
    if first is None or not any(each.events["void-accepted"] for each in own):
        outcome.take(PackError(ALARM, "FORK", origin=log.origin, first=first or 0))
    else:
        outcome.note("LEFT", origin=log.origin, first=first)


def _check_known(outcome: Outcome, signed: Signed) -> None:
    """Say of a checkpoint that the auditor kept whether a log of a pack still has it."""
    logs = [log for log in outcome.logs if log.origin == signed.origin and log.kind != "left"]
    if not signed.by_log:
        facts = {"origin": _shown(signed.origin), "file": "--known"}
        outcome.take(PackError(ALARM, "KEY_UNKNOWN", **facts))
    elif not logs:
        outcome.take(PackError(ALARM, "KNOWN_MISSING", origin=_shown(signed.origin)))
    elif not any(_binds(signed, log) for log in logs):
        got = max(log.size for log in logs)
        cut = PackError(ALARM, "TRUNCATED", origin=signed.origin, got=got, wanted=signed.size)
        outcome.take(cut)
    elif outcome.verdict == HOLDS and not any(log.since for log in logs):
        outcome.note("KNOWN", origin=signed.origin, size=signed.size)


def _compare(outcome: Outcome) -> None:
    """Compare all copies of the same log with each other, entry by entry."""
    if outcome.verdict != HOLDS:
        return
    logs = [log for log in outcome.logs if log.kind != "left"]
    for at, one in enumerate(logs):
        for other in logs[at + 1 :]:
            if one.origin == other.origin:
                try:
                    _compare_two(outcome, one, other)
                except (PackError, _CutError):
                    facts = {"origin": one.origin, "first": 0}
                    outcome.take(PackError(ALARM, "FORK", **facts))


def _compare_two(outcome: Outcome, one: Log, other: Log) -> None:
    first = first_difference(one, other)
    lengths = (one.size + one.after, other.size + other.after)
    if first is not None:
        outcome.take(PackError(ALARM, "FORK", origin=one.origin, first=first))
        return
    for own, held in ((one, other), (other, one)):
        got = own.size + own.after
        if own.kind == "own" and held.size > got:
            facts = {"got": got, "wanted": held.size}
            outcome.take(PackError(ALARM, "TRUNCATED", origin=own.origin, **facts))
            return
    outcome.note("SAME", origin=one.origin, size=min(lengths))


def first_difference(one: Log, other: Log) -> int | None:
    """Return the first entry in which two copies of a log differ; None where neither does."""
    # Before what is known of both, the one root that the auditor kept says that they agree.
    start = min(one.start, other.start)
    both = zip_longest(one.entries(start), other.entries(start))
    for index, (here, there) in enumerate(both, start):
        if here is None or there is None:
            return None
        if here != there:
            return index
    return None


# --- the command -------------------------------------------------------------


def cosign(log: Log, key: Ed25519PrivateKey, name: str, folder: Path) -> tuple[Path, str]:
    """Keep the newest checkpoint of *log*, cosigned by *key*; return the file and the vkey."""
    if log.newest is None:
        raise ValueError
    typed = WITNESS_TYPE + key.public_key().public_bytes_raw()
    key_id = sha256(name.encode() + b"\n" + typed).digest()[:4]
    head, _, _ = log.newest.note.decode().rpartition("\n\n")
    seconds = int(time.time())
    signature = key.sign(f"cosignature/v1\ntime {seconds}\n{head}\n".encode())
    blob = base64.b64encode(key_id + seconds.to_bytes(8, "big") + signature).decode()
    path = folder / f"{log.origin.replace('/', '_')}_{log.size}.checkpoint"
    with path.open("xb") as file:
        file.write(log.newest.note + f"— {name} {blob}\n".encode())
    return path, f"{name}+{key_id.hex()}+{base64.b64encode(typed).decode()}"


def _cosign_all(outcome: Outcome, pem: Path, name: str, folder: Path) -> None:
    data = _given(pem)
    secret = getpass.getpass(f"{pem.name}: ").encode() if b"ENCRYPTED" in data else None
    key = load_pem_private_key(data, secret)
    if not isinstance(key, Ed25519PrivateKey) or not name or re.search(r"[\s+]", name):
        raise ValueError
    # The copies of a log agree by now; the longest says all that the others say.
    longest = {log.origin: log for log in _current(outcome)}
    for log in longest.values():
        path, vkey = cosign(log, key, name, folder)
        outcome.note("COSIGNED", file=path.name, vkey=vkey)


def _current(outcome: Outcome) -> list[Log]:
    """Return the logs that nobody has left, the longest last."""
    current = [log for log in outcome.logs if log.kind != "left"]
    return sorted(current, key=lambda log: log.size)


def report(outcome: Outcome, language: int) -> list[str]:
    """Return what a person reads, in English (0) or Japanese (1)."""
    lines = [
        each.say(language) if each.code else f"  {each.facts['vkey']}" for each in outcome.findings
    ]
    if outcome.verdict != HOLDS:
        codes = [VERDICTS[outcome.verdict]]
    elif any(log.since for log in outcome.logs):
        codes = ["NEW_HOLD", "PROVES_NEW"]
    else:
        codes = ["ALL_HOLD", "PROVES"]
    return [*lines, *(TEXTS[code][language] for code in codes)]


def plain(outcome: Outcome) -> dict[str, Any]:
    """Return what a program reads: JSON types, untranslated."""
    return {
        "verdict": VERDICTS[outcome.verdict],
        "findings": [{"code": each.code or "KEY", **each.facts} for each in outcome.findings],
        "logs": [
            {
                "origin": log.origin,
                "kind": log.kind,
                "size": log.size,
                "after": log.after,
                "read_from": log.start,
                "root": log.newest.root.hex() if log.newest else None,
                "seen": {witness: size for witness, (size, _) in sorted(log.seen.items())},
                "events": dict(sorted(log.events.items())),
            }
            for log in outcome.logs
        ],
        "alarms": [
            {"digest": each.digest, "reason": each.reason, "peer": each.peer, "log": each.about}
            | {"seq": each.seq, "proof": each.proof}
            for each in outcome.alarms
        ],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what the command line names, print the verdict, return the exit code."""
    parser = argparse.ArgumentParser(description="Verify transfer logs / 授受記録を確かめる")
    parser.add_argument("packs", nargs="+", type=Path, metavar="PACK")
    known = "a checkpoint that you kept; may be repeated / 控えのチェックポイント"
    parser.add_argument("--known", action="append", default=[], type=Path, help=known)
    only_new = "read only what is behind --known / 控えより後の記録だけを読む"
    parser.add_argument("--only-new", action="store_true", help=only_new)
    policy = "keys that you trust, instead of the pack's own / 自分で控えた鍵"
    parser.add_argument("--policy", type=Path, help=policy)
    settled = "the digest of evidence that was dealt with; may be repeated / 解決済みの警報の証拠"
    parser.add_argument("--settled", action="append", default=[], metavar="DIGEST", help=settled)
    witness = "if all holds: cosign with this key (PEM) and keep / 自分の鍵で証人署名を付ける"
    parser.add_argument("--cosign", type=Path, metavar="PEM", help=witness)
    parser.add_argument("--name", default="", help="under this name, with --cosign / 証人の名前")
    parser.add_argument("--keep", type=Path, default=Path(), help="into this folder / 保存先")
    japanese = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("ja")
    parser.add_argument("--lang", choices=("en", "ja"), default="ja" if japanese else "en")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.only_new and not given.known:
        parser.error("--only-new needs --known")
    if not all(map(DIGEST.fullmatch, given.settled)):
        parser.error("--settled needs 64 of 0-9a-f")
    wanted = {"only_new": given.only_new, "settled": given.settled}
    outcome = verify(given.packs, given.known, given.policy, **wanted)
    if given.cosign is not None and outcome.verdict == HOLDS:
        try:
            _cosign_all(outcome, given.cosign, given.name, given.keep)
        except (ValueError, TypeError, OSError, PackError) as error:
            parser.error(f"--cosign: {error or type(error).__name__}")
    if given.json:
        print(json.dumps(plain(outcome), ensure_ascii=False, sort_keys=True))
    else:
        print("\n".join(report(outcome, given.lang == "ja")))
    return REFUSED if outcome.verdict else 0


if __name__ == "__main__":
    sys.exit(main())
