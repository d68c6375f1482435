"""The verdict: every check made on a bundle, each with got and wanted.

The officer's table, the screen, the log entry and ``--json`` are all rendered from
this one object, so that they cannot tell different stories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum, unique

from mediabridge.errors import MediabridgeError


@unique
class Step(StrEnum):
    """The steps of format 1, section 9, in their order."""

    TREE = "tree"
    TRUST = "trust"
    SIGNATURES = "signatures"
    HEADER = "header"
    FILES = "files"
    DECRYPT = "decrypt"
    MANIFEST = "manifest"
    LOG = "log"
    RECORDS = "records"
    APPLY = "apply"

    @property
    def number(self) -> int:
        """The step's number in the specification, from 1."""
        return list(Step).index(self) + 1


@dataclass
class Check:
    """One check: what was looked at, what was found, what was wanted."""

    step: Step
    name: str
    wanted: str = ""
    got: str = ""
    passed: bool = False
    reason: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the check for ``--json``; identifiers and counts only."""
        return {
            "step": self.step.number,
            "name": self.name,
            "passed": self.passed,
            "wanted": self.wanted,
            "got": self.got,
            "reason": self.reason,
        }


@dataclass
class Verdict:
    """The list of checks; a step cannot be made before the steps it rests on."""

    checks: list[Check] = field(default_factory=list)

    @contextmanager
    def check(self, step: Step, name: str, *, wanted: str = "") -> Iterator[Check]:
        """Record one check; an error inside marks it failed and goes on upwards.

        Raises:
            RuntimeError: a programming error: a step was made too early or again after
                a failure.
        """
        self._refuse_early(step)
        check = Check(step, name, wanted)
        self.checks.append(check)
        try:
            yield check
        except MediabridgeError as error:
            check.reason = error.reason
            check.got = check.got or error.reason
            raise
        check.passed = True

    @property
    def passed(self) -> bool:
        """True when every check made so far passed, and at least one was made."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def reached(self) -> int:
        """The number of the last step that was made, 0 for none."""
        return self.checks[-1].step.number if self.checks else 0

    @property
    def reason(self) -> str:
        """The reason of the check that failed, or an empty string."""
        return next((check.reason for check in self.checks if not check.passed), "")

    def codes(self) -> list[str]:
        """Return ``step.check:pass`` or ``…:fail`` for each check, as the log keeps it."""
        within: Counter[Step] = Counter()
        result = []
        for check in self.checks:
            within[check.step] += 1
            outcome = "pass" if check.passed else "fail"
            result.append(f"{check.step.number}.{within[check.step]}:{outcome}")
        return result

    def _refuse_early(self, step: Step) -> None:
        if any(not check.passed for check in self.checks):
            msg = f"step {step.number} after a failed check"
            raise RuntimeError(msg)
        if not self.reached <= step.number <= self.reached + 1:
            msg = f"step {step.number} follows step {self.reached}"
            raise RuntimeError(msg)
