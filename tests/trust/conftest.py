"""A training city, made once and copied for every test that changes it; and sudden death."""

import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from publishing import publish

from mediabridge.clock import SystemClock
from mediabridge.trust import repository
from mediabridge.trust.city import City, create_city
from mediabridge.trust.keyfile import TRAINING_COST
from mediabridge.trust.trust_data import RouteRule, TrustData

CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"}


def passphrase_for(_key_id: str) -> bytes:
    return b"training"


@pytest.fixture(scope="session")
def made_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return create_city(
        tmp_path_factory.mktemp("city"),
        city="city.training.example",
        municipality_code="131016",
        clock=SystemClock(),
        passphrase_for=passphrase_for,
        cost=TRAINING_COST,
        extra_stations={"lgwan-02": "lgwan"},
        extra_people={"officer-3": "officer"},
        extra_routes=[
            RouteRule(sender="lgwan-02", receiver="registry-01", approvals=0, kinds=("isa_notice",))
        ],
    )


@pytest.fixture
def city(made_city: City, tmp_path: Path) -> City:
    folder = tmp_path / "city"
    shutil.copytree(made_city.folder, folder)
    return City(folder, made_city.trust)


@pytest.fixture
def publishers(city: City) -> repository.Publishers:
    return city.publishers(passphrase_for)


@pytest.fixture
def publish_next(city: City, publishers: repository.Publishers) -> Callable[..., TrustData]:
    """Publish the next version of the city's trust data, with changes, and return it."""

    def published(
        version: int = 2, expiry: repository.Expiry | None = None, **changes: Any
    ) -> TrustData:
        trust = city.trust.model_copy(update={"version": version, **changes})
        publish(city.repository, trust, publishers=publishers, clock=SystemClock(), expiry=expiry)
        return trust

    return published


def _run_and_die(action: Callable[[], object], survive: int) -> None:
    steps = iter(range(survive))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        # A folder is opened to make its names durable: the step after the last change.
        changes = event in CHANGES or (
            event == "open" and arguments[2] & (os.O_ACCMODE | os.O_DIRECTORY)
        )
        if changes and next(steps, None) is None:
            signal.raise_signal(signal.SIGKILL)

    sys.addaudithook(hook)
    action()


@pytest.fixture(scope="session")
def deaths() -> Callable[[Callable[[], object]], Iterator[int]]:
    """Kill a process that runs an action at its first change to a file, its second, and so on.

    Yields after each death, so that the caller can look at what was left behind; ends
    when the action ran to its end.
    """

    def at_every_step(action: Callable[[], object]) -> Iterator[int]:
        processes = multiprocessing.get_context("fork")
        survived = 0
        while True:
            child = processes.Process(target=_run_and_die, args=(action, survived))
            child.start()
            child.join()
            if child.exitcode == 0:
                return
            assert child.exitcode == -signal.SIGKILL
            yield survived
            survived += 1

    return at_every_step
