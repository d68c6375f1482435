"""What pydantic refused, said so that it may stand on a screen and in a log.

The one way to show a ``ValidationError``: places and rules, never the values. Whoever
wrote the document also chose the names in it, so these are shown as plain ASCII, cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from mediabridge.locale import n_, text, translate

_SHOWN: Final = 20
"""Problems named; the rest are counted."""

_NAME_CHARACTERS: Final = 40
_WORDS: Final = (
    ("missing", n_("missing")),
    ("extra_forbidden", n_("not expected")),
    ("pattern", n_("not in the required form")),
    ("literal", n_("none of the allowed values")),
    ("enum", n_("none of the allowed values")),
    ("_than", n_("out of range")),
    ("too_long", n_("too long")),
    ("too_short", n_("too short")),
    ("_type", n_("of another type")),
    ("", n_("not allowed")),
)
"""Part of pydantic's name of a rule, to our words for it; the first that fits counts."""


def field_problems(error: ValidationError) -> str:
    """Name every offending field and the rule it breaks, never the value."""
    problems = error.errors(include_input=False, include_url=False)
    shown = [
        f"{'.'.join(_visible(step) for step in problem['loc'])}: {_rule(problem)}".removeprefix(
            ": "
        )
        for problem in problems[:_SHOWN]
    ]
    if more := len(problems) - len(shown):
        shown.append(text("and {count} more", count=more))
    return "; ".join(shown)


def _visible(step: int | str) -> str:
    return ascii(step).strip("'")[:_NAME_CHARACTERS]


def _rule(problem: Mapping[str, Any]) -> str:
    """Return our own sentence where a rule is ours, else our words for pydantic's rule."""
    cause = problem.get("ctx", {}).get("error")
    # A subclass comes from a library, and some repeat what they were given.
    if type(cause) is ValueError:
        return str(cause)
    return translate(next(words for part, words in _WORDS if part in problem["type"]))
