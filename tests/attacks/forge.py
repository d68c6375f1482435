"""The worst case: somebody who holds every private key of the city and no scruples.

A forged bundle is right in everything except what a test asks for, so that exactly
one check can refuse it. Every piece can be replaced: a document by a function from
dictionary to dictionary (or to bytes, for spellings), a file by a function from bytes
to bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import shutil
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import zstandard
from attacks.records import isa_csv
from attacks.world import CITY_DOMAIN, World
from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import root_of

from mediabridge import canonical
from mediabridge.bundle import layout, sshsig, wraps
from mediabridge.bundle.terms import IDENTIFIER
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.config import PROFILE
from mediabridge.kinds import SOFTWARE, Kind
from mediabridge.translog import checkpoint, events, merkle
from mediabridge.translog.events import Event, Fact
from mediabridge.trust.signers import FileSigner

BUNDLE_NAMESPACE = f"mediabridge-bundle-v1@{CITY_DOMAIN}"
APPROVE_NAMESPACE = f"mediabridge-approve-v1@{CITY_DOMAIN}"

Document = dict[str, Any]
Rewrite = Callable[[Document], Document | bytes]
"""Changes a document before it is spelt, or spells it in another way."""
Bytes = Callable[[bytes], bytes]
Parts = Callable[[list[bytes]], list[bytes]]


def same(anything: Any) -> Any:
    """Change nothing."""
    return anything


def changed(**changes: Any) -> Rewrite:
    """Return a rewrite that sets members of a document."""
    return lambda document: {**document, **changes}


@dataclass(frozen=True)
class Inner:
    """One file inside a forged bundle."""

    name: str
    schema: str
    records: int
    plain: bytes
    stored: bytes | None = None
    """What stands in the data stream; the plaintext in one Zstandard frame if not given."""
    entry: Mapping[str, Any] = field(default_factory=dict)
    """Members of its entry in the manifest that lie."""

    @property
    def kind(self) -> str:
        """The kind of its records, if it holds any."""
        return self.schema.partition("/")[0]

    @property
    def data(self) -> bytes:
        """The bytes of the data stream."""
        return zstandard.compress(self.plain) if self.stored is None else self.stored

    def as_entry(self) -> Document:
        """Return the file's entry in the manifest."""
        honest = {
            "name": self.name,
            "schema": self.schema,
            "records": self.records,
            "size": len(self.plain),
            "sha256": hashlib.sha256(self.plain).hexdigest(),
            "compression": "zstd",
            "stored": len(self.data),
        }
        return {**honest, **self.entry}


@dataclass
class Log:
    """What a forged bundle says about its sender's transfer log."""

    entries: list[bytes]
    """All entries that the checkpoint covers."""
    start: int = 0
    size: int | None = None
    root: bytes | None = None
    origin: str | None = None
    key: str | None = None
    """Which log key signs; the sender's if not given."""
    collected: bool = True
    """Whether it tells at its end, as it should, that the files in the bundle were collected."""
    begun: Sequence[Mapping[str, Any]] = ({},)
    """What it lies each time that it says, then, that the bundle is being sealed: once, nothing."""
    after: Sequence[bytes] = ()
    """Entries behind these."""

    def lines(self) -> bytes:
        """Return the file of entries."""
        return b"".join(entry + b"\n" for entry in self.entries[self.start :])


def isa_file(*numbers: tuple[int, int]) -> Inner:
    """Return a file of right notices, one for each (number, resident)."""
    return Inner("isa_notice-0001.csv", "isa_notice/1", len(numbers), isa_csv(*numbers))


class Forge:
    """Every private key of a world, and what can be done with them."""

    def __init__(self, world: World) -> None:
        """Take the keys of *world*; forged bundles go onto its stick."""
        self.world = world
        self.told: list[bytes] = []
        """All entries of the sender's log that the bundle sealed last tells of."""

    # --- signatures ------------------------------------------------------------------

    def signer(self, key_id: str) -> FileSigner:
        """Return the signer of a key of the city, or of a stranger for an unknown id."""
        if self.world.city.key_path(key_id).exists():
            return self.world.key(key_id)
        private = Ed25519PrivateKey.generate()
        return FileSigner(key_id, key_id, private.public_key().public_bytes_raw(), private)

    def sign(self, folder: Path, name: str, key_id: str, namespace: str) -> None:
        """Sign the list of *folder* into the file *name*."""
        sums = (folder / layout.SUMS).read_bytes()
        signature = sshsig.sign(sums, namespace=namespace, signer=self.signer(key_id))
        (folder / name).write_bytes(signature)

    def sign_all(
        self, folder: Path, *, station: str = "lgwan-01", approvers: Iterable[str] = ("officer-1",)
    ) -> None:
        """Put the signatures of *station* and *approvers* on *folder*, and no others."""
        for old in folder.glob("*.sig"):
            old.unlink()
        self.sign(folder, layout.STATION_SIGNATURE, station, BUNDLE_NAMESPACE)
        for name in approvers:
            self.sign(folder, layout.approval_name(name), name, APPROVE_NAMESPACE)

    def list_again(self, folder: Path) -> None:
        """Write the list anew, as the files are now."""
        names = sorted(path.name for path in folder.iterdir() if "SHA256SUMS" not in path.name)
        lines = [
            f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
            for name in names
        ]
        (folder / layout.SUMS).write_text("".join(lines), encoding="ascii", newline="")

    def resign(
        self, folder: Path, *, station: str = "lgwan-01", approvers: Iterable[str] = ("officer-1",)
    ) -> None:
        """Write list and signatures anew: station and officers collude."""
        self.list_again(folder)
        self.sign_all(folder, station=station, approvers=approvers)

    # --- whole bundles ----------------------------------------------------------------

    def log(self, station: str = "lgwan-01", **lies: Any) -> Log:
        """Return what *station* can truthfully say about its log, but for *lies*."""
        return Log(**{"entries": self.world.log_bytes(station), **lies})

    def clear(self) -> None:
        """Take every bundle off the stick."""
        shutil.rmtree(self.world.bundles, ignore_errors=True)
        self.world.bundles.mkdir(parents=True)

    def seal(
        self,
        *,
        files: Sequence[Inner] | None = None,
        receipts: Sequence[Document] = (),
        log: Log | None = None,
        header: Rewrite = same,
        manifest: Rewrite = same,
        keys: Bytes = same,
        parts: Parts = same,
        sums: Bytes = same,
        padding: bytes = bytes(40_000),
        recipients: Sequence[str] = ("registry-01", "escrow"),
        station: str = "lgwan-01",
        approvers: Sequence[str] = ("officer-1",),
        name: str | None = None,
    ) -> Path:
        """Seal a bundle from nothing, the only one on the stick; return its folder."""
        self.clear()
        bundle = secrets.token_hex(16)
        carried = [isa_file((11, 1), (12, 2))] if files is None else list(files)
        told = _telling_of(carried, log or self.log(station), station)

        def with_log(entries: Sequence[bytes]) -> tuple[list[Inner], Document]:
            inner, section = self._log_file(replace(told, entries=[*entries]), station)
            files = [*carried, inner]
            return files, _manifest(
                bundle,
                files=files,
                log=section,
                receipts=receipts,
                padding=len(padding),
                station=station,
            )

        # What is said in the log of the bundle is known before the log is.
        _, draft = with_log(told.entries)
        about = _read(manifest(draft)), _read(header(_header(bundle, draft, station)))
        said = [beginning(*about, station, **lies) for lies in told.begun]
        self.told = [*told.entries, *said, *told.after]
        carried, document = with_log(self.told)
        stream = b"".join(file.data for file in carried) + padding
        spelt = _spelt(manifest(document))
        head = _spelt(header(_header(bundle, document, station)))
        digest = hashlib.sha256(head).digest()
        key = Cobblestone256Encryptor.generate_key()
        pieces = [spelt, stream] if stream else [spelt]
        sealed = parts(
            [_encrypt(key, digest, index, len(pieces), piece) for index, piece in enumerate(pieces)]
        )
        folder = self.world.bundles / (name or bundle)
        folder.mkdir()
        (folder / layout.HEADER).write_bytes(head)
        (folder / layout.KEYS).write_bytes(keys(self.wrap(key, digest, recipients)))
        for index, piece in enumerate(sealed):
            (folder / layout.part_name(index)).write_bytes(piece)
        self.list_again(folder)
        (folder / layout.SUMS).write_bytes(sums((folder / layout.SUMS).read_bytes()))
        self.sign_all(folder, station=station, approvers=approvers)
        return folder

    def wrap(self, key: bytes, digest: bytes, recipients: Iterable[str]) -> bytes:
        """Return ``keys.json`` for *recipients*."""
        trust = self.world.city.trust
        chosen = [each.public_key for each in trust.recipients if each.id in set(recipients)]
        return wraps.wrap(key, chosen, digest=digest)

    def _log_file(self, log: Log, station: str) -> tuple[Inner, Document]:
        root = root_of(map(merkle.leaf_hash, log.entries)) if log.root is None else log.root
        size = len(log.entries) if log.size is None else log.size
        signer = self.signer(log.key or f"{station}-log")
        promised = checkpoint.Checkpoint(log.origin or signer.name, size, root)
        section = {
            "start": log.start,
            "size": size,
            "checkpoint": checkpoint.sign(promised, signer).decode(),
            "file": "translog.jsonl",
            "peer_size": 0,
            "peer_checkpoint": None,
        }
        return Inner("translog.jsonl", "translog/1", 0, log.lines()), section


def _telling_of(files: Sequence[Inner], log: Log, station: str) -> Log:
    told = [
        collected(file, station=station)
        for file in files
        if log.collected and file.kind in {*Kind, SOFTWARE}
    ]
    return replace(log, entries=[*log.entries, *told])


def collected(file: Inner, *, station: str = "lgwan-01", **lies: Fact) -> bytes:
    """Return the entry of *station* that *file* was collected, true but for *lies*."""
    facts: dict[str, Fact] = {
        "kind": file.kind,
        "records": file.records,
        "file_bytes": len(file.plain),
        "file_sha256": hashlib.sha256(file.plain).hexdigest(),
    }
    return events.build(
        Event.FILE_COLLECTED,
        time=to_rfc3339(SystemClock().now()),
        station=station,
        actor="clerk-1",
        facts=facts | lies,
    )


def beginning(manifest: Document, header: Document, station: str, **lies: Any) -> bytes:
    """Return the entry of *station* that this bundle is being sealed, true but for *lies*.

    What is None is not said; nor is what fits no entry, of a bundle that is refused for it.
    """
    files = [each for each in manifest.get("files", ()) if each["schema"] != "translog/1"]
    lines = "".join(f"{each['sha256']}  {each['name']}\n" for each in files)
    records, log = dict(manifest.get("records", {})), manifest.get("log", {})
    peer = checkpoint_root(log.get("peer_checkpoint"))
    route = header.get("route", {})
    facts = {
        "bundle": header.get("bundle"),
        "route_from": route.get("from"),
        "route_to": route.get("to"),
        "seq": header.get("seq"),
        "prev": header.get("prev"),
        "records": sum(records.values()),
        "kinds": [f"{kind}:{count}" for kind, count in sorted(records.items())],
        "files": len(files),
        "content": hashlib.sha256(lines.encode()).hexdigest(),
        "receipts": len(manifest.get("receipts", ())),
        "peer_size": log.get("peer_size") if peer else None,
        "peer_root": peer,
    } | lies
    return events.build(
        Event.BUNDLE_SEALING,
        time=to_rfc3339(SystemClock().now()),
        station=station,
        actor=_actor(facts.pop("actor", manifest.get("operator"))),
        facts={name: value for name, value in facts.items() if events.fits({name: value})},
    )


def _actor(said: object) -> str:
    """Return who is *said* to have done it; of what is no name nothing is written."""
    return said if isinstance(said, str) and re.fullmatch(IDENTIFIER, said) else "clerk-1"


def checkpoint_root(note: object) -> str | None:
    """Return the root in a checkpoint, in hexadecimal; None where there is none."""
    lines = note.split("\n") if isinstance(note, str) else []
    return base64.b64decode(lines[2]).hex() if len(lines) > 3 else None


def _read(document: Document | bytes) -> Document:
    """Return what a document says, however it is spelt; nothing where that is no document."""
    try:
        read = json.loads(document) if isinstance(document, bytes) else document
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _encrypt(key: bytes, digest: bytes, index: int, parts: int, piece: bytes) -> bytes:
    context = b"mediabridge/1/part\0" + digest + struct.pack(">II", index, parts)
    encryptor = Cobblestone256Encryptor(key, context)
    return encryptor.update(piece) + encryptor.finalize()


def _manifest(
    bundle: str,
    *,
    files: Sequence[Inner],
    log: Document,
    receipts: Sequence[Document],
    padding: int,
    station: str,
) -> Document:
    entries = [file.as_entry() for file in files]
    records: dict[str, int] = {}
    for file in files:
        if file.kind in set(Kind):
            records[file.kind] = records.get(file.kind, 0) + file.records
    lines = "".join(f"{entry['sha256']}  {entry['name']}\n" for entry in entries)
    summary = {
        "bundle": bundle,
        "route": {"from": station, "to": peer_of(station)},
        "seq": 1,
        "operator": "clerk-1",
        "records": records,
        "events": {"N02": sum(records.values())} if records else {},
        "files": len(files),
        "size": sum(entry["size"] for entry in entries),
        "receipts": len(receipts),
        "previous_records": 0,
        "content": hashlib.sha256(lines.encode()).hexdigest(),
    }
    return {
        "format": 1,
        "bundle": bundle,
        "operator": "clerk-1",
        "files": entries,
        "padding": padding,
        "records": records,
        "receipts": list(receipts),
        "log": log,
        "recipient": None,
        "summary": summary,
        "salt": secrets.token_hex(32),
        "prepared": None,
    }


def peer_of(station: str) -> str:
    """Return where *station* sends its bundles."""
    return "lgwan-01" if station == "registry-01" else "registry-01"


def _header(bundle: str, manifest: Document, station: str) -> Document:
    now = SystemClock().now()
    summary = bytes.fromhex(manifest["salt"]) + canonical.dump(manifest["summary"])
    return {
        "format": 1,
        "profile": PROFILE,
        "bundle": bundle,
        "mode": "training",
        "route": {"from": station, "to": peer_of(station)},
        "seq": 1,
        "prev": "0" * 64,
        "created": to_rfc3339(now),
        "not_after": to_rfc3339(now + timedelta(days=30)),
        "parts": 2,
        "trust_version": 1,
        "summary": hashlib.sha256(summary).hexdigest(),
    }


def _spelt(document: Document | bytes) -> bytes:
    return document if isinstance(document, bytes) else canonical.dump(document)
