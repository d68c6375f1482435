"""Every adapter of the registry, as the contract tests need it. A new one is one entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mediabridge.apply import Registry, open_registry
from mediabridge.apply.embedded import Embedded
from mediabridge.apply.places import DropFolderPlace, Place
from mediabridge.sqlite import Owner

OWNER = Owner("training", "city.example.jp", "registry")
"""The station whose registry the tests open."""

PEOPLE = ("resident", "card", "note")


@dataclass(frozen=True)
class Adapter:
    """How the registries of one kind are opened."""

    place: Callable[[Path], Place]
    """Returns where the registry is that belongs to a folder of the test, new or again."""

    def open(self, folder: Path, owner: Owner = OWNER) -> Registry:
        """Open the registry that belongs to *folder* for the station *owner*."""
        return open_registry(folder / "registry.db", owner, self.place(folder))


@dataclass(frozen=True)
class Kind:
    """One adapter: how it is made ready, and how to see all that it knows about people."""

    adapter: Callable[[pytest.FixtureRequest], Adapter]
    """Skips the test where what it needs is not installed."""
    query: Callable[[Any, str], Iterable[tuple[Any, ...]]]
    """Returns the rows of a query in its own language."""
    keeps_people: bool = True
    """Otherwise only that part of the contract is for it which is not about residents."""


def _drop_folder(folder: Path) -> DropFolderPlace:
    (folder / "in").mkdir(exist_ok=True)
    profile = Path(__file__).parents[3] / "docs" / "operations" / "dropfolder-csv.toml"
    return DropFolderPlace(adapter="dropfolder", folder=folder / "in", profile=profile)


ADAPTERS: dict[str, Kind] = {
    "SqliteRegistry": Kind(
        lambda _request: Adapter(lambda _folder: Embedded()),
        lambda registry, query: registry._connection.execute(query),
    ),
    "PostgresRegistry": Kind(
        lambda request: Adapter(request.getfixturevalue("cluster").place),
        lambda registry, query: registry._session.rows(query),
    ),
    "DropFolderRegistry": Kind(
        lambda _request: Adapter(_drop_folder),
        lambda registry, query: registry._connection.execute(query),
        keeps_people=False,
    ),
}
"""By the name of the class."""


def population(registry: Registry) -> list[tuple[Any, ...]]:
    """Every row about people in *registry*, residents first and notes last, without bundles."""
    query = ADAPTERS[type(registry).__name__].query
    tables = (f"SELECT * FROM {table} ORDER BY 1, 2" for table in PEOPLE)  # noqa: S608 - ours
    return [row for table in tables for row in query(registry, table)]
