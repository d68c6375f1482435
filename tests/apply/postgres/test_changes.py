"""Change rows on a server: who may write them, and what several at once make of them."""

from __future__ import annotations

import csv
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from attacks.records import municipal_notice, population
from attacks.world import RESIDENTS, World, copy_of, make_world, scratch

from mediabridge.apply.changes import Batch
from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import PostgresRegistry, changes, session
from mediabridge.errors import RegistryError, RegistryLockedError, RegistryOutcomeUnknownError
from mediabridge.sqlite import Owner
from tests.apply.contract.adapters import OWNER
from tests.apply.contract.test_changes import fates, take, waiting, write
from tests.apply.postgres.cluster import DATABASE, Cluster
from tests.apply.postgres.relay import between
from tests.apply.postgres.test_crash import ends_a_commit
from tests.apply.postgres.test_station import settle

pytestmark = pytest.mark.in_turns

PAGE = Path(__file__).parents[3] / "docs" / "operations" / "postgresql.md"
SECOND = OWNER._replace(station="registry-02")
CITY = """
    CREATE ROLE {juki} LOGIN;
    CREATE SCHEMA {city} AUTHORIZATION {juki};
    SET ROLE {juki};
    CREATE TABLE {city}.resident (
        card_number text PRIMARY KEY, card_type text, category text, name_roman text,
        name_kanji text, birth_date text, sex text, nationality text,
        left_on date, notified_on date
    );
    INSERT INTO {city}.resident VALUES
        ('AB00000001CD', '1', '1', 'NGUYEN VAN AN', NULL, '1990-04-05', '1', 'VNM'),
        ('AB00000002CD', '1', '1', 'NGUYEN VAN BA', NULL, '1991-00-00', '2', 'VNM');
"""
LEAVES = "UPDATE city.resident SET left_on = '2026-05-01', notified_on = '2026-05-01'"


class Office:
    """The city's system on the server, set up as the page for whoever keeps the server says."""

    def __init__(self, cluster: Cluster, place: PostgresPlace) -> None:
        self.cluster, self.place = cluster, place
        self.names = {
            "mediabridge": place.schema_,
            "juki": f"{place.schema_}_juki",
            "city": f"{place.schema_}_city",
        }
        rights, trigger = (block for block in blocks() if "municipal_change" in block)
        with cluster.as_superuser() as connection:
            connection.execute(CITY.format(**self.names))
            connection.execute("RESET ROLE")
            connection.execute(self.said(rights))
            connection.execute(f"SET ROLE {self.names['juki']}")
            connection.execute(self.said(trigger))

    def said(self, text: str) -> str:
        """Return *text* of the page with the names of this test."""
        return re.sub(r"\b(mediabridge|juki|city)(?=[.;]|\b)", lambda m: self.names[m[1]], text)

    def connect(self) -> psycopg.Connection:
        """Connect as the city's system does."""
        return psycopg.connect(
            host=self.place.host, dbname=DATABASE, user=self.names["juki"], autocommit=True
        )


def blocks() -> list[str]:
    return re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def office(cluster: Cluster, place: PostgresPlace, registry: PostgresRegistry) -> Office:
    registry.count()
    return Office(cluster, place)


def test_trigger_of_the_page_tells_of_a_change(office: Office, registry: PostgresRegistry) -> None:
    with office.connect() as city:
        city.execute(office.said(f"{LEAVES} WHERE card_number = 'AB00000001CD'"))
        city.execute(office.said("UPDATE city.resident SET name_roman = 'NGUYEN BA'"))
    (row,) = waiting(registry)
    told = json.loads(str(row.notice))
    assert (told["notice_id"], told["sequence"], told["event_date"]) == ("M-1", 1, "2026-05-01")
    assert (told["card_number"], told["name_kanji"]) == ("AB00000001CD", None)


def test_row_and_change_are_one_transaction(office: Office, registry: PostgresRegistry) -> None:
    with office.connect() as city:
        city.execute("BEGIN")
        city.execute(office.said(LEAVES))
        city.execute("ROLLBACK")
    assert waiting(registry) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM mediabridge.municipal_change",
        "UPDATE mediabridge.municipal_change SET notice = NULL",
        "DELETE FROM mediabridge.municipal_change",
        "INSERT INTO mediabridge.municipal_change (number) OVERRIDING SYSTEM VALUE VALUES (1)",
        "INSERT INTO mediabridge.municipal_change (written_at) VALUES (now())",
        "INSERT INTO mediabridge.municipal_taken VALUES (1, 'registry', 1, 'sent')",
        "SELECT * FROM mediabridge.municipal_batch",
        "SELECT * FROM mediabridge.resident",
        "BEGIN; LOCK TABLE mediabridge.municipal_change IN ACCESS EXCLUSIVE MODE",
        "CREATE TABLE mediabridge.another (x text)",
    ],
)
def test_city_may_write_rows_and_nothing_else(office: Office, statement: str) -> None:
    """Claim C98."""
    with office.connect() as city, pytest.raises(psycopg.errors.InsufficientPrivilege):
        city.execute(office.said(statement))


def test_no_row_stands_in_the_servers_log(office: Office, cluster: Cluster) -> None:
    with office.connect() as city:
        insert = office.said("INSERT INTO mediabridge.municipal_change (notice) VALUES (%s)")
        for nonsense in ("MARKED-NAME no JSON", '{"sex": "MARKED-NAME"}', "MARKED-NAME" * 200_000):
            city.execute(insert, (nonsense,))
    assert "MARKED-NAME" not in cluster.log()


# --- several at once ----------------------------------------------------------------


def test_who_is_writing_is_waited_for(
    office: Office, registry: PostgresRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C98. A lower number that comes into force later would be passed over."""
    monkeypatch.setattr(changes, "_WAIT", "SET LOCAL lock_timeout = '50ms'")
    insert = office.said("INSERT INTO mediabridge.municipal_change (notice) VALUES ('{}')")
    with office.connect() as slow, office.connect() as quick:
        slow.execute("BEGIN")
        slow.execute(insert)
        quick.execute(insert)
        with pytest.raises(RegistryLockedError):
            take(registry)
        assert fates(registry) == {}
        slow.execute("COMMIT")
    assert take(registry) == [1, 2]


def test_writing_waits_for_no_reading(office: Office, registry: PostgresRegistry) -> None:
    write(registry)
    insert = office.said("INSERT INTO mediabridge.municipal_change (notice) VALUES ('{}')")
    with office.connect() as city, registry.take_changes(0) as taker:
        rows = taker.rows()
        assert next(rows).number == 1
        city.execute("SET lock_timeout = '1ms'")
        city.execute(insert)
        assert list(rows) == []
        taker.take(Batch(1, None, "2026-11-27T09:00:00Z", "clerk-1"), ())
    assert take(registry, 2, 1) == [2]


def test_two_stations_take_each_row_once(place: PostgresPlace, office: Office) -> None:
    """Claim C98."""
    insert = office.said("INSERT INTO mediabridge.municipal_change (notice) VALUES ('{}')")
    taken: dict[str, list[int]] = {OWNER.station: [], SECOND.station: []}
    done = threading.Event()

    def keep_taking(owner: Owner) -> None:
        serial = 0
        with PostgresRegistry(place, owner) as registry:
            last = False
            while not last:
                last = done.is_set()
                serial += 1
                taken[owner.station] += take(registry, serial, serial - 1)

    with ThreadPoolExecutor() as both_at_once:
        takers = [both_at_once.submit(keep_taking, each) for each in (OWNER, SECOND)]
        try:
            with office.connect() as city:
                for _ in range(200):
                    city.execute(insert)
        finally:
            done.set()
        for each in takers:
            each.result()
    both = [number for numbers in taken.values() for number in numbers]
    assert sorted(both) == list(range(1, 201))
    assert all(numbers == sorted(numbers) for numbers in taken.values())


# --- the line, and the station ------------------------------------------------------


def test_line_cut_at_every_message(
    place: PostgresPlace, registry: PostgresRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C98. Whatever the books know, each row is taken once when the command is repeated."""
    monkeypatch.setattr(session, "SERVER_RETURN_SECONDS", 0)
    first = write(registry)
    with between(place.host) as relay:
        away = place.model_copy(update={"host": str(relay.folder)})
        with PostgresRegistry(away, OWNER) as counted:
            assert take(counted) == [first]
        ends = [number for number, each in enumerate(relay.messages) if ends_a_commit(each)]
        messages = len(relay.messages)
    for pass_on in (True, False):
        for number in range(messages):
            wanted = write(registry)
            with between(place.host) as relay:
                relay.cut_at = lambda at, _message, number=number: at == number
                relay.pass_on = pass_on
                away = place.model_copy(update={"host": str(relay.folder)})
                try:
                    with PostgresRegistry(away, OWNER) as cut:
                        take(cut, 2, 1)
                except RegistryOutcomeUnknownError:
                    assert number in ends
                except RegistryError:
                    pass
            # The books never heard of batch 2.
            assert take(registry, 2, 1)[-1] == wanted
            assert fates(registry)[wanted] == "sent"
    print(f"cut at each of {messages} messages, twice")  # noqa: T201 - the figure is wanted
    assert messages > 20


@pytest.fixture
def world(place: PostgresPlace) -> Iterator[World]:
    """A world whose residents are on the server."""
    with scratch() as root:
        made = make_world(Path(root))
        made.home("registry-01").registry.unlink()
        settle(made, place)
        with made.registry() as station:
            station.load_population(population(RESIDENTS))
        yield made


def test_whole_way_of_a_change(world: World, cluster: Cluster, place: PostgresPlace) -> None:
    """From the city's own table, by the trigger of the page, into the file that is approved."""
    office = Office(cluster, place)
    with office.connect() as city:
        city.execute(office.said(LEAVES))
    with world.registry() as station:
        done = station.collect_changes()
        assert (done.rows, done.records) == (2, 2)
        path = station.home.inbox / f"{done.file}.csv"
        read: list[dict[str, Any]] = list(csv.DictReader(path.open(newline="")))
        assert [row["birth_date"] for row in read] == ["1990-04-05", "1991-00-00"]
        assert station.seal().records == 2


def test_backup_of_the_station_alone_loses_no_row(world: World, place: PostgresPlace) -> None:
    """Claim C98. The server knows more than the station that came back."""
    with PostgresRegistry(place, world.home("registry-01").config().owner) as registry:
        write(registry, json.dumps(municipal_notice(1, 1)))
    with scratch() as root:
        saved = copy_of(world, Path(root, "saved"))
        with world.registry() as station:
            assert station.collect_changes().rows == 1
        with saved.registry() as station:
            done = station.collect_changes()
    assert (done.rows, done.released) == (1, 1)
