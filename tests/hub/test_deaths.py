"""Whatever dies in the middle: what was confirmed is there, and the rest goes on."""

from __future__ import annotations

import http.client
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mediabridge.config import MIB
from mediabridge.line import wire
from mediabridge.trust import keytext
from mediabridge.trust.trust_data import Revocation
from tests.hub.conftest import in_postgres, settings_file
from tests.hub.processes import Process
from tests.hub.town import HOST, Caller, Sent, Town

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster
    from tests.hub.stores import ObjectStore

pytestmark = pytest.mark.in_turns

PART = "part-0001.cob"


@contextmanager
def running(settings: Path) -> Iterator[Process]:
    process = Process(settings)
    try:
        yield process
    finally:
        process.kill()


@contextmanager
def calling(town: Town, station: str, process: Process, folder: Path) -> Iterator[Caller]:
    with closing(Caller(town, station, process.port, folder)) as caller:
        yield caller


def fetched(town: Town, process: Process, sent: Sent, folder: Path) -> dict[str, bytes]:
    with calling(town, "lgwan-02", process, folder) as receiver:
        assert receiver.waiting() == [sent.id]
        paths = {name: f"bundles/{sent.id}/files/{name}" for name in sent.files}
        return {name: receiver.ask("GET", path)[1] for name, path in paths.items()}


@pytest.fixture(params=["rows", "store"])
def kept(request: pytest.FixtureRequest) -> str:
    """Say where contents lie."""
    if request.param == "rows":
        return ""
    found: ObjectStore = request.getfixturevalue("object_store")
    return found.lines()


def test_a_hub_killed_in_the_middle_of_an_upload_has_what_it_confirmed(
    made: Town, cluster: Cluster, kept: str, tmp_path: Path
) -> None:
    """Claims C133 and C146."""
    settings = settings_file(made, tmp_path, in_postgres(cluster, tmp_path), kept)
    sent, confirmed = made.bundle(size=2 * MIB), 0
    with running(settings) as other, running(settings) as process:
        with calling(made, "lgwan-01", process, tmp_path) as sender:
            sender.ask("POST", "bundles", sent.announcement())
            killer = threading.Thread(target=process.kill)
            data = sent.files[PART]
            try:
                for start in range(0, len(data), 65536):
                    stop = min(start + 65536, len(data))
                    confirmed = sender.put(sent.id, PART, data, start, stop)[1]["received"]
                    if confirmed == MIB // 2:
                        killer.start()
            except (OSError, http.client.HTTPException):
                pass
            killer.join()
        with calling(made, "lgwan-01", other, tmp_path) as sender:
            files = sender.ask("GET", f"bundles/{sent.id}")[1]["files"]
            (received,) = [file["received"] for file in files if file["name"] == PART]
            assert MIB // 2 <= confirmed <= received < len(data)
            assert sender.send(sent)["state"] == "complete"
        assert fetched(made, other, sent, tmp_path) == sent.files


def test_a_killed_database_is_said_and_waited_for(
    made: Town, cluster: Cluster, tmp_path: Path
) -> None:
    settings = settings_file(made, tmp_path, in_postgres(cluster, tmp_path))
    sent = made.bundle()
    with running(settings) as process:
        with calling(made, "lgwan-01", process, tmp_path) as sender:
            sender.ask("POST", "bundles", sent.announcement())
            sender.put(sent.id, PART, sent.files[PART])
            cluster.kill()
            status, problem, headers = sender.ask("GET", f"bundles/{sent.id}")
            assert (status, problem["reason"]) == (503, "HUB_STORE_DOWN")
            assert int(headers["Retry-After"]) > 0
            assert healthz(process) == 503
            cluster.start()
            assert sender.send(sent)["state"] == "complete"
            assert healthz(process) == 200
        assert fetched(made, process, sent, tmp_path) == sent.files


def test_a_killed_store_is_said_and_waited_for(
    made: Town, cluster: Cluster, object_store: ObjectStore, tmp_path: Path
) -> None:
    """Claim C146."""
    database = in_postgres(cluster, tmp_path)
    settings = settings_file(made, tmp_path, database, object_store.lines())
    sent = made.bundle()
    with running(settings) as process:
        with calling(made, "lgwan-01", process, tmp_path) as sender:
            sender.ask("POST", "bundles", sent.announcement())
            assert healthz(process) == 200
            object_store.stop()
            try:
                data, path = sent.files[PART], f"bundles/{sent.id}/files/{PART}"
                whole = {
                    "Content_Range": str(wire.Part(0, len(data), len(data))),
                    "Content_Digest": wire.content_digest(data),
                }
                status, problem, headers = sender.ask("PUT", path, data, **whole)
                assert (status, problem["reason"]) == (503, "HUB_STORE_DOWN")
                assert int(headers["Retry-After"]) > 0
                assert healthz(process) == 503
                # What needs no store goes on.
                assert sender.ask("GET", f"bundles/{sent.id}")[0] == 200
            finally:
                object_store.start()
            assert sender.send(sent)["state"] == "complete"
            assert healthz(process) == 200
        assert fetched(made, process, sent, tmp_path) == sent.files


def healthz(process: Process) -> int:
    with closing(http.client.HTTPConnection(HOST, process.operators_port, timeout=60)) as line:
        line.request("GET", "/healthz")
        return line.getresponse().status


def wait_until_refused(process: Process) -> None:
    with suppress(ConnectionRefusedError):
        while True:
            socket.create_connection((HOST, process.port)).close()


def test_a_hub_that_is_told_to_stop_finishes_what_is_under_way(made: Town, tmp_path: Path) -> None:
    settings = settings_file(made, tmp_path, f'adapter = "sqlite"\npath = "{tmp_path}/hub.db"')
    sent = made.bundle(size=MIB)
    data = sent.files[PART]
    with running(settings) as process:
        with calling(made, "lgwan-01", process, tmp_path) as sender:
            sender.ask("POST", "bundles", sent.announcement())
            line = sender._line
            line.putrequest("PUT", f"/v1/bundles/{sent.id}/files/{PART}")
            line.putheader("Content-Range", str(wire.Part(0, len(data), len(data))))
            line.putheader("Content-Digest", wire.content_digest(data))
            line.putheader("Content-Length", str(len(data)))
            line.endheaders(data[:1000])
            process.tell(signal.SIGTERM)
            process.wait_for("stopping")
            wait_until_refused(process)
            line.send(data[1000:])
            answer = line.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"received":%d}' % len(data))
        assert process.wait() == 0
    with running(settings) as process:
        with calling(made, "lgwan-01", process, tmp_path) as sender:
            files = sender.ask("GET", f"bundles/{sent.id}")[1]["files"]
            assert {file["name"] for file in files if file["received"]} == {PART}
            sender.send(sent)
        assert fetched(made, process, sent, tmp_path) == sent.files


def test_a_station_whose_key_is_revoked_is_a_stranger_at_its_next_request(
    own: Town, tmp_path: Path
) -> None:
    """Claim C130."""
    settings = settings_file(own, tmp_path, f'adapter = "sqlite"\npath = "{tmp_path}/hub.db"')
    station = own.trust.station("lgwan-01")
    assert station is not None
    revoked = Revocation(
        key=keytext.fingerprint(station.key), at="2026-11-01T00:00:00Z", reason="KEY_LOST"
    )
    with running(settings) as process, calling(own, "lgwan-01", process, tmp_path) as caller:
        assert caller.waiting() == []
        own.publish(revoked=(revoked,))
        process.tell(signal.SIGHUP)
        process.wait_for("city-taken", version=2)
        # The connection is the one of before, the handshake long over.
        status, problem, _ = caller.ask("GET", "waiting")
        assert (status, problem["reason"]) == (403, "CALLER_UNKNOWN")
        with calling(own, "lgwan-02", process, tmp_path) as other:
            assert other.waiting() == []


def test_a_station_has_only_so_much_at_the_hub_and_asks_only_so_often(
    made: Town, tmp_path: Path
) -> None:
    """Claim C134."""
    bounds = "[bounds]\ncaller_bundles = 2\ncaller_bytes = 20000\nrequests_a_minute = 12"
    database = f'adapter = "sqlite"\npath = "{tmp_path}/hub.db"'
    settings = settings_file(made, tmp_path, database, bounds)
    with running(settings) as process, calling(made, "lgwan-01", process, tmp_path) as caller:
        big = made.bundle(1, size=12000).announcement()
        assert caller.ask("POST", "bundles", big)[1]["reason"] == "HUB_FULL"
        for number in (1, 2):
            answer = caller.ask("POST", "bundles", made.bundle(number).announcement())
            assert answer[0] == 201
        third = caller.ask("POST", "bundles", made.bundle(3).announcement())
        assert (third[0], third[1]["reason"]) == (507, "HUB_FULL")
        answers = [caller.ask("GET", "waiting") for _ in range(12)]
        status, problem, headers = answers[-1]
        assert (status, problem["reason"]) == (429, "HUB_BUSY")
        assert 0 < int(headers["Retry-After"]) <= 5
        with calling(made, "lgwan-02", process, tmp_path) as other:
            assert other.waiting() == []
