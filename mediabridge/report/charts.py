"""Bars as plain shapes: where each one stands on a page, and what is written beside it.

Counts are read from lengths and digits, nothing from a colour; and beside every drawing there is
a list with the same counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mediabridge.report.layout import Bars

_WIDTH: Final = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 20, 10, 16, 24
_PLOT_HEIGHT: Final = 120
_NARROW: Final = 26
"""Room that a label of a bar takes; where bars are closer, not each of them has one."""
_ROW: Final = 20
_NAME_WIDTH: Final = 190
_UPRIGHT_FROM: Final = 8
"""So many bars stand; fewer lie, with their names before them."""


@dataclass(frozen=True)
class Bar:
    """One rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """A straight line of an axis."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Label:
    """A text at its place; *anchor* is ``start``, ``middle`` or ``end``."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True)
class Chart:
    """Everything to be drawn, in units of the view box."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]


def drawn(bars: Bars, *, lying: bool | None = None) -> Chart:
    """Return the drawing of *bars*: many of them stand side by side, a few lie."""
    few = len(bars.bars) < _UPRIGHT_FROM if lying is None else lying
    return _lying(bars) if few else _standing(bars)


def _standing(bars: Bars) -> Chart:
    most = max((count for _, count in bars.bars), default=0) or 1
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(bars.bars), 1)
    floor = _TOP + _PLOT_HEIGHT
    every = max(1, -(-int(_NARROW * 2) // max(int(step), 1)))
    shapes, labels = [], []
    for at, (name, count) in enumerate(bars.bars):
        x, height = _LEFT + at * step, _PLOT_HEIGHT * count / most
        if count:
            shapes.append(_bar(x + step * 0.15, floor - height, step * 0.7, height))
        middle = round(x + step / 2, 2)
        if count and (step >= _NARROW or count == most):
            labels.append(Label(middle, round(floor - height - 3, 2), "middle", f"{count:,}"))
        if at % every == 0:
            labels.append(Label(middle, floor + 13, "middle", name))
    axis = Line(_LEFT, floor, _WIDTH - _RIGHT, floor)
    return Chart(_WIDTH, floor + _BOTTOM, tuple(shapes), (axis,), tuple(labels))


def _lying(bars: Bars) -> Chart:
    most = max((count for _, count in bars.bars), default=0) or 1
    room = _WIDTH - _NAME_WIDTH - _RIGHT - 60
    shapes, labels = [], []
    for at, (name, count) in enumerate(bars.bars):
        y, width = at * _ROW, room * count / most
        if count:
            shapes.append(_bar(_NAME_WIDTH, y + 3, width, _ROW - 6))
        labels.append(Label(_NAME_WIDTH - 6, y + 13, "end", name))
        labels.append(Label(round(_NAME_WIDTH + width + 5, 2), y + 13, "start", f"{count:,}"))
    height = len(bars.bars) * _ROW
    axis = Line(_NAME_WIDTH, 0, _NAME_WIDTH, height)
    return Chart(_WIDTH, height, tuple(shapes), (axis,), tuple(labels))


def _bar(x: float, y: float, width: float, height: float) -> Bar:
    return Bar(round(x, 2), round(y, 2), round(width, 2), round(height, 2))
