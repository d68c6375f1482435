"""Papers as the files that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.errors import UsageError
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.printed import Paper

Html = Annotated[
    Path | None, typer.Option("--html", help=n_("The HTML file to write."), dir_okay=False)
]
Pdf = Annotated[
    Path | None, typer.Option("--pdf", help=n_("The PDF/A file to write."), dir_okay=False)
]
Fonts = Annotated[
    list[Path] | None,
    typer.Option(
        "--fonts", help=n_("A folder of fonts for the PDF; may be repeated."), file_okay=False
    ),
]


def require_files(*files: Path | None) -> None:
    """Refuse a paper that is to be written nowhere, or in the place of no plain file.

    Raises:
        UsageError: none of *files* is given.
        OSError: what stands in the place of one is no plain file.
    """
    from mediabridge.durable import require_plain

    given = [file for file in files if file is not None]
    if not given:
        raise UsageError(detail=text("--html or --pdf is needed"))
    for file in given:
        require_plain(file.absolute())


def lay_out(
    papers: Sequence[Paper], html: Path | None, pdf: Path | None, fonts: Sequence[Path] | None
) -> list[str]:
    """Write *papers* to the files given, and return a line about each.

    Everything is laid out before the first file is put in place.

    Raises:
        ReportError: a library, a font or a character is missing.
        OSError: a file cannot be written.
    """
    from mediabridge.durable import write_durably
    from mediabridge.report import page
    from mediabridge.report.pdf import pdf as as_pdf

    made = []
    if html is not None:
        made.append((html, page.page(papers).encode()))
    if pdf is not None:
        made.append((pdf, as_pdf(papers, fonts or ())))
    for file, content in made:
        write_durably(file.absolute(), content)
    return [text("{title}: {file}", title=papers[0].title, file=file) for file, _ in made]
