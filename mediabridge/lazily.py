"""What a package has is imported when somebody asks for it.

A package whose ``__init__`` imports all its modules makes whoever needs the smallest of them
pay for the largest: each command would load every rule and every stage to read a setting.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def offered(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a *package* that offers these names of these modules."""
    places = {name: module for module, names in modules.items() for name in names}

    def find(name: str) -> Any:
        if name not in places:
            raise _no_attribute(package, name)
        return getattr(import_module(f"{package}.{places[name]}"), name)

    return find


def stages(package: str, names: Collection[str]) -> Callable[[str], ModuleType]:
    """Return the ``__getattr__`` of a *package* of which these modules are used by its name."""

    def find(name: str) -> ModuleType:
        if name not in names:
            raise _no_attribute(package, name)
        return import_module(f"{package}.{name}")

    return find


def _no_attribute(package: str, name: str) -> AttributeError:
    return AttributeError(f"module {package!r} has no attribute {name!r}")
