"""Key files from the command line: made, shown, and given another passphrase."""

from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stations.days import Day

from mediabridge.cli import keys
from mediabridge.cli._app import run
from mediabridge.config import PASSPHRASE_FREE_TRIES
from mediabridge.translog import events
from mediabridge.trust import keyfile
from mediabridge.trust.keyfile import TRAINING_COST

SECRET, OTHER = "a sentence that nobody knows", "その文は誰も知らない秘密です。"
ORIGIN = "city.example.jp/log/lgwan-01"
NAMES = {"log": ORIGIN, "witness": "city.example.jp/witness/lgwan-01"}
Json = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = dict(keyfile.save.__kwdefaults__)
    monkeypatch.setattr(keyfile.save, "__kwdefaults__", {**defaults, "cost": TRAINING_COST})


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Json:
    def call(*words: str, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert run([*words, "--json"]) == code
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return {**said, **said.get("data", {})}

    return call


def holding(path: Path, text: str = SECRET) -> str:
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return str(path)


def given(text: str = SECRET) -> str:
    """Return the number of a descriptor that holds *text*."""
    reader, writer = os.pipe()
    os.write(writer, f"{text}\n".encode())
    os.close(writer)
    return str(reader)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "officer-1.json"
    words = ["keys", "new", "officer-1", "--kind", "officer", "-o", str(path)]
    assert run([*words, "--passphrase-fd", given()]) == 0
    return path


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        ("station", "ssh-ed25519"),
        ("officer", "ssh-ed25519"),
        ("clerk", "ssh-ed25519"),
        ("log", "log-ed25519"),
        ("witness", "witness-ed25519"),
        ("recipient", "hpke-mlkem1024p384"),
        ("tuf", "tuf-ed25519"),
        ("tuf-ecdsa-p384", "tuf-ecdsa-p384"),
        ("tuf-ml-dsa-65", "tuf-ml-dsa-65"),
    ],
)
def test_each_purpose_has_its_kind(tmp_path: Path, answer: Json, purpose: str, kind: str) -> None:
    path = tmp_path / "key.json"
    origin = ["--origin", NAMES[purpose]] if purpose in NAMES else []
    secret = holding(tmp_path / "secret")
    words = ["keys", "new", "some-key", "--kind", purpose, "-o", str(path), *origin]
    made = answer(*words, "--passphrase-file", secret)
    shown = answer("keys", "show", str(path))
    assert (shown["kind"], shown["id"]) == (kind, "some-key")
    assert {name: made[name] for name in shown} == shown
    assert keyfile.load(path, SECRET.encode()).public == shown["public"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_fingerprint_is_that_of_stock_tools(
    tmp_path: Path, made: Path, answer: Json, require_tool: Callable[[str], str]
) -> None:
    shown = answer("keys", "show", str(made))
    (tmp_path / "key.pub").write_text(shown["public"] + "\n")
    listing = subprocess.run(
        [require_tool("ssh-keygen"), "-l", "-f", tmp_path / "key.pub"],
        capture_output=True,
        check=True,
    )
    assert shown["fingerprint"] in listing.stdout.decode().split()
    words = ["keys", "new", "a", "--kind", "tuf", "-o", str(tmp_path / "tuf.json")]
    other = answer(*words, "--passphrase-fd", given())
    assert other["fingerprint"] == hashlib.sha256(other["public"].encode()).hexdigest()


def test_a_key_is_never_replaced_by_a_new_one(tmp_path: Path, made: Path, answer: Json) -> None:
    before = made.read_bytes()
    refused = answer("keys", "new", "a", "--kind", "clerk", "-o", str(made), code=70)
    assert refused["reason"] == "KEY_FILE_INVALID"
    assert made.read_bytes() == before
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "elsewhere.json")
    refused = answer("keys", "new", "a", "--kind", "clerk", "-o", str(link), code=70)
    assert refused["reason"] == "KEY_FILE_INVALID"


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "elevenchars",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "abcdefghijklmnop",
        "zyxwvutsrqponm",
        "my officer-1 key",
        "OFFICER-1 officer-1",
        "が" * 12,
    ],
)
def test_a_weak_passphrase_is_refused_in_words(tmp_path: Path, answer: Json, weak: str) -> None:
    path = tmp_path / "officer-1.json"
    words = ["keys", "new", "officer-1", "--kind", "officer", "-o", str(path)]
    refused = answer(*words, "--passphrase-fd", given(weak), code=70)
    assert refused["reason"] == "PASSPHRASE_WEAK"
    assert weak not in json.dumps(refused)
    assert not path.exists()


@pytest.mark.parametrize("wanted", ["Officer 1", "../officer", "", "a" * 65])
def test_what_is_no_id_is_refused(tmp_path: Path, answer: Json, wanted: str) -> None:
    words = ["keys", "new", wanted, "--kind", "officer", "-o", str(tmp_path / "key.json")]
    assert answer(*words, "--passphrase-fd", given(), code=2)["reason"] == "USAGE"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["log", "witness"])
@pytest.mark.parametrize("origin", ["", "nowhere", "a b/{kind}/c", "/{kind}/c", "{other}"])
def test_a_key_for_notes_needs_its_origin(
    tmp_path: Path, answer: Json, kind: str, origin: str
) -> None:
    (other,) = (name for purpose, name in NAMES.items() if purpose != kind)
    given = origin.format(kind=kind, other=other)
    words = ["keys", "new", "a-key", "--kind", kind, "-o", str(tmp_path / "key.json")]
    options = ["--origin", given] if given else []
    assert answer(*words, *options, code=2)["reason"] == "USAGE"
    assert not (tmp_path / "key.json").exists()


def test_no_other_key_has_an_origin(tmp_path: Path, answer: Json) -> None:
    words = ["keys", "new", "a", "--kind", "clerk", "-o", str(tmp_path / "key.json")]
    assert answer(*words, "--origin", ORIGIN, code=2)["reason"] == "USAGE"


def test_what_is_typed_twice_must_be_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([SECRET, SECRET + ".", SECRET, SECRET])
    monkeypatch.setattr(keys, "ask", lambda *_, **__: next(typed))
    path = tmp_path / "a.json"
    words = ["--lang", "en", "keys", "new", "a", "--kind", "clerk", "-o", str(path)]
    assert run(words) == 70
    assert "differ" in capsys.readouterr().err
    assert not path.exists()
    assert run(words) == 0
    assert keyfile.load(path, SECRET.encode()).id == "a"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "one line"),
        (b"two\nlines\n", "one line"),
        (b"\xff\n", "UTF-8"),
        (b"x" * 2000, "larger"),
        (b"windows\r\n", "Windows"),
    ],
)
def test_a_descriptor_holds_one_line(made: Path, answer: Json, content: bytes, detail: str) -> None:
    reader, writer = os.pipe()
    os.write(writer, content)
    os.close(writer)
    words = ["keys", "passphrase", str(made), "--passphrase-fd", str(reader)]
    refused = answer(*words, code=70)
    assert refused["reason"] == "PASSPHRASE_FILE_INVALID"
    assert detail in json.dumps(refused)


def test_a_descriptor_is_open_and_no_terminal(made: Path, answer: Json) -> None:
    master, terminal = os.openpty()
    for descriptor in (terminal, 4000):
        words = ["keys", "passphrase", str(made), "--passphrase-fd", str(descriptor)]
        assert answer(*words, code=70)["reason"] == "PASSPHRASE_FILE_INVALID"
    os.close(master)
    os.close(terminal)


def change(path: Path) -> int:
    words = ["keys", "passphrase", str(path), "--passphrase-fd", given()]
    return run([*words, "--new-passphrase-fd", given(OTHER)])


def test_the_passphrase_changes(made: Path, answer: Json) -> None:
    before = keyfile.load(made, SECRET.encode())
    assert change(made) == 0
    assert keyfile.load(made, OTHER.encode()) == before
    words = ["keys", "passphrase", str(made), "--passphrase-fd", given()]
    assert answer(*words, code=70)["reason"] == "PASSPHRASE_WRONG"


def test_a_weak_new_one_changes_nothing(made: Path, answer: Json) -> None:
    before = made.read_bytes()
    words = ["keys", "passphrase", str(made), "--passphrase-fd", given()]
    refused = answer(*words, "--new-passphrase-fd", given("weak"), code=70)
    assert refused["reason"] == "PASSPHRASE_WEAK"
    assert made.read_bytes() == before


EFFECTS = ("fsync", "replace", "fchmod")


def _at_effect(number: int, act: Callable[[], object]) -> Callable[[], int]:
    """Let *act* happen before the effect of that *number*; return a count of effects so far."""
    count = 0

    def wrapped(effect: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            nonlocal count
            count += 1
            if count == number:
                act()
            return effect(*arguments)

        return call

    for name in EFFECTS:
        setattr(os, name, wrapped(getattr(os, name)))
    return lambda: count


def _changed_and_killed(path: Path, number: int) -> None:
    count = _at_effect(number, lambda: signal.raise_signal(signal.SIGKILL))
    change(path)
    os._exit(0 if count() else 1)


def _changed_and_failed(path: Path, number: int) -> None:
    def fail() -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    count = _at_effect(number, fail)
    change(path)
    os._exit(0 if count() < number else 3)


@pytest.mark.parametrize("interrupted", [_changed_and_killed, _changed_and_failed])
def test_an_interrupted_change_leaves_the_old_or_the_new(
    made: Path, interrupted: Callable[[Path, int], None]
) -> None:
    """Claim C59."""
    original, seen = made.read_bytes(), []
    processes = multiprocessing.get_context("fork")
    for number in range(1, 20):
        made.write_bytes(original)
        child = processes.Process(target=interrupted, args=(made, number))
        child.start()
        child.join()
        secret = SECRET if made.read_bytes() == original else OTHER
        assert keyfile.load(made, secret.encode()).id == "officer-1"
        seen.append(secret)
        if child.exitcode == 0:
            break
    assert child.exitcode == 0
    # Old until the rename, new from then on, and both were seen.
    assert seen == sorted(seen, key=[SECRET, OTHER].index)
    assert set(seen) == {SECRET, OTHER}


def test_the_log_knows_of_wrong_passphrases(day: Day) -> None:
    """Claim C60."""
    home = day.world.home("lgwan-01")
    key = day.world.city.key_path("officer-1")
    with day.at("lgwan-01") as station:
        before = station.log.size()
    for _ in range(PASSPHRASE_FREE_TRIES):
        words = ["--home", str(home.root), "media", "retire", "M-0001", "--key", str(key)]
        assert run([*words, "--passphrase-fd", given("not the passphrase")]) == 70
    with day.at("lgwan-01") as station:
        entries = [events.parse(each, "lgwan-01") for each in station.log.entries(before)]
    assert [each.event for each in entries] == ["passphrase-wrong"] * PASSPHRASE_FREE_TRIES
    assert [dict(each.facts) for each in entries] == [
        {"key": "officer-1", "reason": "PASSPHRASE_WRONG", "wrong": number} for number in (1, 2, 3)
    ]


def test_nobody_guesses_past_the_log_by_a_command_that_opens_no_station(
    day: Day, tmp_path: Path
) -> None:
    """Claim C60. The station's own key, by where it lies; another one, at the station's desk."""
    home = day.world.home("lgwan-01").root
    own, other = str(home / "keys" / "lgwan-01.json"), str(day.world.city.key_path("officer-1"))
    asked = ["officer-1", "officer", "--city", "city.example.jp", "--mode", "training"]
    asked += ["--out", str(tmp_path / "officer-1.request.json")]
    with day.at("lgwan-01") as station:
        before = station.log.size()
    for words in (
        ["keys", "passphrase", own],
        ["trust", "request", *asked, "--key", own],
        ["--home", str(home), "trust", "request", *asked, "--key", other],
        ["--home", str(home), "keys", "passphrase", other],
    ):
        assert run([*words, "--passphrase-fd", given("not the passphrase")]) == 70
    with day.at("lgwan-01") as station:
        entries = [events.parse(each, "lgwan-01") for each in station.log.entries(before)]
    assert [(each.event, each.facts["key"], each.facts["wrong"]) for each in entries] == [
        ("passphrase-wrong", key, wrong) for key in ("lgwan-01", "officer-1") for wrong in (1, 2)
    ]


def test_a_station_that_cannot_be_opened_hides_no_wrong_passphrase(day: Day, answer: Json) -> None:
    """Claim C60. It is counted, and told as what it is."""
    home = day.world.home("lgwan-01")
    home.books.write_bytes(b"no database")
    own = home.keys / "lgwan-01.json"
    words = ["keys", "passphrase", str(own), "--passphrase-fd", given("not the passphrase")]
    assert answer(*words, code=70)["reason"] == "PASSPHRASE_WRONG"
    assert json.loads(own.with_name("lgwan-01.json.wrong").read_bytes())["wrong"] == 1
