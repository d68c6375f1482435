"""From an empty folder to a live station, as a person at a terminal does it."""

from __future__ import annotations

import json
import os
import pty
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from attacks.world import make_world
from lxml import html
from stations.test_joining import Office

from mediabridge.cli._app import run
from mediabridge.locale import Language
from mediabridge.trust.fingerprint import Fingerprint
from mediabridge.trust.paper import code_lines

PASSPHRASE = "correct horse battery staple 7"  # noqa: S105 - of a test


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.ceremony()
    return made


def home(office: Office) -> str:
    return str(office.root / "lgwan-01")


Answer = Callable[[str, str], str]
"""From what the screen shows, and the form's text, to what is typed."""


def from_paper(shown: str, paper: str) -> str:
    """Read the numbers asked for on the screen, and the words of these numbers on the form."""
    (asked,) = re.findall(r"the words ([0-9, ]+) of the paper form", shown)
    words = html.fromstring(paper).xpath("//ol[@lang='ja']/li/text()")
    return " ".join(words[int(number) - 1] for number in asked.split(","))


def enrol(
    office: Office, monkeypatch: pytest.MonkeyPatch, paper: str, answer: Answer, *, ahead: str = ""
) -> tuple[int, str]:
    """Run the command on a terminal; *ahead* is typed before the question stands there."""
    master, slave = pty.openpty()
    screen = b""

    def person() -> None:
        nonlocal screen
        os.write(master, ahead.encode())
        while b"of the paper form:" not in screen:
            screen += os.read(master, 4096)
        os.write(master, f"{answer(screen.decode(), paper)}\n".encode())

    sitting = threading.Thread(target=person, daemon=True)
    with (
        os.fdopen(slave, "r", encoding="utf-8") as keyboard,
        os.fdopen(os.dup(slave), "w", encoding="utf-8") as stderr,
    ):
        monkeypatch.setattr(sys, "stdin", keyboard)
        monkeypatch.setattr(sys, "stderr", stderr)
        sitting.start()
        words = ["station", "enrol", "--medium", str(office.medium)]
        code = run(["--home", home(office), "--lang", "en", *words])
        monkeypatch.undo()
    sitting.join()
    os.close(master)
    return code, screen.decode()


@pytest.fixture
def paper(office: Office, tmp_path: Path) -> str:
    root = tmp_path / "root.json"
    root.write_bytes(office.first_root)
    out = tmp_path / "form.html"
    assert run(["--lang", "ja", "station", "form", "--root", str(root), "-o", str(out)]) == 0
    return out.read_text("utf-8")


def test_words_from_the_paper_pin_the_root(
    office: Office, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, shown = enrol(office, monkeypatch, paper, from_paper)
    assert code == 0
    assert "[live] station lgwan-01" in shown
    words = Fingerprint.of(office.first_root).words(Language.EN)
    # Three stand on the paper only, and the others on the screen.
    assert shown.count("______") == 3
    assert sum(f" {word}" in shown for word in words) >= 9
    assert all(line in shown for line in code_lines(Fingerprint.of(office.first_root)))
    assert office.home("lgwan-01").config().mode == "live"


@pytest.mark.parametrize(
    ("answer", "ahead"),
    [
        (lambda *_: "", ""),
        (lambda *_: "y", ""),
        (lambda shown, paper: from_paper(shown, paper).rpartition(" ")[0], ""),
        (lambda *_: "", "y\nyes\n"),
    ],
    ids=["nothing", "yes", "two of three", "typed ahead"],
)
def test_any_other_answer_pins_nothing(
    office: Office, paper: str, monkeypatch: pytest.MonkeyPatch, answer: Answer, ahead: str
) -> None:
    code, _ = enrol(office, monkeypatch, paper, answer, ahead=ahead)
    assert code == 70
    assert not office.home("lgwan-01").config_file.exists()
    assert not office.home("lgwan-01").trust_root.exists()


def test_right_words_that_were_typed_ahead_are_no_answer(
    office: Office, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediabridge.trust.fingerprint.numbers_to_ask", lambda: (1, 2, 3))
    words = Fingerprint.of(office.first_root).words(Language.JA)
    code, _ = enrol(office, monkeypatch, paper, lambda *_: "", ahead=" ".join(words[:3]) + "\n")
    assert code == 70


def test_nobody_there_is_asked_nothing(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["station", "enrol", "--medium", str(office.medium)]
    assert run(["--home", home(office), "--json", *words]) == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "NOT_INTERACTIVE"
    assert not office.home("lgwan-01").config_file.exists()


@pytest.mark.parametrize(("cut", "code"), [(0, 0), (1, 70)])
def test_what_a_camera_reads_is_compared_whole(
    office: Office, cut: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    read = Fingerprint.of(office.first_root).hex.upper()
    words = ["station", "enrol", "--medium", str(office.medium)]
    given = ["--fingerprint", read[: len(read) - cut]]
    assert run(["--home", home(office), "--json", *words, *given]) == code
    wanted = {0: "DONE", 70: "ROOT_NOT_CONFIRMED"}[code]
    assert json.loads(capsys.readouterr().out)["reason"] == wanted


def test_every_command_of_a_waiting_station_says_what_comes_next(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("status", "seal", "bundles list", "import", "media list", "watch"):
        assert run(["--home", home(office), "--json", *command.split()]) == 70
        answer = json.loads(capsys.readouterr().out)
        assert (answer["reason"], answer["mode"]) == ("STATION_WAITING", "live")
        assert "station enrol" in answer["hint"]


def test_live_station_is_made_by_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stick").mkdir()
    secret = tmp_path / "passphrase"
    secret.write_text(f"{PASSPHRASE}\n")
    secret.chmod(0o600)
    words = [
        "station",
        "init",
        "lgwan-01",
        "--live",
        "--role",
        "lgwan",
        "--city",
        "city.example.jp",
    ]
    where = ["--municipality", "131041", "--medium", str(tmp_path / "stick")]
    given = ["--passphrase-file", str(secret)]
    assert run(["--home", str(tmp_path / "home"), "--json", *words, *where, *given]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["mode"], len(answer["data"]["words"])) == ("live", 12)
    (copy,) = (tmp_path / "stick").iterdir()
    assert copy.read_bytes() == (tmp_path / "home" / "request.json").read_bytes()
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or PASSPHRASE.encode() not in path.read_bytes()


@pytest.mark.parametrize("left_out", ["--role", "--municipality"])
def test_live_station_needs_to_be_told_what_it_is(
    tmp_path: Path, left_out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"--role": "lgwan", "--city": "city.example.jp", "--municipality": "131041"}
    words = [word for name, value in given.items() if name != left_out for word in (name, value)]
    home = str(tmp_path / "home")
    assert run(["--home", home, "--json", "station", "init", "lgwan-01", "--live", *words]) == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "USAGE"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_everybodys_keys_makes_no_live_station(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claim C19."""
    live = make_world(tmp_path / "live", mode="live")
    words = ["station", "init", "lgwan-01", "--city", str(live.city.folder)]
    assert run(["--home", str(tmp_path / "new"), "--json", *words]) == 10
    assert json.loads(capsys.readouterr().out)["reason"] == "MODE_MISMATCH"
    assert not (tmp_path / "new" / "station.json").exists()


def test_form_has_room_for_people_and_nothing_from_elsewhere(paper: str) -> None:
    page = html.fromstring(paper)
    assert page.xpath("//h1/text()") == ["自治体の最初のルートの確認票"]
    assert [len(each) for each in page.xpath("//ol")] == [12, 12]
    assert page.xpath("//svg")
    assert not page.xpath("//script | //link | //img | //iframe | //*[@src] | //*[@href]")
    assert "url(" not in paper
    blank = page.xpath("//table[last()]//th/text()")
    assert blank[-5:] == [
        "作成した人 (氏名、署名)", "照合した日", "照合した人 (氏名、署名)",
        "立会人 (氏名、署名)", "備考",
    ]  # fmt: skip
    assert "@media print" in paper
    assert "@page" in paper


def test_form_of_a_waiting_station_is_that_of_its_request(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "form.html"
    assert run(["--home", home(office), "--json", "station", "form", "-o", str(out)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["data"]["sha256"] == office.requests["lgwan-01"].digest
    assert 'class="mode live"' in out.read_text("utf-8")


def test_form_of_no_root_is_refused(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.json"
    for content in (b"{}", b"[" * 100_000, b"\xff"):
        wrong.write_bytes(content)
        words = ["station", "form", "--root", str(wrong), "-o", str(tmp_path / "form.html")]
        assert run(["--home", home(office), "--json", *words]) == 10
        assert json.loads(capsys.readouterr().out)["reason"] == "TRUST_INVALID"
    assert not (tmp_path / "form.html").exists()
