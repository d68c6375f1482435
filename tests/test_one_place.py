"""What is done in one place is done nowhere else: a second copy would miss the next mending."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from mediabridge.kinds import Kind

PACKAGE = Path(__file__).parent.parent / "mediabridge"


@cache
def modules() -> dict[str, list[ast.AST]]:
    """Return every node of every module, by the module's path in the package."""
    return {
        path.relative_to(PACKAGE).as_posix(): list(ast.walk(ast.parse(path.read_bytes())))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def having(wanted: Callable[[ast.AST], bool]) -> set[str]:
    return {module for module, nodes in modules().items() if any(map(wanted, nodes))}


def spelt(node: ast.AST) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def naming(name: str) -> set[str]:
    return having(lambda node: spelt(node) == name)


def calling(name: str) -> set[str]:
    return having(lambda node: isinstance(node, ast.Call) and spelt(node.func) == name)


def spelling(pattern: str) -> set[str]:
    """Return the modules with a text that holds *pattern*, docstrings apart."""
    found = set()
    for module, nodes in modules().items():
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        texts = (
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and id(node) not in docstrings
        )
        if any(isinstance(each, str) and re.search(pattern, each) for each in texts):
            found.add(module)
    return found


@pytest.mark.parametrize(
    ("what", "found", "home"),
    [
        ("opens without following a link", naming("O_NOFOLLOW"), "plainfile.py"),
        ("makes a file that appears whole", calling("mkstemp"), "durable.py"),
        ("spells a kind of record", spelling("|".join(Kind)), "kinds.py"),
        ("spells a schema of a bundle", spelling(r"(receipt|translog)/[0-9]"), "kinds.py"),
        ("says that a medium failed", calling("MediumIoError"), "errors/_system.py"),
    ],
)
def test_one_module_does_it(what: str, found: set[str], home: str) -> None:
    assert found == {home}, f"one module {what}"


def test_only_what_touches_a_medium_flushes_by_itself() -> None:
    assert {each for each in naming("fsync") if not each.startswith("media/")} == {"durable.py"}


def test_every_refusal_of_a_model_is_shown_by_one_function() -> None:
    catching = having(
        lambda node: (
            isinstance(node, ast.ExceptHandler)
            and node.type is not None
            and "ValidationError" in ast.unparse(node.type)
        )
    )
    # The loader of records only asks whether a value fits: the field table says why it does not.
    assert catching - {"records/load.py"} == calling("field_problems")


def test_one_helper_opens_an_officers_key() -> None:
    opening = {each for each in calling("open_signer") if each.startswith("cli/")}
    # The demonstration plays both officers, with a passphrase of its own; whoever signs in a
    # ceremony, or asks for a place in the trust data, is no officer yet.
    elsewhere = {"cli/_demo_stage.py", "cli/_ceremony.py", "cli/trust_request.py"}
    assert opening == {"cli/_station.py", *elsewhere}


def test_models_are_built_when_they_are_first_used() -> None:
    """Building all of them takes longer than most commands, which use a few."""
    eager = {
        module
        for module, nodes in modules().items()
        for node in nodes
        if isinstance(node, ast.Call)
        and spelt(node.func) == "ConfigDict"
        and "defer_build" not in {each.arg for each in node.keywords}
    }
    assert eager == set()


def test_databases_are_opened_in_one_room() -> None:
    """Elsewhere what SQLite says would reach a person as an error within the program."""
    opening = having(
        lambda node: isinstance(node, ast.Call) and ast.unparse(node.func) == "sqlite3.connect"
    )
    # A benchmark's floor is what the database does without us.
    assert {Path(each).parts[0] for each in opening} == {"bench", "sqlite"}
