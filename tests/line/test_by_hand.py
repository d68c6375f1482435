"""``mediabridge sync`` as typed, over TLS with certificates both ways; and what ``watch`` does."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attacks.world import World
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from line.hubs import Hub, Served, served
from line.over import AGENCY, LGWAN, NOTICES
from required import require_library

from mediabridge import errors
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.errors import ExitCode
from mediabridge.line import certificate
from mediabridge.stations import settings
from mediabridge.stations.chores import Chores
from mediabridge.stations.line import syncing
from mediabridge.stations.line.syncing import Synced
from mediabridge.trust import keytext

require_library("asn1crypto")

LINE = """
[line]
hub  = "{hub}"
ca   = "{ca}"
{more}
"""


def cert(name: x509.Name, key: Any, by: Any, issuer: x509.Name, *, ca: bool) -> x509.Certificate:
    now = SystemClock().now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    )
    return builder.sign(by, hashes.SHA256())


@pytest.fixture
def secure(world: World, tmp_path: Path) -> Iterator[Served]:
    """Give a hub that knows stations by trust data alone, and that is known by one authority."""
    root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hub")])
    authority = cert(name, root.public_key(), root, name, ca=True)
    (tmp_path / "ca.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    here = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    shown = cert(here, own.public_key(), root, name, ca=False)
    plain = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "hub.pem").write_bytes(plain + shown.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "hub.pem")
    trust = world.city.trust
    anchors = [
        cert(
            certificate.station_name(trust.city, each.id),
            certificate.public_key(keytext.parse_openssh(each.key)),
            root,
            name,
            ca=True,
        )
        for each in trust.stations
    ]
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in anchors)
    context.load_verify_locations(cadata=pem.decode("ascii"))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_mode = ssl.CERT_REQUIRED
    with served(Hub(), context) as there:
        yield there


def settle(world: World, station: str, hub: str, ca: Path, more: str = "") -> None:
    path = world.home(station).settings_file
    path.write_text(LINE.format(hub=hub, ca=ca, more=more))
    path.chmod(0o600)
    opened = world.home(station).root / "passphrase.training"
    opened.write_text("training\n")
    opened.chmod(0o600)


def sync(world: World, station: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    capsys.readouterr()
    code = run(["--home", str(world.home(station).root), "--json", "sync"])
    return code, json.loads(capsys.readouterr().out)


def test_sync_as_it_is_typed(
    world: World, secure: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for station in (AGENCY, LGWAN):
        settle(world, station, secure.url, tmp_path / "ca.pem", "kilobits = 100000")
    path = world.root / "incoming.csv"
    path.write_bytes(NOTICES)
    assert run(["--home", str(world.home(AGENCY).root), "collect", str(path)]) == ExitCode.DONE
    code, told = sync(world, AGENCY, capsys)
    assert (code, len(told["data"]["written"])) == (ExitCode.DONE, 1)
    code, told = sync(world, LGWAN, capsys)
    assert (code, [each["outcomes"] for each in told["data"]["taken"]]) == (0, [{"applied": 3}])
    # Another authority vouches for the hub: nothing is said to it.
    (tmp_path / "ca.pem").write_bytes((tmp_path / "hub.pem").read_bytes())
    settle(world, LGWAN, secure.url, tmp_path / "ca.pem")
    with pytest.MonkeyPatch.context() as patience:
        patience.setattr("mediabridge.line.client.LINE_ATTEMPTS", 1)
        code, told = sync(world, LGWAN, capsys)
    assert (code, told["reason"]) == (ExitCode.MEDIUM, "LINE_DOWN")


def test_a_station_without_the_lines_says_so(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = sync(world, LGWAN, capsys)
    assert (code, told["reason"]) == (ExitCode.MEDIUM, "LINE_NOT_SET")


@pytest.mark.parametrize(
    "lines",
    [
        'hub = "http://hub.example"\nca = "/x"',
        'hub = "https://hub.example/path"\nca = "/x"',
        'hub = "https://hub.example"\nca = "x"',
        'hub = "https://hub.example"\nca = "/x"\nwhen = "daily"',
        'hub = "https://hub.example"\nca = "/x"\nat = "16:30"',
        'hub = "https://hub.example"\nca = "/x"\nkilobits = 1',
        'hub = "https://hub.example"',
    ],
)
def test_lines_that_are_not_right_are_refused(lines: str, tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(f"[line]\n{lines}\n")
    path.chmod(0o600)
    with pytest.raises(errors.SettingsError):
        settings.load(path)


class Told:
    """What ``watch`` tells; here nobody listens."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_: None


def chores(world: World, tmp_path: Path, more: str, now: list[float]) -> Chores:
    settle(world, LGWAN, "https://hub.example", tmp_path / "ca.pem", more)
    home = world.home(LGWAN)
    rules = settings.load(home.settings_file)
    return Chores(home, world.lgwan, Told(), rules, clock=SystemClock(), seconds=lambda: now[0])


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ('when = "asked"', [0, 0, 0, 0]),
        ('when = "sequential"\nminutes = 15', [1, 1, 2, 3]),
        ('when = "daily"\nat = "00:00"', [1, 1, 1, 1]),
    ],
)
def test_watch_speaks_to_the_hub_when_it_is_due(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, wanted: list[int]
) -> None:
    """At its start, when the books have changed, and after so many minutes; or once a day."""
    done, now = list[str](), [1000.0]

    def noted(*_: object, **__: object) -> Synced:
        done.append("synced")
        return Synced()

    monkeypatch.setattr(syncing, "sync", noted)
    there, counts = chores(world, tmp_path, more, now), list[int]()
    for step in range(4):
        if step == 2:
            with world.lgwan() as lgwan, lgwan.books.transaction():
                lgwan.books.set_fact("changed", 1)
        now[0] += 16 * 60 if step == 3 else 1
        there.look()
        counts.append(len(done))
    assert counts == wanted
