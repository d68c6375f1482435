"""A command line with options: typer parses it by the annotations of the command's function.

A group that reads :mod:`mediabridge.cli._table` finds the command and imports its module.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from mediabridge.cli import _help, _options, _table
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._usage import in_our_words
from mediabridge.errors import UsageError
from mediabridge.locale import text, translate


def carry_out(context: Context, words: list[str]) -> Result | None:
    """Parse *words*, without the global options, and carry out the command that they name.

    Returns None where a page of help was asked for, and shown.

    Raises:
        UsageError: they name no command, or do not fit it.
        MediabridgeError: the command was refused.
    """
    group = _Group(context)
    try:
        # Not TyperGroup.main(): it would print errors itself, in English.
        with group.make_context("mediabridge", words) as call:
            result: Result = group.invoke(call)
    except typer.Exit:
        return None
    except typer.TyperException as error:
        raise UsageError(detail=in_our_words(error.format_message())) from error
    return result


class _Group(TyperGroup):
    """The commands of the table that begin with *name*, imported when they are called."""

    def __init__(self, context: Context, name: str = "", summary: str = "") -> None:
        super().__init__(name=name or "mediabridge", rich_markup_mode=None)
        self._context = context
        self._prefix = name
        self._summary = summary
        self._entries = _table.below(name)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Return the names in the order of the table."""
        return list(self._entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        """Import and return the command, or ``None`` when there is none of that name."""
        entry = self._entries.get(cmd_name)
        if entry is None:
            return None
        if not entry.module:
            return _Group(self._context, entry.name, translate(entry.help))
        return _command(self._context, entry, _table.function_of(entry))

    def get_help(self, ctx: Any) -> str:
        """Return the list of commands, without importing any."""
        summary = self._summary or text(
            "Carries notices between two networks that must never be joined, on USB media."
        )
        rows = [(word, translate(entry.help)) for word, entry in self._entries.items()]
        return _help.page(
            text("{command} [OPTIONS] COMMAND ...", command=ctx.command_path),
            summary,
            [(text("Commands"), rows), _global_options()],
        )


class _Command(TyperCommand):
    """One command, with its help in the reader's language."""

    def get_help(self, ctx: Any) -> str:
        """Return the command's page."""
        pieces = [piece for param in self.params for piece in param.get_usage_pieces(ctx)]
        return _help.page(
            " ".join([ctx.command_path, text("[OPTIONS]"), *pieces]),
            self.help or "",
            [
                (text("Arguments"), _help.parameters(self.params, ctx, "argument")),
                (text("Options"), _help.parameters(self.params, ctx, "option")),
                _global_options(),
            ],
        )


def _global_options() -> tuple[str, _help.Rows]:
    rows = [(name, translate(msgid)) for name, msgid in _help.GLOBAL_OPTIONS]
    return text("Options everywhere"), rows


def _command(context: Context, entry: _table.Entry, function: Callable[..., Result]) -> Any:
    """Return *function* as a typer command that receives *context* first."""

    def call(**options: Any) -> Result:
        if context.desk is None:
            return function(context, **options)
        with context.desk.admitted(entry, options) as seen:
            return function(context, **seen)

    signature = inspect.signature(function, eval_str=True, globals=_names_of(function))
    _, *parameters = signature.parameters.values()
    # typer reads options from the signature; the context is none of them.
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    info = CommandInfo(
        entry.name.split()[-1], cls=_Command, callback=call, help=translate(entry.help)
    )
    return get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)


def _names_of(function: Callable[..., Result]) -> dict[str, Any]:
    """Return the names that annotations of *function* may use.

    A command that can do without typer imports it, and the options that it shares with others,
    for the types alone.
    """
    return {"typer": typer, **vars(_options), **getattr(function, "__globals__", {})}
