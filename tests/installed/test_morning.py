"""A morning with the package at both desks: clerk, officer, stick, and the other side."""

import json
import subprocess

import pytest
from accounts.desk import CLERK, FILE, HOME, OFFICER, PEOPLE, TRAYS
from accounts.force import FORCE, PLACES
from cli.terminal import QUESTION
from packaged import STICK, System

CITY = f"{PEOPLE}/city"
LAID_IN = f"{TRAYS}/in/{FILE}"

ATTACKED = (
    *PLACES,
    *(f"{TRAYS}/{name}" for name in ("in/others.csv", "officer/in/table.csv")),
    "/etc/mediabridge",
    "/etc/mediabridge/station.toml",
    "/usr/lib/mediabridge/lib/mediabridge/cli/approve.py",
    "/usr/lib/mediabridge/lib/pydantic/__init__.py",
    *(
        f"/usr/lib/systemd/system/mediabridge-{name}"
        for name in ("tidy.timer", "doctor.service", "watch.service.d/hardened.conf")
    ),
    "/usr/lib/udev/rules.d/70-mediabridge.rules",
    "/usr/lib/sysusers.d/mediabridge.conf",
    f"/home/{OFFICER}",
)

KEPT = f"""
find {HOME} {PEOPLE} /etc/mediabridge /etc/systemd /etc/polkit-1 /usr/lib/mediabridge \\
    /usr/lib/systemd /usr/share/polkit-1 {TRAYS}/officer {TRAYS}/in/others.csv \\
    ! -name lock -printf '%p %m %u %g %y %s\\n' | LC_ALL=C sort
find {HOME} {PEOPLE} {TRAYS}/in/others.csv /etc/mediabridge /usr/lib/mediabridge/lib/mediabridge \\
    -type f -exec sha256sum {{}} + | LC_ALL=C sort
"""


@pytest.fixture(scope="module")
def desks(system: System, tmp_path_factory: pytest.TempPathFactory) -> tuple[System, System]:
    """Give the LGWAN side's machine and the registry side's, with one stick that both can take."""
    folder = tmp_path_factory.mktemp("desks")
    lgwan, registry = (system.copied(folder / name) for name in ("lgwan", "registry"))
    image = system.stick_at(folder / "stick.img")
    files = "/usr/lib/mediabridge/program sample --out /srv/files --residents 40 --days 1"
    lgwan.check(f"{files} && chmod -R a+rX /srv/files")
    lgwan.check(f"mediabridge station init lgwan-01 --city {CITY}", "mediabridge")
    for name in (PEOPLE, "/srv/files"):
        subprocess.run(["cp", "-a", f"{lgwan.root}{name}/.", f"{registry.root}{name}"], check=True)
    residents = "--population /srv/files/population.csv"
    registry.check(f"mediabridge station init registry-01 --city {CITY} {residents}", "mediabridge")
    lgwan.check(f"mv {CITY}/keys/{OFFICER}.json {PEOPLE}/officer/", "mediabridge")
    lgwan.check(f"cp /srv/files/day-001/{FILE} {TRAYS}/in/others.csv", "clerk-2")
    lgwan.check(f"cp /srv/files/population.csv {TRAYS}/officer/in/table.csv", OFFICER)
    return lgwan.with_stick(image), registry.with_stick(image)


def reason(system: System, words: str, account: str) -> str:
    """Have *account* give a command that is refused, and return why."""
    done = system.run(f"mediabridge --json {words}", account)
    assert done.returncode != 0, done.stdout
    said: str = json.loads(done.stdout)["reason"]
    return said


def data(system: System, words: str, account: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(system.check(f"mediabridge --json {words}", account))
    return found["data"]  # type: ignore[return-value]


def approve(lgwan: System) -> None:
    """Approve as the officer does, who reads, answers, and types the passphrase."""
    passphrase = lgwan.check(f"cat {CITY}/passphrase.training").strip()
    with lgwan.terminal(f"mediabridge --lang en approve --key {OFFICER}.json", OFFICER) as at:
        at.wait_for(QUESTION)
        at.type("y\n")
        at.wait_for(f"Passphrase of the key {OFFICER}: ")
        at.type(f"{passphrase}\n")
        assert at.end() == 0, at.shown


def test_morning_from_the_tray_to_the_register(desks: tuple[System, System]) -> None:
    lgwan, registry = desks
    lgwan.check(f"cp /srv/files/day-001/{FILE} {TRAYS}/in/", CLERK)
    assert reason(lgwan, f"collect {FILE}", OFFICER) == "NOT_FOR_THIS_ROLE"
    lgwan.check(f"mediabridge collect {FILE} && mediabridge seal", CLERK)
    for words in ("approve --key officer-1.json --yes", "station tidy --yes", "trust update"):
        assert reason(lgwan, words, CLERK) == "NOT_FOR_THIS_ROLE"
    assert reason(lgwan, "seal", OFFICER) == "NOT_FOR_THIS_ROLE"
    assert lgwan.run(f"mediabridge write --medium {STICK}", CLERK).returncode != 0
    assert reason(lgwan, "status", "chiba") == "STATION_INVALID"
    approve(lgwan)
    lgwan.check(f"mediabridge write --medium {STICK}", CLERK)
    lgwan.check(f"mediabridge verify {STICK}", OFFICER)

    taken = data(registry, f"import --medium {STICK}", CLERK)
    assert json.loads(json.dumps(taken)) == taken
    (sent,) = data(lgwan, "bundles list", CLERK)["bundles"]  # type: ignore[misc]
    (came,) = data(registry, "bundles list", OFFICER)["bundles"]  # type: ignore[misc]
    assert came["bundle"] == sent["bundle"]
    assert (sent["state"], came["state"]) == ("written", "taken")
    assert came["records"] > 0


def test_clerk_changes_nothing_by_force(desks: tuple[System, System]) -> None:
    """Claim C112. In the middle of the day, with a bundle that waits for the officer."""
    lgwan, _ = desks
    lgwan.check(f"cp /srv/files/day-001/{FILE} {TRAYS}/in/again.csv", CLERK)
    lgwan.check("mediabridge seal --empty", CLERK)
    before = lgwan.check(KEPT)
    assert f"{HOME}/log.db" in before
    (lgwan.root / "srv/force.py").write_text(FORCE, "utf-8")
    places = " ".join(ATTACKED)
    done = lgwan.run(f"python3 /srv/force.py {places}", CLERK)
    assert (done.returncode, done.stdout) == (0, ""), done
    assert lgwan.check(KEPT) == before
    # The same force does change what the clerk owns: it can see a hole.
    own = lgwan.check(f"python3 /srv/force.py /home/{CLERK}/own", CLERK)
    assert {"put", "away", "mkdir"} <= {line.split()[0] for line in own.splitlines()}
    approve(lgwan)
