"""A live city by the real commands of a ceremony, and two stations of it, for the runbooks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from attacks.records import MUNICIPALITY, population
from attacks.world import as_medium

from mediabridge.bundle.layout import bundles_folder
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.kinds import Role
from mediabridge.stations import who
from mediabridge.stations.founding import found_station
from mediabridge.stations.home import Home
from mediabridge.stations.registry import RegistryStation
from mediabridge.trust import keyfile
from mediabridge.trust.fingerprint import Fingerprint
from mediabridge.trust.keyfile import TRAINING_COST, StoredKey
from mediabridge.trust.keymaking import new_key
from mediabridge.trust.purposes import Purpose

CITY = "city.example.jp"
PASSPHRASE = "a passphrase that nobody guesses"  # noqa: S105 - of keys that protect nothing
HOLDERS = {
    "root": ("root-1", "root-2", "root-3"),
    "targets": ("targets-1", "targets-2"),
    "snapshot": ("snapshot-1",),
    "timestamp": ("timestamp-1",),
}
PUBLISHING = ("targets-1", "targets-2", "snapshot-1", "timestamp-1")
PEOPLE = {"officer-1": "officer", "officer-2": "officer", "clerk-1": "clerk"}


@dataclass
class Office:
    """Everything of a city below one folder, named as the runbooks name it."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def stick(self) -> Path:
        """The folder where the stick is mounted."""
        return self.root / "stick"

    def copy_to(self, root: Path) -> Office:
        """Return a copy that a test may ruin."""
        shutil.copytree(self.root, root, symlinks=True)
        return Office(root, self.capsys)

    def give(self, *words: object, code: int = 0, reason: str = "DONE") -> dict[str, Any]:
        """Give one command and return its data, or its facts where it is refused."""
        self.capsys.readouterr()
        got = run(["--json", *map(str, words)])
        printed = json.loads(self.capsys.readouterr().out)
        assert (got, printed["reason"]) == (code, reason), printed
        data: dict[str, Any] = printed["data"]
        return data

    def at(
        self, station: str, *words: object, code: int = 0, reason: str = "DONE"
    ) -> dict[str, Any]:
        """Give one command at a station."""
        return self.give("--home", self.root / station, *words, code=code, reason=reason)

    # --- the ceremony ------------------------------------------------------------------

    @property
    def _secret(self) -> tuple[object, ...]:
        return ("--passphrase-file", self.root / "passphrase")

    def key(self, key: StoredKey) -> Path:
        """Keep a key in a file that opens faster than one of ``keys new``."""
        path = self.root / f"{key.id}.json"
        keyfile.save(path, key, PASSPHRASE.encode(), cost=TRAINING_COST)
        return path

    def keys_of(self, name: str) -> list[object]:
        """Return the options that name the key files of a holder."""
        kinds = [name, f"{name}-lattice"] if name.startswith("root") else [name]
        return [word for kind in kinds for word in ("--key", self.root / f"{kind}.json")]

    def request(self, name: str, role: str, keys: Iterable[object]) -> Path:
        """Make the request file of a person or a holder by the command."""
        out = self.root / f"{name}.request.json"
        words = ("--city", CITY, "--mode", "live", "-o", out, *self._secret)
        self.give("trust", "request", name, role, *keys, *words)
        return out

    def holder(self, name: str, role: str) -> Path:
        """Make a holder's keys, and its request."""
        # A file of either curve serves, and both in one role.
        classical = Purpose.TUF_ECDSA_P384 if name.endswith("-2") else Purpose.TUF
        self.key(new_key(classical, name))
        if role == "root":
            self.key(new_key(Purpose.TUF_ML_DSA_65, f"{name}-lattice"))
        return self.request(name, role, self.keys_of(name))

    def person(self, name: str, role: str) -> Path:
        """Make a person's key, and its request."""
        return self.request(name, role, ["--key", self.key(new_key(Purpose(role), name))])

    def escrow(self, name: str) -> Path:
        """Make the keys of escrow, and their request."""
        keys = [new_key(Purpose.OFFICER, name), new_key(Purpose.RECIPIENT, f"{name}-recipient")]
        options = [word for key in keys for word in ("--key", self.key(key))]
        return self.request(name, "escrow", options)

    def station(self, name: str, role: Role, home: str) -> Path:
        """Let a live station make its keys, which open faster than usual; return its request."""
        config = who.made(
            station=name, role=role, mode="live", city=CITY, municipality_code=MUNICIPALITY
        )
        found_station(
            self.root / home,
            config,
            clock=SystemClock(),
            passphrases=lambda _key: PASSPHRASE.encode(),
            cost=TRAINING_COST,
        )
        return Home(self.root / home).request_file

    def sign(self, *names: str, folder: str = "ceremony") -> None:
        """Sign the draft as each of these holders."""
        for name in names:
            words = (self.root / folder, *self.keys_of(name), "--yes", *self._secret)
            self.give("trust", "sign", *words)

    def publish(self, folder: str = "ceremony", stick: str = "stick") -> None:
        """Put the draft in force, and on a stick."""
        medium = self.root / stick
        medium.mkdir(exist_ok=True)
        self.give("trust", "publish", self.root / folder, "--medium", medium, "--yes")

    def enrol(self, home: str) -> None:
        """Give a station the trust data on the stick, under the root of the paper form."""
        self.at(home, "station", "enrol", "--medium", self.stick, "--fingerprint", self.paper().hex)

    def paper(self, folder: str = "ceremony") -> Fingerprint:
        """Return the fingerprint of a first root, as it is on the paper form."""
        return Fingerprint.of((self.root / folder / "root.json").read_bytes())

    # --- the day -----------------------------------------------------------------------

    def officer(self, name: str) -> tuple[object, ...]:
        """Return the options by which an officer approves without being asked."""
        return ("--key", self.root / f"{name}.json", "--yes", *self._secret)

    def clerk(self, name: str = "clerk-1") -> tuple[object, ...]:
        """Return the options by which a clerk signs without being asked."""
        secret = ("--clerk-passphrase-file", self.root / "passphrase")
        return ("--clerk-key", self.root / f"{name}.json", *secret, *self._secret)

    def seal(self, station: str, content: bytes) -> str:
        """Collect and seal at a station; return the bundle."""
        path = self.root / "incoming.csv"
        path.write_bytes(content)
        self.at(station, "collect", path)
        return str(self.at(station, "seal", *self.clerk())["bundle"])

    def write(self, station: str, bundle: str) -> Path:
        """Write an approved bundle to the empty stick; return its folder there."""
        self.clear()
        self.at(station, "write", bundle, *as_medium(self.stick), *self.clerk())
        return bundles_folder(self.stick) / bundle

    def send(self, station: str, content: bytes, officer: str = "officer-1") -> Path:
        """Seal, have approved and write; return the bundle's folder on the stick."""
        bundle = self.seal(station, content)
        self.at(station, "approve", bundle, *self.officer(officer))
        return self.write(station, bundle)

    def take(self, station: str, code: int = 0, reason: str = "DONE") -> dict[str, Any]:
        """Import what is on the stick."""
        words = ("import", *as_medium(self.stick), *self.clerk())
        return self.at(station, *words, code=code, reason=reason)

    def clear(self) -> None:
        """Let the stick hold nothing."""
        shutil.rmtree(self.stick)
        self.stick.mkdir()

    def trust(self, station: str) -> dict[str, Any]:
        """Return what a station's trust data says."""
        trust: dict[str, Any] = self.at(station, "trust", "show")["trust"]
        return trust


def found(root: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """Make a live city in *root*, with one station on each side."""
    office = Office(root, capsys)
    office.stick.mkdir()
    (root / "passphrase").write_text(f"{PASSPHRASE}\n")
    (root / "passphrase").chmod(0o600)
    asked = [
        *(office.holder(name, role) for role, names in HOLDERS.items() for name in names),
        *(office.person(name, role) for name, role in PEOPLE.items()),
        office.station("lgwan-01", "lgwan", "lgwan"),
        office.station("registry-01", "registry", "registry"),
        office.escrow("escrow-1"),
    ]
    place = ("--city", CITY, "--municipality", MUNICIPALITY, "--mode", "live", "--yes")
    office.give("trust", "init", root / "ceremony", *asked, *place)
    office.sign("root-1", "root-2", *PUBLISHING)
    office.publish()
    office.enrol("lgwan")
    office.enrol("registry")
    with RegistryStation(
        root / "registry", clock=SystemClock(), passphrases=lambda _key: PASSPHRASE.encode()
    ) as registry:
        registry.load_population(population(5))
    return office
