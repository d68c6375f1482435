"""Tables that an earlier program made on a server are brought up to date, with what is in them."""

from __future__ import annotations

import hashlib

import pytest
from psycopg import sql

from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import PostgresRegistry, schema
from mediabridge.apply.postgres.session import Session
from tests.apply.contract.adapters import OWNER
from tests.apply.people import OLD_CARD
from tests.apply.postgres.cluster import Cluster

DONE = (
    "53d55c4842be0d22",
    "d2289578cf4030c9",
    "3e080883c67d29ad",
    "b06205f1fc071943",
    "6249cdb8fce6f709",
)
"""What was executed on servers already: a step that is edited changes only those to come."""

RESIDENT = """
    INSERT INTO resident (state, card_number, art30_45_category, name_roman, birth_date, sex,
        nationality_region)
    VALUES ('resident', %s, '1', 'EXAMPLE ALICE', '1990-05-17', '2', 'USA')
"""
CARD = "INSERT INTO card SELECT %s, id FROM resident"

COLUMNS = """
    SELECT table_name, column_name, ordinal_position, domain_name, data_type, is_nullable,
        column_default
    FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, column_name
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = %s::regnamespace AND conrelid <> 0 ORDER BY 1, 2
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY indexdef"


def shape(session: Session, place: PostgresPlace) -> list[list[tuple[object, ...]]]:
    """Return all that makes the tables what they are."""
    return [
        [tuple(row) for row in session.rows(query, place.schema_)]
        for query in (COLUMNS, CONSTRAINTS, INDEXES)
    ]


def test_no_step_is_edited_that_was_executed_somewhere() -> None:
    digests = [hashlib.sha256(step.encode()).hexdigest()[:16] for step in schema.STEPS]
    assert tuple(digests[: len(DONE)]) == DONE
    assert len(digests) == len(DONE), "a new step: what it does stands here from its release on"


@pytest.mark.parametrize("version", range(1, len(DONE)))
def test_every_earlier_version_is_brought_up_to_date(
    cluster: Cluster,
    place: PostgresPlace,
    registry: PostgresRegistry,
    monkeypatch: pytest.MonkeyPatch,
    version: int,
) -> None:
    fresh = shape(registry._session, place)
    with cluster.as_superuser() as keeper:
        keeper.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(place.schema_)))
    with monkeypatch.context() as then:
        then.setattr(schema, "STEPS", schema.STEPS[:version])
        with PostgresRegistry(place, OWNER) as earlier:
            for statement in (RESIDENT, CARD):
                earlier._session.execute(statement, OLD_CARD)
    with PostgresRegistry(place, OWNER) as newer:
        assert newer._session.rows("SELECT version FROM owner") == [(len(schema.STEPS),)]
        assert shape(newer._session, place) == fresh
        found = newer.find_by_card(OLD_CARD)
        assert found is not None
        assert (found.current, found.resident.name_roman) == (True, "EXAMPLE ALICE")
