"""SoftHSM2, and a city in which a station and an officer sign by token."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from attacks.world import CITY_DOMAIN, World, passphrase_for
from publishing import publish
from required import missing
from tokens.softhsm import MODULES, PIN, SoftHsm, settle

from mediabridge.bundle import sshsig
from mediabridge.clock import SystemClock
from mediabridge.stations.setup import init_station
from mediabridge.translog import checkpoint, cosignature
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.trust import keyfile, tokens
from mediabridge.trust.city import City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.token_uri import parse

LGWAN, OFFICER = "lgwan-01", "officer-1"


@pytest.fixture
def hsm(
    tmp_path: Path, require_tool: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> SoftHsm:
    tool = require_tool("softhsm2-util")
    if importlib.util.find_spec("pkcs11") is None:
        missing("python-pkcs11 is not installed")
    module = next((each for each in MODULES if each.exists()), None)
    if module is None:
        missing("the module of softhsm2 is not installed")
    assert module is not None
    folder = tmp_path / "softhsm"
    folder.mkdir()
    made = SoftHsm(folder, tool, module)
    monkeypatch.setenv("SOFTHSM2_CONF", str(made.config))
    made.notice()
    return made


@pytest.fixture
def pin_file(tmp_path: Path) -> Path:
    path = tmp_path / "pin"
    path.write_text(PIN + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def world(hsm: SoftHsm, tmp_path: Path) -> World:
    """Give a city whose LGWAN station and first officer have all their keys in tokens."""
    root = tmp_path / "world"
    (root / "medium").mkdir(parents=True)
    city = create_city(
        root / "city",
        city=CITY_DOMAIN,
        municipality_code="131016",
        clock=SystemClock(),
        passphrase_for=passphrase_for,
        cost=TRAINING_COST,
    )
    _move_into_tokens(hsm, city)
    for station in (LGWAN, "registry-01"):
        init_station(root / station, city.folder, station, clock=SystemClock())
    for folder in (city.folder, root / LGWAN, root / "registry-01"):
        secret = folder / "passphrase.training"
        secret.write_text("training\n")
        secret.chmod(0o600)
    _settle(hsm, World(root), city)
    return World(root)


def _move_into_tokens(hsm: SoftHsm, city: City) -> None:
    """Make the keys in two tokens, and publish trust data that names them."""
    for token in (LGWAN, OFFICER):
        hsm.plug_in(token)
    origin = checkpoint.origin_of(CITY_DOMAIN, LGWAN)
    log_key = Vkey(origin, hsm.make_ed25519(LGWAN, "log")).encode()
    name = cosignature.witness_of(CITY_DOMAIN, LGWAN)
    witness_key = WitnessKey(name, hsm.make_ed25519(LGWAN, "witness")).encode()
    notes = {"log_key": log_key, "witness_key": witness_key}
    station_key = sshsig.openssh_key(hsm.make_p384(LGWAN, "bundles"))
    officer_key = sshsig.openssh_key(hsm.make_p384(OFFICER, "approvals"))
    hsm.make_aes(LGWAN, "wrap")
    first = city.trust
    trust = first.model_copy(
        update={
            "version": 2,
            "stations": tuple(
                each.model_copy(update={"key": station_key, **notes}) if each.id == LGWAN else each
                for each in first.stations
            ),
            "people": tuple(
                each.model_copy(update={"key": officer_key}) if each.name == OFFICER else each
                for each in first.people
            ),
        }
    )
    publish(
        city.repository,
        trust,
        publishers=city.publishers(passphrase_for),
        clock=SystemClock(),
    )


def _settle(hsm: SoftHsm, world: World, city: City) -> None:
    """Write the station's settings, and leave it no key file that a passphrase opens."""
    home = world.home(LGWAN)
    settle(hsm, home)
    for path in home.keys.iterdir():
        path.unlink()
    recipient = f"{LGWAN}-recipient"
    key = keyfile.load(city.key_path(recipient), b"training")
    wrap = tokens.open_wrap(parse(hsm.uri(LGWAN, "wrap")), lambda _: PIN.encode())
    keyfile.save_wrapped(home.keys / f"{recipient}.json", key, wrap)
