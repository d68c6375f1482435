"""The table of commands is the one place that says what each of them does."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from mediabridge.cli import _table

PACKAGE = Path(_table.__file__).parent
COMMANDS = [entry for entry in _table.COMMANDS if entry.module]


def _functions(module: str) -> Iterator[ast.FunctionDef]:
    tree = ast.parse((PACKAGE / f"{module}.py").read_bytes())
    yield from (node for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_command_of_the_table_is_there() -> None:
    for entry in COMMANDS:
        module = import_module(f"mediabridge.cli.{entry.module}")
        assert callable(getattr(module, _table.function_name(entry))), entry.name


def test_what_a_command_does_is_said_in_the_table_only() -> None:
    commands = {(entry.module, _table.function_name(entry)) for entry in COMMANDS}
    modules = {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("_")}
    assert {module for module, _function in commands} <= modules
    for module in modules:
        for function in _functions(module):
            said = ast.get_docstring(function) is not None
            private = function.name.startswith("_")
            if not private or said:
                is_command = (module, function.name) in commands
                assert said is not is_command, f"{module}.{function.name}"


def test_what_a_command_does_fits_on_its_line() -> None:
    for entry in _table.COMMANDS:
        assert entry.help.endswith("."), entry.name
        assert "\n" not in entry.help
        assert len(entry.help) <= 80, entry.name
