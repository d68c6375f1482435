from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from logkeys import Ed25519Signer

from mediabridge.translog import database, events
from mediabridge.translog.checkpoint import origin_of
from mediabridge.translog.events import Event
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.note import Vkey
from mediabridge.translog.store import TransferLog
from tests.owners import CITY, LGWAN, REGISTRY


@pytest.fixture
def origin() -> str:
    return origin_of(CITY, "lgwan")


@pytest.fixture
def signer(origin: str) -> Ed25519Signer:
    return Ed25519Signer(origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture
def vkey(signer: Ed25519Signer) -> Vkey:
    return Vkey.of(signer)


@pytest.fixture
def entry() -> Callable[..., bytes]:
    def build(seq: int, *, station: str = "lgwan", time: str = "2026-04-01T00:00:00Z") -> bytes:
        return events.build(
            Event.BUNDLE_SEALED, time=time, station=station, actor="clerk-1", facts={"seq": seq}
        )

    return build


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
def log(path: Path, origin: str) -> Iterator[TransferLog]:
    with database.connect(path, LGWAN) as connection:
        yield TransferLog(connection, origin)


@pytest.fixture
def mirror(tmp_path: Path, origin: str) -> Iterator[PeerMirror]:
    with database.connect(tmp_path / "mirror.db", REGISTRY) as connection:
        yield PeerMirror(connection, origin)
