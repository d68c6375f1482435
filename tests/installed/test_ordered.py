"""An officer orders a new version at a machine that is switched on: its own systemd does the rest.

The station's folder comes from a municipality of the host's, in which two officers have sent this
very version; everything that is typed after that is typed at the machine, as update.md says.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import packaged
import pytest
from accounts.desk import HOME, OFFICER, PEOPLE
from attacks.world import make_world, passphrase_for, scratch
from booted import Booted, switched_on
from packaged import System
from stations.test_software import REGISTRY, add, allow, send

NEW = "999"
PASSPHRASE = passphrase_for(OFFICER).decode()
FOLDER = "/var/lib/mediabridge-install"
SET_UP = f"""
set -e
install -m 644 {HOME}/trust/root.json {FOLDER}/root.json
echo {REGISTRY} > {FOLDER}/station
install -d -m 700 /etc/credstore.encrypted
for each in mediabridge-passphrase mediabridge-clerk-passphrase; do
    printf {PASSPHRASE} | systemd-creds encrypt --name=$each - /etc/credstore.encrypted/$each
done
systemctl enable --now mediabridge-watch.service
"""
"""The lines of update.md and install.md."""
ANSWERED = f"ls {FOLDER}/results/*.json && [ ! -e {FOLDER}/journal ]"
WATCHING = "systemctl is-active mediabridge-watch.service"
JOURNAL = "journalctl --boot --quiet --unit=mediabridge"
QUESTIONS = [
    (r"\[y = yes / n = no\] ?", lambda _: "y"),
    (r"Passphrase of the key [^\n]*: ?", lambda _: PASSPHRASE),
]


@pytest.fixture(scope="module")
def nspawn(require_tool: Callable[[str], str]) -> str:
    return require_tool("systemd-nspawn")


@pytest.fixture(scope="module")
def sent(
    system: System, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[System, str]:
    """Give the registry's machine, off, with a newer version that came; and the file's SHA-256."""
    folder = tmp_path_factory.mktemp("sent")
    machine = system.copied(folder / "root")
    newer = packaged.of_version(package, NEW, folder)
    with scratch() as root:
        world = make_world(Path(root) / "world")
        allow(world)
        sha256 = add(world, newer)
        send(world)
        world.import_(REGISTRY)
        _copy(world.home(REGISTRY).root, machine.root / HOME.lstrip("/"))
        key = machine.root / f"{PEOPLE}/officer/{OFFICER}.json".lstrip("/")
        shutil.copyfile(world.city.key_path(OFFICER), key)
        key.chmod(0o600)
    machine.check(f"chown -R mediabridge:mediabridge {HOME} {PEOPLE}/officer/{OFFICER}.json")
    shutil.copyfile(package, machine.root / f"{FOLDER}/current.deb".lstrip("/"))
    return machine, sha256


def _copy(folder: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", f"{folder}/.", target], check=True)


@pytest.fixture
def machine(sent: tuple[System, str], tmp_path: Path) -> Iterator[System]:
    yield sent[0].copied(tmp_path / "root")
    shutil.rmtree(tmp_path / "root")


def officer(booted: Booted, words: str) -> str:
    """Have the officer give a command at a terminal, and answer; return what was shown."""
    with booted.terminal(f"mediabridge --lang en {words}", OFFICER) as at:
        assert at.converse(QUESTIONS) == 0, at.shown
        return at.shown


def answer(booted: Booted, words: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(booted.check(f"mediabridge --json {words}", OFFICER))
    data: dict[str, Any] = said["data"]
    return data


def begun(booted: Booted) -> int:
    """Return how often the watch has begun since the machine was switched on."""
    told = booted.run(f"{JOURNAL}-watch.service --output=cat --grep='^Started '")
    return len(told.stdout.splitlines())


def order(booted: Booted, sha256: str) -> None:
    booted.check(SET_UP)
    officer(booted, "station backup --output today")
    officer(booted, f"software install {sha256[:6]} --key {OFFICER}.json")


def is_new(booted: Booted) -> None:
    """Assert that the new version is there whole, watches, and that the station knows."""
    booted.wait_for(WATCHING)
    shown = "--showformat='${db:Status-Abbrev} ${Version}'"
    assert booted.check(f"dpkg-query --show {shown} mediabridge").split() == ["ii", NEW]
    assert booted.check("dpkg --audit; dpkg --verify mediabridge") == ""
    assert answer(booted, "status")["software"] == {
        "name": "mediabridge", "version": NEW, "state": "installed", "reason": "",
    }  # fmt: skip
    assert "Wrong: 0" in booted.check("mediabridge --lang en doctor", OFFICER)
    assert booted.check("systemctl --failed --no-legend") == ""
    assert booted.run(f"[ -e {HOME}/order.json ]").returncode != 0


def test_officers_order_is_carried_out_and_the_new_version_watches(
    nspawn: str, machine: System, sent: tuple[System, str]
) -> None:
    """Claim C127. Path unit, root's service, dpkg, and the watch as before."""
    with switched_on(nspawn, machine) as booted:
        order(booted, sent[1])
        booted.wait_for(ANSWERED)
        is_new(booted)
        assert begun(booted) == 2
        own = answer(booted, "audit show")["logs"][0]["entries"]
        told = [each["event"] for each in own if each["event"].startswith("software-")]
        assert told == ["software-staged", "software-ordered", "software-installed"]


@pytest.mark.parametrize("half", ["Preparing to unpack", "Unpacking mediabridge", "Setting up"])
def test_switched_off_in_the_middle_it_goes_on_before_it_watches(
    nspawn: str, machine: System, sent: tuple[System, str], half: str
) -> None:
    """Claim C129. What was written stays written here: no disk forgets anything."""
    with switched_on(nspawn, machine) as booted:
        order(booted, sent[1])
        booted.wait_for(f"{JOURNAL}-install.service --grep='{half}'")
    assert (machine.root / f"{FOLDER}/journal".lstrip("/")).exists()
    with switched_on(nspawn, machine) as booted:
        booted.wait_for(ANSWERED)
        is_new(booted)
        assert begun(booted) == 1
        assert booted.check(f"{JOURNAL}-recover.service --output=cat --grep='^Finished '")
