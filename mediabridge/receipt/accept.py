"""Accepting a receipt: strict, bounded, one line at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from mediabridge import canonical
from mediabridge.apply.journal import Outcome
from mediabridge.clock import from_rfc3339
from mediabridge.config import LIMITS, Limits
from mediabridge.errors import ReceiptInvalidError
from mediabridge.kinds import Kind
from mediabridge.locale import text
from mediabridge.receipt.issue import Head
from mediabridge.records.result import Result
from mediabridge.records.types import RecordId
from mediabridge.validation import field_problems

_WITHOUT_REASON: Final = frozenset({Result.APPLIED, Result.ALREADY_APPLIED, Result.HANDED_OVER})

_LINE: Final = re.compile(
    rb'(\{"kind":"[a-z_]+","next_municipality":"[0-9]*","reason":"[A-Z0-9_]*","record":")'
    rb'([A-Za-z0-9][A-Za-z0-9._-]{0,31})(","result":"[a-z_]+"\})'
)
"""A line that is surely canonical if another one is that has only another record in it."""

_REMEMBERED: Final = 4096
"""What is said of records in so many ways is looked at once; few receipts have twenty."""

Code = Annotated[str, StringConstraints(pattern=r"^([A-Z][A-Z0-9_]{0,63})?\z")]
Municipality = Annotated[str, StringConstraints(pattern=r"^([0-9]{6})?\z")]


class _Line(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    record: RecordId
    kind: Kind
    result: Result
    reason: Code
    next_municipality: Municipality

    def outcome(self) -> Outcome:
        """Return the outcome; an empty text stands for an absent item.

        Raises:
            ValueError: an item stands where it has no meaning, or is missing.
        """
        if (self.reason == "") != (self.result in _WITHOUT_REASON):
            msg = text("reason does not go with {result}", result=self.result)
            raise ValueError(msg)
        if self.next_municipality and self.result is not Result.MOVED_OUT:
            msg = text("next_municipality does not go with {result}", result=self.result)
            raise ValueError(msg)
        reason, code = self.reason or None, self.next_municipality or None
        return Outcome(self.record, self.kind, self.result, reason, code)


def _check_supplement(head: Head) -> None:
    """Refuse a supplement that is not one decision, on one record or on several of a population.

    Raises:
        ValueError: it counts none, or several results, or one that nobody decides.
    """
    told = [result for result, count in head.counts.items() if count]
    if head.supplement and (len(told) != 1 or not Result.of(told[0]).is_decision):
        msg = text("a supplement is one decision, with one result")
        raise ValueError(msg)


def _check_outcomes(head: Head) -> None:
    """Refuse what is said of software where nobody says it, or without saying why.

    Raises:
        ValueError: a supplement speaks of software, or a refusal has no reason, or reverse.
    """
    said = head.software or ()
    if (said and head.supplement) or any(
        (each.result == "refused") != bool(each.reason) for each in said
    ):
        msg = text("what it says of software means nothing")
        raise ValueError(msg)


def _check_together(head: Head, outcome: Outcome) -> None:
    """Refuse one decision on several records that are not of a population.

    Raises:
        ValueError: the supplement *head* counts several, and *outcome* is of a notice.
    """
    several = head.supplement and sum(head.counts.values()) > 1
    if several and outcome.kind is not Kind.ISA_POPULATION:
        msg = text("a supplement is one decision on one record, unless it is of a population")
        raise ValueError(msg)


class _Told(NamedTuple):
    """What a line says of its record."""

    kind: Kind
    result: Result
    reason: str | None
    next_municipality_code: str | None


class LineStream(Protocol):
    """What a receipt is read from, line by line."""

    def readline(self, size: int = -1, /) -> bytes:
        """Return the next line, or its first *size* bytes; nothing at the end."""


class ReceiptReader:
    """One receipt from a decrypted bundle: :attr:`head`, then the outcomes by iterating once."""

    def __init__(self, stream: LineStream, name: str, limits: Limits = LIMITS) -> None:
        """Read the head from *stream*; *name* is the inner file named in an error.

        Raises:
            ReceiptInvalidError: the head is not in its one form.
        """
        self._stream = stream
        self._name = name
        self._limits = limits
        self._number = 0
        self._known: dict[tuple[bytes, bytes], _Told] = {}
        with self._refusing():
            line = self._next_line()
            self.head = Head.model_validate(canonical.load(line))
            # pydantic also takes a default and a Python name for a member; the format does not.
            if self.head.to_line() != line + b"\n":
                msg = text("not in the one form")
                raise ValueError(msg)
            from_rfc3339(self.head.decided_at)
            _check_supplement(self.head)
            _check_outcomes(self.head)

    def __iter__(self) -> Iterator[Outcome]:
        """Yield the outcomes; those already taken must be dropped if this raises.

        Raises:
            ReceiptInvalidError: a line is not in its one form, or the lines are not
                as many of each result as the head says.
        """
        expected = Counter[str](self.head.counts)
        with self._refusing():
            while line := self._next_line():
                outcome = self._outcome(line)
                expected[outcome.result] -= 1
                if expected[outcome.result] < 0:
                    msg = text(
                        "more records with result {result} than the head says",
                        result=outcome.result,
                    )
                    raise ValueError(msg)
                yield outcome
            if missing := expected.total():
                msg = text("fewer records than the head says; missing: {count}", count=missing)
                raise ValueError(msg)

    def _outcome(self, line: bytes) -> Outcome:
        """Return what *line* says, looked at closely unless one said the same of another record.

        Raises:
            ValueError: it is not in its one form, or does not go with the head.
        """
        parts = _LINE.fullmatch(line)
        known = self._known.get((parts[1], parts[3])) if parts is not None else None
        if parts is not None and known is not None:
            return Outcome(parts[2].decode("ascii"), *known)
        outcome = _Line.model_validate(canonical.load(line)).outcome()
        _check_together(self.head, outcome)
        if parts is not None and len(self._known) < _REMEMBERED:
            self._known[parts[1], parts[3]] = _Told(
                outcome.kind, outcome.result, outcome.reason, outcome.next_municipality_code
            )
        return outcome

    def _next_line(self) -> bytes:
        """Return the next line without its line feed, or nothing at the end of the file."""
        self._number += 1
        line = self._stream.readline(self._limits.receipt_line_bytes)
        if line == b"\n":
            msg = text("the line is empty")
            raise ValueError(msg)
        if line and not line.endswith(b"\n"):
            msg = text("the line is too long or cut off")
            raise ValueError(msg)
        return line.removesuffix(b"\n")

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except ValidationError as error:
            problem = field_problems(error)
        except ValueError as error:
            problem = str(error)
        else:
            return
        detail = text("line {number}: {problem}", number=self._number, problem=problem)
        raise ReceiptInvalidError(name=self._name, detail=detail)
