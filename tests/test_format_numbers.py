"""A format is the number 1; JSON's true, which Python takes for 1, is another spelling."""

import json
from pathlib import Path

import pytest
from attacks.world import World, make_world

from mediabridge import canonical
from mediabridge.errors import KeyFileError, StationDamagedError, TrustInvalidError
from mediabridge.trust import keyfile, trust_data


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def _spelled_true(data: bytes) -> bytes:
    return canonical.dump({**json.loads(data), "format": True})


def _respell(path: Path) -> None:
    path.write_bytes(_spelled_true(path.read_bytes()))


def test_trust_data_refuses_true(world: World) -> None:
    with pytest.raises(TrustInvalidError, match="format"):
        trust_data.parse(_spelled_true(world.city.trust.dump()))


def test_station_refuses_true(world: World) -> None:
    home = world.home("lgwan-01")
    _respell(home.config_file)
    with pytest.raises(StationDamagedError, match="format"):
        home.config()


def test_key_file_refuses_true(world: World) -> None:
    path = world.city.key_path("clerk-1")
    _respell(path)
    with pytest.raises(KeyFileError, match="format"):
        keyfile.load(path, b"training")
