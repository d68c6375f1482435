"""A registry: filling it, asking it, opening it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mediabridge.apply import Registry
from mediabridge.errors import RegistryRefusedError
from tests.apply.contract.adapters import Adapter
from tests.apply.contract.conftest import Make
from tests.apply.people import NEW_CARD, OLD_CARD, RESIDENT, apply, notice, results

pytestmark = pytest.mark.in_turns


def test_content_outlives_closing(
    any_registry: Registry, any_adapter: Adapter, tmp_path: Path
) -> None:
    apply(any_registry, notice())
    before = any_registry.fingerprint()
    any_registry.close()
    with any_adapter.open(tmp_path) as again:
        assert again.fingerprint() == before
        assert len(list(again.journal())) == 1


def test_new_registry_is_empty(registry_of: Make) -> None:
    registry = registry_of()
    assert registry.count() == 0
    assert (list(registry.journal()), list(registry.held())) == ([], [])


def test_population_streams_in(adapter: Adapter, tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, str]]:
        for number in range(1000):
            yield RESIDENT | {"card_number": f"AB{number:08d}CD"}

    with adapter.open(tmp_path) as registry:
        assert registry.load_population(rows()) == 1000
        assert registry.count() == 1000
        found = registry.find_by_card("AB00000999CD")
        assert found is not None
        assert found.current


@pytest.mark.parametrize(
    "items",
    [
        {},
        {"card_number": "ab00000001cd"},
        {"card_number": NEW_CARD, "birth_date": "17.5.1990"},
        {"card_number": NEW_CARD, "birth_date": ""},
        {"card_number": NEW_CARD, "period_days": "many"},
        {"card_number": NEW_CARD, "name_roman": ""},
        {"secret": "x"},
    ],
)
def test_bad_population_is_refused(adapter: Adapter, tmp_path: Path, items: dict[str, str]) -> None:
    with adapter.open(tmp_path) as registry:
        before = registry.fingerprint()
        with pytest.raises(RegistryRefusedError, match="row 2") as refused:
            registry.load_population([RESIDENT, RESIDENT | items])
        assert all(value not in str(refused.value) for value in items.values() if value)
        assert registry.fingerprint() == before


def test_population_is_loaded_once(registry: Registry) -> None:
    before = registry.fingerprint()
    with pytest.raises(RegistryRefusedError):
        registry.load_population([RESIDENT | {"card_number": NEW_CARD}])
    assert registry.fingerprint() == before


def test_unknown_card_finds_nobody(registry: Registry) -> None:
    assert registry.find_by_card(NEW_CARD) is None
    assert registry.find_by_card("' OR 1 --") is None


def test_resident_precedes_removed(registry_of: Make) -> None:
    moved = RESIDENT | {"state": "moved_out"}
    with registry_of(RESIDENT, moved) as registry:
        found = registry.find_by_card(OLD_CARD)
        assert found is not None
        assert (found.current, found.resident.state) == (True, "resident")


def test_every_change_shows(any_registry: Registry) -> None:
    seen = {any_registry.fingerprint()}
    apply(any_registry)
    seen.add(any_registry.fingerprint())
    apply(any_registry, notice(), seq=2)
    seen.add(any_registry.fingerprint())
    assert len(seen) == 3


@pytest.mark.parametrize(
    "name",
    [
        "葛\U000e0100飾",
        "か\u3099",
        "が",
        "ＡＢ",
        "\u00c5",
        "A\u030a",
        "髙\u3000﨑",
        "𠮷",
        "a\\N\\.\tb",
    ],
)
def test_name_comes_back_code_point_for_code_point(registry_of: Make, name: str) -> None:
    with registry_of(RESIDENT | {"name_kanji": name}) as registry:
        found = registry.find_by_card(OLD_CARD)
        assert found is not None
        assert found.resident.name_kanji == name
        # Through the writer and back, too.
        assert results(registry, notice(name_roman="EXAMPLE ALICE")) == ["applied"]
        (entered,) = registry.changes_by("N-0001")
        found = registry.find_by_card(NEW_CARD)
        assert found is not None
        assert found.resident.name_kanji == name
        assert "name_kanji" not in entered.after
