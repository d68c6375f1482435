"""A live station: its keys are made on it, a person compares the first root, and it works."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attacks.world import tree_of
from trust.test_trust_client import tuf_signers

from mediabridge.bundle import layout
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.config import PROFILE
from mediabridge.errors import (
    MediabridgeError,
    ModeMismatchError,
    RootNotConfirmedError,
    StationError,
    StationWaitingError,
    TrustInvalidError,
    UsageError,
)
from mediabridge.kinds import Role, kinds_between
from mediabridge.locale import Language
from mediabridge.stations import who
from mediabridge.stations.founding import found_station
from mediabridge.stations.home import Home
from mediabridge.stations.joining import join
from mediabridge.stations.keyring import ClerkKey
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.who import StationConfig
from mediabridge.translog.events import Event
from mediabridge.trust import keyfile, repository, requests, signers
from mediabridge.trust.fields import ESCROW
from mediabridge.trust.fingerprint import Fingerprint
from mediabridge.trust.keyfile import TRAINING_COST, StoredKey
from mediabridge.trust.repository import Publishers, RootHolders
from mediabridge.trust.requests import Request
from mediabridge.trust.trust_data import Person, Recipient, RouteRule, Station, TrustData

CITY, CODE = "city.example.jp", "131041"
SIDES: dict[str, Role] = {"lgwan-01": "lgwan", "registry-01": "registry"}


def passphrase_for(_key: str) -> bytes:
    return b"a passphrase of a test"


def config(station: str, **changes: Any) -> StationConfig:
    known = {"role": SIDES.get(station, "lgwan"), "mode": "live", "city": CITY}
    return who.made(station=station, municipality_code=CODE, **{**known, **changes})


def found(root: Path, station: str, **changes: Any) -> Request:
    return found_station(
        root, config(station, **changes), clock=SystemClock(),
        passphrases=passphrase_for, cost=TRAINING_COST,
    )  # fmt: skip


@dataclass
class Office:
    """Two stations that wait, and the ceremony that lists them."""

    root: Path

    def __post_init__(self) -> None:
        self.requests = {name: found(self.root / name, name) for name in SIDES}
        self.keys: dict[str, StoredKey] = {
            name: signers.new_ssh_key(name) for name in ("officer-1", "clerk-1")
        }

    @property
    def medium(self) -> Path:
        return self.root / "medium"

    @property
    def first_root(self) -> bytes:
        return (layout.trust_folder(self.medium) / "metadata" / "1.root.json").read_bytes()

    def home(self, station: str) -> Home:
        return Home(self.root / station)

    def ceremony(self, **changes: Any) -> None:
        """Publish trust data that lists the stations by their requests, onto the medium."""
        now = SystemClock().now()
        until = now + timedelta(days=365)
        valid = {"valid_from": to_rfc3339(now), "valid_until": to_rfc3339(until)}
        escrow = signers.new_recipient_key("escrow-recipient").public
        known: dict[str, Any] = {
            "format": 1, "city": CITY, "municipality_code": CODE, "mode": "live", "version": 1,
            "profiles": (PROFILE,), "revoked": (),
            "stations": tuple(
                Station(
                    id=name, role=SIDES[name], key=each.keys["ssh"], log_key=each.keys["log"],
                    witness_key=each.keys["witness"],
                    **valid,
                )
                for name, each in self.requests.items()
            ),
            "people": tuple(
                Person(name=name, role=name.partition("-")[0], key=key.public, **valid)
                for name, key in self.keys.items()
            ),
            "recipients": (
                *(
                    Recipient(id=name, station=name, key=each.keys["recipient"])
                    for name, each in self.requests.items()
                ),
                Recipient(id=ESCROW, station=ESCROW, key=escrow),
            ),
            "routes": tuple(
                RouteRule(
                    sender=one,
                    receiver=other,
                    approvals=1,
                    kinds=kinds_between(SIDES[one], SIDES[other]),
                )
                for one, other in (tuple(SIDES), tuple(SIDES)[::-1])
            ),
        }  # fmt: skip
        first, second, third = tuf_signers(3)
        shutil.rmtree(self.medium, ignore_errors=True)
        repository.create(
            layout.trust_folder(self.medium),
            TrustData(**{**known, **changes}),
            root=RootHolders(tuf_signers(2)),
            publishers=Publishers([first, second], third, third),
            clock=SystemClock(),
        )

    def join(self, station: str, **given: Any) -> TrustData:
        paper = Fingerprint.of(given.pop("paper", self.first_root))
        confirm = given.pop("confirm", lambda offered: offered == paper)
        return join(
            self.home(station), self.medium, confirm=confirm, clock=SystemClock(), **given
        )  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.ceremony()
    return made


def test_keys_are_made_here_and_the_request_holds_their_public_halves(office: Office) -> None:
    home = office.home("lgwan-01")
    request = requests.read(home.request_file.read_bytes(), name="request.json")
    assert (request.id, request.mode, request.role) == ("lgwan-01", "live", "lgwan")
    assert set(request.keys) == {"ssh", "log", "witness", "recipient"}
    files = sorted(home.keys.iterdir())
    assert [path.name for path in files] == [
        "lgwan-01-log.json", "lgwan-01-recipient.json", "lgwan-01-witness.json", "lgwan-01.json",
    ]  # fmt: skip
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        secret = json.loads(path.read_bytes())["ciphertext"]
        assert secret not in home.request_file.read_text()
    with pytest.raises(StationWaitingError):
        home.config()


def test_a_waiting_station_is_not_set_up_again(office: Office) -> None:
    before = tree_of(office.root / "lgwan-01")
    with pytest.raises(StationError, match="already set up"):
        found(office.root / "lgwan-01", "lgwan-01")
    assert tree_of(office.root / "lgwan-01") == before


@pytest.mark.parametrize(
    ("station", "changes"),
    [("lgwan-01", {"city": "Not A Domain"}), ("lgwan-01", {"city": "nodot"})],
)
def test_a_city_that_is_no_domain_leaves_nothing(
    tmp_path: Path, station: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(UsageError):
        found(tmp_path / "new", station, **changes)
    assert not (tmp_path / "new").exists()


def test_two_enrolled_stations_exchange_a_bundle(office: Office) -> None:
    for station in SIDES:
        assert office.join(station).version == 1
        assert not office.home(station).waiting_file.exists()
        assert office.home(station).config().mode == "live"
    own = office.root / "clerk-1.json"
    keyfile.save(own, office.keys["clerk-1"], passphrase_for("clerk-1"), cost=TRAINING_COST)
    clerk = ClerkKey(passphrase_for, own)
    given: dict[str, Any] = {
        "clock": SystemClock(),
        "passphrases": passphrase_for,
        "clerk": clerk,
    }
    with LgwanStation(office.root / "lgwan-01", **given) as lgwan:
        (first,) = [json.loads(each) for each in lgwan.log.entries(0, 1)]
        assert first["event"] == Event.STATION_INITIALISED
        assert first["facts"] == {"mode": "live", "trust_version": 1}
        row = lgwan.approve(lgwan.seal(empty=True).bundle, signers.signer(office.keys["officer-1"]))
        lgwan.write(row, office.medium)
    taken: list[Any] = []
    with RegistryStation(office.root / "registry-01", **given) as registry:
        registry.import_(office.medium, note=taken.append)
    assert [each.seq for each in taken] == [1]


def test_the_wrong_root_pins_nothing(office: Office) -> None:
    genuine = office.first_root
    office.ceremony()  # by somebody else, with the same public keys
    assert office.first_root != genuine
    before = tree_of(office.root / "lgwan-01")
    with pytest.raises(RootNotConfirmedError):
        office.join("lgwan-01", paper=genuine)
    assert tree_of(office.root / "lgwan-01") == before


def test_a_medium_that_does_not_follow_from_the_confirmed_root_pins_nothing(
    office: Office, tmp_path: Path
) -> None:
    genuine = tmp_path / "root.json"
    genuine.write_bytes(office.first_root)
    office.ceremony()
    before = tree_of(office.root / "lgwan-01")
    with pytest.raises(TrustInvalidError):
        office.join("lgwan-01", root=genuine, paper=genuine.read_bytes())
    assert tree_of(office.root / "lgwan-01") == before


def _other_keys(office: Office) -> dict[str, Any]:
    other = found(office.root / "elsewhere", "lgwan-01")
    office.requests["lgwan-01"] = other
    return {}


def _only_another_recipient(office: Office) -> dict[str, Any]:
    other = found(office.root / "elsewhere", "lgwan-01").keys["recipient"]
    keys = {**office.requests["lgwan-01"].keys, "recipient": other}
    office.requests["lgwan-01"] = office.requests["lgwan-01"].model_copy(update={"keys": keys})
    return {}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda _: {"mode": "training"}, ModeMismatchError),
        (lambda _: {"municipality_code": "131016"}, StationError),
        (_other_keys, StationError),
        (_only_another_recipient, StationError),
    ],
    ids=["training", "another municipality", "other keys", "another recipient key"],
)
def test_trust_data_that_does_not_list_this_station_pins_nothing(
    office: Office,
    change: Callable[[Office], dict[str, Any]],
    error: type[MediabridgeError],
) -> None:
    """Claim C19."""
    before = tree_of(office.root / "lgwan-01")
    office.ceremony(**change(office))
    with pytest.raises(error):
        office.join("lgwan-01")
    assert tree_of(office.root / "lgwan-01") == before
    with pytest.raises(StationWaitingError):
        office.home("lgwan-01").config()


def test_an_enrolled_station_is_not_enrolled_again(office: Office) -> None:
    office.join("lgwan-01")
    with pytest.raises(StationError, match="no station waits"):
        office.join("lgwan-01")


def test_an_interrupted_enrolment_is_repeated(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Home, "write_config", power_cut)
    with pytest.raises(KeyboardInterrupt):
        office.join("lgwan-01")
    monkeypatch.undo()
    with pytest.raises(StationWaitingError):
        office.home("lgwan-01").config()
    office.join("lgwan-01")
    given: dict[str, Any] = {"clock": SystemClock(), "passphrases": passphrase_for}
    with LgwanStation(office.root / "lgwan-01", **given) as station:
        assert station.log.size() == 1


def test_words_of_a_fingerprint_are_those_of_the_standard_lists() -> None:
    """The vectors of BIP-39 for 128 bits of zeros and of ones, in both lists."""
    zeros, ones = Fingerprint(bytes(32)), Fingerprint(b"\xff" * 32)
    assert zeros.words(Language.EN) == ("abandon",) * 11 + ("about",)
    assert ones.words(Language.EN) == ("zoo",) * 11 + ("wrong",)
    assert zeros.words(Language.JA) == ("あいこくしん",) * 11 + ("あおぞら",)
    assert ones.words(Language.JA) == ("われる",) * 11 + ("ろんぶん",)


def test_words_are_recognised_however_a_keyboard_spells_them() -> None:
    shown = Fingerprint.of(b"root")
    japanese, english = shown.words(Language.JA), shown.words(Language.EN)
    numbers = (2, 7, 12)
    right = [japanese[1], japanese[6], japanese[11]]
    assert shown.has_words(numbers, "　".join(right))
    assert shown.has_words(numbers, "、".join(right))
    assert shown.has_words(numbers, " ".join(english[n - 1] for n in numbers).upper())
    assert not shown.has_words(numbers, " ".join(reversed(right)))
    assert not shown.has_words(numbers, " ".join(right[:2]))
    assert not shown.has_words(numbers, "")
    assert shown.is_hex(shown.hex.upper())
    assert not shown.is_hex(shown.hex[:-1] + "0" if shown.hex[-1] != "0" else shown.hex[:-1] + "1")
