"""The hub of the demo: the real command, with a certificate of its own; it can lose its power."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mediabridge.clock import Clock
from mediabridge.durable import write_durably
from mediabridge.errors import SettingsError
from mediabridge.stations.home import Home
from mediabridge.trust.city import City

_HOST: Final = "localhost"
_PATIENCE_SECONDS: Final = 60.0
_SETTINGS: Final = """\
cities = "{folder}/cities"
[listen]
address = "127.0.0.1"
port = 0
certificate = "{folder}/hub.pem"
key = "{folder}/hub.key"
[operators]
port = 0
[database]
adapter = "sqlite"
path = "{folder}/hub.db"
"""


class DemoHub:
    """A hub in *folder*, which serves the cities that it is told of."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Make its certificate and its settings; it does not run yet."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        (folder / "cities").mkdir(parents=True)
        _make_certificate(folder, clock)
        (folder / "hub.toml").write_text(_SETTINGS.format(folder=folder), "utf-8")

    def serve(self, city: City) -> None:
        """Have it know *city*, by its first root and its trust data."""
        served = self._folder / "cities" / city.trust.municipality_code
        served.mkdir()
        (served / "root.json").write_bytes(city.root)
        (served / "trust").symlink_to(city.repository)

    def start(self, homes: Iterable[Path]) -> None:
        """Start it, and write where it is into the settings of the stations in *homes*.

        Raises:
            SettingsError: it does not start, as where the libraries of a hub are not installed.
        """
        said = self._folder / "hub.log"
        words = ("-m", "mediabridge", "hub", "serve", "--settings", self._folder / "hub.toml")
        with said.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this program, in a folder of ours
                [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=log
            )
        self.port = self._port(said)
        line = f'[line]\nhub = "https://{_HOST}:{self.port}"\nca = "{self._folder}/hub.pem"\n'
        for home in homes:
            write_durably(Home(home).settings_file, line.encode(), mode=0o600)

    def lose_power(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _port(self, said: Path) -> int:
        assert self._process is not None  # noqa: S101 - it was started just now
        until = time.monotonic() + _PATIENCE_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            for line in said.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n") and b'"started"' in line:
                    return int(json.loads(line)["port"])
            time.sleep(0.05)
        self.lose_power()
        raise SettingsError(name="hub.toml", detail=said.read_text("utf-8").strip()[-500:])


def _make_certificate(folder: Path, clock: Clock) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _HOST)])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "hub.pem").write_bytes(made.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_durably(folder / "hub.key", plain, mode=0o600)
