"""A city and its bundles in memory: right in everything but what a test asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.header import Header, Route
from mediabridge.bundle.manifest import (
    CarriedLog,
    CarriedReceipt,
    InnerFile,
    Manifest,
    Summary,
    content_digest,
)
from mediabridge.bundle.opening import Unpacked
from mediabridge.bundle.stages import SealedBundle
from mediabridge.bundle.statements import Deed, prepared_of, statement_namespace
from mediabridge.bundle.sums import write_sums
from mediabridge.bundle.terms import FIRST_PREV
from mediabridge.config import PROFILE
from mediabridge.trust import signers
from mediabridge.trust.city import City
from mediabridge.trust.trust_data import TrustData

BUNDLE = "ab" * 16
SALT = "5a" * 32
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROUTE = Route(sender="lgwan-01", receiver="registry-01")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 1, tzinfo=UTC)


def inner(name: str, schema: str, records: int, *, size: int = 100) -> InnerFile:
    return InnerFile(
        name=name,
        schema_id=schema,
        records=records,
        size=size,
        sha256=sha256(name.encode()),
        compression="zstd",
        stored=50,
    )


FILES = (
    inner("isa.csv", "isa_notice/1", 3, size=300),
    inner("more.csv", "isa_notice/1", 1),
    inner("report.csv", "residence_report/1", 2),
    inner("receipt.jsonl", "receipt/1", 4),
    inner("log.jsonl", "translog/1", 9),
)


def summary(**changes: Any) -> Summary:
    values: dict[str, Any] = {
        "bundle": BUNDLE,
        "route": ROUTE,
        "seq": 1,
        "operator": "clerk-1",
        "records": {"isa_notice": 4, "residence_report": 2},
        "events": {"N02": 4, "M01": 2},
        "files": 5,
        "size": 700,
        "receipts": 1,
        "previous_records": 0,
        "content": content_digest(FILES),
    }
    return Summary(**(values | changes))


def manifest(**changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "format": 1,
        "bundle": BUNDLE,
        "operator": "clerk-1",
        "files": FILES,
        "padding": 0,
        "records": {"isa_notice": 4, "residence_report": 2},
        "receipts": (
            CarriedReceipt(receipt="1" * 32, bundle="2" * 32, seq=1, file="receipt.jsonl"),
        ),
        "log": CarriedLog(
            start=0, size=9, checkpoint="", file="log.jsonl", peer_size=0, peer_checkpoint=None
        ),
        "recipient": None,
        "summary": summary(),
        "salt": SALT,
        "prepared": None,
    }
    return Manifest(**(values | changes))


def header(**changes: Any) -> Header:
    values: dict[str, Any] = {
        "format": 1,
        "profile": PROFILE,
        "bundle": BUNDLE,
        "mode": "training",
        "route": ROUTE,
        "seq": 1,
        "prev": FIRST_PREV,
        "created": "2026-11-24T00:00:00Z",
        "not_after": "2026-12-24T00:00:00Z",
        "parts": 2,
        "trust_version": 1,
        "summary": summary().digest(SALT),
    }
    return Header(**(values | changes))


def unpacked(told: Manifest, **changes: Any) -> Unpacked:
    values: dict[str, Any] = {
        "manifest": told,
        "files": {file.name: Path(file.name) for file in told.files},
        "digests": {file.name: file.sha256 for file in told.files},
        "sizes": {file.name: file.size for file in told.files},
    }
    return Unpacked(**(values | changes))


@dataclass(frozen=True)
class Maker:
    """Makes sealed bundles of a city, all of whose keys it holds."""

    city: City

    @property
    def trust(self) -> TrustData:
        return self.city.trust

    def fingerprint(self, key: str) -> str:
        return sshsig.fingerprint(self._signer(key).public_key)

    def sign(self, sums: bytes, key: str, namespace: str) -> bytes:
        return sshsig.sign(sums, namespace=namespace, signer=self._signer(key))

    def signatures(
        self, sums: bytes, *, station: str = "lgwan-01", approvers: Iterable[str] = ("officer-1",)
    ) -> dict[str, bytes]:
        signed = {layout.STATION_SIGNATURE: self.sign(sums, station, self.trust.bundle_namespace)}
        for each in approvers:
            name = layout.approval_name(each)
            signed[name] = self.sign(sums, each, self.trust.approve_namespace)
        return signed

    def prepared(self, told: Manifest, head: Header | None = None, *, by: str = "clerk-1") -> str:
        """Return the signature of *by* on having prepared the bundle of *head*."""
        message = prepared_of(told.operator, head or header())
        namespace = statement_namespace(Deed.PREPARED, self.trust.city)
        return self.sign(message, by, namespace).decode()

    def sealed(
        self,
        head: Header | None = None,
        *,
        station: str = "lgwan-01",
        approvers: Iterable[str] = ("officer-1",),
        listed: Mapping[str, str] | None = None,
        **changes: Any,
    ) -> SealedBundle:
        """Seal *head*; *listed* stands in the signed list instead of the true digests."""
        head = head or header()
        data, keys = head.to_bytes(), b"{}"
        parts = {layout.part_name(index): sha256(bytes([index])) for index in range(head.parts)}
        digests = {layout.HEADER: sha256(data), layout.KEYS: sha256(keys), **parts}
        sums = write_sums(digests if listed is None else listed)
        values: dict[str, Any] = {
            "name": head.bundle,
            "folder": Path("nowhere"),
            "header": data,
            "keys": keys,
            "sums": sums,
            "signatures": self.signatures(sums, station=station, approvers=approvers),
            "digests": digests,
            "sizes": dict.fromkeys(digests, 1),
        }
        return SealedBundle(**(values | changes))

    def _signer(self, key: str) -> signers.FileSigner:
        return signers.open_signer(self.city.key_path(key), b"training")
