"""The demonstration tells what it promises, from the real journeys."""

import json

import pytest

from mediabridge.cli._app import run


@pytest.mark.parametrize("residents", [200, 400])
def test_held_record_is_resolved_and_comes_home(
    residents: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--json", "demo", "--residents", str(residents)]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    first, late = data["outcomes"], data["late"]
    assert late["supplement"] == 1
    assert late["counts"]["held"] == first["held"] - 1
    assert late["counts"][late["result"]] == first.get(late["result"], 0) + 1
    assert sum(late["counts"].values()) == sum(first.values()) == data["sent"]["records"]
    assert (data["again"], data["unchanged"]) == (21, True)
