"""A wrong number, typed by somebody in a hurry, is answered with what to do next."""

import json

import pytest
from attacks.world import World

from mediabridge.cli._app import run

LGWAN = "lgwan-01"
WRONG = {
    "media lost": (["media", "lost", "USB-999"], "MEDIUM_UNKNOWN"),
    "media show": (["media", "show", "USB-999"], "MEDIUM_UNKNOWN"),
    "media issue": (["media", "issue", "USB-999", "--to", "clerk-1"], "MEDIUM_UNKNOWN"),
    "media hand-over": (["media", "hand-over", "USB-999", "--to", "clerk-1"], "MEDIUM_UNKNOWN"),
    "media arrive": (["media", "arrive", "USB-999"], "MEDIUM_UNKNOWN"),
    "media return": (["media", "return", "USB-999"], "MEDIUM_UNKNOWN"),
    "media retire": (["media", "retire", "USB-999", "--key", "KEY"], "MEDIUM_UNKNOWN"),
    "bundles show": (["bundles", "show", "zzzz"], "BUNDLE_UNKNOWN"),
    "approve": (["approve", "zzzz", "--key", "KEY"], "BUNDLE_UNKNOWN"),
    "approve nothing": (["approve", "--key", "KEY"], "NO_BUNDLE_WAITING"),
    "write": (["write", "zzzz"], "BUNDLE_UNKNOWN"),
    "write nothing": (["write"], "NO_BUNDLE_WAITING"),
    "verify": (["verify", "zzzz"], "FILE_MISSING"),
}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("words", "reason"), WRONG.values(), ids=WRONG)
def test_wrong_number_names_the_next_step(
    city: World,
    words: list[str],
    reason: str,
    language: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = str(city.city.key_path("officer-1"))
    given = [key if word == "KEY" else word for word in words]
    home = str(city.home(LGWAN).root)
    assert run(["--home", home, "--lang", language, "--json", *given]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["reason"] == reason
    # Never the page of options: whoever types this knows how the command is written.
    assert "--help" not in answer["hint"]
    officer = "情報セキュリティ管理者" if language == "ja" else "officer"
    assert reason != "MEDIUM_UNKNOWN" or officer in answer["hint"]
    assert reason != "MEDIUM_UNKNOWN" or "mediabridge media lost" in answer["hint"]
    named = "最後の列" if language == "ja" else "last column"
    assert reason != "BUNDLE_UNKNOWN" or named in answer["hint"]
