"""No command is forgotten: each is disturbed at every call, or it is said why not."""

from __future__ import annotations

from journeys.commands import COMMANDS, LEFT_OUT

from mediabridge.cli import _table


def test_every_command_is_disturbed_or_named() -> None:
    names = [entry.name for entry in _table.COMMANDS if entry.module]
    typed = [" ".join(stage.words) + " " for stage in COMMANDS.values()]
    disturbed = {name for name in names if any(words.startswith(f"{name} ") for words in typed)}
    left_out = [name for why in LEFT_OUT.values() for name in why]
    assert sorted([*disturbed, *left_out]) == sorted(names)
