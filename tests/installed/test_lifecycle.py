"""The package's life on a machine: updated, not put back, removed, purged, and there again."""

import json
import subprocess
from pathlib import Path

import packaged
import pytest
from accounts.desk import HOME, PEOPLE, TRAYS
from packaged import System
from storage.earlier import set_back
from storage.stores import content

from mediabridge.stations.books.schema import BOOKS
from mediabridge.stations.home import Home
from mediabridge.translog.database import LOG

CITY = f"{PEOPLE}/city"
OFFICES = "/var/lib/mediabridge-offices"
SCHEMAS = Path(__file__).parents[1] / "storage/schemas"
LEFT = {"log.db", "station.json", "trust"}
"""What purging leaves: the log, whose it is, and the public keys that verify it."""

LISTED = r"""
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /run \) -prune -o \
    \( -type f -printf '%p %m %u %g %s\n' -o -printf '%p %y %m %u %g %l\n' \) | LC_ALL=C sort
"""
CHANGES = (
    "/etc/group", "/etc/gshadow", "/etc/passwd", "/etc/shadow", "/var/lib/dpkg", "/var/cache",
    "/var/log", "/root",
)  # fmt: skip
"""Where the system itself keeps what it did; the accounts stay, whose number the log's owner is."""

MIGRATED = """
import json, sys
from pathlib import Path
sys.path[:0] = ["/usr/lib/mediabridge/lib", "/usr/lib/mediabridge/lib-%d.%d" % sys.version_info[:2]]
import sqlite3
from mediabridge import sqlite
from mediabridge.apply.sqlite.schema import REGISTRY
from mediabridge.stations.books.schema import BOOKS
from mediabridge.translog.database import LOG
stores = {"books": BOOKS, "registry": REGISTRY, "log": LOG}
for script in sorted(Path("/srv/schemas").iterdir()):
    kind, _, number = script.stem.partition("-")
    path = Path("/srv/migrated") / f"{script.stem}.db"
    made = sqlite3.connect(path)
    made.executescript(script.read_text("utf-8"))
    made.close()
    station = "registry-01" if kind == "registry" else "lgwan-01"
    owner = sqlite.Owner("training", "city.example.jp", station)
    sqlite.connect(path, stores[kind], owner).close()
    kept = path.with_name(f"{path.name}.before-{stores[kind].version}")
    (then,) = sqlite3.connect(kept).execute("PRAGMA user_version").fetchone()
    (now,) = sqlite3.connect(path).execute("PRAGMA user_version").fetchone()
    print(json.dumps([script.name, then == int(number), now == stores[kind].version,
                      sqlite.damage(path), oct(kept.stat().st_mode & 0o777)]))
"""


def listed(system: System) -> set[str]:
    lines = system.check(LISTED).splitlines()
    return {line for line in lines if not line.startswith(CHANGES)}


def reason(system: System, words: str) -> str:
    done = system.run(f"mediabridge --json {words}", "mediabridge")
    said: str = json.loads(done.stdout)["reason"]
    return said


def state(system: System) -> str:
    return system.check("dpkg-query -Wf '${Version} ${db:Status-Status}' mediabridge")


def numbers(system: System) -> list[int]:
    said = json.loads(system.check("mediabridge --json bundles list", "mediabridge"))
    return sorted(each["seq"] for each in said["data"]["bundles"])


def installed(system: System, package: Path) -> System:
    done = system.install(package)
    assert done.returncode == 0, done.stderr
    return system


@pytest.fixture(scope="module")
def earlier(system: System, tmp_path_factory: pytest.TempPathFactory) -> System:
    """Give a machine whose station was left by the former version: its tables are those of then."""
    folder = tmp_path_factory.mktemp("earlier")
    machine = system.copied(folder / "root")
    begin = f"mediabridge station init lgwan-01 --city {CITY}"
    machine.check(f"{begin} && mediabridge seal --empty", "mediabridge")
    home = Home(machine.root / HOME.lstrip("/"))
    owner = home.config().owner
    assert set_back(home.books, BOOKS, owner) < BOOKS.version
    assert set_back(home.log, LOG, owner) < LOG.version
    return machine


def test_installed_program_brings_every_earlier_schema_up_to_date(system: System) -> None:
    system.check("mkdir /srv/migrated && chown mediabridge /srv/migrated")
    subprocess.run(["cp", "-r", SCHEMAS, system.root / "srv"], check=True)
    system.check("chmod -R a+rX /srv/schemas")
    (system.root / "srv/migrate.py").write_text(MIGRATED, "utf-8")
    said = system.check("/usr/bin/python3 -IS /srv/migrate.py", "mediabridge")
    wanted = [[path.name, True, True, None, "0o600"] for path in sorted(SCHEMAS.iterdir())]
    assert [json.loads(line) for line in said.splitlines()] == wanted


def test_update_brings_a_station_along_and_is_not_taken_back(
    earlier: System, package: Path, tmp_path: Path
) -> None:
    home = earlier.root / HOME.lstrip("/")
    before = {path.name: content(path) for path in home.glob("*.db")}
    newer = packaged.of_version(package, "999", tmp_path)
    edit = "s/^#.retention.$/[retention]/; s/^#sealed .*/sealed = 730/"
    earlier.check(f"sed -i '{edit}' /etc/mediabridge/station.toml")
    settings = earlier.check("cat /etc/mediabridge/station.toml")
    installed(earlier, newer)
    assert earlier.check("cat /etc/mediabridge/station.toml") == settings

    said = earlier.run("mediabridge --lang en doctor", "mediabridge").stdout
    assert "not yet brought up to date after the update: log.db, station.db" in said
    assert "SQLITE" not in said
    assert numbers(earlier) == [1]
    for name, store in (("station.db", BOOKS), ("log.db", LOG)):
        kept = home / f"{name}.before-{store.version}"
        assert content(kept) == before[name]
        assert earlier.check(f"stat -c '%U %a' {HOME}/{kept.name}") == "mediabridge 600\n"
    earlier.check("mediabridge seal --empty", "mediabridge")
    assert numbers(earlier) == [1, 2]
    assert (
        "copies from before an update"
        in earlier.run("mediabridge --lang en doctor", "mediabridge").stdout
    )

    older = earlier.install(package)
    assert older.returncode != 0
    assert "より古いので、入れません" in older.stderr
    assert "older than 999" in older.stderr
    assert state(earlier) == "999 installed"
    assert numbers(earlier) == [1, 2]


def test_purging_leaves_the_log_and_nothing_else_differs(
    bare: System, package: Path, tmp_path: Path
) -> None:
    machine = bare.copied(tmp_path / "root")
    before = listed(machine)
    installed(machine, package)
    begin = f"mediabridge station init lgwan-01 --city {CITY}"
    machine.check(f"{begin} && mediabridge seal --empty", "mediabridge")
    # As an agency has one for each office, with what a command left there that was ended.
    machine.check(f"install -d -m 700 -o mediabridge -g mediabridge {OFFICES} {OFFICES}/.work")
    machine.check(f"cp -a {HOME} {OFFICES}/131041 && touch {OFFICES}/notices.csv")

    machine.check("dpkg --remove mediabridge")
    assert not (machine.root / "usr/lib/mediabridge").exists()
    assert not (machine.root / "usr/bin/mediabridge").exists()
    installed(machine, package)
    assert numbers(machine) == [1]

    said = machine.check("dpkg --purge mediabridge")
    assert "授受記録と、それを確かめるための公開鍵は" in said
    assert f"stay in {HOME} {OFFICES} as evidence" in said
    home, offices = (machine.root / each.lstrip("/") for each in (HOME, OFFICES))
    assert [path.name for path in offices.iterdir()] == ["131041"]
    for folder in (home, offices / "131041"):
        assert {path.name for path in folder.iterdir()} == LEFT
    log = (home / "log.db").read_bytes()
    assert machine.check(f"sqlite3 {HOME}/log.db 'pragma integrity_check'").strip() == "ok"
    assert machine.check("id -un mediabridge").strip() == "mediabridge"
    assert {line for line in listed(machine) - before if HOME not in line} == set()
    assert before - listed(machine) == set()

    # There again: it is found, nothing is begun anew, and the log is as it was.
    installed(machine, package)
    for words in ("status", "seal --empty", f"station init lgwan-01 --city {CITY}"):
        assert reason(machine, words) in {"STATION_DAMAGED", "STATION_INVALID"}
    assert (home / "log.db").read_bytes() == log
    machine.check(f"mv {HOME} /srv/kept && install -d -o mediabridge -g mediabridge -m 700 {HOME}")
    machine.check(begin, "mediabridge")
    machine.check("mediabridge status", "mediabridge")
    machine.check("dpkg --purge mediabridge")
    assert not (machine.root / TRAYS.lstrip("/")).exists()
    assert not (machine.root / PEOPLE.lstrip("/")).exists()
