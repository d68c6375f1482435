"""Whether anything may be skipped here: where MEDIABRIDGE_REQUIRE is "all", nothing may.

A module of its own, because the tests of the rig have a ``conftest`` of their own.
"""

import importlib
import os
from typing import Final, NoReturn

import pytest

REQUIRE_ALL: Final = os.environ.get("MEDIABRIDGE_REQUIRE") == "all"


def missing(what: str) -> NoReturn:
    """Skip because of *what* is not here; where nothing may be skipped, fail."""
    if REQUIRE_ALL:
        pytest.fail(f"{what}, but MEDIABRIDGE_REQUIRE=all")
    pytest.skip(what)


def require_library(name: str) -> None:
    """Skip a file whose tests need a library that is not here; where nothing may be, fail."""
    if REQUIRE_ALL:
        importlib.import_module(name)
    else:
        pytest.importorskip(name)
