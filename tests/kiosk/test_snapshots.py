"""Every page as it was looked at and found right: at three sizes, in both languages.

What differs from run to run (times, ids, hashes, sizes) is written over, as wide as it is.
``make snapshots`` writes them anew; with ``PICTURES=folder`` also as pages for a browser, to be
looked at in a font that has Japanese characters as wide as two others.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable, Sequence
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from kiosk.seat import SIZES, Port, Seat, check_columns, play, session_of
from kiosk.test_carrying import LGWAN, NOTICES, collected
from kiosk.test_sizes import answers_are_there, body_of, pages
from stations.days import Day
from stations.sticks import Stick

from mediabridge.kiosk.session import Worker
from mediabridge.locale import Language, show_times_in

pytestmark = pytest.mark.in_turns

KEPT = Path(__file__).with_name("snapshots")
WRITES = os.environ.get("MEDIABRIDGE_SNAPSHOTS") == "write"
PICTURES = os.environ.get("MEDIABRIDGE_PICTURES", "")

CHANGING: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b[0-9a-f]{8,64}\b"), lambda found: "0" * len(found[0])),
    (
        re.compile(r"\d{4}[-年]\d\d[-月]\d\d日? \d\d:\d\d"),
        lambda found: re.sub(r"\d", "9", found[0]),
    ),
    (re.compile(r"(?<= 2, )\d{4}\b"), lambda _: "9999"),
)


def still(shown: str) -> str:
    for changing, same in CHANGING:
        shown = changing.sub(same, shown)
    return shown


def html_of(seen: Sequence[str]) -> str:
    shown = "".join(f"<pre>{escape(each)}</pre>" for each in seen)
    return f'<meta charset="utf-8"><style>pre {{ font: 14px "BIZ UDGothic" }}</style>{shown}'


async def pictures(seat: Seat, day: Day) -> AsyncIterator[str]:
    """Yield each page, part by part, below a line with its name."""
    app = seat.app
    for page in pages(day, app.session):
        called = type(page).__name__
        app.show(page)
        await seat.page(called)
        for part in range(len(app.sheet().parts())):
            await seat.until(lambda part=part: app.part == part and app.heed.is_armed)
            # That a medium is plugged in is told in between, and drawn a moment later.
            await seat.until(lambda: body_of(seat) in seat.text and answers_are_there(seat))
            yield f"=== {called} {part + 1}\n{still(seat.text)}\n"
            await seat.press(*(["8"] if len(app.sheet().parts()) > 1 else []))


ALL = {
    **{f"{lang}-{size[0]}x{size[1]}": (lang, size, {}) for lang in Language for size in SIZES},
    "ja-80x24-furigana": (Language.JA, SIZES[0], {"furigana": True}),
}


@pytest.mark.parametrize("name", ALL)
def test_page_is_as_it_was_found_right(day: Day, stick: Stick, port: Port, name: str) -> None:
    lang, size, looks = ALL[name]
    day.pack(content=NOTICES)
    day.serve(LGWAN, stick)
    collected(day)
    port.plug(stick)
    show_times_in(lambda: ZoneInfo("Asia/Tokyo"))
    session = session_of(day)
    session.worker = Worker("clerk-1", None)
    session.medium, session.destinations = "USB-001", ("registry-01",)
    seen: list[str] = []

    async def journey(seat: Seat) -> None:
        await seat.page("SignIn")
        async for each in pictures(seat, day):
            seen.append(each)
            check_columns(each, size[0])

    play(session, journey, lang=lang, size=size, looks=looks)
    if PICTURES:
        Path(PICTURES, f"{name}.html").write_text(html_of(seen), "utf-8")
    path = KEPT / f"{name}.txt"
    if WRITES:
        path.write_text("".join(seen), "utf-8")
    assert "".join(seen) == path.read_text("utf-8"), "if it is meant: make snapshots, and look"
