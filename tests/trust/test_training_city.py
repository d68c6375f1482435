import stat
from pathlib import Path

import pytest

from mediabridge.bench.remaining import Watched
from mediabridge.clock import SystemClock
from mediabridge.errors import UsageError
from mediabridge.progress import Progress
from mediabridge.trust import keyfile, keytext, signers
from mediabridge.trust.city import City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.passphrase import PassphraseSource
from mediabridge.trust.trust_data import Person, RouteRule, Station


def test_everyone_can_use_their_keys(made_city: City) -> None:
    holders: list[Station | Person] = [*made_city.trust.stations, *made_city.trust.people]
    for holder in holders:
        signer = signers.open_signer(made_city.key_path(holder.label), b"training")
        assert signer.public_key == keytext.parse_openssh(holder.key)
    for station in made_city.trust.stations:
        log = signers.open_signer(made_city.key_path(f"{station.id}-log"), b"training")
        assert station.log_key.startswith(f"{log.name}+")
    for recipient in made_city.trust.recipients:
        path = made_city.key_path(f"{recipient.id}-recipient")
        assert keyfile.load(path, b"training").public == recipient.key
        signers.open_recipient_key(path, b"training")


def test_extra_station_has_its_route(made_city: City) -> None:
    assert [each.id for each in made_city.trust.stations] == [
        "lgwan-01",
        "registry-01",
        "lgwan-02",
    ]
    route = made_city.trust.route("lgwan-02", "registry-01")
    assert route is not None
    assert route.approvals == 0


def test_usual_routes_need_one_approval(made_city: City) -> None:
    routes = [made_city.trust.route("lgwan-01", "registry-01")]
    routes.append(made_city.trust.route("registry-01", "lgwan-01"))
    assert [route.approvals for route in routes if route is not None] == [1, 1]


def test_keys_are_private(made_city: City) -> None:
    folder = made_city.folder / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_each_key_has_its_own_passphrase(tmp_path: Path) -> None:
    asked: list[str] = []

    def passphrase_for(key_id: str) -> bytes:
        asked.append(key_id)
        return key_id.encode()

    made = _create(tmp_path / "city", passphrase_for)
    assert sorted(asked) == sorted(path.stem for path in (made.folder / "keys").iterdir())
    for key_id in asked:
        assert keyfile.load(made.key_path(key_id), key_id.encode()).id == key_id


def test_city_replaces_no_city(city: City) -> None:
    before = city.root
    with pytest.raises(UsageError, match="already"):
        _create(city.folder, lambda _key_id: b"training")
    assert city.root == before


def test_contradictory_city_leaves_nothing(tmp_path: Path) -> None:
    route = RouteRule(sender="lgwan-09", receiver="registry-01", approvals=1, kinds=("isa_notice",))
    with pytest.raises(ValueError, match="unknown station lgwan-09"):
        _create(tmp_path / "city", lambda _key_id: b"training", route)
    assert not (tmp_path / "city").exists()


def test_city_tells_how_many_of_its_keys_are_made(tmp_path: Path) -> None:
    heard = Watched(seconds=lambda: 0.0)
    made = _create(tmp_path / "city", lambda _key_id: b"training", progress=heard)
    (step,) = heard.steps
    keys = len(list((made.folder / "keys").iterdir()))
    assert step.label == "Making the keys of the city"
    assert [done for _at, done in step.ticks] == list(range(1, keys + 1))
    assert step.total == keys


def _create(
    folder: Path,
    passphrase_for: PassphraseSource,
    *routes: RouteRule,
    progress: Progress | None = None,
) -> City:
    return create_city(
        folder,
        city="city.training.example",
        municipality_code="131016",
        clock=SystemClock(),
        passphrase_for=passphrase_for,
        cost=TRAINING_COST,
        extra_routes=routes,
        progress=progress,
    )
