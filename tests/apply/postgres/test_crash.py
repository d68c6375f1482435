"""Line cut, importer killed, server killed: the bundle is in the registry once, or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import PostgresRegistry, session
from mediabridge.errors import (
    AlreadyAppliedError,
    RegistryError,
    RegistryOutcomeUnknownError,
    RegistryUnreachableError,
)
from tests.apply.contract.adapters import OWNER, population
from tests.apply.contract.test_decisions import decide
from tests.apply.people import RESIDENT, apply, notice
from tests.apply.postgres.cluster import Cluster, running
from tests.apply.postgres.relay import Relay, between

pytestmark = pytest.mark.in_turns

ROOT = Path(__file__).parents[3]
RECORDS = 8
NOTICES = [
    *(
        notice(
            notice_id=f"N-{n}", sequence=n,
            prior_card_number=f"AB{n:08d}CD", card_number=f"ZZ{n:08d}CD",
        )
        for n in range(RECORDS)
    ),
    notice(notice_id="N-held", prior_card_number="QQ00000001CD", card_number="QQ00000002CD"),
    notice(
        notice_id="N-note", sequence=99, event_code="N18", operation_hint="note",
        prior_card_number=None, card_number="ZZ00000001CD",
    ),
]  # fmt: skip
"""Applied, held and noted: every table is written."""

Cut = Callable[[int, bytes], bool]

_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mediabridge'"


def fill(place: PostgresPlace) -> None:
    with PostgresRegistry(place, OWNER) as registry:
        registry.load_population(RESIDENT | {"card_number": f"AB{n:08d}CD"} for n in range(RECORDS))


def is_whole(registry: PostgresRegistry) -> bool:
    """Tell whether the bundle is there; what belongs together has to be there together."""
    changed = sum(row[13] == "2029-12-01" for row in population(registry) if len(row) > 4)
    journal = len(list(registry.journal()))
    told = (journal, len(list(registry.outcomes(f"{1:032x}"))), len(list(registry.held())))
    assert (*told, changed) in {(0, 0, 0, 0), (1, len(NOTICES), 1, RECORDS)}
    return journal == 1


def complete(place: PostgresPlace) -> bool:
    """Do again what the clerk did; afterwards the bundle is there once. Was it before?"""
    with PostgresRegistry(place, OWNER) as registry:
        before = is_whole(registry)
        with suppress(AlreadyAppliedError):
            apply(registry, *NOTICES)
        assert is_whole(registry)
    return before


def through(relay: Relay, place: PostgresPlace) -> PostgresPlace:
    return place.model_copy(update={"host": str(relay.folder)})


def import_through(relay: Relay, place: PostgresPlace) -> None:
    with PostgresRegistry(through(relay, place), OWNER) as registry:
        apply(registry, *NOTICES)


def ends_a_commit(message: bytes) -> bool:
    return message[5:] == b"COMMIT\0"


def wait_for_sessions(cluster: Cluster) -> None:
    """Let the server end what it was given before a line was cut, in its own time."""
    with cluster.as_superuser() as asking:
        asking.autocommit = True
        while asking.execute(_SESSIONS).fetchone() != (0,):
            time.sleep(0.01)


def messages_of_one_import(cluster: Cluster, folder: Path) -> list[bytes]:
    place = cluster.place(folder / "counted")
    fill(place)
    with between(place.host) as relay, PostgresRegistry(through(relay, place), OWNER) as registry:
        apply(registry, *NOTICES)
        return list(relay.messages)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a server that does not come back in this test."""
    monkeypatch.setattr(session, "SERVER_RETURN_SECONDS", 0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("pass_on", [True, False])
def test_line_cut_at_every_message(
    cluster: Cluster, place: PostgresPlace, tmp_path: Path, pass_on: bool
) -> None:
    """Claim C79."""
    messages = messages_of_one_import(cluster, tmp_path)
    commit = next(number for number, each in enumerate(messages) if ends_a_commit(each))
    fill(place)
    for number in range(commit + 1):
        with between(place.host) as relay:
            relay.cut_at = lambda at, _message, number=number: at == number
            relay.pass_on = pass_on
            with pytest.raises(RegistryError) as refused:
                import_through(relay, place)
        assert isinstance(refused.value, RegistryOutcomeUnknownError) is (number == commit)
        wait_for_sessions(cluster)
        with PostgresRegistry(place, OWNER) as registry:
            assert is_whole(registry) is (pass_on and number == commit)
    print(f"cut at each of {commit + 1} messages")  # noqa: T201 - the figure is wanted
    assert commit > 20
    complete(place)


def test_lost_answer_is_asked_for(place: PostgresPlace) -> None:
    fill(place)
    with between(place.host) as relay:
        relay.cut_at = lambda _number, message: ends_a_commit(message)
        relay.comes_back = True
        with PostgresRegistry(through(relay, place), OWNER) as registry:
            applied = apply(registry, *NOTICES)
            assert len(list(registry.outcomes(f"{1:032x}"))) == applied.counts.records
    assert complete(place)


def test_lost_order_is_told(place: PostgresPlace) -> None:
    fill(place)
    with between(place.host) as relay:
        relay.cut_at = lambda _number, message: ends_a_commit(message)
        relay.comes_back, relay.pass_on = True, False
        with PostgresRegistry(through(relay, place), OWNER) as registry:
            with pytest.raises(RegistryUnreachableError):
                apply(registry, *NOTICES)
            assert apply(registry, *NOTICES).counts.records == len(NOTICES)
    assert complete(place)


def test_lost_answer_to_a_decision(place: PostgresPlace) -> None:
    fill(place)
    with PostgresRegistry(place, OWNER) as registry:
        apply(registry, *NOTICES)
    with between(place.host) as relay:
        relay.comes_back = True
        with PostgresRegistry(through(relay, place), OWNER) as registry:
            relay.cut_at = lambda _number, message: ends_a_commit(message)
            decided = decide(registry, "N-held", "not_found")
            assert list(registry.decisions()) == [decided]
            assert list(registry.held()) == []


def test_lost_order_to_decide(place: PostgresPlace) -> None:
    fill(place)
    with PostgresRegistry(place, OWNER) as registry:
        apply(registry, *NOTICES)
    with between(place.host) as relay:
        relay.comes_back, relay.pass_on = True, False
        with PostgresRegistry(through(relay, place), OWNER) as registry:
            relay.cut_at = lambda _number, message: ends_a_commit(message)
            with pytest.raises(RegistryUnreachableError):
                decide(registry, "N-held", "not_found")
            assert list(registry.decisions()) == []
            assert decide(registry, "N-held", "not_found").number == 1


# --- the server dies --------------------------------------------------------


@pytest.fixture(scope="module")
def mortal(postgres_programs: Path) -> Iterator[Cluster]:
    """A server that is killed and begun again."""
    with running(postgres_programs) as started:
        yield started


def in_the_rows(_number: int, message: bytes) -> bool:
    return message[:1] == b"d"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("pass_on", [True, False])
@pytest.mark.parametrize("cut_at", [in_the_rows, lambda _number, message: ends_a_commit(message)])
def test_server_killed(mortal: Cluster, tmp_path: Path, cut_at: Cut, pass_on: bool) -> None:
    place = mortal.place(tmp_path)
    fill(place)
    with between(place.host) as relay:
        relay.cut_at, relay.pass_on, relay.at_the_cut = cut_at, pass_on, mortal.kill
        with pytest.raises(RegistryError):
            import_through(relay, place)
    with pytest.raises(RegistryUnreachableError):
        PostgresRegistry(place, OWNER)
    mortal.start()
    complete(place)


def test_server_that_comes_back_is_asked(mortal: Cluster, place: PostgresPlace) -> None:
    place = mortal.place(place.schema_)
    fill(place)

    def die_and_come_back() -> None:
        mortal.kill()
        mortal.start()

    with between(place.host) as relay:
        relay.cut_at = lambda _number, message: ends_a_commit(message)
        relay.comes_back, relay.pass_on, relay.at_the_cut = True, False, die_and_come_back
        with PostgresRegistry(through(relay, place), OWNER) as registry:
            with pytest.raises(RegistryUnreachableError):
                apply(registry, *NOTICES)
            assert apply(registry, *NOTICES).counts.records == len(NOTICES)
    assert complete(place)


# --- the importer dies ------------------------------------------------------

CHILD = """
import os, signal, sys
from mediabridge.apply import apply_bundle
from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import PostgresRegistry
from mediabridge.config import APPLY_BATCH
from tests.apply.contract.adapters import OWNER
from tests.apply.people import NAMES, NOW, bundle, texts
from tests.apply.postgres.test_crash import NOTICES

place, moment = PostgresPlace.model_validate_json(sys.argv[1]), sys.argv[2]

def die(here):
    if here == moment:
        os.kill(os.getpid(), signal.SIGKILL)

def notices():
    yield from texts(*NOTICES)
    die("all read")

apply_bundle(PostgresRegistry(place, OWNER), bundle(), notices(), now=NOW, decided_by="clerk-1",
             before_commit=lambda _counts: die("before commit"), names=NAMES)
die("after commit")
"""


@pytest.mark.parametrize(
    ("moment", "whole"), [("all read", False), ("before commit", False), ("after commit", True)]
)
def test_importer_killed(place: PostgresPlace, moment: str, whole: bool) -> None:
    fill(place)
    told = place.model_dump_json(by_alias=True)
    child = subprocess.run([sys.executable, "-c", CHILD, told, moment], cwd=ROOT, check=False)
    assert child.returncode == -signal.SIGKILL
    assert complete(place) is whole


def test_two_importers_apply_each_bundle_once(place: PostgresPlace) -> None:
    """Claim C79."""
    bundles = 12
    fill(place)
    begin = threading.Barrier(2)
    refused: list[list[type]] = [[], []]

    def import_all(told: list[type]) -> None:
        with PostgresRegistry(place, OWNER) as registry:
            begin.wait()
            for seq in range(1, bundles + 1):
                record = notice(notice_id=f"N-{seq}", prior_card_number=f"AB{seq % 8:08d}CD")
                try:
                    apply(registry, record, seq=seq)
                except AlreadyAppliedError as error:
                    told.append(type(error))

    importers = [threading.Thread(target=import_all, args=(told,)) for told in refused]
    for each in importers:
        each.start()
    for each in importers:
        each.join()
    with PostgresRegistry(place, OWNER) as registry:
        assert [entry.bundle.seq for entry in registry.journal()] == list(range(1, bundles + 1))
        assert all(entry.counts.records == 1 for entry in registry.journal())
    assert refused[0] + refused[1] == [AlreadyAppliedError] * bundles
