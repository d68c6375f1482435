"""What is typed without an option goes to its command as typer would give it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mediabridge.cli import _plain_words, _table, _typed
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result

PLAIN = [
    (each, count) for each in _table.COMMANDS if each.plain is not None for count in each.plain
]
WORDS = ("日本 x\ny", "")


def noting(function: Any, seen: list[dict[str, Any]]) -> Callable[..., Result]:
    """Return what looks like *function* and puts all that it is given into *seen*, by name."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    last = names[len(names) - len(function.__defaults__ or ()) :]
    left_out = dict(zip(last, function.__defaults__ or (), strict=True))
    left_out |= function.__kwdefaults__ or {}

    def note(*values: Any, **named: Any) -> Result:
        seen.append(left_out | dict(zip(names, values, strict=False)) | named)
        return Result()

    note.__wrapped__ = function  # type: ignore[attr-defined]
    return note


@pytest.mark.parametrize(("entry", "count"), PLAIN)
def test_a_command_is_given_what_typer_would_give_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entry: _table.Entry, count: int
) -> None:
    function, seen = _table.function_of(entry), list[dict[str, Any]]()
    monkeypatch.setattr(_table, "function_of", lambda _: noting(function, seen))
    names = partial(_typed._names_of, function)
    monkeypatch.setattr(_typed, "_names_of", lambda _: names())
    context, words = Context(tmp_path), [*entry.name.split(), *WORDS[:count]]
    call = _plain_words.call_of(words)
    assert call is not None
    call(context)
    assert _typed.carry_out(context, words) is not None
    plainly, by_typer = seen
    assert plainly == by_typer
    assert set(WORDS[:count]) <= {each for each in plainly.values() if isinstance(each, str)}


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["status", "x"],
        ["status", "--help"],
        ["bundles"],
        ["bundles", "list", "--all"],
        ["bundles", "show"],
        ["lookup", "-"],
        ["lookup", "--", "x"],
        ["lookup", "x", "--asked"],
        ["lookup", "x", "y"],
        ["seal"],
        ["nothing"],
    ],
)
def test_everything_else_is_parsed(words: list[str]) -> None:
    assert _plain_words.call_of(words) is None
