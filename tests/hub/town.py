"""A town with two stations that have a line, their keys, and bundles that they could send."""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from publishing import publish

from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.header import Header, Route
from mediabridge.bundle.sums import write_sums
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.config import MIB, PROFILE
from mediabridge.line import certificate, wire
from mediabridge.trust import signers
from mediabridge.trust.city import City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.trust_data import RouteRule, TrustData

HOST = "localhost"

REPORT: dict[str, Any] = {
    "at": "2026-11-28T00:00:00Z", "program": "0.1.0", "system": "debian-13", "python": "3.13",
    "faults": [{"code": "CLOCK", "count": 3}, {"code": "DISK"}, {"code": "CLOCK"}],
}  # fmt: skip
"""What ``doctor`` of a station may tell."""


def passphrase_for(_key_id: str) -> bytes:
    return b"training"


def make(folder: Path, domain: str = "city.training.example") -> City:
    """Make a city where ``lgwan-01`` and ``lgwan-02`` send to one another."""
    ends = (("lgwan-01", "lgwan-02"), ("lgwan-02", "lgwan-01"))
    return create_city(
        folder,
        city=domain,
        municipality_code="131041",
        clock=SystemClock(),
        passphrase_for=passphrase_for,
        cost=TRAINING_COST,
        extra_stations={"lgwan-02": "lgwan", "lgwan-03": "lgwan"},
        extra_routes=[
            RouteRule(sender=sender, receiver=receiver, approvals=0, kinds=())
            for sender, receiver in ends
        ],
    )


@dataclass(frozen=True)
class Sent:
    """A bundle as its sender has it."""

    head: Header
    files: dict[str, bytes]

    @property
    def id(self) -> str:
        return self.head.bundle

    def announcement(self, **changes: Any) -> dict[str, Any]:
        files = [
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(self.files.items())
        ]
        route = self.head.route
        said = {"bundle": self.id, "receiver": route.receiver, "seq": self.head.seq}
        return {**said, "files": files, **changes}


@dataclass
class Town:
    """The city, and what its hub is told of it."""

    city: City
    cities: Path
    """The hub's folder of cities."""
    authority: Path
    """The certificate of the hub, which stations pin."""

    @property
    def trust(self) -> TrustData:
        return self.city.trust

    def signer(self, key: str) -> signers.FileSigner:
        return signers.open_signer(self.city.key_path(key), passphrase_for(key))

    def bundle(
        self,
        seq: int = 1,
        *,
        sender: str = "lgwan-01",
        receiver: str = "lgwan-02",
        signed_by: str | None = None,
        size: int = 2000,
        approvers: Iterable[str] = (),
        **changes: Any,
    ) -> Sent:
        """Make a bundle that is right in all that a hub can see, or in all but one thing."""
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "format": 1, "profile": PROFILE, "bundle": secrets.token_hex(16),
            "mode": "training", "route": Route(sender=sender, receiver=receiver), "seq": seq,
            "prev": "0" * 64 if seq == 1 else "1" * 64, "created": to_rfc3339(now),
            "not_after": to_rfc3339(now + timedelta(days=30)), "parts": 2, "trust_version": 1,
            "summary": "2" * 64,
        }  # fmt: skip
        head = Header(**(values | changes))
        files = {layout.HEADER: head.to_bytes(), layout.KEYS: b"{}"}
        files |= {layout.part_name(index): secrets.token_bytes(size) for index in range(2)}
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        files[layout.SUMS] = sums = write_sums(digests)
        trust = self.trust
        files[layout.STATION_SIGNATURE] = sshsig.sign(
            sums, namespace=trust.bundle_namespace, signer=self.signer(signed_by or sender)
        )
        for name in approvers:
            files[layout.approval_name(name)] = sshsig.sign(
                sums, namespace=trust.approve_namespace, signer=self.signer(name)
            )
        return Sent(head, files)

    def publish(self, **changes: Any) -> None:
        """Publish the next version of the trust data where the hub looks."""
        version = self.trust.version + 1
        trust = self.trust.model_copy(update={"version": version, **changes})
        publishers = self.city.publishers(passphrase_for)
        publish(self.city.repository, trust, publishers=publishers, clock=SystemClock())


def hub_certificate(folder: Path) -> tuple[Path, Path]:
    """Make the hub's own certificate; return its file, and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    shown, kept = folder / "hub.pem", folder / "hub.key"
    shown.write_bytes(made.public_bytes(Encoding.PEM))
    kept.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return shown, kept


@dataclass
class Caller:
    """A station on the line, as strictly as the description of the interface says."""

    town: Town
    station: str
    port: int
    folder: Path
    signed_by: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __post_init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        shown = certificate.issue(
            self.town.signer(self.signed_by or self.station), city=self.town.trust.city,
            station=self.station, key=key.public_key(), now=self.at,
        )  # fmt: skip
        self.shown = file = self.folder / f"{secrets.token_hex(8)}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(shown.public_bytes(Encoding.PEM) + private)
        self._tls = ssl.create_default_context(cafile=self.town.authority)
        self._tls.load_cert_chain(file)
        self._line = http.client.HTTPSConnection(HOST, self.port, context=self._tls, timeout=60)

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """Return status, content and headers of the answer."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if not isinstance(body, bytes | None):
            given["Content-Type"] = "application/json"
        whole = path if path.startswith("/") else f"/v1/{path}"
        self._line.request(method, whole, data, given)
        answer = self._line.getresponse()
        content = answer.read()
        if "json" in answer.headers.get("Content-Type", ""):
            return answer.status, json.loads(content), answer.headers
        return answer.status, content, answer.headers

    def put(self, bundle: str, name: str, data: bytes, start: int = 0, stop: int = 0) -> Any:
        """Send one part; return status and answer."""
        part = wire.Part(start, stop or len(data), len(data))
        piece = data[part.start : part.stop]
        headers = {"Content_Range": str(part), "Content_Digest": wire.content_digest(piece)}
        return self.ask("PUT", f"bundles/{bundle}/files/{name}", piece, **headers)[:2]

    def upload(self, sent: Sent, step: int = MIB) -> None:
        """Announce *sent*, and send every part of it that is not there."""
        status, entry, _ = self.ask("POST", "bundles", sent.announcement())
        assert status in {200, 201}, entry
        for file in entry["files"]:
            data = sent.files[file["name"]]
            for start in range(file["received"], len(data), step):
                stop = min(start + step, len(data))
                answer = self.put(sent.id, file["name"], data, start, stop)
                assert answer == (200, {"received": stop})

    def send(self, sent: Sent) -> dict[str, Any]:
        """Upload and complete *sent*; return the entry."""
        self.upload(sent)
        status, entry, _ = self.ask("POST", f"bundles/{sent.id}/complete")
        assert status == 200, entry
        return dict(entry)

    def waiting(self) -> list[str]:
        """Return the ids of what waits."""
        status, answer, _ = self.ask("GET", "waiting")
        assert status == 200, answer
        return [entry["bundle"] for entry in answer["bundles"]]

    def close(self) -> None:
        self._line.close()
