"""A command line without options: its words go to the command as they stand.

There is nothing in it to parse. The library that parses the others takes longer to load than all
that ``status`` has to do, so it is left out where the table says that a command may do without
(:attr:`mediabridge.cli._table.Entry.plain`); the tests hold what the function is given then
against what typer would give it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mediabridge.cli import _table
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result


def call_of(words: Sequence[str]) -> Callable[[Context], Result] | None:
    """Return what carries out *words*; None where they have to be parsed.

    *words* are those that were typed, without the global options.
    """
    entry = next((each for each in _table.COMMANDS if _fits(each, words)), None)
    if entry is None:
        return None
    function = _table.function_of(entry)
    given = words[len(entry.name.split()) :]
    return lambda context: function(context, *given)


def _fits(entry: _table.Entry, words: Sequence[str]) -> bool:
    name = entry.name.split()
    given = words[len(name) :]
    if entry.plain is None or list(words[: len(name)]) != name or len(given) not in entry.plain:
        return False
    # What begins so is an option, asks for help, or says that no option follows.
    return not any(word.startswith("-") for word in given)
