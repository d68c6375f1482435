"""A whole ceremony by the real commands, step by step, each in a process that knows nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attacks.world import tree_of

from mediabridge import canonical
from mediabridge.cli import _ceremony
from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.errors import ExitCode
from mediabridge.trust import keyfile
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.keymaking import new_key
from mediabridge.trust.purposes import Purpose

pytestmark = pytest.mark.in_turns

CITY = "city.example.jp"
DEAD_BATTERY = datetime(2000, 1, 1, tzinfo=UTC)
HOLDERS = {
    "root": ("root-1", "root-2", "root-3"),
    "targets": ("targets-1", "targets-2"),
    "snapshot": ("snapshot-1",),
    "timestamp": ("timestamp-1",),
}
ESCROW = {"escrow": "officer", "escrow-recipient": "recipient"}
ORDER = ("root-1", "root-2", "targets-1", "targets-2", "snapshot-1", "timestamp-1")


@dataclass
class Desk:
    """A terminal, and the sticks with keys and with the folder."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    def __post_init__(self) -> None:
        self.passphrase = self.root / "passphrase"
        self.passphrase.write_text("a passphrase that nobody guesses\n")
        self.passphrase.chmod(0o600)
        self.folder = self.root / "ceremony"
        self.medium = self.root / "medium"
        self.medium.mkdir()

    def do(self, *words: object, code: int = 0) -> dict[str, Any]:
        """Run one command with --json and return its data, or its facts when it is refused."""
        got = run(["--json", "--home", str(self.root / "none"), *map(str, words)])
        printed = json.loads(self.capsys.readouterr().out)
        assert got == code, printed
        data: dict[str, Any] = printed["data"]
        return data | {"reason": printed["reason"]}

    def key(self, name: str, purpose: str) -> Path:
        """Return a key file; cheap to open, as none that keys new makes."""
        path = self.root / f"{name}.json"
        if not path.exists():
            passphrase = self.passphrase.read_bytes().strip()
            keyfile.save(path, new_key(Purpose(purpose), name), passphrase, cost=TRAINING_COST)
        return path

    def keys_of(self, name: str, role: str) -> list[Path]:
        if role in {"officer", "clerk"}:
            return [self.key(name, role)]
        # A file of either curve serves, and both in one role.
        keys = [self.key(name, "tuf-ecdsa-p384" if name.endswith("-2") else "tuf")]
        return [*keys, self.key(f"{name}-lattice", "tuf-ml-dsa-65")] if role == "root" else keys

    def request(self, name: str, role: str) -> Path:
        out = self.root / f"{name}.request.json"
        options = [word for key in self.keys_of(name, role) for word in ("--key", key)]
        self.do(
            *("trust", "request", name, role, *options, "--city", CITY, "--mode", "live"),
            *("-o", out, "--passphrase-file", self.passphrase),
        )
        return out

    def sign(self, name: str, code: int = 0) -> dict[str, Any]:
        keys = self.keys_of(name, name.partition("-")[0])
        options = [word for key in keys for word in ("--key", key)]
        secret = ("--passphrase-file", self.passphrase)
        return self.do("trust", "sign", self.folder, *options, "--yes", *secret, code=code)

    def publish(self, code: int = 0) -> dict[str, Any]:
        return self.do("trust", "publish", self.folder, "--medium", self.medium, "--yes", code=code)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def begun(desk: Desk) -> None:
    holders = [desk.request(name, role) for role, names in HOLDERS.items() for name in names]
    options = ("--city", CITY, "--municipality", "131041", "--mode", "live", "--yes")
    desk.do("trust", "init", desk.folder, *holders, *options)


def test_what_goes_on_under_another_root_is_no_first_version(desk: Desk) -> None:
    begun(desk)
    for name in ORDER:
        desk.sign(name)
    desk.publish()
    before, desk.folder = desk.folder, desk.root / "renewed"
    holders = [desk.request(name, role) for role, names in HOLDERS.items() for name in names]
    options = ("--city", CITY, "--municipality", "131041", "--mode", "live", "--yes")
    desk.do("trust", "init", desk.folder, *holders, *options, "--after", before)
    assert run(["--lang", "en", "trust", "show", str(desk.folder)]) == 0
    said = desk.capsys.readouterr().out
    assert "Draft of version 2" in said
    assert "begins anew, under another first root" in said
    assert "first version" not in said


def test_a_ceremony_by_hand(desk: Desk) -> None:
    begun(desk)
    officer = desk.request("officer-1", "officer")
    desk.do("trust", "add", desk.folder, officer, "--until", "2099-03-31", "--yes")
    shown = desk.do("trust", "show", desk.folder)
    assert [each["needed"] for each in shown["standing"]] == [4, 2, 1, 1]
    for name in ORDER:
        desk.sign(name)
    first = desk.publish()
    assert first["version"] == 1
    assert desk.do("trust", "show", desk.folder)["first_root"] == first["first_root"]
    desk.do("trust", "revoke", desk.folder, "officer-1", "--reason", "LEFT_OFFICE", "--yes")
    assert [
        each["what"] for each in desk.do("trust", "show", desk.folder, "--diff")["changes"]
    ] == ["revoked"]
    for name in ORDER[2:]:
        desk.sign(name)
    assert desk.publish()["version"] == 2
    root = ("--root", desk.folder / "root.json", "--medium", desk.medium)
    assert len(desk.do("trust", "show", *root)["trust"]["revoked"]) == 1


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en", f"[live] ceremony of {CITY}"), ("ja", f"[本番] {CITY} の鍵の手続き")],
)
def test_mode_is_said_above_each_step_also_where_there_is_no_station(
    desk: Desk, language: str, wanted: str
) -> None:
    begun(desk)
    for name in ORDER:
        desk.sign(name)
    desk.publish()
    secret = ("--passphrase-file", desk.passphrase)
    steps: tuple[tuple[object, ...], ...] = (
        ("trust", "show", desk.folder),
        ("trust", "renew", desk.folder, "--yes"),
        ("trust", "show", desk.folder, "--diff"),
        ("trust", "sign", desk.folder, "--key", desk.key("targets-1", "tuf"), "--yes", *secret),
        ("trust", "publish", desk.folder, "--medium", desk.medium, "--yes"),
    )
    for words in steps:
        run(["--home", str(desk.root / "none"), "--lang", language, *map(str, words)])
        assert desk.capsys.readouterr().err.splitlines()[0] == wanted, words
    desk.do("trust", "show", desk.folder)


def test_mode_is_said_before_anything_is_made_or_asked(desk: Desk) -> None:
    """Where a holder's key is about to be used, and where words are about to be compared."""
    place, secret = ("--city", CITY, "--mode", "live"), ("--passphrase-file", desk.passphrase)
    request, late = desk.request("root-1", "root"), desk.request("root-2", "root")
    key = desk.key("root-1", "tuf")
    split = ("--holder", "safe-1", "--holder", "safe-2", "--out", desk.root / "shares")
    init = ("trust", "init", desk.folder, *place, "--municipality", "131041")
    for words in (
        ("trust", "request", "root-1", "root", *place, "--key", key, "-o", request, *secret),
        ("recover", "split", *place, *split, *secret),
        (*init, request),
        (*init, "--yes"),
        ("trust", "add", desk.folder, request),
        ("trust", "rotate", desk.folder, "root", late),
    ):
        run(["--home", str(desk.root / "none"), "--lang", "en", *map(str, words)])
        said = desk.capsys.readouterr().err.splitlines()
        assert said[0] == f"[live] ceremony of {CITY}", words
        assert said.count(said[0]) == 1


def test_out_of_turn_is_refused_by_name(desk: Desk) -> None:
    begun(desk)
    desk.sign("root-1")
    refused = desk.sign("targets-1", code=ExitCode.APPROVAL)
    assert (refused["reason"], refused["count"]) == ("CEREMONY_INCOMPLETE", 2)
    assert "root-2" in refused["names"]
    assert desk.publish(code=ExitCode.APPROVAL)["reason"] == "CEREMONY_INCOMPLETE"
    assert list(desk.medium.iterdir()) == []


def test_a_published_version_goes_onto_a_second_stick(desk: Desk) -> None:
    begun(desk)
    for name in ORDER:
        desk.sign(name)
    desk.publish()
    desk.medium = desk.root / "another"
    desk.medium.mkdir()
    assert desk.publish()["version"] == 1
    assert (desk.medium / "MEDIABRIDGE/trust/metadata/timestamp.json").exists()


def test_nobody_signs_without_being_asked(desk: Desk) -> None:
    begun(desk)
    before = (desk.folder / "draft.json").read_bytes()
    refused = desk.do(
        *("trust", "sign", desk.folder, "--key", desk.key("root-1", "tuf")),
        *("--passphrase-file", desk.passphrase),
        code=ExitCode.USAGE,
    )
    assert refused["reason"] == "NOT_INTERACTIVE"
    assert (desk.folder / "draft.json").read_bytes() == before


def test_a_tampered_request_is_refused(desk: Desk) -> None:
    begun(desk)
    path = desk.request("officer-1", "officer")
    path.write_bytes(path.read_bytes().replace(b"officer-1", b"officer-2"))
    refused = desk.do("trust", "add", desk.folder, path, "--yes", code=ExitCode.CONFIGURATION)
    assert refused["reason"] == "REQUEST_INVALID"


def test_rotate_route_remove_renew_and_discard(desk: Desk) -> None:
    begun(desk)
    for name in ORDER:
        desk.sign(name)
    desk.publish()
    coming = desk.request("root-4", "root")
    rotated = desk.do("trust", "rotate", desk.folder, "root", coming, "--out", "root-1", "--yes")
    assert [(each["kind"], each["name"]) for each in rotated["changes"]] == [
        ("removed", "root-1"),
        ("added", "root-4"),
    ]
    desk.do("trust", "discard", desk.folder, "--yes")
    assert desk.do("trust", "renew", desk.folder, "--root", "--yes")["changes"] == []
    assert desk.do("trust", "show", desk.folder)["standing"][0]["role"] == "root"
    desk.do("trust", "discard", desk.folder, "--yes")
    desk.do("trust", "discard", desk.folder, "--yes", code=ExitCode.USAGE)
    for words in (("remove", "nobody"), ("route", "lgwan-01", "registry-01")):
        command, *rest = words
        desk.do("trust", command, desk.folder, *rest, "--yes", code=ExitCode.USAGE)
    assert not (desk.folder / "draft.json").exists()


def test_each_request_is_asked_about_while_it_is_on_the_screen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of seven requests in a row, the first have left a small screen when they end."""
    officers = [desk.request(name, "officer") for name in ("officer-1", "officer-2")]
    answers = [True, False]
    monkeypatch.setattr(_ceremony, "confirm", lambda *_: answers.pop(0))
    options = ("--city", CITY, "--municipality", "131041", "--mode", "live")
    refused = desk.do("trust", "init", desk.folder, *officers, *options, code=ExitCode.APPROVAL)
    assert (refused["reason"], answers) == ("APPROVAL_DECLINED", [])
    assert not desk.folder.exists()


def test_how_long_a_draft_counts_is_shown(desk: Desk) -> None:
    """Whoever made it chose the dates; whoever signs it sees them."""
    begun(desk)
    file = desk.folder / "draft.json"
    document = json.loads(file.read_bytes())
    document["timestamp"]["signed"]["expires"] = "2098-07-06T00:00:00Z"
    file.write_bytes(canonical.dump(document))
    assert run(["trust", "show", str(desk.folder)]) == 0
    shown = desk.capsys.readouterr().out
    assert "timestamp: valid until 2098-07-06" in shown
    assert shown.count("valid until") == 4


def test_nothing_of_a_ceremony_is_dated_before_the_program(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C55. A machine that lies in a safe all year is the one whose battery is empty."""
    request = desk.request("root-1", "root")
    place = ("--city", CITY, "--mode", "live")
    begin = ("trust", "init", desk.folder, *place, "--municipality", "131041", "--yes")
    commands: list[tuple[object, ...]] = [
        begin,
        ("trust", "add", desk.folder, request, "--yes"),
        ("trust", "revoke", desk.folder, "root-1", "--reason", "KEY_LOST", "--yes"),
        (
            *("trust", "request", "root-2", "root", *place, "--key", desk.key("root-2", "tuf")),
            *("-o", desk.root / "late", "--passphrase-file", desk.passphrase),
        ),
        (
            *("recover", "split", "--holder", "safe-1", "--holder", "safe-2", *place),
            *("-o", desk.root / "shares", "--passphrase-file", desk.passphrase),
        ),
    ]
    with monkeypatch.context() as earlier:
        earlier.setattr(SystemClock, "now", lambda _clock: DEAD_BATTERY)
        assert desk.do(*begin, code=70)["reason"] == "CLOCK_TOO_EARLY"
        assert not desk.folder.exists()
    desk.do(*begin)
    draft = tree_of(desk.folder)
    monkeypatch.setattr(SystemClock, "now", lambda _clock: DEAD_BATTERY)
    for words in commands[1:]:
        assert desk.do(*words, code=70)["reason"] == "CLOCK_TOO_EARLY"
    assert tree_of(desk.folder) == draft
    assert not {"late", "shares"} & {each.name for each in desk.root.iterdir()}


def test_a_last_day_is_set_only_where_something_keeps_it(desk: Desk) -> None:
    """A holder's key, and one that only opens, would go on counting after it."""
    begun(desk)
    before = (desk.folder / "draft.json").read_bytes()
    escrow = [("--key", desk.key(name, kind)) for name, kind in ESCROW.items()]
    out = desk.root / "escrow.request.json"
    desk.do(
        *("trust", "request", "escrow", "escrow", *(word for key in escrow for word in key)),
        *("--city", CITY, "--mode", "live", "-o", out, "--passphrase-file", desk.passphrase),
    )
    for request in (out, desk.request("root-4", "root")):
        words = ("trust", "add", desk.folder, request, "--until", "2099-03-31", "--yes")
        assert desk.do(*words, code=ExitCode.USAGE)["reason"] == "USAGE"
        assert (desk.folder / "draft.json").read_bytes() == before
    desk.do("trust", "add", desk.folder, out, "--yes")
