#!/usr/bin/env python3
"""Verify an auditor's pack of transfer logs; needs Python and ``cryptography``, nothing else.

    python3 verify_log.py PACK [PACK ...] [--known CHECKPOINT] [--policy FILE]

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
import hashlib
import json
import os
import re
import stat
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, NoReturn

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
)
_KEY_NAME = "[!-*,-~]{1,300}"
CHECKPOINT = re.compile(rf"({_KEY_NAME})\n(0|[1-9][0-9]{{0,15}})\n([A-Za-z0-9+/]{{43}}=)\n")
LINE = re.compile(r"— ([^\s+\x00-\x1f\x7f-\x9f]+) ([A-Za-z0-9+/]+={0,2})")
KEPT = re.compile(r"([0-9]{1,16})(?:-([0-9]{1,3}))?")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
EVENT = re.compile(r"[a-z]{1,30}(?:-[a-z]{1,30}){0,4}")
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
    "SEEN": (
        "  {witness} has seen {size} of them, at {time} by its own clock",
        "  証人 {witness} は {size} 件目までを見ました (証人の時計で {time})",
    ),
    "UNSEEN": (
        "  no witness has seen any of them yet, as far as this pack goes",
        "  この一式の中では、どの証人もまだ見ていません",
    ),
    "AFTER": (
        "  {count} more entries are covered by no signature: the station's word alone",
        "  ほかに {count} 件あり、署名がまだありません。端末の言葉だけです",
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
    path = root.joinpath(*name.split("/"))
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        _refuse("MISSING", name)
    except OSError:
        _refuse("NOT_PLAIN", name)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            _refuse("NOT_PLAIN", name)
        data = file.read(limit + 1)
    if len(data) > limit:
        _refuse("NOT_PLAIN", name)
    return data


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


def load(data: bytes, file: str) -> Any:
    """Return a JSON document in its one spelling, whole numbers only."""

    def no_fraction(_: str) -> NoReturn:
        raise ValueError

    try:
        document = json.loads(
            data.decode("utf-8"), parse_float=no_fraction, parse_constant=no_fraction
        )
        _require(canonical(document) == data)
    except (ValueError, RecursionError):
        _refuse("MALFORMED", file)
    return document


def canonical(document: Any) -> bytes:
    """Return the spelling of RFC 8785, for names in ASCII and whole numbers."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8")


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
        key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
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
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise ValueError from None
        return seconds


Keys = dict[tuple[str, bytes], Key]


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


def leaf_of(entry: bytes) -> bytes:
    """Return the leaf hash of RFC 6962."""
    return hashlib.sha256(b"\x00" + entry).digest()


class Tree:
    """The full subtrees of a growing tree, and the hashes that its tiles have to hold."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self.size = 0
        self._peaks: list[bytes] = []
        self.tiles: list[list[bytes]] = [[] for _ in range(8)]

    def append(self, leaf: bytes) -> None:
        """Add a leaf; hashes of every eighth level come into :attr:`tiles`."""
        level, digest = 0, leaf
        self.tiles[0].append(leaf)
        while self.size >> level & 1:
            digest = hashlib.sha256(b"\x01" + self._peaks.pop() + digest).digest()
            level += 1
            if level % 8 == 0:
                self.tiles[level // 8].append(digest)
        self._peaks.append(digest)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of what there is."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        digest = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            digest = hashlib.sha256(b"\x01" + peak + digest).digest()
        return digest


def tile_path(level: int | str, index: int, width: int) -> str:
    """Return where a tile is, as tlog-tiles has it."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def spans(size: int) -> Iterator[tuple[int, int]]:
    """Yield index and width of the bundles of *size* entries."""
    for index in range(size // WIDTH):
        yield index, WIDTH
    if size % WIDTH:
        yield size // WIDTH, size % WIDTH


def files_of(size: int) -> int:
    """Return how many tiles and bundles there are of *size* entries."""
    levels = [size >> 8 * level for level in range(8)]
    return -(-size // WIDTH) + sum(-(-hashes // WIDTH) for hashes in levels)


def entries_in(folder: Path, size: int, first: int = 0) -> Iterator[bytes]:
    """Yield the *size* entries below *folder*; :class:`_CutError` where they cannot be read."""
    for index, width in spans(size):
        path = tile_path("entries", index, width)
        at = first + index * WIDTH
        try:
            data = read(folder, path, BUNDLE_BYTES)
        except PackError as problem:
            missing = problem.finding.code == "MISSING"
            if not missing:
                raise
            raise _CutError(at, "ENTRIES_MISSING", path) from None
        here = 0
        for number in range(width):
            length = int.from_bytes(data[here : here + 2], "big")
            entry = data[here + 2 : here + 2 + length]
            if here + 2 > len(data) or len(entry) != length or length > ENTRY_BYTES:
                raise _CutError(at + number, "ENTRY_DIFFERS", path)
            here += 2 + length
            yield entry
        if here != len(data):
            raise _CutError(at + width - 1, "ENTRY_DIFFERS", path)


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
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How far each witness has seen it, and when."""
    events: Counter[str] = field(default_factory=Counter)
    by_other_keys: int = 0

    def entries(self) -> Iterator[bytes]:
        """Yield all entries, those behind the checkpoint last."""
        yield from entries_in(self.folder, self.size)
        yield from entries_in(self.folder / "after", self.after, self.size)


class Verifying:
    """One pass over the entries of a log, against all that was promised about it."""

    def __init__(self, log: Log, keys: Keys, promises: Sequence[Signed]) -> None:
        """Verify *log*; *promises* are what the auditor kept of it."""
        self._log, self._keys = log, keys
        self._promises = sorted(promises, key=lambda each: each.size)
        self._tree, self._held = Tree(), 0
        self._differs: int | None = None
        self._malformed: int | None = None
        self._tile: str | None = None

    def run(self) -> None:
        """Raise :class:`PackError` at the first promise that is not kept."""
        log = self._log
        kept = self._kept()
        station = log.origin.rpartition("/")[2]
        try:
            self._meet(kept)
            for entry in entries_in(log.folder, log.size):
                self._add(entry, station)
                self._meet(kept)
        except _CutError as cut:
            self._cut(cut)
        self._compare_tiles(whole=False)
        self._check_left_over(kept)
        try:
            for index, entry in enumerate(entries_in(log.folder / "after", log.after, log.size)):
                self._look(entry, station, log.size + index)
        except _CutError as cut:
            _alarm("ENTRIES_MISSING", origin=log.origin, first=cut.index, file=f"after/{cut.file}")
        if self._malformed is not None:
            _alarm("ENTRY_MALFORMED", origin=log.origin, first=self._malformed)
        if self._tile is not None:
            _alarm("TILE_DIFFERS", origin=log.origin, file=self._tile)

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

    def _add(self, entry: bytes, station: str) -> None:
        self._look(entry, station, self._tree.size)
        self._tree.append(leaf_of(entry))
        if self._tree.size % WIDTH == 0:
            self._compare_tiles(whole=True)

    def _look(self, entry: bytes, station: str, index: int) -> None:
        """Note the event, and the first entry that is none of this station's log."""
        try:
            document = load(entry, "")
            event = document["event"]
            right = (
                document.keys() == FIELDS
                and document["format"] == 1
                and document["station"] == station
                and TIME.fullmatch(document["time"])
                and EVENT.fullmatch(event)
                and isinstance(document["facts"], dict)
            )
        except (PackError, TypeError, KeyError, AttributeError):
            right = False
        if not right:
            self._malformed = index if self._malformed is None else self._malformed
        elif event in self._log.events or len(self._log.events) < EVENTS:
            self._log.events[event] += 1

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
            for at in range(0, len(data) - len(data) % 32, 32):
                if tree.size < size:
                    tree.append(data[at : at + 32])
            for hashes in tree.tiles:
                hashes.clear()
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


# --- packs -------------------------------------------------------------------


@dataclass
class Outcome:
    """What was found out: a verdict, and findings in the order in which to say them."""

    verdict: int = HOLDS
    findings: list[Finding] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)

    def note(self, code: str, **facts: Any) -> None:
        """Add a finding."""
        self.findings.append(Finding(code, facts))

    def take(self, problem: PackError) -> None:
        """Add what is wrong; an alarm outweighs what cannot be judged."""
        self.findings.append(problem.finding)
        self.verdict = max(self.verdict, problem.verdict)


def verify(
    packs: Sequence[Path], known: Sequence[Path] = (), policy: Path | None = None
) -> Outcome:
    """Verify *packs*, against each other and against the checkpoints in the files *known*."""
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
        _verify_pack(outcome, pack, tiles, keys, kept)
    for signed in kept:
        _check_known(outcome, signed)
    _compare(outcome)
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
    outcome: Outcome, pack: Path, tiles: Counter[str], keys: Keys, kept: Sequence[Signed]
) -> None:
    try:
        logs = _listed(pack)
    except PackError as problem:
        outcome.take(problem)
        return
    for log in logs:
        try:
            # One that is missing is found, and named, where it is read.
            if tiles.pop(log.folder.name, 0) > files_of(log.size):
                _refuse("UNEXPECTED", f"logs/{log.folder.name}/tile")
            mine = [each for each in kept if each.origin == log.origin and log.kind != "left"]
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
        outcome.note("HOLDS", origin=log.origin, size=log.size, root=root)
        for witness, (size, seconds) in sorted(log.seen.items()):
            when = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            outcome.note("SEEN", witness=witness, size=size, time=when)
        if not log.seen:
            outcome.note("UNSEEN")
    if log.after:
        outcome.note("AFTER", count=log.after)
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
    elif outcome.verdict == HOLDS:
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
    for index, (here, there) in enumerate(zip_longest(one.entries(), other.entries())):
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
    key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
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
    verdict = TEXTS[("ALL_HOLD", "UNREADABLE", "ALARM")[outcome.verdict]][language]
    return [*lines, verdict, *([TEXTS["PROVES"][language]] if outcome.verdict == HOLDS else [])]


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
                "root": log.newest.root.hex() if log.newest else None,
                "seen": {witness: size for witness, (size, _) in sorted(log.seen.items())},
                "events": dict(sorted(log.events.items())),
            }
            for log in outcome.logs
        ],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what the command line names, print the verdict, return the exit code."""
    parser = argparse.ArgumentParser(description="Verify transfer logs / 授受記録を確かめる")
    parser.add_argument("packs", nargs="+", type=Path, metavar="PACK")
    known = "a checkpoint that you kept; may be repeated / 控えのチェックポイント"
    parser.add_argument("--known", action="append", default=[], type=Path, help=known)
    policy = "keys that you trust, instead of the pack's own / 自分で控えた鍵"
    parser.add_argument("--policy", type=Path, help=policy)
    witness = "if all holds: cosign with this key (PEM) and keep / 自分の鍵で証人署名を付ける"
    parser.add_argument("--cosign", type=Path, metavar="PEM", help=witness)
    parser.add_argument("--name", default="", help="under this name, with --cosign / 証人の名前")
    parser.add_argument("--keep", type=Path, default=Path(), help="into this folder / 保存先")
    japanese = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("ja")
    parser.add_argument("--lang", choices=("en", "ja"), default="ja" if japanese else "en")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    outcome = verify(given.packs, given.known, given.policy)
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
