"""Accepting a receipt: strict, bounded, one line at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, BinaryIO, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from mediabridge import canonical
from mediabridge.apply.journal import Outcome
from mediabridge.bundle.header import field_problems
from mediabridge.errors import ReceiptInvalidError
from mediabridge.receipt.issue import Head
from mediabridge.records.model import Kind, Result

_LINE_BYTES: Final = 4096

Code = Annotated[str, StringConstraints(pattern=r"^([A-Z][A-Z0-9_]{0,63})?\z")]
Municipality = Annotated[str, StringConstraints(pattern=r"^([0-9]{6})?\z")]
RecordId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}\z")]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    record: RecordId
    kind: Kind
    result: Result
    reason: Code
    next_municipality: Municipality


class ReceiptReader:
    """One receipt from a decrypted bundle: :attr:`head`, then the outcomes by iterating once."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        """Read the head from *stream*; *name* is the inner file named in an error.

        Raises:
            ReceiptInvalidError: the head is not in its one form.
        """
        self._stream = stream
        self._name = name
        try:
            self.head = Head.model_validate(self._document(1))
        except ValidationError as error:
            raise self._invalid(1, field_problems(error)) from None

    def __iter__(self) -> Iterator[Outcome]:
        """Yield the outcomes; those already taken must be dropped if this raises.

        Raises:
            ReceiptInvalidError: a line is not in its one form, or the lines are not
                as many of each result as the head says.
        """
        counted: Counter[str] = Counter()
        number = 1
        while line := self._line(number := number + 1):
            outcome = self._outcome(line, number)
            counted[outcome.result.value] += 1
            yield outcome
        if dict(counted) != {result: n for result, n in self.head.counts.items() if n}:
            raise self._invalid(number, "the counts do not add up")

    def _outcome(self, line: bytes, number: int) -> Outcome:
        try:
            parsed = _Line.model_validate(self._parse(line, number))
        except ValidationError as error:
            raise self._invalid(number, field_problems(error)) from None
        return Outcome(
            parsed.record,
            parsed.kind,
            parsed.result,
            parsed.reason or None,
            parsed.next_municipality or None,
        )

    def _document(self, number: int) -> object:
        return self._parse(self._line(number), number)

    def _parse(self, line: bytes, number: int) -> object:
        try:
            return canonical.load(line)
        except ValueError as error:
            raise self._invalid(number, str(error)) from None

    def _line(self, number: int) -> bytes:
        line = self._stream.readline(_LINE_BYTES)
        if line and not line.endswith(b"\n"):
            raise self._invalid(number, "the line is too long or cut off")
        return line[:-1]

    def _invalid(self, number: int, problem: str) -> ReceiptInvalidError:
        return ReceiptInvalidError(name=self._name, detail=f"line {number}: {problem}")
