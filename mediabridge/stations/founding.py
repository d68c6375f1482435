"""A live station begins: its keys are made on it, and a request goes to the ceremony.

The private halves never leave it. Until trust data that lists it has been accepted, its folder
holds ``waiting.json`` in place of ``station.json`` and every command says what comes next;
:mod:`mediabridge.stations.joining` ends that.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from mediabridge.bundle import sshsig
from mediabridge.clock import Clock, check_built, to_rfc3339
from mediabridge.durable import write_durably
from mediabridge.errors import StationError, UsageError
from mediabridge.locale import text
from mediabridge.stations.home import Home
from mediabridge.stations.keyring import Keyring
from mediabridge.stations.who import StationConfig
from mediabridge.translog import checkpoint, cosignature
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.trust import requests, signers
from mediabridge.trust.keyfile import STANDARD_COST, Cost, StoredKey
from mediabridge.trust.passphrase import PassphraseSource
from mediabridge.trust.requests import Request
from mediabridge.validation import field_problems


def found_station(
    root: Path,
    config: StationConfig,
    *,
    clock: Clock,
    passphrases: PassphraseSource,
    cost: Cost = STANDARD_COST,
) -> Request:
    """Make the keys of the station *config* in the folder *root*, and its signed request.

    A key that ``station.toml`` in that folder puts into a token is taken from there.

    ``waiting.json`` is written last: an interrupted set-up can be repeated and makes new keys,
    since no request of the old ones has been given to anybody.

    Raises:
        UsageError: an id, a domain or a code that is none.
        StationError: a station was set up here already, or waits for its trust data.
        ClockTooEarlyError: the machine's clock is earlier than this program.
        KeyFileError: a key cannot be written.
        SettingsError, TokenError: what the settings put into a token cannot be used there.
    """
    check_built(clock.now())
    home = Home(root)
    if home.whose() is not None:
        raise StationError(detail=text("a station was already set up here"))
    keyring = Keyring(home, config.station, passphrases)
    keys, created = _new_keys(config), to_rfc3339(clock.now())
    public = {purpose: key.public for purpose, key in keys.items()}
    # What cannot be asked for is refused before anything is written.
    _request(config, public, created)
    home.make_folders()
    keyring.keep(keys.values(), cost=cost)
    # From here on as every command opens them: from their files, or from a token.
    ssh, log = keyring.signer(), keyring.log_signer(_origin(config))
    witness = keyring.witness_signer(_witness(config))
    public |= {
        "ssh": sshsig.openssh_key(ssh.public_key),
        "log": Vkey.of(log).encode(),
        "witness": WitnessKey.of(witness).encode(),
    }
    request = _request(config, public, created)
    data = requests.make(request, ssh=ssh, log=log, witness=witness)
    write_durably(home.request_file, data)
    home.write_waiting(config)
    return request


def _new_keys(config: StationConfig) -> dict[str, StoredKey]:
    name = config.station
    try:
        log = signers.new_log_key(f"{name}-log", origin=_origin(config))
        witness = signers.new_witness_key(f"{name}-witness", name=_witness(config))
    except ValueError as error:
        raise UsageError(detail=str(error)) from None
    return {
        "ssh": signers.new_ssh_key(name),
        "log": log,
        "witness": witness,
        "recipient": signers.new_recipient_key(f"{name}-recipient"),
    }


def _origin(config: StationConfig) -> str:
    return checkpoint.origin_of(config.city, config.station)


def _witness(config: StationConfig) -> str:
    return cosignature.witness_of(config.city, config.station)


def _request(config: StationConfig, keys: dict[str, str], created: str) -> Request:
    document = {
        "format": 1,
        "request": "station",
        "id": config.station,
        "role": config.role,
        "city": config.city,
        "mode": config.mode,
        "keys": keys,
        "created": created,
    }
    try:
        return Request.model_validate(document)
    except ValidationError as error:
        raise UsageError(detail=field_problems(error)) from None
