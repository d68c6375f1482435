"""The demonstration tells what it promises, from the real journeys."""

import json
import re

import pytest

from mediabridge.cli._app import run

pytestmark = pytest.mark.in_turns


# By the last seed the first notice that may be applied has a kanji name that is not all 正字.
@pytest.mark.parametrize(("residents", "seed"), [(200, 1), (400, 1), (200, 2)])
def test_held_record_is_resolved_and_comes_home(
    residents: int, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--json", "demo", "--residents", str(residents), "--seed", str(seed)]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    first, late = data["outcomes"], data["late"]
    assert late["supplement"] == 1
    assert late["counts"]["held"] == first["held"] - 1
    assert late["counts"][late["result"]] == first.get(late["result"], 0) + 1
    assert sum(late["counts"].values()) == sum(first.values()) == data["sent"]["records"]
    assert (data["again"], data["unchanged"]) == (21, True)
    void = data["void"]
    assert (void["number"], void["again"], void["found"]) == (2, 3, "NUMBER_VOID")
    assert void["sent"] == void["taken"] == sum(void["counts"].values())
    assert void["sent"] > data["sent"]["records"]
    assert "open" not in void["counts"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_tables_fit_a_screen_when_they_are_kept_in_a_file(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", lang, "demo", "--residents", "200"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rules = [line for line in lines if re.fullmatch("-+(  -+)+", line)]
    assert len(rules) >= 10
    assert max(map(len, rules)) <= 80
