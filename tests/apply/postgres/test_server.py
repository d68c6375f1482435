"""What only a server can be wrong about: its settings, its own log, what it refuses, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from mediabridge.apply import apply_bundle
from mediabridge.apply.places import PostgresPlace
from mediabridge.apply.postgres import PostgresRegistry, examine, schema
from mediabridge.apply.postgres.session import Session
from mediabridge.apply.postgres.telling import told
from mediabridge.bench.server import STATION
from mediabridge.errors import (
    RegistryAccessDeniedError,
    RegistryError,
    RegistryForeignError,
    RegistryLockedError,
    RegistryNewerError,
    RegistryReadOnlyError,
    RegistryRefusedError,
    RegistryUnsuitableError,
)
from mediabridge.records.model import Result
from mediabridge.sqlite import Owner
from tests.apply.contract.adapters import OWNER
from tests.apply.people import (
    NAMES,
    NEW_CARD,
    NOW,
    OLD_CARD,
    RESIDENT,
    apply,
    bundle,
    notice,
    results,
    texts,
)
from tests.apply.postgres.cluster import Cluster

pytestmark = pytest.mark.in_turns

STRANGE = {"prior_card_number": "QQ00000001CD", "card_number": "QQ00000002CD"}
BRANCH = OWNER._replace(station="registry-02")


@contextmanager
def role_with(cluster: Cluster, **settings: str) -> Iterator[None]:
    """Let whoever keeps the server change what holds for the station's role."""
    role = sql.Identifier(STATION)
    with cluster.as_superuser() as keeper:
        for name, value in settings.items():
            command = sql.SQL("ALTER ROLE {} SET {} = {}")
            keeper.execute(command.format(role, sql.Identifier(name), sql.Literal(value)))
        try:
            yield
        finally:
            for name in settings:
                command = sql.SQL("ALTER ROLE {} RESET {}")
                keeper.execute(command.format(role, sql.Identifier(name)))
            keeper.execute(f"ALTER ROLE {STATION} SET log_error_verbosity = terse")


# --- its settings -----------------------------------------------------------


def test_talkative_log_is_refused(cluster: Cluster, place: PostgresPlace) -> None:
    """Claim C79."""
    with role_with(cluster, log_error_verbosity="default"):
        with pytest.raises(RegistryUnsuitableError) as refused:
            PostgresRegistry(place, OWNER)
        assert refused.value.facts["setting"] == "log_error_verbosity"
        assert refused.value.facts["wanted"] == "terse"
    with role_with(cluster, log_error_verbosity="default", log_min_messages="fatal"):
        PostgresRegistry(place, OWNER).close()


def has_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Let the server say that one of its settings, which need a start, is another."""
    real = Session.setting
    monkeypatch.setattr(
        Session, "setting", lambda session, each: value if each == name else real(session, each)
    )


def test_log_for_other_programs_is_never_terse(
    place: PostgresPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_setting(monkeypatch, "log_destination", "stderr, csvlog")
    with pytest.raises(RegistryUnsuitableError) as refused:
        PostgresRegistry(place, OWNER)
    assert refused.value.facts["setting"] == "log_destination"
    assert refused.value.facts["got"] == "csvlog"


@pytest.mark.parametrize(
    ("setting", "value"), [("fsync", "off"), ("server_encoding", "SQL_ASCII"),
                           ("full_page_writes", "off"), ("server_version_num", "120022")],
)  # fmt: skip
def test_server_that_would_not_keep_it_is_refused(
    place: PostgresPlace, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    has_setting(monkeypatch, setting, value)
    with pytest.raises(RegistryUnsuitableError):
        PostgresRegistry(place, OWNER)


def test_commit_is_durable_whatever_the_role_has(cluster: Cluster, place: PostgresPlace) -> None:
    with role_with(cluster, synchronous_commit="off"), PostgresRegistry(place, OWNER) as registry:
        assert registry._session.setting("synchronous_commit") == "on"


def test_refused_row_stands_in_no_log(cluster: Cluster, registry: PostgresRegistry) -> None:
    """Claim C79."""
    secret = {"card_number": NEW_CARD, "name_roman": "SECRET NAME", "birth_date": "17.5.1990"}
    with cluster.as_superuser() as keeper:
        before = len(cluster.log())
        keeper.execute("SELECT 1")
    with pytest.raises(RegistryRefusedError) as refused, registry._writing():
        registry._session.execute(
            "INSERT INTO resident (state, art30_45_category, sex, nationality_region, card_number,"
            " name_roman, birth_date) VALUES ('resident', '1', '1', 'USA', %s, %s, %s)",
            *secret.values(),
        )
    assert refused.value.facts["detail"] == "CheckViolation 23514"
    assert refused.value.__cause__ is None
    written = cluster.log()[before:]
    assert "violates check constraint" in written
    assert not any(value in written for value in secret.values())


# --- what it refuses --------------------------------------------------------


def test_second_writer_waits_and_is_refused(
    registry: PostgresRegistry, place: PostgresPlace
) -> None:
    with PostgresRegistry(place, OWNER) as other, registry.write_bundle():
        other._session.execute("SET lock_timeout = 1")
        assert other.count() == 1
        with pytest.raises(RegistryLockedError):
            apply(other, notice())
    assert list(registry.journal()) == []


def test_another_program_waits_for_the_end(
    cluster: Cluster, registry: PostgresRegistry, place: PostgresPlace
) -> None:
    with cluster.as_superuser() as program:
        program.execute("SET lock_timeout = 1")
        move = f"UPDATE {place.schema_}.resident SET state = 'moved_out'"  # noqa: S608 - ours
        with registry.write_bundle() as writer:
            assert writer.find_by_card(OLD_CARD) is not None
            with pytest.raises(psycopg.errors.LockNotAvailable):
                program.execute(move)
        program.execute(move)
    assert results(registry, notice()) == ["MOVED_OUT"]


def test_read_only_server(registry: PostgresRegistry) -> None:
    registry._session.execute("SET default_transaction_read_only = on")
    with pytest.raises(RegistryReadOnlyError):
        apply(registry, notice())


def test_rights_taken_away(cluster: Cluster, place: PostgresPlace) -> None:
    with cluster.as_superuser() as keeper:
        keeper.execute(f"CREATE SCHEMA {place.schema_}")
        with pytest.raises(RegistryAccessDeniedError):
            PostgresRegistry(place, OWNER)
        keeper.execute(f"ALTER SCHEMA {place.schema_} OWNER TO {STATION}")
    PostgresRegistry(place, OWNER).close()


def test_trigger_of_another_program(
    cluster: Cluster, registry: PostgresRegistry, place: PostgresPlace
) -> None:
    with cluster.as_superuser() as keeper:
        keeper.execute(
            f"CREATE FUNCTION {place.schema_}.refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''SECRET''; END'"
        )
        keeper.execute(
            f"CREATE TRIGGER refuse BEFORE UPDATE ON {place.schema_}.resident"
            f" FOR EACH ROW EXECUTE FUNCTION {place.schema_}.refuse()"
        )
    before = registry.fingerprint()
    with pytest.raises(RegistryRefusedError) as refused:
        apply(registry, notice())
    assert refused.value.facts["detail"] == "RaiseException P0001"
    assert registry.fingerprint() == before


# --- whose it is ------------------------------------------------------------


@pytest.mark.parametrize(
    "other", [OWNER._replace(city="other.example.jp"), OWNER._replace(mode="live")]
)
def test_another_city_or_mode_is_foreign(place: PostgresPlace, other: Owner) -> None:
    PostgresRegistry(place, OWNER).close()
    with pytest.raises(RegistryForeignError):
        PostgresRegistry(place, other)


def test_tables_of_another_program_are_foreign(cluster: Cluster, place: PostgresPlace) -> None:
    with cluster.as_superuser() as keeper:
        keeper.execute(f"CREATE SCHEMA {place.schema_} AUTHORIZATION {STATION}")
        keeper.execute(f"CREATE TABLE {place.schema_}.resident (id int)")
    with pytest.raises(RegistryForeignError):
        PostgresRegistry(place, OWNER)


def test_newer_tables_are_left_alone(registry: PostgresRegistry, place: PostgresPlace) -> None:
    registry._session.execute("UPDATE owner SET version = %s", len(schema.STEPS) + 1)
    with pytest.raises(RegistryNewerError):
        PostgresRegistry(place, OWNER)


def test_earlier_tables_are_brought_up_to_date(
    registry: PostgresRegistry, place: PostgresPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = "ALTER TABLE resident ADD COLUMN added text"
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, step))
    with PostgresRegistry(place, OWNER) as newer:
        assert newer._session.rows("SELECT version, (SELECT added FROM resident) FROM owner") == [
            (len(schema.STEPS), None)
        ]
    assert registry.count() == 1


def test_looking_makes_no_tables(cluster: Cluster, place: PostgresPlace) -> None:
    examine(place, OWNER)
    with cluster.as_superuser() as keeper:
        query = "SELECT count(*) FROM pg_namespace WHERE nspname = %s"
        assert keeper.execute(query, (place.schema_,)).fetchone() == (0,)


def test_stations_share_people_and_nothing_else(
    registry: PostgresRegistry, place: PostgresPlace
) -> None:
    stranger = notice(notice_id="N-9", **STRANGE)
    route = bundle().route.model_copy(update={"receiver": BRANCH.station})
    with PostgresRegistry(place, BRANCH) as branch:
        apply(registry, notice(), stranger)
        assert (branch.route_state("lgwan").seq, list(branch.journal())) == (0, [])
        assert list(branch.held()) == []
        found = branch.find_by_card(NEW_CARD)
        assert found is not None
        assert found.current
        # The same number of another route is another bundle, and the same record the same.
        info = bundle(bundle_id="b" * 32, sums_sha256="b" * 64, route=route)
        counts = apply_bundle(
            branch,
            info,
            texts(notice()),
            now=NOW,
            decided_by="clerk-2",
            before_commit=lambda _: None,
            names=NAMES,
        ).counts
        assert counts[Result.ALREADY_APPLIED] == 1
        assert branch.route_state("lgwan").seq == 1
    assert [entry.bundle.bundle_id for entry in registry.journal()] == [bundle().bundle_id]


def test_every_code_is_a_reason() -> None:
    codes = vars(psycopg.errors).values()
    known = [each for each in codes if isinstance(each, type) and issubclass(each, psycopg.Error)]
    told_as = {type(told(each("SECRET"), "r")) for each in known}
    assert all(issubclass(each, RegistryError) for each in told_as)
    assert "SECRET" not in str([told(each("SECRET"), "r") for each in known])
    assert len(told_as) > 6


def test_value_that_no_server_takes_is_refused_by_its_kind(place: PostgresPlace) -> None:
    rows = [RESIDENT | {"name_roman": "EXAMPLE\0ALICE"}]
    with PostgresRegistry(place, OWNER) as registry:
        with pytest.raises(RegistryRefusedError, match="DataError") as refused:
            registry.load_population(rows)
        assert registry.count() == 0
    assert "ALICE" not in repr(vars(refused.value))
    assert refused.value.__cause__ is None


def test_several_batches_are_as_one(
    registry: PostgresRegistry, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [
        notice(notice_id="N-1", sequence=1),
        notice(notice_id="N-2", sequence=2, prior_card_number=NEW_CARD, card_number="ZZ00000002CD"),
        notice(notice_id="N-1", sequence=1),
        notice(notice_id="N-3", sequence=3, prior_card_number=OLD_CARD, card_number="ZZ00000003CD"),
    ]
    at_once = results(registry, *batch)
    asked = registry._session.rows("SELECT * FROM resident")
    monkeypatch.setattr("mediabridge.apply.apply.APPLY_BATCH", 1)
    with PostgresRegistry(cluster.place(tmp_path / "other"), OWNER) as one_by_one:
        one_by_one.load_population([RESIDENT])
        assert results(one_by_one, *batch) == at_once
        assert one_by_one._session.rows("SELECT * FROM resident") == asked


def test_questions_grow_with_batches_only(
    registry: PostgresRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for name in ("rows", "execute", "copy_in"):
        real = getattr(registry._session, name)

        def counted(query: str, *rest: object, real: Callable[..., object] = real) -> object:
            asked.append(query)
            return real(query, *rest)

        monkeypatch.setattr(registry._session, name, counted)
    apply(registry, *(notice(notice_id=f"N-{n}", **STRANGE) for n in range(900)))
    assert len(asked) < 20
