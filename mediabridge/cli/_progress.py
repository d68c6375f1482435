"""Progress on stderr: a bar at a terminal, a line every few seconds anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from mediabridge.locale import text, translate
from mediabridge.locale.printing import printable
from mediabridge.progress import Progress
from mediabridge.shown.pace import minutes, percent, speed

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

BAR_COLUMNS = 30
SECONDS_BETWEEN_LINES = 5.0


def progress_for(stream: TextIO) -> Progress:
    """Return a bar when *stream* is a terminal, else a writer of lines."""
    return BarProgress() if stream.isatty() else LineProgress(stream)


class LineProgress:
    """Writes percent done, time left and speed, at most every few seconds."""

    def __init__(self, stream: TextIO, seconds: Callable[[], float] = time.monotonic) -> None:
        """Write to *stream*; *seconds* is any clock that only goes forward."""
        self._stream = stream
        self._seconds = seconds
        self._label = ""
        self._total = self._done = 0
        self._counted = False
        self._started = self._written = 0.0

    def start(self, label_msgid: str, total: int, *, counted: bool = False) -> None:
        """Begin a step of *total* bytes, or things that are *counted*."""
        self._label, self._total, self._done = translate(label_msgid), total, 0
        self._counted = counted
        self._started = self._written = self._seconds()

    def advance(self, n: int) -> None:
        """Add *n* bytes, and write a line when the last one is old enough."""
        self._done += n
        now = self._seconds()
        if now - self._written >= SECONDS_BETWEEN_LINES:
            self._written = now
            self._line(now - self._started)

    def finish(self) -> None:
        """End the step."""
        self._label, self._total = "", 0

    def _line(self, elapsed: float) -> None:
        left = elapsed * max(self._total - self._done, 0) / max(self._done, 1)
        facts = {
            "label": self._label,
            "percent": percent(self._done, self._total),
            "left": minutes(left),
        }
        if self._counted:
            line = text("{label}: {percent}%, about {left} left", **facts)
        else:
            fast = speed(self._done / max(elapsed, 1e-6))
            line = text("{label}: {percent}%, about {left} left, {speed}", **facts, speed=fast)
        with suppress(OSError):
            print(printable(line), file=self._stream, flush=True)


class BarProgress:
    """Draws one line on the terminal and removes it when the step ends."""

    def __init__(self) -> None:
        """Draw nothing yet."""
        self._bar: RichProgress | None = None

    def start(self, label_msgid: str, total: int, *, counted: bool = False) -> None:
        """Begin a step of *total* units, ending any step before it."""
        self.finish()
        self._bar = _rich_bar(with_speed=not counted)
        self._bar.add_task(translate(label_msgid), total=total)
        self._bar.start()

    def advance(self, n: int) -> None:
        """Add *n* bytes to what is done."""
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0], n)

    def finish(self) -> None:
        """End the step and clear its line."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _rich_bar(*, with_speed: bool) -> RichProgress:
    # rich takes a tenth of a second to import; short commands never draw a bar.
    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class AsciiBar(ProgressColumn):
        """rich's own bar has characters that Japanese terminals draw twice as wide."""

        def render(self, task: Task) -> Text:
            """Return the bar, the percentage, and the label."""
            done = percent(int(task.completed), int(task.total or 0))
            filled = done * BAR_COLUMNS // 100
            bar = "#" * filled + "." * (BAR_COLUMNS - filled)
            return Text(f"[{bar}] {done:3d}%  {task.description}")

    class Speed(ProgressColumn):
        """rich's own column knows no language and shows a question mark at first."""

        def render(self, task: Task) -> Text:
            """Return the speed of the last seconds."""
            return Text(speed(task.speed))

    return RichProgress(
        AsciiBar(),
        TimeRemainingColumn(),
        *([Speed()] if with_speed else []),
        console=Console(file=sys.stderr, highlight=False),
        transient=True,
    )
