"""The way to the server: nobody takes its place, and no password lies about."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import PostgresRegistry, connecting
from mediabridge.bench.server import NOBODY
from mediabridge.errors import (
    RegistryAccessDeniedError,
    RegistryUnreachableError,
    SettingsError,
)
from mediabridge.stations import settings
from tests.apply.contract.adapters import OWNER
from tests.apply.postgres.cluster import Cluster, running

PASSWORD = "correct horse"  # noqa: S105 - of a server that lives for a second


@pytest.mark.parametrize("name", ["PGPASSWORD", "PGSSLMODE", "PGSERVICE", "PGOPTIONS"])
def test_environment_is_refused(
    place: PostgresPlace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "prefer")
    with pytest.raises(SettingsError, match=name):
        PostgresRegistry(place, OWNER)


def test_nobody_there(place: PostgresPlace, tmp_path: Path) -> None:
    nowhere = place.model_copy(update={"host": str(tmp_path)})
    with pytest.raises(RegistryUnreachableError):
        PostgresRegistry(nowhere, OWNER)


def test_line_cut_while_it_is_asked_is_not_called_a_refusal(
    place: PostgresPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been starting just then, too."""
    connect, failures = psycopg.connect, iter([psycopg.OperationalError("the line was cut")])

    def unsteady(*arguments: Any, **options: Any) -> psycopg.Connection:
        for failure in failures:
            raise failure
        return connect(*arguments, **options)

    monkeypatch.setattr(psycopg, "connect", unsteady)
    with PostgresRegistry(place, OWNER) as registry:
        assert registry.count() == 0


def test_unknown_user_is_refused(place: PostgresPlace) -> None:
    with pytest.raises(RegistryAccessDeniedError, match="somebody"):
        PostgresRegistry(place.model_copy(update={"user": "somebody"}), OWNER)


@pytest.mark.skipif(os.geteuid() != 0, reason="the server is another user's under root only")
def test_process_at_the_socket_is_compared(place: PostgresPlace) -> None:
    with pytest.raises(RegistryAccessDeniedError, match="root"):
        PostgresRegistry(place.model_copy(update={"server_user": "root"}), OWNER)
    PostgresRegistry(place.model_copy(update={"server_user": "nobody"}), OWNER).close()
    assert NOBODY == 65534


# --- passwords --------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded(postgres_programs: Path) -> Iterator[Cluster]:
    """A server that asks the station for a password."""
    with running(postgres_programs) as started:
        with started.as_superuser() as keeper:
            keeper.execute(f"ALTER ROLE station PASSWORD '{PASSWORD}'")
            ((path,),) = keeper.execute("SHOW hba_file").fetchall()
            Path(path).write_text("local all postgres trust\nlocal all station scram-sha-256\n")
            keeper.execute("SELECT pg_reload_conf()")
        yield started


@pytest.fixture
def passfile(tmp_path: Path) -> Callable[..., Path]:
    def made(password: str = PASSWORD, mode: int = 0o600) -> Path:
        path = tmp_path / "pgpass"
        path.write_text(f"*:*:*:station:{password}\n")
        path.chmod(mode)
        return path

    return made


def test_password_comes_from_its_file(guarded: Cluster, passfile: Callable[..., Path]) -> None:
    PostgresRegistry(guarded.place("p", passfile=str(passfile())), OWNER).close()
    for place in (
        guarded.place("p"),
        guarded.place("p", passfile=str(passfile("wrong"))),
    ):
        with pytest.raises(RegistryAccessDeniedError) as refused:
            PostgresRegistry(place, OWNER)
        assert PASSWORD not in str(refused.value)


def test_password_comes_as_a_credential(
    guarded: Cluster, passfile: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = guarded.place("p", credential="pgpass")
    with pytest.raises(SettingsError, match="credential"):
        PostgresRegistry(place, OWNER)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(passfile().parent))
    PostgresRegistry(place, OWNER).close()
    # As systemd 255 and later hand it over on a tmpfs; libpq passes over such a file.
    mine = passfile(mode=0o440).stat()
    if (mine.st_uid, mine.st_gid) == (0, 0):
        PostgresRegistry(place, OWNER).close()


def test_password_that_others_read_is_refused(
    guarded: Cluster, passfile: Callable[..., Path]
) -> None:
    place = guarded.place("p", passfile=str(passfile(mode=0o640)))
    with pytest.raises(SettingsError, match="other users"):
        PostgresRegistry(place, OWNER)


# --- over a network ---------------------------------------------------------


class Certificate:
    """A root, and a server's certificate that it signed for a name."""

    def __init__(self, folder: Path, name: str = "localhost") -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "training root")])
        self.root = folder / "root.pem"
        self.chain = folder / "server.pem"
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        public = certificate.public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self.root.write_bytes(public)
        self.chain.write_bytes(public + private)


@contextmanager
def on_the_network(
    server: str, certificate: Certificate | None
) -> Iterator[tuple[int, list[bytes]]]:
    """Stand before the server on a port that is free, with TLS or without; what did one hear?"""
    heard: list[bytes] = []
    listener = socket.create_server(("localhost", 0))

    def serve() -> None:
        while True:
            try:
                plain, _address = listener.accept()
            except OSError:
                return
            with plain, suppress(OSError):
                _answer(plain, server, certificate, heard)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _answer(
    plain: socket.socket, server: str, certificate: Certificate | None, heard: list[bytes]
) -> None:
    assert plain.recv(8)[4:] == b"\x04\xd2\x16\x2f", "not the question for TLS"
    plain.sendall(b"S" if certificate else b"N")
    if certificate is None:
        heard.append(plain.recv(1 << 16))
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain)
    with (
        context.wrap_socket(plain, server_side=True) as client,
        socket.socket(socket.AF_UNIX) as behind,
    ):
        behind.connect(f"{server}/.s.PGSQL.5432")
        answers = threading.Thread(target=_pour, args=(behind, client, []), daemon=True)
        answers.start()
        _pour(client, behind, heard)
        answers.join()


def _pour(source: socket.socket, target: socket.socket, heard: list[bytes]) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            heard.append(data)
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def over_network(place: PostgresPlace, port: int, root: Path) -> PostgresPlace:
    values = place.model_dump(by_alias=True, exclude_none=True)
    network = {"host": "localhost", "port": port, "root_certificate": str(root)}
    return PostgresPlace.model_validate(values | network)


def test_verified_server_is_used(place: PostgresPlace, tmp_path: Path) -> None:
    certificate = Certificate(tmp_path)
    with (
        on_the_network(place.host, certificate) as (port, _heard),
        PostgresRegistry(over_network(place, port, certificate.root), OWNER) as registry,
    ):
        assert registry.count() == 0


def test_server_without_tls_hears_nothing(place: PostgresPlace, tmp_path: Path) -> None:
    """Claim C79."""
    certificate = Certificate(tmp_path)
    with (
        on_the_network(place.host, None) as (port, heard),
        pytest.raises(RegistryAccessDeniedError, match="cannot be verified"),
    ):
        PostgresRegistry(over_network(place, port, certificate.root), OWNER)
    assert not any(heard)


@pytest.mark.parametrize("wrong", ["name", "root"])
def test_unverified_server_hears_nothing(place: PostgresPlace, tmp_path: Path, wrong: str) -> None:
    """Claim C79."""
    certificate = Certificate(tmp_path, "other.example.jp" if wrong == "name" else "localhost")
    trusted = certificate.root
    if wrong == "root":
        (tmp_path / "other").mkdir()
        trusted = Certificate(tmp_path / "other").root
    with (
        on_the_network(place.host, certificate) as (port, heard),
        pytest.raises(RegistryAccessDeniedError, match="cannot be verified"),
    ):
        PostgresRegistry(over_network(place, port, trusted), OWNER)
    assert not any(heard)


# --- how it is written down -------------------------------------------------

LOCAL = 'adapter = "postgresql"\nhost = "/run"\ndatabase = "d"\nuser = "u"\n'
NETWORK = 'adapter = "postgresql"\nhost = "db.example.jp"\ndatabase = "d"\nuser = "u"\n'


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (NETWORK, "root_certificate is needed"),
        (NETWORK + 'root_certificate = "root.pem"\n', "does not begin with /"),
        (NETWORK + 'root_certificate = "/r.pem"\nserver_user = "postgres"\n', "on this machine"),
        (LOCAL + 'root_certificate = "/r.pem"\n', "on the network"),
        (LOCAL + 'passfile = "/p"\ncredential = "p"\n', "not both"),
        (LOCAL + 'credential = "../p"\n', "credential"),
        (LOCAL + 'password = "secret"\n', "password"),
        (LOCAL + 'sslmode = "prefer"\n', "sslmode"),
        (LOCAL + 'schema = "Public; DROP"\n', "schema"),
        (LOCAL.replace("/run", "a,b"), "host"),
        ('adapter = "oracle"\n', "registry"),
    ],
)
def test_wrong_place_is_refused(tmp_path: Path, lines: str, problem: str) -> None:
    path = tmp_path / "station.toml"
    path.write_text(f"[registry]\n{lines}")
    path.chmod(0o600)
    with pytest.raises(SettingsError, match=problem) as refused:
        settings.load(path)
    assert "secret" not in str(refused.value)


def test_right_places_are_read(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(f'[registry]\n{NETWORK}root_certificate = "/r.pem"\n')
    path.chmod(0o600)
    place = settings.load(path).registry
    assert isinstance(place, PostgresPlace)
    assert (place.port, place.schema_, place.is_local) == (5432, "mediabridge", False)
    assert connecting._proof(place) == {"sslmode": "verify-full", "sslrootcert": "/r.pem"}
