"""``mediabridge trust``: the lists with which OpenSSH alone checks a bundle."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks.world import CITY_DOMAIN, World, make_sent_world, scratch

from mediabridge.bundle import layout
from mediabridge.cli._app import run
from mediabridge.trust import keytext
from mediabridge.trust.trust_data import Revocation

Holds = Callable[[Path, Path], bool]


@pytest.fixture
def holds(require_tool: Callable[[str], str]) -> Holds:
    """Return a question to the real ``ssh-keygen``: does the station's signature hold?"""
    keygen = require_tool("ssh-keygen")

    def ask(folder: Path, signers: Path) -> bool:
        command = [
            *(keygen, "-Y", "verify", "-f", signers / "allowed_signers"),
            *("-r", signers / "revoked_keys", "-I", "lgwan-01"),
            *("-n", f"mediabridge-bundle-v1@{CITY_DOMAIN}"),
            *("-s", folder / layout.STATION_SIGNATURE),
        ]
        with (folder / layout.SUMS).open("rb") as sums:
            done = subprocess.run(command, stdin=sums, check=False, capture_output=True)
        return done.returncode == 0

    return ask


@pytest.fixture
def sent() -> Iterator[World]:
    """A station with a bundle on the stick."""
    with scratch() as root:
        yield make_sent_world(Path(root))


def test_openssh_takes_what_a_station_believes(
    sent: World, holds: Holds, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "signers"
    home = str(sent.home("registry-01").root)
    assert run(["--home", home, "--json", "trust", "allowed-signers", str(out)]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["signers"] > 0
    assert holds(sent.bundle, out)
    sums = sent.bundle / layout.SUMS
    sums.write_bytes(sums.read_bytes() + b"0" * 64 + b"  x\n")
    assert not holds(sent.bundle, out)


def test_openssh_takes_what_follows_from_the_root(
    sent: World, holds: Holds, tmp_path: Path
) -> None:
    """An auditor's own laptop, without a station."""
    root = sent.home("lgwan-01").trust_root
    words = ["trust", "allowed-signers", str(tmp_path / "signers"), "--root", str(root)]
    nowhere = ["--home", str(tmp_path / "none")]
    assert run([*nowhere, *words, "--medium", str(sent.medium)]) == 0
    assert holds(sent.bundle, tmp_path / "signers")
    assert run([*nowhere, *words]) == 2


def said(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run(["--json", *words]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    return answer


def test_a_station_takes_over_the_trust_data_of_a_medium(
    sent: World, capsys: pytest.CaptureFixture[str]
) -> None:
    officer = next(each for each in sent.city.trust.people if each.name == "officer-1")
    entry = Revocation(
        key=keytext.fingerprint(officer.key), at="2026-04-01T00:00:00Z", reason="KEY_LOST"
    )
    sent.publish(revoked=(entry,))
    home = ("--home", str(sent.home("registry-01").root))
    medium = ("--medium", str(sent.medium))
    shown = said(capsys, *home, "trust", "show", *medium, "--diff")
    wanted = [{"kind": "added", "what": "revoked", "name": entry.key}]
    assert (shown["version"], shown["changes"]) == (2, wanted)
    # Looking changes nothing.
    assert said(capsys, *home, "trust", "show")["version"] == 1
    first = said(capsys, *home, "trust", "update", *medium, "--folder")
    assert (first["before"], first["version"], first["changes"]) == (1, 2, wanted)
    again = said(capsys, *home, "trust", "update", *medium, "--folder")
    assert (again["before"], again["version"], again["changes"]) == (2, 2, [])
    assert said(capsys, *home, "trust", "show")["trust"]["revoked"] == [entry.model_dump()]
    assert run(["--lang", "en", *home, "trust", "show", *medium, "--diff"]) == 0
    assert "it says nothing else" in capsys.readouterr().out


def test_an_older_medium_changes_nothing(sent: World, capsys: pytest.CaptureFixture[str]) -> None:
    older = sent.root / "older"
    shutil.copytree(sent.medium, older)
    sent.publish()
    home = ("--home", str(sent.home("registry-01").root))
    said(capsys, *home, "trust", "update", "--medium", str(sent.medium), "--folder")
    old = said(capsys, *home, "trust", "update", "--medium", str(older), "--folder")
    assert (old["before"], old["version"]) == (2, 2)
