"""Three hubs on one PostgreSQL and many offices with keys of their own, for days with accidents.

What a commit plays is small, and everything that can happen happens; ``make test-hub-week`` plays
a week of two hundred offices.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import drawing
import pytest
from attacks.world import scratch

from tests.apply.postgres.cluster import DATABASE
from tests.hub.processes import SETTINGS
from tests.hub.town import hub_certificate
from tests.hub.week.days import Days
from tests.hub.week.offices import codes, make_all
from tests.hub.week.operations import Operations
from tests.hub.week.plan import Plan

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster

pytestmark = pytest.mark.in_turns

OFFICES = int(os.environ.get("MEDIABRIDGE_HUB_OFFICES", "4"))
DAYS = int(os.environ.get("MEDIABRIDGE_HUB_DAYS", "2"))
SEED = drawing.seed_of(
    os.environ.get("MEDIABRIDGE_HUB_SEED", drawing.COMMIT), Path(__file__).parent
)
WORKERS = 4 if OFFICES > 20 else 2
"""Offices that have their day at the same time."""

KEEP = "[keep]\ntaken = 1"
"""A day: within the week what was taken is let go."""


def settings_in(folder: Path, cluster: Cluster) -> tuple[Path, dict[str, str]]:
    """Return the settings of the hubs, and where their tables are."""
    (folder / "cities").mkdir(parents=True)
    shown, key = hub_certificate(folder)
    place = cluster.place(folder)
    lines = {
        "adapter": "postgresql", "host": place.host, "database": place.database,
        "user": place.user, "schema": place.schema_,
    }  # fmt: skip
    database = "\n".join(f'{name} = "{value}"' for name, value in lines.items())
    path = folder / "hub.toml"
    given = {"cities": folder / "cities", "certificate": shown, "key": key}
    path.write_text(SETTINGS.format(**given, database=database, more=KEEP))
    options = f"-csearch_path={place.schema_}"
    return path, {
        "host": place.host, "dbname": DATABASE, "user": place.user, "options": options,
    }  # fmt: skip


@pytest.fixture
def workers() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
        yield pool


def test_every_record_has_one_outcome_at_both_ends(
    cluster: Cluster, workers: ProcessPoolExecutor
) -> None:
    """Claims C133, C136, C138."""
    lot = Random(SEED)  # noqa: S311 - a test that can be repeated
    with scratch() as root:
        folder = Path(root)
        settings, tables = settings_in(folder / "hub", cluster)
        offices = make_all(folder, codes(OFFICES), workers)
        plan = Plan([each.code for each in offices], DAYS, lot)
        with closing(Operations(settings, cluster, lot)) as operations:
            for office in offices:
                office.connect_to(operations.port, folder / "hub/hub.pem")
            days = Days(offices, operations, workers, plan, tables, lot)
            days.pass_all()
            days.comes_to_rest()
            reckoned = days.reckoned()
            sys.stdout.write(days.told_in_words(reckoned, f"{OFFICES} offices, seed {SEED}"))
            assert operations.faults_of_ours() == []
            assert days.not_fetched() == []
        assert days.missing() == set()
