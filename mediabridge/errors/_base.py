"""What every error has: a reason, an exit code, a sentence and a hint."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, unique
from typing import Any, ClassVar


@unique
class ExitCode(IntEnum):
    """Process exit codes: what the reasons sum up to for a shell (docs/reasons.md)."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    BUNDLE_CONTENT = 10
    BUNDLE_ORDER = 11
    LOG_ALARM = 20
    NOTHING_NEW = 21
    MEDIUM = 30
    RECORDS = 40
    REGISTRY = 50
    APPROVAL = 60
    CONFIGURATION = 70
    INTERRUPTED = 130
    TERMINATED = 143


class MediabridgeError(Exception):
    """Root of everything mediabridge raises on purpose."""

    reason: ClassVar[str] = ""
    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL
    sentence: ClassVar[str] = ""
    hint: ClassVar[str] = ""

    verdict: Any = None
    """The checks made so far (:class:`mediabridge.verify.Verdict`), when a bundle was examined."""

    def __init__(self, **facts: Any) -> None:
        """Keep *facts*; they fill the templates and go into logs and verdicts."""
        self.facts = facts
        super().__init__(self.render(self.sentence))

    def render(self, template: str, said: Callable[[Any], Any] = lambda fact: fact) -> str:
        """Fill *template* (the sentence or hint, possibly translated) with the facts.

        *said* makes of a fact what it is called on the screen.
        """
        return template.format_map(_Facts({name: said(fact) for name, fact in self.facts.items()}))


class _Facts(dict[str, Any]):
    """A fact nobody supplied shows as ``?`` instead of hiding the error itself."""

    def __missing__(self, key: str) -> str:
        return "?"
