"""What became of what was to be taken in, and the question in which encoding a file is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mediabridge.errors import MediabridgeError, WrongRecordsError
from mediabridge.kiosk.hints import hint_at_desk, without_commands
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.kiosk.several import Several
from mediabridge.locale import language, sentence_of, text, translate
from mediabridge.shown.collected import encoding_called, error_lines, more_line
from mediabridge.shown.values import printable

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.records.encoding import Encoding

Others = Mapping["Encoding", Callable[[], Page]]
"""By encoding: what takes the same file in as one that is in it."""


@dataclass(frozen=True)
class Became:
    """What became of one file, or of the change rows."""

    lines: Callable[[], Iterable[str]]
    """What there is to say of it, in the language in use."""
    error: MediabridgeError | None = None
    """Why it was refused, if it was."""

    @classmethod
    def refused(cls, error: MediabridgeError, name: str = "") -> Became:
        """Return that the file *name*, or all rows, were refused by *error*."""
        return cls(partial(_refused, error, name), error)


class TakenIn(Page):
    """What became of each: taken in, or every error in plain words."""

    def __init__(
        self,
        session: Session,
        title_msgid: str,
        became: Sequence[Became],
        others: Others | None = None,
    ) -> None:
        """Show what *became* of them; one file that could not be read may be one of *others*."""
        super().__init__(session)
        self._title = title_msgid
        self._became = became
        self._others = others or {}

    def title(self) -> str:
        """Say whether all were right."""
        return translate(self._title)

    def lines(self) -> Sequence[Line]:
        """Return what was taken in, what is worth a look, and what is wrong."""
        if not self._became:
            return [text("The file is still being written. Look again in a moment.")]
        return list(without_commands(line for each in self._became for line in each.lines()))

    def choices(self) -> Sequence[Choice]:
        """Return the next steps."""
        return list(self._choices())

    def _choices(self) -> Iterator[Choice]:
        from mediabridge.kiosk.files import looking
        from mediabridge.kiosk.prepare import Preparing

        if self._others:
            yield Choice("3", text("It is in another encoding"), self._asked)
        yield Choice("2", text("Make ready what waits"), lambda: Preparing(self.session))
        yield Choice("1", text("Something else to take in"), lambda: looking(self.session))
        yield Choice("0", text("Back to the beginning"), self.session.home)

    def _asked(self) -> Page:
        return WhichEncoding(self.session, self._others)


class WhichEncoding(Several):
    """In which encoding a file was written that names none."""

    def __init__(self, session: Session, others: Others) -> None:
        """Ask for one of *others*."""
        super().__init__(session)
        self._others = others

    def title(self) -> str:
        """Ask."""
        return text("In which encoding was the file written?")

    def lines(self) -> Sequence[Line]:
        """Say who knows, and what comes of a wrong answer."""
        usual = text("Ask whoever made the file. The first one is the usual one.")
        told = usual if len(self._others) > 1 else text("Ask whoever made the file.")
        return [told, text("Do not guess: in a wrong encoding some kanji are taken for others.")]

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return those that it may be in."""
        return [(encoding_called(each), then) for each, then in self._others.items()]


def _refused(error: MediabridgeError, name: str) -> Iterator[str]:
    of = f"{printable(name)}: " if name else ""
    yield f"! {of}{sentence_of(error)}"
    if isinstance(error, WrongRecordsError):
        yield from error_lines(error, language())
        yield from more_line(error)
    yield text("What to do: {hint}", hint=hint_at_desk(error))
    yield text("Code for the security officer: {code}", code=error.reason)
