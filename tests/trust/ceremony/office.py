"""The people of a city, each with keys of their own, and a folder that goes round."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.translog import checkpoint, cosignature
from mediabridge.trust import requests, signers, tuf_keys
from mediabridge.trust.ceremony import changes, entries, folder, publishing, roles, signing
from mediabridge.trust.ceremony.changes import Change, Plan
from mediabridge.trust.ceremony.entries import Validity
from mediabridge.trust.ceremony.folder import Opened
from mediabridge.trust.keyfile import StoredKey
from mediabridge.trust.requests import Request
from mediabridge.trust.trust_data import TrustData

CITY = "city.training.example"
NEEDED = {"root": 2, "targets": 2, "snapshot": 1, "timestamp": 1}
HOLDERS = {
    "root": ("root-1", "root-2", "root-3"),
    "targets": ("targets-1", "targets-2"),
    "snapshot": ("snapshot-1",),
    "timestamp": ("timestamp-1",),
}


def now() -> datetime:
    return SystemClock().now()


@dataclass
class Office:
    """Keys by name, made when they are first asked for."""

    mode: str = "live"
    pairs: bool = True
    made: dict[str, StoredKey] = field(default_factory=dict)

    def _key(self, name: str, make: Any) -> StoredKey:
        if name not in self.made:
            self.made[name] = make(name)
        return self.made[name]

    def ssh(self, name: str) -> StoredKey:
        return self._key(name, signers.new_ssh_key)

    def _request(self, kind: str, name: str, role: str, keys: dict[str, str]) -> Request:
        return Request.model_validate(
            {
                "format": 1,
                "request": kind,
                "id": name,
                "role": role,
                "city": CITY,
                "mode": self.mode,
                "keys": keys,
                "created": to_rfc3339(now()),
            }
        )

    def station(self, name: str, role: str) -> bytes:
        origin = checkpoint.origin_of(CITY, name)
        log = self._key(f"{name}-log", lambda key: signers.new_log_key(key, origin=origin))
        own_name = cosignature.witness_of(CITY, name)
        witness = self._key(
            f"{name}-witness", lambda key: signers.new_witness_key(key, name=own_name)
        )
        recipient = self._key(f"{name}-recipient", signers.new_recipient_key)
        keys = {
            "ssh": self.ssh(name).public,
            "log": log.public,
            "witness": witness.public,
            "recipient": recipient.public,
        }
        return requests.make(
            self._request("station", name, role, keys),
            ssh=signers.signer(self.ssh(name)),
            log=signers.signer(log),
            witness=signers.signer(witness),
        )

    def person(self, name: str, role: str) -> bytes:
        request = self._request("person", name, role, {"ssh": self.ssh(name).public})
        return requests.make(request, ssh=signers.signer(self.ssh(name)))

    def escrow(self, name: str) -> bytes:
        recipient = self._key(f"{name}-recipient", signers.new_recipient_key)
        keys = {"ssh": self.ssh(name).public, "recipient": recipient.public}
        request = self._request("holder", name, "escrow", keys)
        return requests.make(request, ssh=signers.signer(self.ssh(name)))

    def tuf(self, name: str) -> list[StoredKey]:
        """Return the keys of the holder *name*: one, or a pair."""
        keys = [self._key(name, signers.new_tuf_key)]
        if self.pairs and name.startswith("root"):
            keys.append(self._key(f"{name}-lattice", tuf_keys.new_mldsa_key))
        return keys

    def holder(self, name: str, role: str) -> bytes:
        keys = self.tuf(name)
        request = self._request("holder", name, role, {key.kind: key.public for key in keys})
        return requests.make(request, tuf=map(tuf_keys.signer, keys))

    def everybody(self) -> list[bytes]:
        """Return the requests for a whole city."""
        return [
            *(self.holder(name, role) for role, names in HOLDERS.items() for name in names),
            self.station("lgwan-01", "lgwan"),
            self.station("registry-01", "registry"),
            self.person("officer-1", "officer"),
            self.person("officer-2", "officer"),
            self.person("clerk-1", "clerk"),
            self.escrow("escrow-1"),
        ]


@dataclass
class Ceremony:
    """One folder, opened anew for every step, as on another machine on another day."""

    office: Office
    path: Path

    @property
    def opened(self) -> Opened:
        return folder.open_folder(self.path)

    @cached_property
    def valid(self) -> Validity:
        return Validity(now(), now() + timedelta(days=365))

    def begin(self) -> None:
        plan = Plan(
            roles.new_root(NEEDED),
            entries.first(CITY, "131041", self.office.mode),  # type: ignore[arg-type]
        )
        changes.begin(self.path, plan, now())

    def change(self, change: Change, *, renew: bool = False) -> list[str]:
        """Make *change*, and return who has to sign once more."""
        opened = self.opened
        draft = changes.prepare(opened, change, now(), renew=renew)
        lost = changes.lost_signatures(opened, draft)
        folder.save(opened.folder, draft)
        return lost

    def take_in(self, *files: bytes) -> None:
        for data in files:
            self.change(changes.take_in(requests.read(data, name="request.json"), self.valid))

    def route(self, approvals: int = 1) -> None:
        self.change(changes.to_trust(lambda trust: entries.routed_throughout(trust, approvals)))

    def sign(self, name: str) -> None:
        """Sign as the holder *name*, with each key of the pair."""
        for key in self.office.tuf(name):
            signing.sign(self.opened, tuf_keys.signer(key))

    def sign_all(self, *names: str) -> None:
        for name in names or (
            "root-1",
            "root-2",
            "targets-1",
            "targets-2",
            "snapshot-1",
            "timestamp-1",
        ):
            self.sign(name)

    def publish(self) -> TrustData:
        return publishing.publish(self.opened)

    def first_version(self) -> None:
        self.begin()
        self.take_in(*self.office.everybody())
        self.route()
        self.sign_all()
        self.publish()
