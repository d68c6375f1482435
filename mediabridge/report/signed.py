"""The report as the paper that is signed off: the same sections as the page, for PDF/A."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from mediabridge.bundle.terms import Mode
from mediabridge.locale import language, said, text
from mediabridge.printed import Blanks, Block, Facts, Heading, Paper, Picture, Table, Text
from mediabridge.report import heading
from mediabridge.report.charts import Chart, drawn
from mediabridge.report.layout import Bars, Grid, Section, is_number, shown
from mediabridge.report.model import Report
from mediabridge.report.sections import sections


def paper(report: Report) -> Paper:
    """Return *report* as a paper, in the language in use."""
    mode = "training" if report.training else "live"
    about = heading.about(report)
    return Paper(
        title=heading.title(),
        lang=language(),
        mode=mode,
        mode_said=str(said(Mode.of(mode))),
        foot=", ".join(value for _, value in about),
        made=report.as_of,
        blocks=tuple(_blocks(report)),
    )


def _blocks(report: Report) -> Iterator[Block]:
    yield Facts(heading.about(report))
    if report.training:
        yield Text(heading.training_mark(report))
    yield Blanks(heading.signed())
    for section in sections(report):
        yield from _section(section)


def _section(section: Section) -> Iterator[Block]:
    yield Heading(section.title)
    yield from map(Text, section.lines)
    for bars in section.bars:
        yield _picture(bars)
    for grid in section.grids:
        yield from _grid(grid)


def _grid(grid: Grid) -> Iterator[Block]:
    if not grid.rows:
        yield Text(f"{grid.caption}: {text('There is none.')}")
        return
    right = frozenset(
        column
        for column, cells in enumerate(zip(*grid.rows, strict=True))
        if any(is_number(cell) for cell in cells)
    )
    rows = tuple(tuple(map(shown, row)) for row in grid.rows)
    yield Table(grid.headings, rows, right, grid.caption)
    if grid.more:
        yield Text(text("{count} more are not listed.", count=grid.more))


def _picture(bars: Bars) -> Picture:
    """Return *bars* drawn, black on white, with the title above."""
    return Picture(svg_of(drawn(bars)), f"{bars.title} {bars.said}", bars.title)


def svg_of(chart: Chart) -> str:
    """Return *chart* as one ``<svg>``."""
    shapes = [
        *(f'<rect x="{bar.x}" y="{bar.y}" width="{bar.width}" height="{bar.height}"/>'
          for bar in chart.bars),
        *(f'<path stroke="#000" d="M{line.x1} {line.y1}L{line.x2} {line.y2}"/>'
          for line in chart.lines),
        *(f'<text x="{label.x}" y="{label.y}" text-anchor="{label.anchor}">'
          f"{escape(label.text)}</text>" for label in chart.labels),
    ]  # fmt: skip
    size = f'viewBox="0 0 {chart.width} {chart.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11"'
        f' fill="#333">{"".join(shapes)}</svg>'
    )
