"""One bundle on the screen: one that was sealed here, and one that came."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import World
from stations.days import Day

from mediabridge.cli._app import run


def shown(world: World, capsys: pytest.CaptureFixture[str], at: str, bundle: str) -> dict[str, Any]:
    """Return what is shown of *bundle* at a station; on the screen it can be read as well."""
    words = ["--home", str(world.home(at).root), "--lang", "en"]
    assert run([*words, "bundles", "show", bundle]) == 0
    assert "Approved by: officer-1" in capsys.readouterr().out
    assert run([*words, "--json", "bundles", "show", bundle]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    return told


def test_bundle_is_shown_where_it_was_sealed_and_where_it_came(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = day.world.send(isa_csv((1, 1), (2, 2)))
    day.world.import_()
    sent = shown(day.world, capsys, "lgwan-01", bundle)
    came = shown(day.world, capsys, "registry-01", bundle)
    assert (sent["summary"]["records"], came["summary"]) == ({"isa_notice": 2}, {})
    assert sent["approvers"] == came["approvers"] == ["officer-1"]
    assert (sent["state"], came["state"]) == ("written", "taken")
