"""Every adapter of the registry, as the contract tests need it. A new one is one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediabridge.apply import Registry
from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.sqlite import Owner

OWNER = Owner("training", "city.example.jp", "registry")
"""The station whose registry the tests open."""


@dataclass(frozen=True)
class Adapter:
    """How to open a registry of one kind, and how to see all that it knows about people."""

    open: Callable[[Path], Registry]
    """Opens the registry that belongs to a folder of the test, new or again."""
    population: Callable[[Any], list[tuple[Any, ...]]]
    """Returns every row about people, residents first and notes last, without bundles."""


def _rows(registry: SqliteRegistry) -> list[tuple[Any, ...]]:
    return [
        row
        for table in ("resident", "card", "note")
        for row in registry._connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - ours
    ]


def _embedded(folder: Path) -> Registry:
    return SqliteRegistry(folder / "registry.db", OWNER)


ADAPTERS: dict[type, Adapter] = {SqliteRegistry: Adapter(_embedded, _rows)}


def population(registry: Registry) -> list[tuple[Any, ...]]:
    """Everything *registry* knows about people, without the memory of bundles."""
    return ADAPTERS[type(registry)].population(registry)
