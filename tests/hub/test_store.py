"""Contents in a store that speaks S3: what it is told, what it spoils, what is left."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mediabridge import errors, sqlite
from mediabridge.config import MIB
from mediabridge.hub import (
    announcing,
    bounded,
    contents,
    exchange,
    in_postgres,
    in_s3,
    in_sqlite,
    objects,
    parts,
)
from mediabridge.hub.callers import Caller
from mediabridge.hub.database import SCHEMA, Database
from mediabridge.hub.hub import open_store
from mediabridge.hub.in_s3 import InS3
from mediabridge.hub.keeping import purge
from mediabridge.hub.settings import Bounds, Keep, StorePlace
from mediabridge.line import api
from mediabridge.line.wire import Part
from tests.hub import town
from tests.hub.stores import ObjectStore
from tests.hub.test_keeping import arrive
from tests.hub.town import Sent, Town

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster

PART = "part-0001.cob"
Ends = tuple[Caller, Caller]


@dataclass(frozen=True)
class Scene:
    """A hub on a store, without a network in between, and the two stations that use it."""

    made: Town
    database: Database
    store: InS3
    sender: Caller
    receiver: Caller
    now: datetime

    def announce(self, sent: Sent, bounds: Bounds | None = None) -> None:
        wanted = api.Announcement.model_validate(sent.announcement())
        announcing.announce(self.database, self.sender, wanted, bounds or Bounds(), self.now)

    def put(self, sent: Sent, data: bytes | None = None) -> int:
        found = sent.files[PART] if data is None else data
        return parts.put(
            self.database,
            self.sender,
            sent.id,
            PART,
            part=Part(0, len(found), len(found)),
            data=found,
            now=self.now,
        )

    def arrive(self, sent: Sent) -> None:
        arrive(self.database, self.sender, sent, self.now)

    def complete(self, sent: Sent) -> str:
        return exchange.complete(self.database, self.sender, sent.id, self.now).state

    def state(self, sent: Sent) -> str:
        return exchange.look(self.database, self.sender, sent.id).state

    def received(self, sent: Sent) -> dict[str, int]:
        files = exchange.look(self.database, self.sender, sent.id).files
        return {file.name: file.received for file in files}

    def waiting(self) -> list[str]:
        found = exchange.waiting(self.database, self.receiver, None, 9).bundles
        return [entry.bundle for entry in found]

    def read(self, sent: Sent, name: str = PART) -> bytes:
        held, file = exchange.fetched(self.database, self.receiver, sent.id, name)
        pieces = contents.pieces(self.database, held.id, name, 0, file.size, now=self.now)
        return b"".join(pieces)

    def read_all(self, sent: Sent) -> dict[str, bytes]:
        return {name: self.read(sent, name) for name in sent.files}

    def purge(self, *, strays: bool = False, **later: int) -> int:
        return purge(self.database, Keep(), self.now + timedelta(**later), strays=strays).objects

    def keys(self) -> list[str]:
        return [key for page in self.store.pages() for key in page]

    def key_of(self, name: str) -> str:
        with self.database.transaction() as session:
            ((key,),) = session.rows("SELECT key FROM object WHERE name = ?", name)
        return str(key)


def scene_of(made: Town, database: Database, ends: Ends, now: datetime) -> Scene:
    assert isinstance(database.store, InS3)
    return Scene(made, database, database.store, *ends, now)


@pytest.fixture
def scene(
    made: Town, object_store: ObjectStore, ends: Ends, now: datetime, tmp_path: Path
) -> Scene:
    database = in_sqlite.InSqlite(tmp_path / "hub.db")
    database.store = open_store(object_store.place(), database)
    return scene_of(made, database, ends, now)


def test_a_store_is_told_neither_who_nor_what(scene: Scene) -> None:
    """Claim C144."""
    sent = scene.made.bundle()
    scene.arrive(sent)
    keys = scene.keys()
    assert len(set(keys)) == len(sent.files)
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    with scene.database.transaction() as session:
        assert session.rows("SELECT count(*) FROM chunk") == [(0,)]
        assert re.fullmatch("[0-9a-f]{32}", objects.folder(session))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda store, key, data: store.put(key, bytes(len(data))),
        lambda store, key, data: store.put(key, data[:-1]),
        lambda store, key, data: store.put(key, data + b"x"),
        lambda store, key, _data: store.delete(key),
    ],
    ids=["changed", "shorter", "longer", "lost"],
)
def test_what_a_store_spoils_is_found_out_and_asked_for_again(
    scene: Scene, spoil: Callable[[InS3, str, bytes], None]
) -> None:
    """Claim C145."""
    sent = scene.made.bundle()
    scene.arrive(sent)
    scene.complete(sent)
    spoil(scene.store, scene.key_of(PART), sent.files[PART])
    with pytest.raises(errors.HubContentDamagedError) as refused:
        scene.read(sent)
    assert refused.value.facts == {"name": PART}
    # Nobody is offered it any more, and its sender hears that this file, and no other, is wanted.
    assert scene.waiting() == []
    assert scene.state(sent) == "arriving"
    there = scene.received(sent)
    assert [name for name, count in there.items() if not count] == [PART]
    scene.put(sent)
    assert scene.complete(sent) == "complete"
    assert scene.read_all(sent) == sent.files


def test_nobody_is_asked_for_what_its_receiver_has(scene: Scene) -> None:
    sent = scene.made.bundle()
    scene.arrive(sent)
    scene.complete(sent)
    exchange.take(scene.database, scene.receiver, sent.id, scene.now)
    scene.store.delete(scene.key_of(PART))
    with pytest.raises(errors.HubContentDamagedError):
        scene.read(sent)
    assert scene.state(sent) == "taken"


def test_what_was_spoilt_before_anybody_saw_it_is_never_complete(scene: Scene) -> None:
    """Claim C145."""
    sent = scene.made.bundle()
    scene.arrive(sent)
    scene.store.put(scene.key_of(PART), bytes(len(sent.files[PART])))
    with pytest.raises(errors.HubContentDamagedError):
        scene.complete(sent)
    assert scene.waiting() == []
    scene.put(sent)
    assert scene.complete(sent) == "complete"


def test_what_was_begun_anew_while_it_was_looked_through_is_looked_at_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C132."""
    sent, other = scene.made.bundle(), bytes(2000)

    def meanwhile(*_: Any) -> None:
        with scene.database.transaction() as session:
            ((number,),) = session.rows("SELECT id FROM bundle")
            contents.begin_anew(session, number, PART)
        scene.put(sent, other)

    scene.arrive(sent)
    with monkeypatch.context() as patched:
        patched.setattr(exchange, "examine", meanwhile)
        with pytest.raises(errors.BundleIncompleteError):
            scene.complete(sent)
    with pytest.raises(errors.NotAsAnnouncedError):
        scene.complete(sent)


def test_a_store_that_is_away_is_said_and_waited_for(
    scene: Scene, object_store: ObjectStore
) -> None:
    """Claim C146."""
    there, coming = scene.made.bundle(1), scene.made.bundle(2)
    scene.arrive(there)
    scene.complete(there)
    scene.announce(coming)
    object_store.stop()
    try:
        with pytest.raises(errors.HubStoreError):
            scene.put(coming)
        with pytest.raises(errors.HubStoreError):
            scene.read(there)
        with pytest.raises(errors.HubStoreError):
            scene.purge(days=2)
        # Nothing is half there, and nobody is asked again for what is only out of reach.
        assert scene.received(coming)[PART] == 0
        assert scene.state(there) == "complete"
    finally:
        object_store.start()
    scene.arrive(coming)
    scene.complete(coming)
    assert scene.read_all(coming) == coming.files
    assert scene.read_all(there) == there.files


def test_a_hub_that_dies_after_writing_leaves_nothing_for_ever(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C146."""
    sent = scene.made.bundle()
    scene.announce(sent)
    for name in ("take", "begin"):
        with monkeypatch.context() as patched:
            patched.setattr(objects, name, dies)
            with pytest.raises(KeyboardInterrupt):
                scene.put(sent)
    with monkeypatch.context() as patched:
        patched.setattr(scene.store, "put", dies)
        with pytest.raises(KeyboardInterrupt):
            scene.put(sent)
    assert scene.received(sent)[PART] == 0
    assert len(scene.keys()) == 1
    scene.arrive(sent)
    scene.complete(sent)
    # What is being written just now is in no way told from what was left: a day is waited for.
    assert scene.purge(hours=23) == 0
    assert scene.purge(hours=25) == 2
    assert len(scene.keys()) == len(sent.files)
    assert scene.read_all(sent) == sent.files


def dies(*_: Any) -> None:
    raise KeyboardInterrupt


def test_letting_go_may_end_anywhere(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim C146."""
    sent = scene.made.bundle()
    scene.arrive(sent)
    monkeypatch.setattr(objects, "_AT_ONCE", 2)
    left, delete = [3], scene.store.delete

    def delete_three(key: str) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        delete(key)

    with monkeypatch.context() as patched:
        patched.setattr(scene.store, "delete", delete_three)
        with pytest.raises(KeyboardInterrupt):
            scene.purge(days=9)
    assert len(scene.keys()) == len(sent.files) - 3
    # One object was gone before its row was.
    assert scene.purge(days=9) == len(sent.files) - 2
    assert scene.keys() == []
    with scene.database.transaction() as session:
        assert not objects.any_there(session)


def test_one_part_that_comes_twice_at_once_is_there_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C133."""
    sent, writes = scene.made.bundle(), scene.store.put

    def overtaken(key: str, data: bytes) -> None:
        writes(key, data)
        monkeypatch.undo()
        assert scene.put(sent) == len(data)

    scene.announce(sent)
    monkeypatch.setattr(scene.store, "put", overtaken)
    assert scene.put(sent) == len(sent.files[PART])
    assert len(scene.keys()) == 2
    scene.arrive(sent)
    scene.complete(sent)
    assert scene.read_all(sent) == sent.files


def test_what_was_given_up_counts_until_it_is_gone(scene: Scene) -> None:
    """Claim C134."""
    bounds = Bounds(caller_bytes=12000)
    for _ in range(2):
        sent = scene.made.bundle(1)
        scene.announce(sent, bounds)
        scene.put(sent)
    another = scene.made.bundle(1, size=4000)
    with pytest.raises(errors.HubFullError):
        scene.announce(another, bounds)
    scene.purge(days=2)
    scene.announce(another, bounds)


def test_strays_of_its_own_folder_go_when_that_is_asked_for(
    scene: Scene, object_store: ObjectStore
) -> None:
    sent = scene.made.bundle()
    scene.arrive(sent)
    scene.complete(sent)
    neighbour = InS3(object_store.place())
    neighbour.open("0" * 32, in_use=False)
    neighbour.put("1" * 32, b"another hub's")
    scene.store.put("2" * 32, b"what a database that was restored does not know")
    assert scene.purge(days=2) == 0
    assert scene.purge(days=2, strays=True) == 1
    assert list(neighbour.pages()) == [["1" * 32]]
    scene.store.check()
    assert scene.read_all(sent) == sent.files


def test_a_long_list_is_read_to_its_end(scene: Scene) -> None:
    keys = [f"{number:032x}" for number in range(5)]
    for key in keys:
        scene.store.put(key, b"x")
    listed = scene.store._client.list_objects_v2
    scene.store._client.list_objects_v2 = lambda **words: listed(MaxKeys=2, **words)
    try:
        pages = list(scene.store.pages())
    finally:
        del scene.store._client.list_objects_v2
    assert [key for page in pages for key in page] == keys
    assert max(map(len, pages)) == 2


def test_another_store_than_the_one_that_is_in_use_is_refused(
    scene: Scene, object_store: ObjectStore
) -> None:
    """Claim C145."""
    sent = scene.made.bundle()
    scene.announce(sent)
    scene.put(sent)
    with pytest.raises(errors.HubStoreError, match="not the store"):
        open_store(object_store.place(prefix="other/"), scene.database)
    with pytest.raises(errors.SettingsError, match=r"\[store\]"):
        open_store(None, scene.database)
    open_store(object_store.place(), scene.database)


def test_a_store_is_known_by_its_certificate_and_knows_the_hub_by_its_secret(
    object_store: ObjectStore, tmp_path: Path
) -> None:
    """Claim C145."""
    other, _key = town.hub_certificate(tmp_path)
    wrong = tmp_path / "secret"
    wrong.write_text("another secret")
    wrong.chmod(0o600)
    for place, said in (
        (object_store.place(root_certificate=other), "SSLError"),
        (object_store.place(secret=wrong), "HTTP 403"),
        (object_store.place(bucket="no-such-bucket"), "HTTP 404"),
    ):
        with pytest.raises(errors.HubStoreError, match=said):
            InS3(place).open("0" * 32, in_use=False)


def test_neither_the_environment_nor_a_home_has_a_say(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C145."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        "[default]\nregion = \x00\ns3 =\n  addressing_style = virtual\n"
    )
    others = {
        "HOME": tmp_path, "AWS_PROFILE": "nobody", "AWS_CA_BUNDLE": "/nonexistent",
        "AWS_ENDPOINT_URL": "http://192.0.2.1", "AWS_ENDPOINT_URL_S3": "http://192.0.2.1",
        "AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_SESSION_TOKEN": "nothing", "AWS_USE_FIPS_ENDPOINT": "true", "AWS_MAX_ATTEMPTS": "0",
        "HTTPS_PROXY": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1",
        "REQUESTS_CA_BUNDLE": "/nonexistent", "AWS_DATA_PATH": str(tmp_path),
    }  # fmt: skip
    for name, value in others.items():
        monkeypatch.setenv(name, str(value))
    store = InS3(object_store.place())
    store.open("3" * 32, in_use=False)
    store.check()


@contextmanager
def answering(*pieces: bytes, gap: threading.Event | None = None) -> Iterator[StorePlace]:
    """Give a store at this machine that answers whatever it is asked with *pieces*."""
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def serve() -> None:
            while not stopped.is_set():
                with suppress(OSError), listening.accept()[0] as line:
                    line.settimeout(5)
                    line.recv(65536)
                    for piece in pieces:
                        line.sendall(piece)
                    if gap is not None:
                        gap.wait(5)

        thread = threading.Thread(target=serve)
        thread.start()
        yield StorePlace(
            adapter="s3", bucket="contents", access_key="hub", secret=Path("/nonexistent"),
            endpoint=f"http://127.0.0.1:{listening.getsockname()[1]}",
        )  # fmt: skip
        stopped.set()
        thread.join()


def told(place: StorePlace, tmp_path: Path) -> InS3:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0o600)
    return InS3(place.model_copy(update={"secret": secret}))


REGION = b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>x.y/z</Region></Error>"
OK = b'HTTP/1.1 200 OK\r\nETag: "x"\r\n'
ANSWERS = {
    "nothing": (),
    "garbage": (b"\x00\xff" * 500,),
    "cut": (OK + b"Content-Length: 5\r\n\r\nabc",),
    "wrong length": (OK + b"Content-Length: five\r\n\r\nabcde",),
    "no answer of S3": (b"HTTP/1.1 404 No\r\nContent-Length: 6\r\n\r\n<html>",),
    "another region": (
        b"HTTP/1.1 400 No\r\nContent-Type: application/xml\r\n",
        b"Content-Length: %d\r\n\r\n" % len(REGION) + REGION,
    ),
    "broken": (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_none_is_a_store_that_is_away(
    answer: tuple[bytes, ...], tmp_path: Path
) -> None:
    """Claim C146: it is not taken for a content that is lost."""
    with answering(*answer) as place, pytest.raises(errors.HubStoreError):
        told(place, tmp_path).get("0" * 32)


def test_a_store_that_sends_the_hub_elsewhere_is_not_followed(tmp_path: Path) -> None:
    """Claim C145."""
    with answering(OK + b"Content-Length: 5\r\n\r\nabcde") as other:
        assert told(other, tmp_path).get("0" * 32) == b"abcde"
        elsewhere = (
            f"HTTP/1.1 301 Moved\r\nLocation: {other.endpoint}/\r\nContent-Length: 0\r\n\r\n"
        )
        with answering(elsewhere.encode()) as place, pytest.raises(errors.HubStoreError):
            told(place, tmp_path).get("0" * 32)


@pytest.mark.parametrize("status", [b"200 OK", b"500 No", b"404 No"])
def test_an_answer_without_end_is_read_as_far_as_it_may_be(status: bytes, tmp_path: Path) -> None:
    """Claim C146."""
    gap, head = (
        threading.Event(),
        b"HTTP/1.1 " + status + b"\r\nContent-Length: 99999999999\r\n\r\n",
    )
    with answering(head, bytes(3 * MIB), gap=gap) as place:
        with pytest.raises(errors.HubStoreError, match="AnswerTooLongError"):
            told(place, tmp_path).get("0" * 32)
        gap.set()


def test_an_answer_in_drops_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C146."""
    monkeypatch.setattr(bounded, "HUB_STORE_WHOLE_SECONDS", 0)
    gap = threading.Event()
    with answering(OK, b"Content-Length: 9\r\n\r\nx", gap=gap) as place:
        with pytest.raises(errors.HubStoreError, match="AnswerTooSlowError"):
            told(place, tmp_path).get("0" * 32)
        gap.set()


def test_a_store_that_says_nothing_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C146."""
    monkeypatch.setattr(in_s3, "HUB_STORE_ANSWER_SECONDS", 0.1)
    gap = threading.Event()
    with answering(gap=gap) as place:
        with pytest.raises(errors.HubStoreError, match="ReadTimeoutError"):
            told(place, tmp_path).get("0" * 32)
        gap.set()


def test_a_secret_that_others_can_read_is_refused_and_not_shown(
    object_store: ObjectStore, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    for content, mode in ((b"hidden", 0o644), (b"", 0o600), (b"hidden\nlines", 0o600)):
        secret.write_bytes(content)
        secret.chmod(mode)
        with pytest.raises(errors.SettingsError) as refused:
            InS3(object_store.place(secret=secret))
        assert "hidden" not in str(refused.value)
    with pytest.raises(errors.SettingsError):
        InS3(object_store.place(secret=tmp_path / "none"))


@pytest.mark.parametrize(
    "lines",
    [
        {"endpoint": "http://store.example"},
        {"endpoint": "http://localhost.example:9000"},
        {"endpoint": "https://user:word@store.example"},
        {"endpoint": "https://store.example/path"},
        {"endpoint": "https://store.example?x"},
        {"endpoint": "ftp://127.0.0.1"},
        {"endpoint": "store.example"},
        {"root_certificate": None},
        {"endpoint": "http://127.0.0.1:1"},
        {"prefix": "a b"},
        {"bucket": "../x"},
    ],
    ids=str,
)
def test_a_place_that_could_be_somebody_elses_is_refused(
    lines: dict[str, Any], tmp_path: Path
) -> None:
    right = {
        "adapter": "s3", "endpoint": "https://store.example:9000", "bucket": "contents",
        "access_key": "hub", "secret": tmp_path / "s", "root_certificate": tmp_path / "c",
    }  # fmt: skip
    StorePlace(**right)
    with pytest.raises(ValueError, match="validation error"):
        StorePlace(**{**right, **lines})


@pytest.fixture(params=["sqlite", "postgresql"])
def earlier(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """Give a database whose tables were made before there were stores."""

    def opened() -> Database:
        if request.param == "sqlite":
            return in_sqlite.InSqlite(tmp_path / "hub.db")
        cluster: Cluster = request.getfixturevalue("cluster")
        return in_postgres.InPostgres(cluster.place(tmp_path))

    whole = in_sqlite.STORE
    first = (whole.application_id, whole.steps[:2], whole.refusals, whole.landmark)
    with monkeypatch.context() as patched:
        patched.setattr(in_postgres, "SCHEMA", SCHEMA[:1])
        patched.setattr(in_postgres, "_VERSION", 1)
        patched.setattr(in_sqlite, "STORE", sqlite.Store(*first, whole.somebody_else))
        opened().close()
    found = opened()
    yield found
    found.close()


def test_what_lay_in_rows_before_there_was_a_store_is_read_from_there(
    made: Town, earlier: Database, object_store: ObjectStore, ends: Ends, now: datetime
) -> None:
    before, after = made.bundle(1), made.bundle(2)
    arrive(earlier, ends[0], before, now)
    exchange.complete(earlier, ends[0], before.id, now)
    earlier.store = open_store(object_store.place(), earlier)
    scene = scene_of(made, earlier, ends, now)
    scene.arrive(after)
    scene.complete(after)
    for sent in (before, after):
        assert scene.read_all(sent) == sent.files
    assert len(scene.keys()) == len(after.files)
