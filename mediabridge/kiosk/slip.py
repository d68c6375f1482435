"""The carrying slip of a medium, written where somebody can print it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.kiosk.errand import Errand
from mediabridge.kiosk.page import Choice, Line, Page
from mediabridge.kiosk.several import Several
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.kiosk.session import Session
    from mediabridge.printed import Paper


def slips(session: Session, media: Sequence[str]) -> Page:
    """Return what writes the slip of the one of *media*, or asks of which."""
    if len(media) == 1:
        return _writing(session, media[0])
    return WhichMedium(session, media)


class WhichMedium(Several):
    """Of which medium the slip is."""

    def __init__(self, session: Session, media: Sequence[str]) -> None:
        """Ask for one of *media*."""
        super().__init__(session)
        self._media = media

    def title(self) -> str:
        """Ask."""
        return text("Of which medium shall the slip be?")

    def every(self) -> Sequence[tuple[str, Callable[[], Page]]]:
        """Return their numbers."""
        return [(medium, partial(_writing, self.session, medium)) for medium in self._media]


def _writing(session: Session, medium: str) -> Page:
    def step() -> Page:
        from mediabridge.report import slip

        with session.station() as station:
            made = slip.slip_of(station, medium)
            stamp = station.clock.now().strftime("%Y%m%d-%H%M%S")
        paper = slip.paper(made)
        return Written(session, paper.title, _write(session, paper, f"slip-{medium}-{stamp}"))

    return Errand(session, n_("Writing the carrying slip"), lambda _: step())


def _write(session: Session, paper: Paper, name: str) -> Path:
    """Write *paper* as PDF, or as a page for a browser where this machine makes no PDF."""
    from mediabridge.durable import write_durably
    from mediabridge.errors import ReportError
    from mediabridge.report.page import page
    from mediabridge.report.pdf import pdf

    tray = session.means.tray
    assert tray is not None  # noqa: S101 - otherwise nothing leads here
    try:
        content, name = pdf([paper]), f"{name}.pdf"
    except ReportError:
        content, name = page([paper]).encode(), f"{name}.html"
    with tray.made(name) as path:
        write_durably(path.absolute(), content)
        return path


class Written(Page):
    """Says where the slip is."""

    def __init__(self, session: Session, title: str, path: Path) -> None:
        """Name the file at *path*."""
        super().__init__(session)
        self._paper = title
        self._path = path

    def title(self) -> str:
        """Say that it is done."""
        return text("The carrying slip is written.")

    def lines(self) -> Sequence[Line]:
        """Return its file, and what to do with it."""
        return [
            text("{title}: {file}", title=self._paper, file=self._path),
            text("Print it; it goes with the medium and is kept where it arrives."),
        ]

    def choices(self) -> Sequence[Choice]:
        """Return the way back."""
        return [Choice("0", text("Back to the beginning"), self.session.home)]
