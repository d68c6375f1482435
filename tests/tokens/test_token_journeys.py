"""A station and an officer whose keys are in real tokens carry a bundle there and back."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attacks.world import World
from securesystemslib.exceptions import UnverifiedSignatureError
from stations.sticks import SIZE, SPEED, Stick, usb
from stations.test_setback import clear_stick
from tokens.softhsm import PIN, SoftHsm, settle

from mediabridge.bundle import sshsig
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.doctor import Finding, State, examine
from mediabridge.doctor.finding import Check
from mediabridge.errors import TokenRemovedError
from mediabridge.stations.clerks import at_desk
from mediabridge.stations.home import Home
from mediabridge.stations.keyring import ClerkKey
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.outgoing.sealing import seal_bundle
from mediabridge.stations.sticks import enrolling
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.events import Event
from mediabridge.translog.note import Vkey
from mediabridge.trust import keyfile, keytext, requests, signers, token_uri, tokens, tuf_tokens
from mediabridge.trust.ring import Ring
from mediabridge.verify.medium import verify_identity

pytestmark = pytest.mark.in_turns

LGWAN, REGISTRY = "lgwan-01", "registry-01"


@pytest.fixture
def command(
    world: World, pin_file: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., dict[str, Any]]:
    def call(station: str, *words: str) -> dict[str, Any]:
        secret = ["--passphrase-file", str(pin_file)] if station == LGWAN else []
        capsys.readouterr()
        home = str(world.home(station).root)
        code = run(["--home", home, "--lang", "en", "--json", *words, *secret])
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert code == 0, said
        return said

    return call


def on_the_stick(world: World) -> list[str]:
    return ["--medium", str(world.medium), "--folder"]


def test_there_and_back_by_token(
    world: World,
    hsm: SoftHsm,
    command: Callable[..., dict[str, Any]],
    require_tool: Callable[[str], str],
    tmp_path: Path,
) -> None:
    """Claim C62."""
    clerk = ["--operator", "clerk-1", "--empty", "--yes"]
    officer = ["--token", hsm.uri("officer-1", "approvals")]
    command(LGWAN, "export", *on_the_stick(world), *officer, *clerk)
    assert _verified_by_openssh(world, require_tool("ssh-keygen"), tmp_path) == 2
    assert command(REGISTRY, "import", *on_the_stick(world))["reason"] == "DONE"
    key = ["--key", str(world.root / "city/keys/officer-2.json")]
    command(REGISTRY, "export", *on_the_stick(world), *key, *clerk)
    assert command(LGWAN, "import", *on_the_stick(world))["reason"] == "DONE"


def at_the_desk(world: World, hsm: SoftHsm) -> LgwanStation:
    """Return the station with the key of the first officer at its desk, in a token."""
    clerk = ClerkKey(lambda _: PIN.encode(), token_uri.parse(hsm.uri("officer-1", "approvals")))
    return LgwanStation(
        world.home(LGWAN).root,
        clock=SystemClock(),
        passphrases=lambda _: PIN.encode(),
        clerk=clerk,
    )


def test_person_at_the_desk_signs_by_token(
    world: World, hsm: SoftHsm, command: Callable[..., dict[str, Any]], pin_file: Path
) -> None:
    """Claims C62 and C84. Whoever prepared it may sit there, only not approve it."""
    own = ["--clerk-key", hsm.uri("officer-1", "approvals")]
    own += ["--clerk-passphrase-file", str(pin_file)]
    bundle = command(LGWAN, "seal", "--empty", *own)["data"]["bundle"]
    other = signers.open_signer(world.root / "city/keys/officer-2.json", b"training")
    with at_the_desk(world, hsm) as station:
        station.approve(bundle, other)
    command(LGWAN, "write", *on_the_stick(world), *own)
    signed = [entry for entry in world.log(LGWAN) if "signature" in entry.facts]
    assert [(each.event, each.actor) for each in signed] == [
        (Event.BUNDLE_SEALED, "officer-1"),
        (Event.BUNDLE_RELEASED, "officer-1"),
    ]
    parsed = [sshsig.parse(str(each.facts["signature"]).encode(), name="") for each in signed]
    # Of P-384, as only the token has it.
    assert [len(each.public_key) for each in parsed] == [97, 97]
    assert command(REGISTRY, "import", *on_the_stick(world))["reason"] == "DONE"


def test_token_that_is_removed_from_the_desk_signs_nothing(world: World, hsm: SoftHsm) -> None:
    """Claims C63 and C84. After it was opened, and before anything was sealed."""
    with at_the_desk(world, hsm) as station:
        clerk = at_desk(station, None)
        assert clerk.name == "officer-1"
        tokens_there = (hsm.folder / "tokens").iterdir()
        (own,) = (t for t in tokens_there if b"officer-1" in (t / "token.object").read_bytes())
        hsm.pull_out(own)
        with pytest.raises(TokenRemovedError):
            seal_bundle(station, clerk, empty=True)
    assert [each for each in world.log(LGWAN) if each.event is Event.BUNDLE_SEALED] == []


def _verified_by_openssh(world: World, tool: str, folder: Path) -> int:
    words = ["--home", str(world.home(REGISTRY).root), "trust", "allowed-signers", str(folder)]
    assert run([*words, "--medium", str(world.medium)]) == 0
    good = 0
    for file, signer, purpose in (
        ("SHA256SUMS.station.sig", LGWAN, "bundle"),
        ("SHA256SUMS.approve-officer-1.sig", "officer-1", "approve"),
    ):
        who = ["-I", signer, "-n", f"mediabridge-{purpose}-v1@city.training.example"]
        done = subprocess.run(
            [tool, "-Y", "verify", "-f", folder / "allowed_signers", "-s", file, *who],
            cwd=world.bundle,
            input=(world.bundle / "SHA256SUMS").read_bytes(),
            capture_output=True,
            check=True,
        )
        assert b"ECDSA" in done.stdout
        good += 1
    return good


def test_the_officer_is_named_as_in_the_trust_data(
    hsm: SoftHsm, command: Callable[..., dict[str, Any]]
) -> None:
    officer = ["--token", hsm.uri("officer-1", "approvals"), "--yes"]
    command(LGWAN, "seal", "--operator", "clerk-1", "--empty")
    assert command(LGWAN, "approve", *officer)["data"]["officer"] == "officer-1"


def test_the_recipient_key_opens_with_the_token_only(world: World) -> None:
    path = world.home(LGWAN).keys / f"{LGWAN}-recipient.json"
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with pytest.raises(keyfile.errors.KeyFileError, match="a token opens it"):
        keyfile.load(path, b"training")


def test_recipient_keys_rotate_in_a_file_that_the_token_opens(
    world: World, hsm: SoftHsm, command: Callable[..., dict[str, Any]]
) -> None:
    """Claims C62 and C86. The key of the trust data goes, and no passphrase opens the next."""
    path = world.home(LGWAN).keys / f"{LGWAN}-recipient.json"
    first = keyfile.describe(path).public
    for _trip in range(3):
        for sender, receiver in ((LGWAN, REGISTRY), (REGISTRY, LGWAN)):
            key = ["--key", str(world.root / "city/keys/officer-2.json")]
            officer = ["--token", hsm.uri("officer-1", "approvals")] if sender == LGWAN else key
            clerk = ["--operator", "clerk-1", "--empty", "--yes"]
            command(sender, "export", *on_the_stick(world), *officer, *clerk)
            assert command(receiver, "import", *on_the_stick(world))["reason"] == "DONE"
            clear_stick(world)
    shown = keyfile.describe(path)
    assert (shown.opened_by, shown.keys) == ("token", 2)
    wrap = tokens.open_wrap(token_uri.parse(hsm.uri(LGWAN, "wrap")), lambda _: PIN.encode())
    assert first not in {key.public for key in Ring(keyfile.load_wrapped_kept(path, wrap)).keys}


def test_keys_new_makes_a_file_that_a_token_opens(
    hsm: SoftHsm, tmp_path: Path, pin_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hsm.plug_in("station")
    hsm.make_aes("station", "wrap")
    path = tmp_path / "key.json"
    words = ["keys", "new", "lgwan-01-recipient", "--kind", "recipient", "-o", str(path)]
    token = ["--token", hsm.uri("station", "wrap"), "--passphrase-file", str(pin_file)]
    assert run([*words, *token, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["opened_by"] == "token"


@pytest.mark.parametrize(
    ("role", "make", "purpose"),
    [
        ("officer", "make_p384", "ssh"),
        ("targets", "make_p384", "tuf-ecdsa-p384"),
        ("targets", "make_ed25519", "tuf-ed25519"),
    ],
)
def test_a_key_in_a_token_asks_for_its_role(
    hsm: SoftHsm, pin_file: Path, *, role: str, make: str, purpose: str
) -> None:
    """The request is read back, so its proof by the token holds."""
    hsm.plug_in("holder")
    getattr(hsm, make)("holder", "key")
    path = pin_file.with_name("request.json")
    words = ["trust", "request", "holder-1", role, "--city", "city.example.jp", "--mode", "live"]
    token = ["--token", hsm.uri("holder", "key"), "--passphrase-file", str(pin_file)]
    assert run([*words, *token, "-o", str(path)]) == 0
    assert requests.read(path.read_bytes(), name="r").keys.keys() == {purpose}


@pytest.mark.parametrize("make", ["make_p384", "make_ed25519"])
def test_metadata_is_signed_by_token(hsm: SoftHsm, make: str) -> None:
    hsm.plug_in("holder")
    getattr(hsm, make)("holder", "key")
    uri = token_uri.parse(hsm.uri("holder", "key"))
    signer = tuf_tokens.TufTokenSigner(tokens.open_signer(uri, lambda _: PIN.encode()))
    signature = signer.sign(b"metadata")
    signer.public_key.verify_signature(signature, b"metadata")
    with pytest.raises(UnverifiedSignatureError):
        signer.public_key.verify_signature(signature, b"other metadata")


LIVE = ["--live", "--role", "lgwan", "--city", "city.example.jp", "--municipality", "131041"]


def test_a_live_station_begins_with_its_keys_in_a_token(
    hsm: SoftHsm, tmp_path: Path, pin_file: Path
) -> None:
    """Claim C62."""
    hsm.plug_in(LGWAN)
    station, log = hsm.make_p384(LGWAN, "bundles"), hsm.make_ed25519(LGWAN, "log")
    witness = hsm.make_ed25519(LGWAN, "witness")
    hsm.make_aes(LGWAN, "wrap")
    home = Home(tmp_path / "home")
    home.root.mkdir(mode=0o700)
    settle(hsm, home)
    words = ["--home", str(home.root), "station", "init", LGWAN, *LIVE]
    assert run([*words, "--passphrase-file", str(pin_file)]) == 0
    keys = requests.read(home.request_file.read_bytes(), name="r").keys
    assert keytext.parse_openssh(keys["ssh"]) == station
    assert Vkey.parse(keys["log"]) == Vkey(f"city.example.jp/log/{LGWAN}", log)
    name = f"city.example.jp/witness/{LGWAN}"
    assert WitnessKey.parse(keys["witness"]) == WitnessKey(name, witness)
    (recipient,) = home.keys.iterdir()
    shown = keyfile.describe(recipient)
    assert (shown.public, shown.opened_by) == (keys["recipient"], "token")


def test_the_doctor_looks_for_the_token(
    world: World, hsm: SoftHsm, capsys: pytest.CaptureFixture[str]
) -> None:
    def keys() -> list[dict[str, Any]]:
        capsys.readouterr()
        run(["--home", str(world.home(LGWAN).root), "--lang", "en", "--json", "doctor"])
        found = json.loads(capsys.readouterr().out)["data"]["findings"]
        return [each for each in found if each["check"] == "keys"]

    assert {each["state"] for each in keys()} == {"ok"}
    for token in (hsm.folder / "tokens").iterdir():
        hsm.pull_out(token)
    assert "not plugged in" in json.dumps(keys())


def test_the_doctor_looks_for_the_token_that_wraps_and_not_for_what_a_clerk_carries(
    world: World, hsm: SoftHsm
) -> None:
    home = world.home(LGWAN)
    there = home.settings_file.read_text()
    home.settings_file.write_text(f'{there}\n[clerks]\nclerk-1 = "{hsm.uri("away", "clerk-1")}"\n')
    assert [each for each in _about_keys(home) if each.state is not State.OK] == []
    (recipient,) = re.findall('recipient = "(.*)"', there)
    home.settings_file.write_text(there.replace(recipient, hsm.uri("away", "wrap")))
    (found,) = _about_keys(home)
    assert (found.state, "not plugged in" in found.found) == (State.WRONG, True)


def _about_keys(home: Home) -> list[Finding]:
    findings = examine(home, SystemClock().now())
    return [each for each in findings if each.check is Check.KEYS]


def test_a_token_takes_the_place_of_a_passphrase(
    hsm: SoftHsm, tmp_path: Path, pin_file: Path
) -> None:
    hsm.plug_in("station")
    hsm.make_aes("station", "wrap")
    path, old = tmp_path / "keys" / "key.json", tmp_path / "old"
    path.parent.mkdir()
    old.write_text("the old passphrase\n")
    old.chmod(0o600)
    key = signers.new_recipient_key("lgwan-01-recipient")
    keyfile.save(path, key, b"the old passphrase", cost=keyfile.TRAINING_COST)
    words = ["keys", "passphrase", str(path), "--passphrase-file", str(old)]
    token = ["--token", hsm.uri("station", "wrap"), "--new-passphrase-file", str(pin_file)]
    assert run([*words, *token]) == 0
    wrap = tokens.open_wrap(token_uri.parse(hsm.uri("station", "wrap")), lambda _: PIN.encode())
    assert keyfile.load_wrapped_kept(path, wrap).key == key
    assert run([*words, *token]) == 70


def test_a_stick_is_registered_by_token(world: World, hsm: SoftHsm, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    stick = Stick(tmp_path / "stick", usb())
    uri = token_uri.parse(hsm.uri("officer-1", "approvals"))
    officer = tokens.open_signer(uri, lambda _: PIN.encode())
    home = world.home(LGWAN).root
    with LgwanStation(home, clock=SystemClock(), passphrases=lambda _: PIN.encode()) as station:
        enrolling.register_medium(
            station, stick, "USB-001", "住民課", officer,
            capacity=SIZE, write_speed=SPEED, read_speed=SPEED, probe="full",
        )  # fmt: skip
        folder = stick.folder / "MEDIABRIDGE"
        data, signature = (folder / name for name in ("medium.json", "medium.json.sig"))
        identity = verify_identity(data.read_bytes(), signature.read_bytes(), station.trust)
    assert identity.registered_by == "officer-1"
