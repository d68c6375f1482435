"""One day, command by command, as clerk and officer give them; results read with ``--json``."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks.records import MUNICIPALITY, isa_csv, municipal_csv, population
from attacks.world import CITY_DOMAIN, as_medium, flip, passphrase_for, scratch

from mediabridge.cli._app import run
from mediabridge.clock import SystemClock
from mediabridge.trust.city import create_city
from mediabridge.trust.keyfile import TRAINING_COST

NOTICES = ((1, 1), (2, 2), (3, 99))


class Desk:
    """The two stations' terminals, the officer's key, and the stick."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.medium = root / "stick"
        self.key = root / "city" / "keys" / "officer-1.json"
        self._capsys = capsys

    def give(
        self, station: str, *words: object, code: int = 0, reason: str = "DONE"
    ) -> dict[str, Any]:
        """Give one command at *station* and return its data."""
        self._capsys.readouterr()
        line = ["--home", self.root / station, "--json", *words]
        assert run([str(word) for word in line]) == code
        result = json.loads(self._capsys.readouterr().out)
        assert result["schema"] == "mediabridge.result/1"
        assert (result["code"], result["reason"], result["ok"]) == (code, reason, code in {0, 21})
        data: dict[str, Any] = result["data"]
        return data

    def set_up(self) -> None:
        """Make a city, whose keys cost little, and its two stations."""
        city = self.root / "city"
        create_city(
            city,
            city=CITY_DOMAIN,
            municipality_code=MUNICIPALITY,
            clock=SystemClock(),
            passphrase_for=passphrase_for,
            cost=TRAINING_COST,
        )
        passphrase = city / "passphrase.training"
        passphrase.write_bytes(passphrase_for("any") + b"\n")
        passphrase.chmod(0o600)
        self.medium.mkdir()
        residents = self.root / "population.csv"
        with residents.open("w", encoding="utf-8", newline="") as stream:
            rows = population(5)
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.give("lgwan-01", "station", "init", "lgwan-01", "--city", city)
        done = self.give(
            "registry-01", "station", "init", "registry-01", "--city", city,
            "--population", residents,
        )  # fmt: skip
        assert (done["city_made"], done["residents"]) == (False, 5)

    def file(self, name: str, content: bytes) -> Path:
        """Put a file where the other system leaves it."""
        path = self.root / name
        path.write_bytes(content)
        return path


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with scratch() as root:
        made = Desk(Path(root), capsys)
        made.set_up()
        yield made


def test_whole_day(desk: Desk) -> None:
    # Morning, on LGWAN.
    good = desk.file("isa.csv", isa_csv(*NOTICES))
    bad = desk.file("bad.csv", isa_csv((4, 4)).replace(b"VNM", b"XQX"))
    done = desk.give("lgwan-01", "collect", good, bad, code=40, reason="RECORDS_REFUSED")
    nothing = {"count": 0, "first": []}
    taken = {"file": "isa.csv", "known": False, "records": 3, "notices": nothing, "echoes": []}
    assert done["taken"] == [taken | {"scanner": None}]
    assert [refused["count"] for refused in done["refused"]] == [1]
    assert desk.give("lgwan-01", "collect", good)["taken"][0]["known"] is True
    sealed = desk.give("lgwan-01", "seal")
    assert (sealed["seq"], sealed["records"], sealed["state"]) == (1, 3, "sealed")
    desk.give("lgwan-01", "seal", code=40, reason="NOTHING_TO_SEAL")
    words = ["write", *as_medium(desk.medium), sealed["bundle"][:8]]
    desk.give("lgwan-01", *words, code=60, reason="APPROVAL_MISSING")
    approved = desk.give("lgwan-01", "approve", "--key", desk.key, "--yes")
    assert (approved["state"], approved["officer"]) == ("approved", "officer-1")
    assert approved["summary"]["events"] == {"N02": 3}
    assert desk.give("lgwan-01", *words)["state"] == "written"

    # An officer with nothing but the root, and one at a station.
    root = desk.root / "city" / "root.json"
    for options in (["--root", root], []):
        verified = desk.give("lgwan-01", "verify", desk.medium, *options)
        assert all(check["passed"] for check in verified["bundles"][0]["checks"])

    # At the registry.
    taken = desk.give("registry-01", "import", *as_medium(desk.medium))["bundles"]
    assert taken[0]["outcomes"] == {"applied": 2, "held": 1}
    steps = [check["step"] for check in taken[0]["checks"]]
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, 11))
    again = desk.give(
        "registry-01", "import", *as_medium(desk.medium), code=21, reason="ALREADY_APPLIED"
    )
    assert again["seq"] == 1
    status = desk.give("registry-01", "status")
    assert (status["held"], status["due_receipts"]) == (1, 1)
    desk.give("registry-01", "collect", desk.file("city.csv", municipal_csv((1, 1), (2, 2))))
    out = desk.give(
        "registry-01", "export", *as_medium(desk.medium), "--key", desk.key, "--yes"
    )  # fmt: skip
    assert len(out["written"]) == 1

    # Evening, on LGWAN.
    back = desk.give("lgwan-01", "import", *as_medium(desk.medium))["bundles"]
    assert (back[0]["receipts"], back[0]["outcomes"]) == (1, {"applied": 2})
    shown = desk.give("lgwan-01", "bundles", "show", sealed["bundle"], "--records")
    assert (shown["state"], shown["approvers"]) == ("delivered", ["officer-1"])
    results = {each["record"]: (each["result"], each["reason"]) for each in shown["records"]}
    assert results == {
        "N-0001": ("applied", None),
        "N-0002": ("applied", None),
        "N-0003": ("held", "NO_MATCH"),
    }
    listed = desk.give("lgwan-01", "bundles", "list")["bundles"]
    assert {(each["from"], each["seq"], each["state"]) for each in listed} == {
        ("lgwan-01", 1, "delivered"),
        ("registry-01", 1, "taken"),
    }
    status = desk.give("lgwan-01", "status")
    assert (status["waiting_records"], status["under_way"], status["overdue"]) == (0, [], [])
    desk.give("lgwan-01", "import", *as_medium(desk.medium), code=21, reason="ALREADY_APPLIED")


def test_nothing_to_export(desk: Desk) -> None:
    words = ["export", *as_medium(desk.medium), "--key", desk.key, "--yes"]
    desk.give("lgwan-01", *words, code=40, reason="NOTHING_TO_SEAL")
    assert list(desk.medium.iterdir()) == []


def test_nothing_on_the_stick(desk: Desk) -> None:
    desk.give(
        "registry-01", "import", *as_medium(desk.medium), code=30, reason="NO_MEDIUM"
    )  # fmt: skip
    desk.give("lgwan-01", "collect", desk.file("isa.csv", isa_csv(*NOTICES)))
    desk.give("lgwan-01", "export", *as_medium(desk.medium), "--key", desk.key, "--yes")
    # Its own bundle is nothing for the station that wrote it.
    desk.give("lgwan-01", "import", *as_medium(desk.medium), code=30, reason="NOTHING_ON_MEDIUM")


def test_refusal_tells_the_checks(desk: Desk) -> None:
    desk.give("lgwan-01", "collect", desk.file("isa.csv", isa_csv(*NOTICES)))
    desk.give("lgwan-01", "export", *as_medium(desk.medium), "--key", desk.key, "--yes")
    (part,) = desk.medium.rglob("part-0001.cob")
    flip(part)
    refused = desk.give(
        "registry-01", "import", *as_medium(desk.medium), code=10, reason="HASH_MISMATCH"
    )
    assert refused["taken"] == []
    assert [check["passed"] for check in refused["checks"]].count(False) == 1
    assert refused["checks"][-1]["reason"] == "HASH_MISMATCH"
    desk.give("registry-01", "verify", desk.medium, code=10, reason="HASH_MISMATCH")


def test_secrets_belong_to_their_owner(desk: Desk) -> None:
    for station in ("lgwan-01", "registry-01"):
        home = desk.root / station
        secrets = [*(home / "keys").iterdir(), home / "passphrase.training"]
        assert len(secrets) == 5
        assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
        folders = [home, *(path for path in home.iterdir() if path.is_dir())]
        assert {path.stat().st_mode & 0o077 for path in folders} == {0}


def test_one_command_as_a_process(desk: Desk) -> None:
    line: list[str | Path] = [
        sys.executable,
        "-m",
        "mediabridge",
        "--home",
        desk.root / "lgwan-01",
        "--json",
    ]
    done = subprocess.run([*line, "status"], check=True, capture_output=True)
    assert json.loads(done.stdout)["data"]["station"] == "lgwan-01"
    missing = [*line[:4], desk.root / "nowhere", "--json", "status"]
    done = subprocess.run(missing, check=False, capture_output=True)
    assert done.returncode == 70
    assert json.loads(done.stdout)["reason"] == "STATION_INVALID"
